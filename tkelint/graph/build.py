"""The graph of a workspace: names that clients are configured with, what they lead to, and what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.graph.behind import Behind
from tkelint.graph.destinations import Destinations, Way
from tkelint.graph.loops import loops
from tkelint.graph.model import Graph, Kind, Vertex
from tkelint.graph.parts import Parts
from tkelint.graph.short_names import short_mentions
from tkelint.mentions import mentions_of, settings
from tkelint.problem import Related
from tkelint.traffic import all_frontends, is_own_setting, servers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tkelint.graph.destinations import Destination
    from tkelint.mentions import Mention
    from tkelint.pods import Workload
    from tkelint.resource import Resource
    from tkelint.traffic import Frontend
    from tkelint.workspace import Workspace


def graph_of(workspace: Workspace) -> Graph:
    """The traffic graph of a workspace, built by the first who asks."""
    return workspace.once(_build)


def _build(workspace: Workspace) -> Graph:
    parts = Parts()
    Behind(workspace, parts).build()
    _outside_names(workspace, parts)
    _calls(workspace, parts)
    _short_calls(workspace, parts)
    vertices = parts.placed()
    edges = parts.edges()
    order = {vertex_id: number for number, vertex_id in enumerate(vertices)}
    edges.sort(key=lambda edge: (order[edge.source], order[edge.target]))
    connected = {vertices[end].full_name for edge in edges for end in (edge.source, edge.target)}
    workloads = {workload.resource.label: workload.resource for workload in workspace.workloads}
    alone = (
        label
        for label, each in workloads.items()
        if (f"{each.namespace}/{each.name}" if each.namespace else each.name) not in connected
    )
    return Graph(vertices, tuple(edges), loops(edges, workspace), tuple(sorted(alone)))


def _outside_names(workspace: Workspace, parts: Parts) -> None:
    """The hosts and addresses by which clients outside of the cluster come in, whoever mentions them here."""
    for host, ways in all_frontends(workspace).items():
        name = _name(parts, host)
        for way in ways:
            _lead(parts, name, Way((), way.resource, way))


def _calls(workspace: Workspace, parts: Parts) -> None:
    destinations = Destinations(workspace)
    for setting in settings(workspace):
        for host in setting.hosts:
            found = destinations.of(host.name)
            if not found.ways and not (found.state and host.is_likely_call and (host.scheme or host.port)):
                continue
            servers = [_servers(way.frontend, workspace) for way in found.ways if way.frontend is not None]
            for mention in mentions_of(setting, host):
                if not any(is_own_setting(mention, each) for each in servers):
                    _call(parts, mention, host.name, found)


def _servers(frontend: Frontend, workspace: Workspace) -> set[Resource]:
    return {server.resource for server in servers_of(frontend.resource, workspace, frontend.host)}


def _call(parts: Parts, mention: Mention, name: str, found: Destination) -> None:
    vertex = _name(parts, name)
    tickets = [f"nowhere {name}"]
    if found.ways:
        tickets = [_lead(parts, vertex, way) for way in found.ways]
    else:
        parts.add(parts.vertices[vertex], *(step.node for step in found.steps))
        parts.state(vertex, found.state)
    _mentioned(parts, mention, vertex, tickets)


def _short_calls(workspace: Workspace, parts: Parts) -> None:
    for workload in workspace.workloads:
        for mention, candidates in short_mentions(workload, workspace) if workload.runs else ():
            if _is_told_its_own_name(workload, candidates, workspace):
                continue
            namespace = workload.resource.namespace
            vertex_id = f"name:{mention.host} in {namespace or ''}"
            vertex = parts.add(Vertex(vertex_id, Kind.NAME, mention.host, namespace))
            tickets: list[str] = []
            for service in candidates:
                target = parts.object(Kind.SERVICE, service)
                parameters = {"name": mention.host, "service": service.label}
                named = Related(service.node("metadata", "name"), "service", parameters)
                parts.connect(vertex, target, [named], tickets=[f"cluster {target}"])
                tickets.append(f"cluster {target}")
            _mentioned(parts, mention, vertex, tickets)


def _is_told_its_own_name(workload: Workload, candidates: Sequence[Resource], workspace: Workspace) -> bool:
    servers = [server.resource for service in candidates for server in workspace.backends(service)]
    return bool(servers) and all(server is workload.resource for server in servers)


def _mentioned(parts: Parts, mention: Mention, vertex: str, tickets: Iterable[str]) -> None:
    """The edge from a client to a name, with the links that lead to the setting.

    Its tickets are those that the name has for clients in the cluster: for others it may lead elsewhere.
    """
    client = mention.workload.resource
    links = [Related(link, "link", {"client": client.label}) for link in mention.links]
    call = Related(mention.node, "call", {"client": client.label, "host": mention.host})
    source = parts.object(Kind.CLIENT, client)
    parts.connect(source, vertex, [*links, call], tickets=tickets, is_likely=mention.is_likely_call)


def _name(parts: Parts, name: str) -> str:
    return parts.add(Vertex(f"name:{name}", Kind.NAME, name))


def _lead(parts: Parts, name: str, way: Way) -> str:
    """The edge from a name to a Service, or to the Service or Ingress whose CLB it is; gives its ticket."""
    if way.frontend is None:
        target = parts.object(Kind.SERVICE, way.service)
        ticket, reasons = f"cluster {target}", way.steps
    else:
        resource, node, host, _ = way.frontend
        is_service, is_host = resource.type == "Service", node.path[-1:] == ("host",)
        target = parts.object(Kind.SERVICE if is_service else Kind.INGRESS, resource)
        ticket = f"clb {target}" if is_service else f"{target} {host.lower() if is_host else ''}"
        reason = Related(node, "host" if is_host else "address", {"target": resource.label, "host": host})
        reasons = (*way.steps, reason)
    parts.connect(name, target, reasons, tickets=[ticket])
    return ticket
