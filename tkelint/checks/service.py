"""What keeps a Service from being reached: no Pod behind it, no port behind it, nodes that nothing gets through to."""

from __future__ import annotations

import functools
import itertools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import services
from tkelint.checks.nearby import belong_together
from tkelint.checks.patches import may_be_patched_in
from tkelint.checks.pod_makers import may_make_pods_for
from tkelint.checks.service_ports import is_integer, protocol_of
from tkelint.direct_access import is_direct
from tkelint.guesses import close_matches, similarity
from tkelint.patterns import pattern
from tkelint.pods import Workload
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# Ports of containers that a service mesh adds to Pods: no manifest shows them.
_INJECTED_PORTS = frozenset({"http-envoy-prom", "istio-metrics", "linkerd-admin", "linkerd-proxy"})

# Labels that controllers put on Pods while they run: a Pod template never shows them.
_RUNTIME_LABELS = pattern(
    r"(?:statefulset\.kubernetes\.io/pod-name|apps\.kubernetes\.io/pod-index|controller-revision-hash|pod-template-hash"
    r"|pod-template-generation|rollouts-pod-template-hash|(?:batch\.kubernetes\.io/)?(?:job-name|controller-uid)"
    r"|batch\.kubernetes\.io/job-completion-index)\Z"
)
# What a program says of its own Pod: which member of a cluster leads.
_ROLE_KEY = pattern(r"(?:^|[-_./])(?:role|leader|active|master|primary|initialized|sealed|standby)\Z", re.IGNORECASE)
_ROLE_VALUE = pattern(r"(?:master|primary|leader|active|replica|standby|slave|follower|secondary|true|false)\Z")

_SLICE_OF = "kubernetes.io/service-name"

# How many workloads a selector is compared with: every Service with all workloads would take quadratic time.
_MOST_COMPARED = 200
_SIMILAR = 0.75
_DIGITS = pattern(r"\d+")


class _ContainerPort(NamedTuple):
    name: str
    number: Any
    protocol: str
    node: Node


