"""What `tkelint explain` prints of an event code of TKE's controllers: its meaning, what follows, who foresees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.event_codes import PAGE
from tkelint.language import text
from tkelint.reporters.explain import measure, rows_of_rules
from tkelint.reporters.harmless import harmless, without_commands
from tkelint.reporters.layout import width, wrap
from tkelint.reporters.terminal import link, paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.event_codes import EventCode
    from tkelint.reporters import ReporterOptions


def explain_code(code: EventCode, options: ReporterOptions) -> str:
    """Everything that is known of one code, for a terminal."""
    return "".join(f"{line}\n" for line in without_commands(_explanation(code, options)))


def _explanation(code: EventCode, options: ReporterOptions) -> Iterator[str]:
    language = options.language
    yield paint(code.name, "strong", options)
    yield from wrap(_sentence(code.meaning[language], language), measure(options))
    yield ""
    rows = {
        "about-effect": text(f"effect-{code.effect}", language) if code.effect else "",
        "about-foreseen": text(f"foreseen-{code.foreseen}", language),
        "about-when": code.when[language] if code.when else "",
        "about-why-not": code.why[language] if code.why else "",
        "about-facts": text("separator", language).join(code.facts),
    }
    yield from _table({text(key, language): value for key, value in rows.items() if value}, options)
    yield ""
    yield paint(text("rules-heading" if code.rules else "no-rules-heading", language), "strong", options)
    yield from rows_of_rules(code.rules, options)
    yield ""
    yield paint(text("references-heading", language), "strong", options)
    yield "  " + link(PAGE, PAGE, options)


def _sentence(words: str, language: str) -> str:
    return words[:1].upper() + words[1:] + ("." if language == "en" else "。")


def _table(rows: dict[str, str], options: ReporterOptions) -> Iterator[str]:
    column = max(map(width, rows)) + 4
    for name, value in rows.items():
        first, *rest = wrap(harmless(value), measure(options), column, column)
        yield "  " + paint(name, "faint", options) + " " * (column - 2 - width(name)) + first
        yield from rest
