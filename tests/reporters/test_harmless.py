from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tkelint.reporters.harmless import harmless, harmless_json, one_line, without_commands


@pytest.mark.parametrize(
    ("hostile", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]8;;https://evil\x07click\x1b]8;;\x07", "␛]8;;https://evil␇click␛]8;;␇"),
        ("\x9b31m", "<U+009B>31m"),
        ("a\rb\nc\x00\x7f", "a␍b␊c␀␡"),
        ("user\u202e\u2066// admin", "user<U+202E><U+2066>// admin"),
        ("zero\u200bwidth\ufeff\u00ad", "zero<U+200B>width<U+FEFF><U+00AD>"),
        ("line\u2028separator\u0085", "line<U+2028>separator<U+0085>"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("half\ud800", "half<U+D800>"),
    ],
    ids=["csi", "osc", "c1", "c0", "bidi", "invisible", "separators", "tags", "surrogate"],
)
def test_what_is_not_visible_becomes_visible(hostile: str, expected: str) -> None:
    assert harmless(hostile) == expected


@pytest.mark.parametrize("text", ["内网 CLB（四层）", "no\u00a0break", "\u3000全角空格", "é e\u0301", "😀", ""])
def test_visible_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text(st.characters(exclude_categories=())))
def test_result_is_printable_and_can_be_encoded(text: str) -> None:
    shown = harmless(text)

    assert all(character.isprintable() or character.isspace() for character in shown)
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")


def test_one_line_joins_lines_and_is_harmless() -> None:
    assert one_line("first\n  second\x1b\n") == "first second␛"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("::error file=x::boom", "\\::error file=x::boom"),
        ("   ::stop-commands::x", "   \\::stop-commands::x"),
        ("\u3000::warning::x", "\u3000\\::warning::x"),
        ("text ##[error]x", "text ##\\[error]x"),
        ("###[group]x", "###\\[group]x"),
        ("##vso[task.setvariable]x", "##\\vso[task.setvariable]x"),
        ("##teamcity[x]", "##\\teamcity[x]"),
    ],
)
def test_lines_are_no_commands_of_a_runner(line: str, expected: str) -> None:
    assert list(without_commands([line])) == [expected]


@pytest.mark.parametrize("line", ["std::string", "   | ::error::x", "## heading [x]", "a: [b] # c", "fe80::1"])
def test_lines_that_are_no_commands_stay(line: str) -> None:
    assert list(without_commands([line])) == [line]


@example(["##[group]", "a ##vso[x]", "\ud800\u202e"])
@given(st.recursive(st.text(st.characters(exclude_categories=())), st.lists, max_leaves=5))
def test_json_says_the_same_and_can_be_printed(value: object) -> None:
    text = harmless_json(json.dumps(value, ensure_ascii=False))

    assert json.loads(text) == value
    text.encode("utf-8")
    assert "##[" not in text
    assert not {"\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff"} & set(text)
