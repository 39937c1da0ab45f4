"""What the action itself says, in English and Chinese."""

from __future__ import annotations

from typing import Final

_TEXTS: Final = {
    "error": {"en": "error", "zh": "错误"},
    "warning": {"en": "warning", "zh": "警告"},
    "note": {"en": "note", "zh": "提示"},
    "counts": {
        "en": "Errors: {error} · warnings: {warning} · notes: {note} · files not looked at: {missed}",
        "zh": "错误：{error} · 警告：{warning} · 提示：{note} · 未检查的文件：{missed}",
    },
    "clean": {"en": "No problems found.", "zh": "未发现问题。"},
    "caused-nothing": {"en": "The change causes no problems.", "zh": "变更没有引起问题。"},
    "compared": {
        "en": "Compared with {old} · there before: {unchanged}",
        "zh": "对比 {old} · 此前已存在：{unchanged}",
    },
    "unrendered": {"en": "Changed files compared as they stand, not rendered", "zh": "未经渲染、按原样对比的变更文件"},
    "no-base": {
        "en": "The checkout does not have the base of this pull request, so everything is reported and not only what "
        "the change causes. Give actions/checkout `fetch-depth: 2`, or `fetch-depth: 0` with a `ref` of your own.",
        "zh": "检出的仓库中没有此拉取请求的目标分支，因此报告全部问题，而不只是变更引起的问题。"
        "请为 actions/checkout 设置 `fetch-depth: 2`；如果检出的是其他 `ref`，请设置 `fetch-depth: 0`。",
    },
    "severity": {"en": "Severity", "zh": "级别"},
    "rule": {"en": "Rule", "zh": "规则"},
    "place": {"en": "Place", "zh": "位置"},
    "problem": {"en": "Problem", "zh": "问题"},
    "more": {
        "en": "{count} more are in the log and in the SARIF file.",
        "zh": "另有 {count} 个问题，见日志与 SARIF 文件。",
    },
    "path": {"en": "The request, step by step", "zh": "请求逐跳经过"},
    "missed": {"en": "Files not looked at", "zh": "未检查的文件"},
    "missed-more": {"en": "and {count} more", "zh": "另有 {count} 个"},
    "no-report": {
        "en": "tkelint did not run to its end (exit status {status}). The log of the job says why.",
        "zh": "tkelint 未能完成检查（退出码 {status}），原因见任务日志。",
    },
    "fork": {
        "en": "The token of a pull request from a fork cannot feed code scanning, so the findings are annotations.",
        "zh": "来自 fork 的拉取请求，其令牌不能向代码扫描（code scanning）上传结果，问题改以注释（annotation）显示。",
    },
    "dependabot": {
        "en": "The token of a push by Dependabot cannot feed code scanning, so the findings are annotations.",
        "zh": "Dependabot 推送触发的运行，其令牌不能向代码扫描（code scanning）上传结果，"
        "问题改以注释（annotation）显示。",
    },
    "upload-failed": {
        "en": "Code scanning did not take the results, so the findings are annotations. The job needs the permission "
        "`security-events: write`, and a private repository needs GitHub Code Security.",
        "zh": "代码扫描（code scanning）未接收结果，问题改以注释（annotation）显示。"
        "任务需要 `security-events: write` 权限，私有仓库还需启用 GitHub Code Security。",
    },
    "status-2": {
        "en": "The inputs or the configuration are wrong: see the log.",
        "zh": "输入参数或配置有误，详见任务日志。",
    },
    "status-3": {
        "en": "Nothing to lint: no Kubernetes manifests at the given paths.",
        "zh": "没有可检查的内容：给定路径下没有 Kubernetes 清单。",
    },
    "status-4": {
        "en": "Some files could not be looked at, and --strict is set.",
        "zh": "有文件未能检查，且使用了 --strict。",
    },
    "status-70": {
        "en": "tkelint has a bug: a rule failed. The log names it.",
        "zh": "tkelint 自身出错：有规则运行失败，日志中有其名称。",
    },
}


def say(key: str, language: str, **parameters: object) -> str:
    """A text in a language, filled."""
    return _TEXTS[key][language if language in _TEXTS[key] else "en"].format(**parameters)


def knows(key: str) -> bool:
    """Whether there is a text of that key."""
    return key in _TEXTS
