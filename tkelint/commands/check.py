"""`tkelint check`: lint, and write what was found."""

from __future__ import annotations

from typing import Any

import click

from tkelint.cli_texts import say
from tkelint.commands.linting import lint, lint_options


@click.command(help=say("check"))
@click.argument("paths", nargs=-1, type=click.Path())
@lint_options(stdin_name="stdin.yaml")
@click.pass_context
def check(ctx: click.Context, /, **given: Any) -> None:
    """See `cli_texts`."""
    lint(ctx, given)
