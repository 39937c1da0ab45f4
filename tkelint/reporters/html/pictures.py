"""The paths of loopbacks as drawings: of each finding that is proven by the path of a request, that request."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tkelint.graph.model import Kind
from tkelint.graph.select import with_edges
from tkelint.reporters.graph.arrangement import BOX_HEIGHT
from tkelint.reporters.graph.json import in_both
from tkelint.reporters.graph.picture import picture_of
from tkelint.reporters.graph.words import COLUMN_TITLES, say, title
from tkelint.reporters.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tkelint.graph.model import Graph, Loop
    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.reporters.graph.picture import Box


class Pictures:
    """The pictures of a report: each path once, by number."""

    def __init__(self, report: Report) -> None:
        """Reads the graphs only if a finding has a path."""
        has_paths = any(finding.flow for finding in report.findings)
        self._numbers: dict[tuple[int, str, str, str], int] = {}
        self._values: list[dict[str, Any]] = []
        self._by_client: dict[str, list[tuple[int, Graph, Loop]]] = defaultdict(list)
        for number, graph in enumerate(report.read_graphs() if report.read_graphs and has_paths else ()):
            for loop in graph.loops:
                self._by_client[loop.client].append((number, graph, loop))

    def number_of(self, finding: Finding) -> int | None:
        """The number of the picture of a finding's path; `None` where there is none."""
        labels = {finding.subject, *(hop.label for hop in finding.flow)}
        hops = {hop.place for hop in finding.flow}
        for label in sorted(labels):
            for number, graph, loop in self._by_client.get(f"{Kind.CLIENT.value}:{label}", ()):
                if loop.target.partition(":")[2] in labels and _is_read_at(graph, loop, hops):
                    return self._drawn(number, graph, loop)
        return None

    def _drawn(self, world: int, graph: Graph, loop: Loop) -> int:
        key = (world, loop.client, loop.name, loop.target)
        if key not in self._numbers:
            self._numbers[key] = len(self._values)
            self._values.append(_value(graph, loop))
        return self._numbers[key]

    def values(self) -> list[dict[str, Any]]:
        """The pictures that were asked for, in the order of their numbers."""
        return self._values


def _is_read_at(graph: Graph, loop: Loop, places: Iterable[object]) -> bool:
    """Whether the call that a loopback begins with was read at one of the places."""
    return any(
        related.node.place in places
        for number in loop.edges
        if graph.edges[number].source == loop.client
        for chain in graph.edges[number].evidence
        for related in chain
    )


def _value(graph: Graph, loop: Loop) -> dict[str, Any]:
    part = with_edges(graph, loop.edges)
    whole = part._replace(loops=tuple(each for each in part.loops if each.client == loop.client)[:1])
    picture = picture_of(whole, compact=True)
    return {
        "width": picture.width,
        "height": picture.height,
        "boxHeight": BOX_HEIGHT,
        "title": in_both(lambda language: say("title", language)),
        "returns": in_both(lambda language: say("returns", language)),
        "heads": [{"x": left, "text": COLUMN_TITLES[column]} for left, column in picture.heads],
        "lines": [{"kinds": line.kinds, "course": line.course, "loops": line.loops} for line in picture.lines],
        "ways": [{"course": each.course, "label": each.label} for each in picture.returns],
        "boxes": [_box(box) for box in picture.boxes],
    }


def _box(box: Box) -> dict[str, Any]:
    return {
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "kinds": box.kinds,
        "name": box.name(),
        "caption": in_both(box.caption),
        "title": in_both(lambda language: one_line(title(box.vertex, language))),
    }
