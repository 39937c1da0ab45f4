"""What is said of the syntax of Corefiles: every code in both languages, and how certain it is."""

from __future__ import annotations

import re
import string

import pytest

from tests.linting import lint_texts
from tkelint.checks.corefile_texts import quoted
from tkelint.compiled import table
from tkelint.syntax.corefile_errors import MESSAGES

HAN = re.compile(r"[\u4e00-\u9fff]")
RULES = ("corefile-argument-invalid", "corefile-misread", "corefile-not-in-release", "corefile-syntax-error")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", MESSAGES)
def test_every_code_of_the_parser_is_said_in_both_languages(code: str) -> None:
    texts = table("corefile-errors")[code]

    assert fields(texts["en"]) <= fields(MESSAGES[code])
    assert fields(texts["en"]) == fields(texts["zh"])
    assert HAN.search(texts["zh"])
    assert not HAN.search(texts["en"])


def test_texts_have_no_codes_that_nobody_uses() -> None:
    own = {
        "unknown-directive-near", "unknown-directive-property", "invalid-address", "zone-served-twice", "unknown-property-near", "upstream-comma",
        "entry-after-fallthrough", "import-near", "property-removed", "upstream-name", "plugin-removed", "plugin-too-new",
        "property-too-new", "plugin-once-before",
    }  # fmt: skip

    assert set(table("corefile-errors")) == set(MESSAGES) | own


def said(corefile: str, language: str = "en") -> list[tuple[int, str, str]]:
    """Line, severity and message of what is found in a Corefile."""
    report = lint_texts({"Corefile": corefile}, rules=RULES)
    assert report.crashes == ()
    return [
        (finding.place.region.start_line, finding.severity.value, finding.message[language])
        for finding in report.findings
    ]


def test_refusal_quotes_coredns() -> None:
    coredns = "/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'Errors'"
    what = "'Errors' is not a plugin of CoreDNS; the nearest name is 'errors'"

    assert said(".:53 {\n    Errors\n}\n") == [(2, "error", f"{what}: CoreDNS stops with '{coredns}'.")]


def test_refusal_is_said_in_chinese() -> None:
    ((_, _, message),) = said(".:53 {\n    Errors\n}\n", "zh")

    assert message.startswith("'Errors' 不是 CoreDNS 插件；最接近的名称是 'errors'：CoreDNS 报错 '")


def test_plugin_that_nobody_has_heard_of_may_be_compiled_in() -> None:
    assert [severity for _, severity, _ in said(".:53 {\n    zzqx\n}\n")] == ["warning"]


def test_all_errors_are_reported_and_not_only_the_first() -> None:
    corefile = "a.example {\n    wrong1\n    import a b\n}\nb.example: {\n    errors }\n.: {\n}\n"

    assert [line for line, _, _ in said(corefile)] == [2, 3, 5, 6, 7]


def test_error_of_a_snippet_is_reported_once() -> None:
    corefile = "(s) {\n    forward . 10.0.0.1,10.0.0.2\n}\na.example {\n    import s\n}\nb.example {\n    import s\n}\n"

    assert [(line, severity) for line, severity, _ in said(corefile)] == [(2, "error")]


def test_import_of_a_misspelt_snippet_is_told_from_one_of_a_file() -> None:
    corefile = "(common) {\n    errors\n}\na.example {\n    import comon\n    import extra.conf\n}\n"

    ((line, severity, message),) = said(corefile)

    assert (line, severity) == (5, "warning")
    assert message.endswith(
        "CoreDNS stops with '/etc/coredns/Corefile:5 - Error during parsing: File to import not found: comon'."
    )


def test_consequence_of_a_misread_line_is_not_reported_too() -> None:
    assert [(line, message[:5]) for line, _, message in said(".:53 {\n    forward . 10.0.0.1# our DNS\n}\n")] == [
        (2, "The '")
    ]


@pytest.mark.parametrize(("name", "severity"), [("upstream", "warning"), ("upstreams", "error"), ("zzqx", "error")])
def test_property_that_was_removed_is_told_from_one_that_never_was(name: str, severity: str) -> None:
    ((line, found, message),) = said(f".:53 {{\n    kubernetes cluster.local {{\n        {name}\n    }}\n}}\n")

    assert (line, found) == (3, severity)
    assert ("1.7.0" in message) is (severity == "warning")


