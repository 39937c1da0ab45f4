"""The data of the page: findings, rules and what was not looked at as plain values, texts in both languages.

Everything is on one line and harmless; source text is shown with Secret data masked.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from tkelint import __version__
from tkelint.language import text
from tkelint.problem import Severity
from tkelint.reporters.frames import Mark, Underline, shown_lines, underline
from tkelint.reporters.graph.json import in_both
from tkelint.reporters.harmless import harmless, one_line
from tkelint.reporters.html.fixes import fix_value
from tkelint.reporters.html.pictures import Pictures
from tkelint.reporters.html.words import words
from tkelint.reporters.layout import blocks
from tkelint.reporters.notices import notices
from tkelint.reporters.places import path_in_repository
from tkelint.reporters.rule_page import SITE, page_of
from tkelint.reporters.snippet import masks_on_line, show_line
from tkelint.reporters.summary import count_line
from tkelint.reporters.world_names import world_names
from tkelint.rule import LANGUAGES
from tkelint.source import Place, Precision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tkelint.problem import Finding, RelatedPlace
    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions
    from tkelint.rule import Rule
    from tkelint.source import SourceFile

    _Drawn = tuple[Underline, RelatedPlace | None]

_CONTEXT: Final = 2  # lines around the place of a finding
_ROOM: Final = 180  # cells of a line of source
_MOST_RELATED: Final = 30  # of a finding


def page_value(report: Report, options: ReporterOptions) -> dict[str, Any]:
    """Everything the page shows."""
    return _Page(report, options).value()


class _Page:
    """What everything of one page needs: the report, and rules by number."""

    def __init__(self, report: Report, options: ReporterOptions) -> None:
        self._report = report
        self._options = options
        self._rules = {rule.id: rule for rule in report.rules}
        self._numbers: dict[str, int] = {}
        self._pictures = Pictures(report)

    def value(self) -> dict[str, Any]:
        report = self._report
        findings = [self._finding(finding) for finding in report.findings]
        return {
            "version": __version__,
            "language": self._options.language,
            "words": words(),
            "severities": [severity.value for severity in Severity],
            "summary": in_both(lambda language: count_line(report, language)),
            "findings": findings,
            "rules": [self._rule(each) for each in self._numbers],
            "pictures": self._pictures.values(),
            "notices": _notices(report),
        }

    def _finding(self, finding: Finding) -> dict[str, Any]:
        region = finding.place.region
        return {
            "id": finding.fingerprint,
            "rule": self._numbers.setdefault(finding.rule_id, len(self._numbers)),
            "severity": finding.severity.value,
            "confidence": finding.confidence,
            "message": _texts(finding.message),
            "path": self._path(finding.place),
            "line": region.start_line,
            "column": region.start_column,
            "placed": _precision(finding.place),
            "object": one_line(finding.subject),
            "field": one_line(finding.field),
            "namespace": one_line(finding.namespace or ""),
            "worlds": in_both(lambda language: one_line(world_names(finding, language))),
            "template": one_line(finding.template or ""),
            "assumed": [one_line(fact) for fact in finding.assumed],
            "codes": [one_line(code) for code in finding.codes],
            "fix": fix_value(finding.repair, self._report.secrets, self._path) if finding.repair else None,
            "frames": self._frames(finding),
            "hops": [self._hop(hop) for hop in finding.flow],
            "picture": self._pictures.number_of(finding),
        }

    def _rule(self, rule_id: str) -> dict[str, Any]:
        return _rule(rule_id, self._rules.get(rule_id), self._options.docs_url)

    def _path(self, place: Place) -> str:
        return harmless(path_in_repository(place.source.path, self._report.root, self._options.repository))

    def _hop(self, hop: RelatedPlace) -> dict[str, Any]:
        frame = self._frame(hop.place, [(Mark(hop.place.span, "related"), None)], 0)
        return {"text": _texts(hop.text), "object": one_line(hop.label), "frame": frame}

    def _frames(self, finding: Finding) -> list[dict[str, Any]]:
        """The frames of a finding: its own file first, with all that is related in it, then one for each other file."""
        own = (Mark(finding.place.span, finding.severity.value), None)
        groups: dict[str, tuple[Place, list[tuple[Mark, RelatedPlace | None]]]] = {}
        groups[finding.place.source.path] = (finding.place, [own])
        for related in finding.related[:_MOST_RELATED]:
            _, marks = groups.setdefault(related.place.source.path, (related.place, []))
            marks.append((Mark(related.place.span, "related"), related))
        return [
            self._frame(place, marks, 0 if number else _CONTEXT)
            for number, (place, marks) in enumerate(groups.values())
        ]

    def _frame(self, place: Place, marks: Sequence[tuple[Mark, RelatedPlace | None]], context: int) -> dict[str, Any]:
        """Lines of one file around some marks; the place is the one that the frame is named by."""
        source = place.source
        drawn: dict[int, list[_Drawn]] = defaultdict(list)
        for mark, related in marks:
            line = underline(source, mark)
            drawn[line.line].append((line, related))
        lines = shown_lines(source, sorted(drawn), context)
        return {
            "path": self._path(place),
            "line": place.region.start_line,
            "placed": _precision(place),
            "rows": [self._row(source, number, drawn.get(number, [])) for number in lines],
        }

    def _row(
        self, source: SourceFile, number: int, drawn: Sequence[tuple[Underline, RelatedPlace | None]]
    ) -> list[Any]:
        """A line: its number, its text, and its marks as first and last character, style and label."""
        secrets = self._report.secrets.get(source.path, ())
        columns = [line.columns for line, _ in drawn] or [(0, 0)]
        focus = (min(start for start, _ in columns), max(end for _, end in columns))
        shown = show_line(source.line(number), masks_on_line(source, number, secrets), focus, _ROOM)
        marks = [
            [*shown.characters(*line.columns), line.mark.style, _texts(related.text) if related else None]
            for line, related in drawn
        ]
        return [number, shown.text, marks]


def _precision(place: Place) -> dict[str, str] | None:
    """How a place was found, unless it is exact."""
    if place.precision is Precision.EXACT:
        return None
    return in_both(lambda language: text(f"place-{place.precision.value}", language))


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: one_line(texts[language]) for language in LANGUAGES}


def _rule(rule_id: str, rule: Rule | None, docs_url: str) -> dict[str, Any]:
    """The texts of a rule. `page` is its page on the site, where there is one."""
    if rule is None:
        return {
            "id": one_line(rule_id),
            **dict.fromkeys(("title", "why", "remedy", "limits", "page")),
            "references": [],
        }
    return {
        "id": one_line(rule.id),
        "title": _texts(rule.title),
        "why": _told(rule.why),
        "remedy": _told(rule.remedy),
        "limits": _told(rule.limits) if rule.limits else None,
        "page": in_both(lambda language: page_of(rule, language, docs_url)) if docs_url or SITE else None,
        "references": [
            {"url": each.url, "section": one_line(each.section or ""), "quote": one_line(each.quote or "")}
            for each in rule.references
        ],
    }


def _told(texts: Mapping[str, str]) -> dict[str, list[list[dict[str, Any]]]]:
    return {language: _blocks(texts[language]) for language in LANGUAGES}


def _blocks(told: str) -> list[list[dict[str, Any]]]:
    """A text as paragraphs of items."""
    return [[{"item": bool(marker), "text": harmless(item)} for marker, item in block] for block in blocks(told)]


def _notices(report: Report) -> list[dict[str, Any]]:
    told = {language: [notice.message for notice in notices(report, language)] for language in LANGUAGES}
    return [
        {language: one_line(message) for language, message in zip(LANGUAGES, messages, strict=True)}
        for messages in zip(*(told[language] for language in LANGUAGES), strict=True)
    ]
