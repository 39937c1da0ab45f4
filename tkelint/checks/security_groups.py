"""Security groups that keep requests out: of the nodes behind a CLB, or of the CLB itself.

What a group lets in cannot be read off manifests, so that these checks only speak where it is declared.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.clb_backends import clb_of, node_ports, passes_to_target, uses_existing_clb
from tkelint.checks.keepalive import replaced_address
from tkelint.direct_access import is_direct
from tkelint.problem import Problem, Related
from tkelint.security_group import Allowance, SecurityGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# Addresses of CLBs themselves, from which probes and long connections come, never clients:
# https://cloud.tencent.com/document/product/214/65860 and https://cloud.tencent.com/document/product/457/80913.
_CLB_ADDRESSES = ipaddress.IPv4Network("100.64.0.0/10")


def service_node_ports_closed(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CLB that sends to node ports which the nodes' security group does not let in."""
    group = workspace.facts.node_security_group
    if group is None or not services.has_clb(service) or not _asks_the_nodes(service, workspace):
        return
    clients = _for_clients(group)
    for node, ports, protocol in node_ports(service):
        allowed = clients.allows(ports, protocol)
        if allowed is not True and protocol in ("TCP", "UDP"):
            yield Problem(
                node=node,
                message="closed" if allowed is False else "partly-closed",
                likelihood=_likelihood(allowed, service, workspace),
                parameters={"service": service.label, "ports": _spoken(ports, protocol), "group": str(group)},
            )


def ingress_node_ports_closed(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An Ingress whose backends' node ports are closed: the CLB answers 504. Said once, of the first closed one."""
    group = workspace.facts.node_security_group
    if group is None or not ingresses.is_served_by_tke(ingress, workspace) or not _asks_the_nodes(ingress, workspace):
        return
    if replaced_address(ingress, workspace):
        return  # Requests come from the CLB's own address then, which is another rule's business.
    clients = _for_clients(group)
    for rule, service, node, ports in _backend_ports(ingress, workspace):
        allowed = clients.allows(ports, "tcp")
        if allowed is not True:
            yield Problem(
                node=rule.service_node,
                message="closed" if allowed is False else "partly-closed",
                likelihood=_likelihood(allowed, ingress, workspace),
                parameters={
                    "ingress": ingress.label,
                    "service": service.label,
                    "ports": _spoken(ports, "TCP"),
                    "group": str(group),
                },
                related=(Related(node, "port", {"service": service.label}),),
            )
            return


def ingress_https_port_closed(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Security groups of the CLB that do not let the port of an HTTPS listener in."""
    stated = ingress.annotations.get(ingresses.SECURITY_GROUPS)
    if not isinstance(stated, str) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    names = [name.strip() for name in stated.split(",") if name.strip()]
    groups = [workspace.facts.security_group(name) for name in names]
    for listener in ingresses.listeners(ingress):
        if listener.protocol != "HTTPS" or not groups:
            continue
        if all(group is not None and group.allows(listener.port, "tcp") is False for group in groups):
            yield Problem(
                node=ingress.annotation(ingresses.SECURITY_GROUPS),
                parameters={"ingress": ingress.label, "port": listener.port, "groups": names},
            )


def _asks_the_nodes(target: Resource, workspace: Workspace) -> bool:
    """Whether the CLB certainly sends to node ports, and the nodes' security group is asked."""
    return is_direct(target, workspace) is False and not passes_to_target(target, workspace)


def _backend_ports(
    ingress: Resource, workspace: Workspace
) -> Iterator[tuple[ForwardingRule, Resource, Node, int | range]]:
    for rule in ingresses.forwarding_rules(ingress):
        for service in workspace.named("Service", rule.service, ingress) if rule.service else ():
            for node, ports, protocol in node_ports(service):
                if protocol == "TCP":
                    yield rule, service, node, ports


def _for_clients(group: SecurityGroup) -> SecurityGroup:
    """What a group lets in from clients of any kind: rules for the CLB's own addresses let none in."""
    rules = (rule for rule in group.allow if not _is_for_clbs(rule))
    return SecurityGroup(tuple(rule._replace(source=None) for rule in rules))


def _is_for_clbs(rule: Allowance) -> bool:
    return isinstance(rule.source, ipaddress.IPv4Network) and rule.source.subnet_of(_CLB_ADDRESSES)


def _likelihood(allowed: bool | None, target: Resource, workspace: Workspace) -> str:
    """Certain where every port is closed, unless an existing CLB may pass by default."""
    may_pass = uses_existing_clb(target) and clb_of(target, workspace).pass_to_target is None
    return "certain" if allowed is False and not may_pass else "likely"


def _spoken(ports: int | range, protocol: str) -> str:
    return f"{ports[0]}-{ports[-1]}/{protocol}" if isinstance(ports, range) else f"{ports}/{protocol}"
