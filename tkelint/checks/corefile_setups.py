"""The plugins of Corefiles as their setups read them, all occurrences of one in a server block together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tkelint.compiled import table
from tkelint.corefiles import corefiles
from tkelint.syntax.corefile_plugins import forward_views, hosts_entries, kubernetes_view, rewrite_rules
from tkelint.syntax.corefile_setup import setup_view

if TYPE_CHECKING:
    from tkelint.corefiles import CorefileView
    from tkelint.problem import Problem
    from tkelint.resource import Node
    from tkelint.syntax.corefile import CorefileError, Directive, Token
    from tkelint.syntax.corefile_plugins import Property
    from tkelint.workspace import Workspace


class PluginReading(NamedTuple):
    """All occurrences of a plugin in a server block, as its setup reads them."""

    directive: Directive
    properties: tuple[Property, ...]
    again: tuple[Token, ...]
    errors: tuple[CorefileError, ...]

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.directive.name.text


def plugins_of(view: CorefileView, workspace: Workspace) -> tuple[PluginReading, ...]:
    """The plugins of all server blocks of a Corefile."""
    return workspace.once(_plugins)[view.node]


def facts_of(plugin: str, name: str) -> Mapping[str, Any]:
    """What the table says of a property; nothing of one that it does not know."""
    facts: Mapping[str, Any] = table("coredns-setup").get(plugin, {}).get("properties", {}).get(name, {})
    return facts


def once_per_place(view: CorefileView, problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first problem of each place: a snippet is read in every block that imports it.

    What is misread on a line has a rule of its own; the plugin's complaint is a consequence.
    """
    for node, problem in {problem.node: problem for problem in reversed(list(problems))}.items():
        if node.part is not None and not view.has_error_on_line(node.part[0]):
            yield problem


def _plugins(workspace: Workspace) -> dict[Node, tuple[PluginReading, ...]]:
    return {view.node: tuple(_read(view)) for view in corefiles(workspace)}


def _read(view: CorefileView) -> Iterator[PluginReading]:
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
            yield PluginReading(directive, properties, tuple(again), errors)


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
