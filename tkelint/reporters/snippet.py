"""One line of source as it may be shown: harmless, tabs expanded, Secret data masked, cut to the room there is.

Used by every format that shows source text. Columns of the source and cells of the terminal differ as soon as a line
has Chinese text, a tab, a control character or a masked value, so a shown line knows where each column went.
"""

from __future__ import annotations

import bisect
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.reporters.harmless import harmless_character
from tkelint.reporters.layout import width
from tkelint.reporters.places import first_line_of
from tkelint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tkelint.source import Place, SourceFile

MASK: Final = "***"
_ELLIPSIS: Final = "…"
_TAB_STOP: Final = 4

# Column ranges of one line, 0-based and half-open.
_Range = tuple[int, int]


class ShownLine(NamedTuple):
    """The text of a line as it is printed. `edges[i]` is the cell where source column `first + i` begins."""

    text: str
    first: int
    edges: tuple[int, ...]

    def cells(self, start: int, end: int) -> tuple[int, int]:
        """The cells of the source columns `[start, end)`, 0-based; at least one cell, and never beyond the line."""
        last = len(self.edges) - 1
        left = min(max(start - self.first, 0), last)
        right = min(max(end - self.first, 0), last)
        # What is drawn over its neighbour or hidden by a mask is marked together with it.
        while 0 < left < last and self.edges[left] == self.edges[left + 1]:
            left -= 1
        return self.edges[left], max(self.edges[right], self.edges[left] + 1)

    def characters(self, start: int, end: int) -> list[int]:
        """The same columns as a range of the shown text, counted in UTF-16 as JavaScript does."""
        left, right = self.cells(start, end)
        if self.text.isascii():
            return [left, min(right, len(self.text))]
        edges = (0, *accumulate(map(width, self.text)))
        inside = [at for at in range(len(self.text)) if edges[at] < right and edges[at + 1] > left]
        first, last = (inside[0], inside[-1] + 1) if inside else (0, 0)
        return [len(self.text[:each].encode("utf-16-le", "surrogatepass")) // 2 for each in (first, last)]


def masks_on_line(source: SourceFile, number: int, secrets: Iterable[Span]) -> list[_Range]:
    """The columns of a line (1-based number) that hold Secret data, overlapping ranges merged."""
    start = source.offset(number)
    end = start + len(source.line(number))
    clipped = sorted(
        (max(span.start, start) - start, min(span.end, end) - start)
        for span in secrets
        if span.start < end and span.end > start and span.end > span.start
    )
    merged: list[_Range] = []
    for left, right in clipped:
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def show_line(line: str, masked: Sequence[_Range], focus: _Range, room: int) -> ShownLine:
    """The line in at most `room` cells. What does not fit is cut so that the beginning of `focus` stays in sight."""
    # A line can be megabytes long; nothing beyond the room on either side of the focus can be seen.
    first = max(0, focus[0] - room) if focus[1] > room else 0
    last = min(len(line), first + 3 * room)
    pieces = _pieces(line, first, last, masked)
    edges = (0, *accumulate(map(width, pieces)))
    whole = first == 0 and last == len(line)
    if whole and edges[-1] <= room:
        return ShownLine("".join(pieces), 0, edges)
    return _cut(pieces, edges, first, (focus[0] - first, focus[1] - first), room, is_last=last == len(line))


def masked_text(place: Place, secrets: Iterable[Span], limit: int) -> str:
    """The first `limit` characters of what stands at a place, on its first line, with Secret data masked."""
    region = first_line_of(place)
    line = place.source.line(region.start_line)
    start = region.start_column - 1
    end = min(region.end_column - 1, start + limit, len(line))
    return "".join(_pieces(line, start, end, masks_on_line(place.source, region.start_line, secrets)))


def _pieces(line: str, first: int, last: int, masked: Sequence[_Range]) -> list[str]:
    """What is printed for each of the columns `[first, last)`."""
    part = line[first:last]
    if not masked and part.isprintable():
        return list(part)
    pieces: list[str] = []
    cell = 0
    for column in range(first, last):
        mask = next(((start, end) for start, end in masked if start <= column < end), None)
        if mask is not None:
            piece = MASK if column == max(mask[0], first) else ""
        elif line[column] == "\t":
            piece = " " * (_TAB_STOP - cell % _TAB_STOP)
        else:
            piece = harmless_character(line[column])
        pieces.append(piece)
        cell += width(piece)
    return pieces


def _cut(
    pieces: list[str], edges: tuple[int, ...], first: int, focus: _Range, room: int, *, is_last: bool
) -> ShownLine:
    """The part of the pieces around the focus, with an ellipsis where something is left out."""
    start = min(max(focus[0], 0), len(pieces))
    end = min(max(focus[1], start), len(pieces))
    left = 0
    if first > 0 or edges[end] > room - 1:
        # A third of the room goes to what stands before the focus.
        wanted = max(edges[start] - room // 3, 0)
        left = bisect.bisect_left(edges, wanted)
        if is_last:  # Nothing is to be seen further right, so the room there would stay empty.
            left = min(left, bisect.bisect_left(edges, edges[-1] - room + 1))
    is_cut_left = first + left > 0
    space = room - is_cut_left
    right = len(pieces)
    if not is_last or edges[right] - edges[left] > space:
        space -= 1
        right = bisect.bisect_right(edges, edges[left] + space) - 1
    is_cut_right = not is_last or right < len(pieces)
    text = _ELLIPSIS * is_cut_left + "".join(pieces[left:right]) + _ELLIPSIS * is_cut_right
    shift = int(is_cut_left) - edges[left]
    return ShownLine(text, first + left, tuple(edge + shift for edge in edges[left : right + 1]))
