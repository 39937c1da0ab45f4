"""Text for people on a terminal: what is wrong, where, on which evidence, and how to repair it.

    error[service-target-port-missing]: Service `web` sends port 80 to `htpp`, which no container of ... names
      --> deploy/web.yaml:12:17  Service prod/web, spec.ports[0].targetPort
       |
    11 |   - port: 80
    12 |     targetPort: htpp
       |                 ^^^^
       |
       = help: ...
       = see: https://...

Findings come in the order of the report: by path, then place. The first finding of a rule is told in full, the next two
without the remedy and the page, which would be the same again; from the fourth on a finding is its message and its
place. So a repeated mistake stays readable and yet every occurrence is listed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from tkelint.language import text
from tkelint.reporters.frames import Mark, frame, gutter_width
from tkelint.reporters.harmless import harmless, one_line, without_commands
from tkelint.reporters.layout import width, wrap
from tkelint.reporters.places import path_from
from tkelint.reporters.rule_page import page_of
from tkelint.reporters.summary import summary
from tkelint.reporters.terminal import file_url, link, paint
from tkelint.reporters.world_names import world_names
from tkelint.source import Precision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.reporters import ReporterOptions
    from tkelint.rule import Rule
    from tkelint.source import Place, Span

_FRAMES_PER_RULE = 3
_CONTEXT = 1  # lines around the place of a finding


class _Group(NamedTuple):
    """The marks of one frame: the place and label of its arrow, and the object that its marks need not name."""

    place: Place
    label: str
    subject: str
    marks: list[Mark]


class _Page(NamedTuple):
    """What everything about one report needs."""

    report: Report
    options: ReporterOptions

    def text(self, key: str, **parameters: object) -> str:
        return text(key, self.options.language, **parameters)

    def paint(self, content: str, style: str) -> str:
        return paint(content, style, self.options)

    def labelled(self, name: str, content: str) -> str:
        return one_line(self.text("label", name=name, text=content) if name else content)

    def secrets(self, place: Place) -> tuple[Span, ...]:
        return self.report.secrets.get(place.source.path, ())


def render(report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report as text, one piece per line."""
    return (f"{line}\n" for line in without_commands(_lines(report, options)))


def _lines(report: Report, options: ReporterOptions) -> Iterator[str]:
    page = _Page(report, options)
    rules = {rule.id: rule for rule in report.rules}
    told: Counter[str] = Counter()
    for finding in report.findings:
        yield from _finding(page, finding, rules.get(finding.rule_id), told[finding.rule_id])
        yield ""
        told[finding.rule_id] += 1
    if options.quiet:
        return
    yield from summary(report, options)
    if report.findings:
        hint = page.text("explain-hint", rule=one_line(report.findings[0].rule_id))
        yield from (page.paint(line, "faint") for line in wrap(hint, options.width))


def _finding(page: _Page, finding: Finding, rule: Rule | None, told: int) -> Iterator[str]:
    """A finding, in a form that depends on how many of its rule were told before."""
    yield from _heading(page, finding, rule)
    if told >= _FRAMES_PER_RULE:
        yield from _arrow(page, finding.place, len(str(finding.place.region.start_line)), _described(page, finding))
        return
    groups = _groups(page, finding)
    gutter = _gutter(groups, finding)
    for index, group in enumerate(groups):
        yield from _arrow(page, group.place, gutter, group.label)
        yield from _frame(page, group.place, group.marks, gutter, 0 if index else _CONTEXT)
    yield from _flow(page, finding, gutter)
    yield from _notes(page, finding, rule if told == 0 else None, gutter)


def _gutter(groups: Sequence[_Group], finding: Finding) -> int:
    """How wide the line numbers of all frames of a finding are, so that the frames stand in one line."""
    widths = [gutter_width(group.place.source, group.marks, _CONTEXT) for group in groups]
    widths += [len(str(hop.place.region.start_line)) for hop in finding.flow]
    return max(widths)


def _frame(page: _Page, place: Place, marks: Sequence[Mark], gutter: int, context: int) -> Iterator[str]:
    return frame(place.source, marks, page.secrets(place), gutter, context, page.options)


def _heading(page: _Page, finding: Finding, rule: Rule | None) -> Iterator[str]:
    """The message after severity and rule, wrapped; colours go on after the wrapping."""
    severity = page.text(finding.severity.value)
    message = one_line(finding.message[page.options.language])
    plain = page.text("heading", severity=severity, rule=harmless(finding.rule_id), message=message)
    first, *rest = wrap(plain, page.options.width, 0, 2)
    label = f"{severity}[{harmless(finding.rule_id)}]"
    if first.startswith(label):
        url = page_of(rule, page.options.language, page.options.docs_url) if rule else ""
        colored = page.paint(severity, finding.severity.value) + link(
            page.paint(label[len(severity) :], "strong"), url, page.options
        )
        first = colored + page.paint(first[len(label) :], "strong")
    yield first
    yield from (page.paint(line, "strong") for line in rest)


