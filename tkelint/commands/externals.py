"""`tkelint externals`: what exists elsewhere, as the configuration would declare it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from tkelint.cli_texts import say
from tkelint.commands import Exit, options
from tkelint.commands.output import print_pieces, progress, terminal_options
from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tkelint.needs import Need
    from tkelint.reporters import ReporterOptions

_MOST_USES: Final = 5
_PLAIN: Final = pattern(r"[A-Za-z][A-Za-z0-9./_-]*\Z")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


@click.group(help=say("externals"))
def externals() -> None:
    """See `cli_texts`."""


@externals.command(help=say("externals-suggest"))
@click.argument("paths", nargs=-1, type=click.Path())
@options.config_file
@options.no_config
@options.language
@options.color
@options.stdin_filename("stdin.yaml")
@click.pass_context
def suggest(ctx: click.Context, /, **given: Any) -> None:
    """See `cli_texts`."""
    from tkelint.needs import needs_of  # noqa: PLC0415 - `--help` needs none of it
    from tkelint.run import read_worlds  # noqa: PLC0415

    options.existing_paths(given["paths"])
    settings = options.settings_of(given)
    config = options.settled(ctx, settings, given)
    worlds = read_worlds(settings, config, sys.stdin.buffer, progress()).worlds
    needs = needs_of((world.name, world.open()) for world in worlds)
    reading = terminal_options(given, config.language)
    print_pieces(f"{line}\n" for line in _lines(needs, config.root, reading))
    has_objects = any(reading.resources for world in worlds for reading in world.readings)
    ctx.exit(Exit.CLEAN if has_objects else Exit.NOTHING_TO_LINT)


def _lines(needs: tuple[Need, ...], root: Path, reading: ReporterOptions) -> Iterator[str]:
    """YAML to be pasted into the configuration, with comments that say what needs each entry."""
    from tkelint.needs import as_mapping  # noqa: PLC0415 - as above

    if not needs:
        yield f"# {say('externals-none')}"
        return
    yield "externals:"
    for need in needs:
        yield from (f"  # {line}" for line in _comments(need, root, reading))
        for number, (key, value) in enumerate(as_mapping(need).items()):
            shown = f"[{', '.join(map(_scalar, value))}]" if isinstance(value, list) else _scalar(value)
            yield f"  {'-' if number == 0 else ' '} {key}: {shown}"


def _comments(need: Need, root: Path, reading: ReporterOptions) -> Iterator[str]:
    from tkelint.reporters.harmless import harmless, one_line  # noqa: PLC0415 - as above
    from tkelint.reporters.places import path_from  # noqa: PLC0415

    for use in need.uses[:_MOST_USES]:
        line, column = use.place.region[:2]
        place = f"{harmless(path_from(reading.folder, use.place.source.path, root))}:{line}:{column}"
        said = say("externals-needed", subject=one_line(use.subject), place=place)
        yield f"{said} ({one_line(use.world)})" if use.world else said
    if len(need.uses) > _MOST_USES:
        yield say("externals-more", count=len(need.uses) - _MOST_USES)
    if need.near:
        yield say("externals-near", near=one_line(need.near))
    if need.name == "*":
        yield say("externals-pods")


def _scalar(value: object) -> str:
    """A value as YAML on one line that reads back as the same text or number."""
    import json  # noqa: PLC0415 - as above

    text = str(value)
    if isinstance(value, int) or (_PLAIN.match(text) and text.lower() not in _WORDS):
        return text
    return json.dumps(text)
