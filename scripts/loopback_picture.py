"""The picture of a loopback, docs/images/loopback.svg: which way a request takes, and where it is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "title": {"en": "A request that comes back to its node", "zh": "请求回到了它出发的节点"},
    "node-1": {"en": "node 1", "zh": "节点 1"},
    "node-2": {"en": "node 2", "zh": "节点 2"},
    "client": {"en": "client Pod", "zh": "Client Pod"},
    "server": {"en": "server Pod", "zh": "Server Pod"},
    "port": {"en": "node port", "zh": "NodePort"},
    "clb": {"en": "internal CLB", "zh": "内网 CLB"},
    "to-clb": {"en": "1  to the address of the CLB", "zh": "1  访问 CLB 地址"},
    "kept": {"en": "source: 172.16.0.5", "zh": "源 IP：172.16.0.5"},
    "other": {"en": "2a  a backend on another node: answered", "zh": "2a  RS 在其他节点：正常应答"},
    "same": {"en": "2b  a backend on the same node", "zh": "2b  RS 在同一节点"},
    "dropped": {"en": "dropped: the source is", "zh": "丢弃：源 IP"},
    "here": {"en": "an address of this node", "zh": "属于本节点"},
}

_STYLE: Final = """\
svg {
  --ground: #fbfcfd; --box: #fff; --line: #c3ccd8; --text: #1d2530; --faint: #5a6573; --good: #2b8a4b; --bad: #d12a37;
  font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Noto Sans CJK SC", sans-serif;
}
@media (prefers-color-scheme: dark) {
  svg {
    --ground: #171b21; --box: #212730; --line: #46505d; --text: #e6eaf0; --faint: #a5afbb; --good: #5cc97f;
    --bad: #ff7b85;
  }
}
text { fill: var(--text); text-anchor: middle; }
.left { text-anchor: start; }
.faint { fill: var(--faint); }
.box { fill: var(--box); stroke: var(--line); }
.node { fill: none; stroke: var(--line); stroke-dasharray: 5 4; }
.way { fill: none; stroke: var(--text); stroke-width: 1.8; }
.way.good { stroke: var(--good); }
.way.bad { stroke: var(--bad); stroke-dasharray: 6 4; }
text.good, .tip.good { fill: var(--good); }
text.bad, .tip.bad { fill: var(--bad); }
text.bad { font-weight: 600; }
.tip { fill: var(--text); }"""

# Boxes by what they say: left, top, width, height.
_BOXES: Final = {
    "client": (50, 70, 150, 40),
    "clb": (310, 150, 140, 44),
    "port": (50, 230, 150, 40),
}
_SECOND: Final = {"port": (560, 150, 150, 44), "server": (560, 70, 150, 40)}


def loopback_picture(language: str) -> str:
    """The picture in a language: one text, which loads nothing and shows in light and in dark."""
    said = {key: escape(words[language]) for key, words in _TEXTS.items()}
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 760 340" width="760" height="340">',
        f"<title>{said['title']}</title>",
        f"<style>\n{_STYLE}\n</style>",
        "<defs>",
        *map(_tip, ("plain", "good", "bad")),
        "</defs>",
        '<rect width="760" height="340" rx="10" fill="var(--ground)"/>',
        '<rect class="node" x="25" y="30" width="200" height="288" rx="8"/>',
        '<rect class="node" x="535" y="30" width="200" height="190" rx="8"/>',
        f'<text class="faint left" x="37" y="52">{said["node-1"]}</text>',
        f'<text class="faint left" x="547" y="52">{said["node-2"]}</text>',
        *(_box(place, said[key]) for boxes in (_BOXES, _SECOND) for key, place in boxes.items()),
        _way("M200 90H380V148", "plain"),
        f'<text x="385" y="82">{said["to-clb"]}</text>',
        f'<text class="faint left" x="392" y="122">{said["kept"]}</text>',
        _way("M450 172H558", "good"),
        _way("M635 150V112", "good"),
        f'<text class="good" x="535" y="246">{said["other"]}</text>',
        _way("M380 194V250H202", "bad"),
        f'<text class="bad left" x="237" y="274">{said["same"]}</text>',
        f'<text class="bad" x="125" y="290">{said["dropped"]}</text>',
        f'<text class="bad" x="125" y="307">{said["here"]}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _tip(kind: str) -> str:
    return (
        f'<marker id="{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        f' markerUnits="userSpaceOnUse" orient="auto"><path class="tip {kind}" d="M0 0 8 4 0 8z"/></marker>'
    )


def _box(place: tuple[int, int, int, int], words: str) -> str:
    left, top, width, height = place
    return (
        f'<rect class="box" x="{left}" y="{top}" width="{width}" height="{height}" rx="6"/>'
        f'<text x="{left + width // 2}" y="{top + height // 2 + 5}">{words}</text>'
    )


def _way(path: str, kind: str) -> str:
    return f'<path class="way {kind}" d="{path}" marker-end="url(#{kind})"/>'
