"""From a rendered line back to the line of a template, and to the line of a values file that supplied what it says."""

from __future__ import annotations

import bisect
import itertools
import weakref
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from tkelint.patterns import pattern
from tkelint.source import Place, Precision, SourceFile, Span
from tkelint.syntax.go_template import actions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.charts.marks import TemplateLine
    from tkelint.charts.values import Values
    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.go_template import Action, ValuesPath
    from tkelint.syntax.yaml import YamlDocument

_KIND: Final = pattern(r"(?m)^kind:[ \t]*(\S+)")
# The actions of templates, which are asked for once for each place in them.
_KNOWN: Final[weakref.WeakKeyDictionary[SourceFile, tuple[Action, ...]]] = weakref.WeakKeyDictionary()


class TemplatePlaces:
    """The places of what one template was rendered to. `lines` are, for each rendered line, those that wrote it."""

    def __init__(
        self, template: SourceFile, rendered: SourceFile, lines: Sequence[tuple[TemplateLine, ...]], values: Values
    ) -> None:
        self._template = template
        self._rendered = rendered
        self._lines = lines
        self._values = values

    def place_of(self, document: YamlDocument, path: FieldPath, part: tuple[int, int] | None, *, at_key: bool) -> Place:
        """See `PlaceMap`. A value that an action wrote is where that stands; the lines it wrote have no other place."""
        if not path:
            return self._place_of_object(document)
        span = document.key_span_of(path) if at_key else document.span_of(path, part)
        place = self._exact(span) or self._written_by_action(span, path)
        for depth in range(len(path) - 1, 0, -1):
            if place is not None:
                break
            place = self._written_by_action(document.key_span_of(path[:depth]), path[:depth])
        return place or self._place_of_object(document)

    def place_of_text(self, span: Span) -> Place:
        """See `PlaceMap`."""
        place = self._exact(span) or self._written_by_action(span, ())
        return place or Place(self._template, _line_span(self._template, 1), Precision.FILE)

    def origins_of(self, document: YamlDocument, path: FieldPath) -> tuple[Place, ...]:
        """Where a values file says the value, told by an action near the value or near the collection it is in.

        A values file is only believed where it has the very value that was rendered.
        """
        span = document.span_of(path)
        if not path or self._exact(span) is not None:
            return ()
        value = _value_at(document.value, path)
        candidates = itertools.chain(
            ((line, path[depth:]) for line in self._writers(span) for depth in range(len(path), _top(line, path), -1)),
            (
                (line, path[depth:])
                for depth in range(len(path) - 1, 0, -1)
                for line in self._writers(document.key_span_of(path[:depth]))
            ),
        )
        named = ((each, inner) for line, inner in candidates for each in _values_named(line))
        places = (self._values.place_of(each, inner, value) for each, inner in named)
        first = next((place for place in places if place is not None), None)
        return () if first is None else (first,)

    def _exact(self, span: Span) -> Place | None:
        """The same text in the template: each line of the span stands there unchanged, in one piece."""
        first, column = self._rendered.position(span.start)
        last, end_column = self._rendered.position(span.end)
        if end_column == 1 and last > first:
            last, end_column = last - 1, len(self._rendered.line(last - 1)) + 1
        start = self._literal(first)
        if start is None:
            return None
        before = start
        for number in range(first + 1, last + 1):
            following = self._literal(number)
            if following is None or following.source is not start.source or following.number <= before.number:
                # Only its beginning stands in one piece.
                last, end_column = first, len(self._rendered.line(first).rstrip()) + 1
                before = start
                break
            before = following
        return Place(start.source, Span(self._moved(first, column, start), self._moved(last, end_column, before)))

    def _moved(self, number: int, column: int, line: TemplateLine) -> int:
        """The offset in the template for a column of a rendered line, which may be indented otherwise."""
        rendered, written = self._rendered.line(number), line.source.line(line.number)
        shift = _indentation(written) - _indentation(rendered)
        return line.source.line_starts[line.number - 1] + max(column - 1 + shift, 0)

    def _literal(self, number: int) -> TemplateLine | None:
        """The line of a template that reads as the rendered one, but for its indentation."""
        text = self._rendered.line(number).strip()
        for line in self._lines[number - 1] if number <= len(self._lines) else ():
            if line.source.line(line.number).strip() == text:
                return line
        return None

    def _writers(self, span: Span) -> tuple[TemplateLine, ...]:
        """The lines whose actions wrote a rendered line.

        Several lines that one action wrote bear its mark on the last of them.
        """
        number = self._rendered.position(span.start)[0]
        if number > len(self._lines):
            return ()
        own = self._lines[number - 1]
        if own:
            return own
        ahead = self._lines[self._marked_after[number - 1]] if self._marked_after[number - 1] >= 0 else ()
        return tuple(line for line in ahead[:1] if _is_one_action(line.source, line.number))

    @cached_property
    def _marked_after(self) -> list[int]:
        """For each line the index of the next one that bears a mark; -1 where there is none."""
        following, found = -1, []
        for index in range(len(self._lines) - 1, -1, -1):
            found.append(following)
            following = index if self._lines[index] else following
        return found[::-1]

    def _written_by_action(self, span: Span, path: FieldPath) -> Place | None:
        """The line that wrote the first line of a span, narrowed to the key where that is written there."""
        lines = self._writers(span)
        if not lines:
            return None
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        found = ((line, _position_of_key(line.source.line(line.number), key)) for line in lines if key)
        line, begin = next(((line, begin) for line, begin in found if begin >= 0), (lines[0], -1))
        whole = _line_span(line.source, line.number)
        start = line.source.line_starts[line.number - 1] + begin if begin >= 0 else whole.start
        return Place(line.source, Span(start, whole.end), Precision.KEY_PATH)

    def _place_of_object(self, document: YamlDocument) -> Place:
        """The lines of the template from the first to the last that wrote a part of the document."""
        first = self._rendered.position(document.span.start)[0]
        last = self._rendered.position(document.span.end)[0]
        own = [line for lines in self._lines[first - 1 : last] for line in lines if line.source is self._template]
        if own:
            numbers = [line.number for line in own]
            start = _line_span(self._template, min(numbers))
            return Place(
                self._template, Span(start.start, _line_span(self._template, max(numbers)).end), Precision.OBJECT
            )
        value = document.value
        kind = value.get("kind") if isinstance(value, dict) else None
        found = [match for match in _KIND.finditer(self._template.text) if match[1].strip("\"'") == kind]
        if len(found) == 1:
            return Place(self._template, Span(*found[0].span()), Precision.OBJECT)
        return Place(self._template, _line_span(self._template, 1), Precision.FILE)


