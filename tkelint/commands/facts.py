"""`tkelint facts`: what is known of the cluster, and what would be found if it were otherwise."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from tkelint.cli_texts import say
from tkelint.commands import Exit, options
from tkelint.commands.output import print_pieces, progress, tell_of_unread, terminal_options

if TYPE_CHECKING:
    from tkelint.config import Config
    from tkelint.reporters.facts import Changes
    from tkelint.source import Place
    from tkelint.workspace import Workspace


@click.command(help=say("facts"))
@click.argument("paths", nargs=-1, type=click.Path())
@options.config_file
@options.no_config
@options.output_format(("text", "json"))
@options.assume
@options.language
@options.color
@options.stdin_filename("stdin.yaml")
@click.pass_context
def facts(ctx: click.Context, /, **given: Any) -> None:
    """See `cli_texts`."""
    from tkelint.engine import Selection, build_workspace  # noqa: PLC0415 - `--help` needs none of it
    from tkelint.reporters.facts import FactsView, render_json, render_text  # noqa: PLC0415
    from tkelint.run import read_sources  # noqa: PLC0415
    from tkelint.what_if import waiting_rules  # noqa: PLC0415

    options.existing_paths(given["paths"])
    settings = options.settings_of(given)
    config = options.settled(ctx, settings._replace(assumptions=()), given)
    assumed = options.settled(ctx, settings, given)
    sources, skipped = read_sources(settings, config, sys.stdin.buffer, progress())
    workspace = build_workspace(sources, config)
    tell_of_unread([*skipped, *(reading.status for reading in workspace.readings)])
    view = FactsView(
        facts=workspace.facts,
        declared=_declared(config),
        waiting=waiting_rules(Selection().rules(config)),
        root=config.root,
        changes=_changes(workspace, config, assumed, given["assume"]) if given["assume"] else None,
    )
    reading = terminal_options(given, config.language)
    print_pieces(render_json(view) if given["format"] == "json" else render_text(view, reading))
    ctx.exit(Exit.CLEAN if workspace.resources else Exit.NOTHING_TO_LINT)


def _declared(config: Config) -> dict[str, Place]:
    """Where the configuration declares each fact."""
    if config.path is None:
        return {}
    from tkelint.config.file import read_config_file  # noqa: PLC0415 - few projects have one

    file = read_config_file(config.path, config.root, config.boundary)
    return {name: file.place(("cluster", name)) for name in config.cluster.known}


def _changes(workspace: Workspace, config: Config, assumed: Config, assumptions: tuple[str, ...]) -> Changes:
    from tkelint.reporters.facts import Changes  # noqa: PLC0415
    from tkelint.what_if import what_if  # noqa: PLC0415 - it lints

    return Changes(assumptions, *what_if(workspace, config, assumed))
