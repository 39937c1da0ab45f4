"""The plugins of Corefiles: do they take their arguments, and does the release of CoreDNS that reads them have them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tkelint import services
from tkelint.checks.corefile_fixes import without_line
from tkelint.checks.corefile_setups import PluginReading, facts_of, once_per_place, plugins_of
from tkelint.checks.corefile_texts import quoted, what
from tkelint.compiled import table
from tkelint.coredns_readers import is_node_local, is_stock, readers_of
from tkelint.corefiles import corefiles_of
from tkelint.guesses import Guesses
from tkelint.kubernetes import parse_version
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.syntax.corefile_plugins import forward_views
from tkelint.syntax.golang import quote
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from tkelint.corefiles import CorefileView
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import CorefileError, Token
    from tkelint.workspace import Workspace


def argument_invalid(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Arguments and properties that a plugin refuses in every release that has it."""
    for view in corefiles_of(resource, workspace):
        guesses = _Guesses()
        problems: list[Problem] = []
        for plugin in plugins_of(view, workspace):
            errors = (error for error in plugin.errors if not _is_known_otherwise(plugin, error, view))
            problems += [_refused(view, plugin.name, error, guesses) for error in errors]
            problems += _joined_upstreams(view, plugin) if plugin.name == "forward" else ()
        yield from once_per_place(view, problems)


def repeated(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A plugin that stands twice in a server block, of which CoreDNS heeds only one."""
    for view in corefiles_of(resource, workspace):
        for plugin in plugins_of(view, workspace):
            kept = table("coredns-setup").get(plugin.name, {}).get("repeat")
            if kept not in {"first", "last"} or not plugin.again or plugin.errors:
                continue
            lost, heeded = plugin.directive.name, plugin.again[-1]
            if kept == "first":
                lost, heeded = plugin.again[0], plugin.directive.name
            if lost != heeded and not view.has_error_on_line(lost.start):
                related = (Related(view.at(heeded), "heeded", {"plugin": plugin.name}),)
                fix = _without(view, plugin, lost)
                yield Problem(view.at(lost), {"plugin": plugin.name}, message=kept, related=related, fix=fix)


def _without(view: CorefileView, plugin: PluginReading, lost: Token) -> Fix | None:
    """The Corefile without a line of a plugin that is not heeded."""
    found = [
        directive
        for block in view.corefile.blocks
        for directive in block.directives
        if directive.name == lost and directive.tokens == directive.arguments and directive.name.text == plugin.name
    ]
    edit = without_line(view, lost, (found[0].tokens or (lost,))[-1]) if len(found) == 1 else None
    return Fix((edit,), safe=True) if edit else None


def not_linked(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Plugins that the program that reads the Corefile lacks: node-cache has few, stock builds no external ones."""
    for view in corefiles_of(resource, workspace):
        node_cache = is_node_local(view, workspace)
        if not node_cache and not is_stock(view, workspace):
            continue
        external = frozenset(table("coredns-plugins")["external"])
        missing = _missing_in_node_cache(view, workspace) | external if node_cache else external
        message = "node-cache" if node_cache else "external"
        for plugin in plugins_of(view, workspace):
            name = plugin.directive.name
            if name.text in missing and not view.has_error_on_line(name.start):
                yield Problem(view.at(name), {"plugin": name.text}, message=message)


def _missing_in_node_cache(view: CorefileView, workspace: Workspace) -> frozenset[str]:
    """The plugins of CoreDNS that a node-cache lacks: of its tag, or of every tag."""
    tags = [parse_version(server.image.tag) for server in readers_of(view, workspace)]
    known = [tag for tag in tags if tag is not None]
    has = {
        name
        for name, since in table("coredns-images")["node-cache"]["plugins"].items()
        if not known or max(known) >= (parse_version(since) or ())
    }
    return frozenset(table("coredns-setup")) - has


class _Guesses:
    """The nearest property of a plugin."""

    def __init__(self) -> None:
        self._by_plugin: dict[str, Guesses] = {}

    def nearest(self, plugin: str, name: str) -> str:
        """The property that is most like a word, of those that plugins still have."""
        if plugin not in self._by_plugin:
            properties = table("coredns-setup").get(plugin, {}).get("properties", {})
            self._by_plugin[plugin] = Guesses([key for key, facts in properties.items() if "removed" not in facts])
        return self._by_plugin[plugin].nearest(name)


def _is_known_otherwise(plugin: PluginReading, error: CorefileError, view: CorefileView) -> bool:
    """Whether another rule says it: removed properties, and what is filled in later."""
    if error.code == "unknown-property" and "removed" in facts_of(plugin.name, error.parameters["name"]):
        return True
    return is_filled_in_later(view.corefile.text[error.start : error.end])


def _refused(view: CorefileView, plugin: str, error: CorefileError, guesses: _Guesses) -> Problem:
    code, parameters = error.code, dict(error.parameters)
    if code == "unknown-property" and plugin == "hosts" and parse_ip(parameters["name"]) is not None:
        code = "entry-after-fallthrough"
    elif code == "unknown-property":
        near = guesses.nearest(plugin, parameters["name"])
        code, parameters["near"] = ("unknown-property-near" if near else code), near
    said = {"what": what(code, parameters), "coredns": quoted(error.coredns)}
    node = view.node.text(error.start, error.end)
    word = view.corefile.text[error.start : error.end]
    better = _with_colon_or_unit(code, word)
    fix = Fix((Edit(node, better),), safe=True) if better else None
    return Problem(node, said, message="refused", fix=fix)


def _with_colon_or_unit(code: str, word: str) -> str:
    """What a bare number was meant to be: a port, or seconds."""
    if not (word.isascii() and word.isdigit()):
        return ""
    return {"not-an-endpoint": f":{word}", "not-a-duration": f"{word}s"}.get(code, "")


def _joined_upstreams(view: CorefileView, plugin: PluginReading) -> Iterator[Problem]:
    """Upstreams of `forward` that are joined by commas: one word that is no address in any release."""
    for upstream in (each for forward in forward_views(plugin.directive) for each in forward.upstreams):
        word = upstream.token.text
        if upstream.kind == "name" and "," in word and not is_filled_in_later(word):
            coredns = f"plugin/forward: not an IP address or file: {quote(word)}"
            said = {"what": what("upstream-comma", {"value": word}), "coredns": quoted(coredns)}
            fix = Fix((Edit(view.at(upstream.token), " ".join(filter(None, word.split(",")))),), safe=True)
            yield Problem(view.at(upstream.token), said, message="refused", fix=fix)


def is_filled_in_later(word: str) -> bool:
    """Whether a word is a placeholder; those in capitals between underscores are NodeLocal DNSCache's."""
    return services.is_placeholder(word) or word.startswith("__PILLAR__")
