"""Whom workloads call: every host in their settings that leads somewhere, by its full name or by its name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.graph.destinations import Destinations
from tkelint.graph.model import Kind, Vertex
from tkelint.mentions import Mention, hosts_in, texts
from tkelint.problem import Related
from tkelint.services import may_serve
from tkelint.short_names import may_hold_short_hosts, short_hosts
from tkelint.traffic import is_own_setting, servers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tkelint.graph.destinations import Destination, Way
    from tkelint.graph.parts import Parts
    from tkelint.mentions import Host
    from tkelint.pods import Workload
    from tkelint.resource import Node, Resource
    from tkelint.traffic import Frontend
    from tkelint.workspace import Workspace

_LONGEST_TEXT = 200_000  # characters: what is longer is no setting but data


class Calls:
    """Adds the left half of the graph: clients and the names they call."""

    def __init__(self, workspace: Workspace, parts: Parts) -> None:
        self._workspace = workspace
        self._parts = parts
        self._destinations = Destinations(workspace)
        self._known_servers: dict[tuple[Resource, str], set[Resource]] = {}
        self._hosts: dict[tuple[Node, str], tuple[Host, ...]] = {}  # of the texts of ConfigMaps, which many use

    def build(self) -> None:
        """Add the calls of every workload that runs."""
        for workload in self._workspace.workloads:
            for node, setting, links in texts(workload, self._workspace, _may_name) if workload.runs else ():
                text = node.value
                for host in self._hosts_in(node, setting) if "." in text else ():
                    self._call(workload, node, host, links)
                for name in short_hosts(text, setting) if may_hold_short_hosts(text) else ():
                    self._short_call(workload, node, name, links)

    def _hosts_in(self, node: Node, setting: str) -> tuple[Host, ...]:
        if node.resource.type != "ConfigMap":
            return tuple(hosts_in(node.value, setting))
        if (node, setting) not in self._hosts:
            self._hosts[node, setting] = tuple(hosts_in(node.value, setting))
        return self._hosts[node, setting]

    def _call(self, workload: Workload, node: Node, host: Host, links: tuple[Node, ...]) -> None:
        found = self._destinations.of(host.name, workload)
        if not found.ways and not (found.state and host.is_likely_call and (host.scheme or host.port)):
            return
        where = node.text(host.start, host.end)
        mention = Mention(workload, where, host.name, host.port, host.scheme, host.is_likely_call, links)
        if any(is_own_setting(mention, self._servers(way.frontend)) for way in found.ways if way.frontend):
            return
        vertex = self._parts.add(Vertex(f"name:{host.name}", Kind.NAME, host.name))
        self._mentioned(mention, vertex, self._led(vertex, found) or (f"nowhere {host.name}",))

    def _led(self, vertex: str, found: Destination) -> tuple[str, ...]:
        """The tickets of what a name leads to. Where that is nothing, the name says why."""
        if not found.ways:
            self._parts.place(vertex, *(step.node for step in found.steps))
            self._parts.say(vertex, found.state)
        if found.ways and all(way.frontend is None for way in found.ways):
            self._parts.say(vertex, "by-name")
        return tuple(lead(self._parts, vertex, way) for way in found.ways)

    def _servers(self, frontend: Frontend) -> set[Resource]:
        key = frontend.resource, frontend.host
        if key not in self._known_servers:
            found = servers_of(frontend.resource, self._workspace, frontend.host)
            self._known_servers[key] = {server.resource for server in found}
        return self._known_servers[key]

    def _short_call(self, workload: Workload, node: Node, name: Host, links: tuple[Node, ...]) -> None:
        found = self._destinations.of(name.name, workload)
        candidates = [way.service for way in found.ways if way.frontend is None]
        if not candidates or not _is_open(name, candidates) or self._is_itself(workload, candidates):
            return
        namespace = workload.resource.namespace
        vertex_id = f"name:{name.name} in {namespace or ''}"
        vertex = self._parts.add(Vertex(vertex_id, Kind.NAME, name.name, namespace, state="by-name"))
        where = node.text(name.start, name.end)
        mention = Mention(workload, where, name.name, name.port, name.scheme, is_likely_call=True, links=links)
        tickets = (lead(self._parts, vertex, way) for way in found.ways)
        self._mentioned(mention, vertex, tuple(tickets))

    def _is_itself(self, workload: Workload, candidates: Sequence[Resource]) -> bool:
        """Whether a workload is told its own name: it is all that stands behind it."""
        servers = [server.resource for service in candidates for server in self._workspace.backends(service)]
        return bool(servers) and all(server is workload.resource for server in servers)

    def _mentioned(self, mention: Mention, vertex: str, tickets: tuple[str, ...]) -> None:
        """The edge from a client to a name, with the links that lead to the setting.

        Its tickets are those that the name has for clients in the cluster: for others it may lead elsewhere.
        """
        client = mention.workload.resource
        links = [Related(link, "link", {"client": client.label}) for link in mention.links]
        call = Related(mention.node, "call", {"client": client.label, "host": mention.host})
        source = self._parts.object(Kind.CLIENT, client)
        self._parts.connect(source, vertex, (*links, call), tickets, is_likely=mention.is_likely_call)


def lead(parts: Parts, name: str, way: Way) -> str:
    """Add the edge from a name to a Service, or to the Service or Ingress whose CLB it is; gives its ticket."""
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
    parts.connect(name, target, reasons, (ticket,))
    return ticket


def _may_name(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_TEXT


def _is_open(name: Host, candidates: Iterable[Resource]) -> bool:
    """Whether a name reads like a call to one of the Services: by its scheme, or with a port that may be open."""
    return bool(name.scheme) or name.port is None or any(may_serve(each, name.port) for each in candidates)
