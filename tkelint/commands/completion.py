"""`tkelint completion`: the script by which a shell completes the commands."""

from __future__ import annotations

import click

from tkelint.cli_texts import say
from tkelint.commands.output import print_pieces


@click.command(help=say("completion"))
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """See `cli_texts`."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only this command needs it

    complete = get_completion_class(shell)
    if complete is not None:
        print_pieces([complete(ctx.find_root().command, {}, "tkelint", "_TKELINT_COMPLETE").source() + "\n"])
