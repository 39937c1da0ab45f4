"""What entries of a TkeServiceConfig say besides health checks: sessions, backend protocols, entries written twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.problem import Problem, Related
from tkelint.service_configs import L4, L7, domains, entries, settings

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace


def session_with_least_connections(config: Resource, _: Workspace) -> Iterator[Problem]:
    """Session persistence under the scheduler that has none."""
    for setting in settings(config):
        if setting.block("session").get("enable") is True and setting.value.get("scheduler") == "LEAST_CONN":
            node = setting.node.child("scheduler")
            session = setting.node.child("session", "enable")
            yield Problem(node=node, parameters={"field": node.field}, related=(Related(session, "session", {}),))


def duplicate_entry(config: Resource, _: Workspace) -> Iterator[Problem]:
    """One listener, one domain of a listener or one url of a domain twice."""
    first: dict[Hashable, Node] = {}
    for node, message, key, name in _addresses(config):
        if key in first:
            related = Related(first[key], "first", {"name": name})
            yield Problem(node=node, message=message, parameters={"name": name}, related=(related,))
        first.setdefault(key, node)


def _addresses(config: Resource) -> Iterator[tuple[Node, str, Hashable, str]]:
    """What each entry, domain and rule addresses: its node, what it is, a key, and its name."""
    for entry in entries(config):
        if entry.listener:
            yield entry.node.child("port"), "listener", (entry.layer, *entry.listener), f"{entry.protocol}:{entry.port}"
    for domain in domains(config):
        if domain.name is not None:
            yield domain.node.child("domain"), "domain", (domain.entry.node.path, domain.name.lower()), domain.name
    for setting in settings(config):
        if setting.url is not None and setting.domain is not None:
            yield setting.node.child("url"), "url", (setting.domain.node.path, setting.url), setting.url


def grpc(config: Resource, _: Workspace) -> Iterator[Problem]:
    """The backend protocol GRPC from a listener without HTTPS, or for a domain without HTTP/2."""
    for setting in settings(config):
        if setting.value.get("forwardType") != "GRPC" or setting.domain is None:
            continue
        http2 = setting.domain.value.get("http2")
        if setting.entry.protocol == "HTTP":
            message, related = "listener", Related(setting.entry.node.child("protocol"), "listener", {})
        elif http2 is not True and setting.entry.protocol == "HTTPS":
            message = "off" if http2 is False else "unstated"
            related = Related(setting.domain.node.child("http2" if http2 is False else "domain"), "domain", {})
        else:
            continue
        yield Problem(
            node=setting.node.child("forwardType"),
            message=message,
            likelihood="certain" if message == "off" else "likely",
            parameters={"domain": setting.domain.name or ""},
            related=(related,),
        )


def forward_type_on_http_listener(config: Resource, _: Workspace) -> Iterator[Problem]:
    """HTTPS to the backends from an HTTP listener: the CLB documents the choice for HTTPS listeners alone."""
    for setting in settings(config):
        if setting.value.get("forwardType") == "HTTPS" and setting.entry.protocol == "HTTP":
            protocol = setting.entry.node.child("protocol")
            yield Problem(
                node=setting.node.child("forwardType"),
                parameters={"port": setting.entry.port or "?"},
                related=(Related(protocol, "listener", {}),),
            )


def snat_off_with_keepalive(config: Resource, _: Workspace) -> Iterator[Problem]:
    """Long connections to the backends without translation of the source address."""
    for entry in entries(config):
        if entry.layer == L7 and entry.value.get("snatEnable") is False and entry.value.get("keepaliveEnable") == 1:
            yield Problem(
                node=entry.node.child("snatEnable"),
                related=(Related(entry.node.child("keepaliveEnable"), "keepalive", {}),),
            )


def proxy_protocol(config: Resource, _: Workspace) -> Iterator[Problem]:
    """The PROXY protocol on a listener for which the CLB API does not document it."""
    for entry in entries(config):
        node = entry.node.child("proxyProtocol", "enable")
        if entry.layer == L4 and entry.protocol in ("TCP", "UDP") and node.value is True:
            yield Problem(node=node, parameters={"protocol": entry.protocol})
