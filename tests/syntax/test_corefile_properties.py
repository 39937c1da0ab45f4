"""Whatever the text: parsing ends, tokens are where they say, and time grows with the text."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syntax.corefile_goldens import DIRECTIVES

from tkelint.syntax import corefile_imports
from tkelint.syntax.corefile import parse, server_key, zone_conflicts
from tkelint.syntax.corefile_lexer import tokenize
from tkelint.syntax.corefile_plugins import forward_view, hosts_entries, kubernetes_view, rewrite_rules

KNOWN = frozenset(DIRECTIVES)

_PIECES = st.sampled_from(
    [
        *("{", "}", " ", "\n", "\r", "\t", '"', "'", "#", "\\", ",", ";", ":", ".", "//", "\ufeff", "\u200b", "\x1c"),
        *(
            ".:53 {\n",
            "a.org",
            "b.org,",
            "}\n",
            "import ",
            "import s\n",
            "(s) {\n",
            "log\n",
            "cache {\n",
            "{$X}",
            "{%Y%}",
        ),
        *(
            "rewrite name ",
            "regex (.*) {1}",
            "hosts {\n",
            "1.2.3.4 a.org\n",
            "fallthrough\n",
            "kubernetes ",
            "forward . ",
        ),
        *(
            "rewrite {\n",
            "answer auto",
            "ttl 30s\n",
            "tls://1.1.1.1%x",
            "10.0.0.0/23 ",
            "edns0 local set 1 ",
            "\U0001f600",
        ),
    ]
)
corefiles = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=30).map("".join))
environments = st.one_of(
    st.none(), st.dictionaries(st.sampled_from("XY"), st.sampled_from(["", "{", "a b", "x\ny", "{$X}"]))
)


@given(corefiles)
def test_tokens_are_their_spelling_in_order(text: str) -> None:
    tokens, open_quote = tokenize(text)

    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert all(first.end <= second.start for first, second in pairwise(tokens))
    for token in tokens:
        spelling = text[token.start : token.end]
        if token.quoted:
            inside = spelling[1:-1] if token.start != open_quote else spelling[1:].removesuffix("\\")
            assert spelling[0] == '"'
            assert token.variables or inside.replace('\\"', '"') == token.text or token.start == open_quote
        else:
            assert token.variables or spelling.replace("\r", "") == token.text
        assert token.line == 1 + text.count("\n", 0, token.start)


@given(corefiles, environments, st.booleans())
def test_any_text_is_parsed_and_all_places_lie_in_it(
    text: str, environment: dict[str, str] | None, judge: bool
) -> None:
    corefile = parse(text, environment, known=KNOWN if judge else None)

    for error in corefile.errors:
        assert 0 <= error.start < error.end <= len(text)
        assert error.message
    assert [error.start for error in corefile.errors] == sorted(error.start for error in corefile.errors)
    for block in corefile.blocks:
        assert 0 <= block.span.start <= block.span.end <= len(text)
        for key in block.keys:
            server_key(key)
        for directive in block.directives:
            assert directive.arguments == directive.tokens[: len(directive.arguments)]
            for view in (forward_view, hosts_entries, kubernetes_view):
                assert all(0 <= error.start <= error.end <= len(text) for error in view(directive).errors)
            for rule in rewrite_rules(directive):
                rule.apply("a.example.com.")
            if directive.block is not None:
                assert isinstance(directive.block, tuple)
    list(zone_conflicts(corefile.blocks))


@given(corefiles)
def test_parsing_twice_gives_the_same(text: str) -> None:
    assert parse(text, known=KNOWN) == parse(text, known=KNOWN)


@given(corefiles)
def test_refused_texts_have_an_error_with_coredns_text(text: str) -> None:
    corefile = parse(text, known=KNOWN)

    assert bool(corefile.refusal) <= any(error.coredns for error in corefile.errors)


HOSTILE = {
    "open braces": "{ ",
    "closing braces": "} ",
    "blocks on one line": ". { a.b c } ",
    "open blocks": ". {\n",
    "open snippets": "(a) {\nb. {\n",
    "nested blocks": "x {\n",
    "glued comments": "a# b\n",
    "glued braces": "a{\n",
    "glued closing braces": ". {\n a}\n",
    "quotes": '"a\nb" ',
    "escapes in a quote": '"\\',
    "single quotes": "'a' ",
    "open single quotes": "'a ",
    "carriage returns": "\r",
    "lone carriage returns": "a\r b",
    "continuations": "a \\\n",
    "invisible characters": "a\u200b ",
    "semicolons": "a;\n",
    "slashes": "// x\n",
    "commas": "a, ",
    "variables": "{$a} ",
    "references in references": "{$",
    "keys on lines": "a.b\nc.d {\n}\n",
    "escaped line ends": "{\\n ",
    "imports": "import x\n",
    "snippets without braces": "(s)\na\n",
    "dropped blocks": ".{\n}\n",
    "blocks behind open ones": ". {\n x {\n }\n.:54 {\n}\n",
    "templates": "{{ x }} ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_with_the_text(piece: str) -> None:
    assert_linear(lambda count: piece * count)


def test_imports_cost_what_they_bring_in() -> None:
    assert_linear(lambda count: "(s) {\n" + "log\n" * 20 + "}\n. {\n" + "import s\n" * count + "}\n")


def test_doubling_imports_end() -> None:
    snippets = "".join(f"(s{index}) {{\nimport s{index - 1}\nimport s{index - 1}\n}}\n" for index in range(1, 60))

    corefile = parse("(s0) {\nlog\n}\n" + snippets + ". {\nimport s59\n}\n")

    assert "import-too-deep" in {error.code for error in corefile.errors}
    assert "(10000) exceeded" in corefile.refusal


def test_imports_that_bring_in_too_much_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corefile_imports, "_MOST_TOKENS", 5_000)

    corefile = parse("(s) {\n" + "log\n" * 400 + "}\n. {\n" + "import s\n" * 100 + "}\n", known=KNOWN)

    assert {error.code for error in corefile.errors} == {"import-too-large"}
    assert len(corefile.blocks[0].directives) == 4_800


def test_ten_thousand_server_blocks() -> None:
    text = "".join(f"zone{index}.example.org {{\n    forward . 10.0.0.1\n}}\n" for index in range(10_000))

    corefile = parse(text, known=KNOWN)

    assert len(corefile.blocks) == 10_000
    assert corefile.errors == ()


def assert_linear(make: Callable[[int], str]) -> None:
    """Four times the text takes well below sixteen times the time."""
    small, large = seconds(make(1_000)), seconds(make(4_000))

    assert large < 10 * max(small, 0.01)


def seconds(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        gc.collect()
        begin = time.process_time()
        parse(text, known=KNOWN)
        best = min(best, time.process_time() - begin)
    return best
