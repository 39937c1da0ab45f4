"""Names of Services in the settings of workloads and in ExternalName Services: do they exist, do they have the port."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint import services
from tkelint.checks.pod_makers import may_make_pods
from tkelint.mentions import settings
from tkelint.problem import Problem, Related
from tkelint.resolver import cluster_zones
from tkelint.service_names import ServiceName, service_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.mentions import Host
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# Namespaces whose Services come with the cluster and are in nobody's repository.
_SYSTEM_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_API_SERVER = ("default", "kubernetes")


class _Call(NamedTuple):
    """A name that a program or DNS is told, with what is known of how it is used."""

    node: Node
    text: str
    port: int | None
    is_likely: bool


def service_name_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A name `service.namespace.svc` of which there is no such Service in a namespace that is here."""
    zones = workspace.once(cluster_zones)
    for call in _calls(resource, workspace):
        name = service_name(call.text, zones)
        if name is None or is_beyond_the_tree(name, call.text, workspace):
            continue
        reference = workspace.find("Service", name.service, resource, name.namespace)
        if not reference.is_missing:
            continue
        near = reference.nearest
        yield Problem(
            node=call.node,
            message="near" if near else "far",
            parameters={
                "name": call.text,
                "service": name.service,
                "namespace": name.namespace,
                "count": reference.searched,
                "near": near.name if near else "",
            },
            likelihood="likely" if call.is_likely else "possible",
            related=(Related(near.node("metadata", "name"), "near", {"service": near.label}),) if near else (),
        )


def service_name_port(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Service that is called on a port it does not have."""
    for call in _calls(resource, workspace):
        if call.port is None or not call.is_likely:
            continue
        candidates = _called_services(call.text, resource, workspace)
        if not candidates or any(services.may_serve(candidate, call.port) for candidate in candidates):
            continue
        service = candidates[0]
        yield Problem(
            node=call.node,
            parameters={
                "name": call.text,
                "port": call.port,
                "service": service.label,
                "ports": [str(entry["port"]) for _, entry in services.ports(service)],
            },
            related=(Related(service.node("spec", "ports"), "ports", {"service": service.label}),),
        )


def _calls(resource: Resource, workspace: Workspace) -> Iterator[_Call]:
    """The names in the texts of a resource that workloads are configured with, or that it sends callers to."""
    for node, host in workspace.once(_hosts_by_resource).get(resource, ()):
        yield _Call(node.text(host.start, host.end), host.name, host.called_port, host.is_likely_call)
    target = resource.get("spec", "externalName") if resource.type == "Service" else None
    if isinstance(target, str):
        yield _Call(resource.node("spec", "externalName"), target.lower().rstrip("."), None, is_likely=True)


def _hosts_by_resource(workspace: Workspace) -> dict[Resource, list[tuple[Node, Host]]]:
    found: dict[Resource, list[tuple[Node, Host]]] = defaultdict(list)
    for setting in settings(workspace):
        found[setting.node.resource].extend((setting.node, host) for host in setting.hosts)
    return found


def is_beyond_the_tree(name: ServiceName, text: str, workspace: Workspace) -> bool:
    """Whether the Service may come from elsewhere: the cluster itself, or an operator that makes objects of its own."""
    if name.namespace in _SYSTEM_NAMESPACES or (name.namespace, name.service) == _API_SERVER:
        return True
    return services.is_placeholder(text) or may_make_pods(name.namespace, workspace)


def _called_services(host: str, near: Resource, workspace: Workspace) -> Sequence[Resource]:
    """The Services that a host certainly means: by its full name, or `service.namespace` of a Service that says so."""
    name = service_name(host, workspace.once(cluster_zones))
    if name is not None:
        # Below a headless Service the host is a Pod, which has ports of its own.
        return () if name.prefix else workspace.find("Service", name.service, near, name.namespace).candidates
    service, _, namespace = host.partition(".")
    if not namespace or "." in namespace:
        return ()
    candidates = workspace.find("Service", service, near, namespace).candidates
    return [candidate for candidate in candidates if candidate.namespace == namespace]