def target_port_missing(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A target port that no container of the selected Pods declares: a name leads nowhere, a number may."""
    if service.get("spec", "type") == "ExternalName":
        return
    behind = [each for each in workspace.backends(service) if belong_together(service, each.resource)]
    if not behind or not all(workload.containers() for workload in behind):
        return
    declared = [_container_ports(workload.resource) for workload in behind]
    together = [port for ports in declared for port in ports]
    for node, entry in services.ports(service):
        target = entry.get("targetPort", entry.get("port"))
        where = node.child("targetPort" if "targetPort" in entry else "port")
        if isinstance(target, str) and not target.isdigit():
            yield from _named_target(service, where, protocol_of(entry), together, behind, workspace)
        elif is_integer(target) and all(declared) and all(port.number != target for port in together):
            yield Problem(
                node=where,
                message="number",
                likelihood="possible",
                parameters=_target_parameters(service, target, behind, [str(port.number) for port in together]),
            )


def _named_target(
    service: Resource,
    where: Node,
    protocol: str,
    declared: Sequence[_ContainerPort],
    behind: Sequence[Workload],
    workspace: Workspace,
) -> Iterator[Problem]:
    target = where.value
    named = [port for port in declared if port.name == target]
    if any(port.protocol == protocol for port in named) or target in _INJECTED_PORTS or not protocol:
        return
    if services.is_placeholder(target) or may_be_patched_in(target, workspace):
        return
    names = [port.name for port in declared if port.name]
    parameters = _target_parameters(service, target, behind, names)
    yield Problem(
        node=where,
        message="protocol" if named else "name",
        parameters={**parameters, "protocol": protocol, "other": named[0].protocol if named else ""},
        related=tuple(
            Related(port.node, "declared", {"name": port.name, "number": port.number})
            for port in (named or _similar(target, declared))[:1]
        ),
    )


def _target_parameters(
    service: Resource, target: object, behind: Sequence[Workload], declared: Sequence[str]
) -> dict[str, object]:
    return {
        "service": service.label,
        "target": target,
        "workload": behind[0].resource.label,
        "declared": list(dict.fromkeys(declared)) or {"en": "none", "zh": "无"},
    }


def _similar(target: str, declared: Sequence[_ContainerPort]) -> list[_ContainerPort]:
    close = close_matches(target, [port.name for port in declared if port.name], most=1, cutoff=0.5)
    return [port for port in declared if port.name in close]


@functools.lru_cache(maxsize=1000)  # several Services may select one workload
def _container_ports(resource: Resource) -> tuple[_ContainerPort, ...]:
    workload = Workload.of(resource)
    return tuple(
        _ContainerPort(
            name if isinstance(name := port.get("name"), str) else "",
            port.get("containerPort"),
            protocol_of(port),
            port_node.child("name" if name else "containerPort"),
        )
        for node, container in (workload.containers() if workload else ())
        if "ports" in container
        for port_node, port in node.resource.items(*node.path, "ports")
    )


def selector_matches_nothing(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A selector that no Pod here satisfies, where every Pod that could is here."""
    selector = _selector(service)
    if not selector or workspace.backends(service) or not _is_closed(service, workspace):
        return
    space = _space(service, workspace)
    if not space:
        return
    miss = _nearest_miss(selector, space)
    if miss is None:
        yield Problem(
            node=service.node("spec", "selector"),
            message="none",
            likelihood="possible",
            parameters={"service": service.label, "selector": _pairs(selector)},
        )
    elif not miss.is_runtime:
        yield Problem(
            node=service.node("spec", "selector", miss.key),
            message="label-missing" if miss.actual is None else "label-differs",
            likelihood="likely" if miss.is_mistake else "possible",
            parameters={
                "service": service.label,
                "selector": _pairs(selector),
                "workload": miss.workload.resource.label,
                "pair": f"{miss.key}={selector[miss.key]}",
                "actual": miss.actual or "",
            },
            related=(Related(miss.node, "labels", {"workload": miss.workload.resource.label}),),
        )


def public_without_bandwidth(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A public CLB in front of nodes that pay for their own bandwidth."""
    if workspace.facts.value("accountType") != "traditional" or not services.has_clb(service):
        return
    if services.network(service, workspace.facts) == "public" and is_direct(service, workspace) is False:
        yield Problem(node=service.node("spec", "type"), parameters={"service": service.label})


def _selector(service: Resource) -> dict[str, str]:
    """The pairs of a selector that Pods of manifests could satisfy; empty when it must not be judged."""
    selector = service.mapping("spec", "selector")
    if service.get("spec", "type") == "ExternalName" or (service.namespace or "").startswith("kube-"):
        return {}
    for key, value in selector.items():
        if not isinstance(value, str) or services.is_placeholder(value) or _RUNTIME_LABELS.match(key):
            return {}
    return selector


def _is_closed(service: Resource, workspace: Workspace) -> bool:
    """Whether Pods for a Service can only come from the workloads that are here."""
    if service.name in workspace.once(_names_with_endpoints) or may_make_pods_for(service, workspace):
        return False
    return not workspace.may_have_pods_elsewhere(service.mapping("spec", "selector"), service.namespace)


def _names_with_endpoints(workspace: Workspace) -> frozenset[str]:
    """The names of Services whose endpoints are written by hand."""
    names: list[Any] = [endpoints.name for endpoints in workspace.of_type("Endpoints")]
    names += [endpoint_slice.labels.get(_SLICE_OF) for endpoint_slice in workspace.of_type("EndpointSlice")]
    return frozenset(name for name in names if isinstance(name, str))


def _space(service: Resource, workspace: Workspace) -> list[Workload]:
    """The workloads whose Pods a Service could select, a bounded number of them."""
    by_namespace = workspace.once(_workloads_by_namespace)
    exact = by_namespace.get(service.namespace, ()) if service.namespace else ()
    loose = (each for each in by_namespace.get(None, ()) if belong_together(service, each.resource))
    return list(itertools.islice(itertools.chain(exact, loose), _MOST_COMPARED))


def _workloads_by_namespace(workspace: Workspace) -> Mapping[str | None, Sequence[Workload]]:
    found: dict[str | None, list[Workload]] = {}
    for workload in workspace.workloads:
        if workload.labels:
            found.setdefault(workload.resource.namespace, []).append(workload)
    return found


class _Miss(NamedTuple):
    """A workload whose labels nearly satisfy a selector, and the pair that fails. `actual` is what it has instead."""

    workload: Workload
    key: str
    actual: str | None
    node: Node
    is_mistake: bool
    is_runtime: bool = False


def _nearest_miss(selector: Mapping[str, str], space: Sequence[Workload]) -> _Miss | None:
    """The most similar workload: most pairs shared, else a similar value, else the value under another key."""
    best = max(space, key=lambda workload: _shared(selector, workload))
    if _shared(selector, best):
        return _miss(selector, best)
    for key, wanted in selector.items():
        values = {workload.labels[key]: workload for workload in space if isinstance(workload.labels.get(key), str)}
        close = [value for value in close_matches(wanted, list(values)) if _is_slip(wanted, value)]
        if close:
            workload = values[close[0]]
            return _Miss(workload, key, f"{key}={close[0]}", _label_node(workload, key), is_mistake=True)
    for workload in space:
        for key, wanted in selector.items():
            other = next((name for name, value in workload.labels.items() if value == wanted), None)
            if other is not None:
                return _Miss(workload, key, f"{other}={wanted}", _label_node(workload, other), is_mistake=True)
    return None


def _shared(selector: Mapping[str, str], workload: Workload) -> int:
    return sum(workload.labels.get(key) == value for key, value in selector.items())


def _miss(selector: Mapping[str, str], workload: Workload) -> _Miss:
    """The first pair that a workload with some of the pairs does not have."""
    labels = workload.labels
    failing = {key: value for key, value in selector.items() if labels.get(key) != value}
    key, wanted = next(iter(failing.items()))
    if key not in labels:
        runtime = all(_ROLE_KEY.search(each) or _ROLE_VALUE.match(value) for each, value in failing.items())
        node = workload.resource.node(*workload.pod, "metadata", "labels")
        return _Miss(workload, key, None, node, is_mistake=True, is_runtime=runtime)
    actual = labels[key]
    slip = isinstance(actual, str) and _is_slip(wanted, actual)
    return _Miss(workload, key, f"{key}={actual}", _label_node(workload, key), is_mistake=slip)


def _is_slip(one: str, other: str) -> bool:
    """Whether two values look like one of them misspelt; `web-1` and `web-2` are two things on purpose."""
    one, other = _DIGITS.sub("", one), _DIGITS.sub("", other)
    return one != other and similarity(one, other) >= _SIMILAR


def _label_node(workload: Workload, key: str) -> Node:
    return workload.resource.node(*workload.pod, "metadata", "labels", key)


def _pairs(selector: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in selector.items())
