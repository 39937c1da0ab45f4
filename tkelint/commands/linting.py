"""What the commands that lint share: their options, and from the settings to reports and the exit status."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from tkelint.cli_texts import say
from tkelint.commands import Exit, baselining, fixing, options
from tkelint.commands.output import print_pieces, progress, terminal_options, write_file
from tkelint.problem import Severity
from tkelint.reporters import REPORTERS, ReporterOptions, render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    from tkelint.config import Config
    from tkelint.report import Report
    from tkelint.run import Settings

    Command = Callable[..., Any]


_SEVERITIES = (*(severity.value for severity in Severity), "never")

_OPTIONS = (
    options.config_file,
    options.no_config,
    options.output_format(tuple(REPORTERS)),
    options.outputs(REPORTERS),
    click.option("--fail-on", type=click.Choice(_SEVERITIES), help=say("fail-on")),
    options.language,
    options.color,
    click.option("--select", multiple=True, callback=options.rule_names, metavar="RULE,...", help=say("select")),
    click.option("--ignore", multiple=True, callback=options.rule_names, metavar="RULE,...", help=say("ignore")),
    options.assume,
    click.option("--show-settings", is_flag=True, help=say("show-settings")),
    click.option("--show-files", is_flag=True, help=say("show-files")),
    click.option("--statistics", is_flag=True, help=say("statistics")),
    click.option("--strict", is_flag=True, help=say("strict")),
    click.option("--no-ignores", is_flag=True, help=say("no-ignores")),
    click.option("--quiet", "-q", is_flag=True, help=say("quiet")),
    click.option("--since", metavar="REV", help=say("since")),
    click.option("--staged", is_flag=True, help=say("staged")),
    click.option("--hook", is_flag=True, help=say("hook")),
)


def lint_options(stdin_name: str) -> Callable[[Command], Command]:
    """The options of a command that lints. `stdin_name` is what standard input is called unless the user says so."""

    def decorate(command: Command) -> Command:
        for option in (options.stdin_filename(stdin_name), *reversed(_OPTIONS)):
            command = option(command)
        return fixing.fix_options(baselining.baseline_options(command))

    return decorate


def lint(ctx: click.Context, given: Mapping[str, Any], *, only_corefiles: bool = False) -> NoReturn:
    """Lint what the options say, write what was found, and exit. `only_corefiles` as in `Settings`."""
    from tkelint.engine import Selection  # noqa: PLC0415 - `--help` and `--version` need none of it

    if not given["hook"]:
        options.existing_paths(given["paths"])
    settings = options.settings_of(given)._replace(
        selection=Selection(select=given["select"], ignore=given["ignore"], only_corefiles=only_corefiles),
        only_corefiles=only_corefiles,
        suppressions=not given["no_ignores"],
        hook=given["hook"],
        since=given["since"],
        staged=given["staged"],
    )
    is_fixing = fixing.is_wanted(given)
    config = options.settled(ctx, settings, given)
    if given["show_settings"]:
        _show_settings(settings, config, given)
        ctx.exit(Exit.CLEAN)
    if is_fixing:
        report = fixing.run_and_fix(ctx, given, settings, config)
    else:
        report, config = _reported(ctx, settings, config, given)
    report = baselining.compared(report, config, given)
    to_errors = fixing.is_text_printed(given, settings)
    _write(report, given, terminal_options(given, config.language, to_errors=to_errors), config, to_errors)
    for crash in report.crashes:
        click.echo(f"{crash.traceback}{crash.error} [{crash.rule_id}]", err=True)
    status = exit_status(report, given["fail_on"] or config.fail_on or "warning", strict=given["strict"])
    # A commit without manifests is no mistake.
    ctx.exit(Exit.CLEAN if given["hook"] and status is Exit.NOTHING_TO_LINT else status)


def _show_settings(settings: Settings, config: Config, given: Mapping[str, Any]) -> None:
    """Print what is in force instead of linting."""
    from tkelint.config.file import read_config_file  # noqa: PLC0415 - few runs show settings
    from tkelint.reporters.settings import SettingsView, render_settings  # noqa: PLC0415
    from tkelint.rule import load_rules  # noqa: PLC0415

    options_by_key = {"failOn": given["fail_on"], "language": given["lang"]}
    view = SettingsView(
        config,
        read_config_file(config.path, config.root, config.boundary) if config.path is not None else None,
        settings.paths,
        {key: value for key, value in options_by_key.items() if value is not None},
        settings.assumptions,
        terminal_options(given, config.language).language,
        (len(settings.selection.rules(config)), len(load_rules())),
    )
    print_pieces(render_settings(view))


def _reported(
    ctx: click.Context, settings: Settings, config: Config, given: Mapping[str, Any]
) -> tuple[Report, Config]:
    """The report, and the configuration that it was made with. What Git cannot do ends the command."""
    from tkelint.run import run  # noqa: PLC0415 - as above

    if not (settings.hook or settings.staged or settings.since is not None):
        return run(settings, config, sys.stdin.buffer, progress()), config
    from tkelint.config.problems import ConfigError  # noqa: PLC0415 - few runs ask Git
    from tkelint.git_objects import GitError  # noqa: PLC0415
    from tkelint.since import needs_git, run_with_git  # noqa: PLC0415

    if not needs_git(settings, config):
        return run(settings, config, sys.stdin.buffer, progress()), config
    try:
        return run_with_git(settings, config, sys.stdin.buffer, os.environ, progress())
    except GitError as error:
        raise click.UsageError(say(error.key, **error.parameters)) from None
    except ConfigError as error:
        options.end_with(ctx, error, given)


def exit_status(report: Report, fail_on: str, *, strict: bool) -> Exit:
    """The exit status of a report."""
    from tkelint.report import FileState  # noqa: PLC0415

    if report.crashes:
        return Exit.BUG
    if fail_on != "never" and report.worst is not None and report.worst.rank <= Severity(fail_on).rank:
        return Exit.FINDINGS
    unread = report.count_files(FileState.UNREADABLE)
    if strict and unread:
        return Exit.INCOMPLETE
    if not unread and not report.findings and not report.count_files(FileState.LINTED):
        return Exit.NOTHING_TO_LINT
    return Exit.CLEAN


def _write(
    report: Report, given: Mapping[str, Any], on_terminal: ReporterOptions, config: Config, to_errors: bool
) -> None:
    """Every output: the files first, so that they are there whatever becomes of the pipe."""
    plain = ReporterOptions(
        language=on_terminal.language,
        show_files=given["show_files"],
        statistics=given["statistics"],
        quiet=given["quiet"],
        repository=config.boundary,
        docs_url=config.docs_url,
    )
    for name, path in given["output"]:
        write_file(path, render(name, report, plain))
    reading = plain._replace(
        folder=on_terminal.folder,
        color=on_terminal.color,
        width=on_terminal.width,
        hyperlinks=on_terminal.hyperlinks,
    )
    print_pieces(render(given["format"], report, reading), to_errors=to_errors)
