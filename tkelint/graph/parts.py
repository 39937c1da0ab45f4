"""Vertices and edges as they are gathered: equal ones become one, with all of their places and evidence."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint.graph.model import Edge, Kind, Vertex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tkelint.problem import Related
    from tkelint.resource import Node, Resource

# A host that a thousand lines name is shown with the first of them.
_MOST_EVIDENCE = 20


class Parts:
    """What the graph is made of so far."""

    def __init__(self) -> None:
        self.vertices: dict[str, Vertex] = {}
        self._nodes: dict[str, dict[Node, None]] = defaultdict(dict)
        self._evidence: dict[tuple[str, str], dict[tuple[Node, ...], tuple[Related, ...]]] = defaultdict(dict)
        self._tickets: dict[tuple[str, str], set[str] | None] = {}
        self._likely: set[tuple[str, str]] = set()

    def object(self, kind: Kind, resource: Resource) -> str:
        """The vertex of an object; the same one for the object in every overlay."""
        node = resource.node("metadata", "name")
        state = "external-name" if resource.type == "Service" and resource.get("spec", "externalName") else ""
        return self.add(
            Vertex(f"{kind.value}:{resource.label}", kind, resource.name, resource.namespace, resource.kind, state),
            node,
        )

    def add(self, vertex: Vertex, *nodes: Node) -> str:
        """Add a vertex, or more places of one that is there; gives its id."""
        self.vertices.setdefault(vertex.id, vertex)
        self._nodes[vertex.id].update(dict.fromkeys(nodes))
        return vertex.id

    def state(self, vertex_id: str, state: str) -> None:
        """Say more of a vertex that is there."""
        self.vertices[vertex_id] = self.vertices[vertex_id]._replace(state=state)

    def connect(
        self,
        source: str,
        target: str,
        evidence: Iterable[Related],
        *,
        tickets: Iterable[str] | None = None,
        is_likely: bool = True,
    ) -> None:
        """Add an edge, or more evidence and tickets of one that is there. Without tickets it takes every request."""
        key = source, target
        chains = self._evidence[key]
        if len(chains) < _MOST_EVIDENCE:
            chain = tuple(evidence)
            chains.setdefault(tuple(related.node for related in chain), chain)
        if tickets is None:
            self._tickets[key] = None
        elif (known := self._tickets.setdefault(key, set())) is not None:
            known.update(tickets)
        if is_likely:
            self._likely.add(key)

    def edges(self) -> list[Edge]:
        """The edges in the order of columns and names."""
        return [
            Edge(
                source,
                target,
                tuple(chains.values()),
                frozenset(self._tickets[source, target] or ()),
                (source, target) in self._likely,
            )
            for (source, target), chains in self._evidence.items()
        ]

    def placed(self) -> dict[str, Vertex]:
        """The vertices with their places, in the order of columns, namespaces and names."""
        found = [vertex._replace(nodes=tuple(self._nodes[vertex.id])) for vertex in self.vertices.values()]
        found.sort(key=lambda vertex: (vertex.column, vertex.namespace or "", vertex.name, vertex.id))
        return {vertex.id: vertex for vertex in found}
