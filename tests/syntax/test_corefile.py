"""What is reported about Corefiles, where, and how reading goes on. The golden test holds what is read."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from syntax.corefile_goldens import DIRECTIVES

from tkelint.syntax.corefile import Corefile, CorefileError, ServerBlock, parse, server_key, zone_conflicts
from tkelint.syntax.corefile_errors import MESSAGES

KNOWN = frozenset(DIRECTIVES)


def read(text: str) -> Corefile:
    return parse(textwrap.dedent(text), known=KNOWN)


def reported(corefile: Corefile) -> list[tuple[str, str]]:
    """The code of each error and the text it points at."""
    return [(error.code, corefile.text[error.start : error.end]) for error in corefile.errors]


def only_error(corefile: Corefile) -> CorefileError:
    assert len(corefile.errors) == 1, reported(corefile)
    return corefile.errors[0]


def names(block: ServerBlock) -> list[str]:
    return [directive.name.text for directive in block.directives]


TKE_DEFAULT = """\
    .:53 {
        template ANY HINFO . {
            rcode NXDOMAIN
        }
        errors
        health {
            lameduck 30s
        }
        ready
        kubernetes cluster.local. in-addr.arpa ip6.arpa {
            pods insecure
            fallthrough in-addr.arpa ip6.arpa
        }
        # the hosts of the office
        hosts {
            192.168.1.6     harbor.oa.com
            fallthrough
        }
        rewrite name regex ^(.*)\\.a\\.com\\.$ {1}.b.com answer auto
        log . "{type} {name} it's # no comment"
        prometheus :9153
        forward . /etc/resolv.conf { # upstream
            prefer_udp
        }
        cache 30
        reload
        loadbalance
    }
    # tail
    """


@pytest.mark.parametrize(
    "text",
    [
        TKE_DEFAULT,
        textwrap.dedent(TKE_DEFAULT).replace("\n", "\r\n"),
        "",
        "# nothing\n",
        "(s) {\n  log\n}\n\na.org, b.org\n{\n  import s\n}\n",
        ".\nlog\nerrors",
        ". {\n    view a {\n        expr name() matches '^a b$'\n    }\n}\n",
        ". {\n    template IN A {\n        answer {{ .Name }} 60 IN A 10.0.0.1\n    }\n}\n",
        ". {\n    forward . {$UPSTREAM} ${OTHER}\n}\n",
        ". {\n    {$PLUGIN}.{$MORE} {\n    }\n}\n",
        "import /etc/coredns/addresses\n{\n    log\n}\n",
        "{$ZONE}:{$PORT} {\n    log\n}\n",
        ". {\n    rewrite name regex a\\{(.*)\\} b\n}\n",
        ". {\n    log .#\n}#\n",
        ". {\n    forward . https://10.0.0.1 dns://10.0.0.2\n}\n",
        ". {\n    file db.--x--y z.org\n}\n",
        "中文.org {\n    log # 中文，注释。\n}\n",
    ],
)
def test_nothing_is_said_about_what_is_right(text: str) -> None:
    assert reported(read(text)) == []
    assert read(text).refusal == ""


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (".:53{\n errors\n}", "brace-glued", "{"),
        ("example.org{\n errors\n}", "brace-glued", "{"),
        (". {\n cache{\n success 100\n }\n}", "brace-glued", "{"),
        (". {\n forward . 1.1.1.1 8.8.8.8{\n prefer_udp\n }\n}", "brace-glued", "{"),
        (". {\n cache {\n success 100}\n}", "brace-glued", "}"),
        (". {\n errors}\n", "brace-glued", "}"),
        (". {\n hosts {\n 1.2.3.4 a.org\n }}\n", "brace-glued", "}"),
        (". {\n errors\n}\n}\n", "stray-closing-brace", "}"),
        (". {\n errors\n}\n}\n.:54 {\n log\n}\n", "stray-closing-brace", "}"),
        (". {\n errors\n", "unclosed-brace", "{"),
        (". {\n cache {\n  success 100\n }\n", "missing-last-brace", "{"),
        ("{\n errors\n}", "block-without-address", "{"),
        (". { errors }", "one-line-block", "}"),
        (".:53 { errors cache 30 }", "collapsed-to-one-line", "}"),
        (". {\n errors }\n", "closing-brace-in-line", "}"),
        (". {\n health { lameduck 5s }\n}", "one-line-directive-block", "}"),
        (". {\n health {\n lameduck 5s }\n}", "closing-brace-in-line", "}"),
        (". {\n cache\n {\n success 100\n }\n}", "brace-on-next-line", "{"),
        (". {\n cache {\n success 100\n } log\n}", "text-after-brace", "log"),
        ("a.org,b.org {\n whoami\n}", "keys-joined-by-comma", "a.org,b.org"),
        ("a.org, {\n whoami\n}", "trailing-comma", "a.org,"),
        ("a.org,", "trailing-comma", "a.org,"),
        ("a.org\nb.org {\n whoami\n}", "keys-on-two-lines", "b.org"),
        ("a.org\nlog\nb.org {\n whoami\n}", "braces-required", "b.org"),
        (".:53 {\n example.org {\n  whoami\n }\n}", "nested-server-block", "example.org"),
        (". {\n forward . 10.0.0.1# my note\n}", "glued-comment", "#"),
        (". {# comment here\n errors\n}", "glued-comment", "#"),
        (". {\n log . '{type} {name}'\n}", "single-quotes", "'{type} {name}'"),
        (". {\n log 'x'\n}", "single-quotes", "'x'"),
        (". {\n errors\u200b\n}", "invisible-character", "\u200b"),
        (". {\n forward . 10.0.0.1，10.0.0.2\n}", "look-alike-character", "，"),
        (". {\n log . “{type}”\n}", "look-alike-character", "“"),
        (". {\n forward . 1.1.1.1 \\\n 8.8.8.8\n}", "line-continuation", "\\"),
        (". {\n forward . 1.1.1.1 \\\n}", "line-continuation", "\\"),
        (". {\n // errors\n log\n}", "not-a-comment", "//"),
        ("// mine\n.:53 {\n log\n}", "not-a-comment", "//"),
        (". {\n errors; log\n}", "trailing-punctuation", "errors;"),
        (". {\n errors, log\n}", "trailing-punctuation", "errors,"),
        (". {\n forward . 1.1.1.1;\n}", "trailing-punctuation", ";"),
        (".:53 {\r errors\r}\r", "cr-line-endings", "\r"),
        (".:53 {\\n    errors\\n}\\n", "escaped-newline", "\\n"),
        ('. {\n log . "{type}\n errors\n}\n', "unclosed-quote", '"'),
        ('. {\n log\n}\n"', "unclosed-quote", '"'),
        (". {\n Errors\n}", "unknown-directive", "Errors"),
        ("(s) {\n log\n}\n(s) {\n errors\n}\n", "snippet-redefined", "(s)"),
        ("(s)\nlog\n", "snippet-without-brace", "(s)"),
        ("(s) {\n import s\n}", "snippet-imports-itself", "s"),
        (". {\n import s\n}\n(s) {\n log\n}\n", "snippet-used-before-definition", "s"),
        ("(a) {\n import b\n}\n(b) {\n import a\n}\n. {\n import a\n}", "import-cycle", "a"),
        (". {\n import\n}", "import-arguments", "import"),
        (". {\n import a b\n}", "import-arguments", "b"),
        ('. {\n import ""\n}', "import-empty", '""'),
        (". {\n import /a/*/*\n}", "import-pattern", "/a/*/*"),
    ],
)
def test_an_accident_is_reported_once_at_its_place(text: str, code: str, place: str) -> None:
    corefile = parse(text, known=KNOWN)

    assert (code, place) == (only_error(corefile).code, reported(corefile)[0][1])


def test_every_code_has_a_text_and_a_test() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    plugins = {code for code in MESSAGES if code.startswith(("rewrite-", "upstream-", "not-", "property-"))}
    elsewhere = {"plugin-twice", "argument-count", "unknown-property", "out-of-range", "reverse-zones-only"}
    elsewhere |= {"multicluster-zone", "import-too-deep", "import-too-large"}
    elsewhere |= {"regex-without-group", "transport", "value-twice"}  # test_corefile_setup

    assert {code for code in MESSAGES if f'"{code}"' not in source} <= (plugins - {"not-a-comment"}) | elsewhere


@pytest.mark.parametrize(
    ("text", "coredns"),
    [
        (
            ". {\n errors }",
            "/etc/coredns/Corefile:2 - Error during parsing: Unexpected '}' because no matching opening brace",
        ),
        (".:53{\n log\n}", "error inspecting server blocks: zone is not a valid domain name: .:53{"),
        (
            ". {\n forward . 1.1.1.1 \\\n 8.8.8.8\n}",
            "/etc/coredns/Corefile:3 - Error during parsing: Unknown directive '8.8.8.8'",
        ),
        (". {\n errors\u200b\n}", "/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'errors\u200b'"),
        ("example.org{\n errors\n}", ""),
        (". {\n log\n}\n}\n", ""),
        (". {\n cache\n {\n }\n}", ""),
    ],
)
def test_coredns_own_text_stands_beside(text: str, coredns: str) -> None:
    assert only_error(parse(text, known=KNOWN)).coredns == coredns


def test_texts_name_the_path_that_coredns_was_given() -> None:
    corefile = parse(". {\n log }", path="/etc/Corefile")

    assert corefile.refusal.startswith("/etc/Corefile:2 - ")


def test_all_independent_errors_are_reported() -> None:
    corefile = read(
        """\
        .:53 {
            fowrard . 1.1.1.1
            errors }
        a.org, {
            cahce 30
        }
        .:54{
            forward . 10.0.0.1# office dns
        }
        b.org,c.org {
            import
            health { lameduck 5s }
        }
        }
        """
    )

    assert reported(corefile) == [
        ("unknown-directive", "fowrard"),
        ("closing-brace-in-line", "}"),
        ("trailing-comma", "a.org,"),
        ("unknown-directive", "cahce"),
        ("brace-glued", "{"),
        ("glued-comment", "#"),
        ("keys-joined-by-comma", "b.org,c.org"),
        ("import-arguments", "import"),
        ("one-line-directive-block", "}"),
        ("stray-closing-brace", "}"),
    ]
    assert corefile.refusal == "/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'fowrard'"
    assert [[key.text for key in block.keys] for block in corefile.blocks] == [
        [".:53"],
        ["a.org"],
        [".:54{"],
        ["b.org,c.org"],
        ["}"],
    ]


def test_a_missing_brace_is_reported_at_the_opener_and_the_next_block_is_read() -> None:
    corefile = read(
        """\
        .:53 {
            errors
        a.org:54 {
            log
        }
        """
    )

    error = only_error(corefile)
    assert (error.code, error.start) == ("unclosed-brace", 5)
    assert error.coredns.endswith("Unknown directive 'a.org:54'")
    assert [names(block) for block in corefile.blocks] == [["errors"], ["log"]]


@pytest.mark.parametrize("rest", ["", "a.org:54 {\n    log\n}\n"])
def test_indentation_tells_which_brace_is_missing(rest: str) -> None:
    text = ".:53 {\n    cache {\n        success 100\n    forward . 1.1.1.1\n}\n" + rest
    corefile = parse(text, known=KNOWN)

    assert only_error(corefile).start == text.index("cache {") + len("cache ")


def test_a_snippet_without_closing_brace_does_not_swallow_the_file() -> None:
    corefile = read(
        """\
        (s) {
            log
        .:53 {
            import s
            errors
        }
        """
    )

    assert reported(corefile) == [("unclosed-brace", "{")]
    assert [names(block) for block in corefile.blocks] == [["log", "errors"]]


def test_a_glued_brace_opens_the_block_it_was_meant_to() -> None:
    corefile = read(
        """\
        .:53 {
            forward . 1.1.1.1{
                prefer_udp
                max_fails 3
            }
            cache{
                success 100
            }
            log
        }
        """
    )

    assert [code for code, _ in reported(corefile)] == ["brace-glued", "brace-glued"]
    assert names(corefile.blocks[0]) == ["forward", "cache{", "log"]


def test_directives_behind_a_line_continuation_are_still_read() -> None:
    corefile = read(
        """\
        .:53 {
            forward . 1.1.1.1 \\
                8.8.8.8
            log
        }
        """
    )

    assert names(corefile.blocks[0]) == ["forward", "log"]


def test_arguments_and_lines_of_a_directive() -> None:
    block = read(
        """\
        . {
            cache 30 a.org {
                success 100 200
                denial {
                    x
                }
            }
        }
        """
    ).blocks[0]

    (directive,) = block.directives
    lines = directive.block
    assert [token.text for token in directive.arguments] == ["30", "a.org"]
    assert lines is not None
    assert [[token.text for token in line.tokens] for line in lines] == [["success", "100", "200"], ["denial"]]
    assert lines[1].block is not None
    assert [token.text for token in lines[1].block[0].tokens] == ["x"]


def test_braces_of_a_server_block_may_be_left_out() -> None:
    assert not read("a.org\nlog\n").blocks[0].has_braces
    assert read("a.org {\nlog\n}\n").blocks[0].has_braces


def test_a_directive_without_braces_has_no_block() -> None:
    first, second = read(". {\n cache 30\n errors {\n }\n}").blocks[0].directives

    assert first.block is None
    assert second.block == ()


def test_imported_directives_point_at_the_snippet() -> None:
    text = "(s) {\n log a.org\n}\n. {\n import s\n errors\n}\n"
    corefile = parse(text)

    log, errors = corefile.blocks[0].directives
    assert log.name.start == text.index("log")
    assert errors.name.text == "errors"
    assert [each.kind for each in corefile.blocks[0].imports] == ["snippet"]
    assert corefile.blocks[0].is_complete


def test_an_import_of_a_file_is_no_error_but_leaves_the_block_open() -> None:
    corefile = read(". {\n import /etc/coredns/custom/base.conf\n log\n}\nimport *.server\n")

    assert corefile.errors == ()
    assert [(each.kind, bool(each.missing)) for each in corefile.imports] == [("file", True), ("glob", False)]
    assert corefile.imports[0].missing.endswith("File to import not found: /etc/coredns/custom/base.conf")
    assert not corefile.blocks[0].is_complete
    assert names(corefile.blocks[0]) == ["log"]


def test_repeated_directives_are_one_to_the_plugin() -> None:
    text = "(s) {\n log example.org\n}\n. {\n import s\n import s\n errors\n}\n"
    block = parse(text).blocks[0]

    merged = block.plugin("log")
    assert merged is not None
    # The lines are equal, so CoreDNS reads the second name as an argument of the first.
    assert [token.text for token in merged.arguments] == ["example.org", "log", "example.org"]
    assert block.plugin("errors") is block.directives[2]
    assert block.plugin("cache") is None


def test_a_variable_without_value_is_unknown_and_not_empty() -> None:
    corefile = parse("{$ZONE} {\n {$PLUGIN} x\n log {%A%}{$B}\n import {$FILE}\n}\n", known=KNOWN)

    block = corefile.blocks[0]
    key, argument = block.keys[0], block.directives[1].arguments[0]
    assert corefile.errors == ()
    assert (key.unknown, key.variables, key.text) == (True, ("ZONE",), "{$ZONE}")
    assert (argument.unknown, argument.variables) == (True, ("A", "B"))
    assert server_key(key).zones == ()
    assert server_key(key).error is None
    assert corefile.imports[0].kind == "unknown"


def test_a_variable_with_value_is_replaced() -> None:
    corefile = parse("{$ZONE}, {$MORE} {\n log {$A}\n}\n", {"ZONE": "a.org", "MORE": "", "A": "x y"}, known=KNOWN)

    block = corefile.blocks[0]
    assert [key.text for key in block.keys] == ["a.org"]
    assert [token.text for token in block.directives[0].tokens] == ["x y"]
    assert not block.directives[0].tokens[0].unknown


def test_an_empty_key_drops_the_block() -> None:
    corefile = parse("{$ZONE} {\n errors\n}\n", {"ZONE": ""})

    assert corefile.blocks[0].dropped
    assert only_error(corefile).code == "block-without-address"


def test_without_known_directives_no_name_is_judged() -> None:
    assert parse(". {\n fowrard . 1.1.1.1\n}\n").errors == ()


def test_an_external_plugin_can_be_known() -> None:
    assert parse(". {\n fanout . 1.1.1.1\n}\n", known=KNOWN | {"fanout"}).errors == ()


@pytest.mark.parametrize(
    ("key", "transport", "zones", "port"),
    [
        (".", "dns", (".",), "53"),
        ("Example.ORG:5353", "dns", ("example.org.",), "5353"),
        ("tls://.", "tls", (".",), "853"),
        ("https://a.org", "https", ("a.org.",), "443"),
        ("10.0.0.0/23", "dns", ("0.0.10.in-addr.arpa.", "1.0.10.in-addr.arpa."), "53"),
        ("udp://.:53", "dns", ("udp://.",), "53"),
    ],
)
def test_addresses_of_server_blocks(key: str, transport: str, zones: tuple[str, ...], port: str) -> None:
    read_key = server_key(parse(f"{key} {{\n}}\n").blocks[0].keys[0])

    assert (read_key.transport, read_key.zones, read_key.port, read_key.error) == (transport, zones, port, None)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (".:", 'error inspecting server blocks: expecting data after last colon: ".:"'),
        (".:abc", "error inspecting server blocks: zone is not a valid domain name: .:abc"),
        (".:99999", "address 99999: invalid port"),
        ("a..b", "error inspecting server blocks: zone is not a valid domain name: a..b"),
    ],
)
def test_addresses_that_coredns_refuses(key: str, problem: str) -> None:
    assert server_key(parse(f"{key} {{\n}}\n").blocks[0].keys[0]).error == problem


def test_zones_served_twice_are_found_through_spellings() -> None:
    corefile = parse("10.0.0.0/24 a.org {\n}\nA.org.:53 {\n}\n0.0.10.in-addr.arpa {\n}\n")

    conflicts = list(zone_conflicts(corefile.blocks))
    assert [(conflict.key.text, conflict.other.text) for conflict in conflicts] == [
        ("A.org.:53", "a.org"),
        ("0.0.10.in-addr.arpa", "10.0.0.0/24"),
    ]
    assert conflicts[0].coredns == "cannot serve dns://a.org.:53 - it is already defined"


@pytest.mark.parametrize(
    "second",
    ["bind 127.0.0.2", "bind eth0", "view a {\n expr true\n }", "import /etc/x", "bind {$ADDRESS}"],
)
def test_blocks_that_may_be_apart_are_no_conflict(second: str) -> None:
    corefile = parse(f". {{\n bind 127.0.0.1\n}}\n. {{\n {second}\n}}\n")

    assert list(zone_conflicts(corefile.blocks)) == []


def test_messages_say_what_is_there() -> None:
    error = only_error(read(". {\n errors\u200b\n}"))

    assert error.message == "the invisible character U+200B is part of this word"
    assert dict(error.parameters) == {"character": "U+200B"}
