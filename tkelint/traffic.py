"""The traffic graph: which workload reaches which CLB of its own cluster, hop by hop.

client -> host or address in its settings -> what CoreDNS makes of it -> Service or Ingress -> CLB -> node port or Pod.
The seed of tkelint: a request that leaves a Pod for an internal CLB of its own cluster may be sent back to the Pod's
own node, which drops it (https://cloud.tencent.com/document/product/457/80913). Every hop keeps the node it was read
from, so that a finding can show its path.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.mentions import Mention, mentions
from tkelint.problem import Related
from tkelint.resolver import Answer, Resolution, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.pods import Workload
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Frontend:
    """One way to address the CLB of a Service or Ingress: a host of its rules, or an address of the CLB."""

    resource: Resource
    node: Node
    host: str


@dataclass(frozen=True, slots=True)
class Route:
    """A request on its way from a workload to a CLB of its own cluster."""

    mention: Mention
    resolution: Resolution
    frontend: Frontend

    @property
    def client(self) -> Workload:
        """The workload that calls."""
        return self.mention.workload

    def hops(self) -> tuple[Related, ...]:
        """The path as far as the CLB, each hop with its node. Roles: call, link, rewrite, hosts, host, address."""
        client = self.client.resource.label
        call = Related(self.mention.node, "call", {"client": client, "host": self.mention.host})
        links = tuple(Related(link, "link", {"client": client}) for link in self.mention.links)
        node = self.frontend.node
        is_host = self.frontend.resource.type == "Ingress" and node.path[-1:] == ("host",)
        target = Related(node, "host" if is_host else "address", {"target": self.frontend.resource.label, "host": self.frontend.host})
        return (*links, call, *self.resolution.steps, target)


@dataclass(frozen=True)
class Traffic:
    """All routes from workloads to internal CLBs, by the Service or Ingress that has the CLB, and by client."""

    routes: tuple[Route, ...]
    by_target: Mapping[Resource, Sequence[Route]]

    def to(self, target: Resource) -> Sequence[Route]:
        """The routes that reach the CLB of a Service or Ingress; likely calls first."""
        return self.by_target.get(target, ())


def traffic(workspace: Workspace) -> Traffic:
    """The traffic graph of a workspace, built by the first who asks."""
    return workspace.once(_build)


def _build(workspace: Workspace) -> Traffic:
    frontends = _frontends(workspace)
    routes = tuple(_routes(frontends, workspace)) if frontends else ()
    by_target: dict[Resource, list[Route]] = defaultdict(list)
    for route in sorted(routes, key=lambda route: not route.mention.is_likely_call):
        by_target[route.frontend.resource].append(route)
    return Traffic(routes, by_target)


def _frontends(workspace: Workspace) -> dict[str, list[Frontend]]:
    """What leads to a CLB that loops, by lower-case host or address. Public CLBs do not loop and are left out."""
    found: dict[str, list[Frontend]] = defaultdict(list)
    for service in workspace.of_type("Service"):
        if services.has_clb(service) and services.network(service, workspace.facts) == "internal":
            for address, node in services.clb_addresses(service, workspace.facts):
                found[address.lower()].append(Frontend(service, node, address))
    for ingress in workspace.of_type("Ingress"):
        if ingresses.network(ingress, workspace.facts) == "internal" and ingresses.is_served_by_tke(ingress, workspace):
            for host, node in ingresses.hosts(ingress):
                found[host.lower()].append(Frontend(ingress, node, host))
            for address, node in services.clb_addresses(ingress, workspace.facts):
                found[address.lower()].append(Frontend(ingress, node, address))
    return found


def _routes(frontends: Mapping[str, Sequence[Frontend]], workspace: Workspace) -> Iterator[Route]:
    resolutions: dict[str, Resolution] = {}
    for mention in mentions(workspace):
        host = mention.host
        if host not in resolutions:
            resolutions[host] = _resolution(host, frontends, workspace)
        resolution = resolutions[host]
        for name in _addressed(host, resolution):
            for frontend in frontends.get(name, ()):
                if not _is_own_setting(mention, frontend, workspace):
                    yield Route(mention, resolution, frontend)


def _resolution(host: str, frontends: Mapping[str, Sequence[Frontend]], workspace: Workspace) -> Resolution:
    """What CoreDNS makes of a host. An address needs no answer, nor does a host that leads nowhere either way."""
    if host.replace(".", "").isdigit():
        return Resolution(Answer.ADDRESS, host)
    resolution = resolve(host, workspace)
    if resolution.answer is Answer.SERVICE:
        target = _external_name(resolution.name, workspace)
        if target is not None and target.host in frontends:
            return Resolution(Answer.ELSEWHERE, target.host, (*resolution.steps, target.step))
    return resolution


@dataclass(frozen=True, slots=True)
class _ExternalName:
    host: str
    step: Related


def _external_name(name: str, workspace: Workspace) -> _ExternalName | None:
    """Where an ExternalName Service sends a name of the cluster's zone."""
    labels = name.rstrip(".").split(".")
    if len(labels) < 3 or labels[2] != "svc":
        return None
    for service in workspace.of_type("Service"):
        target = service.get("spec", "externalName")
        if service.name == labels[0] and service.namespace in (labels[1], None) and isinstance(target, str):
            node = service.node("spec", "externalName")
            step = Related(node, "rewrite", {"from": name.rstrip("."), "to": target.rstrip(".")})
            return _ExternalName(target.rstrip(".").lower(), step)
    return None


def _addressed(host: str, resolution: Resolution) -> tuple[str, ...]:
    """The hosts or addresses that a call really goes to; wildcard hosts of Ingresses cover one label."""
    if resolution.answer in (Answer.SERVICE, Answer.UNKNOWN):
        return ()
    name = resolution.name.rstrip(".")
    if resolution.answer is Answer.ADDRESS:
        return (name,)
    wildcard = "*." + name.partition(".")[2]
    return (name, wildcard)


def _is_own_setting(mention: Mention, frontend: Frontend, workspace: Workspace) -> bool:
    """Whether the workload is told its own name: the only server behind the host is the workload itself."""
    if mention.is_likely_call and mention.scheme:
        return False
    servers = servers_of(frontend.resource, workspace, frontend.host)
    return bool(servers) and all(server.resource is mention.workload.resource for server in servers)


def backend_services(target: Resource, workspace: Workspace, host: str = "") -> tuple[Resource, ...]:
    """The Services a Service or Ingress forwards to (for one host of it): itself, or the backends of its rules."""
    if target.type == "Service":
        return (target,)
    found: dict[Resource, None] = {}
    for rule in ingresses.forwarding_rules(target):
        if rule.service and (not host or rule.host in (host, "")):
            found.update(dict.fromkeys(workspace.named("Service", rule.service, target)))
    return tuple(found)


def servers_of(target: Resource, workspace: Workspace, host: str = "") -> tuple[Workload, ...]:
    """The workloads behind a Service or Ingress."""
    services_behind = backend_services(target, workspace, host)
    found = {server.resource: server for service in services_behind for server in workspace.backends(service)}
    return tuple(found.values())
