"""What TKE's controllers write, copied into a manifest.

Objects exported from a cluster have it by rights; nothing is said of them.
Services: https://cloud.tencent.com/document/product/457/51258 and
https://cloud.tencent.com/document/product/457/45489, Ingresses:
https://cloud.tencent.com/document/product/457/56112.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tkelint import ingresses, tke_annotations
from tkelint.problem import Fix, Problem, Related, Removal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

CLIENT_TOKEN: Final = "service.cloud.tencent.com/client-token"
_FINALIZER: Final = "service.k8s.tencent/resources"
_LABEL: Final = "service.cloud.tencent.com/loadbalance-type"


def written_by_controller(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An annotation that only the controller writes. The id of the CLB in use chooses no CLB."""
    found = [pair for pair in tke_annotations.of(resource) if pair[0].set_by == "controller"]
    found = [pair for pair in found if pair[0].key != CLIENT_TOKEN]
    if not found or resource.is_exported or not _is_tkes(resource, workspace):
        return
    for annotation, node in found:
        chosen = resource.annotations.get(annotation.instead) if annotation.instead else None
        message = "plain" if not annotation.instead else "same" if chosen == node.value else "chooses-nothing"
        is_minor = message == "same" or annotation.value.evidence == "secondary"
        yield Problem(
            node=node.key(),
            message=message,
            likelihood="possible" if is_minor else "likely",
            parameters={"key": annotation.key, "instead": annotation.instead},
            fix=Fix((Removal(node),), safe=True),
        )


def _is_tkes(resource: Resource, workspace: Workspace) -> bool:
    if resource.type == "Service":
        return not resource.get("spec", "loadBalancerClass")
    return ingresses.is_served_by_tke(resource, workspace)


def client_token(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The token by which a CLB is bought only once: with a copy of it another Service gets the same purchase."""
    node = service.annotation(CLIENT_TOKEN)
    if not isinstance(node.value, str) or not node.value or service.is_exported:
        return
    if service.get("spec", "loadBalancerClass"):
        return  # Another controller's Service buys no CLB.
    others = [
        other
        for other in workspace.once(_by_client_token)[node.value]
        if (other.namespace, other.name) != (service.namespace, service.name)
    ]
    yield Problem(
        node=node.key(),
        message="shared" if others else "copied",
        likelihood="certain" if others else "likely",
        parameters={"service": service.label, "other": others[0].label if others else ""},
        related=tuple(
            Related(other.annotation(CLIENT_TOKEN).key(), "other", {"other": other.label}) for other in others[:1]
        ),
        fix=Fix((Removal(node),), safe=True),
    )


def _by_client_token(workspace: Workspace) -> Mapping[str, list[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for service in workspace.of_type("Service"):
        token = service.annotations.get(CLIENT_TOKEN)
        if isinstance(token, str):
            found[token].append(service)
    return found


def finalizer(service: Resource, _: Workspace) -> Iterator[Problem]:
    """The finalizer or the label that the service controller adds."""
    if service.is_exported:
        return
    finalizers = service.get("metadata", "finalizers")
    if isinstance(finalizers, list) and _FINALIZER in finalizers:
        node = service.node("metadata", "finalizers", finalizers.index(_FINALIZER))
        yield Problem(node, {"name": _FINALIZER}, message="finalizer", fix=Fix((Removal(node),), safe=True))
    if _LABEL in service.labels:
        node = service.node("metadata", "labels", _LABEL)
        yield Problem(node.key(), {"name": _LABEL}, message="label", fix=Fix((Removal(node),), safe=True))
