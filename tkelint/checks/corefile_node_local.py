"""What NodeLocal DNSCache takes away from the cluster's CoreDNS: https://cloud.tencent.com/document/product/457/40613."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.checks.rewrites import is_evaluated
from tkelint.coredns_readers import is_node_local
from tkelint.corefiles import corefiles, corefiles_of
from tkelint.dns_chains import chain_for, chains_of, server_of
from tkelint.problem import Problem, Related
from tkelint.syntax.corefile import server_key
from tkelint.syntax.corefile_plugins import forward_views
from tkelint.syntax.domain_name import covers, is_reverse, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.corefiles import CorefileView
    from tkelint.dns_chains import Chain
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import Token
    from tkelint.workspace import Workspace

_OUTSIDE = frozenset({"/etc/resolv.conf", "__PILLAR__UPSTREAM__SERVERS__"})


def bypassed(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A name that the cluster's Corefile treats specially, and that the cache on the node sends elsewhere."""
    caches = [view for view in corefiles(workspace) if is_node_local(view, workspace)]
    for view in corefiles_of(resource, workspace) if caches else ():
        if not view.serves_cluster or view in caches:
            continue
        seen: set[str] = set()
        for token, name, message in _special(view, workspace):
            for cache in caches if name not in seen else ():
                chain = chain_for(server_of(cache, workspace), name)
                if chain is not None and _forwards_outside(chain, cache):
                    seen.add(name)
                    directive = chain.block.plugin("forward")
                    related = (Related(cache.at(directive.name), "cache"),) if directive else ()
                    yield Problem(view.at(token), {"name": token.text}, message=message, related=related)
                    break


def _special(view: CorefileView, workspace: Workspace) -> Iterator[tuple[Token, str, str]]:
    """The names outside of the cluster's zones that the Corefile rewrites, lists, or has a server block for."""
    chains = chains_of(view, workspace)
    zones = {zone for chain in chains for zone in chain.zones}
    for chain in chains:
        for rule in chain.rules:
            if is_evaluated(rule) and rule.match == "exact" and not any(covers(zone, rule.pattern) for zone in zones):
                yield rule.source, rule.pattern, "rewrite"
        for entry in chain.hosts.entries if chain.hosts else ():
            for token in entry.names:
                yield token, normalise(token.text), "hosts"
        for key in chain.block.keys:
            parsed = server_key(key)
            is_usual = parsed.zone in {".", ""} or is_reverse(parsed.zone) or parsed.zone.endswith("arpa.")
            if not is_usual and not any(covers(parsed.zone, zone) or covers(zone, parsed.zone) for zone in zones):
                yield key, parsed.zone, "block"


def _forwards_outside(chain: Chain, cache: CorefileView) -> bool:
    """Whether the block of the cache for all other names sends them past the cluster's DNS."""
    directive = chain.block.plugin("forward")
    if "." not in chain.served or directive is None or chain.block.plugin("rewrite") or chain.block.plugin("hosts"):
        return False
    inside: set[str] = set()
    for block in cache.corefile.blocks:
        forwarding = block.plugin("forward")
        if forwarding is not None and not any(server_key(key).zone == "." for key in block.keys):
            inside |= {upstream.token.text for each in forward_views(forwarding) for upstream in each.upstreams}
    words = [upstream.token.text for forward in forward_views(directive) for upstream in forward.upstreams]
    return bool(words) and all(word in _OUTSIDE for word in words) and inside.isdisjoint(words)
