"""`tkelint facts`: what is known of the cluster, from where, and what waits for the rest; as text and as JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint import __version__
from tkelint.language import text
from tkelint.reporters.harmless import one_line, without_commands
from tkelint.reporters.json import finding_value, place_value
from tkelint.reporters.json_text import json_text
from tkelint.reporters.layout import width, wrap
from tkelint.reporters.places import path_from
from tkelint.reporters.terminal import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tkelint.cluster import ClusterFacts, Fact
    from tkelint.problem import Finding
    from tkelint.reporters import ReporterOptions
    from tkelint.source import Place

FORMAT_VERSION: Final = 1
_RULES_SHOWN: Final = 6
_VALUE_ROOM: Final = 40

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "facts": {"en": "Cluster facts", "zh": "集群事实"},
    "unknown": {"en": "unknown", "zh": "未知"},
    "contradictory": {"en": "contradictory", "zh": "相互矛盾"},
    "declared": {"en": "declared", "zh": "声明"},
    "manifest": {"en": "read off", "zh": "读自清单"},
    "waits": {"en": "waiting for it: {rules}", "zh": "等待该事实的规则：{rules}"},
    "contradictions": {"en": "Contradictions", "zh": "相互矛盾之处"},
    "against": {"en": "{fact}: {value} here, {other} there", "zh": "{fact}：一处为 {value}，另一处为 {other}"},
    "what-if": {"en": "What if {assumed}", "zh": "假设 {assumed}"},
    "no-change": {"en": "nothing would change", "zh": "结果不变"},
    "new": {"en": "new", "zh": "新增"},
    "gone": {"en": "gone", "zh": "消失"},
    "changed": {"en": "changed", "zh": "变化"},
    "count": {
        "en": "{new} new, {gone} gone, {changed} changed",
        "zh": "新增 {new} 个，消失 {gone} 个，变化 {changed} 个",
    },
    "was": {"en": "was {severity}: {message}", "zh": "原为 {severity}：{message}"},
}


class Changes(NamedTuple):
    """What an assumption changes; see `tkelint.what_if.Changes`."""

    assumed: tuple[str, ...]
    new: Sequence[Finding]
    gone: Sequence[Finding]
    changed: Sequence[tuple[Finding, Finding]]


class FactsView(NamedTuple):
    """The facts with the places of those declared, the rules that wait for each, and what an assumption changes."""

    facts: ClusterFacts
    declared: Mapping[str, Place]
    waiting: Mapping[str, Sequence[str]]
    root: Path
    changes: Changes | None = None

    def place(self, fact: Fact) -> Place | None:
        """Where a fact was read."""
        if fact.origin is None or isinstance(fact.origin, str):
            return self.declared.get(fact.name)
        return fact.origin.place


def render_json(view: FactsView) -> Iterator[str]:
    """The facts as one JSON document; see `docs/facts.md`."""
    changes = view.changes
    value = {
        "version": FORMAT_VERSION,
        "tool": {"name": "tkelint", "version": __version__},
        "facts": [_value(fact, view) for fact in view.facts],
        "contradictions": [
            {"fact": each.fact.name, "values": [_value(fact, view) for fact in (each.fact, each.other)]}
            for each in view.facts.contradictions
        ],
        "whatIf": None
        if changes is None
        else {
            "assumed": list(changes.assumed),
            "new": [finding_value(each) for each in changes.new],
            "gone": [finding_value(each) for each in changes.gone],
            "changed": [
                {"before": finding_value(before), "after": finding_value(after)} for before, after in changes.changed
            ],
        },
    }
    return json_text(value, depth=2)


def _value(fact: Fact, view: FactsView) -> dict[str, Any]:
    place = view.place(fact) if fact.is_known else None
    is_read_off = fact.origin is not None and not isinstance(fact.origin, str)
    return {
        "name": fact.name,
        "value": plain(fact.value),
        "origin": None if not fact.is_known else "manifest" if is_read_off else "declared",
        "object": None if fact.origin is None or isinstance(fact.origin, str) else fact.origin.resource.label,
        **(place_value(place) if place else {"path": None, "region": None}),
        "rules": list(view.waiting.get(fact.name, ())),
    }


def plain(value: Any) -> Any:
    """A fact's value as JSON has it."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if hasattr(value, "_asdict"):
        return {key: plain(each) for key, each in value._asdict().items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def render_text(view: FactsView, options: ReporterOptions) -> Iterator[str]:
    """The facts as text, one piece per line."""
    return (f"{line}\n" for line in without_commands(_lines(view, options)))


def _lines(view: FactsView, options: ReporterOptions) -> Iterator[str]:
    yield paint(_say("facts", options), "strong", options)
    rows = [_row(fact, view, options) for fact in view.facts]
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for fact, row in zip(view.facts, rows, strict=True):
        cells = [cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)]
        cells[1] = cells[1] if fact.is_known else paint(row[1], "warning", options)
        yield "  " + "   ".join(cells).rstrip()
        rules = view.waiting.get(fact.name, ())
        if not fact.is_known and rules:
            indent = widths[0] + 5
            yield from (
                paint(line, "faint", options)
                for line in wrap(
                    " " * indent + _say("waits", options, rules=_some(rules, options)), options.width, 0, indent
                )
            )
    yield from _contradictions(view, options)
    if view.changes is not None:
        yield from _what_if(view, view.changes, options)


