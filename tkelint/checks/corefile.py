"""The syntax of Corefiles: what CoreDNS refuses, and what it accepts and understands otherwise than it was meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from tkelint.compiled import table
from tkelint.corefiles import corefiles_of, known_plugins
from tkelint.problem import Problem, Related
from tkelint.syntax.corefile import server_key, zone_conflicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.corefiles import CorefileView
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import CorefileError
    from tkelint.workspace import Workspace

_LONGEST_QUOTE = 160


def syntax_error(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What CoreDNS refuses to load. It stops at the first error; all of them are reported."""
    for view in corefiles_of(resource, workspace):
        for error in view.corefile.errors:
            if error.coredns:
                yield _refused(view, error)
        yield from _invalid_addresses(view)
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


def _refused(view: CorefileView, error: CorefileError) -> Problem:
    code, parameters, likelihood = error.code, dict(error.parameters), "certain"
    if code == "unknown-directive":
        near = difflib.get_close_matches(parameters["name"].lower(), known_plugins(), n=1)
        # A plugin that nobody here has heard of may be compiled into the image.
        likelihood = "certain" if near else "likely"
        code = "unknown-directive-near" if near else code
        parameters["near"] = near[0] if near else ""
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


def what(code: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """The text for a code in each language."""
    texts = table("corefile-errors")[code]
    return {language: texts[language].format_map(parameters) for language in ("en", "zh")}


def quoted(text: str) -> str:
    """What CoreDNS prints, on one line; it may hold the rest of the file."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
