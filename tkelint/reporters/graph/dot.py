"""The graph for Graphviz: `tkelint graph --format dot | dot -Tsvg`. https://graphviz.org/doc/info/lang.html."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.reporters.graph.words import COLUMN_TITLES, caption, title
from tkelint.reporters.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.graph.model import Vertex
    from tkelint.reporters import ReporterOptions
    from tkelint.reporters.graph import View

_LOOP = 'color="#d1242f", penwidth=2'


def render(view: View, options: ReporterOptions) -> Iterator[str]:
    """The graph as a digraph from left to right, one rank for each column."""
    return (f"{line}\n" for line in _lines(view, options.language))


def _lines(view: View, language: str) -> Iterator[str]:
    graph, looping = view.graph, view.graph.loop_edges()
    in_loops = {end for number in looping for end in (graph.edges[number].source, graph.edges[number].target)}
    names = {vertex: f"v{number}" for number, vertex in enumerate(graph.vertices)}
    yield "digraph tkelint {"
    yield '  graph [rankdir=LR, ranksep=1, nodesep=0.2, fontname="sans-serif"]'
    yield '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=11]'
    yield '  edge [color="#8c959f", arrowsize=0.7]'
    for column, heading in enumerate(COLUMN_TITLES):
        members = [vertex for vertex in graph.vertices.values() if vertex.column == column]
        if members:
            yield f"  subgraph {quoted('column ' + heading[language])} {{"
            yield "    rank=same"
            yield from (
                f"    {names[each.id]} [{_attributes(each, language, each.id in in_loops)}]" for each in members
            )
            yield "  }"
    for number, edge in enumerate(graph.edges):
        attributes = [_LOOP] if number in looping else []
        attributes += [] if edge.is_likely else ["style=dashed"]
        shown = f" [{', '.join(attributes)}]" if attributes else ""
        yield f"  {names[edge.source]} -> {names[edge.target]}{shown}"
    yield "}"


def _attributes(vertex: Vertex, language: str, loops: bool) -> str:
    below = caption(vertex, language)
    label = f"{vertex.full_name}\n{below}" if below else vertex.full_name
    parts = [f"label={quoted(label)}", f"tooltip={quoted(title(vertex, language))}"]
    return ", ".join([*parts, _LOOP] if loops else parts)


def quoted(text: str) -> str:
    r"""A string of the language. A backslash begins an escape (`\N` is the name of the node), so that each is doubled.

    >>> print(quoted('a"\\N'))
    "a\"\\N"
    """
    lines = (one_line(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
