"""GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.

One array of findings, with those that `--since` leaves out: GitLab compares the reports of two branches itself, and
takes a missing finding for a repaired one. It shows one finding for each fingerprint, so they are the semantic ones,
which no moved line changes, told apart where one object is written twice.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from tkelint.problem import Severity
from tkelint.reporters.harmless import harmless, one_line
from tkelint.reporters.json_text import json_text
from tkelint.reporters.notices import RULE_CRASHED, notices
from tkelint.reporters.places import path_in_repository
from tkelint.reporters.world_names import message_in_worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions

# GitLab knows blocker, critical, major, minor and info.
_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report as one JSON array, one finding on a line."""
    return json_text([*_findings(report, options), *_notices(report, options)], depth=1)


def _findings(report: Report, options: ReporterOptions) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for finding in report.with_unchanged():
        seen[finding.fingerprint] += 1
        yield {
            "type": "issue",
            "check_name": one_line(finding.rule_id),
            "description": one_line(message_in_worlds(finding, options.language)),
            "categories": ["Bug Risk"],
            "severity": _SEVERITIES[finding.severity],
            "fingerprint": _fingerprint(finding.fingerprint, seen[finding.fingerprint]),
            "location": {"path": _path(finding.place.source.path, report, options), "lines": _lines(finding)},
        }


def _lines(finding: Finding) -> dict[str, int]:
    region = finding.place.region
    return {"begin": region.start_line, "end": region.end_line}


def _notices(report: Report, options: ReporterOptions) -> Iterator[dict[str, Any]]:
    for notice in notices(report, options.language):
        yield {
            "type": "issue",
            "check_name": notice.key,
            "description": one_line(notice.message),
            "categories": ["Bug Risk"],
            "severity": "critical" if notice.key == RULE_CRASHED else "info",
            "fingerprint": _digest(f"{notice.key}\0{notice.path}\0{notice.message}"),
            "location": {"path": _path(notice.path, report, options), "lines": {"begin": 1}},
        }


def _path(path: str, report: Report, options: ReporterOptions) -> str:
    return harmless(path_in_repository(path, report.root, options.repository))


def _fingerprint(semantic: str, number: int) -> str:
    """The fingerprint of the first finding that has it; one with its number for those after it."""
    return semantic if number == 1 else _digest(f"{semantic}\0{number}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
