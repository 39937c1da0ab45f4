"""The graph as an SVG picture: one text, which loads nothing and shows in light and in dark.

`draw` takes any part of a graph.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from tkelint.reporters.graph.arrangement import BOX_HEIGHT
from tkelint.reporters.graph.picture import picture_of
from tkelint.reporters.graph.words import COLUMN_TITLES, say, title
from tkelint.reporters.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.graph.model import Graph
    from tkelint.reporters.graph.picture import Box, Picture

STYLE: Final = Path(__file__).with_name("picture.css")
_MARGIN: Final = 24.0
_HEADS: Final = 34.0


def draw(graph: Graph, language: str) -> str:
    """The picture of a graph."""
    return "\n".join(_svg(picture_of(graph), language)) + "\n"


def _svg(picture: Picture, language: str) -> Iterator[str]:
    full_width, full_height = picture.width + 2 * _MARGIN, picture.height + _HEADS + 2 * _MARGIN
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
    for left, column in picture.heads:
        yield f'<text class="head" x="{left:g}" y="12">{_text(COLUMN_TITLES[column][language])}</text>'
    yield "</g>"
    yield f'<g transform="translate({_MARGIN:g} {_MARGIN + _HEADS:g})">'
    for line in picture.lines:
        tip = "tkelint-loop-tip" if line.loops else "tkelint-tip"
        yield f'<path class="{line.kinds}" marker-end="url(#{tip})" d="{line.course}"/>'
    yield from _returns(picture, language)
    for box in picture.boxes:
        yield from _box(box, language)
    yield "</g>"
    yield "</svg>"


def _returns(picture: Picture, language: str) -> Iterator[str]:
    for each in picture.returns:
        yield f'<path class="return" marker-end="url(#tkelint-loop-tip)" d="{each.course}"/>'
        if each.label:
            x, y = each.label
            text = _text(say("returns", language))
            yield f'<text class="return-text" x="{x:.5g}" y="{y:.5g}" text-anchor="middle">{text}</text>'


def _box(box: Box, language: str) -> Iterator[str]:
    yield f'<g class="vertex {box.kinds}" transform="translate({box.x:.5g} {box.y:.5g})">'
    yield f"<title>{_text(title(box.vertex, language))}</title>"
    yield f'<rect class="box" width="{box.width:g}" height="{BOX_HEIGHT:g}" rx="7"/>'
    yield f'<rect class="bar" width="4" height="{BOX_HEIGHT - 16:g}" x="7" y="8" rx="2"/>'
    yield f'<text class="name" x="19" y="19">{_text(box.name())}</text>'
    yield f'<text class="caption" x="19" y="35">{_text(box.caption(language))}</text>'
    yield "</g>"


def _text(text: str) -> str:
    return escape(one_line(text))
