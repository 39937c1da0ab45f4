"""Anti-affinity that is meant to keep a client off the nodes of a server, and does not.

https://cloud.tencent.com/document/product/457/80913: anti-affinity is half of a way round the loopback. What a term
covers: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.kubernetes import label_selector_matches
from tkelint.loopback import comes_through_cured_listener, is_cured, may_loop
from tkelint.pods import NODE_OR_WIDER, Workload, kept_apart
from tkelint.problem import Problem, Related
from tkelint.traffic import servers_of, traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.mentions import Mention
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_MOST_PAIRS = 50  # of client and server; labels that hundreds share are those of an example


class _Pair(NamedTuple):
    """A client and a server behind an internal CLB that it calls."""

    client: Workload
    server: Workload
    mention: Mention
    target: Resource


class _Term(NamedTuple):
    """A term of anti-affinity, of whatever strength."""

    node: Node
    value: dict[str, Any]
    is_required: bool


def not_effective(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A term that means the other side of a loopback, and does not keep the two apart."""
    seen = set()
    for pair in _pairs(resource, workspace):
        if kept_apart(pair.client, pair.server):
            continue
        client = pair.client.resource.label
        for owner, other in ((pair.client, pair.server), (pair.server, pair.client)):
            for term in _terms(owner):
                fault = _fault(term, owner, other)
                if fault is None or fault[1] in seen:
                    continue
                message, node = fault
                seen.add(node)
                yield Problem(
                    node=node,
                    message=message,
                    parameters={
                        "other": other.resource.label,
                        "namespace": other.resource.namespace or "",
                        "key": str(term.value.get("topologyKey")),
                        "target": pair.target.label,
                    },
                    related=(Related(pair.mention.node, "call", {"client": client, "host": pair.mention.host}),),
                )


def no_placement(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A DaemonSet that calls an internal CLB: it is on every node, those of the server included."""
    workload = Workload.of(resource)
    if workload is None or _is_confined(workload):
        return
    for pair in _pairs(resource, workspace):
        if not _is_confined(pair.server) and not kept_apart(pair.client, pair.server):
            yield Problem(
                node=pair.mention.node,
                parameters={
                    "client": resource.label,
                    "server": pair.server.resource.label,
                    "target": pair.target.label,
                },
                related=(
                    Related(
                        pair.server.resource.node("metadata", "name"), "server", {"server": pair.server.resource.label}
                    ),
                ),
            )
            return


def _pairs(resource: Resource, workspace: Workspace) -> Iterator[_Pair]:
    """The servers that a workload reaches by an internal CLB which loops."""
    count = 0
    for route in traffic(workspace).of(resource):
        target = route.frontend.resource
        if not route.mention.is_likely_call or not may_loop(target, workspace) or is_cured(target, workspace):
            continue
        if comes_through_cured_listener(route, workspace):
            continue
        for server in servers_of(target, workspace, route.frontend.host if target.type == "Ingress" else ""):
            count += 1
            if count > _MOST_PAIRS:
                return
            if server.resource is not resource:
                yield _Pair(route.client, server, route.mention, target)


def _terms(workload: Workload) -> Iterator[_Term]:
    path = (*workload.pod, "spec", "affinity", "podAntiAffinity")
    for node, value in workload.resource.items(*path, _REQUIRED):
        yield _Term(node, value, is_required=True)
    for node, value in workload.resource.items(*path, _PREFERRED):
        term = value.get("podAffinityTerm")
        if isinstance(term, dict):
            yield _Term(node.child("podAffinityTerm"), term, is_required=False)


def _fault(term: _Term, owner: Workload, other: Workload) -> tuple[str, Node] | None:
    """Why a term that means another workload does not keep the owner off its nodes, with the place to repair."""
    selector = term.value.get("labelSelector")
    # A selector that also picks the owner's own Pods is there to spread them.
    if not selector or not label_selector_matches(selector, other.labels) or not other.labels:
        return None
    if label_selector_matches(selector, owner.labels) and not term.is_required:
        return None
    if not term.is_required:
        return "preferred", term.node
    key = term.value.get("topologyKey")
    if not isinstance(key, str) or key not in NODE_OR_WIDER:
        return "topology", term.node.child("topologyKey")
    mine, theirs = owner.resource.namespace, other.resource.namespace
    if mine is None or theirs is None or mine == theirs or "namespaceSelector" in term.value:
        return None
    return "namespace", term.node.child("namespaces") if term.value.get("namespaces") else term.node


def _is_confined(workload: Workload) -> bool:
    """Whether a workload says on which nodes it runs."""
    affinity = workload.spec.get("affinity")
    has_affinity = isinstance(affinity, dict) and bool(affinity.get("nodeAffinity"))
    return has_affinity or bool(workload.spec.get("nodeSelector")) or bool(workload.spec.get("nodeName"))
