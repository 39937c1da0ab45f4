"""What the page says around the findings, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.language import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAGE: Final[Mapping[str, Mapping[str, str]]] = {
    "title": {"en": "tkelint report", "zh": "tkelint 检查报告"},
    "search": {"en": "Search", "zh": "搜索"},
    "search-hint": {"en": "text, object, file …   ( / )", "zh": "文字、对象、文件 …（/）"},
    "severity": {"en": "Severity", "zh": "级别"},
    "rule": {"en": "Rule", "zh": "规则"},
    "namespace": {"en": "Namespace", "zh": "命名空间"},
    "file": {"en": "File", "zh": "文件"},
    "order": {"en": "Order", "zh": "排列"},
    "all": {"en": "all", "zh": "全部"},
    "unset": {"en": "(not set)", "zh": "（未设置）"},
    "by-severity": {"en": "by severity", "zh": "按级别"},
    "by-file": {"en": "by file", "zh": "按文件"},
    "by-rule": {"en": "by rule", "zh": "按规则"},
    "clear": {"en": "Clear filters", "zh": "清除筛选"},
    "other-language": {"en": "中文", "zh": "English"},
    "errors": {"en": "errors", "zh": "错误"},
    "warnings": {"en": "warnings", "zh": "警告"},
    "notes": {"en": "notes", "zh": "提示"},
    "findings": {"en": "Findings", "zh": "问题列表"},
    "details": {"en": "Details", "zh": "详情"},
    "shown": {"en": "{shown} of {all} findings", "zh": "显示 {shown} 个问题，共 {all} 个"},
    "no-match": {"en": "Nothing fits these filters.", "zh": "没有符合条件的问题。"},
    "clean": {"en": "No problems found.", "zh": "未发现问题。"},
    "pages": {"en": "Pages", "zh": "分页"},
    "page": {"en": "{first}–{last} of {count}", "zh": "第 {first}–{last} 个，共 {count} 个"},
    "earlier": {"en": "Previous page", "zh": "上一页"},
    "later": {"en": "Next page", "zh": "下一页"},
    "previous": {"en": "Previous finding", "zh": "上一个问题"},
    "next": {"en": "Next finding", "zh": "下一个问题"},
    "position": {"en": "{number} of {count}", "zh": "{number}/{count}"},
    "overview": {"en": "Overview", "zh": "概览"},
    "hint": {
        "en": "Choose a finding, or walk through the list with the arrow keys. Enter leads to its details, Escape "
        "back, / to the search.",
        "zh": "点击左侧问题查看详情，也可用方向键浏览：Enter 进入详情，Esc 返回列表，/ 跳到搜索框。",
    },
    "rules-heading": {"en": "Findings by rule", "zh": "各规则的问题数"},
    "not-read": {"en": "Not looked at", "zh": "未检查的内容"},
    "object": {"en": "object", "zh": "对象"},
    "worlds": {"en": "found in", "zh": "所在环境"},
    "field": {"en": "field", "zh": "字段"},
    "path": {"en": "The request, step by step", "zh": "请求逐跳经过"},
    "place": {"en": "place", "zh": "位置"},
    "safe-fix": {
        "en": "`tkelint --fix` does it, and nothing else changes.",
        "zh": "`tkelint --fix` 可自动修复，不影响其他内容。",
    },
    "unsafe-fix": {
        "en": "`tkelint --fix --unsafe-fixes` does it; check what else this changes.",
        "zh": "`tkelint --fix --unsafe-fixes` 可自动修复，请确认其影响。",
    },
    "removed": {"en": "removed", "zh": "删除"},
    "added": {"en": "added", "zh": "添加"},
    "picture": {"en": "The path of the request: {stations}", "zh": "请求路径：{stations}"},
    "paper-cut": {
        "en": "{count} more findings are not printed in full; narrow them with the filters.",
        "zh": "另有 {count} 个问题未打印详情，可通过筛选缩小范围。",
    },
}

# What the other formats say too.
_SHARED: Final = (
    "error",
    "warning",
    "note",
    "high",
    "medium",
    "low",
    "assumed",
    "codes",
    "template",
    "about-confidence",
    "remedy-heading",
    "why-heading",
    "limits-heading",
    "references-heading",
    "suppress-heading",
    "suppress-text",
    "quote",
)


def words() -> dict[str, Mapping[str, str]]:
    """Every word of the page by its key; parameters are in braces."""
    shared = {key: {language: str(told) for language, told in TEXTS[key].items()} for key in _SHARED}
    return {**shared, **_PAGE}