def _row(fact: Fact, view: FactsView, options: ReporterOptions) -> tuple[str, str, str, str, str]:
    """Name, value, kind of origin, place and object of a fact."""
    if not fact.is_known:
        is_contradictory = any(each.fact.name == fact.name for each in view.facts.contradictions)
        return fact.name, _say("contradictory" if is_contradictory else "unknown", options), "", "", ""
    place = view.place(fact)
    where = _where(place, view, options) if place else ""
    if fact.origin is None or isinstance(fact.origin, str):
        return fact.name, _shown(fact.value), _say("declared", options), where, ""
    return fact.name, _shown(fact.value), _say("manifest", options), where, one_line(fact.origin.resource.label)


def _shown(value: Any) -> str:
    """A value on one line, cut to its room."""
    whole = value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)
    whole = one_line(whole)
    return whole if len(whole) <= _VALUE_ROOM else whole[: _VALUE_ROOM - 1] + "…"


def _where(place: Place, view: FactsView, options: ReporterOptions) -> str:
    return f"{one_line(path_from(options.folder, place.source.path, view.root))}:{place.region.start_line}"


def _some(rules: Sequence[str], options: ReporterOptions) -> str:
    shown = text("separator", options.language).join(rules[:_RULES_SHOWN])
    if len(rules) <= _RULES_SHOWN:
        return shown
    return text("paths-more", options.language, paths=shown, count=len(rules) - _RULES_SHOWN)


def _contradictions(view: FactsView, options: ReporterOptions) -> Iterator[str]:
    if not view.facts.contradictions:
        return
    yield ""
    yield paint(_say("contradictions", options), "strong", options)
    for fact, other in view.facts.contradictions:
        values = {"fact": fact.name, "value": _shown(fact.value), "other": _shown(other.value)}
        yield from wrap("  " + _say("against", options, **values), options.width, 0, 4)
        for each in (fact, other):
            place = view.place(each)
            if place:
                yield f"    {_shown(each.value)}  {_where(place, view, options)}"


def _what_if(view: FactsView, changes: Changes, options: ReporterOptions) -> Iterator[str]:
    yield ""
    assumed = text("separator", options.language).join(map(one_line, changes.assumed))
    yield paint(_say("what-if", options, assumed=assumed), "strong", options)
    if not (changes.new or changes.gone or changes.changed):
        yield f"  {_say('no-change', options)}"
        return
    for kind, findings in (("new", changes.new), ("gone", changes.gone)):
        for finding in findings:
            yield from _change(kind, finding, view, options)
    for before, after in changes.changed:
        yield from _change("changed", after, view, options)
        severity = text(before.severity.value, options.language)
        message = one_line(before.message[options.language])
        was = _say("was", options, severity=severity, message=message)
        yield from (paint(line, "faint", options) for line in wrap(f"      {was}", options.width, 0, 6))
    counts = {"new": len(changes.new), "gone": len(changes.gone), "changed": len(changes.changed)}
    yield f"  {_say('count', options, **counts)}"


def _change(kind: str, finding: Finding, view: FactsView, options: ReporterOptions) -> Iterator[str]:
    style = {"new": finding.severity.value, "gone": "help", "changed": "warning"}[kind]
    severity = text(finding.severity.value, options.language)
    head = f"{_say(kind, options)}  {severity}[{one_line(finding.rule_id)}]"
    yield f"  {paint(head, style, options)}  {_where(finding.place, view, options)}"
    yield from wrap(f"      {one_line(finding.message[options.language])}", options.width, 0, 6)


def _say(key: str, options: ReporterOptions, **parameters: object) -> str:
    return _TEXTS[key][options.language].format(**parameters)
