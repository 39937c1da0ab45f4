"""Where and how new entries of a mapping and new items of a list are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tkelint.source import Span
from tkelint.syntax.yaml_removals import keeps_blank_lines
from tkelint.syntax.yaml_tree import UnsoundError
from tkelint.syntax.yaml_writing import block_lines, flow_entries, item_lines, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.syntax.document import FieldPath, Json
    from tkelint.syntax.yaml_nodes import Node
    from tkelint.syntax.yaml_tree import Step, Tree

_KEY_START: Final = re.compile(r"[ ]*(?:-[ ]+)*\Z")
_DASH: Final = re.compile(r"([ ]*)-([ ]+)\Z")
_LINE_REST: Final = re.compile(r":?[ \t]*(?:(?<=[ \t])#[^\r\n]*)?\Z")
_OWN_LINE: Final = re.compile(r"\s*\n\s*\Z")


def insertion(tree: Tree, path: FieldPath, entries: dict[str, Json], gone: frozenset[Node]) -> tuple[Span, str]:
    """The change that adds entries to the mapping (or the empty value) at a path. Raises `UnsoundError`."""
    step = tree.walk(path)[-1]
    if step.node.kind == "scalar" and step.node.is_empty and step.key is not None:
        return _below_key(tree, step, entries)
    if step.node.kind != "mapping":
        raise UnsoundError
    known = tree.entries(step.node)
    if None in known.values() or any(key in known and not _is_gone(known[key], gone) for key in entries):
        raise UnsoundError
    steps = [each for each in known.values() if each is not None]
    stays = [each for each in steps if each.node not in gone]
    if step.node.style == "flow":
        return _in_brackets(tree, step.node, steps, stays, entries)
    return _on_lines(tree, steps, stays, entries)


def new_items(tree: Tree, path: FieldPath, values: Sequence[Json], gone: frozenset[Node]) -> tuple[Span, str]:
    """The change that adds items at the end of the list at a path. Raises `UnsoundError`."""
    list_ = tree.walk(path)[-1].node
    if list_.kind != "sequence" or not gone.isdisjoint(list_.children):
        raise UnsoundError
    if list_.style == "flow":
        return _items_in_brackets(tree, list_, values)
    last = list_.children[-1]
    begin, _ = tree.line_of(last.start)
    dash = _DASH.match(tree.source[begin : last.start])
    _, line_end = tree.line_of(last.end)
    # Behind another dash or a key, the column of the dash is not one of blanks alone; every later item has its own.
    if dash is None or last.is_empty or keeps_blank_lines(tree, last):
        raise UnsoundError
    if not _LINE_REST.match(tree.source[last.end - 1 : line_end], 1):
        raise UnsoundError
    lines = [item_lines(value, " " * len(dash[1]), dash[2]) for value in values]
    if any(each is None for each in lines):
        raise UnsoundError
    return Span(line_end, line_end), "".join(tree.line_end + line for each in lines for line in each or ())


def _items_in_brackets(tree: Tree, list_: Node, values: Sequence[Json]) -> tuple[Span, str]:
    texts = [written(value, as_json=tree.is_json) for value in values]
    if tree.source[list_.start] != "[" or None in texts:
        raise UnsoundError
    added = [text for text in texts if text is not None]
    if not list_.children:
        return Span(list_.start + 1, list_.start + 1), ", ".join(added)
    before = tree.source[list_.start + 1 : list_.children[0].start]
    separator = "," + (before if _OWN_LINE.match(before) else " ")
    end = list_.children[-1].end
    if list_.children[-1].is_empty:
        raise UnsoundError
    return Span(end, end), separator + separator.join(added)


def _is_gone(step: Step | None, gone: frozenset[Node]) -> bool:
    return step is not None and step.node in gone


def _on_lines(tree: Tree, steps: list[Step], stays: list[Step], entries: dict[str, Json]) -> tuple[Span, str]:
    """Lines after the last entry that stays, or in place of all."""
    start = steps[0].start
    begin, _ = tree.line_of(start)
    if not _KEY_START.match(tree.source[begin:start]):
        raise UnsoundError
    lines = block_lines(entries, " " * (start - begin))
    if lines is None:
        raise UnsoundError
    last = (stays or steps)[-1]
    end = last.end
    _, line_end = tree.line_of(end)
    if keeps_blank_lines(tree, last.node) or not _LINE_REST.match(tree.source[end - 1 : line_end], 1):
        raise UnsoundError
    text = tree.line_end.join(lines)
    if not stays:
        return Span(start, end), text.lstrip(" ")
    return Span(line_end, line_end), tree.line_end + text


def _below_key(tree: Tree, step: Step, entries: dict[str, Json]) -> tuple[Span, str]:
    """Lines below a key that has no value."""
    start, end = step.start, step.end
    begin, line_end = tree.line_of(end)
    if step.parent is None or step.parent.style == "flow" or not _KEY_START.match(tree.source[begin:start]):
        raise UnsoundError
    lines = block_lines(entries, " " * (start - begin + 2))
    if lines is None or not _LINE_REST.match(tree.source[end - 1 : line_end], 1):
        raise UnsoundError
    return Span(line_end, line_end), tree.line_end.join(["", *lines])


def _in_brackets(
    tree: Tree, mapping: Node, steps: list[Step], stays: list[Step], entries: dict[str, Json]
) -> tuple[Span, str]:
    """After the last entry that stays, in place of all, or between braces that have nothing in them."""
    texts = flow_entries(entries, as_json=tree.is_json)
    if texts is None or tree.source[mapping.start] != "{":
        raise UnsoundError
    if not steps:
        return Span(mapping.start + 1, mapping.start + 1), ", ".join(texts)
    before = tree.source[mapping.start + 1 : steps[0].start]
    separator = "," + (before if _OWN_LINE.match(before) else " ")
    if not stays:
        return Span(steps[0].start, steps[-1].end), separator.join(texts)
    end = stays[-1].end
    # In brackets `key:,` is one word.
    separator = f" {separator}" if stays[-1].node.is_empty else separator
    return Span(end, end), separator + separator.join(texts)
