"""`tkelint explain`: what a rule, or an event code of the controllers, means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tkelint.cli_texts import say
from tkelint.commands import options
from tkelint.commands.output import print_pieces, terminal_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.rule import Rule


@click.command(help=say("explain"))
@click.argument("name", nargs=-1, required=True, metavar="RULE|CODE")
@options.language
@options.color
def explain(name: Sequence[str], **given: Any) -> None:
    """See `cli_texts`."""
    from tkelint.reporters.explain import explain as explanation  # noqa: PLC0415 - `--help` needs no rules

    found = _meant(" ".join(name))
    reading = terminal_options(given)
    print_pieces("\n" * bool(number) + explanation(rule, reading) for number, rule in enumerate(found))


def _meant(name: str) -> list[Rule]:
    """The rule of that id, or the rules that foresee that code. `E4041` alone means it for every kind."""
    from tkelint.rule import load_rules, rule_named  # noqa: PLC0415

    rule = rule_named(name)
    if rule is not None:
        return [rule]
    code = name.casefold()
    foreseen = [
        rule
        for rule in load_rules().values()
        if any(code in (each.casefold(), each.partition(" ")[2].casefold()) for each in rule.codes)
    ]
    if not foreseen:
        codes = {code for rule in load_rules().values() for code in rule.codes}
        raise click.UsageError(say("no-such-rule", name=name) + options.did_you_mean(name, [*load_rules(), *codes]))
    return foreseen
