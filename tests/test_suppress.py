"""Suppressions: what each form covers, what is no suppression, and what is said of those that do nothing."""

from __future__ import annotations

import datetime as dt
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tkelint.config.model import Config, Ignore
from tkelint.engine import Selection, lint
from tkelint.report import Report
from tkelint.source import Place, SourceFile, Span

RULE = "service-prevent-loopback-value"
OTHER = "manifest-duplicate-key"
ABOUT = ("suppression-expired", "suppression-unknown-rule", "suppression-unused", "suppression-without-reason")

SERVICE = """\
apiVersion: v1
{above_kind}kind: Service{kind}
metadata:
  name: web
  annotations:
{above}    service.cloud.tencent.com/prevent-loopback: "1"{end}
spec: {{type: LoadBalancer, ports: [{{port: 80}}]}}
"""


def service(**parts: str) -> str:
    """A Service with one problem, and comments around it."""
    return SERVICE.format(**{"above_kind": "", "kind": "", "above": "", "end": "", **parts})


def run(
    text: str | dict[str, str], *, rules: tuple[str, ...] = (RULE, *ABOUT), context: tuple[str, ...] = (), **config: Any
) -> Report:
    """Lint texts, of which those in `context` are only known."""
    files = {"manifests.yaml": text} if isinstance(text, str) else text
    sources = [(SourceFile(path, content), path not in context) for path, content in files.items()]
    return lint(sources, Config(root=Path(), boundary=Path(), **config), selection=Selection(select=rules))


def found(report: Report) -> list[str]:
    assert report.crashes == ()
    return [finding.rule_id for finding in report.findings]


def reasons(report: Report) -> list[tuple[str, str | None]]:
    return [(finding.rule_id, finding.suppressed) for finding in report.suppressed]


def test_problem_is_reported_without_a_suppression() -> None:
    assert found(run(service())) == [RULE]


@pytest.mark.parametrize(
    "parts",
    [
        {"end": f" # tkelint: ignore[{RULE}] moved in May"},
        {"end": f" # tkelint:ignore[{RULE}]  moved in May  "},
        {"end": f" #tkelint: ignore[ {RULE} ] -- moved in May"},
        {"end": f" # tkelint: ignore[{RULE}]: moved in May"},
        {"end": f" # tkelint: ignore[{RULE}]：moved in May"},
        {"end": f" # see below # tkelint: ignore[{RULE}] moved in May"},
        {"above": f"    # tkelint: ignore[{RULE}] moved in May\n"},
        {"above": f"# tkelint: ignore[{RULE}] moved in May\n"},
        {"above": f"    # tkelint: ignore[{RULE}] moved in May\n    # because of the old clients\n"},
        {"above": f"    # first\n    # tkelint: ignore[{RULE}] moved in May\n    # last\n"},
        {"kind": f" # tkelint: ignore[{RULE}] moved in May"},
        {"above_kind": f"# tkelint: ignore[{RULE}] moved in May\n"},
        {"above_kind": f"# tkelint: ignore-file[{RULE}] moved in May\n"},
        {"end": f"\n    # tkelint: ignore-file[{RULE}] moved in May"},
        {"end": f"\n    tkelint.io/ignore: {RULE} -- moved in May"},
        {"end": f'\n    tkelint.io/ignore: "{RULE} -- moved in May"'},
    ],
    ids=lambda parts: next(iter(parts.items())).__repr__(),
)
def test_suppression_covers_the_problem(parts: dict[str, str]) -> None:
    report = run(service(**parts))

    assert reasons(report) == [(RULE, "moved in May")]
    assert found(report) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"above": f"    # tkelint: ignore[{RULE}] a reason\n\n"},
        {"above": f"    note: x # tkelint: ignore[{RULE}] a reason\n"},
        {"end": f"\n    # tkelint: ignore[{RULE}] a reason"},
        {"above_kind": f"metadata: # tkelint: ignore[{RULE}] a reason\n  x: y\n"},
    ],
    ids=["blank line between", "line above with a value", "line below", "another line"],
)
def test_suppression_at_another_line_is_unused(parts: dict[str, str]) -> None:
    report = run(service(**parts))

    assert sorted(found(report)) == [RULE, "suppression-unused"]
    assert reasons(report) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"above": f'    note: "# tkelint: ignore[{RULE}] a reason"\n'},
        {"above": f"    note: '\n      # tkelint: ignore[{RULE}] a reason'\n"},
        {"above": f"    note: |\n      # tkelint: ignore[{RULE}] a reason\n"},
        {"above": f"    note: a#b # tkelint: ignored {RULE}\n"},
        {"above": f"    note: a#tkelint:ignore[{RULE}]\n"},
        {"end": f"\n    tkelint.io/ignored: {RULE} -- a reason"},
        {"end": f"\n    tkelint.io/ignore: [{RULE}]"},
        {"end": "\n    tkelint.io/ignore:"},
    ],
    ids=[
        "double quotes",
        "single quotes",
        "block scalar",
        "another word",
        "inside a word",
        "another key",
        "a list",
        "null",
    ],
)
def test_what_only_looks_like_a_suppression_is_none(parts: dict[str, str]) -> None:
    assert found(run(service(**parts))) == [RULE]


