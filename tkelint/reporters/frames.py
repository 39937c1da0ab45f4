"""Code frames: lines of source with the marked parts underlined.

    10 |   ports:
    11 |   - port: 80
       |     ---- the listener
    12 |     targetPort: htpp
       |                 ^^^^

A mark covers one line: one that spans several is drawn up to the end of its first.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint.reporters.harmless import harmless
from tkelint.reporters.layout import width, wrap
from tkelint.reporters.places import first_line_of
from tkelint.reporters.snippet import masks_on_line, show_line
from tkelint.reporters.terminal import paint
from tkelint.source import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.reporters import ReporterOptions
    from tkelint.source import SourceFile, Span

# A label that has less room than this beside its underline goes below it.
_LABEL_ROOM = 24


class Mark(NamedTuple):
    """A span to underline. `style` is a severity for the place of a finding, `related` for every other."""

    span: Span
    style: str
    label: str = ""


class Underline(NamedTuple):
    """The part of a mark that is drawn: columns of one line, 0-based and half-open."""

    line: int
    columns: tuple[int, int]
    mark: Mark


def underline(source: SourceFile, mark: Mark) -> Underline:
    """Where a mark is drawn."""
    region = first_line_of(Place(source, mark.span))
    return Underline(region.start_line, (region.start_column - 1, region.end_column - 1), mark)


def frame(
    source: SourceFile,
    marks: Sequence[Mark],
    secrets: Sequence[Span],
    gutter: int,
    context: int,
    options: ReporterOptions,
) -> Iterator[str]:
    """The lines of a frame; `gutter` is the width of the line numbers, `context` how many lines are around a mark."""
    by_line: dict[int, list[Underline]] = defaultdict(list)
    for mark in marks:
        drawn = underline(source, mark)
        by_line[drawn.line].append(drawn)
    bar = _bar("", gutter, options)
    previous = None
    yield bar
    for number in shown_lines(source, sorted(by_line), context):
        if previous is not None and number > previous + 1:
            yield paint("...", "frame", options)
        previous = number
        yield from _line(source, number, by_line.get(number, []), secrets, gutter, options)
    yield bar


def gutter_width(source: SourceFile, marks: Sequence[Mark], context: int) -> int:
    """How many digits the line numbers of a frame need."""
    last = max(underline(source, mark).line for mark in marks) + context
    return len(str(min(last, len(source.line_starts))))


def shown_lines(source: SourceFile, marked: Sequence[int], context: int) -> list[int]:
    """The marked lines with `context` lines around them, except blank ones at the rim; a gap of one line is filled."""
    last = len(source.line_starts)
    shown: set[int] = set()
    for number in marked:
        around = range(max(1, number - context), min(last, number + context) + 1)
        shown.update(line for line in around if line == number or source.line(line).strip() not in ("", "---"))
    shown.update(line + 1 for line in tuple(shown) if line + 2 in shown)
    return sorted(shown)


def _line(
    source: SourceFile,
    number: int,
    underlines: Sequence[Underline],
    secrets: Sequence[Span],
    gutter: int,
    options: ReporterOptions,
) -> Iterator[str]:
    """One line of source and what is drawn below it."""
    room = options.width - gutter - 3
    focus = (
        (min(drawn.columns[0] for drawn in underlines), max(drawn.columns[1] for drawn in underlines))
        if underlines
        else (0, 0)
    )
    shown = show_line(source.line(number), masks_on_line(source, number, secrets), focus, room)
    yield f"{_bar(str(number), gutter, options)} {shown.text}".rstrip()
    bar = _bar("", gutter, options)
    for drawn in sorted(underlines, key=lambda drawn: drawn.columns):
        left, right = shown.cells(*drawn.columns)
        yield from (f"{bar} {text}" for text in _drawn(drawn.mark, left, min(right, room), room, options))


def _drawn(mark: Mark, left: int, right: int, room: int, options: ReporterOptions) -> Iterator[str]:
    """The underline of a mark, with its label beside it or below it."""
    line = " " * left + paint(("-" if mark.style == "related" else "^") * (right - left), mark.style, options)
    label = harmless(mark.label)
    beside = room - right - 1
    if not label or beside < min(_LABEL_ROOM, width(label)):
        yield line
        indent = min(left, room // 3)
        for text in wrap(label, room - indent) if label else []:
            yield " " * indent + paint(text, mark.style, options)
        return
    first, *rest = wrap(label, beside)
    yield f"{line} {paint(first, mark.style, options)}"
    for text in rest:
        yield " " * (right + 1) + paint(text, mark.style, options)


def _bar(number: str, gutter: int, options: ReporterOptions) -> str:
    return paint(f"{number:>{gutter}} |", "frame", options)
