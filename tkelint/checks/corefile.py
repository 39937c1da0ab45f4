"""The syntax of Corefiles: what CoreDNS refuses, and what it accepts and understands otherwise than it was meant."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tkelint.checks.corefile_texts import quoted, what
from tkelint.compiled import table
from tkelint.coredns_readers import is_stock
from tkelint.corefiles import corefiles_of
from tkelint.guesses import Guesses
from tkelint.patterns import pattern
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.syntax.corefile import CorefileError, server_key, zone_conflicts

if TYPE_CHECKING:
    from tkelint.corefiles import CorefileView
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_PLUGIN_NAME = pattern(r"[a-z][a-z0-9_-]*\Z")


def syntax_error(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What CoreDNS refuses to load. It stops at the first error; all of them are reported."""
    plugins = Guesses(table("coredns-releases"), cutoff=0.7)
    for view in corefiles_of(resource, workspace):
        stock = is_stock(view, workspace)
        for error in view.corefile.errors:
            if error.coredns:
                yield _refused(view, error, plugins, stock=stock)
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
                    likelihood=table("corefile-errors")[error.code].get("level", "certain"),
                    fix=_with_blank(view, error),
                )


def _with_blank(view: CorefileView, error: CorefileError) -> Fix | None:
    """The blank before a `#` or a brace that was glued to a word."""
    mark = view.corefile.text[error.start : error.end]
    is_glued = error.code == "glued-comment" or (error.code == "brace-glued" and mark == "{")
    return Fix((Edit(view.node.text(error.start, error.end), f" {mark}"),), safe=True) if is_glued else None


def _refused(view: CorefileView, error: CorefileError, plugins: Guesses, *, stock: bool) -> Problem:
    code, parameters, likelihood = error.code, dict(error.parameters), "certain"
    if code == "unknown-directive":
        owners = _owners(view, parameters["name"])
        near = "" if owners else plugins.nearest(parameters["name"].lower())
        # A plugin that nobody here has heard of may be compiled into the image.
        may_exist = not near and not owners and _PLUGIN_NAME.match(parameters["name"]) is not None and not stock
        likelihood = "likely" if may_exist else "certain"
        code = "unknown-directive-property" if owners else "unknown-directive-near" if near else code
        parameters |= {"near": near, "plugins": ", ".join(owners)}
    return Problem(
        node=view.node.text(error.start, error.end),
        parameters={"what": what(code, parameters), "coredns": quoted(error.coredns)},
        likelihood=likelihood,
        fix=_with_blank(view, error) or _in_lower_case(view, error, parameters.get("near", "")),
    )


def _owners(view: CorefileView, name: str) -> list[str]:
    """The plugins that have a property of a name: those of the Corefile, else all."""
    owners = [plugin for plugin, facts in table("coredns-setup").items() if name in facts.get("properties", ())]
    if len(owners) < 2:
        return owners
    used = {directive.name.text for block in view.corefile.blocks for directive in block.directives}
    return [plugin for plugin in owners if plugin in used] or owners


def _in_lower_case(view: CorefileView, error: CorefileError, near: str) -> Fix | None:
    """The name of a plugin that was only written with capitals."""
    word = view.corefile.text[error.start : error.end]
    if not near or word == near or word.lower() != near:
        return None
    return Fix((Edit(view.node.text(error.start, error.end), near),), safe=True)


def _invalid_addresses(view: CorefileView) -> Iterator[Problem]:
    explained = sorted(error.start for error in view.corefile.errors)
    for block in view.corefile.blocks:
        for key in block.keys:
            error = server_key(key).error
            at = bisect.bisect_left(explained, key.start)
            if error and not (at < len(explained) and explained[at] < key.end):
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
