"""Which plugin answers, and which names never get that far: cache, template, autopath, kubernetes, acl."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, NamedTuple

from tkelint.compiled import table
from tkelint.coredns import NAME, NAMESPACE
from tkelint.coredns_readers import is_node_local
from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import chains_of, zones_above
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.syntax.corefile_keys import plugin_zones
from tkelint.syntax.corefile_plugins import forward_views, kubernetes_view
from tkelint.syntax.golang import GoError, atoi, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.corefiles import CorefileView
    from tkelint.dns_chains import Chain
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import Directive, ServerBlock, Token
    from tkelint.workspace import Workspace

_ANSWERING = frozenset({"kubernetes", "forward", "hosts", "file", "auto", "secondary", "etcd", "k8s_external", "grpc"})
_MATCHES_ALL = frozenset({"", ".*", "^.*$", ".*$", "^.*", "(.*)", "^(.*)$", ".+", "."})
_ADDRESS_TYPES = frozenset({"A", "AAAA"})


def _blocks(
    resource: Resource, workspace: Workspace, plugin: str
) -> Iterator[tuple[CorefileView, ServerBlock, Directive]]:
    """Each occurrence of a plugin whose lines the parser has nothing against."""
    for view in corefiles_of(resource, workspace):
        for block in view.corefile.blocks:
            for directive in block.directives:
                if directive.name.text == plugin and not view.has_error_on_line(directive.name.start):
                    yield view, block, directive


def cache_ttl_is_zone(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A TTL of `cache` that CoreDNS takes for a zone."""
    for view, _, directive in _blocks(resource, workspace, "cache"):
        for index, token in enumerate(directive.arguments):
            if not token.unknown and _is_number(token.text) is (index > 0) and _is_time(token.text):
                message = "place" if index else "unit"
                fix = None if index else Fix((Edit(view.at(token), _seconds(token.text)),))
                yield Problem(view.at(token), {"value": token.text}, message=message, fix=fix)


def _is_number(text: str) -> bool:
    try:
        atoi(text)
    except GoError:
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        parse_duration(text if not _is_number(text) else text + "s")
    except GoError:
        return False
    return True


