"""What the HTML page says around the graph, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE: Final[Mapping[str, Mapping[str, str]]] = {
    "title": {"en": "Traffic graph", "zh": "流量图"},
    "namespace": {"en": "Namespace", "zh": "命名空间"},
    "all": {"en": "all", "zh": "全部"},
    "unset": {"en": "(not set)", "zh": "（未设置）"},
    "host": {"en": "Host or name", "zh": "域名或名称"},
    "host-hint": {"en": "a part of it is enough", "zh": "输入一部分即可"},
    "loops-only": {"en": "Loopbacks only", "zh": "仅回环路径"},
    "fold": {"en": "Fold namespaces", "zh": "按命名空间折叠"},
    "zoom-in": {"en": "Larger", "zh": "放大"},
    "zoom-out": {"en": "Smaller", "zh": "缩小"},
    "zoom-fit": {"en": "Fit the width", "zh": "适合宽度"},
    "other-language": {"en": "中文", "zh": "English"},
    "loopbacks": {"en": "Loopbacks", "zh": "回环路径"},
    "no-loopbacks": {"en": "None is to be seen in these files.", "zh": "这些文件中没有发现回环路径。"},
    "loop": {"en": "{client} calls {name}", "zh": "{client} 访问 {name}"},
    "cures": {"en": "Each of these ends it", "zh": "以下任一方式均可规避"},
    "hops": {"en": "Hop by hop", "zh": "逐跳依据"},
    "leads-here": {"en": "Leads here", "zh": "来自"},
    "leads-to": {"en": "Leads to", "zh": "去往"},
    "written": {"en": "Written here", "zh": "定义位置"},
    "why": {"en": "Why", "zh": "依据"},
    "weak": {"en": "hardly a call: the setting is one of names", "zh": "可能并非调用：该配置项通常只写名称"},
    "members": {"en": "{count} folded, click to unfold", "zh": "已折叠 {count} 个，点击展开"},
    "back": {"en": "Back", "zh": "返回"},
    "returns": {"en": "may come back to the caller’s own node", "zh": "可能回到 Client 所在节点"},
    "hint": {
        "en": "Click a box or a line to see where it was read. Arrow keys walk along the request, Escape clears.",
        "zh": "点击方框或连线查看出处；方向键沿请求移动，Esc 清除选择。",
    },
    "empty": {"en": "Nothing fits this filter.", "zh": "没有符合条件的内容。"},
    "left-out": {
        "en": "{count} of {total} boxes are left out; tkelint graph --namespace or --host shows a part in full.",
        "zh": "共 {total} 个节点，有 {count} 个未画出；可用 tkelint graph --namespace 或 --host 查看完整的一部分。",
    },
    "counts": {
        "en": "boxes: {boxes}, lines: {lines}, loopbacks: {loops}",
        "zh": "{boxes} 个节点、{lines} 条连线、{loops} 条回环路径",
    },
}
