"""Which requests of a graph may come back to the node they left."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint.graph.cures import cures_around, cures_at
from tkelint.graph.model import Edge, Kind, Loop
from tkelint.loopback import comes_through_cured_listener, is_cured, may_loop, routes_at_risk
from tkelint.traffic import all_frontends, traffic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.resource import Resource
    from tkelint.traffic import Route
    from tkelint.workspace import Workspace


def loops(edges: Sequence[Edge], workspace: Workspace) -> tuple[Loop, ...]:
    """Each client and name that may loop, once, by client, name and target."""
    if not any(way.network == "internal" for ways in all_frontends(workspace).values() for way in ways):
        return ()
    outgoing: dict[str, list[int]] = defaultdict(list)
    for index, edge in enumerate(edges):
        outgoing[edge.source].append(index)
    found: dict[tuple[str, str, str], Loop] = {}
    for target in traffic(workspace).by_target:
        if not may_loop(target, workspace) or is_cured(target, workspace):
            continue
        at_risk = routes_at_risk(target, workspace)
        cures = cures_at(target, workspace)
        for route in at_risk or ():
            if comes_through_cured_listener(route, workspace):
                continue
            ends = _ends(route)
            if ends not in found:
                path = tuple(_path(ends, edges, outgoing))
                condition = _condition(target, workspace)
                found[ends] = Loop(*ends, path, condition, (*cures_around(route, workspace), *cures))
    return tuple(found[key] for key in sorted(found))


def _ends(route: Route) -> tuple[str, str, str]:
    target = route.frontend.resource
    kind = Kind.INGRESS if target.type == "Ingress" else Kind.SERVICE
    return (
        f"{Kind.CLIENT.value}:{route.client.resource.label}",
        f"name:{route.mention.host}",
        f"{kind.value}:{target.label}",
    )


def _condition(target: Resource, workspace: Workspace) -> str:
    """Layer 4 loops in IPVS mode only: where the mode is not known, that is taken."""
    unknown = target.type == "Service" and workspace.facts.value("kubeProxyMode") is None
    return "kubeProxyMode=ipvs" if unknown else ""


def _path(ends: tuple[str, str, str], edges: Sequence[Edge], outgoing: Mapping[str, Sequence[int]]) -> Iterator[int]:
    """The edges from the client to the target, and from there on as far as the request's tickets go."""
    client, name, target = ends
    yield from (index for index in outgoing[client] if edges[index].target == name)
    into = [index for index in outgoing[name] if edges[index].target == target]
    yield from into
    tickets = frozenset(ticket for index in into for ticket in edges[index].tickets)
    ahead = [target]
    seen = set()
    while ahead:
        for index in outgoing[ahead.pop(0)]:
            edge = edges[index]
            if index not in seen and (not edge.tickets or edge.tickets & tickets):
                seen.add(index)
                yield index
                ahead.append(edge.target)
