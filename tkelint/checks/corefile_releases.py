"""What the release of CoreDNS that reads a Corefile does not have: plugins, properties, arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tkelint.checks.corefile_fixes import without_line
from tkelint.checks.corefile_plugins import is_filled_in_later
from tkelint.checks.corefile_setups import PluginReading, facts_of, once_per_place, plugins_of
from tkelint.checks.corefile_texts import what
from tkelint.compiled import table
from tkelint.coredns import Version
from tkelint.coredns_readers import readers_of, release_of
from tkelint.corefiles import corefiles_of
from tkelint.kubernetes import parse_version
from tkelint.patterns import pattern
from tkelint.problem import Fix, Problem, Related
from tkelint.resource import Node
from tkelint.syntax.corefile_plugins import forward_views, rewrite_rules

if TYPE_CHECKING:
    from tkelint.corefiles import CorefileView
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import CorefileError, Token
    from tkelint.workspace import Workspace

_CAPITALS = pattern(r"[A-Z][A-Z0-9_]{3,}\Z")
# Properties of `kubernetes` that have nothing in their place.
_WITHOUT_SUCCESSOR = frozenset({"upstream", "resyncperiod"})
# The first release that looks up names of upstreams.
_UPSTREAM_NAMES = (1, 14, 4)


def not_in_release(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Plugins, properties and arguments that the release of CoreDNS does not have, or that some releases do not."""
    for view in corefiles_of(resource, workspace):
        release = release_of(view, workspace)
        problems = [
            problem
            for plugin in plugins_of(view, workspace)
            for problem in (*_plugin_in(view, plugin, release), *_properties_in(view, plugin, release))
        ]
        related = tuple(Related(server.image_node, "image") for server in readers_of(view, workspace)[:1])
        yield from (problem._replace(related=related) for problem in once_per_place(view, problems))


def _plugin_in(view: CorefileView, plugin: PluginReading, release: Version | None) -> Iterator[Problem]:
    facts, name = table("coredns-releases").get(plugin.name, {}), plugin.directive.name
    parameters = {"plugin": plugin.name}
    if "removed" in facts and not _is_older(release, facts["removed"]):
        yield _problem(view, name, "plugin-removed", {**parameters, "version": facts["removed"]}, release)
    elif "since" in facts and _is_older(release, facts["since"]):
        yield _problem(view, name, "plugin-too-new", {**parameters, "version": facts["since"]}, release)
    once = table("coredns-setup").get(plugin.name, {}).get("once-until")
    if once and plugin.again and _is_older(release, once):
        yield _problem(view, plugin.again[0], "plugin-once-before", {**parameters, "version": once}, release)
    if plugin.name == "forward":
        yield from _upstream_names(view, plugin, release)
    elif plugin.name == "rewrite":
        yield from _rewrites_in(view, plugin, release)


def _properties_in(view: CorefileView, plugin: PluginReading, release: Version | None) -> Iterator[Problem]:
    for name in (each.name for each in plugin.properties):
        facts = facts_of(plugin.name, name.text)
        if "since" in facts and _is_older(release, facts["since"]):
            parameters = {"plugin": plugin.name, "name": name.text, "version": facts["since"]}
            yield _problem(view, name, "property-too-new", parameters, release)
    for error in plugin.errors:
        facts = facts_of(plugin.name, error.parameters.get("name", "")) if error.code == "unknown-property" else {}
        if "removed" in facts and not _is_older(release, facts["removed"]):
            parameters = {**error.parameters, "version": facts["removed"]}
            problem = _problem(view, view.node.text(error.start, error.end), "property-removed", parameters, release)
            yield problem._replace(fix=_without(view, plugin, error, release))


def _without(view: CorefileView, plugin: PluginReading, error: CorefileError, release: Version | None) -> Fix | None:
    """The Corefile without the line of a property, which is safe where the release is known to refuse it."""
    if plugin.name != "kubernetes" or error.parameters.get("name") not in _WITHOUT_SUCCESSOR:
        return None
    lines = (line for line in plugin.directive.block or () if line.tokens and line.tokens[0].start == error.start)
    line = next(lines, None)
    edit = without_line(view, line.tokens[0], line.tokens[-1]) if line and line.block is None else None
    return Fix((edit,), safe=release is not None) if edit else None


def _rewrites_in(view: CorefileView, plugin: PluginReading, release: Version | None) -> Iterator[Problem]:
    """Fields and answers of `rewrite` that came later than the plugin."""
    facts = table("coredns-setup")["rewrite"]
    for rule in rewrite_rules(plugin.directive):
        words = [(each.text.lower(), each, facts["fields"].get(rule.field)) for each in rule.tokens[:2]]
        found = [(word, token, since) for word, token, since in words if word == rule.field]
        found += [(f"answer {each.kind}", each.word, facts["answers"].get(each.kind)) for each in rule.answers]
        for name, token, since in found:
            if since and _is_older(release, since):
                parameters = {"plugin": plugin.name, "name": name, "version": since}
                yield _problem(view, token, "property-too-new", parameters, release)


def _upstream_names(view: CorefileView, plugin: PluginReading, release: Version | None) -> Iterator[Problem]:
    """Upstreams that are names: a list without blanks is none in any release, a name in recent ones."""
    for upstream in (each for forward in forward_views(plugin.directive) for each in forward.upstreams):
        word = upstream.token.text
        is_meant = not is_filled_in_later(word) and _CAPITALS.match(word) is None
        is_name = upstream.kind == "name" and is_meant and "," not in word
        if is_name and (release is None or release < _UPSTREAM_NAMES):
            yield _problem(view, upstream.token, "upstream-name", {"value": word}, release)


def _problem(
    view: CorefileView, place: Token | Node, code: str, parameters: Mapping[str, str], release: Version | None
) -> Problem:
    node = place if isinstance(place, Node) else view.at(place)
    said: dict[str, object] = {"what": what(code, parameters)}
    if release is None:
        return Problem(node, said, message="some", likelihood="likely")
    return Problem(node, {**said, "release": ".".join(map(str, release))}, message="known")


def _is_older(release: Version | None, version: str) -> bool:
    """Whether a release is known to be older than another."""
    return release is not None and release < (parse_version(version) or ())
