"""What stands behind Services and Ingresses: CLBs, other controllers, node ports and Pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.direct_access import direct_access
from tkelint.graph.model import Kind, Vertex
from tkelint.loopback import network_node
from tkelint.problem import Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.graph.parts import Parts
    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_EXISTING = (
    services.EXISTING_CLB,
    ingresses.EXISTING_CLB,
    services.CLB_IN_USE,
    "kubernetes.io/ingress.qcloud-loadbalance-id",
)
_DEFAULT_BACKENDS = (("spec", "defaultBackend", "service", "name"), ("spec", "backend", "serviceName"))

# A Service has one or two workloads behind it; labels that hundreds share are those of an example.
_MOST_SERVERS = 50


class Behind:
    """Adds the right half of the graph, from Services and Ingresses on."""

    def __init__(self, workspace: Workspace, parts: Parts) -> None:
        self._workspace = workspace
        self._parts = parts
        self._pods: dict[Resource, list[tuple[str, Related]]] = {}

    def build(self) -> None:
        """Add every Service and Ingress with what is behind it."""
        for service in self._workspace.of_type("Service"):
            self._add_service(service)
        for ingress in self._workspace.of_type("Ingress"):
            self._add_ingress(ingress)

    def _add_service(self, service: Resource) -> None:
        vertex = self._parts.object(Kind.SERVICE, service)
        self._to_pods(vertex, service, (), (f"cluster {vertex}",))
        if services.has_clb(service):
            network = services.network(service, self._workspace.facts)
            clb = self._clb(service, vertex, network, (f"clb {vertex}",))
            ports = Related(service.node("spec", "ports"), "listener", {"service": service.label})
            self._from_clb(clb, service, service, ports, (f"clb {vertex}",))

    def _add_ingress(self, ingress: Resource) -> None:
        vertex = self._parts.object(Kind.INGRESS, ingress)
        hosts = ["", *(host.lower() for host, _ in ingresses.hosts(ingress))]
        everything = tuple(f"{vertex} {host}" for host in hosts)
        is_ours = ingresses.is_served_by_tke(ingress, self._workspace)
        if is_ours:
            network = ingresses.network(ingress, self._workspace.facts)
            entrance = self._clb(ingress, vertex, network, everything)
        else:
            entrance = self._controller(ingress, vertex, everything)
        for rule, service, reason in self._backends(ingress):
            tickets = everything if not rule else (f"{vertex} {rule.lower()}", f"{vertex} ")
            if is_ours:
                self._from_clb(entrance, ingress, service, reason, tickets)
            else:
                self._to_pods(entrance, service, (reason,), tickets)

    def _backends(self, ingress: Resource) -> Iterator[tuple[str, Resource, Related]]:
        """The host ("" for all), Service and reason of each rule, and of the default backend."""
        for rule in ingresses.forwarding_rules(ingress):
            for service in self._workspace.named("Service", rule.service, ingress) if rule.service else ():
                yield rule.host, service, _backend(ingress, rule.service_node, service, _told(rule))
        spec = ingress.mapping("spec")
        for path in _DEFAULT_BACKENDS:
            name = ingress.get(*path) if path[1] in spec else None
            for service in self._workspace.named("Service", name, ingress) if isinstance(name, str) else ():
                yield "", service, _backend(ingress, ingress.node(*path), service, "*")

    def _clb(self, target: Resource, vertex: str, network: str, tickets: tuple[str, ...]) -> str:
        """The CLB of a Service or Ingress, with the edge to it. One that exists already may be that of several."""
        annotations = target.annotations
        stated = [key for key in _EXISTING if key in annotations and isinstance(annotations[key], str)]
        existing, name = (stated[0], annotations[stated[0]]) if stated else (None, "")
        node = target.annotation(existing) if existing and network == "unknown" else network_node(target)
        role = {"internal": "clb-internal", "public": "clb-public"}.get(network, "clb-declared")
        label = target.label
        if name:
            clb = Vertex(f"clb:{name}", Kind.CLB, name, None, "", network, (node,))
        else:
            clb = Vertex(f"clb:{label}", Kind.CLB, target.name, target.namespace, target.kind, network, (node,))
        found = self._parts.add(clb)
        self._parts.connect(vertex, found, (Related(node, role, {"target": label, "clb": name}),), tickets)
        return found

    def _controller(self, ingress: Resource, vertex: str, tickets: tuple[str, ...]) -> str:
        """Another Ingress controller, by the class that it has."""
        name = ingresses.class_name(ingress)
        node = _class_node(ingress)
        is_nobodys = ingresses.owner(ingress, self._workspace) is ingresses.Owner.NOBODY
        state = "nobody" if is_nobodys else ""
        found = self._parts.add(Vertex(f"controller:{name}", Kind.CONTROLLER, name or "?", state=state))
        reason = Related(
            node, "nobody" if is_nobodys else "controller", {"target": ingress.label, "class": name or "?"}
        )
        self._parts.connect(vertex, found, (reason,), tickets)
        return found

    def _from_clb(
        self, clb: str, target: Resource, service: Resource, reason: Related, tickets: tuple[str, ...]
    ) -> None:
        """From a CLB to the node ports of a Service, or with direct access straight to its Pods."""
        access = direct_access(target, self._workspace)
        if access.state is True:
            direct = Related(access.node or target.node("metadata", "name"), "direct")
            self._to_pods(clb, service, (reason, direct), tickets)
            return
        state = "local" if services.only_local_nodes(service) else ""
        node = service.node("spec", "ports")
        name, namespace, kind = service.name, service.namespace, service.kind
        vertex = Vertex(f"node-port:{service.label}", Kind.NODE_PORT, name, namespace, kind, state, (node,))
        ports = self._parts.add(vertex)
        self._parts.connect(clb, ports, (reason,), tickets)
        self._to_pods(ports, service, (), ())

    def _to_pods(self, source: str, service: Resource, reasons: tuple[Related, ...], tickets: tuple[str, ...]) -> None:
        for pods, selector in self._pods_of(service):
            self._parts.connect(source, pods, (*reasons, selector), tickets)

    def _pods_of(self, service: Resource) -> list[tuple[str, Related]]:
        """The Pods that a Service selects, each with the reason."""
        if service not in self._pods:
            node, label = service.node("spec", "selector"), service.label
            self._pods[service] = [
                (
                    self._parts.object(Kind.PODS, server.resource),
                    Related(node, "selector", {"service": label, "server": server.resource.label}),
                )
                for server in self._workspace.backends(service)[:_MOST_SERVERS]
            ]
        return self._pods[service]


def _class_node(ingress: Resource) -> Node:
    if ingress.annotations.get(ingresses.CLASS):
        return ingress.annotation(ingresses.CLASS)
    if ingress.get("spec", "ingressClassName"):
        return ingress.node("spec", "ingressClassName")
    return ingress.node("metadata", "name")


def _backend(ingress: Resource, node: Node, service: Resource, rule: str) -> Related:
    return Related(node, "backend", {"target": ingress.label, "rule": rule, "service": service.label})


def _told(rule: ForwardingRule) -> str:
    return f"{rule.host or '*'}{rule.path}"
