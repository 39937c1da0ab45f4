"""The page of event codes, docs/codes.md, from rules/facts/controller-codes.yaml and the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tkelint.event_codes import PAGE, EventCode, event_codes
from tkelint.language import text

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "title": {
        "en": "# Event codes of TKE's controllers\n\n[中文](codes.zh.md)",
        "zh": "# TKE 控制器的错误码\n\n[English](codes.md)",
    },
    "generated": {
        "en": "<!-- Written by `python scripts/docs.py codes` from rules/facts/controller-codes.yaml and rules/. -->",
        "zh": "<!-- 由 `python scripts/docs.py codes` 根据 rules/facts/controller-codes.yaml 与 rules/ 生成。 -->",
    },
    "introduction": {
        "en": "A Service or Ingress that TKE cannot set up gets an event with one of these codes, minutes after it was "
        "applied ([the official list]({page})). Of {count} codes, {foreseen} can be foreseen from manifests; for every "
        "other one the table says why no static tool can.\n\n"
        "The numbers of Services and Ingresses collide: `E4011` is a missing CLB for a Service and a Secret without "
        "certificate for an Ingress. `tkelint explain Ingress E4011` says what one of them means.",
        "zh": "TKE 无法同步 Service 或 Ingress 时，会在提交后几分钟产生带有以下错误码的事件（[官方文档]({page})）。"
        "共 {count} 个错误码，其中 {foreseen} 个可以根据清单提前发现；其余的，表中说明了静态检查无法发现的原因。\n\n"
        "Service 与 Ingress 的错误码编号会重复：`E4011` 对 Service 表示 CLB 不存在，"
        "对 Ingress 表示证书 Secret 中没有证书 ID。"
        "可以用 `tkelint explain Ingress E4011` 查看其中一个的含义。",
    },
    "head": {
        "en": "| Code | Meaning | What follows | Foreseen by |\n| --- | --- | --- | --- |",
        "zh": "| 错误码 | 含义 | 影响 | 对应规则 |\n| --- | --- | --- | --- |",
    },
    "never": {"en": "No static tool: {why}.", "zh": "无法静态检查：{why}。"},
    "facts": {"en": "{rules}; with the facts {facts}", "zh": "{rules}；依据集群事实 {facts}"},
    "when": {"en": "{rules}; only where {when}", "zh": "{rules}；仅限{when}"},
    "uncovered": {"en": "No rule yet.", "zh": "暂无规则。"},
}
_HEADINGS: Final = {"Service": "## Service", "Ingress": "## Ingress"}


def code_page(language: str) -> str:
    """The page in a language."""
    codes = event_codes().values()
    foreseen = sum(code.foreseen != "never" for code in codes)
    introduction = _TEXTS["introduction"][language].format(page=PAGE, count=len(codes), foreseen=foreseen)
    blocks = [_TEXTS["title"][language], _TEXTS["generated"][language], introduction]
    for kind, heading in _HEADINGS.items():
        rows = [_row(code, language) for code in codes if code.kind == kind]
        blocks += [heading, "\n".join([_TEXTS["head"][language], *rows])]
    return "\n\n".join(blocks) + "\n"


def _row(code: EventCode, language: str) -> str:
    effect = text(f"effect-{code.effect}", language) if code.effect else ""
    cells = (code.number, code.meaning[language], effect, _foreseen(code, language))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |".replace("|  |", "| |")


def _foreseen(code: EventCode, language: str) -> str:
    """The rules with their condition, or why there can be none."""
    if not code.rules:
        why = code.why[language] if code.why else ""
        return _TEXTS["never"][language].format(why=why) if why else _TEXTS["uncovered"][language]
    separator = text("separator", language)
    said = separator.join(f"[`{rule.id}`](../rules/{rule.folder}/{rule.id}.yaml)" for rule in code.rules)
    if code.when:
        said = _TEXTS["when"][language].format(rules=said, when=code.when[language])
    if code.facts:
        facts = separator.join(f"`{fact}`" for fact in code.facts)
        said = _TEXTS["facts"][language].format(rules=said, facts=facts)
    return said
