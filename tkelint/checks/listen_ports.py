"""The listeners of an Ingress: `listen-ports`, what they need, and how much of a CLB they take.

https://cloud.tencent.com/document/product/457/56112. Text that is no JSON at all has a rule of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import embedded_json, ingress_rules, ingresses, services
from tkelint.checks.patches import may_be_patched_in
from tkelint.clb_annotations import ENABLE_GROUP
from tkelint.compiled import table
from tkelint.problem import Edit, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.embedded_json import EmbeddedJson
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_PROTOCOLS = ("HTTP", "HTTPS")


class _Port(NamedTuple):
    protocol: str
    number: int
    node: Node


def invalid(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What is no array of objects with one protocol and one port each."""
    json = _read(ingress, workspace)
    if json is None:
        return
    if not isinstance(json.value, list) or not json.value:
        yield _problem(json, (), "array", likelihood="certain" if json.value else "likely")
        return
    for position, entry in enumerate(json.value):
        if not isinstance(entry, dict) or not entry:
            yield _problem(json, (position,), "entry")
            continue
        if len(entry) > 1:
            yield _problem(json, (position,), "several", likelihood="likely")
        for key, port in entry.items():
            yield from _entry_faults(json, (position, key), port)


def _entry_faults(json: EmbeddedJson, path: tuple[int, str], port: Any) -> Iterator[Problem]:
    protocol = path[1]
    if protocol not in _PROTOCOLS:
        meant = protocol.upper() if protocol.upper() in _PROTOCOLS else ""
        node = json.key(*path)
        yield _problem(json, path, "protocol", given=protocol)._replace(
            node=node, fix=Fix((Edit(node, f'"{meant}"'),), safe=True) if meant else None
        )
    elif isinstance(port, str) and port.isascii() and port.isdigit() and _is_port(int(port[:6])):
        node = json.at(*path)
        fix = Fix((Edit(node, port),))
        yield _problem(json, path, "text", likelihood="likely")._replace(fix=fix)
    elif not _is_port(port):
        yield _problem(json, path, "port")


def _problem(
    json: EmbeddedJson, path: tuple[str | int, ...], message: str, *, given: str = "", likelihood: str = "certain"
) -> Problem:
    parameters = {"ingress": json.node.resource.label, "given": given or json.excerpt(*path)}
    return Problem(node=json.at(*path), message=message, likelihood=likelihood, parameters=parameters)


def _is_port(value: object) -> bool:
    limits = table("ingress-listeners")["ports"]
    return isinstance(value, int) and not isinstance(value, bool) and limits["least"] <= value <= limits["most"]


def duplicate(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """One port twice: a CLB has one listener for a TCP port, whatever its protocol."""
    first: dict[int, _Port] = {}
    for port in _ports(ingress, workspace):
        earlier = first.setdefault(port.number, port)
        if earlier is not port:
            yield Problem(
                node=port.node,
                parameters={"ingress": ingress.label, "port": port.number},
                related=(Related(earlier.node, "earlier", {"port": port.number}),),
            )


def once_reserved(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A port that the CLB pages once listed as reserved."""
    reserved = table("ingress-listeners")["once-reserved-ports"]
    for port in _ports(ingress, workspace):
        if port.number in reserved:
            yield Problem(node=port.node, parameters={"ingress": ingress.label, "port": port.number})


def https_without_certificate(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A listener for HTTPS, and no certificate for it. In a group another Ingress may bring one for the listener."""
    if ingresses.has_certificate(ingress) or ingress.annotations.get(ENABLE_GROUP) == "true":
        return
    if may_be_patched_in("tls", workspace):
        return
    for port in _ports(ingress, workspace):
        if port.protocol == "HTTPS":
            yield Problem(node=port.node, parameters={"ingress": ingress.label, "port": port.number})


def missing(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """No listener for what the Ingress has: a certificate without HTTPS, rules for HTTP without HTTP."""
    ports = _ports(ingress, workspace)
    protocols = {port.protocol for port in ports}
    for_http = ingress_rules.is_mixed(ingress) and any(
        entry.protocol == "HTTP" for entry in ingress_rules.entries(ingress)
    )
    if not protocols or may_be_patched_in(ingresses.LISTEN_PORTS, workspace):
        return
    if "HTTPS" not in protocols and ingresses.has_certificate(ingress):
        stated = ("spec", "tls") if ingress.get("spec", "tls") else ("metadata", "annotations", ingresses.CERTIFICATE)
        yield _missing(ingress, "https", ingress.node(*stated).key())
    elif "HTTP" not in protocols and for_http:
        yield _missing(ingress, "http", ingress.annotation(ingresses.HTTP_RULES).key())


def _missing(ingress: Resource, message: str, other: Node) -> Problem:
    node = ingress.annotation(ingresses.LISTEN_PORTS)
    return Problem(
        node=node, message=message, parameters={"ingress": ingress.label}, related=(Related(other, "needs"),)
    )


def _ports(ingress: Resource, workspace: Workspace) -> tuple[_Port, ...]:
    """Each port that can be read."""
    json = _read(ingress, workspace)
    entries = json.value if json is not None and isinstance(json.value, list) else []
    return tuple(
        _Port(protocol, port, json.at(position, protocol))
        for position, entry in enumerate(entries)
        if json is not None and isinstance(entry, dict)
        for protocol, port in entry.items()
        if protocol in _PROTOCOLS and isinstance(port, int) and _is_port(port)
    )


def _read(ingress: Resource, workspace: Workspace) -> EmbeddedJson | None:
    """The annotation of an Ingress to be judged, where it is JSON and filled in."""
    json = embedded_json.read(ingress.annotation(ingresses.LISTEN_PORTS))
    if json is None or json.fault is not None or services.is_placeholder(json.node.value):
        return None
    return json if ingresses.is_served_by_tke(ingress, workspace) else None
