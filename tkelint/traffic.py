"""The traffic graph: which workload reaches which CLB of its own cluster, hop by hop.

client -> host or address in its settings -> what CoreDNS makes of it -> Service or Ingress -> CLB -> node port or Pod.
The seed of tkelint: a request that leaves a Pod for an internal CLB of its own cluster may be sent back to the Pod's
own node, which drops it (https://cloud.tencent.com/document/product/457/80913). Every hop keeps the node it was read
from, so that a finding can show its path.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint import ingresses, services
from tkelint.mentions import Mention, mentions_of, settings
from tkelint.problem import Related
from tkelint.resolver import Answer, Resolution, cluster_zones, resolve
from tkelint.service_names import service_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tkelint.pods import Workload
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace


class Frontend(NamedTuple):
    """One way to address the CLB of a Service or Ingress: a host of its rules, or an address of the CLB.

    `network` is that of the CLB: `internal`, `public` or `unknown`; `other` for an Ingress that TKE's controller leaves
    to another one.
    """

    resource: Resource
    node: Node
    host: str
    network: str = "internal"


class Route(NamedTuple):
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
        parameters = {"target": self.frontend.resource.label, "host": self.frontend.host}
        target = Related(node, "host" if is_host else "address", parameters)
        return (*links, call, *self.resolution.steps, target)


class Traffic(NamedTuple):
    """All routes from workloads to internal CLBs, by the Service or Ingress that has the CLB, and by client."""

    routes: tuple[Route, ...]
    by_target: Mapping[Resource, Sequence[Route]]
    by_client: Mapping[Resource, Sequence[Route]]

    def to(self, target: Resource) -> Sequence[Route]:
        """The routes that reach the CLB of a Service or Ingress; likely calls first."""
        return self.by_target.get(target, ())

    def of(self, client: Resource) -> Sequence[Route]:
        """The routes of a workload; likely calls first."""
        return self.by_client.get(client, ())


def traffic(workspace: Workspace) -> Traffic:
    """The traffic graph of a workspace, built by the first who asks."""
    return workspace.once(_build)


def frontends(workspace: Workspace) -> Mapping[str, Sequence[Frontend]]:
    """What leads to a CLB that loops, by lower-case host or address. Public CLBs do not loop and are left out."""
    return workspace.once(_internal_frontends)


def all_frontends(workspace: Workspace) -> Mapping[str, Sequence[Frontend]]:
    """What leads to a CLB of any network, or to another Ingress controller, by lower-case host or address."""
    return workspace.once(_all_frontends)


def _build(workspace: Workspace) -> Traffic:
    ways = frontends(workspace)
    found = _routes(ways, workspace) if ways else ()
    routes = tuple(sorted(found, key=lambda route: not route.mention.is_likely_call))
    by_target: dict[Resource, list[Route]] = defaultdict(list)
    by_client: dict[Resource, list[Route]] = defaultdict(list)
    for route in routes:
        by_target[route.frontend.resource].append(route)
        by_client[route.client.resource].append(route)
    return Traffic(routes, by_target, by_client)


def _internal_frontends(workspace: Workspace) -> dict[str, list[Frontend]]:
    found: dict[str, list[Frontend]] = defaultdict(list)
    for service in workspace.of_type("Service"):
        if services.has_clb(service) and services.network(service, workspace.facts) == "internal":
            _add(found, _addresses(service, "internal", workspace))
    for ingress in workspace.of_type("Ingress"):
        if ingresses.network(ingress, workspace.facts) == "internal" and ingresses.is_served_by_tke(ingress, workspace):
            _add(found, _hosts_and_addresses(ingress, "internal", workspace))
    return found


def _all_frontends(workspace: Workspace) -> dict[str, list[Frontend]]:
    found: dict[str, list[Frontend]] = defaultdict(list)
    for service in workspace.of_type("Service"):
        if services.has_clb(service):
            _add(found, _addresses(service, services.network(service, workspace.facts), workspace))
    for ingress in workspace.of_type("Ingress"):
        is_ours = ingresses.is_served_by_tke(ingress, workspace)
        network = ingresses.network(ingress, workspace.facts) if is_ours else "other"
        _add(found, _hosts_and_addresses(ingress, network, workspace))
    return found


def _add(found: dict[str, list[Frontend]], ways: Iterator[Frontend]) -> None:
    for way in ways:
        found[way.host.lower()].append(way)


def _hosts_and_addresses(ingress: Resource, network: str, workspace: Workspace) -> Iterator[Frontend]:
    for host, node in ingresses.hosts(ingress):
        yield Frontend(ingress, node, host, network)
    yield from _addresses(ingress, network, workspace)


def _addresses(target: Resource, network: str, workspace: Workspace) -> Iterator[Frontend]:
    for address, node in services.clb_addresses(target, workspace.facts):
        yield Frontend(target, node, address, network)


def _routes(ways: Mapping[str, Sequence[Frontend]], workspace: Workspace) -> Iterator[Route]:
    resolutions: dict[str, Resolution] = {}
    for setting in settings(workspace):
        for host in setting.hosts:
            if host.name not in resolutions:
                resolutions[host.name] = resolution_of(host.name, workspace)
            resolution = resolutions[host.name]
            for frontend in addressed(resolution, ways):
                servers = {server.resource for server in servers_of(frontend.resource, workspace, frontend.host)}
                for mention in mentions_of(setting, host):
                    if not is_own_setting(mention, servers):
                        yield Route(mention, resolution, frontend)


def resolution_of(host: str, workspace: Workspace) -> Resolution:
    """What a host of the settings leads to: an address is its own answer, a name that of the cluster's DNS."""
    if host.replace(".", "").isdigit():
        return Resolution(Answer.ADDRESS, host)
    resolution = resolve(host, workspace)
    external = _external_name(resolution, workspace)
    if external is None:
        return resolution
    target = str(external.value).rstrip(".").lower()
    step = Related(external, "rewrite", {"from": resolution.name.rstrip("."), "to": target})
    return Resolution(Answer.ELSEWHERE, target, (*resolution.steps, step))


