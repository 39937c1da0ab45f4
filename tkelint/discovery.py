"""From paths on the command line to bytes: which files may be manifests, and safe reading of one of them.

Everything is read by its real path, once: a symbolic link is only another way to a file. What is found does not depend
on the order in which folders are listed. Nothing outside of the project is read because of a link in it, since the tree
may come from a pull request; nothing is waited for (FIFOs, devices). What was left out is listed, a folder that was not
entered as one entry whose path ends with a slash.

Left out are, besides what `.gitignore` and `exclude` say, folders that package managers fill (`THIRD_PARTY_FOLDERS`).
Hidden folders are entered like others: `.helm/` and `.k8s/` hold manifests, and that CI files hold none shows in their
content. Files of the version control itself are no files of the project and not listed either. Only the ignore files of
the project count, not those of the user, so that everyone gets the same answer.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tkelint.files import FoundFile, SkippedFile, failure
from tkelint.gitignore import IgnoreFiles, IgnoreRules, find_git_root, is_within, relative_path
from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tkelint.gitignore import Scope

VERSION_CONTROL_FOLDERS = frozenset({".git", ".hg", ".svn", ".jj", ".bzr"})
THIRD_PARTY_FOLDERS = frozenset({"node_modules", ".terraform", ".venv", ".tox", ".nox"})

MANIFEST_SUFFIXES = (".yaml", ".yml", ".json")
_MAGIC = pattern(r"[*?\[]")


class Discovery(NamedTuple):
    """What was found and what was left out, each sorted by path."""

    files: tuple[FoundFile, ...]
    skipped: tuple[SkippedFile, ...]


def discover(
    paths: Iterable[str | os.PathLike[str]],
    *,
    root: Path,
    boundary: Path | None = None,
    exclude: Sequence[str] = (),
    respect_gitignore: bool = True,
    exclude_named: bool = False,
) -> Discovery:
    """The files that paths stand for: files, folders with everything below, and globs such as `deploy/**/*.yaml`.

    A named file is found whatever its name and ignore files say; `exclude_named` makes `exclude` hold for it too (a
    hook names every changed file). `exclude` are lines as in `.gitignore`, relative to `root`. Links are followed
    inside `boundary` (by default `root`), and inside of a folder outside of it that was itself named.
    """
    search = _Search(root, boundary or root, exclude, respect_gitignore=respect_gitignore, exclude_named=exclude_named)
    for path in paths:
        search.add(os.fspath(path))
    return Discovery(
        tuple(sorted(search.files.values(), key=lambda file: file.display)),
        tuple(sorted(search.left_out(), key=lambda skipped: skipped.path)),
    )


def is_manifest_name(name: str) -> bool:
    """Whether a folder's file of this name is looked at: YAML, JSON, `Corefile`, `Corefile.*`, `*.corefile`."""
    return (
        name.lower().endswith(MANIFEST_SUFFIXES) or name.partition(".")[0] == "Corefile" or name.endswith(".corefile")
    )


def find_root(start: Path, config: Path | None) -> Path:
    """The project root: the folder of the configuration file, else the one with `.git`, else `start` itself.

    A configuration file from elsewhere, such as one shared by many projects, is no root.
    """
    start = start.resolve()
    git_root = find_git_root(start)
    if config is not None:
        folder = config.absolute().parent.resolve()  # of the file itself: it may be a link to anywhere
        if start.is_relative_to(folder) and (git_root is None or folder.is_relative_to(git_root)):
            return folder
    return git_root or start


def common_folder(paths: Sequence[str]) -> Path:
    """The folder that all paths lie in: where the search for the configuration begins."""
    folders = [_folder_of(os.path.abspath(path)) for path in paths] or [os.getcwd()]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # several drives of Windows
        return Path(folders[0])


def _folder_of(path: str) -> str:
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


