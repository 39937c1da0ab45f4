from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syntax.corefile_goldens import read_lines

from tkelint.syntax.re2 import RegexError, compile_regex

RECORDED = read_lines("patterns.jsonl.gz")


def test_patterns_compile_and_match_as_in_go() -> None:
    names, *patterns = RECORDED
    accepted = 0

    for recorded in patterns:
        try:
            regex = compile_regex(recorded["pattern"])
        except RegexError:
            assert recorded["groups"] == -1, recorded
            continue
        assert regex.groups == recorded["groups"], recorded
        accepted += 1
        for name, match in zip(names["names"], recorded["matches"], strict=True):
            assert list(regex.search(name) or ()) == match, (recorded["pattern"], name)

    assert accepted > 500


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)",
        r"(?<=a)b",
        r"(a)\1",
        r"\Z",
        "a**",
        "a++",
        "(?>a)",
        "[z-a]",
        "x{1001}",
        "(a{100}){100}",
        "(",
        ")",
        "*",
        "\\",
    ],
)
def test_what_re2_refuses_is_refused(pattern: str) -> None:
    with pytest.raises(RegexError):
        compile_regex(pattern)


@pytest.mark.parametrize(
    "pattern", [r"a\z", r"\Q.*\E", r"\pL", "[[:alpha:]]", "(?U)a*", r"\p{^Lu}", "(?P<n>a)", "a{,3}"]
)
def test_what_only_re2_takes_is_taken(pattern: str) -> None:
    assert compile_regex(pattern).program is not None


def test_a_script_is_neither_refused_nor_guessed() -> None:
    regex = compile_regex(r"(\p{Greek}+)")

    assert regex.groups == 1
    assert not regex.can_match("a.com.")


@pytest.mark.parametrize("text", ["é.com.", "x" * 2000])
def test_texts_that_are_no_names_are_not_matched(text: str) -> None:
    regex = compile_regex("x")

    assert not regex.can_match(text)
    with pytest.raises(ValueError, match="cannot be evaluated"):
        regex.search(text)


@pytest.mark.parametrize("pattern", ["(" * 2000 + ")" * 2000, "(?:" * 990 + "a" + ")*" * 990, "(((a{9}){9}){9})" * 600])
def test_deep_and_large_patterns_end_in_an_answer(pattern: str) -> None:
    try:
        regex = compile_regex(pattern)
    except RegexError:
        return
    assert not regex.can_match("a.com.")


@pytest.mark.parametrize("pattern", ["(a*)*b", "(?:a|a)*b", "(x+x+)+y", "(?:.*.*)*=", "(a|aa)+$"])
def test_time_grows_with_the_text_and_not_faster(pattern: str) -> None:
    regex = compile_regex(pattern)
    seconds = []
    for length in (100, 200, 400, 800):
        begin = time.process_time()
        for _ in range(5):
            regex.search("a" * length)
        seconds.append(time.process_time() - begin)

    # A backtracking search would not come to the second length.
    assert all(later < 20 * max(earlier, 0.001) for earlier, later in pairwise(seconds))


@given(st.text(alphabet="ab().*+?|[]^$\\{}0,1:-iP<>pLQE", max_size=30), st.text(alphabet="ab.", max_size=12))
def test_any_pattern_is_refused_or_gives_parts_of_the_text(pattern: str, name: str) -> None:
    try:
        regex = compile_regex(pattern)
    except RegexError:
        return
    if regex.can_match(name):
        match = regex.search(name)
        assert match is None or (len(match) == regex.groups + 1 and all(part in name for part in match))
