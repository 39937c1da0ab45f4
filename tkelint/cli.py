"""The command line: which command is meant. The commands are modules of `tkelint.commands`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from tkelint import __version__
from tkelint.cli_texts import say
from tkelint.commands import COMMANDS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_OWN_OPTIONS = frozenset({"--help", "-h", "--version"})


class _Commands(click.Group):
    """Commands that are imported when they are called.

    `check` may be left out: `tkelint manifests/` is `tkelint check manifests/`.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        completing_first_word = ctx.resilient_parsing and not args
        if first not in COMMANDS and first not in _OWN_OPTIONS and not completing_first_word:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What the first word can become: a command, an option of `check`, or a path."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only completion needs it

        commands = super().shell_complete(ctx, incomplete)
        check = self.get_command(ctx, "check")
        if check is not None and incomplete.startswith("-"):
            with check.make_context("check", [], parent=ctx, resilient_parsing=True) as checking:
                known = {item.value for item in commands}
                options = check.shell_complete(checking, incomplete)
            return commands + [item for item in options if item.value not in known]
        # First, since click's script for bash forgets what it has when a file may follow.
        return [CompletionItem(incomplete, type="file"), *commands]


@click.group(
    cls=_Commands,
    help=say("cli"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """See `cli_texts`."""
