"""Corefiles wherever they stand: files of their own, and keys of ConfigMaps."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from tkelint.compiled import table
from tkelint.resource import COREFILE_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Node, Resource
    from tkelint.syntax.corefile import Corefile, Token
    from tkelint.workspace import Workspace

# TKE's names: ConfigMap kube-system/coredns with the key Corefile; node-local-dns for NodeLocal DNSCache, whose file is
# a template named Corefile.base where it is mounted.
CLUSTER_DNS = "coredns"
_KEYS = ("Corefile", "Corefile.base")
_CUSTOM = "coredns-custom"


class CorefileView(NamedTuple):
    """A parsed Corefile and the node whose string it is."""

    node: Node
    corefile: Corefile
    lines_with_errors: frozenset[int]  # by the offset where each begins

    @property
    def resource(self) -> Resource:
        """The ConfigMap, or the file itself."""
        return self.node.resource

    @property
    def serves_cluster(self) -> bool:
        """Whether it is the cluster's own CoreDNS: TKE's ConfigMap, or a Corefile that nobody says is another's."""
        return self.resource.kind == COREFILE_KIND or self.resource.name == CLUSTER_DNS

    def has_error_on_line(self, offset: int) -> bool:
        """Whether the parser complains of the line of an offset: what else is wrong there follows from it."""
        return self.corefile.text.rfind("\n", 0, offset) in self.lines_with_errors

    def at(self, token: Token) -> Node:
        """The node of a token."""
        return self.node.text(token.start, token.end)


def holds_corefile(resource: Resource) -> bool:
    """Whether a ConfigMap has a Corefile."""
    return bool(_keys_of(resource))


def _keys_of(resource: Resource) -> list[str]:
    """The keys of a ConfigMap that hold a Corefile.

    Those of `coredns-custom` that end in `.server` are server blocks which AKS and k3s import into the Corefile; what
    ends in `.override` are lines of a block and cannot be read alone.
    """
    data = resource.mapping("data")
    keys = [key for key in _KEYS if isinstance(data.get(key), str)]
    if resource.name == _CUSTOM:
        keys += [key for key in data if isinstance(key, str) and key.endswith(".server") and isinstance(data[key], str)]
    return keys


def corefile_nodes(resource: Resource) -> Iterator[Node]:
    """The nodes of the texts that are Corefiles."""
    if resource.kind == COREFILE_KIND:
        yield resource.node("text")
    elif resource.type == "ConfigMap" and holds_corefile(resource):
        yield from (resource.node("data", key) for key in _keys_of(resource))


def corefiles_of(resource: Resource, workspace: Workspace) -> Sequence[CorefileView]:
    """The parsed Corefiles of one resource."""
    return workspace.once(_by_resource).get(resource, ())


def corefiles(workspace: Workspace) -> Sequence[CorefileView]:
    """All Corefiles of a workspace."""
    return [view for views in workspace.once(_by_resource).values() for view in views]


@functools.cache
def known_plugins() -> frozenset[str]:
    """The names that any CoreDNS takes for a directive: plugins in its tree now or once, and external ones."""
    return frozenset((*table("coredns-releases"), *table("coredns-plugins")["external"]))


def _by_resource(workspace: Workspace) -> dict[Resource, tuple[CorefileView, ...]]:
    resources = (*workspace.of_type("ConfigMap"), *workspace.of_type(COREFILE_KIND))
    nodes = {resource: tuple(corefile_nodes(resource)) for resource in resources}
    return {resource: tuple(_view(node) for node in found) for resource, found in nodes.items() if found}


def _view(node: Node) -> CorefileView:
    from tkelint.syntax.corefile import parse  # noqa: PLC0415 - most trees have no Corefile, and the parser is large

    corefile = parse(node.value, known=known_plugins())
    begins = frozenset(corefile.text.rfind("\n", 0, error.start) for error in corefile.errors)
    return CorefileView(node, corefile, begins)
