"""The baseline on the command line: its options, reading and writing its file, and what becomes of a report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tkelint.cli_texts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tkelint.baseline import Entry
    from tkelint.config import Config
    from tkelint.report import Report

    Command = Callable[..., Any]

_OPTIONS = (
    click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help=say("baseline-file")),
    click.option("--no-baseline", is_flag=True, help=say("no-baseline")),
    click.option("--update-baseline", is_flag=True, help=say("update-baseline")),
)


def baseline_options(command: Command) -> Command:
    """The options of a command that compares what it finds with a baseline."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class _File(NamedTuple):
    """Where the baseline is, and whether somebody named it: one that nobody named need not exist."""

    path: Path
    is_named: bool


def compared(report: Report, config: Config, given: Mapping[str, Any]) -> Report:
    """A report without the findings that the baseline has. With `--update-baseline`, its stale entries are taken out.

    A baseline that cannot be read is a usage error: without it everything would look new.
    """
    file = None if given["no_baseline"] else _file(config, given["baseline"])
    entries = _read(file, config) if file else None
    if file is None or entries is None:
        if given["update_baseline"]:
            raise click.UsageError(say("baseline-missing"))
        return report
    from tkelint import baseline  # noqa: PLC0415 - only where there is one

    # What was there before a change comes first: an entry that covers it covers no second one.
    unchanged = report.comparison.unchanged if report.comparison else ()
    found = baseline.compare([*unchanged, *report.findings], entries)
    stale = found.stale if report.is_of_everything and not (given["select"] or given["ignore"]) else ()
    if given["update_baseline"] and stale:
        write(file.path, baseline.without(entries, stale))
        click.echo(say("baseline-updated", count=sum(entry.times for entry in stale), path=file.path), err=True)
        stale = ()
    left = set(map(id, found.new))
    if report.comparison:
        others = tuple(each for each in unchanged if id(each) in left)
        report = report._replace(comparison=report.comparison._replace(unchanged=others))
    findings = tuple(each for each in report.findings if id(each) in left)
    return report._replace(findings=findings, baselined=found.known, stale=stale)


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write a baseline; one that cannot be written is a usage error."""
    from tkelint.baseline import text_of  # noqa: PLC0415 - see above
    from tkelint.commands.output import write_file  # noqa: PLC0415

    write_file(path, text_of(entries))


def path_of(config: Config, named: Path | None) -> Path:
    """Where the baseline of a project is."""
    return _file(config, named).path


def _file(config: Config, named: Path | None) -> _File:
    from tkelint.baseline import FILE_NAME  # noqa: PLC0415 - see above

    if named is not None:
        return _File(named, is_named=True)
    return _File(config.root / (config.baseline or FILE_NAME), is_named=bool(config.baseline))


def _read(file: _File, config: Config) -> tuple[Entry, ...] | None:
    """The entries; `None` where there is no file and nobody named one."""
    if not file.is_named and not os.path.lexists(file.path):
        return None
    from tkelint import files  # noqa: PLC0415 - as above
    from tkelint.baseline import BaselineError, parse  # noqa: PLC0415
    from tkelint.gitignore import is_within  # noqa: PLC0415
    from tkelint.language import choose_language, reason  # noqa: PLC0415

    language = choose_language(None, os.environ)
    shown = os.fspath(file.path)
    location = os.path.realpath(file.path)
    if not file.is_named and not is_within(location, os.fspath(config.boundary)):
        raise click.UsageError(say("baseline-unreadable", path=shown, detail=reason("outside-root", language)))
    data = files.read(files.FoundFile(location, shown))
    if isinstance(data, files.SkippedFile):
        detail = reason(data.reason, language, **data.parameters)
        raise click.UsageError(say("baseline-unreadable", path=shown, detail=detail))
    try:
        return parse(data.decode("utf-8", "replace"))
    except BaselineError as error:
        raise click.UsageError(say(error.key, path=shown, line=error.line)) from None
