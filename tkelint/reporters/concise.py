"""One finding per line, `path:line:column: severity rule-id: message`: for editors, problem matchers and `grep`.

The severity is in English in every language, since programs read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.reporters.harmless import harmless, one_line, without_commands
from tkelint.reporters.places import path_from
from tkelint.reporters.summary import summary
from tkelint.reporters.terminal import file_url, link, paint
from tkelint.reporters.world_names import message_in_worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report as lines."""
    return (f"{line}\n" for line in without_commands(_lines(report, options)))


def finding_line(finding: Finding, report: Report, options: ReporterOptions) -> str:
    """A finding on one line."""
    region = finding.place.region
    path = finding.place.source.path
    shown = path_from(options.folder, path, report.root)
    where = f"{harmless(shown)}:{region.start_line}:{region.start_column}"
    severity = paint(finding.severity.value, finding.severity.value, options)
    rule_id = paint(one_line(finding.rule_id), "strong", options)
    message = one_line(message_in_worlds(finding, options.language))
    return f"{link(where, file_url(report.root, path), options)}: {severity} {rule_id}: {message}"


def _lines(report: Report, options: ReporterOptions) -> Iterator[str]:
    for finding in report.findings:
        yield finding_line(finding, report, options)
    if not options.quiet:
        if report.findings:
            yield ""
        yield from summary(report, options)
