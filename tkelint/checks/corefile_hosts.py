"""The `hosts` plugin of Corefiles: does it let other names pass, does it lead Pods to a CLB of their own cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import services
from tkelint.checks.corefile_fixes import with_property, written
from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import chains_of
from tkelint.loopback import is_cured, may_loop
from tkelint.problem import Fix, Problem, Related
from tkelint.syntax.corefile_plugins import forward_views
from tkelint.syntax.domain_name import covers
from tkelint.syntax.golang_net import parse_ip
from tkelint.traffic import frontends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.corefiles import CorefileView
    from tkelint.dns_chains import Chain
    from tkelint.resource import Resource
    from tkelint.syntax.corefile_hosts import IgnoredLine
    from tkelint.syntax.corefile_plugins import HostsBlock
    from tkelint.workspace import Workspace


def without_fallthrough(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A `hosts` that keeps what `kubernetes` or `forward` of its block should answer."""
    for view in corefiles_of(resource, workspace):
        for chain in chains_of(view, workspace):
            if chain.hosts is None or not chain.hosts.is_complete or not chain.block.is_complete:
                continue
            node = view.at(chain.hosts.name)
            kept = _kept(chain.hosts, chain.zones)
            if kept is not None:
                zone, cluster = kept
                parameters = {"zone": _shown(zone), "cluster": _shown(cluster)}
                yield Problem(node=node, message="kubernetes", parameters=parameters, fix=_with_fallthrough(chain))
                continue
            kept = _kept(chain.hosts, _forwarded(chain))
            if kept is not None:
                parameters = {"zone": _shown(kept[0])}
                yield Problem(node=node, message="forward", parameters=parameters, fix=_with_fallthrough(chain))


def _with_fallthrough(chain: Chain) -> Fix | None:
    """The property that lets all other names pass; where there is one for some zones, its author decides."""
    directive = chain.block.plugin("hosts")
    if chain.hosts is None or directive is None or directive.name != chain.hosts.name:
        return None
    if chain.hosts.fallthrough is not None or chain.hosts.errors:
        return None
    edit = with_property(chain.view, directive, "fallthrough")
    return Fix((edit,), safe=True) if edit else None


def points_to_clb(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An entry whose address is that of an internal CLB of this cluster that can loop."""
    for view in corefiles_of(resource, workspace):
        for chain in chains_of(view, workspace):
            for entry in chain.hosts.entries if chain.hosts else ():
                ways = frontends(workspace).get(entry.address.text.lower(), ())
                looping = (
                    way for way in ways if may_loop(way.resource, workspace) and not is_cured(way.resource, workspace)
                )
                way = next(looping, None)
                if way is not None and entry.names:
                    target = way.resource.label
                    names = [name.text for name in entry.names]
                    yield Problem(
                        node=view.at(entry.address),
                        parameters={"names": names, "address": entry.address.text, "target": target},
                        related=(Related(way.node, "address", {"target": target, "host": entry.address.text}),),
                    )


def entry_ignored(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Entries that CoreDNS passes over: not an address first, no name, or names that the plugin is not asked for."""
    for view in corefiles_of(resource, workspace):
        blocks = [chain.hosts for chain in chains_of(view, workspace) if chain.hosts is not None]
        # An entry of a snippet may serve another block that imports it.
        served = {name for hosts in blocks for entry in hosts.entries for name in entry.names}
        for hosts in blocks:
            for line in hosts.ignored:
                word, fix = line.tokens[0], _swapped(view, line)
                if not services.is_placeholder(word.text):
                    yield Problem(node=view.at(word), message=line.reason, parameters={"word": word.text}, fix=fix)
            zones = [_shown(zone) for zone in hosts.zones]
            for name in (name for entry in hosts.entries for name in entry.outside if name not in served):
                yield Problem(node=view.at(name), message="outside", parameters={"word": name.text, "zones": zones})


def _swapped(view: CorefileView, line: IgnoredLine) -> Fix | None:
    """The address first, where it was written behind the name."""
    if line.reason != "no-address" or len(line.tokens) != 2 or parse_ip(line.tokens[1].text) is None:
        return None
    name, address = line.tokens
    return Fix((written(view, name, address.text), written(view, address, name.text)), safe=True)


def _kept(hosts: HostsBlock, zones: tuple[str, ...]) -> tuple[str, str] | None:
    """The first zone that `hosts` does not let pass, behind the zone of its own that covers it."""
    for zone in zones:
        own = next((own for own in hosts.zones if covers(own, zone)), None)
        if own is not None and not any(covers(through, zone) for through in hosts.fallthrough or ()):
            return own, zone
    return None


def _forwarded(chain: Chain) -> tuple[str, ...]:
    """The zones for which the block forwards: those of `forward` within its own."""
    directive = chain.block.plugin("forward")
    sources = [view.zone for view in forward_views(directive) if view.zone] if directive else []
    pairs = [(source, zone) for source in sources for zone in chain.served]
    return tuple(
        zone if covers(source, zone) else source
        for source, zone in pairs
        if covers(source, zone) or covers(zone, source)
    )


def _shown(zone: str) -> str:
    return zone.rstrip(".") or "."
