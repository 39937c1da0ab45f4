"""What a fix changes, as lines taken out and lines put in."""

from __future__ import annotations

from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint.patterns import pattern
from tkelint.reporters.snippet import show_line
from tkelint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tkelint.problem import Repair, Replacement
    from tkelint.source import Place, SourceFile

_ROOM: Final = 180
_MOST_LINES: Final = 60  # of a fix
_LINE_END: Final = pattern(r"\r\n|\r|\n")


class _Stretch(NamedTuple):
    """Neighbouring lines of a file and the replacements in them, in order; line numbers are those of the file."""

    source: SourceFile
    first: int
    last: int
    replacements: tuple[Replacement, ...]

    @property
    def span(self) -> Span:
        end = self.source.offset(self.last) + len(self.source.line(self.last))
        return Span(self.source.offset(self.first), end)

    def lines(self) -> tuple[list[str], list[str]]:
        """The lines as they are, and as the replacements make them."""
        start, end = self.span
        text, pieces, at = self.source.text, [], start
        for place, new in ((each.place, each.text) for each in self.replacements):
            pieces += [text[at : place.span.start], new]
            at = place.span.end
        return _split(text[start:end]), _split("".join([*pieces, text[at:end]]))


def fix_value(repair: Repair, secrets: Mapping[str, Sequence[Span]], path: Callable[[Place], str]) -> dict[str, Any]:
    """A fix as the changed lines of each file; without lines where Secret data stands in them, or if they are many."""
    by_file = groupby(repair.replacements, key=lambda each: each.place.source.path)
    stretches = [stretch for _, replacements in by_file for stretch in _stretches(list(replacements))]
    rows = [list(_rows(stretch)) for stretch in stretches]
    has_secret = any(
        span.start < stretch.span.end and stretch.span.start < span.end
        for stretch in stretches
        for span in secrets.get(stretch.source.path, ())
    )
    is_shown = not has_secret and sum(map(len, rows)) <= _MOST_LINES
    changes = [
        {"path": path(stretch.replacements[0].place), "line": stretch.first, "rows": told}
        for stretch, told in zip(stretches, rows, strict=True)
    ]
    return {"safe": repair.safe, "changes": changes if is_shown else []}


def _stretches(replacements: Sequence[Replacement]) -> Iterator[_Stretch]:
    """The replacements of one file, those on the same or neighbouring lines together."""
    open_: _Stretch | None = None
    for each in replacements:
        region = each.place.region
        if open_ and region.start_line <= open_.last + 1:
            last = max(open_.last, region.end_line)
            open_ = open_._replace(last=last, replacements=(*open_.replacements, each))
            continue
        if open_:
            yield open_
        open_ = _Stretch(each.place.source, region.start_line, region.end_line, (each,))
    if open_:
        yield open_


def _rows(stretch: _Stretch) -> Iterator[list[Any]]:
    """Lines that go with their numbers, then lines that come; what only adds begins with the line before."""
    old, new = stretch.lines()
    same = _count_equal(old, new)
    after = _count_equal(old[same:][::-1], new[same:][::-1])
    gone, come = old[same : len(old) - after], new[same : len(new) - after]
    if same and not gone:
        yield [" ", stretch.first + same - 1, _shown(old[same - 1])]
    yield from (["-", number, _shown(line)] for number, line in enumerate(gone, stretch.first + same))
    yield from (["+", None, _shown(line)] for line in come)


def _count_equal(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _shown(line: str) -> str:
    return show_line(line, (), (0, 0), _ROOM).text


def _split(text: str) -> list[str]:
    lines, at = [], 0
    for match in _LINE_END.finditer(text):
        lines.append(text[at : match.start()])
        at = match.end()
    return [*lines, text[at:]]
