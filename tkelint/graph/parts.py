"""Vertices and edges as they are gathered: equal ones become one, with all of their places and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.graph.model import Edge, Kind, Vertex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tkelint.problem import Related
    from tkelint.resource import Node, Resource

    Chain = tuple[Related, ...]

# A host that a thousand lines name is shown with the first of them.
_MOST_EVIDENCE = 20


class Parts:
    """What the graph is made of so far."""

    def __init__(self) -> None:
        self._vertices: dict[str, Vertex] = {}
        self._nodes: dict[str, list[Node]] = {}
        self._objects: dict[tuple[Kind, Resource], str] = {}
        self._evidence: dict[tuple[str, str], list[Chain]] = {}
        self._tickets: dict[tuple[str, str], set[str]] = {}
        self._unlikely: set[tuple[str, str]] = set()

    def object(self, kind: Kind, resource: Resource) -> str:
        """The vertex of an object; the same one for the object in every overlay."""
        known = self._objects.get((kind, resource))
        if known is not None:
            return known
        vertex = Vertex(f"{kind.value}:{resource.label}", kind, resource.name, resource.namespace, resource.kind)
        self._objects[kind, resource] = vertex.id
        return self.add(vertex, resource.node("metadata", "name"))

    def add(self, vertex: Vertex, *nodes: Node) -> str:
        """Add a vertex, or more places of one that is there; gives its id."""
        if vertex.id in self._vertices:
            self._nodes[vertex.id] += nodes
        else:
            self._vertices[vertex.id] = vertex
            self._nodes[vertex.id] = list(nodes)
        return vertex.id

    def place(self, vertex_id: str, *nodes: Node) -> None:
        """Add places to a vertex that is there."""
        self._nodes[vertex_id] += nodes

    def say(self, vertex_id: str, state: str) -> None:
        """Say more of a vertex that is there."""
        self._vertices[vertex_id] = self._vertices[vertex_id]._replace(state=state)

    def connect(
        self, source: str, target: str, chain: Chain, tickets: Iterable[str] = (), *, is_likely: bool = True
    ) -> None:
        """Add an edge, or more evidence and tickets of one that is there. Without tickets it takes every request."""
        key = source, target
        chains = self._evidence.get(key)
        if chains is None:
            self._evidence[key] = [chain]
            self._tickets[key] = set(tickets)
            if not is_likely:
                self._unlikely.add(key)
            return
        self._tickets[key].update(tickets)
        if is_likely:
            self._unlikely.discard(key)
        if len(chains) < _MOST_EVIDENCE and all(_nodes(chain) != _nodes(known) for known in chains):
            chains.append(chain)

    def vertices(self) -> dict[str, Vertex]:
        """The vertices with their places, in the order of columns, namespaces and names."""
        found = sorted(
            self._vertices.values(),
            key=lambda vertex: (vertex.column, vertex.namespace or "", vertex.name, vertex.id),
        )
        return {vertex.id: Vertex(*vertex[:6], tuple(dict.fromkeys(self._nodes[vertex.id]))) for vertex in found}

    def edges(self, vertices: Mapping[str, Vertex]) -> tuple[Edge, ...]:
        """The edges in the order of the vertices they connect."""
        order = {vertex_id: number for number, vertex_id in enumerate(vertices)}
        pairs = sorted(self._evidence, key=lambda pair: (order[pair[0]], order[pair[1]]))
        return tuple(
            Edge(*pair, tuple(self._evidence[pair]), frozenset(self._tickets[pair]), pair not in self._unlikely)
            for pair in pairs
        )


def _nodes(chain: Chain) -> list[Node]:
    return [related.node for related in chain]
