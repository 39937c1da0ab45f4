"""The end of a report that people read: how much was found, and what was not looked at and why.

Nothing is dropped in silence: files are counted by reason, and the ones that might have held something are named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint.language import reason, text
from tkelint.problem import Severity
from tkelint.report import FileState
from tkelint.reporters.harmless import harmless
from tkelint.reporters.layout import width, wrap
from tkelint.reporters.places import path_from
from tkelint.reporters.terminal import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.report import Comparison, FileStatus, Report
    from tkelint.reporters import ReporterOptions

# How many paths a reason names before it counts the rest; unreadable files matter more.
_PATHS_NAMED = {FileState.NOT_RESOURCES: 2, FileState.UNREADABLE: 10}
_UNRENDERED_NAMED = 10
_STALE_NAMED = 10

# From so many findings on, a run without a baseline is taken for the first one on an old repository.
_MANY_FINDINGS = 50
_FACTS_NAMED = 3


class FileCounts(NamedTuple):
    """How many files there were, each counted once."""

    looked_at: int
    affected: int
    context: int


def count_files(report: Report) -> FileCounts:
    """Count distinct paths: a file may have several statuses, and a finding may lie in one that could not be read."""
    affected = {finding.place.source.path for finding in report.findings}
    looked_at = {
        status.path
        for status in report.files
        if status.state is FileState.LINTED or (status.state is FileState.UNREADABLE and status.resources)
    }
    context = {status.path for status in report.files if status.state is FileState.CONTEXT}
    return FileCounts(len(looked_at | affected), len(affected), len(context - looked_at - affected))


def summary(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The last lines of a report, without a blank line before them."""
    is_first_run = len(report.findings) >= _MANY_FINDINGS and not report.baselined and report.comparison is None
    if report.findings and (options.statistics or is_first_run):
        yield from _statistics(report, options)
        yield ""
    if options.show_files and report.files:
        yield from _files(report, options)
        yield ""
    yield from _crashes(report, options)
    if not options.show_files:
        yield from _not_looked_at(report, options)
    yield from _unrendered(report, options)
    yield from _stale(report, options)
    if is_first_run:
        yield from _next_steps(report, options)
    lines = wrap(count_line(report, options.language), options.width)
    yield from (paint(line, "strong", options) for line in lines)


def count_line(report: Report, language: str) -> str:
    """`2 errors, 1 note in 2 of 14 files, 1 suppressed`."""
    files = count_files(report)
    separator = text("separator", language)
    kinds = ((Severity.ERROR, "errors"), (Severity.WARNING, "warnings"), (Severity.NOTE, "notes"))
    counts = separator.join(
        text(key, language, count=report.count_of(severity)) for severity, key in kinds if report.count_of(severity)
    )
    found, nothing = ("found-caused", "caused-nothing") if report.comparison else ("found", "found-nothing")
    if counts:
        line = text(found, language, findings=counts, affected=files.affected, count=files.looked_at)
    elif files.looked_at:
        line = text(nothing, language, count=files.looked_at)
    else:
        line = text("found-no-files", language)
    parts = [line, *_compared(report.comparison, language)]
    if report.suppressed:
        parts.append(text("suppressed", language, count=len(report.suppressed)))
    if report.baselined:
        parts.append(text("baselined", language, count=len(report.baselined)))
    if files.context:
        parts.append(text("context-files", language, count=files.context))
    return text("clause-separator", language).join(parts)


def _compared(comparison: Comparison | None, language: str) -> Iterator[str]:
    """What the findings of a change were compared with, and what was left out."""
    if comparison is None:
        return
    yield (
        text("compared", language, old=harmless(comparison.old)) if comparison.old else text("compared-first", language)
    )
    for key, findings in (("unchanged", comparison.unchanged), ("gone", comparison.gone)):
        if findings:
            yield text(key, language, count=len(findings))


def _stale(report: Report, options: ReporterOptions) -> Iterator[str]:
    """What the baseline has and nobody finds any more."""
    if not report.stale:
        return
    yield text("stale", options.language, count=sum(entry.times for entry in report.stale))
    for entry in report.stale[:_STALE_NAMED]:
        line = text("stale-entry", options.language, rule=entry.rule, object=entry.object)
        yield from wrap("  " + harmless(line), options.width, 0, 4)
    if len(report.stale) > _STALE_NAMED:
        yield "  " + text("more", options.language, count=len(report.stale) - _STALE_NAMED)
    yield ""


def _next_steps(report: Report, options: ReporterOptions) -> Iterator[str]:
    """How to begin with a repository in which much is found: what is repaired, declared or recorded at once."""
    language = options.language
    fixable = sum(finding.repair is not None and finding.repair.safe for finding in report.findings)
    assumed = Counter(fact.partition("=")[0] for finding in report.findings for fact in finding.assumed)
    steps = []
    if fixable:
        steps.append(text("next-fix", language, count=fixable))
    if assumed:
        facts = text("separator", language).join(name for name, _ in assumed.most_common(_FACTS_NAMED))
        count = sum(bool(finding.assumed) for finding in report.findings)
        steps.append(text("next-facts", language, count=count, facts=facts))
    steps.append(text("next-baseline", language))
    yield paint(text("next-heading", language), "strong", options)
    for step in steps:
        yield from wrap(f"  - {harmless(step)}", options.width, 0, 4)
    yield ""


