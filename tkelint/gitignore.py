"""Ignore files: `.gitignore` as Git applies it, and patterns of the same grammar in the configuration.

Written here because the library for it did not hold: for 30,000 files and 48 patterns pathspec 1.1 takes 1.4 s, several
times the walk itself, and it disagrees with `git ls-files` on nested and negated patterns. Letters are compared as they
are, even where Git is told otherwise (`core.ignoreCase`), and the user's own ignore files are not read: everyone gets
the same answer.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tkelint.files import FoundFile, SkippedFile, read
from tkelint.wildcard import MAGIC, translate

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Iterable, Iterator

_MAX_IGNORE_FILE_SIZE = 2**20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Pattern:
    """One line of an ignore file. `text` is what follows `!`, without the slash at the end that `only_folders` says."""

    text: bytes
    negated: bool = False
    only_folders: bool = False

    @cached_property
    def by_name(self) -> bool:
        """Whether it is compared with the last part of a path only: it has no slash inside."""
        return b"/" not in self.text

    @property
    def literal(self) -> str | None:
        """The one name or path it matches, when it has no wildcards."""
        return None if MAGIC.search(self.text) else os.fsdecode(self.text.removeprefix(b"/"))

    @property
    def suffix(self) -> str | None:
        """The end of the names it matches, when it is a star and an ordinary text: `*.log`."""
        if self.by_name and self.text.startswith(b"*") and not MAGIC.search(self.text, 1):
            return os.fsdecode(self.text[1:])
        return None

    @cached_property
    def regex(self) -> re.Pattern[bytes] | None:
        """What it is matched with, where it has wildcards; `None` when nothing can match."""
        return translate(self.text.removeprefix(b"/"))

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path with `/` separators, relative to the folder of the ignore file, is meant itself."""
        if self.only_folders and not is_folder:
            return False
        subject = path.rpartition("/")[2] if self.by_name else path
        return self.regex is not None and self.regex.match(os.fsencode(subject)) is not None


