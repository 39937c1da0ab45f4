"""CLB loopback: a Pod that reaches its own cluster's internal CLB can be sent back to its own node.

All of it follows https://cloud.tencent.com/document/product/457/80913: layer 4 in IPVS mode, layer 7 in every mode,
public CLBs not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import ingresses, services
from tkelint.kube_proxy import kube_proxies
from tkelint.pods import kept_apart
from tkelint.problem import Problem, Related
from tkelint.resolver import Answer, resolve
from tkelint.traffic import backend_services, servers_of, traffic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.ingresses import Listener
    from tkelint.pods import Workload
    from tkelint.resource import Node, Resource
    from tkelint.traffic import Route
    from tkelint.workspace import Workspace

_LADDER = ("certain", "likely", "possible")


def service_loopback(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An internal CLB of layer 4 without prevent-loopback, where kube-proxy runs, or may run, in IPVS mode."""
    facts = workspace.facts
    mode = facts.value("kubeProxyMode")
    if mode not in ("ipvs", None) or not services.has_clb(service) or services.network(service, facts) != "internal":
        return
    # A wrong value has a rule of its own, which says that the loopback stays.
    if services.PREVENT_LOOPBACK in service.annotations:
        return
    routes = _routes_at_risk(service, workspace, services.DIRECT_ACCESS)
    if routes is None or (not routes and facts.value("inClusterClients") == "none"):
        return
    direct = services.direct_access(service, services.DIRECT_ACCESS, workspace) is True
    restrained = direct or (not routes and services.only_local_nodes(service))
    steps = (not routes) + (mode is None) + restrained
    yield Problem(
        node=_network_node(service),
        message=_variant(routes, mode is None, facts.value("nodeCount") == 1),
        parameters={"service": service.label, "client": _client(routes)},
        likelihood=_LADDER[min(steps, 2)],
        flow=_flow(service, routes, workspace),
        assumed=("kubeProxyMode=ipvs",) if mode is None else (),
    )


