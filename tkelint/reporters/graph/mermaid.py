"""The graph as a Mermaid flowchart, as GitHub, GitLab and many wikis draw it: https://mermaid.js.org/syntax/flowchart.html.

Every character of a label that is no letter, digit or harmless sign is written as its code, so that a name can neither
end the label nor become a link, a style or HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.graph.model import Kind
from tkelint.graph.select import largest_part
from tkelint.reporters.graph.words import COLUMN_TITLES, caption, say
from tkelint.reporters.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.graph.model import Edge, Vertex
    from tkelint.reporters import ReporterOptions
    from tkelint.reporters.graph import View

# Mermaid itself refuses more than 500 edges (maxEdges) unless the page says otherwise.
_MOST_VERTICES: Final = 300
_HARMLESS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-/_")
_SHAPES: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.NAME: ("([", "])"),
    Kind.CLB: ("((", "))"),
    Kind.CONTROLLER: ("{{", "}}"),
    Kind.NODE_PORT: (">", "]"),
}


def render(view: View, options: ReporterOptions) -> Iterator[str]:
    """The graph as a flowchart from left to right, one subgraph for each column."""
    return (f"{line}\n" for line in _lines(view, options.language))


def _lines(view: View, language: str) -> Iterator[str]:
    graph, left_out = largest_part(view.graph, _MOST_VERTICES)
    yield "flowchart LR"
    if left_out:
        yield f"    %% {say('left-out-picture', language, count=left_out, total=len(view.graph.vertices))}"
    names = {vertex: f"v{number}" for number, vertex in enumerate(graph.vertices)}
    for column, heading in enumerate(COLUMN_TITLES):
        members = [vertex for vertex in graph.vertices.values() if vertex.column == column]
        if members:
            yield f'    subgraph c{column}["{escaped(heading[language])}"]'
            yield from (f"        {names[vertex.id]}{_shape(vertex, language)}" for vertex in members)
            yield "    end"
    looping = graph.loop_edges()
    for edge in graph.edges:
        yield f"    {names[edge.source]} {_arrow(edge)} {names[edge.target]}"
    if looping:
        yield "    classDef loop stroke:#d1242f,stroke-width:2px"
        yield f"    linkStyle {','.join(map(str, sorted(looping)))} stroke:#d1242f,stroke-width:3px"
        ends = {end for number in looping for end in (graph.edges[number].source, graph.edges[number].target)}
        yield f"    class {','.join(names[vertex] for vertex in graph.vertices if vertex in ends)} loop"


def _shape(vertex: Vertex, language: str) -> str:
    before, after = _SHAPES.get(vertex.kind, ("[", "]"))
    below = caption(vertex, language)
    label = escaped(vertex.full_name) + (f"<br>{escaped(below)}" if below else "")
    return f'{before}"{label}"{after}'


def _arrow(edge: Edge) -> str:
    return "-->" if edge.is_likely else "-.->"


def escaped(text: str) -> str:
    """A text for a label in quotes: entity codes for everything that may mean something to Mermaid, Markdown or HTML.

    >>> escaped('a"]; click v0 "javascript:x"')
    'a#34;#93;#59; click v0 #34;javascript#58;x#34;'
    """
    return "".join(each if each in _HARMLESS or ord(each) > 0x2FF else f"#{ord(each)};" for each in one_line(text))
