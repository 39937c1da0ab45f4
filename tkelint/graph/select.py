"""Parts of a graph: paths from here to there, and what lies around a namespace or a host."""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint.graph.model import COLUMNS, Graph, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tkelint.graph.model import Loop, Vertex

    Step = tuple[str, frozenset[str]]  # a vertex, and the tickets with which it was reached (none: all)

# What a name given by the user means at the beginning and at the end of a path: the first kinds that have it.
_CALLERS = ((Kind.CLIENT,), (Kind.NAME,))
_CALLED = ((Kind.PODS,), (Kind.SERVICE, Kind.INGRESS), (Kind.NAME, Kind.CLB, Kind.CONTROLLER))


class Path(NamedTuple):
    """A way that a request takes: indexes of `Graph.edges` in order, and the loopback it is, if it is one."""

    edges: tuple[int, ...]
    loop: Loop | None = None


class Index:
    """The edges of a graph by their ends."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.outgoing: Mapping[str, list[int]] = defaultdict(list)
        self.incoming: Mapping[str, list[int]] = defaultdict(list)
        for index, edge in enumerate(graph.edges):
            self.outgoing[edge.source].append(index)
            self.incoming[edge.target].append(index)


def matching(graph: Graph, text: str, *, as_caller: bool) -> tuple[str, ...]:
    """The vertices that a text means: `name`, `namespace/name`, `Kind/name` or `Kind/namespace/name`, with wildcards.

    As caller it means clients, else names; otherwise Pods, else a Service or Ingress, else a name or a CLB.
    """
    named = [vertex for vertex in graph.vertices.values() if _is_meant(vertex, text)]
    for kinds in _CALLERS if as_caller else _CALLED:
        found = tuple(vertex.id for vertex in named if vertex.kind in kinds)
        if found:
            return found
    return ()


def _is_meant(vertex: Vertex, text: str) -> bool:
    forms = [vertex.name, vertex.full_name]
    if vertex.object:
        forms += [f"{vertex.object}/{vertex.name}", f"{vertex.object}/{vertex.full_name}"]
    return any(fnmatch.fnmatchcase(form, text) for form in forms)


def paths(graph: Graph, starts: Collection[str], ends: Collection[str], limit: int) -> tuple[tuple[Path, ...], bool]:
    """Up to `limit` paths from one of the starts to one of the ends, and whether there are more.

    Without starts a path may begin at any client, and at a name that no client calls; without ends it goes as far as
    it can.
    """
    index = Index(graph)
    begin = starts or [each.id for each in graph.vertices.values() if not index.incoming[each.id]]
    walk = _Walk(index, frozenset(ends))
    found: list[Path] = []
    for start in begin:
        for edges in walk.paths(start, frozenset()):
            if len(found) == limit:
                return tuple(found), True
            found.append(Path(edges, _loop_on(graph, edges)))
    return tuple(found), False


class _Walk:
    """Every path to some ends, depth first; what turned out to lead nowhere is not tried again."""

    def __init__(self, index: Index, ends: frozenset[str]) -> None:
        self._index = index
        self._ends = ends
        self._futile: set[Step] = set()

    def paths(self, vertex: str, tickets: frozenset[str]) -> Iterator[tuple[int, ...]]:
        """The paths from a vertex on; there are no more steps than columns."""
        if vertex in self._ends:
            yield ()
            return
        if (vertex, tickets) in self._futile:
            return
        arrived = went_on = False
        for number in self._index.outgoing[vertex]:
            edge = self._index.graph.edges[number]
            shared = shared_tickets(tickets, edge.tickets)
            if shared is not None:
                went_on = True
                for rest in self.paths(edge.target, shared):
                    arrived = True
                    yield (number, *rest)
        if not went_on and not self._ends:
            yield ()
        elif not arrived:
            self._futile.add((vertex, tickets))


def shared_tickets(one: frozenset[str], other: frozenset[str]) -> frozenset[str] | None:
    """The tickets that two stretches have in common; `None` when no request can take both."""
    if not one or not other:
        return one or other
    return (one & other) or None


def _loop_on(graph: Graph, edges: Sequence[int]) -> Loop | None:
    """The loopback that a path lies on, as far as the CLB at least."""
    for loop in graph.loops:
        if set(edges) <= set(loop.edges) and len(edges) >= min(3, len(loop.edges)):
            return loop
    return None


def around(graph: Graph, seeds: Iterable[str]) -> Graph:
    """The part of a graph that requests through the seeds pass, on either side."""
    index = Index(graph)
    seeds = list(seeds)
    kept = {*_reach(index, seeds, forward=True), *_reach(index, seeds, forward=False)}
    return with_edges(graph, kept, seeds)


def _reach(index: Index, seeds: Sequence[str], *, forward: bool) -> Iterator[int]:
    ahead: list[Step] = [(seed, frozenset()) for seed in seeds]
    seen = set(ahead)
    while ahead:
        vertex, tickets = ahead.pop()
        for number in (index.outgoing if forward else index.incoming)[vertex]:
            edge = index.graph.edges[number]
            shared = shared_tickets(tickets, edge.tickets)
            if shared is None:
                continue
            yield number
            step = (edge.target if forward else edge.source, shared)
            if step not in seen:
                seen.add(step)
                ahead.append(step)


def with_edges(graph: Graph, kept: Collection[int], vertices: Iterable[str] = ()) -> Graph:
    """The graph of some edges and what they connect, and of further vertices; loopbacks that are whole stay."""
    numbers = {old: new for new, old in enumerate(sorted(kept))}
    edges = tuple(graph.edges[old] for old in numbers)
    ends = {*vertices, *(end for edge in edges for end in (edge.source, edge.target))}
    loops = tuple(
        loop._replace(edges=tuple(numbers[edge] for edge in loop.edges))
        for loop in graph.loops
        if all(edge in numbers for edge in loop.edges)
    )
    return Graph(
        {key: vertex for key, vertex in graph.vertices.items() if key in ends}, edges, loops, graph.unconnected
    )


def on_paths(graph: Graph, found: Sequence[Path]) -> tuple[Graph, tuple[Path, ...]]:
    """The part of a graph that some paths pass, and the paths in its numbers."""
    kept = sorted({edge for path in found for edge in path.edges})
    numbers = {old: new for new, old in enumerate(kept)}
    part = with_edges(graph, kept)
    renumbered = tuple(Path(tuple(numbers[edge] for edge in path.edges), path.loop) for path in found)
    return part, renumbered


def in_namespaces(graph: Graph, patterns: Sequence[str]) -> Graph:
    """What requests through objects of these namespaces pass."""
    seeds = [
        vertex.id
        for vertex in graph.vertices.values()
        if any(fnmatch.fnmatchcase(vertex.namespace or "", pattern) for pattern in patterns)
    ]
    return around(graph, seeds)


def of_hosts(graph: Graph, patterns: Sequence[str]) -> Graph:
    """What requests to these hosts, Service names or addresses pass."""
    seeds = [
        vertex.id
        for vertex in graph.vertices.values()
        if vertex.kind is Kind.NAME and any(fnmatch.fnmatchcase(vertex.name, pattern.lower()) for pattern in patterns)
    ]
    return around(graph, seeds)


def largest_part(graph: Graph, limit: int) -> tuple[Graph, int]:
    """At most `limit` vertices, and how many were left out: loopbacks come first, then whole columns from the left."""
    if len(graph.vertices) <= limit:
        return graph, 0
    index = Index(graph)
    kept: dict[str, None] = {}
    for edge in sorted(graph.loop_edges()):
        kept[graph.edges[edge].source] = kept[graph.edges[edge].target] = None
    for vertex in graph.vertices:
        ahead = [vertex]
        while ahead and len(kept) < limit:
            each = ahead.pop()
            if each not in kept:
                kept[each] = None
                ahead += [graph.edges[number].target for number in index.outgoing[each]]
    chosen = set(list(kept)[:limit])
    edges = [number for number, edge in enumerate(graph.edges) if edge.source in chosen and edge.target in chosen]
    return with_edges(graph, edges, chosen), len(graph.vertices) - len(chosen)


def count_by_column(graph: Graph) -> list[int]:
    """How many vertices each column has."""
    counts = [0] * len(COLUMNS)
    for vertex in graph.vertices.values():
        counts[vertex.column] += 1
    return counts
