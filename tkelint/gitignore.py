"""Ignore files: `.gitignore` as Git applies it, and patterns of the same grammar in the configuration.

Patterns are pathspec's. What is ours is which file holds where: Git asks folder by folder, the nearest ignore file
that speaks of an entry decides, and what lies in an ignored folder is never asked about. The user's own ignore files
are not read: everyone gets the same answer.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tkelint.files import FoundFile, SkippedFile, read
from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pathspec import GitIgnoreSpec

_MAX_IGNORE_FILE_SIZE = 2**16
_BYTE_ORDER_MARK = "\ufeff"

# pathspec makes regular expressions of patterns, and Python's tries every way to share a name among the stars of one
# part, or a path among several `**`: with `*a*a*a*a*b`, which a pull request may bring, that takes hours. Real patterns
# have one or two.
_TOO_MANY_STARS = pattern(r"\*[^/*]+\*[^/*]+\*|\*\*.*/\*\*.*/\*\*")

_TWO_STARS_AT_THE_END = pattern(r"(?<![^/!])\*\*(/?)[ \r]*\Z")


_MOST_PATTERNS = 1_000


class IgnoreRules:
    """The patterns of one ignore file, as its lines say them. The last one that matches decides.

    `refused` are the lines that are not applied: no patterns at all, ones that could take too long to match, and those
    beyond the number that any real file has.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        """Take the lines; the library is loaded only if one of them is a pattern."""
        lines = [line for line in lines if line.strip() and not line.startswith("#")]
        is_accepted = [
            index < _MOST_PATTERNS and _TOO_MANY_STARS.search(line) is None and _is_pattern(line)
            for index, line in enumerate(lines)
        ]
        self.refused = tuple(line for line, accepted in zip(lines, is_accepted, strict=True) if not accepted)
        accepted = [_about_entries(line) for line, accepted in zip(lines, is_accepted, strict=True) if accepted]
        self._of_names = _Part([(index, line) for index, line in enumerate(accepted) if not _has_slash_inside(line)])
        self._of_paths = _Part([(index, line) for index, line in enumerate(accepted) if _has_slash_inside(line)])
        self._decisions_on_names: dict[str, tuple[int, bool | None]] = {}

    def __bool__(self) -> bool:
        return bool(self._of_names.indexes or self._of_paths.indexes)

    def decide(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether the entry at a path, relative to the ignore file, is ignored; `None` when no pattern speaks of it.

        As in Git, what lies in an ignored folder is not asked about; see `covers`.
        """
        path = path + "/" if is_folder else path
        name = path[path.rfind("/", 0, -1) + 1 :]
        on_name = self._decisions_on_names.get(name)
        if on_name is None:
            on_name = self._decisions_on_names[name] = self._of_names.decide(name)
        return max(on_name, self._of_paths.decide(path), key=lambda decision: decision[0])[1]

    def covers(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether a path is ignored, be it itself or through a folder above it."""
        parts = path.split("/")
        folders = ("/".join(parts[:end]) for end in range(1, len(parts)))
        if any(self.decide(folder, is_folder=True) for folder in folders):
            return True
        return self.decide(path, is_folder=is_folder) is True


class _Part:
    """Some of the patterns of an ignore file, each with its place in it.

    Patterns without a slash inside speak of names, wherever they are. Names repeat in a tree, so that one answer serves
    many files: the library needs 40 microseconds for 50 patterns, which for 30,000 files is more than a second.
    """

    def __init__(self, lines: Sequence[tuple[int, str]]) -> None:
        self.indexes = [index for index, _ in lines]
        self._spec = _specification([line for _, line in lines]) if lines else None

    def decide(self, path: str) -> tuple[int, bool | None]:
        """What the last pattern that matches says, with its place; -1 when none does."""
        result = self._spec.check_file(path) if self._spec is not None else None
        if result is None or result.index is None:
            return -1, None
        return self.indexes[result.index], result.include


def _about_entries(line: str) -> str:
    """The line with `folder/**` as `folder/**/*`.

    For pathspec the former matches the folder too, for Git only what is in it, so that `!folder/keep.yaml` may follow.
    """
    return _TWO_STARS_AT_THE_END.sub(r"**/*\1", line)


def _has_slash_inside(line: str) -> bool:
    return "/" in line.rstrip().removesuffix("/")


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


class Scope(NamedTuple):
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
