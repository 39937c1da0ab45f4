"""Marks: how a rendered line tells which line of a template wrote it.

A chart is rendered twice, the second time with a comment at the end of each line of its templates that holds the number
of the line in characters of the private use area. A comment changes no value of YAML, and where a template computes
with its text after all (a checksum, a name cut to 63 characters) the two outputs differ there, and the mark of such a
line is not believed.
"""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.patterns import pattern
from tkelint.source import Span
from tkelint.syntax.go_template import Action, actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.source import SourceFile

_FIRST: Final = 0xE000
_COUNT: Final = 0x1900  # the private use area of the basic plane, which YAML writers print as it is
# Go's %q, which `quote` uses, writes such characters as escapes.
_MARK: Final = pattern(r" #(?:([\uE000-\uF8FF])([\uE000-\uF8FF])|\\u([ef][0-9a-f]{3})\\u([ef][0-9a-f]{3}))")
# A line of a definition that is more than a word: some definitions only say `true` to who includes them.
_YAML_LINE: Final = pattern(r"\s*(?:- |[^\s:{}]+:(?:\s|\Z)|.*\}\}[\"']?:(?:\s|\Z))")


class TemplateLine(NamedTuple):
    """A line of a template, 1-based."""

    source: SourceFile
    number: int


class Marks:
    """The marks of one chart, and what each stands for."""

    def __init__(self) -> None:
        self._lines: list[TemplateLine] = []

    def mark(self, source: SourceFile, *, definitions: bool) -> str:
        """The text of a template with a mark on each line that can bear one; in definitions only if they are wanted."""
        found = actions(source.text)
        starts = [action.span.start for action in found]
        ends = [action.span.end for action in found]
        pieces: list[str] = []
        last = 0
        for number, start in enumerate(source.line_starts, 1):
            line = source.line(number)
            end = start + len(line.rstrip())
            before = _before(found, starts, end)
            on_line = found[bisect.bisect_left(ends, start + 1) : bisect.bisect_left(starts, end)]
            if line.startswith("---") or _writes_nothing(line, Span(start, end), on_line):
                continue
            if not _bears(before, end, line, definitions=definitions):
                continue
            if len(self._lines) >= _COUNT * _COUNT:
                break
            pieces += (source.text[last:end], self._next(TemplateLine(source, number)))
            last = end
        return "".join(pieces) + source.text[last:]

    def _next(self, line: TemplateLine) -> str:
        self._lines.append(line)
        high, low = divmod(len(self._lines) - 1, _COUNT)
        return f" #{chr(_FIRST + high)}{chr(_FIRST + low)}"

    def lines_of(self, rendered: str, marked: str) -> list[tuple[TemplateLine, ...]]:
        """For each line of a rendered text the template lines that wrote it, as its marked rendering tells.

        Where the two differ in more than marks, a line has none; no line has any if there are not as many.
        """
        texts, with_marks = rendered.split("\n"), marked.split("\n")
        if len(texts) != len(with_marks):
            return [() for _ in texts]
        return [
            self._lines_in(other) if _MARK.sub("", other).rstrip() == text.rstrip() else ()
            for text, other in zip(texts, with_marks, strict=True)
        ]

    def _lines_in(self, line: str) -> tuple[TemplateLine, ...]:
        numbers = (_number(*(group for group in match.groups() if group)) for match in _MARK.finditer(line))
        return tuple(self._lines[number] for number in numbers if number < len(self._lines))


def without_marks(text: str) -> str:
    """The text as it would be without marks."""
    return _MARK.sub("", text)


def _before(found: Sequence[Action], starts: Sequence[int], end: int) -> Sequence[Action]:
    index = bisect.bisect_left(starts, end)
    return found[index - 1 : index] if index else ()


def _writes_nothing(line: str, span: Span, on_line: Sequence[Action]) -> bool:
    """Whether a line is blank, or has only actions such as `if` and `end`."""
    if any(action.writes for action in on_line):
        return False
    start, end = span
    parts = [(max(action.span.start, start), min(action.span.end, end)) for action in on_line]
    edges = [start, *(edge for part in parts for edge in part), end]
    between = zip(edges[::2], edges[1::2], strict=True)
    return not any(line[left - start : right - start].strip() for left, right in between)


def _bears(before: Sequence[Action], end: int, line: str, *, definitions: bool) -> bool:
    """Whether a mark at `end`, the end of a line, is text that changes nothing but comments."""
    if not before:
        return True
    action = before[0]
    if action.span.end > end or (action.span.end == end and action.trims_right):
        return False
    return not action.before_definition or (definitions and _YAML_LINE.match(line) is not None)


def _number(high: str, low: str) -> int:
    return (_code(high) - _FIRST) * _COUNT + _code(low) - _FIRST


def _code(text: str) -> int:
    return ord(text) if len(text) == 1 else int(text, 16)
