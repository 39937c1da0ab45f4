"""A tree of Git's in a temporary folder: the bytes of its objects as they are, so that it can be read like any other.

Nothing is checked out: no filter, no attribute and no hook has a part in it. Only what a run can ask for is written:
manifests, ignore files, configurations, what lies in charts and kustomizations, and what the command line names. Trees
may be hostile: names that would lead out of the folder are left out, links are made last, so that nothing is written
through one, and there is a limit to how much is written.
"""

from __future__ import annotations

import errno
import os
import posixpath
import tempfile
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.config.find import NAMES
from tkelint.discovery import discover, is_manifest_name
from tkelint.files import MAX_FILE_SIZE, FoundFile, SkippedFile, read
from tkelint.git_objects import SUBMODULE, SYMLINK, Entry, GitError, Repository

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_CHUNK: Final = 2**20
# Two entries of one name, a file that another entry takes for a folder, a name that is too long or has odd bytes.
_NOT_A_NAME: Final = frozenset(
    {errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOENT}
)
_MEMORY: Final = "/dev/shm"  # noqa: S108 - only the parent of a folder that mkdtemp makes
_MOST_BYTES: Final = 2**30
_MOST_FILES: Final = 200_000
_ALWAYS: Final = frozenset({".gitignore", ".helmignore", *NAMES})
# Below a folder with one of these, any file may be part of what is rendered.
_RENDERED: Final = frozenset({"Chart.yaml", "kustomization.yaml", "kustomization.yml", "Kustomization"})
_SEPARATORS_OF_WINDOWS: Final = ("\\", ":")


class Wanted(NamedTuple):
    """What the command line adds to what is always written: files, and folders with everything below.

    Both are relative to the root of the repository; the folder `.` is everything.
    """

    files: Collection[str] = ()
    folders: Collection[str] = ()


