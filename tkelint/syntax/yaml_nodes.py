"""The exact way to read YAML: libyaml's events become a tree of nodes that know their place.

libyaml is the C parser that go-yaml was ported from, so both accept the same texts; ruamel.yaml wraps it. Its own
composers recurse (a deeply nested text ends the process), hence the loop over events here, which has a bottom.
Importing this module imports ruamel.yaml, which takes longer than reading an ordinary file: import it late.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from _ruamel_yaml import CParser
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from tkelint.patterns import pattern
from tkelint.syntax.yaml_errors import ReadFailure, syntax_failure
from tkelint.syntax.yaml_limits import MAX_DEPTH

# What go-yaml refuses anywhere (`readerc.go`). One set of all would take 9 ms to compile.
_REFUSED_ASCII: Final = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_REFUSED: Final = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff]|\ufffe|\uffff")
_BYTE_ORDER_MARK: Final = "\ufeff"
# Two things that go-yaml reads and this libyaml does not: a colon inside of a word in brackets (`[a:1]`) and the
# escape sequence `\'`. Such a colon or backslash becomes a character of private use until a node is made of it.
_COLON_PROBLEM: Final = "found unexpected ':'"
_ESCAPE_PROBLEM: Final = "found unknown escape character"
_COLON_IN_WORD: Final = pattern(r"(?<=[^\s\"'\[\]{},]):(?=\S)")
_ESCAPE: Final = pattern(r"\\(?:(')|.)", re.DOTALL)
_COLON, _BACKSLASH = "\ue000", "\ue001"
_MAX_MENDINGS: Final = 5
_OUTSIDE_OF_NODES: Final = (StreamStartEvent, DocumentStartEvent)


@dataclass(slots=True, eq=False)
class Node:
    """One value of a document. `start` and `end` are code points of the file; a tag or an anchor belongs to the node.

    The children of a mapping are key, value, key, value. An alias has the `target` it stands for.
    """

    kind: str  # scalar · mapping · sequence · alias
    start: int
    end: int
    text: str = ""  # of a scalar, decoded; of an alias, its name
    style: str = ""  # of a scalar: ' " | > or nothing when it is plain
    plain: bool = False  # whether go-yaml resolves it: a scalar without quotes and without the tag "!"
    tag: str | None = None
    children: tuple[Node, ...] = ()
    target: Node | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written: the value of `key:`."""
        return self.start == self.end


class Composed(NamedTuple):
    """The first document of a text; `root` is `None` when it has nothing but comments.

    `rest` is where something follows that no API tool reads, after `...` or after the end of the root.
    """

    root: Node | None
    nodes: int
    rest: int | None


def compose(text: str, start: int, max_nodes: int) -> Composed:
    """Read the first document of a text that begins at offset `start` of its file.

    Raises `ReadFailure`.
    """
    if refused := (_REFUSED_ASCII if text.isascii() else _REFUSED).search(text):
        at = start + refused.start()
        raise ReadFailure("syntax", f"found the control character U+{ord(refused[0]):04X}", at, at + 1)
    if text.startswith(_BYTE_ORDER_MARK):
        text, start = text[1:], start + 1
    # kubectl's reader ends every line, which makes a difference to a block scalar at the end of a file.
    text = text if text.endswith("\n") else text + "\n"
    mended = text
    for _ in range(_MAX_MENDINGS):
        composed, error = _attempt(_Composer(mended, start, max_nodes, mended=mended is not text), mended)
        if composed:
            return composed
        if not isinstance(error, MarkedYAMLError):
            break
        problem, index = error.problem or "found no YAML", _index(error.problem_mark) or 0
        better = _mended(mended, problem, index)
        if better is None or _COLON in text or _BACKSLASH in text:
            raise syntax_failure(text, start, (problem, index), _index(error.context_mark))
        mended = better
    raise ReadFailure("syntax", "found a character that YAML does not allow", start, start + 1)


def _mended(text: str, problem: str, index: int) -> str | None:
    """The text without the problem at the index, where it is one that go-yaml does not have."""
    before, after = text[:index], text[index:]
    if problem == _COLON_PROBLEM:
        return before + _COLON + _COLON_IN_WORD.sub(_COLON, after[1:])
    if problem == _ESCAPE_PROBLEM and after.startswith("\\'"):
        return before + _ESCAPE.sub(lambda match: _BACKSLASH + "'" if match[1] else match[0], after)
    return None


def _attempt(composer: _Composer, text: str) -> tuple[Composed | None, YAMLError | None]:
    """The document, or why libyaml refuses it."""
    try:
        return composer.read(CParser(text)), None
    except YAMLError as error:
        return None, error