def _external_name(resolution: Resolution, workspace: Workspace) -> Node | None:
    """The field by which an ExternalName Service sends a name elsewhere; search domains complete `name.namespace`."""
    service, _, namespace = resolution.name.rstrip(".").partition(".")
    if resolution.answer is Answer.SERVICE:
        name = service_name(resolution.name, workspace.once(cluster_zones))
        if name is None or name.prefix:
            return None
        service, namespace = name.service, name.namespace
    elif resolution.answer is not Answer.ELSEWHERE or "." in namespace:
        return None
    names = workspace.once(_external_names)
    return names.get((service, namespace)) or names.get((service, None))


def _external_names(workspace: Workspace) -> dict[tuple[str, str | None], Node]:
    """The `externalName` of each Service that has one in all of its alternatives, by name and namespace."""
    found: dict[tuple[str, str | None], Node] = {}
    others = set()
    for service in workspace.of_type("Service"):
        key = service.name, service.namespace
        if isinstance(service.get("spec", "externalName"), str):
            found.setdefault(key, service.node("spec", "externalName"))
        else:
            others.add(key)
    return {key: node for key, node in found.items() if key not in others}


def addressed(resolution: Resolution, ways: Mapping[str, Sequence[Frontend]]) -> Sequence[Frontend]:
    """The ways to a CLB that a resolution leads to; a wildcard host of an Ingress covers one label."""
    if resolution.answer in (Answer.SERVICE, Answer.UNKNOWN):
        return ()
    name = resolution.name.rstrip(".")
    exact = ways.get(name, ())
    if exact or resolution.answer is Answer.ADDRESS:
        return exact
    return ways.get("*." + name.partition(".")[2], ())


def is_own_setting(mention: Mention, servers: Collection[Resource]) -> bool:
    """Whether the workload is told its own name: the only server behind the host is the workload itself."""
    if mention.is_likely_call and mention.scheme:
        return False
    return bool(servers) and all(server is mention.workload.resource for server in servers)


def backend_services(target: Resource, workspace: Workspace, host: str = "") -> tuple[Resource, ...]:
    """The Services a Service or Ingress forwards to (for one host of it): itself, or the backends of its rules."""
    if target.type == "Service":
        return (target,)
    by_host = workspace.once(_backends).get(target, {})
    lists = (by_host.get(host, ()), by_host.get("", ())) if host else by_host.values()
    return tuple(dict.fromkeys(service for services_of_host in lists for service in services_of_host))


def _backends(workspace: Workspace) -> dict[Resource, dict[str, list[Resource]]]:
    """The Services behind each host of each Ingress; "" stands for rules without host."""
    found: dict[Resource, dict[str, list[Resource]]] = {}
    for ingress in workspace.of_type("Ingress"):
        by_host = found[ingress] = defaultdict(list)
        for rule in ingresses.forwarding_rules(ingress):
            if rule.service:
                by_host[rule.host].extend(workspace.named("Service", rule.service, ingress))
    return found


def servers_of(target: Resource, workspace: Workspace, host: str = "") -> tuple[Workload, ...]:
    """The workloads behind a Service or Ingress."""
    services_behind = backend_services(target, workspace, host)
    found = {server.resource: server for service in services_behind for server in workspace.backends(service)}
    return tuple(found.values())
