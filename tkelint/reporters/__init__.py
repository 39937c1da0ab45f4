"""Reporters turn a `Report` into text: one module per format, imported when its format is asked for.

A reporter is a function `render(report, options)` that yields pieces of text. It never changes the report, reads no
file and knows nothing of the command line. Everything that comes from a manifest passes through `harmless`, and no
Secret data is printed by any of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from tkelint import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tkelint.report import Report

__all__ = ["REPORTERS", "Reporter", "ReporterOptions", "render", "write_atomically"]


class ReporterOptions(NamedTuple):
    """How to say it.

    `color`, `width` and `hyperlinks` matter to the formats that people read; `terminal` finds them out. `folder` is
    where the reader is: text and concise name files as seen from there, else from the project root. `repository` is the
    root of the checkout: GitHub wants paths relative to it, while findings name them relative to the project root,
    which may lie deeper. Without it both are the same.
    """

    language: str = "en"
    color: bool = False
    width: int = 100
    hyperlinks: bool = False
    show_files: bool = False
    statistics: bool = False
    quiet: bool = False  # findings only, no summary
    repository: Path | None = None
    folder: Path | None = None
    docs_url: str = ""  # where the site with the rules' pages is, if the configuration says so


class Reporter(Protocol):
    """The one function of a reporter module."""

    def __call__(self, report: Report, options: ReporterOptions) -> Iterator[str]:
        """The report as pieces of text that only need to be joined."""


REPORTERS: Final[Mapping[str, str]] = {
    "text": "tkelint.reporters.text",
    "concise": "tkelint.reporters.concise",
    "json": "tkelint.reporters.json",
    "sarif": "tkelint.reporters.sarif",
    "github": "tkelint.reporters.github",
    "gitlab": "tkelint.reporters.gitlab",
    "junit": "tkelint.reporters.junit",
    "checkstyle": "tkelint.reporters.checkstyle",
    "markdown": "tkelint.reporters.markdown",
    "html": "tkelint.reporters.html",
}


def render(name: str, report: Report, options: ReporterOptions) -> Iterator[str]:
    """The report in the format of that name, piece by piece. Imports the format's module."""
    reporter: Reporter = importlib.import_module(REPORTERS[name]).render
    return reporter(report, options)


def write_atomically(path: Path, pieces: Iterable[str]) -> None:
    """Write a file in UTF-8 in one step: whoever reads it sees the old content or all of the new one.

    Folders on the way are made. A symbolic link is followed, so that the file it names is replaced, not the link.
    Raises `OSError` when it cannot be written; nothing is left behind then.
    """
    if path.exists() and not path.is_file():  # a pipe or a terminal, as in /dev/stdout: there is nothing to replace
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(pieces)
        return
    replace_file.write_in_one_step(path, (piece.encode() for piece in pieces))
