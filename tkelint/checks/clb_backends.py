"""How a CLB reaches its backends: node ports or Pods, and whether the nodes' security group is asked on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.service_ports import is_integer, protocol_of
from tkelint.security_group import NODE_PORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.cluster import Clb
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# The key of CreateLoadBalancer that does what pass-to-target does.
_DEFAULT_ALLOW = "LoadBalancerPassToTarget"


def clb_of(target: Resource, workspace: Workspace) -> Clb:
    """What is declared of the existing CLB that a Service or Ingress uses."""
    return workspace.facts.clb(target.annotations.get(_existing_key(target)))


def uses_existing_clb(target: Resource) -> bool:
    """Whether a Service or Ingress uses a CLB that someone else made and set up."""
    return bool(target.annotations.get(_existing_key(target)))


def passes_to_target(target: Resource, workspace: Workspace) -> bool:
    """Whether the CLB passes by default: what it lets in is not held up by the nodes' security group."""
    key = ingresses.PASS_TO_TARGET if target.type == "Ingress" else services.PASS_TO_TARGET
    if target.annotations.get(key) == "true" or clb_of(target, workspace).pass_to_target is True:
        return True
    return any(isinstance(value, str) and _DEFAULT_ALLOW in value for value in target.annotations.values())


def node_ports(service: Resource) -> Iterator[tuple[Node, int | range, str]]:
    """Each node port with its protocol and the node that says so; the whole range once where Kubernetes chooses."""
    chosen = set()
    if service.get("spec", "type") not in ("NodePort", "LoadBalancer"):
        return
    for node, entry in services.ports(service):
        port, protocol = entry.get("nodePort"), protocol_of(entry)
        if is_integer(port) and port:
            yield node.child("nodePort"), port, protocol
        elif protocol not in chosen:
            chosen.add(protocol)
            yield service.node("spec", "type"), NODE_PORTS, protocol


def _existing_key(target: Resource) -> str:
    return ingresses.EXISTING_CLB if target.type == "Ingress" else services.EXISTING_CLB