def ingress_loopback(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An internal CLB of layer 7 of which no listener keeps connections alive."""
    if not _has_internal_clb(ingress, workspace):
        return
    states = _keepalive(ingress, workspace)
    if any(any(state.values()) for state in states):
        return  # All of them: cured. Some of them: another rule.
    routes = _routes_at_risk(ingress, workspace, ingresses.DIRECT_ACCESS)
    if routes is None or (not routes and workspace.facts.value("inClusterClients") == "none"):
        return
    if not routes and _is_rewritten(ingress, workspace):
        return
    config = ingresses.service_config(ingress, workspace)
    unknown_config = config is not None and not config[1].candidates and not config[1].is_missing
    direct = services.direct_access(ingress, ingresses.DIRECT_ACCESS, workspace) is True
    single = workspace.facts.value("nodeCount") == 1
    listeners = [str(listener) for listener in ingresses.listeners(ingress)]
    variant = _variant(routes, unknown_config, single)
    yield Problem(
        node=_network_node(ingress),
        message=variant,
        parameters={
            "ingress": ingress.label,
            "client": _client(routes),
            "listeners": listeners,
            "config": config[1].name if config else "",
        },
        likelihood=_LADDER[min((not routes) + unknown_config + direct, 2)],
        flow=_flow(ingress, routes, workspace),
    )


def ingress_keepalive_partial(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A TkeServiceConfig that keeps connections alive on some listeners of an internal Ingress, not on all."""
    if not _has_internal_clb(ingress, workspace):
        return
    states = _keepalive(ingress, workspace)
    if not states or any(all(state.values()) for state in states):
        return
    config = ingresses.service_config(ingress, workspace)
    for candidate, state in zip(config[1].candidates if config else (), states, strict=True):
        if not any(state.values()):
            continue
        for listener, keeps in state.items():
            if not keeps:
                yield Problem(
                    node=_listener_node(candidate, listener),
                    parameters={"listener": str(listener), "config": candidate.label, "ingress": ingress.label},
                    related=(Related(_network_node(ingress), "ingress", {"ingress": ingress.label}),),
                )


def workload_calls_own_clb(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A workload whose settings lead to an internal CLB of its own cluster."""
    seen = set()
    for route in traffic(workspace).of(resource):
        if (route.mention.node, route.frontend.resource) in seen:
            continue
        seen.add((route.mention.node, route.frontend.resource))
        target = route.frontend.resource
        if is_cured(target, workspace) or _comes_through_cured_listener(route, workspace):
            continue
        if _routes_at_risk(target, workspace, _direct_key(target)) is None:
            continue
        yield Problem(
            node=route.mention.node,
            parameters={
                "host": route.mention.host,
                "target": target.label,
                "client": resource.label,
            },
            message=_mode_variant(target, workspace),
            likelihood="likely" if route.mention.is_likely_call else "possible",
            flow=_flow(target, [route], workspace),
        )


def local_policy_without_anti_affinity(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`externalTrafficPolicy: Local` meant against the loopback, with a client that may share a server's node."""
    yield from _half_a_way_round(target, workspace, wants_local=True)


def anti_affinity_without_local_policy(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Clients kept off the servers' nodes, while the CLB still sends requests to every node."""
    yield from _half_a_way_round(target, workspace, wants_local=False)


def _half_a_way_round(target: Resource, workspace: Workspace, *, wants_local: bool) -> Iterator[Problem]:
    if not may_loop(target, workspace) or is_cured(target, workspace):
        return
    if services.direct_access(target, _direct_key(target), workspace) is not False:
        return
    behind = backend_services(target, workspace)
    servers = servers_of(target, workspace)
    clients = _clients(traffic(workspace).to(target))
    if not behind or not servers or not clients:
        return
    if wants_local != all(services.only_local_nodes(service) for service in behind):
        return
    for client in clients:
        together = [server for server in servers if not kept_apart(client, server)]
        if bool(together) is not wants_local:
            continue
        service = behind[0]
        field = service.node("spec", "externalTrafficPolicy") if wants_local else service.node("spec", "type")
        yield Problem(
            node=field,
            parameters={
                "service": service.label,
                "client": client.resource.label,
                "server": (together or servers)[0].resource.label,
                "target": target.label,
            },
            related=(
                Related(client.node(), "client", {"client": client.resource.label}),
                Related((together or servers)[0].node(), "server", {"server": (together or servers)[0].resource.label}),
            ),
        )


def direct_access_shares_node(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Direct access, and a client that may run on the same node as a server behind the CLB."""
    if not may_loop(target, workspace) or is_cured(target, workspace):
        return
    if services.direct_access(target, _direct_key(target), workspace) is not True:
        return
    for client in _clients(traffic(workspace).to(target)):
        for server in servers_of(target, workspace):
            if not kept_apart(client, server):
                yield Problem(
                    node=target.annotation(_direct_key(target)),
                    parameters={
                        "target": target.label,
                        "client": client.resource.label,
                        "server": server.resource.label,
                    },
                    related=(
                        Related(client.node(), "client", {"client": client.resource.label}),
                        Related(server.node(), "server", {"server": server.resource.label}),
                    ),
                )


def prevent_loopback_value(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """prevent-loopback with a value that the page does not name: only the string "true" is documented."""
    if not services.has_clb(service):
        return
    node = service.annotation(services.PREVENT_LOOPBACK)
    value = node.value
    # A value that YAML does not read as a string is rejected by the API server: annotation-value-not-string.
    if not isinstance(value, str) or value in ("true", "false") or services.is_placeholder(value):
        return
    yield Problem(node=node, parameters={"value": node.source_text, "service": service.label})


def prevent_loopback_without_effect(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """prevent-loopback where nothing reads it: on an Ingress, or on a Service without a CLB."""
    node = resource.annotation(services.PREVENT_LOOPBACK)
    if resource.type == "Ingress":
        if ingresses.owner(resource, workspace) is not ingresses.Owner.FOREIGN:
            yield Problem(node=node.key(), message="ingress", parameters={"object": resource.label})
    elif not services.has_clb(resource) and not _is_switched_off(resource):
        kind = resource.get("spec", "type") or "ClusterIP"
        # The page says "all Services", so that on one without CLB it is only useless, not a mistake.
        yield Problem(
            node=node.key(),
            message="service",
            parameters={"object": resource.label, "type": kind},
            likelihood="possible",
        )


def _is_switched_off(service: Resource) -> bool:
    """A class of its own, or a patch that does not show the type, says nothing."""
    return bool(service.get("spec", "loadBalancerClass")) or not service.has("spec", "ports")


def _has_internal_clb(ingress: Resource, workspace: Workspace) -> bool:
    return (
        ingresses.network(ingress, workspace.facts) == "internal"
        and ingresses.is_served_by_tke(ingress, workspace)
        and ingress.annotations.get(ingresses.MODE) != "skip"
    )


def may_loop(target: Resource, workspace: Workspace) -> bool:
    """Whether a Service or Ingress has an internal CLB whose requests can come back to the caller's node."""
    if target.type == "Ingress":
        return _has_internal_clb(target, workspace)
    mode = workspace.facts.value("kubeProxyMode")
    return (
        mode in ("ipvs", None) and services.has_clb(target) and services.network(target, workspace.facts) == "internal"
    )


def is_cured(target: Resource, workspace: Workspace) -> bool:
    """Whether the documented cure is in place: prevent-loopback with a kube-proxy that knows it, or keepalive."""
    if target.type == "Ingress":
        states = _keepalive(target, workspace)
        return any(state and all(state.values()) for state in states)
    if workspace.facts.value("kubeProxyMode") not in ("ipvs", None):
        return True
    if target.annotations.get(services.PREVENT_LOOPBACK) != "true":
        return False
    return all(proxy.supports_prevent_loopback is not False for proxy in kube_proxies(workspace.of_type("DaemonSet")))


def _comes_through_cured_listener(route: Route, workspace: Workspace) -> bool:
    """Whether the scheme or port of a call leads to a listener that keeps connections alive, whatever the others do."""
    mention = route.mention
    port = mention.port or {"http": 80, "https": 443}.get(mention.scheme)
    if route.frontend.resource.type != "Ingress" or port is None:
        return False
    states = _keepalive(route.frontend.resource, workspace)
    return any(keeps for state in states for listener, keeps in state.items() if listener.port == port)


def _keepalive(ingress: Resource, workspace: Workspace) -> list[dict[Listener, bool]]:
    """For each TkeServiceConfig it may have: which of the Ingress's listeners keep connections alive."""
    config = ingresses.service_config(ingress, workspace)
    if config is None:
        return []
    listeners = ingresses.listeners(ingress)
    return [
        {listener: _entry_value(candidate, listener) for listener in listeners} for candidate in config[1].candidates
    ]


def _entry_value(config: Resource, listener: Listener) -> bool:
    return any(entry.get("keepaliveEnable") == 1 for _, entry in _entries(config, listener))


def _entries(config: Resource, listener: Listener) -> Iterator[tuple[Node, dict[str, Any]]]:
    for node, entry in config.items("spec", "loadBalancer", "l7Listeners"):
        if entry.get("protocol") == listener.protocol and entry.get("port") == listener.port:
            yield node, entry


def _listener_node(config: Resource, listener: Listener) -> Node:
    """The field that should be 1, else the listener's entry, else the list that lacks it."""
    for node, entry in _entries(config, listener):
        return node.child("keepaliveEnable") if "keepaliveEnable" in entry else node.child("port")
    return config.node("spec", "loadBalancer", "l7Listeners").key()


def _routes_at_risk(target: Resource, workspace: Workspace, direct_key: str) -> Sequence[Route] | None:
    """The likely calls that may loop; `None` when every known client is kept off the servers' nodes for good."""
    routes = [route for route in traffic(workspace).to(target) if route.mention.is_likely_call]
    if not routes:
        return ()
    behind = backend_services(target, workspace)
    local = bool(behind) and all(services.only_local_nodes(service) for service in behind)
    if not local and services.direct_access(target, direct_key, workspace) is not True:
        return routes
    servers = servers_of(target, workspace)
    at_risk = [
        route for route in routes if not servers or any(not kept_apart(route.client, server) for server in servers)
    ]
    return at_risk or None


def _is_rewritten(ingress: Resource, workspace: Workspace) -> bool:
    """Whether CoreDNS answers every host of the Ingress with a Service, so that no Pod ever sees the CLB."""
    hosts = {host for host, _ in ingresses.hosts(ingress)}
    return bool(hosts) and all(resolve(host, workspace).answer is Answer.SERVICE for host in hosts)


def _direct_key(target: Resource) -> str:
    return ingresses.DIRECT_ACCESS if target.type == "Ingress" else services.DIRECT_ACCESS


def _network_node(target: Resource) -> Node:
    """The annotation that makes the CLB an internal one."""
    keys = (services.INTERNAL_SUBNET, services.EXISTING_CLB, ingresses.INTERNAL_SUBNET, ingresses.EXISTING_CLB)
    for key in (*keys, services.EXTENSIVE_PARAMETERS):
        if target.annotations.get(key):
            return target.annotation(key)
    return target.node("metadata", "name")


def _variant(routes: Sequence[Route], conditional: bool, single_node: bool) -> str:
    """The name of the message: `client` or `no-client`, then what is special."""
    parts = ["client" if routes else "no-client"]
    parts += ["conditional"] if conditional else []
    parts += ["single-node"] if single_node else []
    return "-".join(parts)


def _client(routes: Sequence[Route]) -> str:
    return routes[0].client.resource.label if routes else ""


def _clients(routes: Sequence[Route]) -> tuple[Workload, ...]:
    return tuple({route.client.resource: route.client for route in routes if route.mention.is_likely_call}.values())


def _flow(target: Resource, routes: Sequence[Route], workspace: Workspace) -> tuple[Related, ...]:
    """The path of the first call through the CLB and back: the proof of the finding. Nothing without a client."""
    if not routes:
        return ()
    hops = [*routes[0].hops(), Related(_network_node(target), "clb", {"target": target.label})]
    direct = services.direct_access(target, _direct_key(target), workspace) is True
    for service in backend_services(target, workspace, routes[0].frontend.host if target.type == "Ingress" else "")[:1]:
        if not direct:
            hops.append(Related(service.node("spec", "ports"), "node-port", {"service": service.label}))
        hops += [
            Related(server.resource.node("metadata", "name"), "server", {"server": server.resource.label})
            for server in workspace.backends(service)[:1]
        ]
    return tuple(hops)


def _mode_variant(target: Resource, workspace: Workspace) -> str:
    if target.type == "Ingress":
        return "ingress"
    return "ipvs" if workspace.facts.value("kubeProxyMode") == "ipvs" else "mode-unknown"
