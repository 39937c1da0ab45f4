"""CLB loopback: a Pod that reaches its own cluster's internal CLB can be sent back to its own node.

All of it follows https://cloud.tencent.com/document/product/457/80913: layer 4 in IPVS mode, layer 7 in every mode,
public CLBs not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.annotation_values import boolean_fix
from tkelint.direct_access import annotation_key, is_direct
from tkelint.loopback import (
    comes_through_cured_listener,
    has_internal_layer_7,
    is_cured,
    is_rewritten,
    keepalive_states,
    listener_node,
    may_loop,
    network_node,
    routes_at_risk,
)
from tkelint.pods import kept_apart
from tkelint.problem import Addition, Edit, Fix, Item, Problem, Related, Removal
from tkelint.traffic import backend_services, servers_of, traffic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.ingresses import Listener
    from tkelint.pods import Workload
    from tkelint.resource import Resource
    from tkelint.syntax.document import Json
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
    if service.annotations.get(services.PREVENT_LOOPBACK) not in (None, "false"):
        return
    routes = routes_at_risk(service, workspace)
    if routes is None or (not routes and facts.value("inClusterClients") == "none"):
        return
    direct = is_direct(service, workspace) is True
    restrained = direct or (not routes and services.only_local_nodes(service))
    steps = (not routes) + (mode is None) + restrained
    yield Problem(
        node=network_node(service),
        message=_variant(routes, mode is None, facts.value("nodeCount") == 1),
        parameters={"service": service.label, "client": _client(routes)},
        likelihood=_LADDER[min(steps, 2)],
        flow=_flow(service, routes, workspace),
        assumed=("kubeProxyMode=ipvs",) if mode is None else (),
        fix=_without_loopback(service),
    )


def _without_loopback(service: Resource) -> Fix:
    """The annotation. Not safe: it needs a kube-proxy that knows it, and changes how the address is bound on nodes."""
    node = service.annotation(services.PREVENT_LOOPBACK)
    if node.exists:
        return Fix((Edit(node, '"true"'),))
    return Fix((Addition(service.node("metadata", "annotations"), services.PREVENT_LOOPBACK, "true"),))


def ingress_loopback(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An internal CLB of layer 7 of which no listener keeps connections alive."""
    if not has_internal_layer_7(ingress, workspace):
        return
    states = keepalive_states(ingress, workspace)
    if any(any(state.values()) for state in states):
        return  # All of them: cured. Some of them: another rule.
    routes = routes_at_risk(ingress, workspace)
    if routes is None or (not routes and workspace.facts.value("inClusterClients") == "none"):
        return
    if not routes and is_rewritten(ingress, workspace):
        return
    config = ingresses.service_config(ingress, workspace)
    unknown_config = config is not None and not config[1].candidates and not config[1].is_missing
    direct = is_direct(ingress, workspace) is True
    single = workspace.facts.value("nodeCount") == 1
    listeners = [str(listener) for listener in ingresses.listeners(ingress)]
    variant = _variant(routes, unknown_config, single)
    yield Problem(
        node=network_node(ingress),
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
    if not has_internal_layer_7(ingress, workspace):
        return
    states = keepalive_states(ingress, workspace)
    if not states or any(all(state.values()) for state in states):
        return
    config = ingresses.service_config(ingress, workspace)
    for candidate, state in zip(config[1].candidates if config else (), states, strict=True):
        if not any(state.values()):
            continue
        for listener, keeps in state.items():
            if not keeps:
                yield Problem(
                    node=listener_node(candidate, listener),
                    parameters={"listener": str(listener), "config": candidate.label, "ingress": ingress.label},
                    related=(Related(network_node(ingress), "ingress", {"ingress": ingress.label}),),
                    fix=_kept_alive(candidate, listener),
                )


def _kept_alive(config: Resource, listener: Listener) -> Fix:
    """The field in the listener's entry, as in those of others, or an entry. What someone switched off stays safe."""
    node = listener_node(config, listener)
    if node.at_key:
        entry: Json = {"protocol": listener.protocol, "port": listener.port, "keepaliveEnable": 1}
        return Fix((Item(config.node(*node.path), entry),))
    if node.path[-1] == "keepaliveEnable":
        return Fix((Edit(node, "1"),))
    return Fix((Addition(config.node(*node.path[:-1]), "keepaliveEnable", 1),), safe=True)


def workload_calls_own_clb(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A workload whose settings lead to an internal CLB of its own cluster."""
    seen = set()
    for route in traffic(workspace).of(resource):
        if (route.mention.node, route.frontend.resource) in seen:
            continue
        seen.add((route.mention.node, route.frontend.resource))
        target = route.frontend.resource
        if is_cured(target, workspace) or comes_through_cured_listener(route, workspace):
            continue
        if routes_at_risk(target, workspace) is None:
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
    if is_direct(target, workspace) is not False:
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
    if is_direct(target, workspace) is not True:
        return
    for client in _clients(traffic(workspace).to(target)):
        for server in servers_of(target, workspace):
            if not kept_apart(client, server):
                yield Problem(
                    node=target.annotation(annotation_key(target)),
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


def prevent_loopback_value(service: Resource, _: Workspace) -> Iterator[Problem]:
    """prevent-loopback with a value that the page does not name: only the string "true" is documented."""
    if not services.has_clb(service):
        return
    node = service.annotation(services.PREVENT_LOOPBACK)
    value = node.value
    # A value that YAML does not read as a string is rejected by the API server: annotation-value-not-string.
    if not isinstance(value, str) or value in ("true", "false") or services.is_placeholder(value):
        return
    yield Problem(node=node, parameters={"value": node.source_text, "service": service.label}, fix=boolean_fix(node))


def prevent_loopback_without_effect(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """prevent-loopback where nothing reads it: on an Ingress, or on a Service without a CLB."""
    node = resource.annotation(services.PREVENT_LOOPBACK)
    removal = Fix((Removal(node),), safe=True)
    if resource.type == "Ingress":
        if ingresses.is_served_by_tke(resource, workspace):
            yield Problem(node=node.key(), message="ingress", parameters={"object": resource.label}, fix=removal)
    elif not services.has_clb(resource) and not _is_switched_off(resource):
        kind = resource.get("spec", "type") or "ClusterIP"
        # The page says "all Services", so that on one without CLB it is only useless, not a mistake.
        yield Problem(
            node=node.key(),
            message="service",
            parameters={"object": resource.label, "type": kind},
            likelihood="possible",
            fix=removal,
        )


def _is_switched_off(service: Resource) -> bool:
    """A class of its own, or a patch that does not show the type, says nothing."""
    return bool(service.get("spec", "loadBalancerClass")) or not service.has("spec", "ports")


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
    hops = [*routes[0].hops(), Related(network_node(target), "clb", {"target": target.label})]
    direct = is_direct(target, workspace) is True
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