def _unrendered(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The changed files that mean something else once they are rendered."""
    paths = report.comparison.unrendered if report.comparison else ()
    if paths:
        heading = text("unrendered", options.language, count=len(paths))
        named = _named([_shown(path, report, options) for path in paths], _UNRENDERED_NAMED, options.language)
        for line in (heading, *wrap(named, options.width, 2, 6)):
            yield paint(line if line == heading else "  " + line, "warning", options)
        yield ""


def _not_looked_at(report: Report, options: ReporterOptions) -> Iterator[str]:
    """Each reason with its count and some of its paths, unreadable files first."""
    missed = [status for status in report.files if status.state in _PATHS_NAMED]
    blocks = (
        ("not-looked-at", [status for status in missed if not status.resources]),
        ("looked-at-in-part", [status for status in missed if status.resources]),
    )
    for heading, statuses in blocks:
        if statuses:
            yield text(heading, options.language, count=len({status.path for status in statuses}))
            yield from _by_reason(statuses, report, options)
    if missed:
        yield "  " + paint(text("show-files", options.language), "faint", options)
        yield ""


def _shown(path: str, report: Report, options: ReporterOptions) -> str:
    return harmless(path_from(options.folder, path, report.root))


def _by_reason(statuses: Sequence[FileStatus], report: Report, options: ReporterOptions) -> Iterator[str]:
    groups: dict[tuple[FileState, str], list[str]] = defaultdict(list)
    for status in statuses:
        groups[status.state, _reason(status, options.language)].append(_shown(status.path, report, options))
    ranked = sorted(
        groups.items(), key=lambda group: (group[0][0] is not FileState.UNREADABLE, -len(group[1]), group[0][1])
    )
    for (state, why), paths in ranked:
        count = text("reason-count", options.language, count=len(paths), reason=why)
        named = _named(sorted(paths), _PATHS_NAMED[state], options.language)
        style = "warning" if state is FileState.UNREADABLE else "faint"
        first, *rest = wrap(text("label", options.language, name=count, text=named), options.width, 2, 6)
        yield "  " + paint(first, style, options)
        yield from (paint(line, style, options) for line in rest)


def _named(paths: Sequence[str], limit: int, language: str) -> str:
    """The first paths, and how many more there are."""
    shown = text("separator", language).join(paths[:limit])
    rest = len(paths) - limit
    return text("paths-more", language, paths=shown, count=rest) if rest > 0 else shown


def _files(report: Report, options: ReporterOptions) -> Iterator[str]:
    """Every file with what became of it, in columns."""
    rows = [(text(f"state-{status.state.value}", options.language), status) for status in report.files]
    column = max(width(state) for state, _ in rows)
    yield paint(text("files-heading", options.language), "strong", options)
    for state, status in rows:
        details = [text("resources", options.language, count=status.resources)] if status.resources else []
        details += [_reason(status, options.language)] if status.reason else []
        style = "warning" if status.state is FileState.UNREADABLE else "faint"
        padded = paint(state + " " * (column - width(state)), style, options)
        note = paint(text("clause-separator", options.language).join(details), "faint", options)
        yield f"  {padded}  {_shown(status.path, report, options)}  {note}".rstrip()


def _statistics(report: Report, options: ReporterOptions) -> Iterator[str]:
    """How often each rule found something, most often first."""
    counts = Counter(finding.rule_id for finding in report.findings)
    titles = {rule.id: rule.title for rule in report.rules}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    digits = len(str(ranked[0][1]))
    column = max(map(width, counts))
    yield paint(text("statistics-heading", options.language), "strong", options)
    for rule_id, count in ranked:
        title = harmless(titles[rule_id][options.language]) if rule_id in titles else ""
        yield f"  {count:>{digits}}  {harmless(rule_id):<{column}}  {paint(title, 'faint', options)}".rstrip()


def _crashes(report: Report, options: ReporterOptions) -> Iterator[str]:
    """A line for each rule that raised; its traceback goes to the error stream."""
    for crash in report.crashes:
        line = text(
            "crash",
            options.language,
            rule=crash.rule_id,
            subject=crash.subject,
            path=path_from(options.folder, crash.path, report.root),
            detail=crash.error,
            count=crash.times,
        )
        yield from (paint(part, "error", options) for part in wrap(harmless(line), options.width, 0, 2))
    if report.crashes:
        yield ""


def _reason(status: FileStatus, language: str) -> str:
    return harmless(reason(status.reason, language, **status.parameters))
