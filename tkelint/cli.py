"""The command line: options to settings, a report to files and an exit status. Nothing is decided here.

Diagnostics go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
import time
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tkelint import __version__
from tkelint.cli_texts import say
from tkelint.language import LANGUAGES, choose_language
from tkelint.problem import Severity
from tkelint.reporters import REPORTERS, ReporterOptions, render, write_atomically
from tkelint.reporters.terminal import terminal_width, wants_color, wants_hyperlinks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from click.shell_completion import CompletionItem

    from tkelint.report import Report
    from tkelint.rule import Rule


class Exit(IntEnum):
    """Exit statuses, the same for every format."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING_TO_LINT = 3
    INCOMPLETE = 4
    BUG = 70


class _CheckByDefault(click.Group):
    """A group whose command `check` may be left out: `tkelint manifests/` is `tkelint check manifests/`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        completing_first_word = ctx.resilient_parsing and not args
        if first not in {*self.commands, "--help", "-h", "--version"} and not completing_first_word:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What the first word can become: a command, an option of `check`, or a path."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only completion needs it

        commands = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            check = self.commands["check"]
            with check.make_context("check", [], parent=ctx, resilient_parsing=True) as checking:
                known = {item.value for item in commands}
                options = check.shell_complete(checking, incomplete)
            return commands + [item for item in options if item.value not in known]
        # First, since click's script for bash forgets what it has when a file may follow.
        return [CompletionItem(incomplete, type="file"), *commands]


class _Output(click.ParamType):  # type: ignore[type-arg] # generic only in newer releases of click
    """`FORMAT=PATH`: a format of REPORTERS and the file it is written to."""

    name = "format=path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        name, _, path = str(value).partition("=")
        if not path or name not in REPORTERS:
            self.fail(say("not-an-output", value=value, formats=", ".join(REPORTERS)), param, ctx)
        return name, Path(path)


def _names(_: click.Context, __: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """Rule ids and folders, separated by commas or given by several options. An unknown one is a usage error."""
    from tkelint.rule import load_rules, rule_named  # noqa: PLC0415 - `--help` needs no rules

    names = tuple(name.strip() for each in value for name in each.split(",") if name.strip())
    folders = {rule.folder for rule in load_rules().values()} if names else set()
    for name in names:
        if name not in folders and rule_named(name) is None:
            raise click.BadParameter(say("unknown-rules", name=name) + _did_you_mean(name, [*load_rules(), *folders]))
    return names


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SEVERITIES = (*(severity.value for severity in Severity), "never")


@click.group(
    cls=_CheckByDefault,
    help=say("cli"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """See `cli_texts`."""


@cli.command(help=say("check"))
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--config", type=_FILE, help=say("config"))
@click.option("--no-config", is_flag=True, help=say("no-config"))
@click.option("--format", type=click.Choice(tuple(REPORTERS)), default="text", show_default=True, help=say("format"))
@click.option("--output", multiple=True, type=_Output(), help=say("output"))
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help=say("fail-on"))
@click.option("--lang", type=click.Choice(LANGUAGES), help=say("lang"))
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help=say("color"))
@click.option("--select", multiple=True, callback=_names, metavar="RULE,...", help=say("select"))
@click.option("--ignore", multiple=True, callback=_names, metavar="RULE,...", help=say("ignore"))
@click.option("--assume", multiple=True, metavar="FACT=VALUE", help=say("assume"))
@click.option("--stdin-filename", default="stdin.yaml", metavar="NAME", help=say("stdin-filename"))
@click.option("--show-files", is_flag=True, help=say("show-files"))
@click.option("--statistics", is_flag=True, help=say("statistics"))
@click.option("--strict", is_flag=True, help=say("strict"))
@click.option("--no-ignores", is_flag=True, help=say("no-ignores"))
@click.option("--quiet", "-q", is_flag=True, help=say("quiet"))
@click.option("--hook", is_flag=True, help=say("hook"))
@click.pass_context
def check(ctx: click.Context, /, **options: Any) -> None:
    """See `cli_texts`."""
    from tkelint import config as configuration  # noqa: PLC0415 - `--help` and `--version` need none of it
    from tkelint.engine import Selection  # noqa: PLC0415
    from tkelint.run import STDIN, Settings, run, settle  # noqa: PLC0415

    gone = [path for path in options["paths"] if path != STDIN and not _may_exist(path)]
    if gone and not options["hook"]:
        raise click.UsageError(say("no-such-path", paths=", ".join(gone)))
    settings = Settings(
        paths=options["paths"],
        config=options["config"],
        use_config=not options["no_config"],
        selection=Selection(select=options["select"], ignore=options["ignore"]),
        assumptions=options["assume"],
        stdin_name=options["stdin_filename"],
        suppressions=not options["no_ignores"],
        hook=options["hook"],
    )
    try:
        config = settle(settings)
    except configuration.ConfigError as error:
        click.echo(error.text(choose_language(options["lang"], os.environ)), err=True)
        ctx.exit(Exit.USAGE)
    report = run(settings, config, sys.stdin.buffer, _Progress() if sys.stderr.isatty() else None)
    language = choose_language(options["lang"] or config.language, os.environ)
    _write(report, options, language, config.boundary)
    for crash in report.crashes:
        click.echo(f"{crash.traceback}{crash.error} [{crash.rule_id}]", err=True)
    status = exit_status(report, options["fail_on"] or config.fail_on or "warning", strict=options["strict"])
    # A commit without manifests is no mistake.
    ctx.exit(Exit.CLEAN if options["hook"] and status is Exit.NOTHING_TO_LINT else status)


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


def _write(report: Report, options: Mapping[str, Any], language: str, repository: Path) -> None:
    """Every output: the files first, so that they are there whatever becomes of the pipe."""
    plain = ReporterOptions(
        language=language,
        show_files=options["show_files"],
        statistics=options["statistics"],
        quiet=options["quiet"],
        repository=repository,
    )
    for name, path in options["output"]:
        try:
            write_atomically(path, render(name, report, plain))
        except OSError as error:
            raise click.UsageError(say("cannot-write", path=path, detail=error.strerror or error)) from None
    on_terminal = plain._replace(
        folder=Path.cwd(),
        color=wants_color(options["color"], sys.stdout, os.environ),
        width=terminal_width(sys.stdout, os.environ),
        hyperlinks=wants_hyperlinks(sys.stdout, os.environ),
    )
    _print(render(options["format"], report, on_terminal))


def _print(pieces: Iterable[str]) -> None:
    """Write to standard output in UTF-8, whatever the locale: paths and texts of manifests must come out whole."""
    buffer = sys.stdout.buffer
    try:
        for piece in pieces:
            buffer.write(piece.encode("utf-8", "backslashreplace"))
        buffer.flush()
    except BrokenPipeError:  # `tkelint | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@cli.command(help=say("rules"))
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True, help=say("format"))
@click.option("--lang", type=click.Choice(LANGUAGES), help=say("lang"))
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help=say("color"))
def rules(**options: Any) -> None:
    """See `cli_texts`."""
    from tkelint.reporters.explain import rules_json, rules_table  # noqa: PLC0415
    from tkelint.rule import load_rules  # noqa: PLC0415

    everything = tuple(load_rules().values())
    _print(
        [rules_json(everything) if options["format"] == "json" else rules_table(everything, _reading_options(options))]
    )


@cli.command(help=say("explain"))
@click.argument("name", nargs=-1, required=True, metavar="RULE|CODE")
@click.option("--lang", type=click.Choice(LANGUAGES), help=say("lang"))
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help=say("color"))
def explain(name: Sequence[str], **options: Any) -> None:
    """See `cli_texts`."""
    from tkelint.reporters.explain import explain as explanation  # noqa: PLC0415

    found = _meant(" ".join(name))
    _print("\n" * bool(number) + explanation(rule, _reading_options(options)) for number, rule in enumerate(found))


def _meant(name: str) -> list[Rule]:
    """The rule of that id, or the rules that foresee that code. `E4041` alone means it for every kind."""
    from tkelint.rule import load_rules, rule_named  # noqa: PLC0415

    rule = rule_named(name)
    if rule is not None:
        return [rule]
    code = name.casefold()
    foreseen = [
        rule
        for rule in load_rules().values()
        if any(code in (each.casefold(), each.partition(" ")[2].casefold()) for each in rule.codes)
    ]
    if not foreseen:
        codes = {code for rule in load_rules().values() for code in rule.codes}
        raise click.UsageError(say("no-such-rule", name=name) + _did_you_mean(name, [*load_rules(), *codes]))
    return foreseen


def _reading_options(options: Mapping[str, Any]) -> ReporterOptions:
    return ReporterOptions(
        language=choose_language(options["lang"], os.environ),
        color=wants_color(options["color"], sys.stdout, os.environ),
        width=terminal_width(sys.stdout, os.environ),
        hyperlinks=wants_hyperlinks(sys.stdout, os.environ),
    )


@cli.command(help=say("completion"))
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """See `cli_texts`."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    complete = get_completion_class(shell)
    if complete is not None:
        _print([complete(cli, {}, "tkelint", "_TKELINT_COMPLETE").source() + "\n"])


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415 - only a mistake asks

    near = difflib.get_close_matches(name, sorted(names), n=1)
    return say("did-you-mean", near=near[0]) if near else ""


def _may_exist(path: str) -> bool:
    """Whether a path exists; a glob is for discovery to judge."""
    return os.path.lexists(path) or any(character in path for character in "*?[")


class _Progress:
    """One line on a terminal that says how far the reading is, from the second second on."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 1

    def __call__(self, done: int, total: int) -> None:
        """Show it, at most ten times a second; the last call wipes the line."""
        now = time.monotonic()
        if done == total:
            click.echo("\r\x1b[K", nl=False, err=True)
        elif now >= self._next:
            self._next = now + 0.1
            click.echo("\r\x1b[K" + say("reading", done=done, total=total), nl=False, err=True)
