"""Vertices and edges as they are gathered: equal ones become one, with all of their places and evidence."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint.graph.model import Edge, Kind, Vertex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.problem import Related
    from tkelint.resource import Node, Resource

    Chain = tuple[Related, ...]
    Tickets = tuple[str, ...]

# A host that a thousand lines name is shown with the first of them.
_MOST_EVIDENCE = 20


class Parts:
    """What the graph is made of so far."""

    def __init__(self) -> None:
        self._vertices: dict[str, Vertex] = {}
        self._more_nodes: dict[str, list[Node]] = defaultdict(list)
        self._objects: dict[str, dict[Resource, str]] = defaultdict(dict)
        self._edges: dict[tuple[str, str], Edge] = {}
        self._more_evidence: dict[tuple[str, str], list[Chain]] = defaultdict(list)

    def object(self, kind: Kind, resource: Resource) -> str:
        """The vertex of an object; the same one for the object in every overlay."""
        prefix = kind.value
        known = self._objects[prefix].get(resource)
        if known is not None:
            return known
        vertex_id = f"{prefix}:{resource.label}"
        self._objects[prefix][resource] = vertex_id
        node = resource.node("metadata", "name")
        return self.add(Vertex(vertex_id, kind, resource.name, resource.namespace, resource.kind, "", (node,)))

    def add(self, vertex: Vertex) -> str:
        """Add a vertex, or more places of one that is there; gives its id."""
        if vertex.id not in self._vertices:
            self._vertices[vertex.id] = vertex
        elif vertex.nodes:
            self._more_nodes[vertex.id] += vertex.nodes
        return vertex.id

    def place(self, vertex_id: str, *nodes: Node) -> None:
        """Add places to a vertex that is there."""
        self._more_nodes[vertex_id] += nodes

    def say(self, vertex_id: str, state: str) -> None:
        """Say more of a vertex that is there."""
        self._vertices[vertex_id] = self._vertices[vertex_id]._replace(state=state)

    def connect(self, source: str, target: str, chain: Chain, tickets: Tickets = (), *, is_likely: bool = True) -> None:
        """Add an edge, or more evidence and tickets of one that is there. Without tickets it takes every request."""
        key = source, target
        known = self._edges.get(key)
        if known is None:
            self._edges[key] = Edge(source, target, (chain,), frozenset(tickets), is_likely)
            return
        if not known.tickets.issuperset(tickets) or is_likely > known.is_likely:
            tickets_of_both = known.tickets.union(tickets)
            self._edges[key] = known._replace(tickets=tickets_of_both, is_likely=known.is_likely or is_likely)
        more = self._more_evidence[key]
        if len(more) < _MOST_EVIDENCE and all(_nodes(chain) != _nodes(each) for each in (*known.evidence, *more)):
            more.append(chain)

    def vertices(self) -> dict[str, Vertex]:
        """The vertices with their places, in the order of columns, namespaces and names."""
        columns: dict[int, list[Vertex]] = defaultdict(list)
        for vertex in self._vertices.values():
            columns[vertex.column].append(vertex)
        found = {}
        for _, vertices in sorted(columns.items()):
            vertices.sort(key=lambda vertex: (vertex.namespace or "", vertex.name, vertex.id))
            found.update({vertex.id: vertex for vertex in vertices})
        for vertex_id, nodes in self._more_nodes.items():
            vertex = found[vertex_id]
            found[vertex_id] = vertex._replace(nodes=tuple(dict.fromkeys((*vertex.nodes, *nodes))))
        return found

    def edges(self, vertices: Mapping[str, Vertex]) -> tuple[Edge, ...]:
        """The edges in the order of the vertices they connect."""
        order = {vertex_id: number for number, vertex_id in enumerate(vertices)}
        count = len(order)
        for key, chains in self._more_evidence.items():
            edge = self._edges[key]
            self._edges[key] = edge._replace(evidence=(*edge.evidence, *chains))
        return tuple(sorted(self._edges.values(), key=lambda edge: order[edge.source] * count + order[edge.target]))


def _nodes(chain: Chain) -> list[Node]:
    return [related.node for related in chain]
