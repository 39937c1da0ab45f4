"""Git as a store of objects: commits, trees, the index and the bytes of files, without a checkout.

Only commands that read objects are run: no hook, filter, external diff, text conversion, file system monitor, pager or
transport has a part in them, whatever the configuration of the repository says. The environment's `GIT_*` do not count,
except for `GIT_INDEX_FILE`, by which `git commit -a` tells a hook what is to be committed. Whether the user trusts the
repository (`safe.directory`) stays Git's decision. Nothing waits for ever.
"""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import BinaryIO

SYMLINK: Final = "120000"
SUBMODULE: Final = "160000"

_PATIENCE: Final = 120  # seconds for one command
_CHUNK: Final = 2**20
_NOT_MERGED: Final = 1  # the exit status of `git merge-base` without a common ancestor

# What a repository's own configuration might make these commands do besides reading.
_SETTINGS: Final = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.untrackedCache=false",
    "safe.bareRepository=explicit",
)
_OPTIONS: Final = ("--no-pager", "--literal-pathspecs", *(part for each in _SETTINGS for part in ("-c", each)))
# A partial clone would fetch what is missing, with a program that its configuration names.
_OWN_ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class GitError(Exception):
    """What Git could not do. `key` names a text of `tkelint.cli_texts`, filled with `parameters`."""

    def __init__(self, key: str, **parameters: object) -> None:
        self.key, self.parameters = key, parameters
        super().__init__(key, parameters)


class Entry(NamedTuple):
    """A file as a tree or the index has it: `path` from the root of the repository, with `/`; bytes as surrogates."""

    path: str
    mode: str
    id: str


