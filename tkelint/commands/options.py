"""Options that several commands share, and the settings they stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tkelint.cli_texts import say
from tkelint.commands import Exit
from tkelint.language import LANGUAGES, choose_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import NoReturn

    from tkelint.config import Config, ConfigError
    from tkelint.run import Settings

    Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

config_file = click.option("--config", type=_FILE, help=say("config"))
no_config = click.option("--no-config", is_flag=True, help=say("no-config"))
assume = click.option("--assume", multiple=True, metavar="FACT=VALUE", help=say("assume"))
language = click.option("--lang", type=click.Choice(LANGUAGES), help=say("lang"))
color = click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help=say("color"))


def stdin_filename(default: str) -> Callable[[Command], Command]:
    """The option `--stdin-filename` with this default."""
    return click.option("--stdin-filename", default=default, metavar="NAME", help=say("stdin-filename"))


def output_format(formats: Sequence[str]) -> Callable[[Command], Command]:
    """The option `--format` with these choices, the first as the default."""
    choice = click.Choice(tuple(formats))
    return click.option("--format", type=choice, default=formats[0], show_default=True, help=say("format"))


class _Output(click.ParamType):  # type: ignore[type-arg] # generic only in newer releases of click
    """`FORMAT=PATH`: one of some formats and the file it is written to."""

    name = "format=path"

    def __init__(self, formats: Iterable[str]) -> None:
        self._formats = tuple(formats)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        name, _, path = str(value).partition("=")
        if not path or name not in self._formats:
            self.fail(say("not-an-output", value=value, formats=", ".join(self._formats)), param, ctx)
        return name, Path(path)


def outputs(formats: Iterable[str]) -> Callable[[Command], Command]:
    """The option `--output`, which writes one of some formats to a file and may be repeated."""
    return click.option("--output", multiple=True, type=_Output(formats), help=say("output"))


def existing_paths(paths: Iterable[str]) -> None:
    """Refuse paths that do not exist as a usage error; a glob is for discovery to judge."""
    gone = [
        path
        for path in paths
        if path != "-" and not os.path.lexists(path) and not any(character in path for character in "*?[")
    ]
    if gone:
        raise click.UsageError(say("no-such-path", paths=", ".join(gone)))


def settings_of(given: Mapping[str, Any]) -> Settings:
    """What the options that commands share say of a run: paths, configuration, facts, name of standard input."""
    from tkelint.run import Settings  # noqa: PLC0415 - `--help` needs none of it

    fields = {"assume": "assumptions", "stdin_filename": "stdin_name"}
    some = {field: given[option] for option, field in fields.items() if option in given}
    return Settings(paths=given["paths"], config=given["config"], use_config=not given["no_config"], **some)


def settled(ctx: click.Context, settings: Settings, options: Mapping[str, Any]) -> Config:
    """The configuration of a run; one with mistakes is shown with all of them, and ends the command."""
    from tkelint import config as configuration  # noqa: PLC0415 - `--help` needs none of it
    from tkelint.run import settle  # noqa: PLC0415

    try:
        return settle(settings)
    except configuration.ConfigError as error:
        end_with(ctx, error, options)


def end_with(ctx: click.Context, error: ConfigError, options: Mapping[str, Any]) -> NoReturn:
    """Show all mistakes of a configuration, and end the command."""
    click.echo(error.text(choose_language(options["lang"], os.environ)), err=True)
    ctx.exit(Exit.USAGE)


def rule_names(_: click.Context, __: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """Rule ids and folders, separated by commas or given by several options. An unknown one is a usage error."""
    from tkelint.rule import load_rules, rule_named  # noqa: PLC0415 - `--help` needs no rules

    names = tuple(name.strip() for each in value for name in each.split(",") if name.strip())
    folders = {rule.folder for rule in load_rules().values()} if names else set()
    for name in names:
        if name not in folders and rule_named(name) is None:
            raise click.BadParameter(say("unknown-rules", name=name) + did_you_mean(name, [*load_rules(), *folders]))
    return names


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The end of a complaint: the most similar of the names, if one is similar."""
    import difflib  # noqa: PLC0415 - only a mistake asks

    near = difflib.get_close_matches(name, sorted(names), n=1)
    return say("did-you-mean", near=near[0]) if near else ""