def test_several_rules_of_one_suppression_are_told_apart() -> None:
    report = run(service(end=f" # tkelint: ignore[{OTHER}, {RULE}] a reason"), rules=(RULE, OTHER, *ABOUT))

    assert reasons(report) == [(RULE, "a reason")]
    assert [finding.message["en"] for finding in report.findings] == [
        f"'{OTHER}' finds nothing here, so this suppression has no effect."
    ]
    assert (
        report.findings[0].place.region.start_column
        == service(end=f" # tkelint: ignore[{OTHER}").splitlines()[5].index(OTHER) + 1
    )


@pytest.mark.parametrize("separator", [",", ", ", "，", "、", " "])
def test_rules_are_separated_by_commas_of_either_width(separator: str) -> None:
    assert found(run(service(end=f" # tkelint: ignore[no-such-thing{separator}{RULE}] a reason"))) == [
        "suppression-unknown-rule"
    ]


def test_chinese_reason_is_kept() -> None:
    report = run(service(end=f" # tkelint: ignore[{RULE}] 该集群使用 iptables 模式，不受影响。"))

    assert reasons(report) == [(RULE, "该集群使用 iptables 模式，不受影响。")]


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize(
    "parts", [{"end": f" # tkelint: ignore[{RULE}] r"}, {"above": f"    # tkelint: ignore[{RULE}] r\n"}]
)
def test_line_ends_of_other_systems_are_no_part_of_the_reason(parts: dict[str, str], line_end: str) -> None:
    report = run(service(**parts).replace("\n", line_end))

    assert reasons(report) == [(RULE, "r")]


def test_unused_suppression_is_reported_at_the_rule_it_names() -> None:
    report = run(service(end=f" # tkelint: ignore[{RULE}] a reason").replace('"1"', '"true"'))

    (finding,) = report.findings
    assert finding.rule_id == "suppression-unused"
    region = finding.place.region
    assert finding.place.source.line(region.start_line)[region.start_column - 1 : region.end_column - 1] == RULE


def test_suppression_of_a_rule_that_does_not_run_is_not_unused() -> None:
    assert found(run(service(end=f" # tkelint: ignore[{RULE}] a reason"), rules=ABOUT)) == []


def test_suppression_in_a_file_without_objects_is_not_unused() -> None:
    values = f"service:\n  # tkelint: ignore[{RULE}] a reason\n  loopback: x\n"

    assert found(run({"values.yaml": values})) == []


def test_suppression_in_a_file_that_is_only_known_is_not_judged() -> None:
    text = service(end=" # tkelint: ignore[no-such-rule]")

    assert found(run({"known.yaml": text, "manifests.yaml": service()}, context=("known.yaml",))) == [RULE]


def test_unknown_rule_is_reported_with_the_nearest_name() -> None:
    (unknown, problem) = run(service(above="    # tkelint: ignore[service-prevent-loopback-valu] r\n")).findings

    assert (unknown.rule_id, problem.rule_id) == ("suppression-unknown-rule", RULE)
    assert unknown.message["en"] == (
        "There is no rule 'service-prevent-loopback-valu', so this suppresses nothing; the nearest name is "
        "'service-prevent-loopback-value'."
    )
    assert "service-prevent-loopback-value" in unknown.message["zh"]


@pytest.mark.parametrize(
    "parts",
    [
        {"end": f" # tkelint: ignore[{RULE}]"},
        {"end": f" # tkelint: ignore[{RULE}] --"},
        {"end": f"\n    tkelint.io/ignore: {RULE}"},
        {"end": f"\n    tkelint.io/ignore: {RULE} --"},
        {"above_kind": f"# tkelint: ignore-file[{RULE}]\n"},
    ],
    ids=["comment", "dashes only", "annotation", "annotation with dashes only", "file"],
)
def test_suppression_without_a_reason_works_and_is_reported(parts: dict[str, str]) -> None:
    report = run(service(**parts))

    assert reasons(report) == [(RULE, "")]
    assert found(report) == ["suppression-without-reason"]
    assert report.findings[0].message["zh"] == f"该处对 '{RULE}' 的忽略声明没有写明理由。"