class Repository:
    """The repository whose work tree has its root at `folder`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Raise `GitError` where there is no Git, no repository, or one that Git does not trust."""
        self.folder = folder
        inherited = {name: value for name, value in environment.items() if not name.upper().startswith("GIT_")}
        if "GIT_INDEX_FILE" in environment:
            inherited["GIT_INDEX_FILE"] = environment["GIT_INDEX_FILE"]
        self._environment = {**inherited, **_OWN_ENVIRONMENT}
        top = self._text("rev-parse", "--show-toplevel")
        if Path(top).resolve() != folder.resolve():
            raise GitError("no-repository", folder=folder)

    def commit(self, name: str) -> str:
        """The id of the commit that a name such as `origin/main` means."""
        if not name.startswith("-"):
            with contextlib.suppress(_FailedError):
                return self._text("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}")
        raise GitError("no-such-commit-shallow" if self.is_shallow else "no-such-commit", name=name)

    def head(self) -> str | None:
        """The commit that is checked out; `None` before the first one."""
        with contextlib.suppress(_FailedError):
            return self._text("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return None

    def parents(self, name: str) -> tuple[str, ...]:
        """The parents of a commit that this clone has."""
        return tuple(self._text("rev-parse", self.commit(name) + "^@").split())

    def merge_base(self, one: str, other: str, name: str) -> str:
        """The best common ancestor of two commits; `name` is what the user calls the first one."""
        try:
            return self._text("merge-base", one, other)
        except _FailedError as error:
            if error.status != _NOT_MERGED:
                raise
        raise GitError("no-merge-base-shallow" if self.is_shallow else "no-merge-base", name=name)

    @property
    def is_shallow(self) -> bool:
        """Whether history ends somewhere, as in the checkouts of most CI jobs."""
        return self._text("rev-parse", "--is-shallow-repository") == "true"

    def tree(self, commit: str) -> tuple[Entry, ...]:
        """The files of a commit."""
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", commit)
        return tuple(_tree_entry(line) for line in listed.split(b"\0") if line)

    @functools.cached_property
    def index(self) -> tuple[Entry, ...]:
        """The files of the index, as the next commit would have them; of a conflict, our side."""
        listed = self._run("ls-files", "-s", "-z", "--full-name")
        lines = (_index_entry(line) for line in listed.split(b"\0") if line)
        found = {entry.path: entry for entry, stage in lines if stage in ("0", "2")}
        return tuple(found.values())

    def contents(self, ids: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | int | None]]:
        """The bytes of each object, in the order given; for one of more than `limit` bytes only how many.

        `None` for one that a partial clone does not have.
        """
        with tempfile.TemporaryFile() as wanted, tempfile.TemporaryFile() as complaints:
            wanted.write("".join(f"{each}\n" for each in ids).encode())
            wanted.seek(0)
            process = self._start("cat-file", "--batch", stdin=wanted, stderr=complaints)
            watchdog = threading.Timer(_PATIENCE, process.kill)
            watchdog.start()
            try:
                yield from _read_batch(process.stdout, limit)
                if process.wait() != 0:
                    complaints.seek(0)
                    raise _FailedError(process.returncode, complaints.read(_CHUNK))
            finally:
                watchdog.cancel()
                process.kill()
                process.stdout.close()
                process.wait()

    def _text(self, *arguments: str) -> str:
        return os.fsdecode(self._run(*arguments)).strip("\r\n")

    def _run(self, *arguments: str) -> bytes:
        process = self._start(*arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            output, complaint = process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise GitError("git-too-slow", seconds=_PATIENCE) from None
        if process.returncode != 0:
            raise _FailedError(process.returncode, complaint)
        return bytes(output)

    def _start(self, *arguments: str, stdin: Any, stderr: Any) -> Any:
        program = _program(self._environment)
        if program is None:
            raise GitError("no-git")
        try:
            return subprocess.Popen(  # noqa: S603 - the only words that are not ours are ids and checked names
                (program, *_OPTIONS, *arguments),
                cwd=self.folder,
                env=self._environment,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        except OSError as error:
            raise GitError("git-failed", detail=error.strerror or error) from None


class _FailedError(GitError):
    """A command that ended with a status other than 0."""

    def __init__(self, status: int, complaint: bytes) -> None:
        self.status = status
        detail = " ".join(complaint.decode("utf-8", "replace").split())
        # Git's own words speak of a remote, where the way out is a fetch.
        super().__init__("partial-clone" if "promisor" in detail else "git-failed", detail=detail or status)


def _program(environment: Mapping[str, str]) -> str | None:
    """Where Git is. Windows would look into the current folder first, where a repository may have one of its own."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        program = Path(folder, name)
        if Path(folder).is_absolute() and os.access(program, os.X_OK):
            return str(program)
    return None


def _tree_entry(line: bytes) -> Entry:
    """`mode type id<TAB>path`."""
    told, _, path = line.partition(b"\t")
    mode, _, identity = told.decode("ascii").split(" ")
    return Entry(os.fsdecode(path), mode, identity)


def _index_entry(line: bytes) -> tuple[Entry, str]:
    """`mode id stage<TAB>path`, with the stage of a merge: 0 unless there is a conflict."""
    told, _, path = line.partition(b"\t")
    mode, identity, stage = told.decode("ascii").split(" ")
    return Entry(os.fsdecode(path), mode, identity), stage


def _read_batch(stream: BinaryIO, limit: int) -> Iterator[tuple[str, bytes | int | None]]:
    """What `git cat-file --batch` prints: `id type size`, the bytes and a line end for each object, or `id missing`."""
    while header := stream.readline():
        words = header.decode("utf-8", "replace").split()
        if len(words) != 3 or not words[2].isdecimal():
            yield words[0] if words else "", None
            continue
        size = int(words[2])
        if size <= limit:
            yield words[0], stream.read(size)
        else:
            yield words[0], size
            _skip(stream, size)
        stream.read(1)


def _skip(stream: BinaryIO, size: int) -> None:
    while size > 0 and (chunk := stream.read(min(size, _CHUNK))):
        size -= len(chunk)
