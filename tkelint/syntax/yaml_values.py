"""From the nodes of a document to the plain value that sigs.k8s.io/yaml makes of them (`decode.go` of go-yaml v2).

Aliases, merge keys, tags and keys that are no strings are go-yaml's way; so is the bound on what aliases may expand
to. Of a duplicate key the last value stays, as with kubectl; strict decoding, which the API server uses for
validation, refuses it, so that every duplicate is handed back as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tkelint.syntax.yaml_errors import ReadFailure
from tkelint.syntax.yaml_limits import MAX_DEPTH
from tkelint.syntax.yaml_scalars import MERGE_KEY, STANDARD_TAG, UnreadableScalarError, scalar_key, scalar_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.syntax.document import Json
    from tkelint.syntax.yaml_nodes import Node


class Duplicate(NamedTuple):
    """A key that is written twice in one mapping."""

    key: str
    first: Node
    second: Node


class Constructed(NamedTuple):
    """The value of a document and the keys written twice in it."""

    value: Json
    duplicates: tuple[Duplicate, ...]


def construct(root: Node) -> Constructed:
    """The value of a tree of nodes. Raises `ReadFailure` where go-yaml or the step to JSON refuses it."""
    constructor = _Constructor()
    value = constructor.value(root, 1)
    return Constructed(value, tuple(constructor.duplicates.values()))


def pairs(mapping: Node) -> Iterator[tuple[Node, Node]]:
    """The keys of a mapping and their values."""
    children = iter(mapping.children)
    return zip(children, children, strict=True)


def key_of(node: Node) -> str:
    """The string that the key becomes in JSON. Raises `ReadFailure` for a key that is no scalar, or null."""
    scalar = node.target or node
    if scalar.kind != "scalar":
        raise ReadFailure("syntax", f"found a {scalar.kind} as the key of a mapping", node.start, node.end)
    try:
        return scalar_key(scalar.text, plain=scalar.plain, tag=scalar.tag)
    except UnreadableScalarError as error:
        raise ReadFailure("syntax", str(error), node.start, node.end) from None


def is_merge(key: Node) -> bool:
    """Whether the key is YAML's `<<`, which takes in the keys of another mapping."""
    return key.kind == "scalar" and key.text == MERGE_KEY and (key.plain or key.tag == STANDARD_TAG + "merge")


def merged(value: Node) -> tuple[Node, ...]:
    """The mappings (or aliases of some) that a merge key takes in, in go-yaml's order: later ones win."""
    sources = value.children[::-1] if value.kind == "sequence" else (value,)
    for source in sources:
        if (source.target or source).kind != "mapping":
            message = "found a merge key '<<' whose value is neither a mapping nor a list of mappings"
            raise ReadFailure("syntax", message, source.start, source.end)
    return sources


class _Constructor:
    """One pass over a tree, with go-yaml's count of what it decodes."""

    def __init__(self) -> None:
        self.duplicates: dict[int, Duplicate] = {}
        self._decoded = 0
        self._decoded_in_aliases = 0
        self._open_aliases: list[Node] = []

    def value(self, node: Node, depth: int) -> Json:
        """The value of a node at a depth, the root being at 1."""
        self._count()
        if depth > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} levels deep once its aliases are expanded"
            raise ReadFailure("limit", message, node.start, node.end)
        match node.kind:
            case "scalar":
                return _scalar(node)
            case "sequence":
                return [self.value(child, depth + 1) for child in node.children]
            case "mapping":
                mapping: dict[str, Json] = {}
                self._fill(mapping, node, depth)
                return mapping
        value = self.value(self._enter(node), depth)
        self._open_aliases.pop()
        return value

    def _fill(self, mapping: dict[str, Json], node: Node, depth: int) -> None:
        """Put the keys of a mapping node into a mapping that may already have some."""
        first: dict[str, Node] = {}
        for key_node, value_node in pairs(node):
            if is_merge(key_node):
                self._merge(mapping, value_node, depth)
                continue
            self._count()
            key = key_of(key_node)
            if key in first:
                self.duplicates[key_node.start] = Duplicate(key, first[key], key_node)
            first.setdefault(key, key_node)
            mapping[key] = self.value(value_node, depth + 1)

    def _merge(self, mapping: dict[str, Json], node: Node, depth: int) -> None:
        """Take in other mappings. A merged key overrides one written before it, unlike in YAML's own rules."""
        for source in merged(node):
            self._count()
            if source.target is None:
                self._fill(mapping, source, depth)
                continue
            self._fill(mapping, self._enter(source), depth)
            self._open_aliases.pop()

    def _enter(self, alias: Node) -> Node:
        """The target of an alias, which is open from now on."""
        if alias in self._open_aliases:
            raise ReadFailure("syntax", f"the anchor '{alias.text}' contains itself", alias.start, alias.end)
        self._open_aliases.append(alias)
        assert alias.target is not None  # noqa: S101 - compose() gives every alias a target.
        return alias.target

    def _count(self) -> None:
        """Refuse what go-yaml calls excessive aliasing (`decoder.unmarshal`)."""
        self._decoded += 1
        if not self._open_aliases:
            return
        self._decoded_in_aliases += 1
        many = self._decoded_in_aliases > 100 and self._decoded > 1000
        if many and self._decoded_in_aliases / self._decoded > _allowed_alias_ratio(self._decoded):
            alias = self._open_aliases[0]
            raise ReadFailure("limit", "its aliases expand to too many values", alias.start, alias.end)


def _scalar(node: Node) -> Json:
    try:
        return scalar_value(node.text, plain=node.plain, tag=node.tag)
    except UnreadableScalarError as error:
        raise ReadFailure("syntax", str(error), node.start, node.end) from None


def _allowed_alias_ratio(decoded: int) -> float:
    """How much of a document may come out of aliases: 99 % of a small one, 10 % of a huge one (go-yaml's numbers)."""
    low, high = 400_000, 4_000_000
    if decoded <= low:
        return 0.99
    return max(0.10, 0.99 - 0.89 * (decoded - low) / (high - low))