def _index(mark: Any) -> int | None:
    """The code point at a mark of libyaml's."""
    return None if mark is None else int(mark.index)


class _Composer:
    """One reading. The tree is built without recursion, from the stack of open collections."""

    def __init__(self, text: str, start: int, max_nodes: int, *, mended: bool) -> None:
        self._text = text
        self._start = start
        self._max_nodes = max_nodes
        self._nodes = 0
        self._mended = mended
        self._anchors: dict[str, Node] = {}

    def read(self, parser: Any) -> Composed:
        """Read events up to the end of the first document."""
        # The open collections, and the children that each has so far; below them those of the document.
        open_nodes: list[Node] = []
        children: list[list[Node]] = [[]]
        while True:
            event = parser.get_event()
            kind = type(event)
            if kind is ScalarEvent or kind is AliasEvent:
                children[-1].append(self._leaf(event))
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                node = self._collection(event, len(children))
                children[-1].append(node)
                open_nodes.append(node)
                children.append([])
            elif kind is DocumentEndEvent or kind is StreamEndEvent:
                break
            elif kind not in _OUTSIDE_OF_NODES:
                self._close(open_nodes.pop(), children.pop(), event)
        root = children[0][0] if children[0] else None
        return Composed(root, self._nodes, None if kind is StreamEndEvent else self._rest(parser, event))

    def _rest(self, parser: Any, document_end: Any) -> int | None:
        """Where text follows that belongs to no document any tool would read."""
        try:
            if type(parser.get_event()) is StreamEndEvent:
                return None
        except YAMLError:
            pass
        end: int = document_end.end_mark.index
        rest = self._text[end:].lstrip()
        return self._start + len(self._text) - len(rest)

    def _leaf(self, event: Any) -> Node:
        """The node of a scalar or of an alias."""
        start, end = self._start + event.start_mark.index, self._start + event.end_mark.index
        self._count(start)
        if type(event) is AliasEvent:
            target = self._anchors.get(event.anchor)
            if target is None:
                raise ReadFailure("syntax", f"found the alias '*{event.anchor}' of no anchor", start, end)
            return Node("alias", start, end, text=event.anchor, target=target)
        if start == end:
            start = end = self._after_text(start)
        style = event.style or ""
        if style in ("|", ">"):
            end = self._end_of_block_scalar(start, end, event.value)
        value = event.value
        if self._mended:
            value = value.replace(_COLON, ":").replace(_BACKSLASH, "" if style == '"' else "\\")
        if style == '"' and "/" in value:
            self._refuse_escaped_slash(start, end)
        node = Node("scalar", start, end, value, style, event.implicit[0], event.tag)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _after_text(self, offset: int) -> int:
        """The end of the text before an empty value; libyaml's mark may be on a later line."""
        index = offset - self._start
        while index and self._text[index - 1] in " \t\r\n":
            index -= 1
        return self._start + index

    def _refuse_escaped_slash(self, start: int, end: int) -> None:
        """Refuse the escape sequence of YAML 1.2 (and of JSON) that go-yaml does not know."""
        source = self._text[start - self._start : end - self._start].replace("\\\\", "  ")
        at = source.find("\\/")
        if at >= 0:
            message = "found an unknown escape sequence in a double-quoted text"
            raise ReadFailure("syntax", message, start + at, start + at + 2)

    def _end_of_block_scalar(self, start: int, end: int, value: str) -> int:
        """Where its text ends: libyaml's mark runs past blank lines. An empty one ends with its header."""
        source = self._text[start - self._start : end - self._start]
        if not value.strip():
            source = source.partition("\n")[0].partition("#")[0]
        return start + len(source.rstrip())

    def _collection(self, event: Any, depth: int) -> Node:
        """The node of a mapping or a list that has just been opened."""
        start = self._start + event.start_mark.index
        self._count(start)
        if depth > MAX_DEPTH:
            raise ReadFailure("limit", f"nested more than {MAX_DEPTH} levels deep", start, start + 1)
        node = Node("mapping" if type(event) is MappingStartEvent else "sequence", start, start)
        node.style = "flow" if event.flow_style else ""
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _close(self, node: Node, children: list[Node], event: Any) -> None:
        """Complete a collection. In block style it ends with its last child; libyaml's mark is at the next thing."""
        node.children = tuple(children)
        if node.style == "flow":
            node.end = self._start + event.end_mark.index
        elif children:
            node.end = max(child.end for child in children[-2:])

    def _count(self, offset: int) -> None:
        self._nodes += 1
        if self._nodes > self._max_nodes:
            raise ReadFailure("limit", "too many values to be read one by one", offset, offset + 1)