def _seconds(text: str) -> str:
    duration = parse_duration(text if not _is_number(text) else text + "s")
    return str(max(duration // 1_000_000_000, 1))


def template_denies_names(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """NXDOMAIN for one type of address: clients take it for all types."""
    for view, block, directive in _blocks(resource, workspace, "template"):
        words = [token.text for token in directive.arguments]
        lines = directive.block or ()
        if len(words) < 2 or words[1] not in _ADDRESS_TYPES or any(line.tokens[0].text == "match" for line in lines):
            continue
        others = any(block.plugin(name) for name in _ANSWERING)
        for line in lines:
            texts = [token.text for token in line.tokens]
            if texts[:2] == ["rcode", "NXDOMAIN"] and others:
                fix = Fix((Edit(view.at(line.tokens[1]), "NOERROR"),))
                yield Problem(view.at(line.tokens[1]), {"type": words[1]}, fix=fix)


def template_without_fallthrough(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A template for some names that keeps the others of its zone from the plugins behind it."""
    last: ServerBlock | None = None
    served: _Behind | None = None
    for view, block, directive in _blocks(resource, workspace, "template"):
        lines = directive.block or ()
        names = {line.tokens[0].text for line in lines if line.tokens}
        patterns = [token.text for line in lines if line.tokens[0].text == "match" for token in line.tokens[1:]]
        if not patterns or "fallthrough" in names or _MATCHES_ALL.intersection(patterns):
            continue
        zones, is_complete = plugin_zones(directive.arguments[2:], directive.keys)
        behind = sorted(name for name in _ANSWERING if block.plugin(name))
        if block is not last:
            last, served = block, _served_behind(block)
        if behind and is_complete and zones and _meets(served, zones):
            kind = directive.arguments[1].text if len(directive.arguments) > 1 else ""
            parameters = {"type": kind, "zones": [zone.rstrip(".") or "." for zone in zones], "plugins": behind}
            yield Problem(view.at(directive.name), parameters)


class _Behind(NamedTuple):
    """The zones of `kubernetes` and `forward` of a block, and all zones above them."""

    served: frozenset[str]
    above: frozenset[str]


def _served_behind(block: ServerBlock) -> _Behind | None:
    """What stands behind a template; `None` where other plugins answer for all names."""
    kubernetes, forward = block.plugin("kubernetes"), block.plugin("forward")
    if not kubernetes and not forward:
        return None
    served = [*(kubernetes_view(kubernetes).zones if kubernetes else ())]
    served += [view.zone for view in forward_views(forward) if view.zone] if forward else []
    return _Behind(frozenset(served), frozenset(each for zone in served for each in zones_above(zone)))


def _meets(behind: _Behind | None, zones: Sequence[str]) -> bool:
    """Whether what stands behind a template is asked for names of its zones."""
    if behind is None:
        return True
    return any(zone in behind.above or not behind.served.isdisjoint(zones_above(zone)) for zone in zones)


def autopath(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`autopath @kubernetes` without what it needs."""
    for view, block, directive in _blocks(resource, workspace, "autopath"):
        source = directive.arguments[-1] if directive.arguments else None
        if source is None or source.text != "@kubernetes" or not block.is_complete:
            continue
        kubernetes = block.plugin("kubernetes")
        if kubernetes is None:
            yield Problem(view.at(source), message="missing")
        elif kubernetes_view(kubernetes).pods != "verified":
            mode = kubernetes_view(kubernetes).pods
            related = (Related(view.at(kubernetes.name), "kubernetes"),)
            yield Problem(view.at(source), {"mode": mode}, message="mode", related=related)


def only_reverse(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`kubernetes` with reverse zones only."""
    for view, _, directive in _blocks(resource, workspace, "kubernetes"):
        read = kubernetes_view(directive)
        if read.is_complete and not read.zones and read.reverse_zones and not read.errors:
            yield Problem(view.at(directive.name), {"zones": [zone.rstrip(".") for zone in read.reverse_zones]})


def falls_through_everything(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`kubernetes` that sends unknown names of the cluster to the upstream servers."""
    for view in corefiles_of(resource, workspace):
        for chain in chains_of(view, workspace):
            directive = chain.block.plugin("kubernetes")
            through = _bare_fallthrough(directive) if directive else None
            if through is None or not _forwards_all(chain) or not chain.zones:
                continue
            yield Problem(view.at(through), {"zone": chain.zones[0].rstrip(".")})


def _bare_fallthrough(directive: Directive) -> Token | None:
    properties = kubernetes_view(directive).properties
    found = [each for each in properties if each.name.text == "fallthrough"]
    return found[-1].name if found and not found[-1].arguments else None


def _forwards_all(chain: Chain) -> bool:
    directive = chain.block.plugin("forward")
    return any(view.zone == "." for view in forward_views(directive)) if directive else False


def kubernetes_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The cluster's own Corefile without `kubernetes`."""
    if resource.name != NAME or resource.namespace != NAMESPACE:
        return
    for view in corefiles_of(resource, workspace):
        plugins = {each.name.text for block in view.corefile.blocks for each in block.directives}
        is_known = view.corefile.is_complete and all(name in table("coredns-releases") for name in plugins)
        if not plugins or "kubernetes" in plugins or not is_known or view.corefile.errors:
            continue
        key = next((key for block in view.corefile.blocks for key in block.keys), None)
        if key is not None and not is_node_local(view, workspace):
            yield Problem(view.at(key))


def acl_blocks_all(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`acl` that lets nobody in: a `block` or `drop` for everybody, and no `allow` before it."""
    for view, _, directive in _blocks(resource, workspace, "acl"):
        for line in directive.block or ():
            words = [token.text.lower() for token in line.tokens]
            if words[0] == "allow":
                break
            if words[0] in {"block", "drop", "filter"} and len(words) == 1:
                yield Problem(view.at(line.tokens[0]), {"action": line.tokens[0].text})
                break


def snippet_imported_twice(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A snippet that a server block imports twice, so that a plugin reads two of its lines as one.

    Plugins tell lines apart by their numbers, and the words of a snippet keep those of its definition.
    """
    for view in corefiles_of(resource, workspace):
        for block in view.corefile.blocks if view.corefile.snippets else ():
            last: dict[str, Directive] = {}
            for directive in block.directives:
                before = last.get(directive.name.text)
                last[directive.name.text] = directive
                end = (before.tokens or (before.name,))[-1] if before else None
                if end is not None and end.last_line == directive.name.line:
                    name = _snippet_of(view, directive.name)
                    again = [each.pattern for each in block.imports if each.pattern.text == name]
                    if again:
                        yield Problem(view.at(again[-1]), {"name": name, "plugin": directive.name.text})
                        break


def _snippet_of(view: CorefileView, token: Token) -> str:
    """The snippet that a word stands in; they are in the order of the text."""
    snippets = view.corefile.snippets
    index = bisect.bisect_right(snippets, token.start, key=lambda snippet: snippet.span.start) - 1
    return snippets[index].name if index >= 0 and token.start < snippets[index].span.end else ""