class IgnoreRules:
    """The patterns of one ignore file. The last one that matches decides.

    Most patterns are a name or a suffix, which a table finds; only the others are tried one by one.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        """Sort the patterns by how they can be found."""
        self._by_name: dict[str, list[tuple[int, Pattern]]] = {}
        self._by_path: dict[str, list[tuple[int, Pattern]]] = {}
        self._by_suffix: list[tuple[int, str, Pattern]] = []
        self._others: list[tuple[int, Pattern, Callable[[bytes], object]]] = []
        for index, pattern in enumerate(patterns):
            literal, suffix = pattern.literal, pattern.suffix
            if literal is not None:
                table = self._by_name if pattern.by_name else self._by_path
                table.setdefault(literal, []).append((index, pattern))
            elif suffix is not None:
                self._by_suffix.append((index, suffix, pattern))
            elif pattern.regex is not None:
                self._others.append((index, pattern, pattern.regex.match))
        self._suffixes = tuple(suffix for _, suffix, _ in self._by_suffix)

    def __bool__(self) -> bool:
        return bool(self._by_name or self._by_path or self._by_suffix or self._others)

    def decide(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether the entry at a path is ignored; `None` when no pattern speaks of it.

        Only the entry itself is compared: as in Git, what lies in an ignored folder is never asked about.
        """
        name = path.rpartition("/")[2]
        best, ignored = -1, None
        if name in self._by_name or path in self._by_path or name.endswith(self._suffixes):
            for index, pattern in self._found(path, name):
                if index > best and (is_folder or not pattern.only_folders):
                    best, ignored = index, not pattern.negated
        if self._others:
            subjects = os.fsencode(path), os.fsencode(name)
            for index, pattern, match in self._others:
                if index > best and (is_folder or not pattern.only_folders) and match(subjects[pattern.by_name]):
                    best, ignored = index, not pattern.negated
        return ignored

    def covers(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether a path is ignored, be it itself or through a folder above it."""
        parts = path.split("/")
        above = ("/".join(parts[:count]) for count in range(1, len(parts)))
        if any(self.decide(folder, is_folder=True) for folder in above):
            return True
        return self.decide(path, is_folder=is_folder) is True

    def _found(self, path: str, name: str) -> Iterator[tuple[int, Pattern]]:
        yield from self._by_name.get(name, ())
        yield from self._by_path.get(path, ())
        yield from ((index, pattern) for index, suffix, pattern in self._by_suffix if name.endswith(suffix))


def read_patterns(data: bytes) -> Iterator[Pattern]:
    """The patterns of an ignore file."""
    for line in data.removeprefix(_BYTE_ORDER_MARK).split(b"\n"):
        if not line.startswith(b"#"):
            pattern = parse_pattern(line.removesuffix(b"\r"))
            if pattern is not None:
                yield pattern


def parse_pattern(line: bytes) -> Pattern | None:
    """The pattern that a line says; `None` for an empty one."""
    text = _without_trailing_spaces(line)
    negated = text.startswith(b"!")
    text = text.removeprefix(b"!") if negated else text
    only_folders = text.endswith(b"/")
    text = text.removesuffix(b"/")
    return Pattern(text, negated, only_folders) if text else None


def encode_pattern(text: str) -> bytes:
    """The bytes of a pattern; one that no name on this system can have becomes one that matches none."""
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _without_trailing_spaces(line: bytes) -> bytes:
    r"""The line up to its last space that is not written `\ `."""
    end = len(line.rstrip(b" "))
    if end == len(line):
        return line
    backslashes = len(line[:end]) - len(line[:end].rstrip(b"\\"))
    return line[: end + backslashes % 2]


@dataclass(frozen=True, slots=True)
class Scope:
    """An ignore file and those that hold further out. Its patterns are relative to the folder `base`."""

    base: str
    rules: IgnoreRules
    outer: Scope | None

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether an entry at a real path is ignored: the nearest ignore file that speaks of it decides."""
        scope: Scope | None = self
        while scope is not None:
            decision = scope.rules.decide(relative_path(path, scope.base), is_folder=is_folder)
            if decision is not None:
                return decision
            scope = scope.outer
        return False


class IgnoreFiles:
    """Reads the ignore files of a tree. `failed` are those that are there but could not be read, by their real path."""

    def __init__(self) -> None:
        self.failed: dict[str, SkippedFile] = {}

    def above(self, folder: str, boundary: str) -> Scope | None:
        """What holds for a folder from outside: the ignore files from the Git root (else the boundary) down to it."""
        git_root = find_git_root(Path(folder))
        top = str(git_root) if git_root else boundary if is_within(folder, boundary) else folder
        parts = relative_path(folder, top).split("/") if folder != top else []
        scope = None
        for depth in range(len(parts)):
            above = os.path.join(top, *parts[:depth])
            names = {name for name in (".git", ".gitignore") if os.path.lexists(os.path.join(above, name))}
            scope = self.inside(above, names, scope)
        return scope

    def inside(self, folder: str, names: Collection[str], outer: Scope | None) -> Scope | None:
        """What holds in a folder with entries of these names. A repository begins anew."""
        if ".git" in names:
            outer = self._read(folder, _exclude_file(folder), None)
        if ".gitignore" in names:
            outer = self._read(folder, os.path.join(folder, ".gitignore"), outer)
        return outer

    def _read(self, folder: str, path: str, outer: Scope | None) -> Scope | None:
        data = _read(path)
        if isinstance(data, bytes):
            return Scope(folder, IgnoreRules(read_patterns(data)), outer)
        if data.reason != "not-found":
            self.failed[path] = data
        return outer


def find_git_root(start: Path) -> Path | None:
    """The folder at or above `start` that has a `.git`; it is a file in worktrees and submodules."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)


def _exclude_file(repository: str) -> str:
    """The ignore file inside of `.git`; in a worktree or a submodule, `.git` is a file that says where that lies."""
    folder = os.path.join(repository, ".git")
    link = _read(folder)
    if isinstance(link, bytes) and link.startswith(b"gitdir:"):
        folder = os.path.join(repository, os.fsdecode(link.removeprefix(b"gitdir:").strip()))
        common = _read(os.path.join(folder, "commondir"))
        if isinstance(common, bytes):
            folder = os.path.join(folder, os.fsdecode(common.strip()))
    return os.path.join(folder, "info", "exclude")


def _read(path: str) -> bytes | SkippedFile:
    return read(FoundFile(path, path), _MAX_IGNORE_FILE_SIZE)


def relative_path(path: str, base: str) -> str:
    """A real path below a folder, relative to it, with `/` separators; empty for the folder itself."""
    relative = path[len(base.rstrip(os.sep)) + 1 :]
    return relative if os.sep == "/" else relative.replace(os.sep, "/")


def is_within(path: str, folder: str) -> bool:
    """Whether a real path is a folder or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
