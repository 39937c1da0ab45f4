"""What would end a loopback: https://cloud.tencent.com/document/product/457/80913, its ways out in its own order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.direct_access import is_direct
from tkelint.graph.model import Cure
from tkelint.kube_proxy import kube_proxies
from tkelint.loopback import keepalive_states
from tkelint.resolver import cluster_zones
from tkelint.service_names import DEFAULT_ZONE
from tkelint.traffic import backend_services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.traffic import Route
    from tkelint.workspace import Workspace


def cures_at(target: Resource, workspace: Workspace) -> tuple[Cure, ...]:
    """The ways out at a Service or Ingress, which are the same for every client."""
    return (
        *(_at_the_ingress if target.type == "Ingress" else _at_the_service)(target, workspace),
        _apart(target, workspace),
    )


def _apart(target: Resource, workspace: Workspace) -> Cure:
    return Cure("apart-direct" if is_direct(target, workspace) is True else "apart")


def cures_around(route: Route, workspace: Workspace) -> Iterator[Cure]:
    """The ways out that keep a request off the CLB."""
    host, target = route.mention.host, route.frontend.resource
    behind = backend_services(target, workspace, route.frontend.host if target.type == "Ingress" else "")
    is_address = host.replace(".", "").isdigit()
    if len(behind) == 1:
        name = _name_in_cluster(behind[0], route, workspace)
        yield Cure("service-name", {"name": name})
        if not is_address:
            yield Cure("rewrite", {"host": host, "name": name})
    elif behind and not is_address:
        yield Cure("rewrite-controller", {"host": host})


def _name_in_cluster(service: Resource, route: Route, workspace: Workspace) -> str:
    namespace = service.namespace or route.client.resource.namespace or "<namespace>"
    zones = workspace.once(cluster_zones)
    zone = DEFAULT_ZONE if DEFAULT_ZONE in zones else min(zones)
    return f"{service.name}.{namespace}.svc.{zone.rstrip('.')}"


def _at_the_ingress(target: Resource, workspace: Workspace) -> Iterator[Cure]:
    states = keepalive_states(target, workspace)
    listeners = list(states[0]) if states else ingresses.listeners(target)
    lacking = [str(listener) for listener in listeners if not (states and states[0][listener])]
    yield Cure("keepalive", {"listeners": lacking, "target": target.label})


def _at_the_service(target: Resource, workspace: Workspace) -> Iterator[Cure]:
    proxies = kube_proxies(workspace.of_type("DaemonSet"))
    old = next((each.image.tag for each in proxies if each.supports_prevent_loopback is False and each.image), None)
    is_set = target.annotations.get(services.PREVENT_LOOPBACK) == "true"
    key = "kube-proxy" if is_set else "prevent-loopback" if old is None else "prevent-loopback-and-kube-proxy"
    yield Cure(key, {"target": target.label, "version": old or ""})
