"""Places as other programs want them: one-line regions, and paths and addresses relative to the checkout."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tkelint.source import Region

if TYPE_CHECKING:
    from tkelint.source import Place


def first_line_of(place: Place) -> Region:
    """The region of a place, cut to its first line when it spans several, and at least one column wide on a text line.

    GitHub shows an alert in a pull request only when all of its lines are in the diff.
    """
    region = place.region
    if region.end_line == region.start_line and region.end_column > region.start_column:
        return region
    line_end = len(place.source.line(region.start_line).rstrip()) + 1
    is_cut = region.end_line > region.start_line
    end = max(line_end if is_cut else region.start_column + 1, region.start_column)
    return Region(region.start_line, region.start_column, region.start_line, end)


def path_from(folder: Path | None, path: str, root: Path) -> str:
    """The path of a file as seen from a folder, so that it can be opened from there; else the absolute one."""
    if folder is None or folder == root:
        return path
    if folder.is_relative_to(root) or root.is_relative_to(folder):
        return Path(os.path.relpath(root / path, folder)).as_posix()
    return (root / path).as_posix()


def path_in_repository(path: str, root: Path, repository: Path | None) -> str:
    """The path of a file relative to the root of the checkout, absolute when the file lies elsewhere."""
    if repository is None or repository == root:
        inside = path
    else:
        inside = Path(os.path.relpath(root / path, repository)).as_posix()
    if inside.startswith("../"):
        return Path(os.path.normpath(root / path)).absolute().as_posix()
    return inside


@functools.lru_cache(maxsize=1024)  # asked for every place, and many are in one file
def uri_in_repository(path: str, root: Path, repository: Path | None) -> str:
    """The same as a percent-encoded relative reference (RFC 3986), or a `file:` address when it lies elsewhere."""
    inside = path_in_repository(path, root, repository)
    if Path(inside).is_absolute():
        return Path(inside).as_uri()
    import urllib.parse  # noqa: PLC0415 - text and concise have no addresses

    return urllib.parse.quote(os.fsencode(inside))