def test_what_is_said_of_suppressions_can_be_suppressed() -> None:
    text = service(
        above_kind="# tkelint: ignore-file[suppression-without-reason] older files\n",
        end=f" # tkelint: ignore[{RULE}]",
    )

    report = run(text)

    assert found(report) == []
    assert dict(reasons(report)) == {RULE: "", "suppression-without-reason": "older files"}


def test_suppression_covers_only_its_own_object_of_a_list() -> None:
    item = textwrap.indent(
        service(kind="{kind}").replace("{", "{{").replace("}", "}}").replace("{{kind}}", "{kind}"), "    "
    )
    item = "  - " + item[4:]
    text = (
        "apiVersion: v1\nkind: List\nitems:\n"
        + item.format(kind=f" # tkelint: ignore[{RULE}] first")
        + item.format(kind="")
    )

    report = run(text)

    assert reasons(report) == [(RULE, "first")]
    assert found(report) == [RULE]
    assert report.findings[0].place.region.start_line > report.suppressed[0].place.region.start_line


def test_suppression_covers_only_its_own_document() -> None:
    text = service(kind=f" # tkelint: ignore[{RULE}] first") + "---\n" + service() + "---\n" + service()

    report = run(text)

    assert reasons(report) == [(RULE, "first")]
    assert found(report) == [RULE, RULE]


def test_annotation_covers_only_its_own_object() -> None:
    text = service(end=f"\n    tkelint.io/ignore: {RULE} -- first") + "---\n" + service()

    report = run(text)

    assert reasons(report) == [(RULE, "first")]
    assert found(report) == [RULE]


@pytest.mark.parametrize("separator", ["---", "--- # next", "# a\n---"])
def test_suppression_of_the_file_may_stand_between_documents(separator: str) -> None:
    text = service() + f"{separator} # tkelint: ignore-file[{RULE}] r\n".replace("--- #", "---  #") + service()

    report = run(text)

    assert reasons(report) == [(RULE, "r"), (RULE, "r")]
    assert found(report) == []


def test_suppression_in_json_is_an_annotation() -> None:
    text = (
        '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "annotations": {'
        f'"tkelint.io/ignore": "{RULE} -- r", "service.cloud.tencent.com/prevent-loopback": "1"}}}},'
        ' "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}'
    )

    report = run(text)

    assert reasons(report) == [(RULE, "r")]
    assert found(report) == []


def test_comments_count_in_documents_that_cannot_be_parsed() -> None:
    text = (
        service() + "---\napiVersion: v1\nkind: Service\nmetadata: {name: # tkelint: ignore[manifest-syntax-error] r\n"
    )

    report = run(text, rules=("manifest-syntax-error", *ABOUT))

    assert reasons(report) == [("manifest-syntax-error", "r")]
    assert found(report) == []


def test_nothing_is_unused_where_a_document_could_not_be_parsed() -> None:
    text = service(end=f" # tkelint: ignore[{OTHER}] r") + "---\nkind: Service\nmetadata: {name: [\n"

    assert found(run(text, rules=(OTHER, *ABOUT))) == []


def entry(rule: str = RULE, **parts: Any) -> Ignore:
    source = SourceFile(".tkelint.yaml", f"ignore:\n  - rule: {rule}\n")
    start = source.text.index(rule)
    return Ignore(rule=rule, reason="agreed", place=Place(source, Span(start, start + len(rule))), **parts)


@pytest.mark.parametrize(
    "parts",
    [{}, {"path": "*.yaml"}, {"object": "Service/web"}, {"object": "Service/w*"}, {"expires": dt.date(2999, 1, 1)}],
    ids=str,
)
def test_entry_of_the_configuration_suppresses(parts: dict[str, Any]) -> None:
    report = run(service(), ignores=(entry(**parts),))

    assert reasons(report) == [(RULE, "agreed")]
    assert found(report) == []


@pytest.mark.parametrize(
    "parts", [{"path": "other.yaml"}, {"object": "Service/api"}, {"object": "Ingress/web"}], ids=str
)
def test_entry_that_means_nothing_is_unused_where_it_is_written(parts: dict[str, Any]) -> None:
    unused, problem = run(service(), ignores=(entry(**parts),)).findings

    assert (unused.rule_id, problem.rule_id) == ("suppression-unused", RULE)
    assert (unused.place.source.path, unused.place.region.start_line) == (".tkelint.yaml", 2)


def test_entry_may_mean_what_this_run_does_not_lint() -> None:
    files = {"linted.yaml": service().replace('"1"', '"true"'), "known.yaml": service()}

    assert found(run(files, context=("known.yaml",), ignores=(entry(),))) == []


