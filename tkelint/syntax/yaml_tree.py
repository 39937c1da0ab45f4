"""The nodes of a document as a tree to be edited: what may be changed without changing anything else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.syntax.yaml_json import looks_like_json
from tkelint.syntax.yaml_values import is_merge, key_of, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.source import Span
    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.yaml_nodes import Node


_COLON: Final = re.compile(r"\s*:")
# What libyaml takes for the end of a line and an editor may not.
_ODD_LINE_END: Final = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


class UnsoundError(Exception):
    """A change cannot be made without risk to the rest of the document."""


class Step(NamedTuple):
    """One step of a path: the node it leads to, its key, and the collection it stands in with the place there.

    `end` is where the entry or item ends; libyaml places an empty value behind the comments that follow its key.
    """

    node: Node
    end: int
    key: Node | None = None
    parent: Node | None = None
    position: int = 0

    @property
    def start(self) -> int:
        """Where the entry or item begins."""
        return (self.key or self.node).start


class Tree:
    """The nodes of the document that is `source[span]`."""

    def __init__(self, source: str, span: Span, root: Node) -> None:
        self.source = source
        self.span = span
        self.root = root
        text = source[span.start : span.end]
        self.is_editable = not _ODD_LINE_END.search(text)
        self.is_json = looks_like_json(text)
        self.line_end = "\r\n" if "\r\n" in text else "\n"
        self._entries: dict[Node, dict[str, Step | None]] = {}
        self._used_elsewhere = {node.target for node in _below(root) if node.target is not None}

    def walk(self, path: FieldPath) -> list[Step]:
        """The steps to a path, the root first. Raises `UnsoundError` where a step is missing, shared or ambiguous."""
        steps = [Step(self.root, self.root.end)]
        for name in path:
            steps.append(self._step(steps[-1].node, name))
            if steps[-1].node.kind == "alias" or steps[-1].node in self._used_elsewhere:
                raise UnsoundError
        return steps

    def depth(self, path: FieldPath) -> int:
        """How many steps of a path exist. Raises `UnsoundError` where one is shared or ambiguous."""
        node = self.root
        for depth, name in enumerate(path):
            if node.kind == "mapping" and isinstance(name, str) and name not in self.entries(node):
                return depth
            if node.kind == "scalar" and node.is_empty:
                return depth
            node = self.walk(path[: depth + 1])[-1].node
        return len(path)

    def entries(self, mapping: Node) -> dict[str, Step | None]:
        """The entries of a mapping by key; `None` for what is written twice or (also) comes from a merge key."""
        known = self._entries.get(mapping)
        if known is None:
            known = self._entries[mapping] = {}
            for index, (key, value) in enumerate(pairs(mapping)):
                if is_merge(key):
                    raise UnsoundError
                name = key_of(key)
                known[name] = None if name in known else Step(value, self._end(key, value), key, mapping, index)
        return known

    def shares_anchor(self, node: Node) -> bool:
        """Whether an alias stands for the node or for something in it."""
        return any(each in self._used_elsewhere for each in _below(node))

    def line_of(self, offset: int) -> tuple[int, int]:
        """Where the line of an offset begins and where it ends, without its line end."""
        start = self.source.rfind("\n", self.span.start, offset) + 1 or self.span.start
        end = self.source.find("\n", offset, self.span.end)
        end = self.span.end if end < 0 else end
        return start, end - (self.source[end - 1 : end] == "\r" and end > offset)

    def after_line(self, offset: int) -> int:
        """Where the line after that of an offset begins; the end of the document after its last."""
        end = self.source.find("\n", offset, self.span.end)
        return self.span.end if end < 0 else end + 1

    def _step(self, parent: Node, name: str | int) -> Step:
        step: Step | None = None
        if parent.kind == "mapping" and isinstance(name, str):
            step = self.entries(parent).get(name)
        elif parent.kind == "sequence" and isinstance(name, int) and 0 <= name < len(parent.children):
            step = Step(parent.children[name], parent.children[name].end, None, parent, name)
        if step is None:
            raise UnsoundError
        return step

    def _end(self, key: Node, value: Node) -> int:
        if not value.is_empty:
            return value.end
        colon = _COLON.match(self.source, key.end)
        return colon.end() if colon else key.end


def _below(node: Node) -> Iterator[Node]:
    """A node and everything in it."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.children)
