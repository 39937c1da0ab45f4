"""The graph as an SVG picture: one text, which loads nothing and shows in light and in dark.

`draw` takes any part of a graph, so that a report can show the path of one finding.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from tkelint.graph.model import Kind
from tkelint.reporters.graph.arrangement import BOX_HEIGHT, WIDTHS, arrange
from tkelint.reporters.graph.words import COLUMN_TITLES, caption, say, title
from tkelint.reporters.harmless import one_line
from tkelint.reporters.layout import width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.graph.model import Graph, Vertex
    from tkelint.reporters.graph.arrangement import Arrangement

STYLE: Final = Path(__file__).with_name("picture.css")
_MARGIN: Final = 24.0
_HEADS: Final = 34.0
CELL: Final = 7.8  # pixels of a narrow character in the name of a box
_ELLIPSIS: Final = "…"


def draw(graph: Graph, language: str) -> str:
    """The picture of a graph."""
    return "\n".join(_lines(graph, arrange(graph), language)) + "\n"


def _lines(graph: Graph, places: Arrangement, language: str) -> Iterator[str]:
    full_width, full_height = places.width + 2 * _MARGIN, places.height + _HEADS + 2 * _MARGIN
    size = f'viewBox="0 0 {full_width:g} {full_height:g}" width="{full_width:g}" height="{full_height:g}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="tkelint-graph" role="img" {size}>'
    yield f"<title>{_text(say('title', language))}</title>"
    yield f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>"
    yield "<defs>"
    for marker, kind in (("tkelint-tip", "tip"), ("tkelint-loop-tip", "tip loop")):
        yield f'<marker id="{marker}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        yield f' markerUnits="userSpaceOnUse" orient="auto"><path class="{kind}" d="M0 0 8 4 0 8z"/></marker>'
    yield "</defs>"
    yield '<rect class="ground" width="100%" height="100%" rx="10"/>'
    yield f'<g transform="translate({_MARGIN:g} {_MARGIN:g})">'
    for column, left in places.columns.items():
        yield f'<text class="head" x="{left:g}" y="12">{_text(COLUMN_TITLES[column][language])}</text>'
    yield "</g>"
    yield f'<g transform="translate({_MARGIN:g} {_MARGIN + _HEADS:g})">'
    yield from _edges(graph, places)
    yield from _returns(graph, places, language)
    looping = {end for number in graph.loop_edges() for end in (graph.edges[number].source, graph.edges[number].target)}
    for vertex in graph.vertices.values():
        yield from _vertex(vertex, places, language, loops=vertex.id in looping)
    yield "</g>"
    yield "</svg>"


def _edges(graph: Graph, places: Arrangement) -> Iterator[str]:
    """The edges, loopbacks last, so that nothing lies over them."""
    looping = graph.loop_edges()
    for number in sorted(range(len(graph.edges)), key=lambda number: number in looping):
        loops = number in looping
        kinds = "edge" + " loop" * loops + " weak" * (not graph.edges[number].is_likely)
        tip = "tkelint-loop-tip" if loops else "tkelint-tip"
        yield f'<path class="{kinds}" marker-end="url(#{tip})" d="{_course(graph, number, places)}"/>'


def _course(graph: Graph, number: int, places: Arrangement) -> str:
    """An edge from box to box: curves between columns, straight on where it passes one."""
    edge = graph.edges[number]
    x, y = places.boxes[edge.source]
    x, y = x + WIDTHS[graph.vertices[edge.source].column], y + BOX_HEIGHT / 2
    parts = [f"M{x:.5g} {y:.5g}"]
    for column, left in places.columns.items():
        height = places.passes.get((number, column))
        if height is not None:
            parts.append(f"{_curve(x, y, left, height)}H{left + WIDTHS[column]:.5g}")
            x, y = left + WIDTHS[column], height
    end_x, end_y = places.boxes[edge.target]
    return "".join([*parts, _curve(x, y, end_x - 1, end_y + BOX_HEIGHT / 2)])


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:.5g} {y:.5g} {middle:.5g} {to_y:.5g} {to_x:.5g} {to_y:.5g}"


def _returns(graph: Graph, places: Arrangement, language: str) -> Iterator[str]:
    """For each loopback the way back, below everything it is connected with: from the last node ports to the client."""
    labelled: set[float] = set()
    drawn = set()
    for loop in graph.loops:
        last = _last_station(graph, loop.edges)
        if last is None or (last, loop.client) in drawn:
            continue
        drawn.add((last, loop.client))
        (x, y), (to_x, to_y), lane = places.boxes[last], places.boxes[loop.client], places.lanes[last]
        to_x += WIDTHS[0]
        course = _way_back((x, y + BOX_HEIGHT * 0.75), (to_x + 2, to_y + BOX_HEIGHT * 0.75), lane)
        yield f'<path class="return" marker-end="url(#tkelint-loop-tip)" d="{course}"/>'
        if lane not in labelled:
            labelled.add(lane)
            middle = (x + to_x) / 2
            text = _text(say("returns", language))
            yield f'<text class="return-text" x="{middle:.5g}" y="{lane + 4:.5g}" text-anchor="middle">{text}</text>'


def _way_back(start: tuple[float, float], end: tuple[float, float], lane: float) -> str:
    """Left out of a box, down to the lane, back along it, and up into the side of another box; corners are round."""
    (x, y), (to_x, to_y) = start, end
    down, up, r = x - 20, to_x + 18, 8
    return (
        f"M{x:.5g} {y:.5g}H{down + r:.5g}q{-r} 0 {-r} {r}V{lane - r:.5g}q0 {r} {-r} {r}"
        f"H{up + r:.5g}q{-r} 0 {-r} {-r}V{to_y + r:.5g}q0 {-r} {-r} {-r}H{to_x:.5g}"
    )


def _last_station(graph: Graph, edges: tuple[int, ...]) -> str | None:
    """Where a request comes back from: the node ports, or with direct access the CLB."""
    ends = [graph.vertices[graph.edges[number].target] for number in edges]
    for kind in (Kind.NODE_PORT, Kind.CLB):
        found = next((vertex.id for vertex in ends if vertex.kind is kind), None)
        if found is not None:
            return found
    return None


def _vertex(vertex: Vertex, places: Arrangement, language: str, *, loops: bool) -> Iterator[str]:
    x, y = places.boxes[vertex.id]
    room = WIDTHS[vertex.column]
    kind = "name-kind" if vertex.kind is Kind.NAME else vertex.kind.value
    state = f" {vertex.state}" if vertex.kind is Kind.NAME and vertex.state else ""
    yield f'<g class="vertex {kind}{state}{" loop" * loops}" transform="translate({x:.5g} {y:.5g})">'
    yield f"<title>{_text(title(vertex, language))}</title>"
    yield f'<rect class="box" width="{room:g}" height="{BOX_HEIGHT:g}" rx="7"/>'
    yield f'<rect class="bar" width="4" height="{BOX_HEIGHT - 16:g}" x="7" y="8" rx="2"/>'
    cells = int((room - 30) / CELL)
    yield f'<text class="name" x="19" y="19">{_text(shortened(one_line(vertex.name), cells))}</text>'
    below = " · ".join(part for part in (caption(vertex, language), one_line(vertex.namespace or "")) if part)
    yield f'<text class="caption" x="19" y="35">{_text(shortened(below, cells + 3))}</text>'
    yield "</g>"


def shortened(text: str, cells: int) -> str:
    """A text in at most so many cells, with an ellipsis in the middle: both ends of a host say something.

    >>> shortened("catalogue.shop.svc.cluster.local", 20)
    'catalogue.…ter.local'
    """
    if width(text) <= cells:
        return text
    front, back = "", ""
    for first, last in zip(text, reversed(text), strict=True):
        if width(front + first + back) >= cells:
            break
        front += first
        if width(front + last + back) >= cells:
            break
        back = last + back
    return front + _ELLIPSIS + back


def _text(text: str) -> str:
    return escape(one_line(text))