def test_entry_may_mean_what_could_not_be_parsed() -> None:
    files = {"linted.yaml": service().replace('"1"', '"true"'), "broken.yaml": service() + "{"}

    assert found(run(files, ignores=(entry(),))) == []


def test_expired_entry_is_reported_and_suppresses_nothing() -> None:
    report = run(service(), ignores=(entry(expires=dt.date(2026, 5, 31)),), today=dt.date(2026, 6, 1))

    expired, problem = report.findings
    assert (expired.rule_id, problem.rule_id) == ("suppression-expired", RULE)
    assert expired.message["en"] == f"This entry ignored '{RULE}' until 2026-05-31 and holds no longer."
    assert report.suppressed == ()


def test_entry_holds_on_its_last_day() -> None:
    report = run(service(), ignores=(entry(expires=dt.date(2026, 5, 31)),), today=dt.date(2026, 5, 31))

    assert found(report) == []


def test_comment_and_entry_are_both_used() -> None:
    report = run(service(end=f" # tkelint: ignore[{RULE}]"), ignores=(entry(),))

    assert reasons(report) == [(RULE, "agreed")]
    assert found(report) == ["suppression-without-reason"]


def test_suppressions_can_be_switched_off() -> None:
    sources = [(SourceFile("a.yaml", service(end=f" # tkelint: ignore[{RULE}] r")), True)]
    config = Config(root=Path(), boundary=Path(), ignores=(entry(),))

    report = lint(sources, config, selection=Selection(select=(RULE, *ABOUT)), suppressions=False)

    assert found(report) == [RULE]


COREFILE = """\
.:53 {{
{above}    rewrite name a.example.com server{end}
    kubernetes cluster.local
}}
"""
SHORT = "corefile-rewrite-target-short"
IN_CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap{kind}
metadata: {{name: coredns, namespace: kube-system}}
data:
  Corefile: {style}
"""


def corefile(above: str = "", end: str = "") -> str:
    return COREFILE.format(above=above, end=end)


def config_map(text: str, style: str = "|", kind: str = "") -> str:
    return IN_CONFIG_MAP.format(style=style, kind=kind) + textwrap.indent(text, " " * 6)


COREFILE_SUPPRESSIONS = [
    corefile(end=f" # tkelint: ignore[{SHORT}] r"),
    corefile(above=f"    # tkelint: ignore[{SHORT}] r\n"),
    corefile(above=f"    # tkelint: ignore[{SHORT}] r\n    # more\n"),
    corefile(above=f"    # tkelint: ignore-file[{SHORT}] r\n"),
    f"# tkelint: ignore-file[{SHORT}] r\n" + corefile(),
]


@pytest.mark.parametrize("text", COREFILE_SUPPRESSIONS)
def test_suppression_in_a_corefile_of_its_own(text: str) -> None:
    report = run({"Corefile": text}, rules=(SHORT, *ABOUT))

    assert reasons(report) == [(SHORT, "r")]
    assert found(report) == []


@pytest.mark.parametrize("style", ["|", "|-", "|2-"])
@pytest.mark.parametrize("text", COREFILE_SUPPRESSIONS)
def test_suppression_in_a_corefile_of_a_config_map(text: str, style: str) -> None:
    report = run(config_map(text, style), rules=(SHORT, *ABOUT))

    assert reasons(report) == [(SHORT, "r")]
    assert found(report) == []


def test_suppression_of_a_config_map_holds_for_its_corefile() -> None:
    report = run(config_map(corefile(), kind=f" # tkelint: ignore[{SHORT}] r"), rules=(SHORT, *ABOUT))

    assert reasons(report) == [(SHORT, "r")]
    assert found(report) == []


@pytest.mark.parametrize(
    "text",
    [
        corefile(above=f'    log . "# tkelint: ignore[{SHORT}] r"\n'),
        corefile(end=f"# tkelint: ignore[{SHORT}] r"),
        f'errors "\n# tkelint: ignore-file[{SHORT}] r\n"\n' + corefile(),
    ],
    ids=["quoted", "glued to a word", "quoted over lines"],
)
def test_what_coredns_does_not_take_for_a_comment_suppresses_nothing(text: str) -> None:
    report = run({"Corefile": text}, rules=(SHORT, *ABOUT))

    assert reasons(report) == []


def test_unused_suppression_in_a_corefile_is_reported() -> None:
    text = corefile(end=f" # tkelint: ignore[{SHORT}] r").replace("server #", "server.prod.svc.cluster.local #")

    assert found(run({"Corefile": text}, rules=(SHORT, *ABOUT))) == ["suppression-unused"]
    assert found(run(config_map(text), rules=(SHORT, *ABOUT))) == ["suppression-unused"]
