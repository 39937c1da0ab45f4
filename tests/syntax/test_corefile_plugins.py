"""What the views of plugins say beyond what the golden tests hold: places, unknown variables, limits."""

from __future__ import annotations

import pytest

from tkelint.syntax.corefile import Directive, Token, parse
from tkelint.syntax.corefile_plugins import (
    UNKNOWN,
    RewriteRule,
    Unknown,
    forward_view,
    forward_views,
    hosts_entries,
    kubernetes_view,
    rewrite_rules,
)


def directive(text: str, key: str = ".:53") -> Directive:
    return parse(f"{key} {{\n{text}\n}}\n").blocks[0].directives[0]


def rule(text: str) -> RewriteRule:
    (only,) = rewrite_rules(directive(text))
    return only


def texts(tokens: tuple[Token, ...]) -> list[str]:
    return [token.text for token in tokens]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("rewrite name A.com b.com", "a.COM", "b.com."),
        ("rewrite name a.com b.com", "x.a.com", None),
        ("rewrite name prefix foo bar", "foo.example.com", "bar.example.com."),
        ("rewrite name prefix foo bar", "foobar.example.com", None),
        ("rewrite name prefix foo- bar-", "foo-a.example.com", None),
        ("rewrite name suffix .a.com .b.com", "x.a.com", "x.b.com."),
        ("rewrite name suffix a.com b.com", "nota.com", "notb.com."),
        ("rewrite name substring dev prod", "x.dev.a.dev.com", "x.prod.a.prod.com."),
        ("rewrite name substring dev prod", "xdev.com", "xprod.com."),
        ("rewrite name regex ^(.*)\\.a\\.com\\.$ {1}.b.com", "x.y.a.com", "x.y.b.com."),
        ("rewrite name regex ^(.*)\\.a\\.com$ {1}.b.com", "x.a.com", None),
        ("rewrite name regex (.*)\\.a\\.com $1.b.com", "x.a.com", "$1.b.com."),
        ("rewrite name regex (?=a) b", "a.com", None),
        ("rewrite type A AAAA", "a.com", None),
        ("rewrite name regex \\p{Greek} b", "a.com", UNKNOWN),
        ("rewrite name {$FROM} b", "a.com", UNKNOWN),
        ("rewrite name a.com {$TO}", "a.com", UNKNOWN),
        ("rewrite {$FIELD} a.com b.com", "a.com", UNKNOWN),
        ("rewrite name {$MATCH} a.com b.com", "a.com", UNKNOWN),
        ("rewrite name regex ^a b", "é.com", UNKNOWN),
    ],
)
def test_what_a_rule_makes_of_a_name(text: str, name: str, expected: str | Unknown | None) -> None:
    assert rule(text).apply(name) == expected


@pytest.mark.parametrize(
    "text",
    [
        "rewrite name regex (.*) " + "{0}" * 300,
        "rewrite name exact a.com " + "x" * 5000,
        "rewrite name regex " + "(a*)*" * 500 + " b",
    ],
)
def test_rules_that_could_cost_much_are_not_evaluated(text: str) -> None:
    assert rule(text).apply("a" * 250 + ".com") is UNKNOWN


def test_a_rule_knows_its_parts_and_places() -> None:
    found = rule("rewrite continue name suffix .a.com .b.com answer name (.*)\\.b\\.com {1}.a.com")

    assert (found.mode, found.continues, found.field, found.match) == ("continue", True, "name", "suffix")
    assert (found.source.text, found.target.text) == (".a.com", ".b.com")
    assert [(answer.kind, answer.pattern.text if answer.pattern else "") for answer in found.answers] == [
        ("name", "(.*)\\.b\\.com")
    ]
    assert found.restores_answer
    assert found.errors == ()


