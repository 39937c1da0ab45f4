"""What a TkeServiceConfig means for the traffic of those who use it: health checks, sessions, protocols, bandwidth."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint import ingress_rules, ingresses, services
from tkelint.checks.service_config_matches import spoken
from tkelint.checks.service_config_users import places_of, usage_of
from tkelint.direct_access import direct_access
from tkelint.problem import Problem, Related
from tkelint.service_configs import L4, L7, is_generated, settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.checks.service_config_users import Usage, User
    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Resource
    from tkelint.service_configs import Listener, Setting
    from tkelint.workspace import Workspace

# https://cloud.tencent.com/document/product/457/45492
_ONLY_NODES_WITH_POD = "service.kubernetes.io/local-svc-only-bind-node-with-pod"
_BACKENDS_LABEL = "service.kubernetes.io/qcloud-loadbalancer-backends-label"

_ADDRESS = re.compile(r"[0-9.]+\Z|.*:")  # IPv4, IPv6; what else stands for a CLB is a domain name
_TLS_PORTS = frozenset({443, 8443, "https"})
_PLAIN_PORTS = frozenset({80, 8080, "http"})
# What one listener of a backend may have and another lacks by mistake.
_MOST_LISTENERS = 100  # each is compared with the others; a CLB has 50, unless more are granted
_COMPARED = ("session", "scheduler", "healthCheck")


def health_check_off(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A health check that is switched off, and what relies on it."""
    if is_generated(config):
        return
    usage = usage_of(config, workspace)
    for setting in settings(config):
        if setting.block("healthCheck").get("enable") is not False:
            continue
        relying = ((user, _reliance(user, workspace)) for user in _makers(usage, setting))
        user, message = next((pair for pair in relying if pair[1]), (None, ""))
        if user is None and setting.entry.protocol in ("UDP", "QUIC"):
            continue  # few applications answer a check by UDP
        yield Problem(
            node=setting.node.child("healthCheck", "enable"),
            message=message or "off",
            likelihood="likely" if message else "possible",
            parameters={"object": user.target.label if user else ""},
            related=(_related(user),) if user else (),
        )


def _reliance(user: User, workspace: Workspace) -> str:
    """Which message says what relies on the health check of a Service or Ingress; "" for nothing special."""
    access = direct_access(user.target, workspace)
    if access.state is True:
        return "direct"
    annotations = user.target.annotations
    is_narrowed = annotations.get(_ONLY_NODES_WITH_POD) == "true" or bool(annotations.get(_BACKENDS_LABEL))
    is_local = user.target.type == "Service" and services.only_local_nodes(user.target)
    return "local" if is_local and access.state is False and not is_narrowed else ""


