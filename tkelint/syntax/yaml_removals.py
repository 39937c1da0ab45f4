"""Which text goes when entries of mappings and items of lists are taken out."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.source import Span
from tkelint.syntax.yaml_tree import UnsoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.yaml_nodes import Node
    from tkelint.syntax.yaml_tree import Step, Tree

_INDENTATION: Final = re.compile(r"[ ]*\Z")
_ITEM_START: Final = re.compile(r"[ ]*-[ ]+\Z")
_DASHES_START: Final = re.compile(r"[ ]*(?:-[ ]+)+\Z")
_LINE_REST: Final = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\r\n]*)?\r?\Z")
_UP_TO_NEXT: Final = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\r\n]*)?\r?\n\s*\Z")


class Removals(NamedTuple):
    """The changes of the text, and the nodes of the values that go."""

    changes: tuple[tuple[Span, str], ...]
    nodes: frozenset[Node]


def removals(tree: Tree, paths: Sequence[FieldPath], kept: Sequence[FieldPath]) -> Removals:
    """What goes with the values at the paths. Collections that become empty go as well, save those on `kept` paths.

    Raises `UnsoundError`.
    """
    kept_nodes = {step.node for path in kept for step in tree.walk(path[: tree.depth(path)])}
    gone: dict[Node, dict[int, Step]] = {}
    for path in paths:
        steps = tree.walk(path)
        _take(gone, steps[-1])
        for above, step in zip(reversed(steps[:-1]), reversed(steps), strict=False):
            if step.parent is None or step.parent in kept_nodes or len(gone[step.parent]) < _size(step.parent):
                break
            if above.key is None:
                raise UnsoundError  # an item of a list or a whole document would be left with nothing in it
            _take(gone, above)
    nodes = frozenset(step.node for steps in gone.values() for step in steps.values())
    if any(tree.shares_anchor(node) for node in nodes):
        raise UnsoundError
    changes = [
        change
        for parent, steps in gone.items()
        if parent not in nodes
        for change in _cut(tree, parent, sorted(steps.values(), key=lambda step: step.position), parent in kept_nodes)
    ]
    return Removals(tuple(changes), nodes)


def _take(gone: dict[Node, dict[int, Step]], step: Step) -> None:
    if step.parent is None:
        raise UnsoundError
    gone.setdefault(step.parent, {})[step.position] = step


def _size(collection: Node) -> int:
    return len(collection.children) // (2 if collection.kind == "mapping" else 1)


def _cut(tree: Tree, parent: Node, steps: list[Step], is_kept: bool) -> Iterator[tuple[Span, str]]:
    """The text of some entries of one collection."""
    if len(steps) == _size(parent) and is_kept:
        return  # what is added takes their place
    if parent.style != "flow":
        for step in steps:
            yield (_lines_of_item(tree, step) if step.key is None else _lines_of_entry(tree, parent, step)), ""
        return
    if tree.source[parent.start] not in "{[":
        raise UnsoundError
    for _, group in itertools.groupby(enumerate(steps), key=lambda pair: pair[1].position - pair[0]):
        run = [step for _, step in group]
        yield _run_in_brackets(tree, parent, run[0], run[-1]), ""


def _run_in_brackets(tree: Tree, parent: Node, first: Step, last: Step) -> Span:
    """Neighbours in brackets, with the comma after them or, at the end, the comma before them."""
    if last.position + 1 < _size(parent):
        span = Span(first.start, _start_at(parent, last.position + 1))
        between = tree.source[last.end : span.end]
    else:
        span = Span(_end_before(parent, first.position), last.end)
        between = tree.source[span.start : first.start]
    if "#" in between:
        raise UnsoundError
    return span


def _lines_of_item(tree: Tree, step: Step) -> Span:
    """The lines of an item of a list, its dash and the comment at its end included."""
    begin, _ = tree.line_of(step.node.start)
    if step.node.is_empty or not _ITEM_START.match(tree.source[begin : step.node.start]):
        raise UnsoundError
    return Span(begin, _end_of_lines(tree, step))


def _lines_of_entry(tree: Tree, parent: Node, step: Step) -> Span:
    """The lines of an entry; of one that stands behind a dash, everything up to the next entry."""
    start = step.start
    begin, _ = tree.line_of(start)
    before = tree.source[begin:start]
    if _INDENTATION.match(before):
        return Span(begin, _end_of_lines(tree, step))
    if not _DASHES_START.match(before) or step.position or _size(parent) == 1:
        raise UnsoundError
    after = _start_at(parent, 1)
    if not _UP_TO_NEXT.match(tree.source, step.end, after):
        raise UnsoundError
    return Span(start, after)


def _end_of_lines(tree: Tree, step: Step) -> int:
    """The end of the last line of an entry, where nothing but a comment follows it there."""
    end = step.end
    _, line_end = tree.line_of(end)
    if not _LINE_REST.match(tree.source[end - 1 : line_end], 1) or keeps_blank_lines(tree, step.node):
        raise UnsoundError
    return tree.after_line(end)


def keeps_blank_lines(tree: Tree, node: Node) -> bool:
    """Whether a value ends in a block scalar that blank lines after it belong to: `|+`, or lines of more blanks."""
    while node.children and node.style != "flow":
        node = node.children[-1]
    if node.style not in ("|", ">"):
        return False
    return "+" in tree.source[node.start : node.end].partition("\n")[0] or node.text.rstrip("\n") != node.text.rstrip()


def _start_at(parent: Node, index: int) -> int:
    return parent.children[index * (2 if parent.kind == "mapping" else 1)].start


def _end_before(parent: Node, position: int) -> int:
    """Where the entry or item before a position ends, if it has a value."""
    width = 2 if parent.kind == "mapping" else 1
    before = parent.children[position * width - 1]
    if before.is_empty:
        raise UnsoundError  # without its comma, the rest would be read as another key
    return before.end