class _Glob(NamedTuple):
    """A glob of the command line, relative to `base`, the folder up to its first wildcard."""

    base: str
    name: str  # its last part
    pattern: IgnoreRules
    folders: tuple[IgnoreRules, ...]  # what the folders above a match look like, by depth
    crosses_folders: bool

    @property
    def names_files(self) -> bool:
        """Whether it says more of a name than a star, so that a file of any name is meant: `*.conf`, not `*`."""
        return self.name.strip("*") != ""

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Whether the entry at a real path is meant itself."""
        return self.pattern.decide(relative_path(path, self.base), is_folder=is_folder) is True

    def may_lead(self, folder: str) -> bool:
        """Whether something below a folder may match."""
        relative = relative_path(folder, self.base)
        depth = relative.count("/")
        if depth < len(self.folders):
            return self.folders[depth].decide(relative, is_folder=True) is True
        return self.crosses_folders


class _Folder(NamedTuple):
    """A folder to list: its real path, the ignore files above it, what its entries must match, where links may lead."""

    path: str
    scope: Scope | None
    glob: _Glob | None
    zone: str


class _Target(NamedTuple):
    """What a path leads to."""

    real: str
    mode: int
    zone: str

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)


class _Search:
    """What one search has found so far: files by their real path, the rest by the path it is reported as."""

    def __init__(
        self, root: Path, boundary: Path, exclude: Sequence[str], *, respect_gitignore: bool, exclude_named: bool
    ) -> None:
        self.files: dict[str, FoundFile] = {}
        self.skipped: dict[str, SkippedFile] = {}
        self._root = os.path.realpath(root)
        self._boundary = os.path.realpath(boundary)
        self._written_root = os.path.abspath(root)
        self._spellings = (self._written_root, os.path.abspath(boundary), self._root, self._boundary)
        self._exclude = IgnoreRules(exclude)
        self._ignore_files = IgnoreFiles() if respect_gitignore else None
        self._exclude_named = exclude_named
        self._visited: set[tuple[str, _Glob | None]] = set()
        self._hits = 0

    def add(self, text: str) -> None:
        """Look for what one path of the command line or of the configuration stands for."""
        path = os.path.abspath(text)
        if _MAGIC.search(text) and not os.path.lexists(path):
            self._add_glob(path)
            return
        target = self._resolve(path, explicit=True)
        if target is None:
            return
        if self._exclude_named and self._is_excluded(target):
            self._skip(target.real, "excluded", explicit=True)
        elif target.is_folder:
            self._walk(target)
        else:
            self._add_file(target, explicit=True)

    def left_out(self) -> Iterable[SkippedFile]:
        """What was skipped and not found on another way, and ignore files that could not be read."""
        if self._ignore_files is not None:
            for path, skipped in self._ignore_files.failed.items():
                self._note(path, skipped.reason, skipped.parameters)
        found = {file.display for file in self.files.values()}
        return [skipped for skipped in self.skipped.values() if skipped.path not in found]

    def _add_glob(self, path: str) -> None:
        parts = path.split(os.sep)
        first = next(index for index, part in enumerate(parts) if _MAGIC.search(part))
        target = self._resolve(os.sep.join(parts[:first]) or os.sep, explicit=True)
        if target is not None:
            hits = self._hits
            self._walk(target, _parse_glob(target.real, parts[first:]))
            if self._hits == hits:
                self._skip(path, "not-found", explicit=True)

    def _walk(self, target: _Target, glob: _Glob | None = None) -> None:
        waiting = [self._folder(target, glob)]
        while waiting:
            folder = waiting.pop()
            if (folder.path, folder.glob) not in self._visited:
                self._visited.add((folder.path, folder.glob))
                entries = self._list(folder.path)
                here = self._with_own_ignore_files(folder, entries)
                for entry in entries:
                    waiting += self._look_safely(entry, here)

    def _list(self, path: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(path) as listing:
                return list(listing)
        except OSError as error:
            self._fail(path + "/", error)
            return []

    def _folder(self, target: _Target, glob: _Glob | None = None) -> _Folder:
        above = self._ignore_files.above(target.real, self._boundary) if self._ignore_files else None
        return _Folder(target.real, above, glob, target.zone)

    def _with_own_ignore_files(self, folder: _Folder, entries: Iterable[os.DirEntry[str]]) -> _Folder:
        if self._ignore_files is None:
            return folder
        scope = self._ignore_files.inside(folder.path, {entry.name for entry in entries}, folder.scope)
        return _Folder(folder.path, scope, folder.glob, folder.zone)

    def _look_safely(self, entry: os.DirEntry[str], folder: _Folder) -> Iterable[_Folder]:
        try:
            return self._look(entry, folder)
        except OSError as error:  # where the listing does not tell the type, each question asks the disk
            self._fail(entry.path, error)
            return ()

    def _look(self, entry: os.DirEntry[str], folder: _Folder) -> Iterable[_Folder]:
        """Take note of one entry; give the folder to enter next, if it is one."""
        if entry.is_symlink():
            return self._follow(entry, folder)
        if entry.is_dir(follow_symlinks=False):
            return self._enter(entry, folder)
        if _is_wanted(entry, folder.glob):
            reason = self._reason(entry, folder.scope, is_folder=False)
            if reason is not None:
                self._skip(entry.path, reason)
            else:
                mode = stat.S_IFREG if entry.is_file(follow_symlinks=False) else 0
                self._add_file(_Target(entry.path, mode, folder.zone))
        return ()

    def _enter(self, entry: os.DirEntry[str], folder: _Folder) -> Iterable[_Folder]:
        if entry.name in VERSION_CONTROL_FOLDERS:
            return ()
        glob = None if _is_meant(entry, folder.glob, is_folder=True) else folder.glob
        if glob is not None and not glob.may_lead(entry.path):
            return ()
        reason = self._reason(entry, folder.scope, is_folder=True)
        if reason is not None:
            self._skip(entry.path + "/", reason)
            return ()
        return (_Folder(entry.path, folder.scope, glob, folder.zone),)

    def _follow(self, entry: os.DirEntry[str], folder: _Folder) -> Iterable[_Folder]:
        """A link: to Git it is a file, whatever it leads to. What it leads to is read under its real path.

        A glob finds a linked folder only where it names the link, as `**` of a shell does.
        """
        leads_to_folder = entry.is_dir()
        if not (_is_meant(entry, folder.glob, is_folder=True) if leads_to_folder else _is_wanted(entry, folder.glob)):
            return ()
        reason = self._reason(entry, folder.scope, is_folder=False)
        if reason is not None:
            self._skip(entry.path, reason)
            return ()
        target = self._resolve(entry.path, folder.zone)
        if target is None:
            return ()
        if not target.is_folder:
            self._add_file(target)
        elif (target.real, None) not in self._visited:
            return (self._folder(target),)
        return ()

    def _reason(self, entry: os.DirEntry[str], scope: Scope | None, *, is_folder: bool) -> str | None:
        """Why an entry is left out, if it is."""
        if self._exclude and is_within(entry.path, self._root):
            relative = relative_path(entry.path, self._root)
            if self._exclude.decide(relative, is_folder=is_folder):
                return "excluded"
        if scope is not None and scope.ignores(entry.path, is_folder=is_folder):
            return "ignored-by-git"
        return "third-party" if is_folder and entry.name in THIRD_PARTY_FOLDERS else None

    def _is_excluded(self, target: _Target) -> bool:
        if target.real == self._root or not is_within(target.real, self._root):
            return False
        return self._exclude.covers(relative_path(target.real, self._root), is_folder=target.is_folder)

    def _resolve(self, path: str, zone: str | None = None, *, explicit: bool = False) -> _Target | None:
        """What a path leads to, or nothing where that is missing or out of bounds."""
        try:
            real = os.path.realpath(path)
            zone = zone or self._zone(path)
            is_inside = any(is_within(real, limit) for limit in (self._boundary, self._root, zone))
            if is_inside and not _leads_into_version_control(path, real):
                return _Target(real, os.stat(real).st_mode, zone)
        except (OSError, ValueError) as error:
            self._fail(path, error, explicit=explicit)
            return None
        self._skip(path, "outside-root", explicit=explicit)
        return None

    def _zone(self, path: str) -> str:
        """Where links below a named path may lead: inside the boundary, or for a path outside of it, inside of itself.

        What counts is how the path is written, since a pull request may make `deploy` a link to anywhere.
        """
        inside = any(is_within(path, spelling) for spelling in self._spellings)
        return self._boundary if inside else os.path.realpath(path)

    def _add_file(self, target: _Target, *, explicit: bool = False) -> None:
        real = target.real
        if not stat.S_ISREG(target.mode):
            self._skip(real, "special-file", explicit=explicit)
            return
        self._hits += 1
        known = self.files.get(real)
        if known is None or (explicit and not known.explicit):
            self.files[real] = FoundFile(real, self._display(real), explicit)

    def _skip(self, path: str, reason: str, *, explicit: bool = False) -> None:
        self._note(path, reason, {}, explicit=explicit)

    def _fail(self, path: str, error: Exception, *, explicit: bool = False) -> None:
        self._note(path, *failure(error), explicit=explicit)

    def _note(self, path: str, reason: str, parameters: Mapping[str, object], *, explicit: bool = False) -> None:
        self._hits += not path.endswith("/")
        display = self._display(path)
        self.skipped[display] = SkippedFile(display, reason, parameters, explicit)

    def _display(self, path: str) -> str:
        """What a path is reported as; a slash at the end, for a folder, stays."""
        for root in (self._root, self._written_root):
            if is_within(path, root):
                return relative_path(path, root) or "."
        if is_within(path, self._boundary):
            slash = "/" if path.endswith("/") else ""
            return os.path.relpath(path, self._root).replace(os.sep, "/") + slash
        return path.replace(os.sep, "/")


def _leads_into_version_control(path: str, real: str) -> bool:
    """Whether a link leads there: `.git/config` may hold the credentials of a checkout."""
    return not VERSION_CONTROL_FOLDERS.isdisjoint(set(real.split(os.sep)).difference(path.split(os.sep)))


def _is_wanted(entry: os.DirEntry[str], glob: _Glob | None) -> bool:
    """Whether an entry that is no folder is a file to look at by its name and path."""
    if glob is not None and glob.names_files:
        return glob.matches(entry.path, is_folder=False)
    return is_manifest_name(entry.name) and _is_meant(entry, glob, is_folder=False)


def _is_meant(entry: os.DirEntry[str], glob: _Glob | None, *, is_folder: bool) -> bool:
    return glob is None or glob.matches(entry.path, is_folder=is_folder)


def _parse_glob(base: str, parts: Sequence[str]) -> _Glob:
    crossing = parts.index("**") if "**" in parts else None
    folders = (_anchored(parts[:count]) for count in range(1, len(parts) if crossing is None else crossing + 1))
    return _Glob(base, parts[-1], _anchored(parts), tuple(folders), crossing is not None)


def _anchored(parts: Sequence[str]) -> IgnoreRules:
    return IgnoreRules(["/" + "/".join(parts)])
