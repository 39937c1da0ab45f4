"""`tkelint explain`: what a rule, or an event code of the controllers, means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tkelint.cli_texts import say
from tkelint.commands import options
from tkelint.commands.output import print_pieces, terminal_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.reporters import ReporterOptions


@click.command(help=say("explain"))
@click.argument("name", nargs=-1, required=True, metavar="RULE|CODE")
@options.language
@options.color
def explain(name: Sequence[str], **given: Any) -> None:
    """See `cli_texts`."""
    pieces = _explanations(" ".join(name), terminal_options(given))
    print_pieces("\n" * bool(number) + piece for number, piece in enumerate(pieces))


def _explanations(name: str, reading: ReporterOptions) -> list[str]:
    """The rule of that id, or the code of that name; a number alone is explained for each kind that has it."""
    from tkelint.event_codes import codes_named, event_codes  # noqa: PLC0415 - `--help` needs no rules
    from tkelint.reporters.explain import explain as explanation  # noqa: PLC0415
    from tkelint.reporters.explain_code import explain_code  # noqa: PLC0415
    from tkelint.rule import load_rules, rule_named  # noqa: PLC0415

    rule = rule_named(name)
    if rule is not None:
        return [explanation(rule, reading)]
    codes = codes_named(name)
    if not codes:
        known = [*load_rules(), *event_codes()]
        raise click.UsageError(say("no-such-rule", name=name) + options.did_you_mean(name, known))
    return [explain_code(code, reading) for code in codes]
