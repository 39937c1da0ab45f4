"""`tkelint rules`: every rule there is."""

from __future__ import annotations

from typing import Any

import click

from tkelint.cli_texts import say
from tkelint.commands import options
from tkelint.commands.output import print_pieces, terminal_options


@click.command(help=say("rules"))
@options.output_format(("text", "json"))
@options.language
@options.color
def rules(**given: Any) -> None:
    """See `cli_texts`."""
    from tkelint.reporters.explain import rules_json, rules_table  # noqa: PLC0415 - `--help` needs no rules
    from tkelint.rule import load_rules  # noqa: PLC0415

    everything = tuple(load_rules().values())
    as_json = given["format"] == "json"
    print_pieces([rules_json(everything) if as_json else rules_table(everything, terminal_options(given))])