def session_without_direct_access(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Session persistence of a CLB that sends to node ports, behind which kube-proxy chooses again."""
    usage = usage_of(config, workspace)
    for setting in settings(config):
        if setting.block("session").get("enable") is not True:
            continue
        for user in _makers(usage, setting):
            access = direct_access(user.target, workspace)
            if access.state is False and not services.only_local_nodes(user.target):
                yield Problem(
                    node=setting.node.child("session", "enable"),
                    parameters={"object": user.target.label},
                    related=(_related(user), *access.related),
                    assumed=access.assumed,
                )
                break


def bandwidth_on_internal(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A bandwidth that only public CLBs have, where every CLB is internal."""
    node = config.node("spec", "loadBalancer", "internetMaxBandwidthOut")
    users = usage_of(config, workspace).users if node.value is not None else ()
    if users and all(_network(user, workspace) == "internal" for user in users):
        user = users[0]
        yield Problem(node=node.key(), parameters={"object": user.target.label}, related=(_related(user),))


def _network(user: User, workspace: Workspace) -> str:
    if user.target.type == "Ingress":
        return ingresses.network(user.target, workspace.facts)
    return services.network(user.target, workspace.facts)


def source_ip_of_domain_clb(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Health checks from the VIP of a CLB that has a domain name instead of one."""
    if is_generated(config):
        return
    usage = usage_of(config, workspace)
    for setting in settings(config):
        node = setting.node.child("healthCheck", "sourceIpType")
        if type(node.value) is not int or node.value != 0:
            continue
        for user in _makers(usage, setting):
            addresses = services.clb_addresses(user.target, workspace.facts)
            name = next(((text, where) for text, where in addresses if not _ADDRESS.match(text)), None)
            if name is not None:
                related = Related(name[1], "name", {"name": name[0]})
                yield Problem(node=node, parameters={"object": user.target.label, "name": name[0]}, related=(related,))
                break


def backend_protocol(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A protocol to the backends that does not look like that of the port."""
    usage = usage_of(config, workspace)
    for setting in settings(config):
        forward_type = setting.value.get("forwardType")
        if (
            setting.entry.layer != L7
            or forward_type not in (None, "HTTP", "HTTPS")
            or setting.entry.protocol != "HTTPS"
        ):
            continue
        unlike = _PLAIN_PORTS if forward_type == "HTTPS" else _TLS_PORTS
        for user in _makers(usage, setting):
            found = next((port for port in _backend_ports(user, setting, workspace) if port[1] in unlike), None)
            if found is not None:
                service, port = found
                yield Problem(
                    node=setting.node.child("forwardType" if forward_type else "url"),
                    message="https" if forward_type == "HTTPS" else "http",
                    parameters={"service": service.label, "port": port},
                    related=(Related(service.node("spec", "ports"), "ports", {"service": service.label}),),
                )
                break


def _backend_ports(user: User, setting: Setting, workspace: Workspace) -> Iterator[tuple[Resource, object]]:
    """The Services behind a rule, each with the port on which the Pods get its requests."""
    if user.target.type != "Ingress" or setting.domain is None:
        return
    for rule in _rules_by_place(user.target).get((setting.domain.name, setting.url), ()):
        for service in workspace.named("Service", rule.service or "", user.target):
            entry = services.port_named(service, rule.port) if rule.port is not None else None
            if entry is not None:
                target = entry.get("targetPort") or entry.get("port")
                yield service, target if isinstance(target, (int, str)) else None


@functools.lru_cache(maxsize=64)
def _rules_by_place(ingress: Resource) -> Mapping[tuple[str | None, str | None], list[ForwardingRule]]:
    found: dict[tuple[str | None, str | None], list[ForwardingRule]] = defaultdict(list)
    for rule in ingresses.forwarding_rules(ingress):
        found[rule.host, rule.path].append(rule)
    return found


def listener_without_entry(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A setting for one of two listeners that lead to the same backend, while nothing is said of the other."""
    if is_generated(config):
        return
    usage = usage_of(config, workspace)
    stated = {(each.entry.listener, each.domain.name if each.domain else None, each.url) for each in settings(config)}
    for setting in settings(config):
        fields = [field for field in _COMPARED if setting.value.get(field) is not None]
        host = setting.domain.name if setting.domain else None
        others = _twins(usage, setting) if fields else ()
        silent = next((other for other in others if (other, host, setting.url) not in stated), None)
        if silent is not None and setting.entry.listener is not None:
            user = usage.makers[silent][0]
            yield Problem(
                node=setting.node.child("url" if setting.domain else "port"),
                parameters={
                    "object": user.target.label,
                    "fields": fields,
                    "listener": spoken(setting.entry.listener),
                    "other": spoken(silent),
                },
                related=(_related(user),),
            )


def _twins(usage: Usage, setting: Setting) -> Iterator[Listener]:
    """The other listeners that lead to the backend of a setting."""
    makers = _makers(usage, setting)
    if len(makers) != 1 or setting.entry.listener is None or len(usage.makers) > _MOST_LISTENERS:
        return
    target = makers[0].target
    if setting.entry.layer == L4 and target.type == "Service":
        ports = _target_ports(target)
        own = ports.get(setting.entry.listener)
        yield from (other for other in usage.known[L4] if other != setting.entry.listener and ports.get(other) == own)
    elif target.type == "Ingress" and not _redirects(target):
        for other in usage.known[L7]:
            places = places_of(usage, other) if other != setting.entry.listener else None
            if places and setting.domain and setting.url in places.here.get(setting.domain.name or "", ()):
                yield other


def _redirects(ingress: Resource) -> bool:
    """Whether one listener of an Ingress may only send its requests on to another."""
    is_automatic = ingress.annotations.get(ingresses.AUTO_REWRITE) == "true"
    return is_automatic or any(entry.redirect for entry in ingress_rules.entries(ingress))


@functools.lru_cache(maxsize=64)
def _target_ports(service: Resource) -> Mapping[Listener, tuple[object, object]]:
    """For each listener of a Service, what tells the port of its backends from another."""
    entries = {
        (each.protocol, each.port): service.mapping(*each.node.path[:-1]) for each in services.listeners(service)
    }
    return {
        listener: (entry.get("protocol") or "TCP", entry.get("targetPort") or entry.get("port"))
        for listener, entry in entries.items()
    }


def _makers(usage: Usage, setting: Setting) -> tuple[User, ...]:
    """Those who make the listener of a setting."""
    listener = setting.entry.listener
    return usage.makers.get(listener, ()) if listener in usage.known[setting.entry.layer] and listener else ()


def _related(user: User) -> Related:
    return Related(user.annotation, "user", {"object": user.target.label})
