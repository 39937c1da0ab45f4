"""`tkelint init`: write a configuration to begin with, made of what the project has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tkelint.cli_texts import say
from tkelint.commands import Exit, options
from tkelint.commands.output import print_pieces, progress, terminal_options

if TYPE_CHECKING:
    from tkelint.beginning import Found
    from tkelint.config import Config
    from tkelint.run import Settings

_NAME = ".tkelint.yaml"


@click.command(help=say("init"))
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False))
@click.option("--print", "only_print", is_flag=True, help=say("init-print"))
@options.language
@click.pass_context
def init(ctx: click.Context, /, folder: str | None, *, only_print: bool, **given: Any) -> None:
    """See `cli_texts`."""
    from tkelint.beginning import beginning  # noqa: PLC0415 - `--help` needs none of it
    from tkelint.run import Settings  # noqa: PLC0415

    config = options.settled(ctx, Settings(paths=(folder or ".",), use_config=False), given)
    if folder is not None:
        config = config._replace(root=Path(folder).resolve())
    settings = Settings(paths=(str(config.root),), use_config=False)
    target = config.root / _NAME
    if not only_print:
        _refuse_a_second_one(config)
    text = beginning(_found(settings, config), terminal_options({**given, "color": "never"}).language)
    if only_print:
        print_pieces([text])
        ctx.exit(Exit.CLEAN)
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise click.UsageError(say("cannot-write", path=target, detail=error.strerror or error)) from None
    click.echo(say("init-written", path=_shown(target)))


def _refuse_a_second_one(config: Config) -> None:
    """A configuration that is there is never replaced, nor hidden by one of another name beside it."""
    from tkelint.config import find_config  # noqa: PLC0415 - as above

    there = find_config(config.root)
    if there is not None and there.parent == config.root:
        raise click.UsageError(say("init-exists", path=_shown(there)))


def _found(settings: Settings, config: Config) -> Found:
    from tkelint.beginning import Found, values_files  # noqa: PLC0415 - as above
    from tkelint.charts.render import find_charts  # noqa: PLC0415
    from tkelint.engine import lint_worlds  # noqa: PLC0415
    from tkelint.overlays.find import find_overlays  # noqa: PLC0415
    from tkelint.reader import kustomizations_in  # noqa: PLC0415
    from tkelint.run import read_worlds  # noqa: PLC0415

    worlds = read_worlds(settings, config, sys.stdin.buffer, progress())
    paths = [status.path for status in worlds.files]
    overlays = find_overlays(kustomizations_in(worlds.readings), paths)
    return Found(
        worlds=worlds,
        report=lint_worlds(worlds, config),
        charts=values_files(paths, find_charts(paths)),
        overlays=[overlay.top.folder or "." for overlay in overlays],
    )


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
