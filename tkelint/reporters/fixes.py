"""What became of fixes, in a few lines: how many were applied, and of the others why not. For standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.language import text
from tkelint.reporters.harmless import harmless, one_line, without_commands
from tkelint.reporters.layout import wrap
from tkelint.reporters.places import path_from
from tkelint.reporters.terminal import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.fixing.model import Fault, Outcome, Refusal
    from tkelint.reporters import ReporterOptions
    from tkelint.source import Place

_FAULTS: Final[Mapping[str, Mapping[str, str]]] = {
    "changes-more": {
        "en": "read again, the file would say something else than the fix wants",
        "zh": "修改后重新读取的内容与预期不一致",
    },
    "unread": {
        "en": "ruamel.yaml cannot read the document, so that a second reader is missing",
        "zh": "ruamel.yaml 无法读取该文档，缺少第二个解析器的确认",
    },
    "loses-comment": {"en": "a comment would be lost", "zh": "会丢失注释"},
    "still-there": {"en": "the problem would still be there", "zh": "修改后问题仍然存在"},
    "new-finding": {
        "en": "it would bring to light {rule}: {message}",
        "zh": "修改后会出现 {rule}：{message}",
    },
    "crash": {"en": "a rule fails on the changed file", "zh": "有规则在检查修改后的文件时出错"},
    "context": {
        "en": "it would change {path}, which is read for references only",
        "zh": "需要修改 {path}，而该文件仅供查找引用",
    },
    "rendered": {
        "en": "what was rendered is not edited; change {places}",
        "zh": "渲染结果不会被修改，请修改 {places}",
    },
    "unsound": {
        "en": "it cannot be written without changing something else (an alias, a merge key, a key written twice ...)",
        "zh": "无法只修改这一处（例如使用了别名、合并键或重复的键）",
    },
    "unsettled": {"en": "other fixes keep changing the same place", "zh": "同一位置不断被其他修复改动"},
    "unproven": {
        "en": "too many others failed their proof; run it again for the rest",
        "zh": "未通过验证的修复过多，请再次运行以处理其余修复",
    },
    "changed-meanwhile": {
        "en": "{path} has been changed by something else since it was read",
        "zh": "{path} 在读取之后被其他程序修改",
    },
    "not-written": {"en": "{path} cannot be written: {detail}", "zh": "{path} 无法写入：{detail}"},
}

_TEXTS: Final[Mapping[str, Mapping[str, str | tuple[str, str]]]] = {
    "applied": {
        "en": ("{count} fix applied in {files}", "{count} fixes applied in {files}"),
        "zh": "已应用 {count} 个修复，涉及 {files}",
    },
    "would-apply": {
        "en": ("{count} fix would be applied in {files}", "{count} fixes would be applied in {files}"),
        "zh": "将应用 {count} 个修复，涉及 {files}",
    },
    "files": {"en": ("{count} file", "{count} files"), "zh": "{count} 个文件"},
    "none": {"en": "no fixes to apply", "zh": "没有可应用的修复"},
    "refused": {"en": ("{count} fix not applied:", "{count} fixes not applied:"), "zh": "{count} 个修复未应用："},
    "waiting": {
        "en": (
            "{count} more fix changes what has an effect today: --unsafe-fixes applies it",
            "{count} more fixes change what has an effect today: --unsafe-fixes applies them",
        ),
        "zh": "另有 {count} 个修复会改变现有行为，使用 --unsafe-fixes 应用",
    },
}


def render_summary(outcome: Outcome, options: ReporterOptions, *, only_planned: bool = False) -> Iterator[str]:
    """The lines; `only_planned`: nothing was written."""
    return (f"{line}\n" for line in without_commands(_lines(outcome, options, only_planned=only_planned)))


def _lines(outcome: Outcome, options: ReporterOptions, *, only_planned: bool) -> Iterator[str]:
    language = options.language
    if outcome.refused:
        yield _say("refused", language, len(outcome.refused))
        for refusal in outcome.refused:
            yield from wrap(_refusal(refusal, outcome, options), options.width, 2, 6)
    if outcome.applied:
        files = _say("files", language, len(outcome.changes))
        line = _say("would-apply" if only_planned else "applied", language, len(outcome.applied), files=files)
    else:
        line = _say("none", language, 0)
    if outcome.waiting:
        line += text("clause-separator", language) + _say("waiting", language, outcome.waiting)
    yield paint(line, "strong", options)


def _refusal(refusal: Refusal, outcome: Outcome, options: ReporterOptions) -> str:
    finding = refusal.finding
    label = f"{_shown(finding.place, outcome, options)} {one_line(finding.rule_id)}"
    return "  " + text("label", options.language, name=label, text=one_line(_reason(refusal, outcome, options)))


def _reason(refusal: Refusal, outcome: Outcome, options: ReporterOptions) -> str:
    fault: Fault = refusal.fault
    parameters = {key: _spoken(value, options.language) for key, value in fault.parameters.items()}
    if fault.reason == "rendered":
        parameters["places"] = _places(refusal, outcome, options)
    return _FAULTS[fault.reason][options.language].format(**parameters)


def _places(refusal: Refusal, outcome: Outcome, options: ReporterOptions) -> str:
    """What a person would edit: where places are known in it, these, and the line of the values; else its name."""
    template = str(refusal.fault.parameters.get("template", ""))
    if template:
        return template
    finding = refusal.finding
    origin = text("origin", options.language)
    places = [finding.place, *(each.place for each in finding.related if each.text[options.language] == origin)]
    return text("separator", options.language).join(_shown(place, outcome, options) for place in places)


def _shown(place: Place, outcome: Outcome, options: ReporterOptions) -> str:
    region = place.region
    path = harmless(path_from(options.folder, place.source.path, outcome.report.root))
    return f"{path}:{region.start_line}:{region.start_column}"


def _spoken(value: object, language: str) -> str:
    return str(value[language]) if isinstance(value, dict) else str(value)


def _say(key: str, language: str, count: int, **parameters: object) -> str:
    template = _TEXTS[key][language]
    if isinstance(template, tuple):
        template = template[count != 1]
    return template.format(count=count, **parameters)
