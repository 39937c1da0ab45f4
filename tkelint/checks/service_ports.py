"""`spec.ports` of a Service as the API server validates it.

Everything here is rejected with `Invalid value`, `Duplicate value`, `Required value` or a decoding error:
https://kubernetes.io/docs/concepts/services-networking/service/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from tkelint import services
from tkelint.checks.nearby import are_installed_together, is_in_one_file
from tkelint.patterns import pattern
from tkelint.problem import Addition, Edit, Fix, Problem, Related
from tkelint.security_group import EVERY_PORT, NODE_PORTS
from tkelint.workspace import may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# How many Services with one node port are compared with each other, since that takes quadratic time.
_MOST_CLAIMS = 100

PROTOCOLS = ("TCP", "UDP", "SCTP")
DEFAULT_PROTOCOL = "TCP"

_DNS_LABEL = pattern(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\Z")
# An IANA service name: at most 15 characters, one letter at least, no hyphen at an end or beside another.
_PORT_NAME = pattern(r"(?=.{1,15}\Z)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def protocol_of(entry: Mapping[str, Any]) -> str:
    """The protocol of an entry of `spec.ports`, TCP when it states none; "" for what is no protocol."""
    protocol = entry.get("protocol") or DEFAULT_PROTOCOL
    return protocol if protocol in PROTOCOLS else ""


def port_name_missing(service: Resource, _: Workspace) -> Iterator[Problem]:
    """Several ports, of which one has no name or the name of another."""
    entries = list(services.ports(service))
    if len(entries) < 2:
        return
    first: dict[str, Node] = {}
    for node, entry in entries:
        name = entry.get("name")
        if name is None or name == "":
            yield Problem(
                node=node.child("name") if "name" in entry else _port_node(node, entry),
                message="missing",
                parameters={"service": service.label, "count": len(entries), "port": _shown(entry.get("port"))},
                fix=_named(node, entry, [each for _, each in entries]),
            )
        elif isinstance(name, str):
            if name in first:
                yield Problem(
                    node=node.child("name"),
                    message="duplicate",
                    parameters={"service": service.label, "name": name},
                    related=(Related(first[name], "first", {"name": name}),),
                )
            first.setdefault(name, node.child("name"))


def _named(node: Node, entry: dict[str, Any], entries: Sequence[dict[str, Any]]) -> Fix | None:
    """A name that says what is known of a port: `tcp-80`. One of several ports without names is rejected."""
    port, protocol = entry.get("port"), entry.get("protocol", "TCP")
    name = f"{str(protocol).lower()}-{port}"
    alike = [each for each in entries if (each.get("port"), each.get("protocol", "TCP")) == (port, protocol)]
    is_free = all(each.get("name") != name for each in entries)
    if type(port) is not int or protocol not in ("TCP", "UDP", "SCTP") or len(alike) > 1 or not is_free:
        return None
    edit = Edit(node.child("name"), name) if "name" in entry else Addition(node, "name", name)
    return Fix((edit,), safe=True)


def port_duplicate(service: Resource, _: Workspace) -> Iterator[Problem]:
    """The same protocol and port twice in one Service."""
    first: dict[tuple[str, int], Node] = {}
    for node, entry in services.ports(service):
        port, protocol = entry.get("port"), protocol_of(entry)
        if not is_integer(port) or not protocol:
            continue
        if (protocol, port) in first:
            parameters = {"service": service.label, "protocol": protocol, "port": port}
            related = Related(first[protocol, port], "first", {"protocol": protocol, "port": port})
            yield Problem(node=node.child("port"), parameters=parameters, related=(related,))
        first.setdefault((protocol, port), node.child("port"))


def port_invalid(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A port, name or protocol that the API server does not take."""
    for node, entry in services.ports(service):
        for key, value in entry.items():
            where = node.child(key)
            message = "" if value is None or services.is_placeholder(value) else _objection(key, value, service)
            if message:
                parameters = {"service": service.label, "field": where.field, "value": where.source_text}
                yield Problem(node=where, message=message, parameters=parameters)


def _objection(key: str, value: Any, service: Resource) -> str:
    """The name of the message against a value; "" for none."""
    match key:
        case "port":
            return _number_objection(value)
        case "nodePort":
            forbidden = value != 0 and service.get("spec", "type") == "ClusterIP"
            return "node-port-of-cluster-ip" if forbidden else "" if is_integer(value) else "not-a-number"
        case "targetPort":
            return _target_objection(value)
        case "protocol":
            return "" if value == "" or value in PROTOCOLS else "protocol"
        case "name":
            return "" if value == "" or (isinstance(value, str) and _DNS_LABEL.match(value)) else "name"
    return ""


def _number_objection(value: Any) -> str:
    if not is_integer(value):
        return "not-a-number"
    return "" if value in EVERY_PORT else "out-of-range"


def _target_objection(value: Any) -> str:
    if not isinstance(value, str):
        return _number_objection(value)
    if value.isdigit():
        return "number-in-quotes"
    return "" if _PORT_NAME.match(value) else "target-name"


def node_port_range(service: Resource, _: Workspace) -> Iterator[Problem]:
    """A node port that the API server does not hand out."""
    for node, entry in services.ports(service):
        port = entry.get("nodePort")
        if is_integer(port) and port != 0 and port not in NODE_PORTS:
            yield Problem(
                node=node.child("nodePort"),
                message="just-outside" if port == NODE_PORTS.stop else "outside",
                parameters={"service": service.label, "port": port},
            )


def node_port_duplicate(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A node port that another port before it asks for too. The same object twice is an alternative, not a conflict."""
    claims = workspace.once(_node_port_claims)
    for node, entry in services.ports(service):
        port, protocol = entry.get("nodePort"), protocol_of(entry)
        if not is_integer(port) or not port:
            continue
        for other in claims.get((protocol, port), ())[:_MOST_CLAIMS]:
            if other == node:
                break
            likelihood = _conflict(service, other.resource)
            if likelihood:
                parameters = {
                    "service": service.label,
                    "other": other.resource.label,
                    "port": port,
                    "protocol": protocol,
                }
                related = Related(other.child("nodePort"), "first", {"other": other.resource.label})
                yield Problem(
                    node=node.child("nodePort"),
                    message="one-service" if other.resource is service else "two-services",
                    likelihood=likelihood,
                    parameters=parameters,
                    related=(related,),
                )
                break


def _conflict(service: Resource, other: Resource) -> str:
    """How likely two Services with one node port meet in one cluster; "" when nothing says so."""
    if service is other:
        return "certain"
    if service.name == other.name and may_share_namespace(service.namespace, other.namespace):
        return ""
    if is_in_one_file(service, other):
        return "certain"
    return "possible" if are_installed_together(service, other) else ""


def _node_port_claims(workspace: Workspace) -> Mapping[tuple[str, int], Sequence[Node]]:
    claims: dict[tuple[str, int], list[Node]] = {}
    for service in workspace.of_type("Service"):
        for node, entry in services.ports(service):
            port = entry.get("nodePort")
            if is_integer(port) and port:
                claims.setdefault((protocol_of(entry), port), []).append(node)
    return claims


def is_integer(value: Any) -> TypeGuard[int]:
    """Whether a value is a whole number; `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _port_node(node: Node, entry: Mapping[str, Any]) -> Node:
    return node.child("port") if "port" in entry else node


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, (int, str)) else "?"
