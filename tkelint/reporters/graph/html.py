"""The graph as one HTML page that needs nothing else: see `web_page`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tkelint.graph.model import Kind
from tkelint.graph.select import Index, largest_part
from tkelint.reporters.graph.arrangement import (
    BAND_GAP,
    BOX_GAP,
    BOX_HEIGHT,
    COLUMN_GAP,
    LANE,
    PASS_HEIGHT,
    WIDTHS,
    arrange,
)
from tkelint.reporters.graph.json import in_both
from tkelint.reporters.graph.page_words import PAGE
from tkelint.reporters.graph.svg import STYLE
from tkelint.reporters.graph.words import COLUMN_TITLES, caption, cure, loops, reason, title
from tkelint.reporters.harmless import one_line
from tkelint.reporters.snippet import masks_on_line, show_line
from tkelint.reporters.web_page import web_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.graph.model import Cure, Edge, Graph, Loop, Vertex
    from tkelint.problem import Related
    from tkelint.reporters import ReporterOptions
    from tkelint.reporters.graph import View
    from tkelint.reporters.graph.arrangement import Arrangement
    from tkelint.source import Place

MOST_VERTICES: Final = 1500
_CONTEXT: Final = 2  # lines of source around a hop
_ROOM: Final = 160
_MOST_EVIDENCE: Final = 8
_FOLDER: Final = Path(__file__).parent / "page"
# The script in the order in which its parts build on each other.
_SCRIPTS: Final = ("state", "selection", "arrangement", "drawing", "details", "controls")


def render(view: View, options: ReporterOptions) -> Iterator[str]:
    """The page. Above a limit it holds a part of the graph and says so."""
    graph, left_out = largest_part(view.graph, MOST_VERTICES)
    data = _Page(view, graph).value()
    data |= {"language": options.language, "leftOut": left_out, "total": len(view.graph.vertices)}
    scripts = [_FOLDER / f"{name}.js" for name in _SCRIPTS]
    yield from web_page(_FOLDER / "page.html", scripts, (STYLE, _FOLDER / "page.css"), data)


class _Page:
    """The data of the page: vertices, edges and loopbacks by number, and each place once with its lines of source."""

    def __init__(self, view: View, graph: Graph) -> None:
        self._view = view
        self._graph = graph
        self._numbers = {vertex: number for number, vertex in enumerate(graph.vertices)}
        self._places: dict[Place, int] = {}
        self._tickets: dict[str, int] = {}

    def value(self) -> dict[str, Any]:
        """Everything the page shows."""
        places = arrange(self._graph)
        groups = _groups(self._graph)
        return {
            "words": PAGE,
            "metrics": {
                "widths": WIDTHS,
                "columnGap": COLUMN_GAP,
                "boxHeight": BOX_HEIGHT,
                "boxGap": BOX_GAP,
                "passHeight": PASS_HEIGHT,
                "bandGap": BAND_GAP,
                "lane": LANE,
            },
            "columns": COLUMN_TITLES,
            "vertices": [self._vertex(each, places, groups) for each in self._graph.vertices.values()],
            "edges": [self._edge(number, each, places) for number, each in enumerate(self._graph.edges)],
            "loops": [self._loop(each) for each in self._graph.loops],
            "places": [self._excerpt(place) for place in self._places],
        }

    def _vertex(self, vertex: Vertex, places: Arrangement, groups: Mapping[str, str]) -> dict[str, Any]:
        return {
            "kind": vertex.kind.value,
            "state": vertex.state,
            "column": vertex.column,
            "name": one_line(vertex.name),
            "namespace": one_line(groups.get(vertex.id, "")),
            "title": in_both(lambda language: one_line(title(vertex, language))),
            "caption": in_both(lambda language: one_line(caption(vertex, language))),
            "order": places.order[vertex.id],
            "places": [self._place(node.place) for node in vertex.nodes[:_MOST_EVIDENCE]],
        }

    def _edge(self, number: int, edge: Edge, places: Arrangement) -> dict[str, Any]:
        passed = {column: places.order[number, column] for column in places.columns if (number, column) in places.order}
        return {
            "source": self._numbers[edge.source],
            "target": self._numbers[edge.target],
            "likely": edge.is_likely,
            "tickets": sorted(self._tickets.setdefault(ticket, len(self._tickets)) for ticket in edge.tickets),
            "order": passed,
            "evidence": [[self._hop(each) for each in chain] for chain in edge.evidence[:_MOST_EVIDENCE]],
        }

    def _hop(self, related: Related) -> dict[str, Any]:
        return {
            "text": in_both(lambda language: one_line(reason(related, language))),
            "object": one_line(related.node.resource.label),
            "place": self._place(related.node.place),
        }

    def _loop(self, loop: Loop) -> dict[str, Any]:
        return {
            "client": self._numbers[loop.client],
            "name": self._numbers[loop.name],
            "target": self._numbers[loop.target],
            "edges": list(loop.edges),
            "remark": in_both(lambda language: loops(loop, language)),
            "cures": [_cure(each) for each in loop.cures],
        }

    def _place(self, place: Place) -> int:
        return self._places.setdefault(place, len(self._places))

    def _excerpt(self, place: Place) -> dict[str, Any]:
        """A place with the lines around it, harmless and without Secret data, and the part of its line to mark."""
        source, region = place.source, place.region
        secrets = self._view.secrets.get(source.path, ())
        end = region.end_column - 1 if region.end_line == region.start_line else len(source.line(region.start_line))
        focus = (region.start_column - 1, max(end, region.start_column))
        first = max(1, region.start_line - _CONTEXT)
        last = min(len(source.line_starts), region.start_line + _CONTEXT)
        shown = [
            show_line(
                source.line(number),
                masks_on_line(source, number, secrets),
                focus if number == region.start_line else (0, 0),
                _ROOM,
            )
            for number in range(first, last + 1)
        ]
        marked = shown[region.start_line - first]
        return {
            "path": one_line(source.path),
            "line": region.start_line,
            "first": first,
            "lines": [each.text for each in shown],
            "mark": marked.characters(*focus),
        }


def _cure(each: Cure) -> dict[str, str]:
    return in_both(lambda language: one_line(cure(each, language)))


def _groups(graph: Graph) -> dict[str, str]:
    """The namespace under which each vertex is folded: its own, else that of a neighbour on its way."""
    index = Index(graph)
    found = {vertex.id: vertex.namespace or "" for vertex in graph.vertices.values()}
    for vertex in graph.vertices.values():
        if vertex.namespace is None and vertex.kind in (Kind.NAME, Kind.CLB, Kind.CONTROLLER):
            near = [graph.edges[number].target for number in index.outgoing[vertex.id]]
            near += [graph.edges[number].source for number in index.incoming[vertex.id]]
            found[vertex.id] = next((found[each] for each in near if found[each]), "")
    return found
