"""A rule as a SARIF `reportingDescriptor`: what GitHub shows beside an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sarif_om as om

from tkelint.language import LANGUAGES, text
from tkelint.problem import Severity
from tkelint.reporters.harmless import harmless, one_line
from tkelint.reporters.rule_page import page_of
from tkelint.reporters.sarif_text import markdown, plain_text, shortened

if TYPE_CHECKING:
    from tkelint.rule import Rule

# What GitHub accepts at most.
_DESCRIPTION_LIMIT: Final = 1024
_NAME_LIMIT: Final = 255
_TAGS_LIMIT: Final = 20

_PROBLEM_SEVERITY: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "recommendation",
}


def descriptor(rule: Rule, language: str, docs_url: str = "") -> om.ReportingDescriptor:
    """The rule with its help in both languages, the reader's first. Plain texts are in English, as tools expect."""
    languages = sorted(LANGUAGES, key=lambda each: each != language)
    return om.ReportingDescriptor(
        id=harmless(rule.id),
        name=shortened(pascal_case(rule.id), _NAME_LIMIT),
        short_description=om.MultiformatMessageString(
            text=shortened(plain_text(rule.title["en"], "en"), _DESCRIPTION_LIMIT)
        ),
        full_description=om.MultiformatMessageString(
            text=shortened(plain_text(rule.why["en"], "en"), _DESCRIPTION_LIMIT)
        ),
        help=om.MultiformatMessageString(
            text=plain_text(rule.remedy["en"], "en"),
            markdown="\n\n---\n\n".join(_help(rule, each) for each in languages),
        ),
        help_uri=page_of(rule, language, docs_url),
        default_configuration=om.ReportingConfiguration(level=rule.severity.value),
        properties={
            "tags": list(dict.fromkeys(("tke", rule.folder, *rule.tags)))[:_TAGS_LIMIT],
            "precision": rule.confidence,
            "problem.severity": _PROBLEM_SEVERITY[rule.severity],
        },
    )


def pascal_case(rule_id: str) -> str:
    """The id as one word, which a name has to be (SARIF2012), and different from the id (SARIF1001).

    >>> pascal_case("ingress-backend-service-missing")
    'IngressBackendServiceMissing'
    """
    return "".join(word.capitalize() for word in rule_id.split("-"))


def _help(rule: Rule, language: str) -> str:
    """Title, why, remedy, limits, pages with their quotes, and how to suppress it."""
    sections = [
        f"## {markdown(rule.title[language])}",
        markdown(rule.why[language]),
        f"### {text('remedy-heading', language)}",
        markdown(rule.remedy[language]),
        *([f"### {text('limits-heading', language)}", markdown(rule.limits[language])] if rule.limits else []),
        f"### {text('references-heading', language)}",
        "\n".join(_references(rule)),
        f"### {text('suppress-heading', language)}",
        text("suppress-text", language, rule=harmless(rule.id)),
    ]
    return "\n\n".join(sections)


def _references(rule: Rule) -> list[str]:
    lines = []
    for reference in rule.references:
        name = markdown(one_line(reference.section)) if reference.section else reference.url
        lines.append(f"- [{name}]({reference.url})")
        if reference.quote:
            lines.append(f"  > {markdown(one_line(reference.quote))}")
    return lines
