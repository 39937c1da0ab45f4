"""What stands behind Services and Ingresses: CLBs, other controllers, node ports and Pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.direct_access import direct_access
from tkelint.graph.model import Kind, Vertex
from tkelint.loopback import network_node
from tkelint.problem import Related

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


class Behind:
    """Adds the right half of the graph, from Services and Ingresses on."""

    def __init__(self, workspace: Workspace, parts: Parts) -> None:
        self._workspace = workspace
        self._parts = parts

    def build(self) -> None:
        """Add every Service and Ingress with what is behind it."""
        for service in self._workspace.of_type("Service"):
            self._add_service(service)
        for ingress in self._workspace.of_type("Ingress"):
            self._add_ingress(ingress)

    def _add_service(self, service: Resource) -> None:
        vertex = self._parts.object(Kind.SERVICE, service)
        self._to_pods(vertex, service, (), [f"cluster {vertex}"])
        if services.has_clb(service):
            network = services.network(service, self._workspace.facts)
            clb = self._clb(service, vertex, network, [f"clb {vertex}"])
            ports = Related(service.node("spec", "ports"), "listener", {"service": service.label})
            self._from_clb(clb, service, service, ports, [f"clb {vertex}"])

    def _add_ingress(self, ingress: Resource) -> None:
        vertex = self._parts.object(Kind.INGRESS, ingress)
        hosts = ["", *(host.lower() for host, _ in ingresses.hosts(ingress))]
        everything = [f"{vertex} {host}" for host in hosts]
        is_ours = ingresses.is_served_by_tke(ingress, self._workspace)
        if is_ours:
            network = ingresses.network(ingress, self._workspace.facts)
            entrance = self._clb(ingress, vertex, network, everything)
        else:
            entrance = self._controller(ingress, vertex, everything)
        for rule, service, reason in self._backends(ingress):
            tickets = everything if not rule else [f"{vertex} {rule.lower()}", f"{vertex} "]
            if is_ours:
                self._from_clb(entrance, ingress, service, reason, tickets)
            else:
                self._to_pods(entrance, service, (reason,), tickets)

    def _backends(self, ingress: Resource) -> Iterator[tuple[str, Resource, Related]]:
        """The host ("" for all), Service and reason of each rule, and of the default backend."""
        for rule in ingresses.forwarding_rules(ingress):
            for service in self._workspace.named("Service", rule.service, ingress) if rule.service else ():
                yield rule.host, service, _backend(ingress, rule.service_node, service, _told(rule))
        for path in (("spec", "defaultBackend", "service", "name"), ("spec", "backend", "serviceName")):
            name = ingress.get(*path)
            for service in self._workspace.named("Service", name, ingress) if isinstance(name, str) else ():
                yield "", service, _backend(ingress, ingress.node(*path), service, "*")

    def _clb(self, target: Resource, vertex: str, network: str, tickets: Iterable[str]) -> str:
        """The CLB of a Service or Ingress, with the edge to it. One that exists already may be that of several."""
        existing = next((key for key in _EXISTING if isinstance(target.annotations.get(key), str)), None)
        name = target.annotations[existing] if existing else ""
        clb = Vertex(f"clb:{name or target.label}", Kind.CLB, name or target.name, state=network)
        node = target.annotation(existing) if existing and network == "unknown" else network_node(target)
        role = {"internal": "clb-internal", "public": "clb-public"}.get(network, "clb-declared")
        reason = Related(node, role, {"target": target.label, "clb": name})
        found = self._parts.add(clb if name else clb._replace(namespace=target.namespace, object=target.kind), node)
        self._parts.connect(vertex, found, (reason,), tickets)
        return found

    def _controller(self, ingress: Resource, vertex: str, tickets: Iterable[str]) -> str:
        """Another Ingress controller, by the class that it has."""
        name = ingresses.class_name(ingress)
        node = _class_node(ingress)
        is_nobodys = ingresses.owner(ingress, self._workspace) is ingresses.Owner.NOBODY
        found = self._parts.add(
            Vertex(f"controller:{name}", Kind.CONTROLLER, name or "?", state="nobody" if is_nobodys else "")
        )
        reason = Related(
            node, "nobody" if is_nobodys else "controller", {"target": ingress.label, "class": name or "?"}
        )
        self._parts.connect(vertex, found, (reason,), tickets)
        return found

    def _from_clb(self, clb: str, target: Resource, service: Resource, reason: Related, tickets: Iterable[str]) -> None:
        """From a CLB to the node ports of a Service, or with direct access straight to its Pods."""
        access = direct_access(target, self._workspace)
        if access.state is True:
            direct = Related(access.node or target.node("metadata", "name"), "direct")
            self._to_pods(clb, service, (reason, direct), tickets)
            return
        state = "local" if services.only_local_nodes(service) else ""
        vertex = Vertex(
            f"node-port:{service.label}", Kind.NODE_PORT, service.name, service.namespace, service.kind, state
        )
        ports = self._parts.add(vertex, service.node("spec", "ports"))
        self._parts.connect(clb, ports, (reason,), tickets)
        self._to_pods(ports, service, (), ())

    def _to_pods(self, source: str, service: Resource, reasons: tuple[Related, ...], tickets: Iterable[str]) -> None:
        for server in self._workspace.backends(service):
            pods = self._parts.object(Kind.PODS, server.resource)
            parameters = {"service": service.label, "server": server.resource.label}
            selector = Related(service.node("spec", "selector"), "selector", parameters)
            self._parts.connect(source, pods, (*reasons, selector), tickets)


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
