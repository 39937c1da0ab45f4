"""Fields of a Service that the API server refuses, or that mean something else, or nothing, to a CLB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import services
from tkelint.checks.service_ports import is_integer
from tkelint.direct_access import direct_access
from tkelint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_SESSION_SECONDS = range(1, 86401)

# On serverless clusters the ClusterIP of a Service is a CLB of its own.
_CLUSTER_IP_SUBNET = "service.kubernetes.io/qcloud-clusterip-loadbalancer-subnetid"


def without_node_ports(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """No node ports, on a Service whose CLB sends to node ports."""
    node = service.node("spec", "allocateLoadBalancerNodePorts")
    access = direct_access(service, workspace)
    if node.value is not False or not services.has_clb(service) or access.state is True:
        return
    if any(entry.get("nodePort") for _, entry in services.ports(service)):
        return
    yield Problem(
        node=node,
        likelihood="likely" if access.state is False and not access.assumed else "possible",
        parameters={"service": service.label},
        related=access.related,
        assumed=access.assumed,
    )


def session_timeout(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A timeout of the session affinity that the API server refuses."""
    node = service.node("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds")
    value = node.value
    if value is None or services.is_placeholder(value) or (is_integer(value) and value in _SESSION_SECONDS):
        return
    yield Problem(node=node, parameters={"service": service.label, "value": node.source_text})


def source_ranges(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`loadBalancerSourceRanges`, which kube-proxy enforces on node ports and nobody on direct access."""
    node = service.node("spec", "loadBalancerSourceRanges")
    if not node.value or not services.has_clb(service):
        return
    access = direct_access(service, workspace)
    yield Problem(
        node=node,
        message="direct" if access.state is True else "nodes",
        likelihood="likely" if access.state is True else "possible",
        parameters={"service": service.label},
        related=access.related if access.state else (),
    )


def load_balancer_ip(service: Resource, _: Workspace) -> Iterator[Problem]:
    """`loadBalancerIP`, which no page of TKE knows."""
    node = service.node("spec", "loadBalancerIP")
    if node.value and services.has_clb(service) and not services.is_placeholder(node.value) and not service.is_exported:
        yield Problem(node=node, parameters={"service": service.label})


def headless(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A Service of type LoadBalancer or NodePort without a cluster IP."""
    node = service.node("spec", "clusterIP")
    type_ = service.get("spec", "type")
    if node.value == "None" and type_ in ("LoadBalancer", "NodePort"):
        yield Problem(node=node, parameters={"service": service.label, "type": type_})


def health_check_node_port(service: Resource, _: Workspace) -> Iterator[Problem]:
    """`healthCheckNodePort` on a Service that has none."""
    node = service.node("spec", "healthCheckNodePort")
    if not is_integer(node.value) or node.value == 0:
        return
    type_ = service.get("spec", "type") or "ClusterIP"
    policy = service.get("spec", "externalTrafficPolicy") or "Cluster"
    if (
        (type_, policy) != ("LoadBalancer", "Local")
        and not services.is_placeholder(type_)
        and not services.is_placeholder(policy)
    ):
        yield Problem(node=node, parameters={"service": service.label, "type": type_, "policy": policy})


def public_by_default(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A public CLB that nothing in the manifest asks for."""
    if not services.has_clb(service) or services.network(service, workspace.facts) != "public":
        return
    stated = services.extensive_parameters(service).get("LoadBalancerType")
    if not stated and service.has("spec", "ports"):
        yield Problem(node=service.node("spec", "type"), parameters={"service": service.label})


def serverless_cluster_ip(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What the cluster IP of a Service costs, or does not do, on a serverless cluster."""
    if workspace.facts.value("clusterKind") != "serverless" or not service.has("spec", "ports"):
        return
    type_ = service.get("spec", "type") or "ClusterIP"
    if type_ == "ClusterIP" and service.get("spec", "clusterIP") != "None":
        yield Problem(node=service.node("spec").key(), message="cluster-ip", parameters={"service": service.label})
    elif services.has_clb(service) and not service.annotations.get(_CLUSTER_IP_SUBNET):
        yield Problem(node=service.node("spec", "type"), message="load-balancer", parameters={"service": service.label})
