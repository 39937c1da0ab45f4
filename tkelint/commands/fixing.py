"""What `--fix` and `--diff` do in the commands that lint: plan, prove, then write, print or show."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from tkelint.cli_texts import say
from tkelint.commands import Exit
from tkelint.commands.output import print_bytes, print_pieces, progress, terminal_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tkelint.config import Config
    from tkelint.fixing.model import FileChange, Outcome, Sources
    from tkelint.report import Report
    from tkelint.run import Settings

    Command = Callable[..., Any]

_OPTIONS = (
    click.option("--fix", is_flag=True, help=say("fix")),
    click.option("--unsafe-fixes", is_flag=True, help=say("unsafe-fixes")),
    click.option("--diff", is_flag=True, help=say("diff")),
)


def fix_options(command: Command) -> Command:
    """The options `--fix`, `--unsafe-fixes` and `--diff`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def is_wanted(given: Mapping[str, Any]) -> bool:
    """Whether fixes are asked for. Options that would have no effect are a usage error."""
    wanted = bool(given["fix"] or given["diff"])
    if given["unsafe_fixes"] and not wanted:
        raise click.UsageError(say("unsafe-fixes-alone"))
    if given["diff"] and given["output"]:
        raise click.UsageError(say("diff-with-output"))
    if wanted and (given.get("since") is not None or given.get("staged")):
        raise click.UsageError(say("fix-with-git"))
    return wanted


def run_and_fix(ctx: click.Context, given: Mapping[str, Any], settings: Settings, config: Config) -> Report:
    """Lint, and apply fixes: to the files, with `-` to the text that is printed. The report is of what is then there.

    With `--diff` nothing is written: the diff is printed, and the command ends.
    """
    from tkelint.fixing.plan import plan  # noqa: PLC0415 - few runs fix anything
    from tkelint.fixing.writing import write  # noqa: PLC0415
    from tkelint.run import linter, name_of_stdin, read_sources  # noqa: PLC0415

    sources, skipped = read_sources(settings, config, sys.stdin.buffer, progress())
    witnesses = settings._replace(selection=settings.selection.with_all_enabled(config))
    lint = linter(witnesses, config, skipped, progress())
    rules = {rule.id for rule in settings.selection.rules(config)}
    outcome = plan(sources, lint, rules=rules, unsafe=given["unsafe_fixes"])
    if given["diff"]:
        _show(outcome, given, config)
        _exit_after_diff(ctx, outcome)
    stdin_name = name_of_stdin(settings, config) if is_text_printed(given, settings) else None
    files = [change for change in outcome.changes if change.before.path != stdin_name]
    faults = write(files, outcome.applied, config.root)
    outcome = outcome.without(faults)
    fixed = _fixed(sources, outcome.changes)
    if stdin_name is not None:
        _print_source(ctx, fixed, stdin_name)
    _tell(outcome, given, config)
    if not faults and witnesses.selection == settings.selection:
        return outcome.report
    return linter(settings, config, skipped)(fixed)


def is_text_printed(given: Mapping[str, Any], settings: Settings) -> bool:
    """Whether standard output is the fixed text of standard input."""
    return bool(given["fix"]) and not given["diff"] and "-" in settings.paths


def _show(outcome: Outcome, given: Mapping[str, Any], config: Config) -> None:
    from tkelint.reporters.diff import render_diff  # noqa: PLC0415 - only `--diff` needs it

    print_pieces(render_diff(outcome.changes, config.root, terminal_options(given, config.language)))
    _tell(outcome, given, config)


def _exit_after_diff(ctx: click.Context, outcome: Outcome) -> None:
    if outcome.report.crashes:
        ctx.exit(Exit.BUG)
    ctx.exit(Exit.FINDINGS if outcome.changes else Exit.CLEAN)


def _tell(outcome: Outcome, given: Mapping[str, Any], config: Config) -> None:
    """The summary, on standard error: standard output is the report's, the diff's or the text's."""
    from tkelint.reporters.fixes import render_summary  # noqa: PLC0415 - see run_and_fix

    if not given["quiet"] or outcome.refused:
        options = terminal_options(given, config.language, to_errors=True)
        print_pieces(render_summary(outcome, options, only_planned=given["diff"]), to_errors=True)


def _fixed(sources: Sources, changes: Sequence[FileChange]) -> Sources:
    after = {change.before.path: change.after for change in changes}
    return [(after.get(source.path, source), targeted) for source, targeted in sources]


def _print_source(ctx: click.Context, sources: Sources, path: str) -> None:
    """Print the text. Where it could not be read there is none, which the exit status tells whoever pipes it."""
    from tkelint.fixing.writing import bytes_of  # noqa: PLC0415 - see run_and_fix

    texts = [bytes_of(source) for source, _ in sources if source.path == path]
    if not texts:
        click.echo(say("unread", paths=path), err=True)
        ctx.exit(Exit.INCOMPLETE)
    print_bytes(texts)
