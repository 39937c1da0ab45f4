"""Workflow commands: annotations in the files of a pull request, without code scanning.

GitHub keeps ten annotations of a kind for each step and drops the others without a word. So the worst come first, and
what is beyond the limit is printed as plain lines under a heading that counts them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tkelint.language import text
from tkelint.problem import Severity
from tkelint.reporters.concise import finding_line
from tkelint.reporters.harmless import harmless, one_line, without_commands
from tkelint.reporters.places import first_line_of, path_in_repository
from tkelint.reporters.summary import summary
from tkelint.reporters.world_names import message_in_worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions

ANNOTATIONS_PER_KIND: Final = 10

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report as workflow commands, then what GitHub would drop, then the summary."""
    by_severity: dict[Severity, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_severity[finding.severity].append(finding)
    for severity in Severity:
        for finding in by_severity[severity][:ANNOTATIONS_PER_KIND]:
            yield _command(finding, report, options) + "\n"
    rest = [finding for severity in Severity for finding in by_severity[severity][ANNOTATIONS_PER_KIND:]]
    yield from (f"{line}\n" for line in without_commands(_plain_lines(rest, report, options)))


def _plain_lines(rest: list[Finding], report: Report, options: ReporterOptions) -> Iterator[str]:
    if rest:
        yield text("annotations-more", options.language, count=len(rest))
        for finding in rest:
            yield finding_line(finding, report, options)
    if not options.quiet:
        yield from summary(report, options)


def _command(finding: Finding, report: Report, options: ReporterOptions) -> str:
    """`::error file=...,line=...::message`; a place that spans lines is cut to the first, as in SARIF."""
    region = first_line_of(finding.place)
    properties = {
        "file": harmless(path_in_repository(finding.place.source.path, report.root, options.repository)),
        "line": region.start_line,
        "endLine": region.end_line,
        "col": region.start_column,
        "endColumn": region.end_column,
        "title": one_line(finding.rule_id),
    }
    told = ",".join(f"{name}={_escaped_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {told}::{_escaped(one_line(message_in_worlds(finding, options.language)))}"


def _escaped(text: str) -> str:
    """As actions/toolkit escapes the data of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    """As actions/toolkit escapes a property of a command."""
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
