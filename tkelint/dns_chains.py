"""Server blocks as chains of plugins: which of them gets a query, and what `rewrite` and `hosts` make of it.

Only loaded where there is a Corefile; `resolver` asks.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from tkelint.compiled import table
from tkelint.corefiles import CorefileView, corefiles
from tkelint.syntax.corefile import server_key
from tkelint.syntax.corefile_plugins import UNKNOWN, hosts_entries, kubernetes_view, rewrite_rules
from tkelint.syntax.domain_name import covers, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tkelint.resource import Node
    from tkelint.syntax.corefile import Directive, ServerBlock, Token
    from tkelint.syntax.corefile_hosts import HostsBlock
    from tkelint.syntax.corefile_rewrite import RewriteRule, Unknown
    from tkelint.workspace import Workspace

_DNS_PORT = "53"
# Query types that a `template` for an address answers.
_ADDRESS_TYPES = frozenset({"A", "AAAA", "ANY", "CNAME"})
# Beyond this no pattern is evaluated, so that hostile Corefiles cost no more than long ones; real blocks have a dozen.
_MOST_PATTERNS = 500


class Chain(NamedTuple):
    """The plugins of one server block that decide where a name leads.

    `served` are the zones of the block itself, `zones` the forward zones of its `kubernetes` plugin. `exact` has the
    indexes of the rules for one name, `patterns` those of all other rules that may change a name. Behind
    `first_continuing` names come from rewriting too. `is_known` is false when a plugin or an import of which nothing is
    known may answer.
    """

    view: CorefileView
    block: ServerBlock
    served: tuple[str, ...]
    zones: tuple[str, ...]
    rules: tuple[RewriteRule, ...]
    exact: Mapping[str, Sequence[int]]
    patterns: Sequence[int]
    first_continuing: int
    hosts: HostsBlock | None
    entries: Mapping[str, tuple[Token, Token]]  # by name: its token and that of the address
    is_known: bool

    def rewrite(self, name: str) -> tuple[str | Literal[Unknown.UNKNOWN], tuple[tuple[int, str], ...]]:
        """What `rewrite` makes of a normalised name, and the indexes of the rules that applied with their results."""
        applied: list[tuple[int, str]] = []
        position = 0
        while (index := self._first_match(name, position)) is not None:
            rule = self.rules[index]
            result = rule.apply(name)
            if not isinstance(result, str):
                return UNKNOWN, tuple(applied)
            applied.append((index, result))
            name, position = result, index + 1
            if not rule.continues:
                break
        return name, tuple(applied)

    def _first_match(self, name: str, position: int) -> int | None:
        """The first rule from a position on that matches a name, or of which that is not known."""
        found = self.exact.get(name, ())
        at = bisect.bisect_left(found, position)
        exact = found[at] if at < len(found) else None
        for index in self.patterns[bisect.bisect_left(self.patterns, position) :]:
            if exact is not None and index > exact:
                break
            if len(self.patterns) > _MOST_PATTERNS or self.rules[index].apply(name) is not None:
                return index
        return exact

    def may_answer(self, name: str) -> bool:
        """Whether something of which nothing is known may answer a name that is no Service: a plugin, a hosts file."""
        if not self.is_known or self.hosts is None:
            return not self.is_known
        is_read = self.hosts.file_token is None and self.hosts.is_complete
        return not is_read and any(covers(zone, name) for zone in self.hosts.zones)


Server: TypeAlias = "Mapping[str, Chain]"  # by zone


def chains_of(view: CorefileView, workspace: Workspace) -> tuple[Chain, ...]:
    """The server blocks of a Corefile as chains of plugins; blocks that CoreDNS drops are left out."""
    return workspace.once(_chains)[view.node]


def server_of(view: CorefileView, workspace: Workspace) -> Server:
    """The blocks of a Corefile that Pods ask, by the zones they serve."""
    return workspace.once(_servers)[view.node]


def chain_for(server: Server, question: str) -> Chain | None:
    """The block that gets the query for a normalised name: the one with the longest zone that covers it."""
    return next((server[zone] for zone in zones_above(question) if zone in server), None)


def _chains(workspace: Workspace) -> dict[Node, tuple[Chain, ...]]:
    return {
        view.node: tuple(_chain(view, block) for block in view.corefile.blocks if not block.dropped)
        for view in corefiles(workspace)
    }


def _chain(view: CorefileView, block: ServerBlock) -> Chain:
    kubernetes, rewrite, hosts = (block.plugin(name) for name in ("kubernetes", "rewrite", "hosts"))
    rules = rewrite_rules(rewrite) if rewrite else ()
    exact: dict[str, list[int]] = defaultdict(list)
    patterns: list[int] = []
    for index, rule in enumerate(rules):
        if rule.errors or rule.field not in {"", "name"}:
            continue
        if rule.match == "exact" and not rule.source.unknown:
            exact[rule.pattern].append(index)
        else:
            patterns.append(index)
    listed = hosts_entries(hosts) if hosts else None
    return Chain(
        view=view,
        block=block,
        served=tuple(zone for key in block.keys for zone in server_key(key).zones),
        zones=kubernetes_view(kubernetes).zones if kubernetes else (),
        rules=rules,
        exact=exact,
        patterns=patterns,
        first_continuing=next((index for index, rule in enumerate(rules) if rule.continues), len(rules)),
        hosts=listed,
        entries={
            normalise(name.text): (name, entry.address)
            for entry in reversed(listed.entries if listed else ())
            for name in entry.names
        },
        is_known=block.is_complete and not any(_may_answer(directive) for directive in block.directives),
    )


def _servers(workspace: Workspace) -> dict[Node, Server]:
    return {node: _by_zone(chains) for node, chains in workspace.once(_chains).items()}


def _by_zone(chains: Iterable[Chain]) -> dict[str, Chain]:
    """The chains by zone, of the blocks that Pods ask: on port 53 if there are any."""
    found = [(port, zone, chain) for chain in chains for port, zone in _plain_zones(chain.block)]
    usual = [each for each in found if each[0] == _DNS_PORT]
    return {zone: chain for _, zone, chain in reversed(usual or found)}


def _plain_zones(block: ServerBlock) -> Iterator[tuple[str, str]]:
    """Port and zone of the addresses that speak plain DNS."""
    for token in block.keys:
        key = server_key(token)
        if key.transport == "dns":
            yield from ((key.port, zone) for zone in key.zones)


def zones_above(name: str) -> Iterator[str]:
    """The name itself and every zone above it, the longest first."""
    yield name
    position = name.find(".") + 1
    while 0 < position < len(name):
        yield name[position:]
        position = name.find(".", position) + 1
    yield "."


def _may_answer(directive: Directive) -> bool:
    """Whether a plugin may answer with an address that nobody can tell from the Corefile."""
    match directive.name.text:
        case "kubernetes" | "forward" | "hosts":
            return False
        case "template":
            words = [token.text for token in directive.arguments[:2]]
            return len(words) < 2 or words[1] in _ADDRESS_TYPES
    return directive.name.unknown or directive.name.text not in table("coredns-plugins")["never-answer"]


def cluster_servers(workspace: Workspace) -> tuple[Server, ...]:
    """Those of the cluster's own DNS; equal Corefiles count once."""
    views = {view.corefile.text: view for view in corefiles(workspace) if view.serves_cluster}
    return tuple(server_of(view, workspace) for view in views.values())
