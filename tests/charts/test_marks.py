"""Marks in templates: they can be taken out again, and stand nowhere where they would change more than a comment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tkelint.charts.marks import Marks, without_marks
from tkelint.source import SourceFile
from tkelint.syntax.go_template import actions

_PIECES = st.sampled_from(
    ["a: 1", "\n", "\r\n", "  ", "{{ .Values.a }}", "{{- if .x -}}", "{{ end }}", "{{/* } */}}", '{{ "}}" }}', "{{`", "`}}",
     "---", "# c", '{{ define "x" }}', "- b", "{{", "}}", "\t", "é"]
)  # fmt: skip


def _marked_lines(text: str, *, definitions: bool = True) -> list[int]:
    marked = Marks().mark(SourceFile("t", text), definitions=definitions)
    return [number for number, line in enumerate(marked.split("\n"), 1) if without_marks(line) != line]


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=30), st.booleans())
def test_marks_can_be_taken_out(pieces: list[str], definitions: bool) -> None:
    text = "".join(pieces)

    assert without_marks(Marks().mark(SourceFile("t", text), definitions=definitions)) == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1\nb: 2", [1, 2]),
        ("a: {{ .x }}\n", [1]),
        ("a: {{ .x -}}\n", []),
        ("{{ if .x }}\na: 1\n{{ end }}\n", [2]),
        ("{{ toYaml . }}\n", [1]),
        ("---\na: 1\n\n", [2]),
        ('a: {{ include\n  "x" . }}\nb: 1\n', [2, 3]),
        ('{{ define "x" }}\ntrue\na: 1\n{{ end }}\n', [3]),
        ("{{/* a: 1\nb: 2 */}}\nc: 3\n", [3]),
    ],
)
def test_line_bears_a_mark_where_it_writes_text(text: str, lines: list[int]) -> None:
    assert _marked_lines(text) == lines


def test_definitions_can_be_left_out() -> None:
    text = '{{ define "x" }}\na: 1\n{{ end }}\nb: 1\n'

    assert _marked_lines(text, definitions=False) == [4]


def test_rendered_line_tells_the_lines_that_wrote_it() -> None:
    marks = Marks()
    source = SourceFile("t", "a: 1\nb: 2\n")
    marked = marks.mark(source, definitions=True)

    assert [[line.number for line in lines] for lines in marks.lines_of("a: 1\nb: 2\n", marked)] == [[1], [2], []]
    assert marks.lines_of("a: 1\n", marked) == [(), ()]
    assert [bool(lines) for lines in marks.lines_of("a: other\nb: 2\n", marked)] == [False, True, False]


def test_mark_that_was_quoted_is_read() -> None:
    marks = Marks()
    marked = marks.mark(SourceFile("t", "a: 1"), definitions=True)
    quoted = marked[:4] + " #" + "".join(f"\\u{ord(character):04x}" for character in marked[6:])

    assert [line.number for lines in marks.lines_of("a: 1", quoted) for line in lines] == [1]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{{ .Values.a.b }}", [("a", "b")]),
        ("{{ $.Values.a | default .Values.b }}", [("a",), ("b",)]),
        ('{{ include "x" . }}', []),
        ('{{ printf "%s.Values.c" .Values.a }}', [("a",)]),
        ("{{ with .Values.a }}{{ .b }}{{ toYaml . }}{{ end }}{{ .c }}", [("a",), ("a", "b"), ("a",)]),
        ("{{ with .Values.a }}{{ else }}{{ .Values.c }}{{ end }}", [("a",), ("c",)]),
        ("{{ range .Values.a }}{{ .b }}{{ $.Values.c }}{{ end }}", [("a",), ("a", "*", "b"), ("c",)]),
        ("{{ $x := .Values.a }}{{ $x.b }}", [("a",)]),
        ("{{/* .Values.a */}}", []),
    ],
)
def test_action_names_the_values_it_takes(text: str, values: list[tuple[str, ...]]) -> None:
    assert [path for action in actions(text) for path in action.values] == values


def test_many_open_blocks_are_read() -> None:
    text = "{{ if .Values.a }}" * 100_000

    assert len(actions(text)) == 100_000
