"""Certificates and hosts in specify-protocol: https://cloud.tencent.com/document/product/457/51259."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tkelint import services
from tkelint.checks import certificate_secrets
from tkelint.checks.specify_protocol import known_protocols, stated_ports
from tkelint.compiled import table
from tkelint.problem import Edit, Fix, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# The Ingress controller's own pattern for hosts: https://cloud.tencent.com/document/product/457/81004 (E4052).
_HOST = re.compile(r"(?:\*|[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+\Z")
_LONGEST_HOST = 253
_MARKDOWN_LINK = re.compile(r"\[([^\]\[]{1,253})\]\([^)]*\)\Z")
_LAYER_7 = ("HTTP", "HTTPS")
_TLS_PORTS = (443, 8443)


def certificate_missing(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A protocol with TLS for which no Secret is named."""
    wants = table("clb-protocols")
    for stated, key, port, members in stated_ports(service):
        for index, protocol in known_protocols(members):
            has_own = bool(members.get("tls"))
            parameters = {"service": service.label, "port": port, "protocol": protocol}
            if wants[protocol]["certificate"] == "none":
                continue
            if wants[protocol]["certificate"] == "port":
                if not has_own:
                    node = stated.at(key, "protocol", index)
                    yield Problem(node=node, message="port", parameters=parameters)
                continue
            hosts = members.get("hosts")
            likelihood = "likely" if has_own else "certain"
            if not hosts:
                node = stated.at(key, "protocol", index)
                yield Problem(node=node, message="hosts", parameters=parameters, likelihood=likelihood)
            for host, certificate in hosts.items() if isinstance(hosts, dict) else ():
                if not certificate or (isinstance(certificate, dict) and not certificate.get("tls")):
                    yield Problem(
                        node=stated.key(key, "hosts", host),
                        message="host",
                        parameters={**parameters, "host": host},
                        likelihood=likelihood,
                    )


def secret_unusable(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Secret that is not in the namespace, or that has no certificate id for a CLB."""
    seen: set[str] = set()
    for node, name in _secrets(service):
        if name not in seen and not services.is_placeholder(name):
            seen.add(name)
            for look in (certificate_secrets.missing, certificate_secrets.unusable):
                problem = look(node, name, service, workspace)
                if problem is not None:
                    yield problem


def _secrets(service: Resource) -> Iterator[tuple[Node, str]]:
    """The name of every Secret of a port or host, with its place."""
    for stated, key, _, members in stated_ports(service):
        if isinstance(members.get("tls"), str) and members["tls"]:
            yield stated.at(key, "tls"), members["tls"]
        hosts = members.get("hosts")
        for host, certificate in hosts.items() if isinstance(hosts, dict) else ():
            name = certificate.get("tls") if isinstance(certificate, dict) else None
            if isinstance(name, str) and name:
                yield stated.at(key, "hosts", host, "tls"), name


def host_invalid(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A key of `hosts` that is no domain name for a forwarding rule."""
    for stated, key, _port, members in stated_ports(service):
        hosts = members.get("hosts")
        for host in hosts if isinstance(hosts, dict) else ():
            if services.is_placeholder(host) or (len(host) <= _LONGEST_HOST and _HOST.match(host)):
                continue
            node = stated.key(key, "hosts", host)
            link = _MARKDOWN_LINK.match(host)
            meant = link[1] if link and _HOST.match(link[1]) else ""
            inner = node.text(node.part[0] + 1, node.part[1] - 1) if node.part else node
            yield Problem(
                node=node,
                message="link" if meant else "invalid",
                parameters={"host": host, "meant": meant},
                fix=Fix((Edit(inner, meant),), safe=True) if meant else None,
            )


def without_effect(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A Secret or hosts beside protocols that use none."""
    wants = table("clb-protocols")
    for stated, key, port, members in stated_ports(service):
        protocols = [protocol for _, protocol in known_protocols(members)]
        if not protocols:
            continue
        parameters = {"port": port, "protocols": protocols}
        if members.get("tls") and not any(wants[protocol]["certificate"] != "none" for protocol in protocols):
            yield Problem(node=stated.key(key, "tls"), message="tls", parameters=parameters)
        if members.get("hosts") and not any(protocol in _LAYER_7 for protocol in protocols):
            yield Problem(node=stated.key(key, "hosts"), message="hosts", parameters=parameters)


def tls_backend(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """HTTPS on the CLB in front of a port that looks like HTTPS too: the CLB speaks HTTP to it."""
    for stated, key, port, members in stated_ports(service):
        https = [index for index, protocol in known_protocols(members) if protocol == "HTTPS"]
        entry = services.port_named(service, port)
        target = entry.get("targetPort", port) if entry else None
        speaks_tls = target == "https" or (type(target) is int and target in _TLS_PORTS)
        if https and speaks_tls and not _may_forward_https(service, workspace):
            parameters = {"service": service.label, "port": port, "target": target}
            yield Problem(node=stated.at(key, "protocol", https[0]), parameters=parameters)


def _may_forward_https(service: Resource, workspace: Workspace) -> bool:
    """Whether a TkeServiceConfig makes the CLB speak HTTPS to the backends, or may do so unseen."""
    if services.SERVICE_CONFIG_AUTO in service.annotations:
        return True
    name = service.annotations.get(services.SERVICE_CONFIG)
    if not isinstance(name, str) or not name:
        return False
    reference = workspace.find("TkeServiceConfig", name, service)
    if not reference.candidates:
        return not reference.is_missing
    return any(
        rule.get("forwardType")
        for config in reference.candidates
        for listener, _ in config.items("spec", "loadBalancer", "l7Listeners")
        for domain, _ in config.items(*listener.path, "domains")
        for _, rule in config.items(*domain.path, "rules")
    )
