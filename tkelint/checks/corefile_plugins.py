"""The plugins of Corefiles: do they take their arguments, and does the release of CoreDNS that reads them have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tkelint import services
from tkelint.checks.corefile_texts import quoted, what
from tkelint.compiled import table
from tkelint.coredns import Version
from tkelint.coredns_readers import is_node_local, is_stock, readers_of, release_of
from tkelint.corefiles import corefiles_of
from tkelint.guesses import Guesses
from tkelint.kubernetes import parse_version
from tkelint.patterns import pattern
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.resource import Node
from tkelint.syntax.corefile_plugins import forward_views, hosts_entries, kubernetes_view, rewrite_rules
from tkelint.syntax.corefile_setup import setup_view
from tkelint.syntax.golang import quote
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from tkelint.corefiles import CorefileView
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import CorefileError, Directive, Token
    from tkelint.syntax.corefile_plugins import Property
    from tkelint.workspace import Workspace

_CAPITALS = pattern(r"[A-Z][A-Z0-9_]{3,}\Z")
# The first release that looks up names of upstreams.
_UPSTREAM_NAMES = (1, 14, 4)


class _Plugin(NamedTuple):
    """All occurrences of a plugin in a server block, as its setup reads them."""

    directive: Directive
    properties: tuple[Property, ...]
    again: tuple[Token, ...]
    errors: tuple[CorefileError, ...]

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.directive.name.text


def argument_invalid(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Arguments and properties that a plugin refuses in every release that has it."""
    for view in corefiles_of(resource, workspace):
        guesses = _Guesses()
        problems: list[Problem] = []
        for plugin in workspace.once(_plugins)[view.node]:
            errors = (error for error in plugin.errors if not _is_known_otherwise(plugin, error, view))
            problems += [_refused(view, plugin.name, error, guesses) for error in errors]
            problems += _joined_upstreams(view, plugin) if plugin.name == "forward" else ()
        yield from _once_per_place(view, problems)


