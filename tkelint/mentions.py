"""Where workloads mention hosts: environment, command, arguments, and the ConfigMaps they use.

A mention is a text that looks like an address a program will call. It is evidence, not proof: `likely` where the text
reads like a call, else `possible` (comments are passed over, names of public addresses and server settings are weak).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.pods import Workload
    from tkelint.resource import Node
    from tkelint.workspace import Workspace

# Letters of host names; what is no name is sorted out below. Linear on any input.
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_PORT = re.compile(r":(\d{1,5})(?![\d.])")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://(?:[^\s/@\"']*@)?\Z", re.IGNORECASE)

# Settings that tell a program its own public name, not whom to call.
_OWN_NAME = re.compile(
    r"PUBLIC|EXTERNAL|BASE_?URL|ROOT_?URL|SITE_?URL|REDIRECT|CALLBACK|ALLOWED|ORIGIN|ISSUER|CORS|COOKIE|SERVER_?NAME"
    r"|VIRTUAL_?HOST|INGRESS|DOMAIN_NAME|LISTEN",
    re.IGNORECASE,
)
_COMMENT_LINE = re.compile(r"\s*(?:#|//|;|--|\*)")


@dataclass(frozen=True, slots=True)
class Mention:
    """One host in the settings of a workload. `links` leads from the workload to a ConfigMap it stands in."""

    workload: Workload
    node: Node
    host: str  # lower case, without final dot
    port: int | None
    scheme: str
    is_likely_call: bool
    links: tuple[Node, ...] = ()


def mentions(workspace: Workspace) -> tuple[Mention, ...]:
    """Every host of two labels or more that a workload mentions; workloads without replicas call nobody."""
    return workspace.once(_mentions)


def _mentions(workspace: Workspace) -> tuple[Mention, ...]:
    found: list[Mention] = []
    texts: dict[Node, tuple[_Host, ...]] = {}
    for workload in workspace.workloads:
        if not workload.runs:
            continue
        for node, setting, links in _settings(workload, workspace):
            if node not in texts:
                texts[node] = tuple(_hosts(node.value, setting))
            found.extend(
                Mention(workload, node.text(host.start, host.end), host.name, host.port, host.scheme, host.is_likely, links)
                for host in texts[node]
            )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Host:
    start: int
    end: int
    name: str
    port: int | None
    scheme: str
    is_likely: bool


def _settings(workload: Workload, workspace: Workspace) -> Iterator[tuple[Node, str, tuple[Node, ...]]]:
    """Each text a workload is configured with: its node, the name of the setting, and the links that lead to it."""
    for container_node, container in workload.containers():
        for key in ("command", "args"):
            for index, word in enumerate(container.get(key) or ()):
                if isinstance(word, str):
                    yield container_node.child(key, index), word.partition("=")[0] if word.startswith("-") else "", ()
        for node, variable in _items(container_node, "env"):
            name = variable.get("name")
            if isinstance(variable.get("value"), str):
                yield node.child("value"), name if isinstance(name, str) else "", ()
            reference = _mapping(_mapping(variable.get("valueFrom")).get("configMapKeyRef"))
            link = node.child("valueFrom", "configMapKeyRef", "name")
            yield from _config_map(reference.get("name"), reference.get("key"), link, workspace)
        for node, source in _items(container_node, "envFrom"):
            name = _mapping(source.get("configMapRef")).get("name")
            yield from _config_map(name, None, node.child("configMapRef", "name"), workspace)
    for node, volume in workload.resource.items(*workload.pod, "spec", "volumes"):
        name = _mapping(volume.get("configMap")).get("name")
        yield from _config_map(name, None, node.child("configMap", "name"), workspace)


def _config_map(
    name: object, key: object, link: Node, workspace: Workspace
) -> Iterator[tuple[Node, str, tuple[Node, ...]]]:
    """The texts of a ConfigMap a workload uses, or of one of its keys. A Corefile is no setting of a client."""
    if not isinstance(name, str):
        return
    for config_map in workspace.named("ConfigMap", name, link.resource):
        for each, text in config_map.mapping("data").items():
            if isinstance(text, str) and (key is None or each == key) and not each.startswith("Corefile"):
                yield config_map.node("data", each), each, (link,)


def _hosts(text: str, setting: str) -> Iterator[_Host]:
    if "." not in text:
        return
    own_name = _OWN_NAME.search(setting) is not None
    for match in _RUN.finditer(text):
        name = match[0].rstrip(".-")
        if "." not in name or ".." in name or not _is_whole(text, match.start(), match.end()):
            continue
        line_start = text.rfind("\n", 0, match.start()) + 1
        line = text[line_start : match.start()]
        if _COMMENT_LINE.match(line):
            continue
        end = match.start() + len(name)
        port = _PORT.match(text, end)
        scheme = _SCHEME.search(line[-64:])
        weak = own_name or (setting and _OWN_NAME.search(line) is not None)
        yield _Host(
            match.start(),
            end,
            name.lower(),
            int(port[1]) if port else None,
            scheme[1].lower() if scheme else "",
            not weak and bool(scheme or port or "\n" not in text),
        )


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a run is a host of its own: not a part of a longer word, a path, a mail address or a file name."""
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    if before in ("_", "-", ".", "%", "$", "*", "\\") or after in ("_", "@", "%", "*"):
        return False
    if before == "@":
        return "://" in text[max(0, start - 200) : start]
    if before == "/":
        return text[max(0, start - 3) : start] == "://" or text[max(0, start - 2) : start] == "//"
    return True


def _items(node: Node, key: str) -> Iterator[tuple[Node, dict[str, Any]]]:
    yield from node.resource.items(*node.path, key)


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


