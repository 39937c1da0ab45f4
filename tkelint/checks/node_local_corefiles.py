"""The Corefile of NodeLocal DNSCache: where it listens, and which names never reach the cluster's own CoreDNS.

https://cloud.tencent.com/document/product/457/40613, https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.coredns_readers import is_node_local
from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import chain_for, chains_of, server_of
from tkelint.node_local_dns import CLUSTER_DNS, PILLAR, UPSTREAM_SERVERS, is_bound, node_local_views, readers_of
from tkelint.problem import Problem, Related
from tkelint.resolver import cluster_zones
from tkelint.syntax.corefile import server_key
from tkelint.syntax.corefile_plugins import forward_views
from tkelint.syntax.domain_name import covers
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.corefiles import CorefileView
    from tkelint.dns_chains import Chain
    from tkelint.resource import Node, Resource
    from tkelint.syntax.corefile_forward import Upstream
    from tkelint.workspace import Workspace

_NODE_RESOLVERS = "/etc/resolv.conf"
_ROOT = "."


def bind_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A server block without `bind`, which listens at every address of the node."""
    for view in _views(resource, workspace):
        readers = readers_of(view, workspace)
        if readers and not any(cache.is_in_host_network for cache in readers):
            continue
        for chain in chains_of(view, workspace):
            key = chain.block.keys[0] if chain.block.keys else None
            if key is not None and chain.block.is_complete and chain.block.directives and not is_bound(chain):
                related = (Related(readers[0].server.workload.node("hostNetwork"), "host-network"),) if readers else ()
                likelihood = "certain" if readers else "likely"
                yield Problem(view.at(key), {"key": key.text}, likelihood=likelihood, related=related)


def zone_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """No block for the zone of the cluster, while the one for everything asks the outside."""
    for view in _views(resource, workspace):
        server = server_of(view, workspace)
        keys = [key.text for block in view.corefile.blocks for key in block.keys]
        zone = min(workspace.once(cluster_zones))
        root = chain_for(server, zone)
        if root is None or root.served != (_ROOT,) or any(PILLAR in key for key in keys):
            continue  # a placeholder for the zone has a rule of its own
        outside = _outside(root, zone)
        if outside is not None:
            yield Problem(outside, {"zone": zone.rstrip(".")})


def bypassed(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A name that the cluster's CoreDNS answers in its own way, but that NodeLocal DNSCache asks the outside for."""
    views = [view for view in corefiles_of(resource, workspace) if view.serves_cluster]
    caches = node_local_views(workspace) if views else ()
    for view in views if not any(is_node_local(view, workspace) for view in views) else ():
        for name, node in _own_answers(view, workspace):
            for cache in caches:
                chain = chain_for(server_of(cache, workspace), name)
                outside = _outside(chain, name) if chain is not None and not _knows(chain, name) else None
                if outside is not None:
                    related = (Related(outside, "forward"),)
                    yield Problem(node, {"name": name.rstrip(".")}, related=related)
                    break


def _own_answers(view: CorefileView, workspace: Workspace) -> Iterator[tuple[str, Node]]:
    """The names outside of the cluster's zones that a Corefile rewrites or lists, each with its place."""
    zones = workspace.once(cluster_zones)
    for chain in chains_of(view, workspace):
        found = {rule.pattern: rule.source for rule in chain.rules if rule.match == "exact" and not rule.errors}
        found |= {name: token for name, (token, _) in chain.entries.items()}
        for name, token in found.items():
            if token is not None and not token.unknown and not any(covers(zone, name) for zone in zones):
                yield name, view.at(token)
        for key in chain.block.keys:
            for zone in server_key(key).zones:
                is_inside = any(covers(each, zone) for each in zones) or zone.endswith(".arpa.")
                if zone != _ROOT and not is_inside and not key.unknown:
                    yield zone, view.at(key)


def _knows(chain: Chain, name: str) -> bool:
    """Whether the cache itself answers a name, or may."""
    return name in chain.entries or chain.rewrite(name)[0] != name or chain.may_answer(name)


def _outside(chain: Chain, name: str) -> Node | None:
    """The upstream outside of the cluster that a block asks for a name, if it asks no other."""
    directive = chain.block.plugin("forward")
    for view in forward_views(directive) if directive else ():
        if view.zone and covers(view.zone, name) and not any(covers(zone, name) for zone in view.except_zones):
            is_outside = bool(view.upstreams) and all(_is_outside(upstream) for upstream in view.upstreams)
            return chain.view.at(view.upstreams[0].token) if is_outside else None
    return None


def _is_outside(upstream: Upstream) -> bool:
    if upstream.token.text == UPSTREAM_SERVERS or upstream.host == _NODE_RESOLVERS:
        return True
    address = parse_ip(upstream.host.partition("%")[0]) if upstream.kind == "address" else None
    return upstream.token.text != CLUSTER_DNS and address is not None and address.is_global


def _views(resource: Resource, workspace: Workspace) -> Iterator[CorefileView]:
    return (view for view in corefiles_of(resource, workspace) if is_node_local(view, workspace))