@pytest.mark.parametrize(
    ("text", "restores"),
    [
        ("rewrite name a.com b.com", True),
        ("rewrite name suffix .a.com .b.com", False),
        ("rewrite name suffix .a.com .b.com answer auto", True),
        ("rewrite name regex a b answer value x y", False),
    ],
)
def test_whether_the_answer_gets_the_old_name(text: str, restores: bool) -> None:
    assert rule(text).restores_answer is restores


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("rewrite name a.com", "rewrite-argument-count", "a.com"),
        ("rewrite name a.com b.com c.com", "rewrite-match", "a.com"),
        ("rewrite name exact a.com b.com c.com", "rewrite-answer", "c.com"),
        ("rewrite name like a.com b.com", "rewrite-match", "like"),
        ("rewrite name regex a( b", "rewrite-regex", "a("),
        ("rewrite name regex (a) {1}{2}", "rewrite-groups", "{1}{2}"),
        ("rewrite stop host a b", "rewrite-type", "host"),
        ("rewrite type A FOO", "rewrite-value", "FOO"),
        ("rewrite edns0 subnet set 33 56", "rewrite-value", "33"),
    ],
)
def test_a_wrong_rule_is_reported_at_the_word(text: str, code: str, place: str) -> None:
    (error,) = rule(text).errors

    assert (error.code, f".:53 {{\n{text}"[error.start : error.end]) == (code, place)
    assert error.coredns.startswith("plugin/rewrite: ")
    assert error.message


def test_each_line_is_a_rule_of_its_own_behind_a_brace_on_the_next_line() -> None:
    rules = rewrite_rules(directive("rewrite\n{\nname a.com b.com\n}"))

    assert [each.word.text for each in rules] == ["rewrite", "{", "name", "}"]
    assert all(each.errors for each in rules)


def test_hosts_entries_and_their_places() -> None:
    view = hosts_entries(
        directive(
            'hosts {\n1.2.3.4 a.org B.org.\n"5.6.7.8 c.org"\nd.org 1.2.3.4\n9.9.9.9\n{$IP} e.org\nttl 60\nno_reverse\n'
            "fallthrough a.org\n}"
        )
    )

    assert [(entry.address.text, texts(entry.names)) for entry in view.entries] == [
        ("1.2.3.4", ["a.org", "B.org."]),
        ("5.6.7.8", ["c.org"]),
    ]
    assert [(line.reason, line.tokens[0].text) for line in view.ignored] == [
        ("no-address", "d.org"),
        ("no-name", "9.9.9.9"),
    ]
    assert (view.file, view.zones, view.fallthrough, view.has_reverse) == ("/etc/hosts", (".",), ("a.org.",), False)
    assert not view.is_complete
    assert view.errors == ()


def test_hosts_names_outside_of_the_zones_get_nothing() -> None:
    view = hosts_entries(directive("hosts /etc/x a.org {\n1.2.3.4 x.a.org y.b.org\n}"))

    assert (texts(view.entries[0].names), texts(view.entries[0].outside)) == (["x.a.org"], ["y.b.org"])
    assert view.fallthrough is None


def test_hosts_names_are_inside_where_the_zone_is_not_known() -> None:
    view = hosts_entries(directive("hosts {\n1.2.3.4 x.a.org\n}", key="{$ZONE}"))

    assert texts(view.entries[0].names) == ["x.a.org"]
    assert not view.is_complete


def test_an_entry_behind_fallthrough_is_reported_at_its_address() -> None:
    (error,) = hosts_entries(directive("hosts {\nfallthrough\n1.2.3.4 a.org\n}")).errors

    assert (error.code, error.parameters["name"]) == ("unknown-property", "1.2.3.4")


def test_kubernetes_zones_are_told_apart() -> None:
    view = kubernetes_view(directive("kubernetes Cluster.Local:53 in-addr.arpa 10.0.0.0/24 {\npods verified\n}"))

    assert view.zones == ("cluster.local.",)
    assert view.reverse_zones == ("in-addr.arpa.", "0.0.10.in-addr.arpa.")
    assert view.pods == "verified"
    assert view.fallthrough is None
    assert view.errors == ()


def test_kubernetes_without_zones_serves_those_of_the_block() -> None:
    view = kubernetes_view(directive("kubernetes", key="cluster.local a.org:54"))

    assert view.zones == ("cluster.local.", "a.org.")


