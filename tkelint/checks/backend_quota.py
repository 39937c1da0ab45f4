"""How many backends stand behind a listener or forwarding rule of a CLB: page 457/41897 and the code E4054.

The quota is 100 or 200, depending on the region, unless the configuration says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint import ingresses, services
from tkelint.checks.nearby import belong_together
from tkelint.checks.service_ports import is_integer
from tkelint.clb_uses import gets_clb
from tkelint.direct_access import DirectAccess, direct_access
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.pods import Workload
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_LOWEST_QUOTA: Final = 100
_USUAL_QUOTA: Final = 200
_EITHER: Final = {"en": "100 or 200 by region", "zh": "100 或 200（因地域而异）"}

# On clusters beyond this, probing every node for a few Pods is what the documentation advises against.
_MANY_NODES: Final = 50
_FEW_PODS: Final = 2


def exceeded(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """More Pods, or more nodes, behind a listener or forwarding rule than a CLB binds."""
    if not gets_clb(target, workspace):
        return
    access = direct_access(target, workspace)
    quota = workspace.facts.value("backendQuota")
    for service, node in _services_behind(target, workspace):
        count, largest = _bound(service, access, workspace)
        likelihood = _likelihood(count, quota)
        if likelihood:
            yield Problem(
                node=node,
                message="pods" if access.state else "nodes",
                likelihood=likelihood,
                parameters={"target": target.label, "service": service.label, "count": count,
                            "quota": quota or _EITHER},
                assumed=access.assumed,
                related=(*((Related(largest, "pods", {}),) if largest else ()), *access.related),
                codes=("Ingress E4054",) if target.type == "Ingress" else (),
            )  # fmt: skip


def _bound(service: Resource, access: DirectAccess, workspace: Workspace) -> tuple[int, Node | None]:
    """How many Pods or nodes a CLB binds for a Service, as far as that is known, and where most of them are said."""
    if access.state is True:
        return _pods(service, workspace)
    if access.state is False and not _chooses_nodes(service):
        return workspace.facts.value("nodeCount") or 0, None
    return 0, None


def many_nodes(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A handful of Pods behind a CLB that probes every node of a large cluster."""
    nodes = workspace.facts.value("nodeCount") or 0
    if nodes <= _MANY_NODES or not services.has_clb(service) or _chooses_nodes(service):
        return
    count, _ = _pods(service, workspace)
    access = direct_access(service, workspace)
    if 0 < count <= _FEW_PODS and access.state is False:
        parameters = {"service": service.label, "pods": count, "nodes": nodes}
        yield Problem(node=service.node("spec", "type"), parameters=parameters, assumed=access.assumed)


def _likelihood(count: int, quota: int | None) -> str:
    if quota is not None:
        return "certain" if count > quota else ""
    return "certain" if count > _USUAL_QUOTA else "possible" if count > _LOWEST_QUOTA else ""


def _chooses_nodes(service: Resource) -> bool:
    """Whether annotations narrow down which nodes the CLB binds."""
    label, bind = (service.annotations.get(key) for key in (services.BACKENDS_LABEL, services.LOCAL_BIND))
    return bool(label) or (bind == "true" and services.only_local_nodes(service))


def _services_behind(target: Resource, workspace: Workspace) -> Iterator[tuple[Resource, Node]]:
    """The Services behind the CLB, each with the place that names it."""
    if target.type == "Service":
        yield target, target.node("spec", "selector")
        return
    seen = set()
    for rule in ingresses.forwarding_rules(target):
        if rule.service and rule.service not in seen:
            seen.add(rule.service)
            for service in workspace.named("Service", rule.service, target)[:1]:
                yield service, rule.service_node


def _pods(service: Resource, workspace: Workspace) -> tuple[int, Node | None]:
    """How many Pods a Service may have, and where the largest part of them is said.

    One workload may be here several times, as base and overlay: it counts once.
    """
    counts: dict[tuple[str, str], tuple[int, Node]] = {}
    for workload in workspace.backends(service):
        if belong_together(service, workload.resource):
            key = (workload.resource.type, workload.resource.name)
            made = _replicas(workload, workspace)
            if key not in counts or counts[key][0] < made[0]:
                counts[key] = made
    if not counts:
        return 0, None
    return sum(count for count, _ in counts.values()), max(counts.values(), key=lambda each: each[0])[1]


def _replicas(workload: Workload, workspace: Workspace) -> tuple[int, Node]:
    """How many Pods a workload makes at most: its autoscaler says, its replicas, or for a DaemonSet the nodes."""
    resource = workload.resource
    for autoscaler in workspace.once(_autoscalers).get((resource.kind, resource.name), ()):
        if belong_together(resource, autoscaler):
            return int(autoscaler.get("spec", "maxReplicas")), autoscaler.node("spec", "maxReplicas")
    if resource.type == "DaemonSet":
        return workspace.facts.value("nodeCount") or 0, resource.node("kind")
    replicas = resource.get("spec", "replicas")
    return (replicas if is_integer(replicas) else 1), resource.node("spec", "replicas")


def _autoscalers(workspace: Workspace) -> Mapping[tuple[str, str], list[Resource]]:
    found: dict[tuple[str, str], list[Resource]] = {}
    for autoscaler in workspace.of_type("HorizontalPodAutoscaler.autoscaling"):
        target = autoscaler.mapping("spec", "scaleTargetRef")
        kind, name = target.get("kind"), target.get("name")
        if isinstance(kind, str) and isinstance(name, str) and is_integer(autoscaler.get("spec", "maxReplicas")):
            found.setdefault((kind, name), []).append(autoscaler)
    return found
