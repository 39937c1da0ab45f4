"""The generic check of plugins: what is refused, where, and with which words. The verdicts of CoreDNS are goldens."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkelint.compiled import table
from tkelint.syntax.corefile import parse
from tkelint.syntax.corefile_errors import CorefileError
from tkelint.syntax.corefile_setup import setup_view

SETUPS = table("coredns-setup")
GENERIC = sorted(set(SETUPS) - {"rewrite", "hosts", "kubernetes", "forward"})


def errors(lines: str, key: str = ".:53") -> list[tuple[str, str]]:
    """Code and word of each error of the plugin on the first line."""
    text = f"{key} {{\n{lines}\n}}\n"
    block = parse(text, {}).blocks[0]
    name = lines.split(maxsplit=1)[0]
    directive = block.plugin(name)
    assert directive is not None
    return [(error.code, text[error.start : error.end]) for error in setup_view(directive, SETUPS[name]).errors]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("health 8080", [("not-an-endpoint", "8080")]),
        ("ready a b", [("argument-count", "b")]),
        ("reload 30", [("not-a-duration", "30")]),
        ("reload 1s", [("out-of-range", "1s")]),
        ("reload 30s 0s", []),
        ("loop\nloop", [("plugin-twice", "loop")]),
        ("errors log", [("not-one-of", "log")]),
        ("acl {\nblock type a net 10.0.0.0/33\n}", [("not-a-type", "a"), ("not-a-network", "10.0.0.0/33")]),
        ("acl {\nblock net 10.0.0.0/33\n}", [("not-a-network", "10.0.0.0/33")]),
        ("template AAAA IN", [("not-a-class", "AAAA")]),
        ("template IN a", [("not-a-type", "a")]),
        ("template IN A {\nrcode nxdomain\nmatch (\n}", [("not-an-rcode", "nxdomain"), ("not-a-regex", "(")]),
        ("tsig {\nrequire_opcode query\n}", [("not-an-opcode", "query")]),
        ("cache {\nprefetch 1 1m 10\n}", [("not-a-percentage", "10")]),
        ("trace {\nclient_server maybe\n}", [("not-a-boolean", "maybe")]),
        ("quic {\nmax_streams 1\nmax_streams 2\n}", [("property-twice", "max_streams")]),
        ("transfer {\nsource 10.0.0.1\n}", [("property-missing", "transfer")]),
        ("azure a:b a:b", [("value-twice", "a:b")]),
        ("route53 a.org", [("not-a-cloud-zone", "a.org")]),
        ("auto {\ndirectory /x db.* {1}\n}", [("regex-without-group", "db.*")]),
        ("cache 30s", []),
    ],
)
def test_error_is_at_its_word(lines: str, expected: list[tuple[str, str]]) -> None:
    assert errors(lines) == expected


def test_every_error_of_a_plugin_is_found() -> None:
    found = errors("cache 0 {\nsuccess x\nservfail 10m\nbogus\n}")

    assert [word for _, word in found] == ["0", "x", "10m", "bogus"]


def test_shed_looks_at_the_transport_of_its_block() -> None:
    assert errors("shed", "tls://a.org") == [("transport", "shed")]


def test_words_with_unknown_variables_are_taken_to_be_right() -> None:
    text = ".:53 {\nreload {$INTERVAL}\n}\n"
    directive = parse(text).blocks[0].plugin("reload")
    assert directive is not None

    assert setup_view(directive, SETUPS["reload"]).errors == ()


@given(
    st.sampled_from(GENERIC),
    st.lists(st.sampled_from(["{", "}", "\n", " ", "x", "1s", '"', "all", "*", "="]), max_size=20),
)
def test_any_block_is_read(name: str, pieces: list[str]) -> None:
    text = f".:53 {{\n{name} " + " ".join(pieces) + "\n}\n"
    for block in parse(text, {}).blocks:
        directive = block.plugin(name)
        found: tuple[CorefileError, ...] = setup_view(directive, SETUPS[name]).errors if directive else ()
        assert all(0 <= error.start <= error.end <= len(text) for error in found)


@pytest.mark.parametrize("name", SETUPS)
def test_releases_of_properties_are_versions_in_order(name: str) -> None:
    facts: dict[str, Any] = SETUPS[name]
    for each in facts.get("properties", {}).values():
        versions = [tuple(map(int, each[key].split("."))) for key in ("since", "removed") if key in each]
        assert all(first < second for first, second in pairwise(versions))
