"""The drawing of a graph as shapes and texts with their places: `svg` writes it, and the page of a report draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.graph.model import COLUMNS, Kind
from tkelint.reporters.graph.arrangement import BOX_HEIGHT, arrange
from tkelint.reporters.graph.words import caption
from tkelint.reporters.harmless import one_line
from tkelint.reporters.layout import width
from tkelint.rule import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.graph.model import Graph, Vertex
    from tkelint.reporters.graph.arrangement import Arrangement

CELL: Final = 7.8  # pixels of a narrow character in the name of a box
_CAPTION_CELL: Final = 6.4
_EDGES_OF_BOX: Final = 30.0
_ELLIPSIS: Final = "…"
_COMPACT: Final = (104.0, 232.0)  # the narrowest and the widest box of a compact picture
_COMPACT_GAP: Final = 46.0


class Box(NamedTuple):
    """A vertex: its upper left corner, its width and the classes of its looks."""

    x: float
    y: float
    width: float
    kinds: str
    vertex: Vertex

    def name(self) -> str:
        """The name as far as it fits."""
        return shortened(one_line(self.vertex.name), self._cells)

    def caption(self, language: str) -> str:
        """What stands below the name, as far as it fits."""
        return shortened(_below(self.vertex, language), self._cells + 3)

    @property
    def _cells(self) -> int:
        return int((self.width - _EDGES_OF_BOX) / CELL)


class Line(NamedTuple):
    """An edge: the classes of its looks and its course, as the data of an SVG path."""

    kinds: str
    course: str
    loops: bool


class Return(NamedTuple):
    """The way back of a loopback, and where it is labelled unless another on its height is."""

    course: str
    label: tuple[float, float] | None


class Picture(NamedTuple):
    """A drawing. `heads` are the left edges of the columns. What is drawn later lies above."""

    width: float
    height: float
    heads: tuple[tuple[float, int], ...]
    lines: tuple[Line, ...]
    returns: tuple[Return, ...]
    boxes: tuple[Box, ...]


def picture_of(graph: Graph, *, compact: bool = False) -> Picture:
    """The drawing of a graph; a compact one has boxes as wide as their texts, for the path of one request."""
    places = arrange(graph, _compact_widths(graph), _COMPACT_GAP) if compact else arrange(graph)
    looping = {end for number in graph.loop_edges() for end in (graph.edges[number].source, graph.edges[number].target)}
    return Picture(
        width=places.width,
        height=places.height,
        heads=tuple((left, column) for column, left in places.columns.items()),
        lines=tuple(_lines(graph, places)),
        returns=tuple(_returns(graph, places)),
        boxes=tuple(_box(vertex, places, loops=vertex.id in looping) for vertex in graph.vertices.values()),
    )


def _below(vertex: Vertex, language: str) -> str:
    return " · ".join(part for part in (caption(vertex, language), one_line(vertex.namespace or "")) if part)


def _compact_widths(graph: Graph) -> list[float]:
    narrowest, widest = _COMPACT
    widths = [narrowest] * len(COLUMNS)
    for vertex in graph.vertices.values():
        name = width(one_line(vertex.name)) * CELL
        below = max(width(_below(vertex, language)) for language in LANGUAGES) * _CAPTION_CELL
        wanted = max(name, below) + _EDGES_OF_BOX + CELL
        widths[vertex.column] = max(widths[vertex.column], min(wanted, widest))
    return widths


def _box(vertex: Vertex, places: Arrangement, *, loops: bool) -> Box:
    kind = "name-kind" if vertex.kind is Kind.NAME else vertex.kind.value
    state = f" {vertex.state}" if vertex.kind is Kind.NAME and vertex.state else ""
    return Box(*places.boxes[vertex.id], places.widths[vertex.column], f"{kind}{state}{' loop' * loops}", vertex)


def _lines(graph: Graph, places: Arrangement) -> Iterator[Line]:
    """The edges, loopbacks last, so that nothing lies over them."""
    looping = graph.loop_edges()
    for number in sorted(range(len(graph.edges)), key=lambda number: number in looping):
        loops = number in looping
        kinds = "edge" + " loop" * loops + " weak" * (not graph.edges[number].is_likely)
        yield Line(kinds, _course(graph, number, places), loops)


def _course(graph: Graph, number: int, places: Arrangement) -> str:
    """An edge from box to box: curves between columns, straight on where it passes one."""
    edge = graph.edges[number]
    x, y = places.boxes[edge.source]
    x, y = x + places.widths[graph.vertices[edge.source].column], y + BOX_HEIGHT / 2
    parts = [f"M{x:.5g} {y:.5g}"]
    for column, left in places.columns.items():
        height = places.passes.get((number, column))
        if height is not None:
            parts.append(f"{_curve(x, y, left, height)}H{left + places.widths[column]:.5g}")
            x, y = left + places.widths[column], height
    end_x, end_y = places.boxes[edge.target]
    return "".join([*parts, _curve(x, y, end_x - 1, end_y + BOX_HEIGHT / 2)])


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:.5g} {y:.5g} {middle:.5g} {to_y:.5g} {to_x:.5g} {to_y:.5g}"


def _returns(graph: Graph, places: Arrangement) -> Iterator[Return]:
    """For each loopback the way back, below everything it is connected with: from the last node ports to the client."""
    labelled: set[float] = set()
    drawn = set()
    for loop in graph.loops:
        last = _last_station(graph, loop.edges)
        if last is None or (last, loop.client) in drawn:
            continue
        drawn.add((last, loop.client))
        (x, y), (to_x, to_y), lane = places.boxes[last], places.boxes[loop.client], places.lanes[last]
        to_x += places.widths[0]
        course = _way_back((x, y + BOX_HEIGHT * 0.75), (to_x + 2, to_y + BOX_HEIGHT * 0.75), lane)
        yield Return(course, None if lane in labelled else ((x + to_x) / 2, lane + 4))
        labelled.add(lane)


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
