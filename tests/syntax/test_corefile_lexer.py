from __future__ import annotations

import pytest

from tkelint.syntax.corefile_lexer import Token, tokenize


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b\tc\vd\fe\nf", ["a", "b", "c", "d", "e", "f"]),
        ("a\u00a0b\u1680c\u2003d\u2028e\u3000f\x85g", ["a", "b", "c", "d", "e", "f", "g"]),
        ("a\x1cb\u200bc\ufeffd", ["a\x1cb\u200bc\ufeffd"]),
        ("\ufeffa", ["a"]),
        ("\ufeff\ufeffa", ["\ufeffa"]),
        ("er\rrors\r\n}", ["errors", "}"]),
        ("# a b\nc # d", ["c"]),
        ("a#b c", ["a", "c"]),
        ("10.0.0.1# my note", ["10.0.0.1", "my", "note"]),
        ('"a b" c', ["a b", "c"]),
        ('"a\\"b" "\\d" "\\\\"', ['a"b', "\\d", "\\\\"]),
        ('"a""b"c', ["a", "b", "c"]),
        ('a"b c"', ['a"b', 'c"']),
        ('"" x', ["", "x"]),
        ('"a\r\nb"', ["a\r\nb"]),
        ('"a # b" # c', ["a # b"]),
        ('"a\nb', ["a\nb"]),
        ('x "', ["x"]),
        ('"abc\\', ["abc"]),
        ("'a b'", ["'a", "b'"]),
        ("a;b // c \\", ["a;b", "//", "c", "\\"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_lines_are_counted_by_line_feeds_only() -> None:
    tokens, _ = tokenize('a\u2028b\r c\n"d\ne" f')

    assert [(token.text, token.line, token.last_line) for token in tokens] == [
        ("a", 1, 1),
        ("b", 1, 1),
        ("c", 1, 1),
        ("d\ne", 2, 3),
        ("f", 3, 3),
    ]


def test_places_are_the_spelling() -> None:
    text = '\ufeff.:53\r\n"a\\"b" er\rrors\r x#y'
    tokens, _ = tokenize(text)

    assert [text[token.start : token.end] for token in tokens] == [".:53", '"a\\"b"', "er\rrors", "x"]


@pytest.mark.parametrize(("text", "offset"), [('a "b', 2), ('a "', 2), ('a "b"', -1), ('a b"', -1), ('"a" "\\"', 4)])
def test_a_quote_that_is_never_closed_is_found(text: str, offset: int) -> None:
    assert tokenize(text)[1] == offset


@pytest.mark.parametrize(
    ("text", "expected", "variables"),
    [
        ("{$A}", "1", ("A",)),
        ("x{$A}y{%B%}z", "x1y2z", ("B", "A")),
        ("{$A}{$A}", "11", ("A", "A")),
        ("{$A:default}", "{$A:default}", ("A:default",)),
        ("{$}", "{$}", ()),
        ("{%%}", "{%%}", ()),
        ("{$A", "{$A", ()),
        ("${A}", "${A}", ()),
        ('"{$A} x"', "1 x", ("A",)),
    ],
)
def test_variables(text: str, expected: str, variables: tuple[str, ...]) -> None:
    (token,), _ = tokenize(text, {"A": "1", "B": "2"})

    assert (token.text, token.variables, token.unknown) == (expected, variables, "default" in text)


def test_a_variable_without_value_keeps_its_reference() -> None:
    (token,), _ = tokenize("{$A}{$B}", {"A": "1"})

    assert token == Token("1{$B}", 0, 8, 1, variables=("A", "B"), unknown=True)


def test_the_value_of_a_variable_is_not_split() -> None:
    (token,), _ = tokenize("{$A}", {"A": "x y\nz"})

    assert token.text == "x y\nz"
