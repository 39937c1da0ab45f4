"""Writing: to standard output, to files, and the progress line on a terminal."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tkelint.cli_texts import say
from tkelint.language import choose_language
from tkelint.reporters import ReporterOptions, write_atomically
from tkelint.reporters.terminal import terminal_width, wants_color, wants_hyperlinks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tkelint.reader import FileStatus

_MOST_PATHS = 5


def print_pieces(pieces: Iterable[str], *, to_errors: bool = False) -> None:
    """Write to standard output in UTF-8, whatever the locale: paths and texts of manifests must come out whole."""
    print_bytes((piece.encode("utf-8", "backslashreplace") for piece in pieces), to_errors=to_errors)


def print_bytes(pieces: Iterable[bytes], *, to_errors: bool = False) -> None:
    """Write to standard output, or to standard error, as it is."""
    stream = sys.stderr if to_errors else sys.stdout
    try:
        for piece in pieces:
            stream.buffer.write(piece)
        stream.buffer.flush()
    except BrokenPipeError:  # `tkelint | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:  # the disk is full
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise click.UsageError(say("cannot-write", path="-", detail=error.strerror or error)) from None


def write_file(path: Path, pieces: Iterable[str]) -> None:
    """Write a file in one step; one that cannot be written is a usage error."""
    try:
        write_atomically(path, pieces)
    except OSError as error:
        raise click.UsageError(say("cannot-write", path=path, detail=error.strerror or error)) from None


def terminal_options(
    options: Mapping[str, Any], language: str | None = None, *, to_errors: bool = False
) -> ReporterOptions:
    """How to write for whoever reads standard output or error; files are named as seen from the current folder."""
    stream = sys.stderr if to_errors else sys.stdout
    return ReporterOptions(
        language=choose_language(options["lang"] or language, os.environ),
        color=wants_color(options["color"], stream, os.environ),
        width=terminal_width(stream, os.environ),
        hyperlinks=wants_hyperlinks(stream, os.environ),
        folder=Path.cwd(),
    )


def tell_of_unread(statuses: Iterable[FileStatus]) -> None:
    """Say on standard error which targets could not be read: what is printed lacks what they hold."""
    from tkelint.reader import FileState  # noqa: PLC0415 - `--help` reads nothing
    from tkelint.reporters.harmless import one_line  # noqa: PLC0415

    unread = sorted({status.path for status in statuses if status.state is FileState.UNREADABLE})
    if unread:
        shown = ", ".join(map(one_line, unread[:_MOST_PATHS]))
        more = ", ..." if len(unread) > _MOST_PATHS else ""
        click.echo(say("unread", paths=shown + more), err=True)


class Progress:
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


def progress() -> Progress | None:
    """Where progress is shown: nowhere, unless standard error is a terminal."""
    return Progress() if sys.stderr.isatty() else None
