"""Markdown for job summaries: `tkelint --format markdown >> "$GITHUB_STEP_SUMMARY"`.

GitHub drops a summary of more than 1 MiB as a whole, so what does not fit is counted instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.language import text
from tkelint.reporters.markdown_text import flowchart, link, plain, row
from tkelint.reporters.notices import notices
from tkelint.reporters.places import path_in_repository
from tkelint.reporters.rule_page import page_of
from tkelint.reporters.sarif_text import markdown
from tkelint.reporters.summary import count_line
from tkelint.reporters.world_names import message_in_worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions
    from tkelint.rule import Rule

LIMIT: Final = 2**20
_COLUMNS: Final = ("column-severity", "column-problem", "column-place", "column-rule")
_ROOM_FOR_THE_REST: Final = 4096  # the line that counts what was left out
_RULES_EXPLAINED: Final = 50
_NOTICES_SHOWN: Final = 50


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report as Markdown, at most `LIMIT` bytes of UTF-8, worst findings first."""
    language = options.language
    head = f"## tkelint\n\n{plain(count_line(report, language))}\n"
    findings = sorted(report.findings, key=lambda finding: finding.severity.rank)
    blocks = (_first_path(findings, language), _remedies(findings, report, options), _not_read(report, language))
    tail = "".join(f"\n{block}\n" for block in blocks if block)
    room = LIMIT - len(head.encode()) - len(tail.encode()) - _ROOM_FOR_THE_REST
    yield head
    yield from _table(findings, report, options, room)
    yield tail


def _table(findings: Sequence[Finding], report: Report, options: ReporterOptions, room: int) -> Iterator[str]:
    """The findings as a table of at most `room` bytes, and how many did not fit."""
    if not findings:
        return
    language = options.language
    titles = [text(key, language) for key in _COLUMNS]
    yield f"\n{row(titles)}\n{row(['---'] * len(titles))}\n"
    rules = {rule.id: rule for rule in report.rules}
    for number, finding in enumerate(findings):
        line = f"{_finding(finding, rules.get(finding.rule_id), report, options)}\n"
        room -= len(line.encode())
        if room < 0:
            rest = text("findings-cut", language, count=len(findings) - number)
            yield f"\n{rest}\n"
            return
        yield line


def _finding(finding: Finding, rule: Rule | None, report: Report, options: ReporterOptions) -> str:
    region = finding.place.region
    path = path_in_repository(finding.place.source.path, report.root, options.repository)
    address = page_of(rule, options.language, options.docs_url) if rule else ""
    return row(
        (
            text(finding.severity.value, options.language),
            plain(message_in_worlds(finding, options.language)),
            plain(f"{path}:{region.start_line}:{region.start_column}"),
            link(finding.rule_id, address or None),
        )
    )


def _first_path(findings: Sequence[Finding], language: str) -> str:
    """The worst finding that is proven by the path of a request, with a picture of it."""
    finding = next((finding for finding in findings if finding.flow), None)
    if finding is None:
        return ""
    heading = text("path-heading", language)
    message = plain(message_in_worlds(finding, language))
    return f"### {heading}\n\n{message}\n\n{flowchart([hop.text[language] for hop in finding.flow])}"


def _remedies(findings: Sequence[Finding], report: Report, options: ReporterOptions) -> str:
    """How to repair what each rule found, folded away."""
    known = {rule.id: rule for rule in report.rules}
    hit = [known[rule_id] for rule_id in dict.fromkeys(finding.rule_id for finding in findings) if rule_id in known]
    if not hit:
        return ""
    told = [_remedy(rule, options.language, options.docs_url) for rule in hit[:_RULES_EXPLAINED]]
    return _folded(text("remedy-heading", options.language), told)


def _remedy(rule: Rule, language: str, docs_url: str) -> str:
    """A list item: the rule's title and page, and below it what to do."""
    title = f"**{link(rule.title[language], page_of(rule, language, docs_url) or None)}**"
    lines = [title, "", *markdown(rule.remedy[language]).splitlines()]
    return "- " + "\n".join(line and f"  {line}" for line in lines).lstrip()


def _not_read(report: Report, language: str) -> str:
    """What was not looked at, and rules that crashed, folded away."""
    told = list(notices(report, language))
    if not told:
        return ""
    items = [f"- {plain(notice.message)}" for notice in told[:_NOTICES_SHOWN]]
    if len(told) > _NOTICES_SHOWN:
        items.append("- " + text("notices-cut", language, count=len(told) - _NOTICES_SHOWN))
    return _folded(text("notices-heading", language), items)


def _folded(heading: str, items: Sequence[str]) -> str:
    return "\n".join([f"<details><summary>{heading}</summary>", "", *items, "", "</details>"])
