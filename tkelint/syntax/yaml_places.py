"""Where the values of one document are written: the walk along a path through its nodes.

Nothing here reads values; `YamlDocument` makes `Places` when the first place of a document is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.patterns import pattern
from tkelint.source import Span
from tkelint.syntax.yaml_limits import MAX_PLACED_NODES
from tkelint.syntax.yaml_nodes import Node, compose
from tkelint.syntax.yaml_offsets import scalar_offsets
from tkelint.syntax.yaml_values import is_merge, key_of, merged, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.syntax.document import FieldPath

# In between the scalars of a document, what starts a comment; "#" inside an anchor or a tag does not.
_COMMENT: Final = pattern(r"(?<![^\s,\[\]{}:?-])#[^\r\n]*")
_BLOCK_HEADER_COMMENT: Final = pattern(r"[^\r\n#]*[ \t](#[^\r\n]*)")


class _Found(NamedTuple):
    """Where a path leads. `alias` is the first alias on the way: what lies beyond is written elsewhere."""

    node: Node
    key: Node | None = None
    alias: Node | None = None
    complete: bool = True


class Places:
    """The places of a document whose text is `source[span]`. Making one raises `ReadFailure` for what is no YAML."""

    def __init__(self, source: str, span: Span) -> None:
        self._source = source
        root = compose(source[span.start : span.end], span.start, MAX_PLACED_NODES).root
        self._root = None if root is None or root.is_empty else root
        self._span = span
        self._children: dict[Node, dict[str, _Found]] = {}
        self._offsets: tuple[Node, list[tuple[int, int]] | None] | None = None  # of the scalar asked for last

    @property
    def root(self) -> Node | None:
        """The node of the whole document; `None` when it is empty."""
        return self._root

    def span_of(self, path: FieldPath, part: tuple[int, int] | None = None) -> Span | None:
        """The place of a value, or of code points `[start, end)` of a string; `None` in an empty document."""
        found = self._find(path)
        if found is None:
            return None
        if part is not None and found.complete and found.alias is None:
            return self._span_of_part(found.node, part)
        if found.alias is None and found.complete and not found.node.is_empty:
            return Span(found.node.start, found.node.end)
        return self._span_of_key(found)

    def key_span_of(self, path: FieldPath) -> Span | None:
        """The place of a key; for an item of a list, the item."""
        found = self._find(path)
        return None if found is None else self._span_of_key(found)

    def text_of(self, path: FieldPath) -> str:
        """The source of a value; behind an alias, that of what it stands for. Empty when there is none."""
        found = self._find(path)
        if found is None or not found.complete:
            return ""
        node = found.node.target or found.node
        return self._source[node.start : node.end]

    def comments(self) -> list[tuple[Span, str]]:
        """Every comment, `#` included, in the order of the text."""
        comments: list[tuple[Span, str]] = []
        position = self._span.start
        for scalar in _scalars(self._root):
            comments += self._comments_between(position, scalar.start)
            header = _BLOCK_HEADER_COMMENT.match(self._source, scalar.start, scalar.end)
            if header and scalar.style in ("|", ">"):
                comments.append((Span(*header.span(1)), header[1].rstrip()))
            position = max(position, scalar.end)
        return comments + self._comments_between(position, self._span.end)

    def _comments_between(self, start: int, end: int) -> list[tuple[Span, str]]:
        found = ((match.start(), match[0].rstrip()) for match in _COMMENT.finditer(self._source, start, end))
        return [(Span(begin, begin + len(text)), text) for begin, text in found]

    def _find(self, path: FieldPath) -> _Found | None:
        """The node at the path, or at its longest prefix that exists."""
        if self._root is None:
            return None
        found = _Found(self._root)
        for step in path:
            node = found.node
            alias = found.alias or (node if node.target else None)
            child = self._child(node.target or node, step)
            if child is None:
                return found._replace(complete=False)
            found = child._replace(alias=alias or child.alias)
        return found._replace(alias=found.alias or (found.node if found.node.target else None))

    def _child(self, node: Node, step: str | int) -> _Found | None:
        """One step down."""
        if node.kind == "sequence":
            return _Found(node.children[step]) if isinstance(step, int) and 0 <= step < len(node.children) else None
        return self._children_of(node).get(step) if node.kind == "mapping" and isinstance(step, str) else None

    def _children_of(self, node: Node) -> Mapping[str, _Found]:
        """The values of a mapping by key. A later key wins over an earlier one, and over what a merge key took in.

        Kept for the next question, since every key of a large mapping may be asked for.
        """
        known = self._children.get(node)
        if known is None:
            known = self._children[node] = {}
            for key, value in pairs(node):
                known.update(self._merged_children(value) if is_merge(key) else {key_of(key): _Found(value, key)})
        return known

    def _merged_children(self, value: Node) -> dict[str, _Found]:
        """The values by key that a merge key takes in."""
        children: dict[str, _Found] = {}
        for source in merged(value):
            for key, child in self._children_of(source.target or source).items():
                children[key] = child._replace(alias=source if source.target else child.alias)
        return children

    def _span_of_key(self, found: _Found) -> Span:
        """The key; without one, the item, or the dash of an item that is empty."""
        node = found.alias or found.key or found.node
        if not node.is_empty:
            return Span(node.start, node.end)
        before = self._source.rfind("-", self._span.start, node.start)
        return Span(before, before + 1) if before >= 0 else Span(node.start, node.start)

    def _span_of_part(self, node: Node, part: tuple[int, int]) -> Span:
        """Where some code points of a scalar are written; the whole scalar when that cannot be told."""
        offsets = self._offsets_of(node)
        start, end = part
        if not offsets or not 0 <= start <= end <= len(offsets):
            return Span(node.start, node.end)
        if start == end:
            at = offsets[start][0] if start < len(offsets) else offsets[-1][1]
            return Span(at, at)
        return Span(offsets[start][0], offsets[end - 1][1])

    def _offsets_of(self, node: Node) -> list[tuple[int, int]] | None:
        """Where each code point of a scalar is written; what is reported inside one text asks one after the other."""
        if self._offsets is None or self._offsets[0] is not node:
            self._offsets = (node, scalar_offsets(self._source, node) if node.kind == "scalar" else None)
        return self._offsets[1]


def _scalars(root: Node | None) -> Iterator[Node]:
    """The scalars and aliases below a node, in the order of the text."""
    stack = [root] if root is not None else []
    while stack:
        node = stack.pop()
        if node.kind in ("scalar", "alias"):
            yield node
        stack.extend(reversed(node.children))
