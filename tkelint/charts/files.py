"""The files of a chart, read into memory as Helm would load them, from inside of the repository only.

A chart may come from a pull request: links that lead out of the repository or into `.git`, special files and what is
too large are not followed or read. Packed charts are opened in memory, so that each of their files has a name.
"""

from __future__ import annotations

import gzip
import io
import os
import posixpath
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.discovery import VERSION_CONTROL_FOLDERS
from tkelint.files import FoundFile, SkippedFile, read
from tkelint.gitignore import is_within
from tkelint.source import NotTextError, SourceFile, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_FILES: Final = 10_000
MOST_BYTES: Final = 64 * 2**20  # of one chart, with its dependencies
_LARGEST_FILE: Final = 5 * 2**20  # Helm's own limit: https://github.com/helm/helm, MaxDecompressedFileSize
_DEEPEST: Final = 30
PACKED_SUFFIXES: Final = (".tgz", ".tar.gz")


class ChartFile(NamedTuple):
    """A file of a chart. `display` is what it is reported as: `web/charts/redis-1.0.tgz/redis/values.yaml`."""

    display: str
    data: bytes

    def source(self) -> SourceFile | None:
        """The file as text; `None` if it is none."""
        try:
            return decode(self.display, self.data)
        except NotTextError:
            return None


class TooLargeError(Exception):
    """A chart has more files or bytes than are read."""


class Budget:
    """What may still be read of one chart. `spend` raises `TooLargeError`."""

    def __init__(self) -> None:
        self._files = MOST_FILES
        self._bytes = MOST_BYTES

    def spend(self, size: int) -> None:
        """Count a file of this size."""
        self._files -= 1
        self._bytes -= size
        if self._files < 0 or self._bytes < 0:
            raise TooLargeError


def read_folder(folder: str, display: str, boundary: str, budget: Budget) -> dict[str, ChartFile]:
    """Every file below a folder by its path relative to it. Raises `TooLargeError`."""
    files: dict[str, ChartFile] = {}
    for path, real in _walk(folder, "", boundary, frozenset()):
        data = read(FoundFile(real, path), _LARGEST_FILE)
        if not isinstance(data, SkippedFile):
            budget.spend(len(data))
            files[path] = ChartFile(posixpath.join(display, path) if display not in ("", ".") else path, data)
    return files


def read_file(location: str, display: str, boundary: Path) -> ChartFile | None:
    """One file of the repository; `None` if it cannot be read, or leads out of it."""
    real = os.path.realpath(location)
    if not is_within(real, os.path.realpath(boundary)):
        return None
    data = read(FoundFile(real, display))
    return None if isinstance(data, SkippedFile) else ChartFile(display, data)


def _walk(folder: str, prefix: str, boundary: str, above: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Files below a folder: relative and real path. Links are followed inside of the boundary, but not in circles."""
    real = os.path.realpath(folder)
    if real in above or len(above) > _DEEPEST or not is_within(real, boundary):
        return
    try:
        entries = sorted(os.scandir(real), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        target = os.path.realpath(entry.path)
        if not is_within(target, boundary) or not VERSION_CONTROL_FOLDERS.isdisjoint(Path(target).parts):
            continue
        path = f"{prefix}{entry.name}"
        if Path(target).is_dir():
            yield from _walk(target, f"{path}/", boundary, above | {real})
        elif Path(target).is_file():
            yield path, target


def read_packed(file: ChartFile, budget: Budget) -> dict[str, ChartFile]:
    """The files in a packed chart, by their path below its one folder; empty if it is no archive."""
    files: dict[str, ChartFile] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(_unpacked(file.data)), mode="r:") as archive:
            for member in archive:
                path = posixpath.normpath(member.name)
                if not member.isfile() or path.startswith(("/", "..")) or member.size > _LARGEST_FILE:
                    continue
                content = archive.extractfile(member)
                inside = path.partition("/")[2]
                if content is not None and inside:
                    budget.spend(member.size)
                    files[inside] = ChartFile(f"{file.display}/{path}", content.read())
    except (tarfile.TarError, OSError, EOFError, ValueError):
        return {}
    return files


def _unpacked(data: bytes) -> bytes:
    """What gzip makes of it, which may be a thousand times as much."""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        unpacked = stream.read(MOST_BYTES + 1)
    if len(unpacked) > MOST_BYTES:
        raise TooLargeError
    return unpacked


def location_of(display: str, root: Path) -> str:
    """Where a file lies that is reported under a path."""
    return os.path.normpath(root / display)