def test_long_quotes_are_cut() -> None:
    assert quoted("a\n b") == "a b"
    assert quoted("x" * 200) == "x" * 159 + "…"
    assert len(said('.:53 {\n    log . "{type}\n' + "    errors\n" * 1000)[0][2]) < 400


def test_corefile_with_windows_line_ends_is_read_the_same() -> None:
    corefile = ".:53 {\n    errors\n    cache {\n        success 100\n    }\n    forward . /etc/resolv.conf\n}\n"

    assert said(corefile) == said(corefile.replace("\n", "\r\n")) == []


def test_error_in_a_config_map_is_reported_at_its_own_line() -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns}\ndata:\n"
    text = head + '  Corefile: ".:53 {\\n  errors\\n  Log\\n}\\n"\n'

    (finding,) = lint_texts(text, rules=RULES).findings

    region = finding.place.region
    assert text.splitlines()[region.start_line - 1][region.start_column - 1 : region.end_column - 1] == "Log"


@pytest.mark.parametrize(
    "value", ["", "{", "\0", "}" * 1000, '"', "#", "import", "(s) {\nimport s\n}\n", "\ufeff.:53", "a" * 10_000]
)
def test_hostile_corefiles_never_crash_a_rule(value: str) -> None:
    report = lint_texts({"Corefile": value, "x.corefile": value * 2})

    assert report.crashes == ()


@pytest.mark.parametrize(
    ("line", "repaired"),
    [
        ("health 8080", "health :8080"),
        ("reload 30", "reload 30s"),
        ("cache 90s", "cache 90"),
        ("cache 2m", "cache 120"),
        ("forward . 10.0.0.1# our DNS", "forward . 10.0.0.1 # our DNS"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True], ids=["file", "ConfigMap"])
def test_slips_are_repaired_where_they_stand(line: str, repaired: str, wrapped: bool) -> None:
    text = f".:53 {{\n    {line}\n}}\n"
    if wrapped:
        head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns}\ndata:\n  Corefile: |\n"
        text = head + "".join(f"    {each}\n" for each in text.splitlines())
    rules = ("corefile-argument-invalid", "corefile-misread", "corefile-cache-ttl-misplaced")
    report = lint_texts({"manifests.yaml" if wrapped else "Corefile": text}, rules=rules)

    ((replacement,),) = [finding.repair.replacements for finding in report.findings if finding.repair]
    start, end = replacement.place.span

    assert text[:start] + replacement.text + text[end:] == text.replace(line, repaired)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("prefer_udp", "'prefer_udp' is not a plugin but a property of forward, and stands outside of its block"),
        ("lameduck", "'lameduck' is not a plugin but a property of health, and stands outside of its block"),
        ("ttl", "'ttl' is not a plugin but a property of hosts, and stands outside of its block"),
        ("fowrard", "'fowrard' is not a plugin of CoreDNS; the nearest name is 'forward'"),
        ("rcodes", "'rcodes' is not a plugin of CoreDNS"),
    ],
)
def test_unknown_directive_is_told_for_what_it_is(name: str, what: str) -> None:
    ((line, _, message),) = said(f".:53 {{\n    hosts\n    {name} 5\n}}\n")

    assert line == 3
    assert message.startswith(f"{what}: CoreDNS stops")


def test_brace_at_the_end_of_a_line_in_a_block_is_misread() -> None:
    ((line, severity, _),) = said(".:53 {\n    acl {\n        allow net 10.0.0.0/8 }\n}\n")

    assert (line, severity) == (3, "error")


def test_server_blocks_of_a_custom_config_map_are_read() -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns-custom, namespace: kube-system}\ndata:\n"
    server = "  test.server: |\n    a.example.com:53 {\n        fowrard . 10.0.0.1\n    }\n"
    report = lint_texts(head + server + "  log.override: |\n    log\n", rules=RULES)

    assert [finding.place.region.start_line for finding in report.findings] == [7]
