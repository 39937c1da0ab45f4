"""The syntax of Corefiles: what CoreDNS refuses, and what it accepts and understands otherwise than it was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tkelint import services
from tkelint.compiled import table
from tkelint.corefiles import corefiles_of, known_plugins
from tkelint.guesses import Guesses
from tkelint.patterns import pattern
from tkelint.problem import Problem, Related
from tkelint.syntax.corefile import CorefileError, Directive, server_key, zone_conflicts
from tkelint.syntax.corefile_plugins import forward_view, forward_views, hosts_entries, kubernetes_view, rewrite_rules
from tkelint.syntax.golang import quote
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from tkelint.corefiles import CorefileView
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import ServerBlock, Token
    from tkelint.workspace import Workspace

_LONGEST_QUOTE = 160
_PLUGIN_NAME = pattern(r"[a-z][a-z0-9_-]*\Z")


def syntax_error(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What CoreDNS refuses to load. It stops at the first error; all of them are reported."""
    plugins = Guesses(known_plugins())
    for view in corefiles_of(resource, workspace):
        for error in view.corefile.errors:
            if error.coredns:
                yield _refused(view, error, plugins)
        yield from _invalid_addresses(view)
        yield from _misspelt_imports(view)
        for conflict in zone_conflicts(view.corefile.blocks):
            parameters = {"key": conflict.key.text, "other": conflict.other.text}
            yield Problem(
                node=view.at(conflict.key),
                parameters={"what": what("zone-served-twice", parameters), "coredns": quoted(conflict.coredns)},
                related=(Related(view.at(conflict.other), "other", parameters),),
            )


