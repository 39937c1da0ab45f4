"""Protocols of the ports of a Service with a CLB, and ports that lead to one place.

https://cloud.tencent.com/document/product/457/45491 and https://cloud.tencent.com/document/product/457/45489.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import services
from tkelint.checks.service_ports import is_integer, protocol_of
from tkelint.direct_access import direct_access
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.resource import Node, Resource
    from tkelint.services import Listener
    from tkelint.workspace import Workspace

# Kubernetes takes TCP and UDP in one Service of type LoadBalancer since this release (MixedProtocolLBService).
_MIXED_SINCE = (1, 24)
_MOST_COMPARED = 50  # listeners of one CLB that lead to one port
# On layer 7 a forwarding rule, and not the listener, has the backends.
_LAYER_4 = ("TCP", "UDP")


def mixed(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """TCP and UDP in one Service, where the CLB sends to node ports or Kubernetes does not take it."""
    if not services.has_clb(service):
        return
    first: dict[str, Node] = {}
    for node, entry in services.ports(service):
        first.setdefault(protocol_of(entry), node.child("protocol" if "protocol" in entry else "port"))
    if not {"TCP", "UDP"} <= first.keys():
        return
    if service.get("status", "loadBalancer", "ingress"):
        return  # It has its CLB: the cluster took it.
    (_, earlier), (protocol, node) = [(each, first[each]) for each in first if each in _LAYER_4]
    related = (Related(earlier, "earlier", {}),)
    parameters = {"service": service.label, "protocol": protocol,
                  "version": workspace.facts.value("kubernetesVersion")}  # fmt: skip
    access = direct_access(service, workspace)
    if workspace.facts.at_least("kubernetesVersion", _MIXED_SINCE) is False:
        yield Problem(node=node, message="version", parameters=parameters, related=related)
    elif access.state is not True:
        yield Problem(
            node=node,
            message="node-ports",
            likelihood="certain" if access.state is False and not access.assumed else "likely",
            parameters=parameters,
            related=(*related, *access.related),
            assumed=access.assumed,
        )


def sctp(service: Resource, _: Workspace) -> Iterator[Problem]:
    """SCTP on a Service with a CLB, which has no listener for it."""
    for node, entry in services.ports(service):
        if entry.get("protocol") == "SCTP" and services.has_clb(service):
            yield Problem(node=node.child("protocol"), parameters={"service": service.label})


class _Backend(NamedTuple):
    """A listener and where it leads: the port of the Pods, and what selects them."""

    service: Resource
    listener: Listener
    target: int | str
    selector: frozenset[tuple[str, str]]


def backend_conflict(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Two listeners of one CLB and protocol that lead to the same port of the same Pods."""
    access = direct_access(service, workspace)
    if not services.has_clb(service) or access.state is False:
        return
    index = workspace.once(_backends_by_clb)
    for backend in _backends(service, workspace):
        for other in index.get(_key(backend), ())[:_MOST_COMPARED]:
            if other.listener.node == backend.listener.node:
                break
            if other.listener.port == backend.listener.port or not _share_pods(backend, other):
                continue
            one = other.service is service
            yield Problem(
                node=_target_node(backend),
                message="one-service" if one else "two-services",
                likelihood="certain" if access.state else "likely",
                parameters={
                    "service": service.label,
                    "other": other.service.label,
                    "target": backend.target,
                    "listener": str(backend.listener),
                    "earlier": str(other.listener),
                },
                related=(Related(_target_node(other), "earlier", {"earlier": str(other.listener)}), *access.related),
            )
            break


def _backends(service: Resource, workspace: Workspace) -> Iterator[_Backend]:
    """Each layer-4 listener of a Service with the port of the Pods that it leads to."""
    selector = service.mapping("spec", "selector")
    pairs = frozenset((key, value) for key, value in selector.items() if isinstance(value, str))
    if not pairs or len(pairs) != len(selector):
        return
    for listener in services.listeners(service):
        entry = listener.node.resource.mapping(*listener.node.path[:-1])
        target = entry.get("targetPort", listener.port)
        if listener.protocol in _LAYER_4 and (is_integer(target) or isinstance(target, str)):
            resolved = _resolved(target, service, workspace)
            if not services.is_placeholder(resolved):
                yield _Backend(service, listener, resolved, pairs)


def _resolved(target: int | str, service: Resource, workspace: Workspace) -> int | str:
    """The number behind a named target port where all workloads agree on it, else the name."""
    if isinstance(target, int):
        return target
    numbers: set[int] = {
        port["containerPort"]
        for workload in workspace.backends(service)
        for node, _ in workload.containers("containers")
        for _, port in node.resource.items(*node.path, "ports")
        if port.get("name") == target and is_integer(port.get("containerPort"))
    }
    return numbers.pop() if len(numbers) == 1 else target


def _backends_by_clb(workspace: Workspace) -> Mapping[tuple[object, ...], Sequence[_Backend]]:
    """All listeners by CLB, protocol and port of the Pods: those of a CLB of its own, or of an existing one."""
    found: dict[tuple[object, ...], list[_Backend]] = {}
    for service in workspace.of_type("Service"):
        if services.has_clb(service) and direct_access(service, workspace).state is not False:
            for backend in _backends(service, workspace):
                found.setdefault(_key(backend), []).append(backend)
    return found


def _key(backend: _Backend) -> tuple[object, ...]:
    existing: Any = backend.service.annotations.get(services.EXISTING_CLB)
    is_shared = isinstance(existing, str) and existing and not services.is_placeholder(existing)
    return (existing if is_shared else backend.service, backend.listener.protocol, backend.target)


def _share_pods(one: _Backend, other: _Backend) -> bool:
    """Whether both certainly select the same Pods: one selector narrows the other, in one namespace.

    The same Service twice is two alternatives of it.
    """
    if one.service is other.service:
        return True
    if one.service.namespace is None or one.service.namespace != other.service.namespace:
        return False
    return one.service.name != other.service.name and (one.selector <= other.selector or other.selector <= one.selector)


def _target_node(backend: _Backend) -> Node:
    target = backend.service.node(*backend.listener.node.path[:-1], "targetPort")
    return target if target.exists else backend.listener.node
