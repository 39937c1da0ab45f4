"""JSON for other programs: everything in the report, described in `docs/json-output.md` and `docs/report.schema.json`.

`version` is raised when a field changes its meaning or goes away; fields may be added at any time. Texts are in both
languages, so that the output does not depend on the reader's. Source text and Secret data are not part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tkelint import __version__
from tkelint.problem import Severity
from tkelint.report import FileState
from tkelint.reporters.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.problem import Finding, RelatedPlace, Repair
    from tkelint.report import Comparison, FileStatus, Report
    from tkelint.reporters import ReporterOptions
    from tkelint.rule import Rule
    from tkelint.source import Place

FORMAT_VERSION: Final = 1


def render(report: Report, options: ReporterOptions) -> Iterator[str]:  # noqa: ARG001 - every reporter is called alike
    """The report as one JSON document, one finding on a line."""
    return json_text(report_value(report), depth=2)


def report_value(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    compared = (*report.comparison.unchanged, *report.comparison.gone) if report.comparison else ()
    hit = {finding.rule_id for finding in (*report.findings, *report.suppressed, *report.baselined, *compared)}
    return {
        "version": FORMAT_VERSION,
        "tool": {"name": "tkelint", "version": __version__},
        "summary": _summary(report),
        "findings": [finding_value(finding) for finding in report.findings],
        "suppressed": [{**finding_value(finding), "reason": finding.suppressed or ""} for finding in report.suppressed],
        "baseline": {
            "known": [finding_value(finding) for finding in report.baselined],
            "stale": [entry._asdict() for entry in report.stale],
        },
        "comparison": _comparison(report.comparison) if report.comparison else None,
        "files": [_file(status) for status in report.files],
        "crashes": [
            {
                "rule": crash.rule_id,
                "object": crash.subject,
                "path": crash.path,
                "error": crash.error,
                "times": crash.times,
            }
            for crash in report.crashes
        ],
        "rules": [rule_value(rule) for rule in report.rules if rule.id in hit],
    }


def rule_value(rule: Rule) -> dict[str, Any]:
    """A rule as plain values; `tkelint rules --format json` prints these."""
    return {
        "id": rule.id,
        "folder": rule.folder,
        "since": rule.since,
        "enabled": rule.enabled,
        "severity": {likelihood: severity.value for likelihood, severity in rule.severities.items()},
        "confidence": rule.confidence,
        "kinds": list(rule.kinds),
        "codes": list(rule.codes),
        "facts": list(rule.facts),
        "tags": list(rule.tags),
        "aliases": list(rule.aliases),
        "title": dict(rule.title),
        "why": dict(rule.why),
        "remedy": dict(rule.remedy),
        "limits": dict(rule.limits) if rule.limits else None,
        "references": [
            {"url": reference.url, "section": reference.section, "quote": reference.quote}
            for reference in rule.references
        ],
    }


def _summary(report: Report) -> dict[str, Any]:
    return {
        "findings": {severity.value: report.count_of(severity) for severity in Severity},
        "suppressed": len(report.suppressed),
        "baselined": len(report.baselined),
        "files": {state.value: report.count_files(state) for state in FileState},
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "old": comparison.old,
        "new": comparison.new,
        "unchanged": [finding_value(finding) for finding in comparison.unchanged],
        "gone": [finding_value(finding) for finding in comparison.gone],
        "unrendered": list(comparison.unrendered),
    }


def finding_value(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {
        "rule": finding.rule_id,
        "severity": finding.severity.value,
        "confidence": finding.confidence,
        "message": dict(finding.message),
        **place_value(finding.place),
        "object": finding.subject,
        "field": finding.field,
        "template": finding.template,
        "fingerprint": finding.fingerprint,
        "related": [_related(related) for related in finding.related],
        "flow": [_related(hop) for hop in finding.flow],
        "assumed": list(finding.assumed),
        "worlds": list(finding.worlds),
        "codes": list(finding.codes),
        "repair": _repair(finding.repair) if finding.repair else None,
    }


def _repair(repair: Repair) -> dict[str, Any]:
    replacements = [{**place_value(each.place), "text": each.text} for each in repair.replacements]
    return {"safe": repair.safe, "replacements": replacements}


def _related(related: RelatedPlace) -> dict[str, Any]:
    return {"message": dict(related.text), **place_value(related.place), "object": related.label}


def place_value(place: Place) -> dict[str, Any]:
    """A place as path and region, and how well it is known."""
    region = place.region
    return {
        "path": place.source.path,
        "region": {
            "startLine": region.start_line,
            "startColumn": region.start_column,
            "endLine": region.end_line,
            "endColumn": region.end_column,
        },
        "precision": place.precision.value,
    }


def _file(status: FileStatus) -> dict[str, Any]:
    return {
        "path": status.path,
        "state": status.state.value,
        "reason": status.reason,
        "parameters": {key: str(value) for key, value in status.parameters.items()},
        "objects": status.resources,
    }
