"""When a CLB of one's own cluster loops, and what cures it.

Layer 4 loops in IPVS mode and layer 7 in every mode, if the CLB is an internal one; the cures are prevent-loopback,
keepalive on every listener, Local together with anti-affinity, and a rewrite in the Corefile:
https://cloud.tencent.com/document/product/457/80913.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import ingresses, services
from tkelint.direct_access import is_direct
from tkelint.kube_proxy import kube_proxies
from tkelint.pods import kept_apart
from tkelint.resolver import Answer, resolve
from tkelint.traffic import backend_services, servers_of, traffic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.ingresses import Listener
    from tkelint.resource import Node, Resource
    from tkelint.traffic import Route
    from tkelint.workspace import Workspace


def has_internal_layer_7(ingress: Resource, workspace: Workspace) -> bool:
    """Whether TKE's controller keeps an internal CLB for an Ingress."""
    return (
        ingresses.network(ingress, workspace.facts) == "internal"
        and ingresses.is_served_by_tke(ingress, workspace)
        and ingress.annotations.get(ingresses.MODE) != "skip"
    )


def may_loop(target: Resource, workspace: Workspace) -> bool:
    """Whether a Service or Ingress has an internal CLB whose requests can come back to the caller's node."""
    if target.type == "Ingress":
        return has_internal_layer_7(target, workspace)
    mode = workspace.facts.value("kubeProxyMode")
    return (
        mode in ("ipvs", None) and services.has_clb(target) and services.network(target, workspace.facts) == "internal"
    )


def is_cured(target: Resource, workspace: Workspace) -> bool:
    """Whether the documented cure is in place: prevent-loopback with a kube-proxy that knows it, or keepalive."""
    if target.type == "Ingress":
        states = keepalive_states(target, workspace)
        return any(state and all(state.values()) for state in states)
    if workspace.facts.value("kubeProxyMode") not in ("ipvs", None):
        return True
    if target.annotations.get(services.PREVENT_LOOPBACK) != "true":
        return False
    return all(proxy.supports_prevent_loopback is not False for proxy in kube_proxies(workspace.of_type("DaemonSet")))


def comes_through_cured_listener(route: Route, workspace: Workspace) -> bool:
    """Whether the scheme or port of a call leads to a listener that keeps connections alive, whatever the others do."""
    mention = route.mention
    port = mention.port or {"http": 80, "https": 443}.get(mention.scheme)
    if route.frontend.resource.type != "Ingress" or port is None:
        return False
    states = keepalive_states(route.frontend.resource, workspace)
    return any(keeps for state in states for listener, keeps in state.items() if listener.port == port)


def keepalive_states(ingress: Resource, workspace: Workspace) -> list[dict[Listener, bool]]:
    """For each TkeServiceConfig it may have: which of the Ingress's listeners keep connections alive."""
    config = ingresses.service_config(ingress, workspace)
    if config is None:
        return []
    listeners = ingresses.listeners(ingress)
    return [
        {listener: _keeps_alive(candidate, listener) for listener in listeners} for candidate in config[1].candidates
    ]


def _keeps_alive(config: Resource, listener: Listener) -> bool:
    return any(entry.get("keepaliveEnable") == 1 for _, entry in _entries(config, listener))


def _entries(config: Resource, listener: Listener) -> Iterator[tuple[Node, dict[str, Any]]]:
    for node, entry in config.items("spec", "loadBalancer", "l7Listeners"):
        if entry.get("protocol") == listener.protocol and entry.get("port") == listener.port:
            yield node, entry


def listener_node(config: Resource, listener: Listener) -> Node:
    """The field that should be 1, else the listener's entry, else the list that lacks it."""
    for node, entry in _entries(config, listener):
        return node.child("keepaliveEnable") if "keepaliveEnable" in entry else node.child("port")
    return config.node("spec", "loadBalancer", "l7Listeners").key()


def routes_at_risk(target: Resource, workspace: Workspace) -> Sequence[Route] | None:
    """The likely calls that may loop; `None` when every known client is kept off the servers' nodes for good."""
    return workspace.once(_risks).get(target, ())


def _risks(workspace: Workspace) -> dict[Resource, Sequence[Route] | None]:
    """The same for every Service and Ingress with routes: each of a thousand clients asks for it."""
    return {target: _routes_at_risk(target, workspace) for target in traffic(workspace).by_target}


def _routes_at_risk(target: Resource, workspace: Workspace) -> Sequence[Route] | None:
    routes = [route for route in traffic(workspace).to(target) if route.mention.is_likely_call]
    if not routes:
        return ()
    behind = backend_services(target, workspace)
    local = bool(behind) and all(services.only_local_nodes(service) for service in behind)
    if not local and is_direct(target, workspace) is not True:
        return routes
    servers = servers_of(target, workspace)
    at_risk = [
        route for route in routes if not servers or any(not kept_apart(route.client, server) for server in servers)
    ]
    return at_risk or None


def is_rewritten(ingress: Resource, workspace: Workspace) -> bool:
    """Whether CoreDNS answers every host of the Ingress with a Service, so that no Pod ever sees the CLB."""
    hosts = {host for host, _ in ingresses.hosts(ingress)}
    return bool(hosts) and all(resolve(host, workspace).answer is Answer.SERVICE for host in hosts)


def network_node(target: Resource) -> Node:
    """The annotation that makes the CLB an internal one."""
    keys = (services.INTERNAL_SUBNET, services.EXISTING_CLB, ingresses.INTERNAL_SUBNET, ingresses.EXISTING_CLB)
    for key in (*keys, services.EXTENSIVE_PARAMETERS):
        if target.annotations.get(key):
            return target.annotation(key)
    return target.node("metadata", "name")
