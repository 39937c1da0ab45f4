"""Where the boxes of a picture stand: columns from left to right, few crossings, neighbours at one height.

What is connected stands together in a band of its own, loopbacks first. Inside a band the order of each column is found
by barycentres (Sugiyama, Tagawa, Toda 1981): every box goes to the mean place of its neighbours, column by column, to
and fro. An edge that passes a column has a place in it, so that it runs between the boxes. Heights are then pulled to
those of the neighbours, which keeps the order and the gaps.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.graph.model import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tkelint.graph.model import Graph

    Item = str | tuple[int, int]  # a vertex, or an edge in a column that it passes
    Neighbours = Mapping[Item, list[tuple[Item, float]]]  # each with how strongly it pulls

_SWEEPS: Final = 16
_LOOP_WEIGHT: Final = 30  # a loopback is what one looks for: it runs straight
BOX_HEIGHT: Final = 44.0
BOX_GAP: Final = 14.0
PASS_HEIGHT: Final = 4.0
BAND_GAP: Final = 22.0
LANE: Final = 30.0  # below a band with a loopback: the way back
COLUMN_GAP: Final = 68.0
WIDTHS: Final = (206.0, 282.0, 206.0, 206.0, 206.0, 206.0)


class Arrangement(NamedTuple):
    """Places in the picture.

    `boxes` are the upper left corners of vertices, `passes` the heights at which an edge passes the columns between its
    ends, `lanes` the height of the way back for each vertex of a band with a loopback. `order` numbers the boxes and
    passes of each column from the top.
    """

    boxes: Mapping[str, tuple[float, float]]
    passes: Mapping[tuple[int, int], float]
    lanes: Mapping[str, float]
    order: Mapping[Item, int]
    columns: Mapping[int, float]  # the left edge of each column that is not empty
    widths: Sequence[float]  # of the boxes, by column
    width: float
    height: float


def arrange(graph: Graph, widths: Sequence[float] = WIDTHS, gap: float = COLUMN_GAP) -> Arrangement:
    """Arrange a graph; linear in its size but for the sorting. `widths` are those of the boxes, by column."""
    columns = _column_edges({vertex.column for vertex in graph.vertices.values()}, widths, gap)
    looping = graph.loop_edges()
    boxes: dict[str, tuple[float, float]] = {}
    passes: dict[tuple[int, int], float] = {}
    lanes: dict[str, float] = {}
    order: dict[Item, int] = defaultdict(int)
    counts = [0] * len(COLUMNS)
    top = 0.0
    for members, edges in _bands(graph):
        rows = _ordered(graph, members, edges, columns)
        heights = _heights(rows, _neighbours(graph, edges, columns))
        highest = min(heights[item] - _height(item) / 2 for row in rows for item in row)
        lowest = max(heights[item] + _height(item) / 2 for row in rows for item in row)
        for column, row in enumerate(rows):
            for item in row:
                order[item] = counts[column]
                counts[column] += 1
                middle = heights[item] - highest + top
                if isinstance(item, str):
                    boxes[item] = columns[column], middle - BOX_HEIGHT / 2
                else:
                    passes[item] = middle
        top += lowest - highest
        if not looping.isdisjoint(edges):
            lanes.update(dict.fromkeys(members, top + LANE / 2))
            top += LANE
        top += BAND_GAP
    right = max((left + widths[column] for column, left in columns.items()), default=0.0)
    return Arrangement(boxes, passes, lanes, order, columns, widths, right, max(top - BAND_GAP, 0.0))


def _column_edges(used: Iterable[int], widths: Sequence[float], gap: float) -> dict[int, float]:
    """The left edge of each column that has boxes."""
    left, found = 0.0, {}
    for column in sorted(used):
        found[column] = left
        left += widths[column] + gap
    return found


def _bands(graph: Graph) -> list[tuple[list[str], list[int]]]:
    """The vertices and edges of each connected part; those with a loopback first, then in the order of vertices."""
    leader = {vertex: vertex for vertex in graph.vertices}

    def find(vertex: str) -> str:
        while leader[vertex] != vertex:
            leader[vertex] = leader[leader[vertex]]
            vertex = leader[vertex]
        return vertex

    for edge in graph.edges:
        leader[find(edge.source)] = find(edge.target)
    members: dict[str, list[str]] = defaultdict(list)
    for vertex in graph.vertices:
        members[find(vertex)].append(vertex)
    edges: dict[str, list[int]] = defaultdict(list)
    for number, edge in enumerate(graph.edges):
        edges[find(edge.source)].append(number)
    looping = graph.loop_edges()
    return sorted(((found, edges[key]) for key, found in members.items()), key=lambda band: looping.isdisjoint(band[1]))


def _stations(graph: Graph, number: int, columns: Mapping[int, float]) -> list[Item]:
    """An edge as the items it leads through: its ends, and itself in each column between."""
    edge = graph.edges[number]
    first, last = graph.vertices[edge.source].column, graph.vertices[edge.target].column
    between = [column for column in columns if first < column < last]
    return [edge.source, *((number, column) for column in between), edge.target]


def _neighbours(graph: Graph, edges: Iterable[int], columns: Mapping[int, float]) -> Neighbours:
    found: dict[Item, list[tuple[Item, float]]] = defaultdict(list)
    looping = graph.loop_edges()
    for number in edges:
        stations = _stations(graph, number, columns)
        weight = _LOOP_WEIGHT if number in looping else 1
        for one, other in itertools.pairwise(stations):
            pull = weight if isinstance(one, str) and isinstance(other, str) else weight / 3
            found[one].append((other, pull))
            found[other].append((one, pull))
    return found


def _ordered(
    graph: Graph, members: Sequence[str], edges: Sequence[int], columns: Mapping[int, float]
) -> list[list[Item]]:
    """The items of each column in their order."""
    rows: list[list[Item]] = [[] for _ in COLUMNS]
    for vertex in members:
        rows[graph.vertices[vertex].column].append(vertex)
    for number in edges:
        for item in _stations(graph, number, columns)[1:-1]:
            if not isinstance(item, str):
                rows[item[1]].append(item)
    neighbours = _neighbours(graph, edges, columns)
    column_of = {item: column for column, row in enumerate(rows) for item in row}
    place: dict[Item, float] = {}
    for row in rows:
        place.update((item, number / max(len(row), 1)) for number, item in enumerate(row))
    for sweep in range(_SWEEPS):
        to_the_right = sweep % 2 == 0
        for column in range(len(rows)) if to_the_right else reversed(range(len(rows))):
            _sort(rows[column], neighbours, place, column_of, to_the_right=to_the_right)
    return rows


def _sort(
    row: list[Item],
    neighbours: Neighbours,
    place: dict[Item, float],
    column_of: Mapping[Item, int],
    *,
    to_the_right: bool,
) -> None:
    """Sort a column by the mean place of its neighbours on the side that is settled."""

    def wanted(item: Item) -> float:
        column = column_of[item]
        settled = [place[each] for each, _ in neighbours[item] if (column_of[each] < column) == to_the_right]
        return sum(settled) / len(settled) if settled else place[item]

    row.sort(key=wanted)
    place.update((item, number / len(row)) for number, item in enumerate(row))


def _heights(rows: Sequence[Sequence[Item]], neighbours: Neighbours) -> dict[Item, float]:
    """The middle of each item: near the mean of its neighbours, in order and apart."""
    heights: dict[Item, float] = {}
    for row in rows:
        for number, item in enumerate(row):
            heights[item] = number * (BOX_HEIGHT + BOX_GAP)
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 else reversed(rows):
            wanted = [_mean([(heights[each], pull) for each, pull in neighbours[item]], heights[item]) for item in row]
            pulls = [sum(pull for _, pull in neighbours[item]) or 1 for item in row]
            heights.update(zip(row, _spread(row, wanted, pulls), strict=True))
    _straighten(rows, neighbours, heights)
    return heights


def _straighten(rows: Sequence[Sequence[Item]], neighbours: Neighbours, heights: dict[Item, float]) -> None:
    """Put each box straight behind the one that pulls it most, then those that begin a path straight before it."""
    column_of = {item: column for column, row in enumerate(rows) for item in row}

    def on_side(item: Item, side: int) -> list[tuple[Item, float]]:
        return [each for each in neighbours[item] if (column_of[each[0]] - column_of[item]) * side > 0]

    for side, ordered in ((-1, rows), (1, rows[::-1])):
        for row in ordered:
            wanted, pulls = [], []
            for item in row:
                is_firm = side > 0 and bool(on_side(item, -1))
                near = None if is_firm else _strongest(on_side(item, side))
                wanted.append(heights[near[0]] if near else heights[item])
                pulls.append(1000 if is_firm else near[1] if near else 0.1)
            heights.update(zip(row, _spread(row, wanted, pulls), strict=True))


def _strongest(neighbours: Sequence[tuple[Item, float]]) -> tuple[Item, float] | None:
    return max(neighbours, key=lambda each: each[1], default=None)


def _mean(values: Sequence[tuple[float, float]], otherwise: float) -> float:
    weight = sum(each for _, each in values)
    return sum(value * each for value, each in values) / weight if weight else otherwise


def _spread(row: Sequence[Item], wanted: Sequence[float], pulls: Sequence[float]) -> list[float]:
    """The heights nearest to the wanted ones that keep order and distance: pools of adjacent violators."""
    offsets: list[float] = []
    for number, item in enumerate(row):
        apart = (_height(row[number - 1]) + _height(item)) / 2 + BOX_GAP if number else 0.0
        offsets.append(offsets[-1] + apart if number else 0.0)
    pools: list[tuple[float, float, int]] = []  # mean, weight and size
    for want, offset, pull in zip(wanted, offsets, pulls, strict=True):
        mean, weight, size = want - offset, pull, 1
        while pools and pools[-1][0] > mean:
            other, more, count = pools.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, size = weight + more, size + count
        pools.append((mean, weight, size))
    flat = [mean for mean, _, size in pools for _ in range(size)]
    return [level + offset for level, offset in zip(flat, offsets, strict=True)]


def _height(item: Item) -> float:
    return BOX_HEIGHT if isinstance(item, str) else PASS_HEIGHT
