"""The graph as text: what each client calls and where that ends, as trees; or the paths asked for, hop by hop.

Deployment shop/checkout                      checkout/checkout.yaml:15
└─ gateway.shop.internal                      checkout/checkout.yaml:10
   └─ Ingress shop/payments                   payments/payments.yaml:54
      └─ internal CLB of Ingress payments     payments/payments.yaml:43   loops back
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tkelint.graph.model import Kind
from tkelint.graph.select import Index, count_by_column, shared_tickets
from tkelint.language import text
from tkelint.reporters.frames import Mark, frame, gutter_width
from tkelint.reporters.graph.words import caption, cure, loops, reason, say, title
from tkelint.reporters.harmless import one_line, without_commands
from tkelint.reporters.layout import width, wrap
from tkelint.reporters.places import path_from
from tkelint.reporters.terminal import file_url, link, paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.graph.model import Loop
    from tkelint.graph.select import Path
    from tkelint.problem import Related
    from tkelint.reporters import ReporterOptions
    from tkelint.reporters.graph import Question, View
    from tkelint.source import Place

    Loops = dict[tuple[str, str], Loop]  # by client and name

_MOST_TREES = 500
_MOST_LINES_OF_A_TREE = 400
_MOST_NAMES = 8


class _At(NamedTuple):
    """Where a tree has come to: a vertex, the tickets of the request, and the loopback that it is on."""

    vertex: str
    tickets: frozenset[str] = frozenset()
    loop: Loop | None = None


class _Row(NamedTuple):
    """A line of a tree: what, where, and what is to be said of it with its style."""

    what: str
    place: Place | None
    remark: str = ""
    style: str = "error"


def render(view: View, options: ReporterOptions) -> Iterator[str]:
    """The graph as text, one piece per line."""
    lines = _answer(view, view.question, options) if view.question else _overview(view, options)
    return (f"{line}\n" for line in without_commands(lines))


def _overview(view: View, options: ReporterOptions) -> Iterator[str]:
    graph, language = view.graph, options.language
    if not graph.vertices:
        yield say("empty", language)
        return
    index = Index(graph)
    roots = [vertex for vertex in graph.vertices if not index.incoming[vertex]]
    looping = {(loop.client, loop.name): loop for loop in graph.loops}
    for root in roots[:_MOST_TREES]:
        yield from _aligned(list(_tree(index, root, looping, language)), view, options)
        yield ""
    if len(roots) > _MOST_TREES:
        yield from wrap(say("left-out", language, count=len(roots) - _MOST_TREES), options.width)
        yield ""
    yield from _loop_section(view, options)
    yield from _summary(view, options)


def _tree(index: Index, root: str, looping: Loops, language: str) -> Iterator[_Row]:
    vertex = index.graph.vertices[root]
    yield _Row(title(vertex, language), vertex.nodes[0].place if vertex.nodes else None)
    rows = _branches(index, _At(root), "", (looping, language))
    for number, row in enumerate(rows):
        if number == _MOST_LINES_OF_A_TREE:
            yield _Row("...", None)
            return
        yield row


def _branches(index: Index, at: _At, indent: str, telling: tuple[Loops, str]) -> Iterator[_Row]:
    """The rows below a vertex. `telling` are the loopbacks and the language."""
    looping, language = telling
    edges = [(number, index.graph.edges[number]) for number in index.outgoing[at.vertex]]
    open_to = [(number, edge, shared_tickets(at.tickets, edge.tickets)) for number, edge in edges]
    ahead = [(number, edge, shared) for number, edge, shared in open_to if shared is not None]
    for position, (number, edge, shared) in enumerate(ahead):
        is_last = position == len(ahead) - 1
        loop = at.loop or looping.get((edge.source, edge.target))
        vertex = index.graph.vertices[edge.target]
        remark, style = "", "faint"
        if loop and vertex.kind is Kind.CLB and number in loop.edges:
            remark, style = loops(loop, language), "error"
        elif not edge.is_likely:
            remark = say("weak", language)
        elif vertex.kind is Kind.NAME and vertex.state not in ("", "by-name"):
            remark, style = caption(vertex, language), "warning" if vertex.state == "missing" else "faint"
        what = f"{indent}{'└─ ' if is_last else '├─ '}{title(vertex, language)}"
        yield _Row(what, edge.evidence[0][-1].node.place, remark, style)
        yield from _branches(index, _At(edge.target, shared, loop), indent + ("   " if is_last else "│  "), telling)


def _aligned(rows: Sequence[_Row], view: View, options: ReporterOptions) -> Iterator[str]:
    """Rows with their places below each other, and what is to be said of them behind."""
    whats = [one_line(row.what.lstrip()) for row in rows]
    indents = [row.what[: len(row.what) - len(row.what.lstrip())] for row in rows]
    widest = max(width(indent + what) for indent, what in zip(indents, whats, strict=True))
    places = [_position(row.place, view, options) for row in rows]
    widest_place = max(map(width, places))
    for row, indent, what, place in zip(rows, indents, whats, places, strict=True):
        line = f"{indent}{paint(what, 'strong', options) if not indent and row is rows[0] else what}"
        gap = " " * (widest - width(indent + what) + 3)
        shown = (
            link(paint(place, "faint", options), file_url(view.root, row.place.source.path), options)
            if row.place
            else ""
        )
        behind = " " * (widest_place - width(place) + 3) + paint(row.remark, row.style, options) if row.remark else ""
        yield f"{line}{gap}{shown}{behind}".rstrip()


def _position(place: Place | None, view: View, options: ReporterOptions) -> str:
    if place is None:
        return ""
    return f"{one_line(path_from(options.folder, place.source.path, view.root))}:{place.region.start_line}"


def _loop_section(view: View, options: ReporterOptions) -> Iterator[str]:
    graph, language = view.graph, options.language
    if not graph.loops:
        return
    yield paint(say("loops-heading", language), "error", options)
    for loop in graph.loops[:_MOST_TREES]:
        client, name = (title(graph.vertices[each], language) for each in (loop.client, loop.name))
        said = say("loop-line", language, client=client, name=name)
        both = text("label", language, name=said, text=loops(loop, language))
        yield from wrap(f"  {one_line(both)}", options.width, 0, 4)
        yield from _cures(loop, 4, options)
    yield ""


def _cures(loop: Loop, indent: int, options: ReporterOptions) -> Iterator[str]:
    yield " " * indent + paint(say("cures", options.language), "help", options)
    for each in loop.cures:
        yield from wrap(" " * indent + "- " + one_line(cure(each, options.language)), options.width, 0, indent + 2)


def _summary(view: View, options: ReporterOptions) -> Iterator[str]:
    language = options.language
    clients, names, targets, clbs, *_ = count_by_column(view.graph)
    counts = {"clients": clients, "names": names, "targets": targets, "clbs": clbs, "loops": len(view.graph.loops)}
    yield from wrap(say("summary", language, **counts), options.width)
    alone = view.graph.unconnected
    if alone:
        names_shown = text("separator", language).join(map(one_line, alone[:_MOST_NAMES]))
        if len(alone) > _MOST_NAMES:
            names_shown = text("paths-more", language, paths=names_shown, count=len(alone) - _MOST_NAMES)
        yield from wrap(say("unconnected", language, names=names_shown), options.width)


def _answer(view: View, question: Question, options: ReporterOptions) -> Iterator[str]:
    language = options.language
    if not question.paths:
        anywhere = say("anywhere", language)
        ends = {"start": question.start or anywhere, "end": question.end or anywhere}
        yield one_line(say("no-path", language, **ends))
        return
    for number, path in enumerate(question.paths, 1):
        heading = say("path", language, number=number, count=len(question.paths))
        yield from _path(view, path, heading, options)
        yield ""
    if question.has_more:
        yield say("more-paths", language, count=len(question.paths))


def _path(view: View, path: Path, heading: str, options: ReporterOptions) -> Iterator[str]:
    """One path: its stations, then each hop with the line it was read from and why."""
    language = options.language
    edges = [view.graph.edges[number] for number in path.edges]
    stations = [edges[0].source, *(edge.target for edge in edges)] if edges else []
    names = say("arrow", language).join(title(view.graph.vertices[each], language) for each in stations)
    told = say("path-loops", language, path=heading, loops=loops(path.loop, language)) if path.loop else heading
    yield paint(told, "error" if path.loop else "strong", options)
    yield from wrap(f"  {one_line(names)}", options.width, 0, 4)
    yield ""
    reasons = [related for edge in edges for related in edge.evidence[0]]
    gutter = max((_gutter(each) for each in reasons), default=1)
    for number, related in enumerate(reasons, 1):
        yield from _hop(view, number, related, (gutter, "error" if path.loop else "related"), options)
    if path.loop:
        yield from _cures(path.loop, 2, options)


def _gutter(related: Related) -> int:
    place = related.node.place
    return gutter_width(place.source, [Mark(place.span, "related")], 0)


def _hop(
    view: View, number: int, related: Related, drawing: tuple[int, str], options: ReporterOptions
) -> Iterator[str]:
    """A hop: why, where, and the line of source. `drawing` is the width of line numbers and the style of the mark."""
    gutter, style = drawing
    place = related.node.place
    label = paint(f"{number}.", "strong", options)
    first, *rest = wrap(one_line(reason(related, options.language)), options.width, len(str(number)) + 2, 4)
    yield f"{label} {first}"
    yield from rest
    position = _position(place, view, options) + f":{place.region.start_column}"
    arrow = paint("-->", "frame", options)
    shown = link(position, file_url(view.root, place.source.path), options)
    yield f"{' ' * gutter}{arrow} {shown}  {one_line(related.node.resource.label)}"
    secrets = view.secrets.get(place.source.path, ())
    yield from frame(place.source, [Mark(place.span, style)], secrets, gutter, 0, options)
