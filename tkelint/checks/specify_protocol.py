"""The protocols that specify-protocol gives to the listeners of a Service.

https://cloud.tencent.com/document/product/457/51259. Text that is no JSON has a rule of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import services
from tkelint.compiled import table
from tkelint.direct_access import direct_access
from tkelint.embedded_json import EmbeddedJson, read
from tkelint.guesses import Guesses
from tkelint.problem import Edit, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_MEMBERS = ("protocol", "tls", "hosts")
# What people call a TCP_SSL listener.
_OTHER_NAMES = {"TLS": "TCP_SSL", "SSL": "TCP_SSL", "TCPSSL": "TCP_SSL", "HTTP2": "HTTPS", "UDP_QUIC": "QUIC"}


def stated_protocols(service: Resource) -> EmbeddedJson | None:
    """The JSON of specify-protocol on a Service with a CLB; `None` without it, and where it is no JSON."""
    if not services.has_clb(service):
        return None
    stated = read(service.annotation(services.SPECIFY_PROTOCOL))
    return stated if stated is not None and stated.fault is None else None


def stated_ports(service: Resource) -> Iterator[tuple[EmbeddedJson, str, int, dict[str, Any]]]:
    """Each port with what is stated of it: the JSON, its key there, its number, its members.

    What is malformed is passed over, and has a rule of its own.
    """
    stated = stated_protocols(service)
    if stated is None or not isinstance(stated.value, dict):
        return
    for key, members in stated.value.items():
        port = port_number(key)
        if port is not None and isinstance(members, dict):
            yield stated, key, port, members


def known_protocols(members: dict[str, Any]) -> list[tuple[int, str]]:
    """The protocols of one port that a CLB has, each with its place in the list."""
    protocols = members.get("protocol")
    known = table("clb-protocols")
    if not isinstance(protocols, list):
        return []
    return [(index, each) for index, each in enumerate(protocols) if isinstance(each, str) and each in known]


def port_number(text: str) -> int | None:
    """The port that a key such as "443" names; `None` for what is no port."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 5
    return int(text) if is_number and 0 < int(text) < 65536 else None


def invalid(service: Resource, _: Workspace) -> Iterator[Problem]:
    """JSON of another shape than `{"443": {"protocol": ["HTTPS"], "hosts": {"a.example.com": {"tls": "secret"}}}}`."""
    stated = stated_protocols(service)
    if stated is None:
        return
    if not isinstance(stated.value, dict):
        yield Problem(node=stated.at(), message="not-an-object", parameters={"value": stated.spelt()})
        return
    for key, members in stated.value.items():
        if port_number(key) is None and not services.is_placeholder(key):
            yield Problem(node=stated.key(key), message="port", parameters={"port": key})
        elif not isinstance(members, dict):
            yield Problem(node=stated.at(key), message="entry", parameters={"port": key, "value": stated.spelt(key)})
        else:
            yield from _invalid_members(stated, key, members)


def _invalid_members(stated: EmbeddedJson, key: str, members: dict[str, Any]) -> Iterator[Problem]:
    protocols = members.get("protocol")
    if "protocol" not in members:
        yield Problem(node=stated.key(key), message="protocol-missing", parameters={"port": key})
    elif not isinstance(protocols, list) or not protocols or not all(isinstance(each, str) for each in protocols):
        parameters = {"port": key, "value": stated.spelt(key, "protocol")}
        yield Problem(node=stated.at(key, "protocol"), message="protocol-not-a-list", parameters=parameters)
    for member in members:
        if member not in _MEMBERS:
            yield Problem(
                node=stated.key(key, member),
                message="unknown-key",
                likelihood="likely",
                parameters={"port": key, "key": member, "nearest": Guesses(_MEMBERS).nearest(member) or list(_MEMBERS)},
            )
    if not isinstance(members.get("tls"), (str, type(None))):
        yield Problem(node=stated.at(key, "tls"), message="tls", parameters={"port": key})
    hosts = members.get("hosts")
    if hosts is not None and not isinstance(hosts, dict):
        yield Problem(node=stated.at(key, "hosts"), message="hosts", parameters={"port": key})
    for host, certificate in hosts.items() if isinstance(hosts, dict) else ():
        tls = certificate.get("tls") if isinstance(certificate, dict) else None
        if not isinstance(certificate, (dict, type(None))) or not isinstance(tls, (str, type(None))):
            parameters = {"port": key, "host": host}
            yield Problem(node=stated.at(key, "hosts", host), message="host", parameters=parameters)