def not_in_release(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Plugins, properties and arguments that the release of CoreDNS does not have, or that some releases do not."""
    for view in corefiles_of(resource, workspace):
        release = release_of(view, workspace)
        problems = [
            problem
            for plugin in workspace.once(_plugins)[view.node]
            for problem in (*_plugin_in(view, plugin, release), *_properties_in(view, plugin, release))
        ]
        related = tuple(Related(server.image_node, "image") for server in readers_of(view, workspace)[:1])
        yield from (problem._replace(related=related) for problem in _once_per_place(view, problems))


def repeated(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A plugin that stands twice in a server block, of which CoreDNS heeds only one."""
    for view in corefiles_of(resource, workspace):
        for plugin in workspace.once(_plugins)[view.node]:
            kept = table("coredns-setup").get(plugin.name, {}).get("repeat")
            if kept not in {"first", "last"} or not plugin.again or plugin.errors:
                continue
            lost, heeded = plugin.directive.name, plugin.again[-1]
            if kept == "first":
                lost, heeded = plugin.again[0], plugin.directive.name
            if lost != heeded and not view.has_error_on_line(lost.start):
                related = (Related(view.at(heeded), "heeded", {"plugin": plugin.name}),)
                yield Problem(view.at(lost), {"plugin": plugin.name}, message=kept, related=related)


def not_linked(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Plugins that the program that reads the Corefile lacks: node-cache has few, stock builds no external ones."""
    for view in corefiles_of(resource, workspace):
        node_cache = is_node_local(view, workspace)
        if not node_cache and not is_stock(view, workspace):
            continue
        external = frozenset(table("coredns-plugins")["external"])
        missing = _missing_in_node_cache(view, workspace) | external if node_cache else external
        message = "node-cache" if node_cache else "external"
        for plugin in workspace.once(_plugins)[view.node]:
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


def _plugins(workspace: Workspace) -> dict[Node, tuple[_Plugin, ...]]:
    from tkelint.corefiles import corefiles  # noqa: PLC0415 - only called where there is a Corefile

    return {view.node: tuple(_read(view)) for view in corefiles(workspace)}


def _read(view: CorefileView) -> Iterator[_Plugin]:
    setups = table("coredns-setup")
    for block in view.corefile.blocks:
        names: dict[str, list[Token]] = {}
        for each in block.directives:
            names.setdefault(each.name.text, []).append(each.name)
        for name, (_, *again) in names.items():
            directive = block.plugin(name)
            if directive is None or directive.name.unknown:
                continue
            properties: tuple[Property, ...] = ()
            errors: tuple[CorefileError, ...] = ()
            if name in _VIEWS:
                properties, errors = _VIEWS[name](directive)
            elif name in setups:
                read = setup_view(directive, setups[name])
                properties, errors = read.properties, read.errors
            yield _Plugin(directive, properties, tuple(again), errors)


_Reading: TypeAlias = "tuple[tuple[Property, ...], tuple[CorefileError, ...]]"


def _rewrite(directive: Directive) -> _Reading:
    return (), tuple(error for rule in rewrite_rules(directive) for error in rule.errors)


def _hosts(directive: Directive) -> _Reading:
    view = hosts_entries(directive)
    return view.properties, view.errors


def _kubernetes(directive: Directive) -> _Reading:
    view = kubernetes_view(directive)
    return view.properties, view.errors


def _forward(directive: Directive) -> _Reading:
    views = forward_views(directive)
    properties = tuple(each for view in views for each in view.properties)
    return properties, tuple(error for view in views for error in view.errors)


# The plugins whose arguments have a grammar of their own.
_VIEWS: Mapping[str, Callable[[Directive], _Reading]] = {
    "rewrite": _rewrite,
    "hosts": _hosts,
    "kubernetes": _kubernetes,
    "forward": _forward,
}


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


def _is_known_otherwise(plugin: _Plugin, error: CorefileError, view: CorefileView) -> bool:
    """Whether another rule says it: removed properties, and what is filled in later."""
    if error.code == "unknown-property" and "removed" in _facts_of(plugin.name, error.parameters["name"]):
        return True
    return is_filled_in_later(view.corefile.text[error.start : error.end])


def _facts_of(plugin: str, name: str) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = table("coredns-setup").get(plugin, {}).get("properties", {}).get(name, {})
    return facts


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


def _plugin_in(view: CorefileView, plugin: _Plugin, release: Version | None) -> Iterator[Problem]:
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


def _properties_in(view: CorefileView, plugin: _Plugin, release: Version | None) -> Iterator[Problem]:
    for name in (each.name for each in plugin.properties):
        facts = _facts_of(plugin.name, name.text)
        if "since" in facts and _is_older(release, facts["since"]):
            parameters = {"plugin": plugin.name, "name": name.text, "version": facts["since"]}
            yield _problem(view, name, "property-too-new", parameters, release)
    for error in plugin.errors:
        facts = _facts_of(plugin.name, error.parameters.get("name", "")) if error.code == "unknown-property" else {}
        if "removed" in facts and not _is_older(release, facts["removed"]):
            parameters = {**error.parameters, "version": facts["removed"]}
            yield _problem(view, view.node.text(error.start, error.end), "property-removed", parameters, release)


def _rewrites_in(view: CorefileView, plugin: _Plugin, release: Version | None) -> Iterator[Problem]:
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


def _upstream_names(view: CorefileView, plugin: _Plugin, release: Version | None) -> Iterator[Problem]:
    """Upstreams that are names: a list without blanks is none in any release, a name in recent ones."""
    for upstream in (each for forward in forward_views(plugin.directive) for each in forward.upstreams):
        word = upstream.token.text
        is_meant = not is_filled_in_later(word) and _CAPITALS.match(word) is None
        is_name = upstream.kind == "name" and is_meant and "," not in word
        if is_name and (release is None or release < _UPSTREAM_NAMES):
            yield _problem(view, upstream.token, "upstream-name", {"value": word}, release)


def _joined_upstreams(view: CorefileView, plugin: _Plugin) -> Iterator[Problem]:
    """Upstreams of `forward` that are joined by commas: one word that is no address in any release."""
    for upstream in (each for forward in forward_views(plugin.directive) for each in forward.upstreams):
        word = upstream.token.text
        if upstream.kind == "name" and "," in word and not is_filled_in_later(word):
            coredns = f"plugin/forward: not an IP address or file: {quote(word)}"
            said = {"what": what("upstream-comma", {"value": word}), "coredns": quoted(coredns)}
            yield Problem(view.at(upstream.token), said, message="refused")


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


def _once_per_place(view: CorefileView, problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first problem of each place: a snippet is read in every block that imports it.

    What is misread on a line has a rule of its own; the plugin's complaint is a consequence.
    """
    for node, problem in {problem.node: problem for problem in reversed(list(problems))}.items():
        if node.part is not None and not view.has_error_on_line(node.part[0]):
            yield problem


def is_filled_in_later(word: str) -> bool:
    """Whether a word is a placeholder; those in capitals between underscores are NodeLocal DNSCache's."""
    return services.is_placeholder(word) or word.startswith("__PILLAR__")
