"""The graph as JSON, described in `docs/graph.md` and `docs/graph.schema.json`.

`version` is raised when a field changes its meaning or goes away; fields may be added at any time. Texts are in both
languages. Source text and Secret data are not part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tkelint import __version__
from tkelint.reporters.graph.words import caption, cure, reason, title
from tkelint.reporters.json import place_value
from tkelint.reporters.json_text import json_text
from tkelint.rule import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tkelint.graph.model import Cure, Edge, Loop, Vertex
    from tkelint.problem import Related
    from tkelint.reporters import ReporterOptions
    from tkelint.reporters.graph import Question, View

FORMAT_VERSION: Final = 1


def render(view: View, options: ReporterOptions) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """The graph as one JSON document, one vertex or edge on a line."""
    return json_text(graph_value(view), depth=2)


def graph_value(view: View) -> dict[str, Any]:
    """The graph as plain values. Edges and loopbacks are named by their place in their list."""
    graph = view.graph
    looping = graph.loop_edges()
    loops = {(loop.client, loop.name, loop.target): number for number, loop in enumerate(graph.loops)}
    return {
        "version": FORMAT_VERSION,
        "tool": {"name": "tkelint", "version": __version__},
        "vertices": [_vertex(vertex) for vertex in graph.vertices.values()],
        "edges": [_edge(edge, loops=number in looping) for number, edge in enumerate(graph.edges)],
        "loops": [_loop(loop) for loop in graph.loops],
        "unconnected": list(graph.unconnected),
        "paths": _paths(view.question, loops) if view.question else None,
    }


def _vertex(vertex: Vertex) -> dict[str, Any]:
    return {
        "id": vertex.id,
        "kind": vertex.kind.value,
        "column": vertex.column,
        "name": vertex.name,
        "namespace": vertex.namespace,
        "object": vertex.object,
        "state": vertex.state,
        "title": in_both(lambda language: title(vertex, language)),
        "caption": in_both(lambda language: caption(vertex, language)),
        "places": [place_value(node.place) for node in vertex.nodes],
    }


def _edge(edge: Edge, *, loops: bool) -> dict[str, Any]:
    return {
        "source": edge.source,
        "target": edge.target,
        "likely": edge.is_likely,
        "loops": loops,
        "tickets": sorted(edge.tickets),
        "evidence": [[_hop(related) for related in chain] for chain in edge.evidence],
    }


def _hop(related: Related) -> dict[str, Any]:
    return {
        "role": related.role,
        "text": in_both(lambda language: reason(related, language)),
        "object": related.node.resource.label,
        **place_value(related.node.place),
    }


def _loop(loop: Loop) -> dict[str, Any]:
    return {
        "client": loop.client,
        "name": loop.name,
        "target": loop.target,
        "edges": list(loop.edges),
        "condition": loop.condition or None,
        "cures": [_cure(each) for each in loop.cures],
    }


def _cure(each: Cure) -> dict[str, Any]:
    return {"key": each.key, "text": in_both(lambda language: cure(each, language))}


def _paths(question: Question, loops: dict[tuple[str, str, str], int]) -> dict[str, Any]:
    found = [
        {
            "edges": list(path.edges),
            "loop": loops.get((path.loop.client, path.loop.name, path.loop.target)) if path.loop else None,
        }
        for path in question.paths
    ]
    return {"from": question.start, "to": question.end, "found": found, "complete": not question.has_more}


def in_both(told: Callable[[str], str]) -> dict[str, str]:
    """A text in each language."""
    return {language: told(language) for language in LANGUAGES}
