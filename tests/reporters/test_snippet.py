from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import place, span

from tkelint.reporters.layout import width
from tkelint.reporters.snippet import MASK, masked_text, masks_on_line, show_line
from tkelint.source import SourceFile, Span


def underlined(line: str, needle: str, room: int = 80, masked: list[tuple[int, int]] | None = None) -> str:
    """What the caret line below the shown line would mark."""
    start = line.index(needle)
    shown = show_line(line, masked or [], (start, start + len(needle)), room)
    left, right = shown.cells(start, start + len(needle))
    cells = "".join(character + "\0" * (width(character) - 1) for character in shown.text if width(character))
    return cells[left:right].replace("\0", "")


@pytest.mark.parametrize(
    "line",
    ["a: b", "备注: 订单  target: b # 说明", "tab\tafter\tb", "e\u0301: b", "esc \x1b[31m b", "\u202e b", "😀 b"],
    ids=["plain", "wide", "tabs", "combining", "escape", "bidi", "emoji"],
)
def test_carets_stand_below_their_text(line: str) -> None:
    assert underlined(line, "b") == "b"


@pytest.mark.parametrize("room", [20, 33, 50])
def test_long_line_is_cut_around_the_focus(room: int) -> None:
    line = "键: " + "x" * 500 + " target " + "长" * 500

    shown = show_line(line, [], (line.index("target"), line.index("target") + 6), room)

    assert width(shown.text) <= room
    assert "target" in shown.text
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")
    assert underlined(line, "target", room) == "target"


def test_room_beyond_the_end_is_used_for_what_stands_before() -> None:
    shown = show_line("x" * 60 + " target", [], (61, 67), 40)

    assert shown.text == "…" + "x" * 32 + " target"


def test_focus_wider_than_the_room_shows_its_beginning() -> None:
    shown = show_line("key: " + "v" * 300, [], (5, 305), 30)

    assert shown.text == "key: " + "v" * 24 + "…"
    assert shown.cells(5, 305)[0] == 5


def test_megabytes_on_one_line_are_not_all_looked_at() -> None:
    line = "a" * 3_000_000 + "target" + "b" * 3_000_000

    shown = show_line(line, [], (3_000_000, 3_000_006), 60)

    assert "target" in shown.text
    assert width(shown.text) <= 60


@given(
    st.text(st.sampled_from("ab\t中\u0301\u202e "), max_size=80),
    st.integers(0, 80),
    st.integers(0, 20),
    st.integers(16, 50),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=3),
)
def test_line_always_fits(line: str, start: int, length: int, room: int, secrets: list[tuple[int, int]]) -> None:
    source = SourceFile("a.yaml", line)
    focus = (min(start, len(line)), min(start + length, len(line)))
    masked = masks_on_line(source, 1, [Span(left, left + size) for left, size in secrets])

    shown = show_line(line, masked, focus, room)
    left, right = shown.cells(*focus)

    assert width(shown.text) <= room
    assert 0 <= left < right


def test_mask_hides_value_and_length() -> None:
    line = "password: hunter2 # x"

    assert show_line(line, [(10, 17)], (10, 17), 80).text == f"password: {MASK} # x"
    assert underlined(line, "hunter2", masked=[(10, 17)]) == MASK
    assert underlined(line, "nter", masked=[(10, 17)]) == MASK


def test_overlapping_and_touching_spans_are_one_mask() -> None:
    source = SourceFile("s.yaml", "a: secretvalue end\n")

    masked = masks_on_line(source, 1, [Span(3, 9), Span(6, 12), Span(12, 14), Span(20, 30), Span(5, 5)])

    assert masked == [(3, 14)]


def test_span_over_several_lines_masks_its_part_of_each() -> None:
    source = SourceFile("s.yaml", "key: |\n  one\n  two\nend: x\n")
    secret = span(source, "|\n  one\n  two")

    assert [masks_on_line(source, line, [secret]) for line in range(1, 5)] == [[(5, 6)], [(0, 5)], [(0, 5)], []]


def test_text_of_a_place_is_masked_and_bounded() -> None:
    source = SourceFile("s.yaml", "key: before-hunter2-after\n")
    whole = place(source, "before-hunter2-after")

    assert masked_text(whole, [span(source, "hunter2")], 200) == "before-***-after"
    assert masked_text(whole, [], 6) == "before"