def _arrow(page: _Page, place: Place, gutter: int, label: str) -> Iterator[str]:
    """`  --> path:line:column  label`, the label on a line of its own when there is no room."""
    region = place.region
    if place.precision is not Precision.EXACT:
        label = page.text("placed", label=label, precision=page.text(f"place-{place.precision.value}"))
    path = harmless(path_from(page.options.folder, place.source.path, page.report.root))
    where = f"{path}:{region.start_line}:{region.start_column}"
    linked = link(where, file_url(page.report.root, place.source.path), page.options)
    arrow = " " * gutter + page.paint("-->", "frame")
    note = harmless(label)
    used = gutter + 4 + width(where) + 2
    if not note or used + width(note) <= page.options.width:
        yield f"{arrow} {linked}" + (f"  {page.paint(note, 'faint')}" if note else "")
        return
    yield f"{arrow} {linked}"
    indent = gutter + 4
    for line in wrap(note, page.options.width - indent):
        yield " " * indent + page.paint(line, "faint")


def _groups(page: _Page, finding: Finding) -> list[_Group]:
    """The frames of a finding: its own file first, with all that is related in it, then one for each further file."""
    groups = [
        _Group(
            finding.place,
            _described(page, finding),
            finding.subject,
            [Mark(finding.place.span, finding.severity.value)],
        )
    ]
    for related in finding.related:
        source = related.place.source
        group = next((group for group in groups if group.place.source is source), None)
        if group is None:
            group = _Group(related.place, related.label, related.label, [])
            groups.append(group)
        name = related.label if related.label != group.subject else ""
        group.marks.append(
            Mark(related.place.span, "related", page.labelled(name, related.text[page.options.language]))
        )
    return groups


def _flow(page: _Page, finding: Finding, gutter: int) -> Iterator[str]:
    """The hops of a request, numbered, each with its frame."""
    if not finding.flow:
        return
    yield from _note(page, "flow", page.text("flow-text"), gutter)
    for number, hop in enumerate(finding.flow, start=1):
        lead = " " * (gutter + 1) + f"{number}. "
        first, *rest = wrap(one_line(hop.text[page.options.language]), page.options.width, len(lead), len(lead))
        yield " " * (gutter + 1) + page.paint(f"{number}.", "related") + f" {page.paint(first, 'strong')}"
        yield from (page.paint(line, "strong") for line in rest)
        yield from _arrow(page, hop.place, gutter, hop.label)
        yield from _frame(page, hop.place, [Mark(hop.place.span, "related")], gutter, 0)


def _notes(page: _Page, finding: Finding, rule: Rule | None, gutter: int) -> Iterator[str]:
    """What was taken for granted, which event code this would be, and the first time the remedy and its page."""
    if finding.assumed:
        facts = page.text("separator").join(finding.assumed)
        yield from _note(page, "assumed", page.text("assumed-text", facts=facts), gutter)
    if finding.template:
        yield from _note(page, "template", finding.template, gutter)
    if rule is None:
        return
    if finding.codes:
        yield from _note(page, "codes", page.text("separator").join(finding.codes), gutter)
    yield from _note(page, "remedy", rule.remedy[page.options.language], gutter)
    if rule.references:
        reference = rule.references[0]
        where = (
            page.text("section", url=reference.url, section=reference.section) if reference.section else reference.url
        )
        yield from _note(page, "reference", where, gutter)
        if reference.quote:
            indent = gutter + 3
            quote = page.text("quote", quote=one_line(reference.quote))
            first, *rest = wrap(quote, page.options.width, indent, indent)
            yield " " * indent + page.paint(first, "faint")
            yield from (page.paint(line, "faint") for line in rest)


def _note(page: _Page, key: str, content: str, gutter: int) -> Iterator[str]:
    """`   = key: content`, wrapped under its first word."""
    name = page.text(key)
    plain = page.text("label", name=name, text=one_line(content))
    first, *rest = wrap(plain, page.options.width, gutter + 3, gutter + 3)
    style = "help" if key == "remedy" else "strong"
    yield " " * (gutter + 1) + page.paint("=", "frame") + " " + page.paint(name, style) + first.removeprefix(name)
    yield from rest


def _described(page: _Page, finding: Finding) -> str:
    label = f"{finding.subject}, {finding.field}" if finding.field else finding.subject
    names = world_names(finding, page.options.language)
    return page.text("in-worlds", label=label, names=names) if names else label
