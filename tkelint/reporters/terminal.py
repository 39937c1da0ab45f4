"""What the terminal can do, and the sequences that make it do it: colours and hyperlinks.

The variables are the ones that users already set: NO_COLOR (no-color.org), FORCE_COLOR, CLICOLOR_FORCE and CLICOLOR
(bixense.com/clicolors), COLUMNS, FORCE_HYPERLINK. The first of the colour variables that says anything decides.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from tkelint.reporters import ReporterOptions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import IO

# A log in CI or a pipe has no width. This is what fits a GitHub log view without scrolling.
WIDTH_WITHOUT_TERMINAL: Final = 120
_NARROWEST: Final = 40

# What RFC 3986 allows in an address; anything else in it is quoted.
_URL_CHARACTERS: Final = "%/:?#[]@!$&'()*+,;=~-._"

_STYLES: Final = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "related": "1;34",
    "frame": "34",
    "strong": "1",
    "faint": "2",
    "help": "1;32",
    "added": "32",
    "removed": "31",
}


def wants_color(choice: str, stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether to write colours on a stream: `always`, `never`, or `auto` as the environment and the stream say."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return environment.get("CLICOLOR") != "0" and environment.get("TERM") != "dumb" and stream.isatty()


def wants_hyperlinks(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether to write OSC 8 hyperlinks: terminals ignore what they do not know, but the Linux console prints it."""
    forced = environment.get("FORCE_HYPERLINK")
    if forced:
        return forced != "0"
    return stream.isatty() and environment.get("TERM") not in ("dumb", "linux") and not environment.get("CI")


def terminal_width(stream: IO[str], environment: Mapping[str, str]) -> int:
    """How many cells a line has."""
    columns = environment.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(int(columns), _NARROWEST)
    try:
        return max(os.get_terminal_size(stream.fileno()).columns, _NARROWEST)
    except (OSError, ValueError):  # no terminal, or a stream in memory
        return WIDTH_WITHOUT_TERMINAL


def paint(text: str, style: str, options: ReporterOptions) -> str:
    """The text in a style of `_STYLES`; as it is when there are no colours."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if options.color and text else text


def link(text: str, url: str, options: ReporterOptions) -> str:
    """The text as a hyperlink (OSC 8); as it is when there are none. The address is made harmless by quoting."""
    if not options.hyperlinks or not url:
        return text
    import urllib.parse  # noqa: PLC0415 - only a terminal with hyperlinks needs it

    return f"\x1b]8;;{urllib.parse.quote(url, safe=_URL_CHARACTERS)}\x1b\\{text}\x1b]8;;\x1b\\"


def file_url(root: Path, path: str) -> str:
    """The address of a file on this machine."""
    return (root / path).absolute().as_uri()
