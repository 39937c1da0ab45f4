"""What direct access (直连) needs of the cluster and of the Pods: https://cloud.tencent.com/document/product/457/41897.

Only what an object asks for itself is judged: where the controller adds direct access, it looks at the cluster first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import services
from tkelint.clb_uses import gets_clb
from tkelint.controller_config import GLOBAL_ROUTE_DIRECT_ACCESS, Switch, switch
from tkelint.direct_access import annotation_key, backends_of, direct_access, runs_on_super_nodes
from tkelint.problem import Addition, Edit, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.pods import Workload
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# Direct access needs a Kubernetes later than 1.12.
_KUBERNETES_SINCE = (1, 13)

# How a Pod of a cluster with both networks gets an address of the VPC, which a CLB can reach.
_NETWORKS = "tke.cloud.tencent.com/networks"
_VPC_NETWORKS = frozenset({"tke-route-eni", "tke-direct-eni"})
_SHARED_ENI = "tke-route-eni"
_ENI_ADDRESS = "tke.cloud.tencent.com/eni-ip"

# Written by the controller, on a Service whose endpoints are those of another object.
_SOURCE_ENDPOINTS = "service.cloud.tencent.com/loadbalancer-source-endpoints"

_CODES = {"Service": ("Service E4033",), "Ingress": ()}


def asks_for_direct_access(target: Resource, workspace: Workspace) -> bool:
    """Whether a Service or Ingress that TKE serves has the annotation, and so direct access by its own will."""
    return direct_access(target, workspace).is_stated and gets_clb(target, workspace)


def unsupported(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Direct access in a cluster that cannot have it: by its network, or by its Kubernetes."""
    facts = workspace.facts
    if not asks_for_direct_access(target, workspace):
        return
    node = target.annotation(annotation_key(target))
    parameters = {"target": target.label, "version": facts.value("kubernetesVersion")}
    codes = _CODES[target.type]
    if facts.value("networkMode") == "Cilium-Overlay":
        yield Problem(node=node, message="network", parameters=parameters, codes=codes)
    elif facts.at_least("kubernetesVersion", _KUBERNETES_SINCE) is False:
        yield Problem(node=node, message="kubernetes", parameters=parameters, codes=codes)


def global_router(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Direct access over GlobalRouter, which takes a switch of the controller and an account billed by IP."""
    facts = workspace.facts
    if facts.value("networkMode") != "GlobalRouter" or not asks_for_direct_access(target, workspace):
        return
    behind = backends_of(target, workspace)
    if behind and all(_has_vpc_address(workload) for workload in behind):
        return
    node = target.annotation(annotation_key(target))
    parameters = {"target": target.label}
    codes = _CODES[target.type]
    if facts.value("accountType") == "traditional":
        yield Problem(node=node, message="account", parameters=parameters, codes=codes)
        return
    gate = switch(GLOBAL_ROUTE_DIRECT_ACCESS, workspace)
    if gate.value is True:
        return
    yield Problem(
        node=node,
        message="switch-off" if gate.value is False else "switch-missing" if gate.node else "switch-unknown",
        likelihood="certain" if gate.value is False else "likely" if gate.node else "possible",
        parameters=parameters,
        related=(Related(gate.node, "switch", {}),) if gate.node else (),
        fix=_switch_on(gate),
        codes=codes,
    )


def _switch_on(gate: Switch) -> Fix | None:
    """Set the switch in the ConfigMap that lacks it: that ConfigMap's key does nothing else."""
    if gate.node is None:
        return None
    if gate.value is False:
        return Fix((Edit(gate.node, '"true"'),))
    return Fix((Addition(gate.node, GLOBAL_ROUTE_DIRECT_ACCESS, "true"),), safe=True)


def pod_without_eni(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Direct access to Pods that get no address of the VPC, in a cluster with both networks."""
    if workspace.facts.value("networkMode") != "GlobalRouter+VPC-CNI" or not asks_for_direct_access(target, workspace):
        return
    gate = switch(GLOBAL_ROUTE_DIRECT_ACCESS, workspace)
    if gate.value is True:
        return
    for workload in backends_of(target, workspace):
        lacking = _lacking_of_eni(workload)
        if lacking and not runs_on_super_nodes(workload):
            message, node = lacking
            yield Problem(
                node=node,
                message=message,
                # An official sample of page 457/41897 has the annotation without the resource.
                likelihood="possible" if message == "resource" else "certain" if gate.value is False else "likely",
                parameters={"target": target.label, "workload": workload.resource.label},
                related=direct_access(target, workspace).related,
                codes=_CODES[target.type],
            )


def host_network(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Direct access to Pods that share the address of their node."""
    if not asks_for_direct_access(target, workspace):
        return
    for workload in backends_of(target, workspace):
        if workload.spec.get("hostNetwork") is True:
            yield Problem(
                node=workload.node("hostNetwork"),
                parameters={"target": target.label, "workload": workload.resource.label},
                related=direct_access(target, workspace).related,
                codes=_CODES[target.type],
            )


def without_selector(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Direct access to a Service without selector: the controller finds no Pods behind it.

    A patch without ports may not show the selector. TKE's own Service `kubernetes-intranet` has none either: the
    controller takes the endpoints that it names.
    """
    spec = service.mapping("spec")
    if not asks_for_direct_access(service, workspace) or not spec.get("ports") or spec.get("selector"):
        return
    if _SOURCE_ENDPOINTS not in service.annotations:
        yield Problem(node=service.annotation(annotation_key(service)), parameters={"service": service.label})


def node_settings(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Settings that choose among nodes, on a Service whose CLB sends to Pods."""
    access = direct_access(service, workspace)
    if access.state is not True or not services.has_clb(service):
        return
    related = access.related
    if services.only_local_nodes(service):
        node = service.node("spec", "externalTrafficPolicy")
        yield Problem(node=node, message="policy", parameters={"service": service.label}, related=related)
    for key in (services.LOCAL_BIND, services.WEIGHTED_BALANCE, services.BACKENDS_LABEL):
        value = service.annotations.get(key)
        if value and value not in ("false", False):
            parameters = {"service": service.label, "key": key}
            yield Problem(
                node=service.annotation(key).key(), message="annotation", parameters=parameters, related=related
            )


def _has_vpc_address(workload: Workload) -> bool:
    return _lacking_of_eni(workload) is None


def _lacking_of_eni(workload: Workload) -> tuple[str, Node] | None:
    """What keeps a Pod from getting an address of the VPC: the annotation, or the resource of a shared ENI."""
    pod = workload.resource.node(*workload.pod)
    networks = workload.annotations.get(_NETWORKS)
    names = {name.strip() for name in networks.split(",")} if isinstance(networks, str) else set()
    if services.is_placeholder(networks):
        return None
    if names.isdisjoint(_VPC_NETWORKS):
        metadata = pod.child("metadata", "annotations", _NETWORKS)
        return "annotation", metadata
    if _SHARED_ENI in names and not any(_has_eni_address(each) for _, each in workload.containers("containers")):
        return "resource", pod.child("spec", "containers")
    return None


def _has_eni_address(container: dict[str, Any]) -> bool:
    resources = container.get("resources")
    if not isinstance(resources, dict):
        return False
    parts = (resources.get("requests"), resources.get("limits"))
    return all(isinstance(part, dict) and _ENI_ADDRESS in part for part in parts)