def unknown_protocol(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A protocol that no listener of a CLB has."""
    known = table("clb-protocols")
    for stated, key, _port, members in stated_ports(service):
        protocols = members.get("protocol")
        for index, protocol in enumerate(protocols) if isinstance(protocols, list) else ():
            if not isinstance(protocol, str) or protocol in known or services.is_placeholder(protocol):
                continue
            spelling = protocol.strip().upper().replace("-", "_").replace(" ", "_")
            meant = _OTHER_NAMES.get(spelling) or Guesses(known).nearest(spelling)
            node = stated.at(key, "protocol", index)
            yield Problem(
                node=node,
                message="misspelt" if meant else "unknown",
                parameters={"protocol": protocol, "meant": meant or "", "known": list(known)},
                fix=Fix((Edit(_inside_quotes(node), spelling),), safe=True) if spelling in known else None,
            )


def port_missing(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A port that `spec.ports` does not have: what is stated of it is ignored."""
    declared = [entry.get("port") for _, entry in services.ports(service)]
    for stated, key, port, _members in stated_ports(service):
        if not services.may_serve(service, port):
            yield Problem(
                node=stated.key(key),
                parameters={"service": service.label, "port": port, "declared": [str(each) for each in declared]},
                related=(Related(service.node("spec", "ports"), "ports", {"service": service.label}),),
            )


def needs_direct_access(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Several protocols on one port, or UDP on a TCP port, where the CLB sends to node ports."""
    access = direct_access(service, workspace)
    if access.state is True:
        return
    known = table("clb-protocols")
    for stated, key, port, members in stated_ports(service):
        protocols = known_protocols(members)
        declared = {_protocol(entry): node for node, entry in services.ports(service) if entry.get("port") == port}
        if len(declared) != 1 or not protocols:
            continue  # TCP and UDP side by side in spec.ports have a rule of their own.
        (own, entry_node), (index, protocol) = next(iter(declared.items())), protocols[-1]
        if len(protocols) == 1 and known[protocol]["transport"] == own:
            continue
        yield Problem(
            node=stated.at(key, "protocol", index) if len(protocols) == 1 else stated.at(key, "protocol"),
            message="crosses" if len(protocols) == 1 else "several",
            likelihood="certain" if access.state is False and not access.assumed else "likely",
            parameters={"service": service.label, "port": port, "protocol": protocol, "own": own,
                        "protocols": [each for _, each in protocols]},
            related=(Related(entry_node.child("port"), "port", {"port": port, "own": own}), *access.related),
            assumed=access.assumed,
        )  # fmt: skip


def port_conflict(service: Resource, _: Workspace) -> Iterator[Problem]:
    """Two protocols of one transport on one port: a CLB has each port once for TCP and once for UDP."""
    known = table("clb-protocols")
    for stated, key, port, members in stated_ports(service):
        first: dict[str, tuple[int, str]] = {}
        for index, protocol in known_protocols(members):
            transport = known[protocol]["transport"]
            if transport in first:
                earlier, other = first[transport]
                parameters = {"port": port, "protocol": protocol, "other": other, "transport": transport}
                related = Related(stated.at(key, "protocol", earlier), "first", {"other": other})
                yield Problem(
                    node=stated.at(key, "protocol", index),
                    message="same" if protocol == other else "different",
                    parameters=parameters,
                    related=(related,),
                )
            first.setdefault(transport, (index, protocol))


def _protocol(entry: dict[str, Any]) -> str:
    protocol = entry.get("protocol") or "TCP"
    return protocol if isinstance(protocol, str) else ""


def _inside_quotes(node: Node) -> Node:
    """The text of a JSON string without its quotes, which YAML may spell in its own way."""
    if node.part is None:
        return node
    start, end = node.part
    return node.text(start + 1, end - 1)
