"""Annotations that have no effect where they stand, no longer, or not yet.

Services: https://cloud.tencent.com/document/product/457/51258, Ingresses:
https://cloud.tencent.com/document/product/457/56112.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint import services, tke_annotations
from tkelint.checks.annotation_values import may_have_effect, user_ones
from tkelint.problem import Edit, Fix, Problem, Related, Removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.tke_annotations import Annotation
    from tkelint.workspace import Workspace

# Values that the console writes for what was not chosen.
_NOTHING_ASKED: Final = ("", "false")
LOAD_BALANCE_TYPE: Final = "service.kubernetes.io/loadbalance-type"
_CLASSIC: Final = ("classic", "yunapi_clb")
_DEFAULT_TYPE: Final = "yunapiv3_forward_clb"
_REWRITE_SUPPORT: Final = "ingress.cloud.tencent.com/rewrite-support"
_ENABLE_GROUP: Final = "ingress.cloud.tencent.com/enable-group"


def without_clb(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Annotations for a CLB on a Service that gets none. In a serverless cluster a ClusterIP Service may have one."""
    found = [
        (annotation, node)
        for annotation, node in tke_annotations.of(service)
        if not may_have_effect(annotation, service) and annotation.key != services.PREVENT_LOOPBACK
        if node.value not in _NOTHING_ASKED
    ]
    kind = service.get("spec", "type") or "ClusterIP"
    serverless = workspace.facts.equals("clusterKind", "serverless") is True
    if not found or service.get("spec", "loadBalancerClass") or (serverless and kind == "ClusterIP"):
        return
    (annotation, node), *more = found
    certain = workspace.facts.value("clusterKind") is not None or kind != "ClusterIP"
    yield Problem(
        node=node.key(),
        message="more" if more else "one",
        likelihood="likely" if certain else "possible",
        parameters={"key": annotation.key, "service": service.label, "type": kind, "count": len(found)},
        related=tuple(Related(other.key(), "key", {"key": other.path[-1]}) for _, other in more),
    )


def deprecated(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A key that another one replaced, or that only says what the controller does anyway."""
    for annotation, node in user_ones(resource, workspace):
        if annotation.replaced_by and node.value:
            yield _replaced(annotation, node)
        elif annotation.default_since and node.value == "true":
            yield from _default(annotation, node, workspace)
        elif annotation.key == _REWRITE_SUPPORT and resource.annotations.get(_ENABLE_GROUP) == "true":
            yield Problem(node.key(), {"key": annotation.key}, message="in-group", likelihood="possible")


def _replaced(annotation: Annotation, node: Node) -> Problem:
    """Not safe to repair: the value counts when the CLB is made, and the new key makes it count."""
    new = annotation.replaced_by
    free = new not in node.resource.annotations
    return Problem(
        node=node.key(),
        message="replaced",
        likelihood="likely",
        parameters={"key": annotation.key, "new": new},
        fix=Fix((Edit(node.key(), new),)) if free else None,
    )


def _default(annotation: Annotation, node: Node, workspace: Workspace) -> Iterator[Problem]:
    since = annotation.default_since
    if since is None:
        return
    reached = workspace.facts.at_least("controllerVersion", since.version)
    if reached is not False:
        yield Problem(
            node=node.key(),
            message="default",
            likelihood="possible",
            parameters={"key": annotation.key, "version": since.text},
            fix=Fix((Removal(node),), safe=reached is True),
        )


def classic_clb(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A classic CLB asked for, or the default written out."""
    value = service.annotations.get(LOAD_BALANCE_TYPE)
    for annotation, node in user_ones(service, workspace) if value in (*_CLASSIC, _DEFAULT_TYPE) else ():
        if annotation.key == LOAD_BALANCE_TYPE:
            is_default = value == _DEFAULT_TYPE
            yield Problem(
                node=node,
                message="default" if is_default else "classic",
                likelihood="possible" if is_default else "likely",
                parameters={"key": annotation.key, "value": value},
                fix=Fix((Removal(node),), safe=True) if is_default else None,
            )


def needs_newer_controller(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An annotation that the controller of the cluster does not know yet. Without a known version nothing is said."""
    version = workspace.facts.value("controllerVersion")
    if version is None:
        return
    for annotation, node in user_ones(resource, workspace):
        since = annotation.since_empty if node.value == "" and annotation.since_empty else annotation.since
        if since and node.value != "false" and workspace.facts.at_least("controllerVersion", since.version) is False:
            yield Problem(
                node=node.key(),
                message="empty" if node.value == "" and annotation.since_empty else "annotation",
                parameters={"key": annotation.key, "since": since.text, "version": version},
            )
