"""Checkstyle's XML, which Jenkins (warnings-ng), reviewdog and many editors read.

The format has no schema of its own; it is what Checkstyle's XMLLogger writes:
https://github.com/checkstyle/checkstyle/blob/master/src/main/java/com/puppycrawl/tools/checkstyle/XMLLogger.java
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tkelint.problem import Severity
from tkelint.reporters.harmless import one_line
from tkelint.reporters.notices import RULE_CRASHED, notices
from tkelint.reporters.places import path_in_repository
from tkelint.reporters.world_names import message_in_worlds
from tkelint.reporters.xml_text import tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions

_SEVERITIES: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}
_VERSION: Final = "4.3"  # of the format; readers look at no other


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report as XML, one finding on a line."""
    return (f"{line}\n" for line in _lines(report, options))


def _lines(report: Report, options: ReporterOptions) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield tag("checkstyle", {"version": _VERSION})
    for path, errors in sorted(_by_file(report, options).items()):
        yield tag("file", {"name": path_in_repository(path, report.root, options.repository)})
        yield from errors
        yield "</file>"
    yield "</checkstyle>"


def _by_file(report: Report, options: ReporterOptions) -> dict[str, list[str]]:
    """The errors of each file, notices before findings."""
    found: dict[str, list[str]] = defaultdict(list)
    for notice in notices(report, options.language):
        severity = "error" if notice.key == RULE_CRASHED else "info"
        found[notice.path].append(_error(1, None, severity, notice.message, notice.key))
    for finding in report.findings:
        region = finding.place.region
        severity = _SEVERITIES[finding.severity]
        message = message_in_worlds(finding, options.language)
        error = _error(region.start_line, region.start_column, severity, message, finding.rule_id)
        found[finding.place.source.path].append(error)
    return found


def _error(line: int, column: int | None, severity: str, message: str, source: str) -> str:
    attributes = {"line": line, "column": column, "severity": severity}
    return tag("error", {**attributes, "message": one_line(message), "source": f"tkelint.{source}"}, end="/")