def test_all_errors_of_a_block_are_reported() -> None:
    view = kubernetes_view(
        directive("kubernetes cluster.local {\nupstream\npods enabled\nttl 30s\nresyncperiod 5m\nendpoint\n}")
    )

    assert [error.code for error in view.errors] == [
        "unknown-property",
        "not-one-of",
        "not-a-number",
        "unknown-property",
        "argument-count",
    ]


def test_forward_knows_its_upstreams() -> None:
    view = forward_view(
        directive(
            "forward a.org 10.0.0.1 10.0.0.2:54 [::1]:55 tls://9.9.9.9%dns.example kube-dns.kube-system.svc:53"
            " /etc/resolv.conf {$UP} {\nexcept b.a.org\nmax_fails 3\n}"
        )
    )

    assert view.zone == "a.org."
    assert [(each.kind, each.transport, each.host, each.port, each.server_name) for each in view.upstreams] == [
        ("address", "dns", "10.0.0.1", "", ""),
        ("address", "dns", "10.0.0.2", "54", ""),
        ("address", "dns", "::1", "55", ""),
        ("address", "tls", "9.9.9.9", "", "dns.example"),
        ("name", "dns", "kube-dns.kube-system.svc", "53", ""),
        ("file", "dns", "/etc/resolv.conf", "", ""),
        ("unknown", "dns", "", "", ""),
    ]
    assert view.except_zones == ("b.a.org.",)
    assert [each.name.text for each in view.properties] == ["except", "max_fails"]
    max_fails = view.property("max_fails")
    assert max_fails is not None
    assert texts(max_fails.arguments) == ["3"]
    assert view.errors == ()


def test_names_and_files_are_no_errors_of_forward() -> None:
    assert forward_view(directive("forward . resolver.example /etc/resolv.conf ./x")).errors == ()


def test_two_forwards_are_two_views_and_one_list_of_errors() -> None:
    merged = parse(". {\nforward . 1.1.1.1 {\npolicy x\n}\nforward a.org grpc://1.1.1.1\n}").blocks[0].plugin("forward")

    assert merged is not None
    assert [view.zone for view in forward_views(merged)] == [".", "a.org."]
    assert [error.code for error in forward_view(merged).errors] == ["not-one-of", "upstream-protocol"]


@pytest.mark.parametrize(
    "text",
    [
        "kubernetes {$Z} {\npods {$P}\nttl {$T}\nendpoint {$E}\nignore {$I}\nstartup_timeout {$S}\n}",
        "kubernetes {\napiserver_qps {$Q}\napiserver_burst {$B}\n}",
        "kubernetes 10.in-addr.arpa {$Z}",
        "forward {$F} {$T} {\nmax_fails {$N}\nexpire {$E}\npolicy {$P}\nnext {$R}\nhealth_check {$H}\n{$X} y\n}",
        "forward . 1.1.1.1 {\nmax_age {$M}\nexpire 10s\nread_timeout {$R}\nresolver {$A}\nsource_address {$A}\n}",
        "hosts {$FILE} {$ZONE} {\nttl {$T}\nreload {$R}\n{$X} y\nfallthrough {$Z}\n{$X} y\n}",
        "rewrite name {$MATCH} {$FROM} {$TO} answer name {$A} {$B}",
        "rewrite {$MODE} name a.com b.com",
        "rewrite ttl {$MATCH} a.com {$TTL}",
        "rewrite rcode a.com {$A} {$B}",
        "rewrite edns0 {$A} {$B} {$C}",
        "rewrite class {$A} {$B}",
    ],
)
def test_an_unknown_variable_is_taken_to_be_right(text: str) -> None:
    found = directive(text)
    match found.name.text:
        case "kubernetes":
            errors = kubernetes_view(found).errors
        case "forward":
            errors = forward_view(found).errors
        case "hosts":
            errors = hosts_entries(found).errors
        case _:
            errors = tuple(error for each in rewrite_rules(found) for error in each.errors)

    assert errors == ()
