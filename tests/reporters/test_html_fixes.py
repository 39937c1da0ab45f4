"""The lines that a fix changes, as the HTML report shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SECRET, SERVICE, place, span

from tkelint.problem import Repair, Replacement
from tkelint.reporters.html.fixes import fix_value
from tkelint.source import Place, SourceFile, Span

TEXT = "a: 1\nb: 2\nc: 3\nd: 4\n"


def rows(text: str, *replacements: tuple[int, int, str]) -> list[list[list[object]]]:
    source = SourceFile("a.yaml", text)
    repair = Repair(
        tuple(Replacement(Place(source, Span(start, end)), new) for start, end, new in replacements), safe=True
    )
    return [change["rows"] for change in fix_value(repair, {}, lambda each: each.source.path)["changes"]]


@pytest.mark.parametrize(
    ("replacement", "shown"),
    [
        ((8, 9, "5"), [["-", 2, "b: 2"], ["+", None, "b: 5"]]),
        ((5, 10, ""), [["-", 2, "b: 2"]]),
        ((9, 9, "\nx: 9"), [[" ", 2, "b: 2"], ["+", None, "x: 9"]]),
        ((4, 9, ""), [["-", 2, "b: 2"]]),
        ((0, 0, "x: 9\n"), [["+", None, "x: 9"]]),
        ((0, 20, ""), [["-", 1, "a: 1"], ["-", 2, "b: 2"], ["-", 3, "c: 3"], ["-", 4, "d: 4"]]),
    ],
    ids=["value", "line", "added line", "line with the end before", "first line", "everything"],
)
def test_lines_that_change(replacement: tuple[int, int, str], shown: list[object]) -> None:
    assert rows(TEXT, replacement) == [shown]


def test_neighbouring_lines_are_one_change_and_others_two() -> None:
    assert len(rows(TEXT, (3, 4, "9"), (8, 9, "9"))) == 1
    assert len(rows(TEXT, (3, 4, "9"), (18, 19, "9"))) == 2


def test_line_ends_of_windows_stay_out_of_sight() -> None:
    assert rows(TEXT.replace("\n", "\r\n"), (9, 10, "5")) == [[["-", 2, "b: 2"], ["+", None, "b: 5"]]]


def test_secret_data_is_in_no_change() -> None:
    where = place(SECRET, "swordfish")
    value = fix_value(Repair((Replacement(where, "other"),), safe=False), {SECRET.path: (where.span,)}, str)

    assert value == {"safe": False, "changes": []}


def test_very_long_fix_is_not_shown() -> None:
    long = Replacement(Place(SERVICE, span(SERVICE, "http")), "x\n" * 100)

    assert fix_value(Repair((long,), safe=True), {}, lambda each: each.source.path)["changes"] == []


@given(st.text("ab\n", max_size=20), st.integers(0, 20), st.integers(0, 20), st.text("xa\n", max_size=5))
def test_rows_say_what_the_replacement_does(text: str, one: int, other: int, new: str) -> None:
    """What goes and what comes differ by as many lines as the texts do."""
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    shown = [row for change in rows(text, (start, end, new)) for row in change]
    after = SourceFile("a.yaml", text[:start] + new + text[end:])

    gone, come = (sum(row[0] == kind for row in shown) for kind in "-+")
    assert come - gone == len(after.line_starts) - len(SourceFile("a.yaml", text).line_starts)
