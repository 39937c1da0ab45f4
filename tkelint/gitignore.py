"""Ignore files: `.gitignore` as Git applies it, and patterns of the same grammar in the configuration.

Patterns are pathspec's. What is ours is which file holds where: Git asks folder by folder, the nearest ignore file
that speaks of an entry decides, and what lies in an ignored folder is never asked about. The user's own ignore files
are not read: everyone gets the same answer.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tkelint.files import FoundFile, SkippedFile, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pathspec import GitIgnoreSpec

_MAX_IGNORE_FILE_SIZE = 2**16
_BYTE_ORDER_MARK = "\ufeff"

# pathspec makes regular expressions of patterns, and Python's tries every way to share a name among the stars of one
# part, or a path among several `**`: with `*a*a*a*a*b`, which a pull request may bring, that takes hours. Real patterns
# have one or two.
_TOO_MANY_STARS = re.compile(r"\*[^/*]+\*[^/*]+\*|\*\*.*/\*\*.*/\*\*")


class IgnoreRules:
    """The patterns of one ignore file, as its lines say them. The last one that matches decides.

    `refused` are the lines that are not applied: no patterns at all, or ones that could take too long to match.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        """Take the lines; the library is loaded only if one of them is a pattern."""
        lines = [line for line in lines if line.strip() and not line.startswith("#")]
        accepted = [line for line in lines if _TOO_MANY_STARS.search(line) is None and _is_pattern(line)]
        self.refused = tuple(line for line in lines if line not in accepted)
        self._spec = _specification(accepted) if accepted else None

    def __bool__(self) -> bool:
        return self._spec is not None

    def decide(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether the entry at a path, relative to the ignore file, is ignored; `None` when no pattern speaks of it."""
        if self._spec is None:
            return None
        return self._spec.check_file(path + "/" if is_folder else path).include


def _specification(lines: Sequence[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - 50 ms that a tree without ignore files need not pay

    return GitIgnoreSpec.from_lines(lines)


def _is_pattern(line: str) -> bool:
    """Whether the library takes a line; it raises for `!` alone, a lone backslash and the like."""
    try:
        _specification([line])
    except ValueError:
        return False
    return True


def ignore_lines(data: bytes) -> list[str]:
    """The lines of an ignore file."""
    return os.fsdecode(data).removeprefix(_BYTE_ORDER_MARK).splitlines()


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
            rules = IgnoreRules(ignore_lines(data))
            if rules.refused:
                self.failed[path] = SkippedFile(path, "ignore-pattern", {"pattern": rules.refused[0]})
            return Scope(folder, rules, outer)
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