def misread(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What CoreDNS understands otherwise than it was meant, without a word, or leaves to a plugin to refuse."""
    for view in corefiles_of(resource, workspace):
        for error in view.corefile.errors:
            if not error.coredns:
                yield Problem(
                    node=view.node.text(error.start, error.end),
                    parameters={"what": what(error.code, error.parameters)},
                    likelihood=table("corefile-errors")[error.code]["level"],
                )


def argument_invalid(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Arguments of rewrite, hosts, kubernetes and forward that CoreDNS refuses, and what some releases refuse."""
    properties = {plugin: Guesses(table("coredns-plugins")["properties"].get(plugin, ())) for plugin in _ERRORS}
    for view in corefiles_of(resource, workspace):
        # What is misread on a line has a rule of its own; the plugin's complaint is a consequence.
        misread_lines = {_line(view, error.start) for error in view.corefile.errors}
        problems = [
            problem for block in view.corefile.blocks for problem in _invalid_arguments(view, block, properties)
        ]
        # The words of a snippet are read in every block that imports it.
        for node, problem in {problem.node: problem for problem in reversed(problems)}.items():
            if node.part is not None and _line(view, node.part[0]) not in misread_lines:
                yield problem


def _line(view: CorefileView, offset: int) -> int:
    """Where the line of an offset in the Corefile begins."""
    return view.corefile.text.rfind("\n", 0, offset)


def _invalid_arguments(view: CorefileView, block: ServerBlock, properties: Mapping[str, Guesses]) -> Iterator[Problem]:
    for directive in block.directives:
        version = table("coredns-releases").get(directive.name.text, {}).get("removed")
        if version:
            parameters = {"plugin": directive.name.text, "version": version}
            yield _depends_on_release(view, directive.name, "plugin-removed", parameters)
    for plugin, errors_of in _ERRORS.items():
        occurrences = block.plugin(plugin)
        for error in errors_of(occurrences) if occurrences else ():
            yield _refused_argument(view, plugin, error, properties[plugin])
    forward = block.plugin("forward")
    for upstream in (upstream for each in forward_views(forward) for upstream in each.upstreams) if forward else ():
        if upstream.kind == "name" and not _is_filled_in_later(upstream.token.text):
            yield _named_upstream(view, upstream.token)


def _named_upstream(view: CorefileView, token: Token) -> Problem:
    """An upstream that is no address: a list without blanks is none in any release, a name in recent ones."""
    parameters = {"value": token.text}
    if "," not in token.text:
        return _depends_on_release(view, token, "upstream-name", parameters)
    coredns = f"plugin/forward: not an IP address or file: {quote(token.text)}"
    said = {"what": what("upstream-comma", parameters), "coredns": quoted(coredns)}
    return Problem(node=view.at(token), message="refused", parameters=said)


def _refused_argument(view: CorefileView, plugin: str, error: CorefileError, properties: Guesses) -> Problem:
    node = view.node.text(error.start, error.end)
    code, parameters = _explained(plugin, error, properties)
    if code == "property-removed":
        return Problem(node=node, message="release", parameters={"what": what(code, parameters)}, likelihood="likely")
    return Problem(
        node=node, message="refused", parameters={"what": what(code, parameters), "coredns": quoted(error.coredns)}
    )


def _explained(plugin: str, error: CorefileError, properties: Guesses) -> tuple[str, dict[str, str]]:
    """The code and parameters of an error, with what is known of a property that the plugin does not have."""
    parameters = dict(error.parameters)
    if error.code != "unknown-property":
        return error.code, parameters
    facts, name = table("coredns-plugins"), parameters["name"]
    removed = facts["removed-properties"].get(plugin, {}).get(name)
    if removed:
        return "property-removed", {**parameters, "version": removed}
    if plugin == "hosts" and parse_ip(name) is not None:
        return "entry-after-fallthrough", parameters
    near = properties.nearest(name)
    return ("unknown-property-near", {**parameters, "near": near}) if near else (error.code, parameters)


def _depends_on_release(view: CorefileView, token: Token, code: str, parameters: Mapping[str, str]) -> Problem:
    return Problem(
        node=view.at(token), message="release", parameters={"what": what(code, parameters)}, likelihood="likely"
    )


def _is_filled_in_later(word: str) -> bool:
    """Whether a word is a placeholder; those in capitals between underscores are NodeLocal DNSCache's."""
    return services.is_placeholder(word) or word.startswith("__PILLAR__")


# How to get what is wrong with the arguments of a plugin.
_ERRORS: Mapping[str, Callable[[Directive], Iterable[CorefileError]]] = {
    "rewrite": lambda directive: [error for rule in rewrite_rules(directive) for error in rule.errors],
    "hosts": lambda directive: hosts_entries(directive).errors,
    "kubernetes": lambda directive: kubernetes_view(directive).errors,
    "forward": lambda directive: forward_view(directive).errors,
}


def _refused(view: CorefileView, error: CorefileError, plugins: Guesses) -> Problem:
    code, parameters, likelihood = error.code, dict(error.parameters), "certain"
    if code == "unknown-directive":
        near = plugins.nearest(parameters["name"].lower())
        # A plugin that nobody here has heard of may be compiled into the image.
        may_exist = not near and _PLUGIN_NAME.match(parameters["name"]) is not None
        likelihood = "likely" if may_exist else "certain"
        code = "unknown-directive-near" if near else code
        parameters["near"] = near
    return Problem(
        node=view.node.text(error.start, error.end),
        parameters={"what": what(code, parameters), "coredns": quoted(error.coredns)},
        likelihood=likelihood,
    )


def _invalid_addresses(view: CorefileView) -> Iterator[Problem]:
    explained = {error.start for error in view.corefile.errors}
    for block in view.corefile.blocks:
        for key in block.keys:
            error = server_key(key).error
            if error and key.start not in explained:
                parameters = {"what": what("invalid-address", {"key": key.text}), "coredns": quoted(error)}
                yield Problem(node=view.at(key), parameters=parameters)


def _misspelt_imports(view: CorefileView) -> Iterator[Problem]:
    """Imports of what is no snippet but nearly called like one: CoreDNS looks for a file of this name."""
    snippets = Guesses([snippet.name for snippet in view.corefile.snippets], cutoff=0.75)
    imports = [*view.corefile.imports, *(each for block in view.corefile.blocks for each in block.imports)]
    for each in imports:
        near = snippets.nearest(each.pattern.text) if each.kind == "file" else ""
        if near:
            parameters = {"name": each.pattern.text, "near": near}
            said = {"what": what("import-near", parameters), "coredns": quoted(each.missing)}
            yield Problem(node=view.at(each.pattern), parameters=said, likelihood="likely")


def what(code: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """The text for a code in each language."""
    texts = table("corefile-errors")[code]
    return {language: texts[language].format_map(parameters) for language in ("en", "zh")}


def quoted(text: str) -> str:
    """What CoreDNS prints, on one line; it may hold the rest of the file."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
