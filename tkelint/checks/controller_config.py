"""ConfigMaps in kube-system that TKE's controllers read.

https://cloud.tencent.com/document/product/457/131136 (switches of the Service and Ingress controllers),
https://cloud.tencent.com/document/product/457/81004 (ip-masq-agent, E4007).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tkelint import services
from tkelint.compiled import table
from tkelint.controller_config import DEFAULT_DIRECT_ACCESS, NAMESPACE, SERVICE_CONTROLLER, is_controller_config
from tkelint.guesses import Guesses
from tkelint.kubernetes import parse_version
from tkelint.problem import Edit, Fix, Problem, Related, Removal
from tkelint.source import Span
from tkelint.syntax.yaml_errors import ReadFailure
from tkelint.syntax.yaml_limits import MAX_PLACED_NODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_NODE_GRACEFUL_DELETION: Final = "EnableNodeGracefulDeletion"

_MASQUERADE_AGENT: Final = "ip-masq-agent-config"
_EXCEPTIONS: Final = "nonMasqueradeCIDRs"
_EVERY_ADDRESS: Final = "0.0.0.0/0"
_LONGEST_TEXT: Final = 100_000


def _entries(config_map: Resource) -> Iterator[tuple[Node, str, Any]]:
    """The keys of the controllers' ConfigMap, each with its node and value."""
    if is_controller_config(config_map):
        for key, value in config_map.mapping("data").items():
            yield config_map.node("data", key), key, value


def switch_value(config_map: Resource, _: Workspace) -> Iterator[Problem]:
    """A switch that is neither "true" nor "false"."""
    switches = table("controller-switches")["switches"]
    for node, key, value in _entries(config_map):
        if key not in switches or value in ("true", "false") or services.is_placeholder(value):
            continue
        is_text = isinstance(value, str)
        meant = str(value).strip().lower() if isinstance(value, (str, bool)) else ""
        yield Problem(
            node=node,
            message="value" if is_text else "not-a-string",
            likelihood="likely" if is_text else "certain",
            parameters={"key": key, "value": node.source_text if isinstance(value, (str, int)) else "?"},
            fix=Fix((Edit(node, f'"{meant}"'),), safe=True) if meant in ("true", "false") else None,
        )


def written_by_controller(config_map: Resource, _: Workspace) -> Iterator[Problem]:
    """A key that the controller writes itself, in a manifest of one's own."""
    read_only = table("controller-switches")["read-only"]
    for node, key, _value in _entries(config_map):
        if key in read_only and not config_map.is_exported:
            yield Problem(node=node.key(), parameters={"key": key}, fix=Fix((Removal(node),), safe=True))


def unknown_switch(config_map: Resource, _: Workspace) -> Iterator[Problem]:
    """A key that no page has: misspelt, or perhaps a newer one."""
    known = (*table("controller-switches")["switches"], *table("controller-switches")["read-only"])
    guesses = Guesses(known, cutoff=0.8)
    for node, key, _value in _entries(config_map):
        if key in known or config_map.is_exported or services.is_placeholder(key):
            continue
        same = next((each for each in known if each.lower() == key.lower()), "")
        meant = same or guesses.nearest(key)
        yield Problem(
            node=node.key(),
            message="misspelt" if meant else "unknown",
            likelihood="likely" if meant else "possible",
            parameters={"key": key, "meant": meant},
            fix=Fix((Edit(node.key(), same),), safe=True) if same else None,
        )


def too_old(config_map: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A switch that the controller of this cluster does not know yet."""
    switches = table("controller-switches")["switches"]
    for node, key, _value in _entries(config_map):
        since = parse_version(switches.get(key, {}).get("since"))
        if since is not None and workspace.facts.at_least("controllerVersion", since) is False:
            version = workspace.facts.value("controllerVersion")
            parameters = {"key": key, "since": switches[key]["since"], "version": version}
            yield Problem(node=node.key(), parameters=parameters)


def wrong_namespace(config_map: Resource, _: Workspace) -> Iterator[Problem]:
    """The controllers' ConfigMap where no controller looks."""
    namespace = config_map.namespace
    if config_map.name == SERVICE_CONTROLLER and namespace not in (None, NAMESPACE):
        if services.is_placeholder(namespace):
            return
        node = config_map.node("metadata", "namespace")
        yield Problem(
            node=node if node.exists else config_map.node("metadata", "name"), parameters={"namespace": namespace}
        )


def node_deletion_with_direct_access(config_map: Resource, _: Workspace) -> Iterator[Problem]:
    """Graceful deletion of nodes together with direct access by default, under which nodes are no backends."""
    if not is_controller_config(config_map):
        return
    deletion, direct = (config_map.node("data", key) for key in (_NODE_GRACEFUL_DELETION, DEFAULT_DIRECT_ACCESS))
    if deletion.value == "true" and direct.value == "true":
        yield Problem(node=deletion, related=(Related(direct, "direct", {}),))


def masquerade_nothing(config_map: Resource, _: Workspace) -> Iterator[Problem]:
    """ip-masq-agent told to masquerade nothing: every address is among the exceptions."""
    if config_map.name != _MASQUERADE_AGENT or config_map.namespace not in (None, NAMESPACE):
        return
    for key, text in config_map.mapping("data").items():
        if isinstance(text, str) and _EXCEPTIONS in text and len(text) <= _LONGEST_TEXT:
            node = config_map.node("data", key)
            for index, value in enumerate(_exceptions(text)):
                if value == _EVERY_ADDRESS:
                    place = _place(node, text, (_EXCEPTIONS, index))
                    yield Problem(node=place, parameters={"cidr": value})


def _exceptions(text: str) -> list[Any]:
    """The list of exceptions in the agent's configuration, which is YAML or JSON; empty where it cannot be read."""
    from tkelint.syntax.yaml_nodes import compose  # noqa: PLC0415 - few trees have one
    from tkelint.syntax.yaml_values import construct  # noqa: PLC0415

    try:
        root = compose(text, 0, MAX_PLACED_NODES).root
        value = construct(root).value if root is not None else None
    except ReadFailure:
        return []
    exceptions = value.get(_EXCEPTIONS) if isinstance(value, dict) else None
    return exceptions if isinstance(exceptions, list) else []


def _place(node: Node, text: str, path: tuple[str | int, ...]) -> Node:
    from tkelint.syntax.yaml_places import Places  # noqa: PLC0415 - only what is reported needs a place

    span = Places(text, Span(0, len(text))).span_of(path)
    return node if span is None else node.text(span.start, span.end)
