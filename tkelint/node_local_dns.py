"""NodeLocal DNSCache as manifests show it: the DaemonSet of node-cache with its flags, joined with its Corefiles.

https://cloud.tencent.com/document/product/457/40613. node-cache reads the Corefile as a template, `Corefile.base`, and
fills in some placeholders when it starts (cmd/node-cache/app of https://github.com/kubernetes/dns).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from tkelint.command_line import flags
from tkelint.coredns import DnsServer, dns_servers
from tkelint.coredns_readers import is_node_local
from tkelint.corefiles import CorefileView, corefiles
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.command_line import Flag
    from tkelint.dns_chains import Chain
    from tkelint.resource import Node, Resource
    from tkelint.syntax.corefile import Token
    from tkelint.workspace import Workspace

ADDRESS = "169.254.20.10"
CLUSTER_DNS = "__PILLAR__CLUSTER__DNS__"
UPSTREAM_SERVERS = "__PILLAR__UPSTREAM__SERVERS__"
PILLAR = "__PILLAR__"

_FALSE = frozenset({"false", "f", "0", "F", "FALSE", "False"})  # strconv.ParseBool


class LocalAddress(NamedTuple):
    """One item of `-localip`."""

    text: str
    node: Node


class NodeCache(NamedTuple):
    """A workload that runs node-cache."""

    server: DnsServer

    @property
    def resource(self) -> Resource:
        """The DaemonSet."""
        return self.server.workload.resource

    @property
    def is_in_host_network(self) -> bool:
        """Whether it listens in the network of the node."""
        return self.server.workload.spec.get("hostNetwork") is True

    def flag(self, name: str) -> Flag | None:
        """The flag of this name, the last one if there are several, as Go's flag package has it."""
        return _flags(self.server.container).get(name)

    def is_switched_off(self, name: str) -> bool:
        """Whether a flag that is true by itself is set to false."""
        flag = self.flag(name)
        return flag is not None and flag.value in _FALSE

    @property
    def local_addresses(self) -> tuple[LocalAddress, ...]:
        """The items of `-localip`; none where the value is not known."""
        flag = self.flag("localip")
        if flag is None or flag.value is None or not flag.is_literal:
            return ()
        return tuple(_items(flag.value, flag.value_node))

    def views(self, workspace: Workspace) -> Sequence[CorefileView]:
        """The Corefiles that its Pods mount."""
        return [view for view in corefiles(workspace) if self.server.reads(view.resource)]

    def chains(self, workspace: Workspace) -> Sequence[Chain]:
        """The server blocks of its Corefiles."""
        return [chain for view in self.views(workspace) for chain in blocks(view, workspace)]


def node_caches(workspace: Workspace) -> tuple[NodeCache, ...]:
    """Everything here that runs node-cache."""
    return workspace.once(_node_caches)


def node_cache_of(resource: Resource) -> NodeCache | None:
    """The node-cache that a workload runs."""
    return next((NodeCache(server) for server in dns_servers([resource]) if server.is_node_cache), None)


def readers_of(view: CorefileView, workspace: Workspace) -> tuple[NodeCache, ...]:
    """The node-caches that mount a Corefile."""
    return tuple(cache for cache in node_caches(workspace) if cache.server.reads(view.resource))


def node_local_views(workspace: Workspace) -> tuple[CorefileView, ...]:
    """The Corefiles that node-cache reads."""
    return workspace.once(_node_local_views)


def blocks(view: CorefileView, workspace: Workspace) -> tuple[Chain, ...]:
    """The server blocks of a Corefile."""
    from tkelint.dns_chains import chains_of  # noqa: PLC0415 - most trees have no Corefile

    return chains_of(view, workspace)


def is_bound(chain: Chain) -> bool:
    """Whether a server block says where it listens."""
    return chain.block.plugin("bind") is not None


def bound_addresses(chain: Chain) -> Iterator[Token]:
    """The addresses that a server block listens at; names of interfaces are left out."""
    directive = chain.block.plugin("bind")
    for token in directive.arguments if directive else ():
        if not token.unknown and parse_ip(token.text) is not None:
            yield token


def _node_caches(workspace: Workspace) -> tuple[NodeCache, ...]:
    return tuple(NodeCache(server) for server in dns_servers(workspace.resources) if server.is_node_cache)


def _node_local_views(workspace: Workspace) -> tuple[CorefileView, ...]:
    return tuple(view for view in corefiles(workspace) if is_node_local(view, workspace))


@functools.lru_cache(maxsize=64)
def _flags(container: Node) -> dict[str, Flag]:
    return {flag.name: flag for flag in flags(container)}


def _items(text: str, node: Node) -> Iterator[LocalAddress]:
    position = 0
    start = node.part[0] if node.part else 0
    for item in text.split(","):
        stripped = item.strip()
        first = start + position + len(item) - len(item.lstrip())
        yield LocalAddress(stripped, node.resource.node(*node.path).text(first, first + len(stripped)))
        position += len(item) + 1
