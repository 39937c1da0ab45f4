"""kube-proxy builds that do not do what the manifests count on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import services
from tkelint.kube_proxy import LOOPBACK_FLOORS, kube_proxies, supports_prevent_loopback
from tkelint.kubernetes import parse_tke_revision
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.kube_proxy import KubeProxy
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_MOST_RELATED = 5


def too_old_for_prevent_loopback(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A kube-proxy that ignores prevent-loopback: the DaemonSet here, or the declared version where none is here."""
    if resource.type == "DaemonSet":
        for proxy in kube_proxies([resource]):
            yield from _old_image(proxy, workspace)
    elif _counts_on_it(resource, workspace) and not workspace.once(_has_kube_proxy):
        yield from _old_declaration(resource, workspace)


def _old_image(proxy: KubeProxy, workspace: Workspace) -> Iterator[Problem]:
    revision = proxy.revision
    mode = proxy.mode or workspace.facts.value("kubeProxyMode")
    if revision is None or proxy.supports_prevent_loopback is not False or mode not in ("ipvs", None):
        return
    users = workspace.once(_services_that_count_on_it)
    yield Problem(
        node=proxy.image_node,
        message="in-use" if users else "unused",
        likelihood="certain" if users else "possible",
        parameters={
            "revision": str(revision),
            "floor": str(LOOPBACK_FLOORS[revision.line]),
            "service": users[0].label if users else "",
        },
        related=tuple(
            Related(user.annotation(services.PREVENT_LOOPBACK), "user", {"service": user.label})
            for user in users[:_MOST_RELATED]
        ),
        assumed=("kubeProxyMode=ipvs",) if users and mode is None else (),
    )


def _old_declaration(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    mode = workspace.facts.value("kubeProxyMode")
    revision = parse_tke_revision(workspace.facts.value("kubeProxyVersion"))
    if revision is None or supports_prevent_loopback(revision) is not False or mode not in ("ipvs", None):
        return
    yield Problem(
        node=service.annotation(services.PREVENT_LOOPBACK),
        message="declared",
        parameters={
            "revision": str(revision),
            "floor": str(LOOPBACK_FLOORS[revision.line]),
            "service": service.label,
        },
        assumed=("kubeProxyMode=ipvs",) if mode is None else (),
    )


def _has_kube_proxy(workspace: Workspace) -> bool:
    return next(kube_proxies(workspace.of_type("DaemonSet")), None) is not None


def _services_that_count_on_it(workspace: Workspace) -> Sequence[Resource]:
    return tuple(service for service in workspace.of_type("Service") if _counts_on_it(service, workspace))


def _counts_on_it(service: Resource, workspace: Workspace) -> bool:
    """Whether a Service relies on prevent-loopback: it asks for it, and its CLB may loop back."""
    return (
        service.annotations.get(services.PREVENT_LOOPBACK) == "true"
        and services.has_clb(service)
        and services.network(service, workspace.facts) != "public"
    )