@contextmanager
def temporary_folder(environment: Mapping[str, str]) -> Iterator[Path]:
    """A folder for a snapshot, by its real path; it is removed afterwards.

    In memory where there is room for it, and no one has said otherwise: a disk takes longer for thousands of files than
    everything else together.
    """
    place = None
    if not any(environment.get(name) for name in ("TMPDIR", "TEMP", "TMP")) and _free_bytes(_MEMORY) > 2 * _MOST_BYTES:
        place = _MEMORY
    with tempfile.TemporaryDirectory(prefix="tkelint-", dir=place, ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


def _free_bytes(folder: str) -> int:
    """How much room there is to write; none where that cannot be."""
    if not hasattr(os, "statvfs") or not os.access(folder, os.W_OK | os.X_OK):
        return 0
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def write_snapshot(repository: Repository, entries: Iterable[Entry], folder: Path, wanted: Wanted) -> None:
    """Write a tree below an empty folder, given by its real path. To discovery that is the root of a repository."""
    folder.joinpath(".git").mkdir()
    entries = [entry for entry in entries if _is_sound(entry.path)]
    needed = list(chosen(entries, wanted))
    if len(needed) > _MOST_FILES:
        raise GitError("tree-too-large", files=len(needed))
    files: dict[str, list[str]] = defaultdict(list)
    links: dict[str, list[str]] = defaultdict(list)
    for entry in needed:
        (links if entry.mode == SYMLINK else files)[entry.id].append(entry.path)
    _write_files(repository, files, folder)
    _copy_dependencies(
        repository.folder, folder, {posixpath.dirname(path) for paths in files.values() for path in paths}
    )
    for submodule in submodules_of(entries):
        _copy_submodule(repository.folder / submodule, folder / submodule)
    for identity, data in repository.contents(links, _MOST_FILES):
        for path in links[identity]:
            _write_link(folder, path, data)


def _write_files(repository: Repository, files: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Write files, given by the ids of their contents."""
    written = 0
    made = _make_folders(folder, [path for paths in files.values() for path in paths])
    for identity, data in repository.contents(files, MAX_FILE_SIZE):
        for path in files[identity]:
            if data is None:
                _do_without(path, identity)
            elif posixpath.dirname(path) in made:
                written += _write_file(f"{folder}/{path}", data)
        if written > _MOST_BYTES:
            raise GitError("tree-too-large", files=len(files))


def submodules_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The folders that are repositories of their own."""
    return tuple(entry.path for entry in entries if entry.mode == SUBMODULE)


def _is_sound(path: str) -> bool:
    """Whether a path leads to a file below the folder: Git refuses others, but a tree can be made to have them."""
    parts = path.split("/")
    if os.name == "nt" and any(character in path for character in _SEPARATORS_OF_WINDOWS):
        return False
    return all(part not in ("", ".", "..") and part.lower() != ".git" for part in parts)


def chosen(entries: Iterable[Entry], wanted: Wanted) -> Iterator[Entry]:
    """The files of a tree that a run can ask for."""
    entries = [entry for entry in entries if entry.mode != SUBMODULE]
    folders = {posixpath.dirname(each.path) or "." for each in entries if posixpath.basename(each.path) in _RENDERED}
    folders.update(wanted.folders)
    files = set(wanted.files)
    for entry in entries:
        name = posixpath.basename(entry.path)
        # A link may lead to a folder, and so have any name.
        is_plain = entry.mode == SYMLINK or is_manifest_name(name) or name in _ALWAYS or entry.path in files
        if is_plain or not folders.isdisjoint(_folders_above(entry.path)):
            yield entry


def _folders_above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
    yield "."


def _make_folders(folder: Path, paths: Iterable[str]) -> frozenset[str]:
    """Make the folders that files lie in, each once; those that the disk takes are returned."""
    made = set()
    for name in {posixpath.dirname(path) for path in paths}:
        try:
            os.makedirs(f"{folder}/{name}", exist_ok=True)
            made.add(name)
        except OSError as error:
            _tolerate(error)
    return frozenset(made)


def _write_file(path: str, data: bytes | int) -> int:
    """Write a file and say how many bytes; one that is too large is made as long, without content, and so not read."""
    try:
        descriptor = os.open(path, _NEW_FILE, 0o600)
        try:
            if isinstance(data, int):
                os.ftruncate(descriptor, min(data, MAX_FILE_SIZE + 1))
                return 0
            return sum(os.write(descriptor, data[start : start + _CHUNK]) for start in range(0, len(data), _CHUNK))
        finally:
            os.close(descriptor)
    except OSError as error:
        _tolerate(error)
        return 0


def _tolerate(error: OSError) -> None:
    """Pass over a name that the disk cannot have. What else goes wrong, such as a full disk, would hide files."""
    if error.errno not in _NOT_A_NAME:
        raise GitError("no-snapshot", detail=error.strerror or error)


def _do_without(path: str, identity: str) -> None:
    """Pass over a file that a partial clone does not have, unless its absence would look like a deletion."""
    name = posixpath.basename(path)
    if is_manifest_name(name) or name in _ALWAYS:
        raise GitError("object-missing", path=path, id=identity)


def _write_link(folder: Path, path: str, data: bytes | int | None) -> None:
    target = folder / path
    try:
        # A hostile tree may have something below what is a link as well.
        if isinstance(data, bytes) and os.path.realpath(target.parent) == os.path.abspath(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(os.fsdecode(data))
    except (OSError, ValueError):  # no links on this disk, or a NUL in it
        return


def _copy_dependencies(source: Path, target: Path, folders: Iterable[str]) -> None:
    """What `helm dependency build` has fetched for charts: as it lies there, since Git mostly does not know it.

    Without it, what it brings would look new, or gone.
    """
    for folder in folders:
        fetched = source / folder / "charts"
        is_chart = (target / folder / "Chart.yaml").is_file()
        if not is_chart or not fetched.is_dir() or fetched.resolve() != fetched:
            continue
        _make_folders(target, [posixpath.join(folder, "charts", "any")])
        for file in sorted(fetched.glob("*.tgz")):
            data = read(FoundFile(str(file), file.name))
            if not isinstance(data, SkippedFile):
                _write_file(str(target / folder / "charts" / file.name), data)


def _copy_submodule(source: Path, target: Path) -> None:
    """The manifests of a submodule as they lie in the folder: the repository has no objects of them."""
    if not source.is_dir() or source.resolve() != source:  # a link that is there now may lead anywhere
        return
    found = [file for file in discover([source], root=source).files if not Path(file.display).is_absolute()]
    made = _make_folders(target, [".git/HEAD", *(file.display for file in found)])
    for file in found:
        data = read(file)
        if not isinstance(data, SkippedFile) and posixpath.dirname(file.display) in made:
            _write_file(f"{target}/{file.display}", data)
