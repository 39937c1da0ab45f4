"""Addresses of server blocks that load and serve nothing, blocks without plugins, and words nobody has filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint.compiled import table
from tkelint.coredns_readers import is_node_local, readers_of
from tkelint.corefiles import corefiles_of
from tkelint.patterns import pattern
from tkelint.placeholders import placeholder_in
from tkelint.problem import Problem, Related
from tkelint.resource import COREFILE_KIND
from tkelint.syntax.corefile import server_key
from tkelint.syntax.domain_name import TRANSPORTS, parse_cidr, split_transport
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.corefiles import CorefileView
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import ServerBlock, Token
    from tkelint.workspace import Workspace

_PILLAR = pattern(r"__PILLAR__[A-Z_]+__|\bUPSTREAM_CLUSTER_IP\b")
# What node-cache fills in when it starts: https://github.com/kubernetes/dns, cmd/node-cache/app/configmap.go.
_FILLED_IN = frozenset(
    {
        "__PILLAR__UPSTREAM__SERVERS__",
        "__PILLAR__CLUSTER__DNS__",
        "__PILLAR__LOCAL__DNS__",
        "__PILLAR__DNS__SERVER__",
    }
)


def never_asked(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An address that CoreDNS takes for a zone whose names nobody asks for."""
    for view in corefiles_of(resource, workspace):
        blocks = (block for block in view.corefile.blocks if not _is_directive(block))
        for key in (key for block in blocks for key in block.keys):
            reason = "" if key.unknown or view.has_error_on_line(key.start) else _reason(key)
            if reason and placeholder_in(key.text) is None and not _PILLAR.search(key.text):
                yield Problem(view.at(key), {"key": key.text, "zone": server_key(key).zone}, message=reason)


# Names of plugins that are domains as well.
_ALSO_ZONES = frozenset({"any", "local", "root"})


def _reason(key: Token) -> str:
    """Why no query can match an address; "" where one can."""
    scheme, separator, _ = key.text.partition("://")
    if separator and scheme not in TRANSPORTS:
        return "scheme"
    parsed = server_key(key)
    _, rest = split_transport(key.text)
    if parsed.error or len(parsed.zones) != 1:
        return ""
    zone = parsed.zone.rstrip(".")
    if "/" in rest and parse_cidr(rest.rpartition(":")[0] if parsed.has_port else rest) is None:
        return "network" if parse_ip(zone.partition("/")[0]) is not None else "character"
    if parse_ip(zone) is not None:
        return "address"
    if "*" in zone.split("."):
        return "wildcard"
    return "character" if any(mark in zone for mark in " \t\\@") else ""


def directive_outside(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A plugin's line outside of every server block: its words become the addresses of one."""
    for view in corefiles_of(resource, workspace):
        for block in view.corefile.blocks:
            if _is_directive(block):
                yield Problem(view.at(block.keys[0]), {"plugin": block.keys[0].text})


def _is_directive(block: ServerBlock) -> bool:
    """Whether the addresses of a block begin with a plugin's name and cannot be meant as zones of that name."""
    name = block.keys[0].text if block.keys else ""
    is_plugin = name in table("coredns-releases") and name not in _ALSO_ZONES
    return is_plugin and (len(block.keys) > 1 or not (block.directives or block.imports))


def empty_block(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A server block without a plugin: it refuses every query of its zone."""
    for view in corefiles_of(resource, workspace):
        for block in view.corefile.blocks:
            if block.directives or block.imports or block.dropped or view.has_error_on_line(block.span.start):
                continue
            if _is_directive(block):
                continue
            key = block.keys[0]
            if not key.unknown and key.text != "}":
                yield Problem(view.at(key), {"key": key.text})


def placeholder(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A word that somebody was to fill in: CoreDNS replaces `{$NAME}` and `{%NAME%}` only."""
    for view in corefiles_of(resource, workspace):
        if not _is_deployed(view):
            continue
        filled_in = _FILLED_IN if is_node_local(view, workspace) else frozenset[str]()
        for token in _words(view):
            match = _PILLAR.search(token.text)
            found = match[0] if match else _shell_variable(token.text)
            if found and found not in filled_in and not view.has_error_on_line(token.start):
                node_local = "node-local" if is_node_local(view, workspace) else "coredns"
                # A file with placeholders beside the Corefile, too, is one that a script fills in; `${NAME}` is what
                # envsubst and Flux replace.
                likelihood = "possible" if not match else "likely" if _is_sample(view) else "certain"
                yield Problem(view.at(token), {"word": found}, message=node_local, likelihood=likelihood)


def variable_unset(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A variable that no container of the Pods that read the Corefile has: CoreDNS replaces it by nothing."""
    for view in corefiles_of(resource, workspace):
        readers = readers_of(view, workspace)
        if not readers or any(_may_have_more(server.container.value) for server in readers):
            continue
        known = {each["name"] for server in readers for each in _environment(server.container.value)}
        for token in _all_words(view):
            missing = next((name for name in token.variables if not (name in known or _GIVEN.match(name))), "")
            if missing and not view.has_error_on_line(token.start):
                related = (Related(readers[0].container.child("name"), "container"),)
                yield Problem(view.at(token), {"name": missing, "word": token.text}, related=related)


# What the kubelet and the image give every container.
_GIVEN = pattern(r".*_SERVICE_(?:HOST|PORT.*)\Z|.*_PORT(?:_.*)?\Z|(?:HOSTNAME|PATH|HOME)\Z")


def _environment(container: dict[str, Any]) -> list[dict[str, Any]]:
    listed = container.get("env")
    entries = listed if isinstance(listed, list) else []
    return [each for each in entries if isinstance(each, dict) and isinstance(each.get("name"), str)]


def _may_have_more(container: dict[str, Any]) -> bool:
    """Whether a container has variables that are not listed, those of Services among them."""
    return bool(container.get("envFrom"))


def _all_words(view: CorefileView) -> Iterator[Token]:
    for block in view.corefile.blocks:
        yield from block.keys
        for directive in block.directives:
            yield from (directive.name, *directive.tokens)


def _is_deployed(view: CorefileView) -> bool:
    """Whether a Corefile is what CoreDNS gets: not a template whose other manifests have placeholders, too."""
    return view.resource.kind == COREFILE_KIND or "{{" not in view.resource.document.source.text


def _is_sample(view: CorefileView) -> bool:
    text = view.resource.document.source.text
    return text.count("__PILLAR__") > view.corefile.text.count("__PILLAR__")


def _shell_variable(word: str) -> str:
    match = _SHELL_VARIABLE.search(word)
    return match[0] if match else ""


_SHELL_VARIABLE = pattern(r"\$\{[A-Za-z_]\w*\}|\$\([A-Za-z_]\w*\)|^<[A-Za-z][\w -]*>$")
# Words in which braces and dollars mean something else.
_TEMPLATED = frozenset({"template", "log", "rewrite", "view", "auto", "header", "errors"})


def _words(view: CorefileView) -> Iterator[Token]:
    for block in view.corefile.blocks:
        yield from block.keys
        for directive in block.directives:
            if directive.name.text not in _TEMPLATED:
                yield from (token for token in directive.tokens if not token.quoted)
