"""What keepaliveEnable, the cure of the loopback of layer 7, brings with it.

With it the CLB talks to the backends from 100.127.0.0/16 instead of from the client's address:
https://cloud.tencent.com/document/product/457/80913.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import ingresses
from tkelint.checks.clb_backends import node_ports, passes_to_target
from tkelint.direct_access import is_direct
from tkelint.kubernetes import label_selector_matches
from tkelint.patterns import pattern
from tkelint.problem import Problem, Related
from tkelint.security_group import NODE_PORTS
from tkelint.traffic import backend_services, servers_of
from tkelint.workspace import may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.pods import Workload
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

SOURCE_RANGE = "100.127.0.0/16"

# Directives of nginx that decide by the client's address. A log format names it too, but decides nothing.
_DECIDES_BY_ADDRESS = pattern(r"\s*(?:limit_req_zone|limit_conn_zone|geo|map|if)\b[^\n]*\$(?:binary_)?remote_addr\b")
_KNOWS_FORWARDED = pattern(r"real_ip_header|http_x_forwarded_for", re.IGNORECASE)


class ReplacedAddress(NamedTuple):
    """The annotation that applies a TkeServiceConfig, and the fields in it that replace the client's address."""

    annotation: Node
    fields: tuple[Node, ...]


def replaced_address(ingress: Resource, workspace: Workspace) -> ReplacedAddress | None:
    """Where a listener of the Ingress is told to use the CLB's own address; `None` when none is."""
    if not ingresses.is_served_by_tke(ingress, workspace) or ingress.annotations.get(ingresses.MODE) == "skip":
        return None
    config = ingresses.service_config(ingress, workspace)
    if config is None:
        return None
    listeners = [(listener.protocol, listener.port) for listener in ingresses.listeners(ingress)]
    fields = tuple(node for candidate in config[1].candidates for node in _replacing(candidate, listeners))
    return ReplacedAddress(config[0], fields) if fields else None


def _replacing(config: Resource, listeners: Sequence[tuple[str, int]]) -> Iterator[Node]:
    for node, entry in config.items("spec", "loadBalancer", "l7Listeners"):
        if (entry.get("protocol"), entry.get("port")) in listeners:
            if entry.get("keepaliveEnable") == 1:
                yield node.child("keepaliveEnable")
            elif entry.get("snatEnable") is True:
                yield node.child("snatEnable")


def source_blocked(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Connections from 100.127.0.0/16 that the nodes may not, or certainly do not, let in."""
    replaced = replaced_address(ingress, workspace)
    if replaced is None or passes_to_target(ingress, workspace):
        return
    allowed = _nodes_allow(ingress, workspace)
    if allowed is not True:
        group = workspace.facts.node_security_group
        field = replaced.fields[0]
        yield Problem(
            node=replaced.annotation,
            message="closed" if allowed is False else "unknown",
            likelihood="certain" if allowed is False else "likely",
            parameters={"ingress": ingress.label, "field": field.path[-1], "range": SOURCE_RANGE, "group": str(group)},
            related=(Related(field, "switch", {"config": field.resource.label}),),
        )


def _nodes_allow(ingress: Resource, workspace: Workspace) -> bool | None:
    """Whether the nodes let the CLB's own addresses in; `None` when it is not declared, or Pods decide."""
    group = workspace.facts.node_security_group
    if group is None or is_direct(ingress, workspace) is not False:
        return None
    backends = backend_services(ingress, workspace)
    ranges = {ports for service in backends for _, ports, protocol in node_ports(service) if protocol == "TCP"}
    answers = {group.allows(ports, "tcp", SOURCE_RANGE) for ports in ranges or {NODE_PORTS}}
    return True if answers == {True} else False if False in answers else None


def hides_client_address(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An Ingress that hides the client's address from backends which decide by it."""
    replaced = replaced_address(ingress, workspace)
    if replaced is None:
        return
    evidence = next(_evidence(ingress, workspace), None)
    if evidence is not None:
        node, kind = evidence
        yield Problem(
            node=replaced.annotation,
            message=kind,
            parameters={"ingress": ingress.label, "evidence": node.resource.label, "range": SOURCE_RANGE},
            related=(
                Related(replaced.fields[0], "switch", {"config": replaced.fields[0].resource.label}),
                Related(node, "evidence", {"evidence": node.resource.label}),
            ),
        )


def _evidence(ingress: Resource, workspace: Workspace) -> Iterator[tuple[Node, str]]:
    """Signs that a backend looks at the client's address: the node, and which message speaks of it."""
    for service in backend_services(ingress, workspace):
        if service.get("spec", "type") == "NodePort" and service.get("spec", "externalTrafficPolicy") == "Local":
            yield service.node("spec", "externalTrafficPolicy"), "local-policy"
    servers = servers_of(ingress, workspace)
    for policy in workspace.of_type("NetworkPolicy"):
        for server in servers:
            if _selects(policy, server):
                yield from ((node, "network-policy") for node in _ip_blocks(policy))
    for server in servers:
        yield from ((node, "nginx") for node in _deciding_texts(server, workspace))


def _selects(policy: Resource, server: Workload) -> bool:
    selector = policy.get("spec", "podSelector")
    return may_share_namespace(policy.namespace, server.resource.namespace) and (
        label_selector_matches(selector, server.labels)
    )


def _ip_blocks(policy: Resource) -> Iterator[Node]:
    for rule, _ in policy.items("spec", "ingress"):
        for peer, value in policy.items(*rule.path, "from"):
            if isinstance(value.get("ipBlock"), dict):
                yield peer.child("ipBlock")


def _deciding_texts(server: Workload, workspace: Workspace) -> Iterator[Node]:
    """Each line of a mounted nginx configuration that decides by the client's address."""
    for _, volume in server.resource.items(*server.pod, "spec", "volumes"):
        source: Any = volume.get("configMap")
        name = source.get("name") if isinstance(source, dict) else None
        for config_map in workspace.named("ConfigMap", name, server.resource) if isinstance(name, str) else ():
            for key, text in config_map.mapping("data").items():
                if isinstance(text, str) and not _KNOWS_FORWARDED.search(text):
                    yield from _deciding_lines(config_map.node("data", key), text)


def _deciding_lines(node: Node, text: str) -> Iterator[Node]:
    start = 0
    for line in text.splitlines(keepends=True):
        if "remote_addr" in line and _DECIDES_BY_ADDRESS.match(line):
            indent = len(line) - len(line.lstrip())
            yield node.text(start + indent, start + len(line.rstrip()))
        start += len(line)