def _top(line: TemplateLine, path: FieldPath) -> int:
    """How far up a value may lie in what a line wrote: a line that is all action writes collections, too."""
    return 0 if _is_one_action(line.source, line.number) else len(path) - 1


def _value_at(value: Any, path: FieldPath) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _values_named(line: TemplateLine) -> Iterator[ValuesPath]:
    for action in _actions_on(line.source, line.number):
        yield from action.values


def _actions_on(source: SourceFile, number: int) -> tuple[Action, ...]:
    start = source.line_starts[number - 1]
    end = start + len(source.line(number))
    found = _KNOWN.get(source) or _KNOWN.setdefault(source, actions(source.text))
    first = bisect.bisect_right(found, start, key=lambda action: action.span.end)
    return found[first : bisect.bisect_left(found, end, key=lambda action: action.span.start)]


def _is_one_action(source: SourceFile, number: int) -> bool:
    """Whether a line holds nothing but actions."""
    line = source.line(number).strip()
    return line.startswith("{{") and line.endswith("}}")


def _position_of_key(text: str, key: str) -> int:
    """Where a key stands on a line of a template; -1 if it does not."""
    at = text.find(key)
    while at >= 0:
        if text[at + len(key) :].lstrip("\"' \t").startswith(":"):
            return at
        at = text.find(key, at + 1)
    return -1


def _line_span(source: SourceFile, number: int) -> Span:
    start = source.line_starts[number - 1]
    text = source.line(number)
    return Span(start + _indentation(text), start + max(len(text.rstrip()), _indentation(text)))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
