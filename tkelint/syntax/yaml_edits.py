"""Changes of values as changes of text: replace one, take an entry out, add one to a mapping or a list.

Everything else of a document keeps its text, comments included. Where that cannot be done soundly (behind an alias or
a merge key, beside an anchor that is used elsewhere, a key that is written twice, an explicit `? key`) there is no
change rather than a wrong one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tkelint.source import Span
from tkelint.syntax.document import Add, Append, Remove, Replace
from tkelint.syntax.yaml_errors import ReadFailure
from tkelint.syntax.yaml_insertions import insertion, new_items
from tkelint.syntax.yaml_nodes import compose
from tkelint.syntax.yaml_offsets import block_indentation, scalar_offsets
from tkelint.syntax.yaml_removals import removals
from tkelint.syntax.yaml_tree import UnsoundError
from tkelint.syntax.yaml_values import construct
from tkelint.syntax.yaml_writing import spelt_inside, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.syntax.document import Change, FieldPath, Json, TextChange
    from tkelint.syntax.yaml_tree import Step, Tree

_MOST_VALUES: Final = 1000
_OWN_LINES: Final = ("|", ">")
_COLON: Final = re.compile(r"[ \t]*:")
_HEADER_COMMENT: Final = re.compile(r"[|>][^\r\n]*#")


def text_changes(tree: Tree, changes: Sequence[Change]) -> list[TextChange] | None:
    """What changes in the text, in its order, without overlaps; `None` where it cannot be done soundly."""
    try:
        return _joined([*_all(tree, changes)]) if tree.is_editable else None
    except (UnsoundError, ReadFailure):
        return None


def _all(tree: Tree, changes: Sequence[Change]) -> Iterator[TextChange]:
    names = [(*change.path[:-1], change.text) for change in changes if isinstance(change, Replace) and change.at_key]
    if len(names) != len(set(names)):
        raise UnsoundError  # two keys would have one name
    wanted: dict[FieldPath, dict[str, Json]] = {}
    items: dict[FieldPath, list[Json]] = {}
    for change in changes:
        if isinstance(change, Replace):
            yield _replaced(tree, change)
        elif isinstance(change, Append):
            items.setdefault(change.path, []).append(change.value)
        elif isinstance(change, Add):
            entries = wanted.setdefault(change.path, {})
            if change.key in entries:
                raise UnsoundError
            entries[change.key] = change.value
    gone = removals(tree, [change.path for change in changes if isinstance(change, Remove)], (*wanted, *items))
    yield from gone.changes
    for path, values in items.items():
        yield new_items(tree, path, values, gone.nodes)
    for path, entries in _made(tree, wanted).items():
        yield insertion(tree, path, entries, gone.nodes)


def _made(tree: Tree, wanted: dict[FieldPath, dict[str, Json]]) -> dict[FieldPath, dict[str, Json]]:
    """The additions by the mapping that exists; what is missing below it becomes part of what is added."""
    made: dict[FieldPath, dict[str, Json]] = {}
    for path, entries in wanted.items():
        depth = tree.depth(path)
        below: dict[str, Any] = made.setdefault(path[:depth], {})
        for step in path[depth:]:
            if not isinstance(step, str):
                raise UnsoundError
            below = below.setdefault(step, {})
        if below.keys() & entries.keys():
            raise UnsoundError
        below.update(entries)
    return made


def _replaced(tree: Tree, change: Replace) -> TextChange:
    step = tree.walk(change.path)[-1]
    if change.part is not None:
        return _part_replaced(tree, step, change.part, change.text)
    if change.at_key:
        return _key_replaced(tree, step, change)
    value = step.node
    source = tree.source[value.start : value.end]
    if tree.shares_anchor(value) or (value.style in _OWN_LINES and _HEADER_COMMENT.match(source)):
        raise UnsoundError
    text = _checked(tree, step, change.text)
    if step.key is None:
        if value.is_empty:
            raise UnsoundError
        return Span(value.start, value.end), text
    if value.is_empty or (value.kind != "scalar" and value.style != "flow"):
        colon = _COLON.match(tree.source, step.key.end)
        if colon is None or (not value.is_empty and tree.source[colon.end() : value.start].strip()):
            raise UnsoundError
        return Span(colon.end(), colon.end() if value.is_empty else value.end), f" {text}"
    return Span(value.start, value.end), text


def _key_replaced(tree: Tree, step: Step, change: Replace) -> TextChange:
    key = step.key
    value = value_of_text(change.text)
    if key is None or step.parent is None or not isinstance(value, str):
        raise UnsoundError
    if value in tree.entries(step.parent) or key.start == key.end or tree.source[key.start] in "&!*?":
        raise UnsoundError
    return Span(key.start, key.end), _checked(tree, step, change.text)


def _checked(tree: Tree, step: Step, text: str) -> str:
    """The text, if it stays one value where it goes; in JSON as JSON."""
    value = value_of_text(text)
    if tree.is_json:
        text = written(value, as_json=True) or ""
    elif _read_in_place(step, text) != value:
        raise UnsoundError
    if not text or "\n" in text:
        raise UnsoundError
    return text


def _part_replaced(tree: Tree, step: Step, part: tuple[int, int], text: str) -> TextChange:
    """A part of a string, if the rest of it still reads as before."""
    node = step.node
    offsets = scalar_offsets(tree.source, node) if node.kind == "scalar" else None
    start, end = part
    if offsets is None or not 0 <= start <= end <= len(offsets) or tree.shares_anchor(node):
        raise UnsoundError
    if start == len(offsets):
        raise UnsoundError  # behind the last character of a block scalar there is no place for certain
    span = Span(offsets[start][0], offsets[max(start, end - 1)][1] if end > start else offsets[start][0])
    wanted = node.text[:start] + text + node.text[end:]
    node_end = max(node.end, offsets[-1][1])  # blanks at the end of a block scalar belong to it
    indent = block_indentation(tree.source, node) if node.style in _OWN_LINES and "\n" in text else 0
    for spelling in spelt_inside(text, node.style, tree.line_end + " " * indent):
        source = tree.source[node.start : span.start] + spelling + tree.source[span.end : node_end]
        if _reads_as(step, source, wanted, _column(tree, step)):
            return span, spelling
    raise UnsoundError


def _column(tree: Tree, step: Step) -> int:
    """How far the entry or item is indented, which an indentation that a block scalar states is counted from."""
    start = step.start
    begin, _ = tree.line_of(start)
    if step.key is None:
        start = max(tree.source.rfind("-", begin, start), begin)
    return start - begin


def _reads_as(step: Step, source: str, wanted: str, column: int) -> bool:
    try:
        read = _read_in_place(step, source, column)
    except UnsoundError:
        return False
    return isinstance(read, str) and read.rstrip("\n") == wanted.rstrip("\n")


def _read_in_place(step: Step, text: str, column: int = 0) -> Json:
    """The value that a text has where a step leads: in brackets, or behind a key or a dash."""
    in_brackets = step.parent is not None and step.parent.style == "flow"
    match value_of_text(f"[{text}]" if in_brackets else f"{' ' * column}a: {text}"):
        case [value]:
            return value
        case {"a": value, **more} if not more:
            return value
    raise UnsoundError


def value_of_text(text: str) -> Json:
    """The value of a text that stands alone."""
    try:
        composed = compose(text, 0, _MOST_VALUES)
        if composed.root is None or composed.rest is not None:
            raise UnsoundError
        return construct(composed.root).value
    except ReadFailure:
        raise UnsoundError from None


def _joined(changes: list[TextChange]) -> list[TextChange]:
    """In the order of the text; what touches becomes one change, what overlaps is unsound."""
    joined: list[TextChange] = []
    for span, text in sorted(changes, key=lambda change: change[0]):
        if joined and span.start < joined[-1][0].end:
            raise UnsoundError
        if joined and span.start == joined[-1][0].end:
            before, text_before = joined.pop()
            joined.append((Span(before.start, span.end), text_before + text))
        else:
            joined.append((span, text))
    return joined
