"""`tkelint baseline`: record what is there, so that later runs report what is new."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tkelint.cli_texts import say
from tkelint.commands import Exit, options
from tkelint.commands.baselining import path_of, write
from tkelint.commands.output import progress, tell_of_unread


@click.command(help=say("baseline"))
@click.argument("paths", nargs=-1, type=click.Path())
@options.config_file
@options.no_config
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help=say("baseline-output"))
@options.assume
@options.language
@click.pass_context
def baseline(ctx: click.Context, /, **given: Any) -> None:
    """See `cli_texts`."""
    from tkelint.baseline import entries_of  # noqa: PLC0415 - `--help` needs none of it
    from tkelint.run import run  # noqa: PLC0415

    options.existing_paths(given["paths"])
    settings = options.settings_of(given)
    config = options.settled(ctx, settings, given)
    report = run(settings, config, sys.stdin.buffer, progress())
    tell_of_unread(report.files)
    path = path_of(config, given["output"])
    write(path, entries_of(report.findings))
    click.echo(say("baseline-written", count=len(report.findings), path=path), err=True)
    ctx.exit(Exit.BUG if report.crashes else Exit.CLEAN)
