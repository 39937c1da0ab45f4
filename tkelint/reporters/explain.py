"""What `tkelint explain` and `tkelint rules` print: one rule in full, and all of them as a table or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.language import text
from tkelint.reporters.harmless import harmless, one_line, without_commands
from tkelint.reporters.json import FORMAT_VERSION, rule_value
from tkelint.reporters.json_text import json_text
from tkelint.reporters.layout import paragraphs, width, wrap
from tkelint.reporters.terminal import link, paint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tkelint.reporters import ReporterOptions
    from tkelint.rule import Reference, Rule

# Text wider than this is tiring to read, however wide the terminal is.
_MEASURE = 100


def explain(rule: Rule, options: ReporterOptions) -> str:
    """Everything a rule file says about its rule, for a terminal."""
    return "".join(f"{line}\n" for line in without_commands(_explanation(rule, options)))


def rules_table(rules: Sequence[Rule], options: ReporterOptions) -> str:
    """One line per rule, by folder: severity, id, title."""
    return "".join(f"{line}\n" for line in without_commands(_table(rules, options)))


def rules_json(rules: Iterable[Rule]) -> str:
    """All rules with their texts in both languages; see `docs/json-output.md`."""
    value = {"version": FORMAT_VERSION, "rules": [rule_value(rule) for rule in rules]}
    return "".join(json_text(value, depth=2))


def _explanation(rule: Rule, options: ReporterOptions) -> Iterator[str]:
    language = options.language
    yield paint(harmless(rule.id), rule.severity.value, options)
    yield from (paint(line, "strong", options) for line in wrap(one_line(rule.title[language]), measure(options)))
    yield ""
    yield from _about(rule, options)
    sections = (
        ("why-heading", rule.why[language]),
        ("remedy-heading", rule.remedy[language]),
        *([("limits-heading", rule.limits[language])] if rule.limits else []),
        ("suppress-heading", text("suppress-text", language, rule=rule.id)),
    )
    for heading, content in sections:
        yield ""
        yield paint(text(heading, language), "strong", options)
        yield from map(harmless, paragraphs(content, measure(options), 2))
    yield ""
    yield paint(text("references-heading", language), "strong", options)
    for reference in rule.references:
        yield from _reference(reference, options)


def _about(rule: Rule, options: ReporterOptions) -> Iterator[str]:
    """The facts of a rule, names in one column and values in the next; what a rule has not is left out."""
    language = options.language
    separator = text("separator", language)
    rows = {
        "about-severity": separator.join(_ladder(rule, language)),
        "about-confidence": text(rule.confidence, language),
        "about-kinds": separator.join(rule.kinds),
        "about-codes": separator.join(rule.codes),
        "about-facts": separator.join(rule.facts),
        "about-tags": separator.join(rule.tags),
        "about-aliases": separator.join(rule.aliases),
        "about-since": rule.since,
        "about-default": "" if rule.enabled else text("off-by-default", language),
    }
    names = {key: text(key, language) for key, value in rows.items() if value}
    column = max(map(width, names.values())) + 4
    for key, name in names.items():
        first, *rest = wrap(harmless(rows[key]), measure(options), column, column)
        yield "  " + paint(name, "faint", options) + " " * (column - 2 - width(name)) + first
        yield from rest


def _ladder(rule: Rule, language: str) -> list[str]:
    """The severity, or the one of each likelihood."""
    if len(rule.severities) == 1:
        return [text(rule.severity.value, language)]
    return [
        text("ladder-step", language, severity=text(severity.value, language), likelihood=text(likelihood, language))
        for likelihood, severity in rule.severities.items()
    ]


def _reference(reference: Reference, options: ReporterOptions) -> Iterator[str]:
    url = harmless(reference.url)
    place = one_line(reference.section)
    where = text("section", options.language, url=url, section=place) if place else url
    first, *rest = wrap(where, measure(options), 2, 2)
    yield "  " + link(url, reference.url, options) + first.removeprefix(url)
    yield from rest
    if reference.quote:
        quote = text("quote", options.language, quote=one_line(reference.quote))
        first, *rest = wrap(quote, measure(options), 4, 4)
        yield "    " + paint(first, "faint", options)
        yield from (paint(line, "faint", options) for line in rest)


def _table(rules: Sequence[Rule], options: ReporterOptions) -> Iterator[str]:
    widths = _widths(rules, options)
    for folder in sorted({rule.folder for rule in rules}):
        yield paint(harmless(folder), "strong", options)
        for rule in rules:
            if rule.folder == folder:
                yield from _row(rule, *widths, options)
        yield ""
    yield text("rule-count", options.language, count=len(rules))


def rows_of_rules(rules: Sequence[Rule], options: ReporterOptions) -> Iterator[str]:
    """Severity, id and title of some rules, in columns."""
    for rule in rules:
        yield from _row(rule, *_widths(rules, options), options)


def _widths(rules: Sequence[Rule], options: ReporterOptions) -> tuple[int, int]:
    """How wide the columns of severities and of ids must be."""
    severities = max((width(text(rule.severity.value, options.language)) for rule in rules), default=0)
    return severities, max((width(harmless(rule.id)) for rule in rules), default=0)


def _row(rule: Rule, severities: int, ids: int, options: ReporterOptions) -> Iterator[str]:
    language = options.language
    severity = text(rule.severity.value, language)
    rule_id = harmless(rule.id)
    title = one_line(rule.title[language])
    if not rule.enabled:
        title = text("titled-off", language, title=title)
    column = 2 + severities + 2 + ids + 2
    first, *rest = wrap(title, max(options.width, column + 20), column, column)
    padding = " " * (severities - width(severity) + 2)
    linked = link(rule_id, rule.references[0].url, options)
    yield (
        "  "
        + paint(severity, rule.severity.value, options)
        + padding
        + linked
        + " " * (ids - width(rule_id) + 2)
        + first
    )
    yield from rest


def measure(options: ReporterOptions) -> int:
    """How wide explanations are."""
    return min(options.width, _MEASURE)
