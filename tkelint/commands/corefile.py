"""`tkelint corefile`: Corefiles alone, whatever they are called, for any CoreDNS."""

from __future__ import annotations

from typing import Any

import click

from tkelint.cli_texts import say
from tkelint.commands.linting import lint, lint_options


@click.command(help=say("corefile"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@lint_options(stdin_name="Corefile")
@click.option("--coredns-version", metavar="VERSION", help=say("coredns-version"))
@click.pass_context
def corefile(ctx: click.Context, /, coredns_version: str | None, **given: Any) -> None:
    """See `cli_texts`."""
    if coredns_version is not None:
        given["assume"] = (*given["assume"], f"corednsVersion={coredns_version}")
    lint(ctx, given, only_corefiles=True)
