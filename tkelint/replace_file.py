"""Writing of files in one step: whoever reads one sees the old content or all of the new one, whenever that is.

`write_in_one_step` writes an output of tkelint, `replace` a file of the user's that was read before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from tkelint.files import FoundFile, read

if TYPE_CHECKING:
    from collections.abc import Iterable


class ChangedMeanwhileError(Exception):
    """A file is not what it was when it was read: another program wrote it, or a link took its place."""


def write_in_one_step(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file. Folders on the way are made; a link is followed, so that the file it names is replaced.

    Raises `OSError` when it cannot be written; nothing is left behind then.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        status: os.stat_result | None = target.stat()
    except FileNotFoundError:
        status = None
    _put(target, pieces, status)


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Give a file another content, if it still has the one it had; its mode stays, and its owner where that is allowed.

    `path` is the file's real path: no link is followed, so nothing is written where nothing was read. Raises
    `ChangedMeanwhileError`, and `OSError` when it cannot be written; the file is as it was then.
    """
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or os.path.realpath(path) != os.fspath(path):
        raise ChangedMeanwhileError
    if read(FoundFile(os.fspath(path), path.name)) != before:
        raise ChangedMeanwhileError
    if not os.access(path, os.W_OK):
        raise PermissionError(13, os.strerror(13))  # a file that says it is not to be written, in a folder that may be
    _put(path, [after], status)


def _put(target: Path, pieces: Iterable[bytes], status: os.stat_result | None) -> None:
    """Write beside the target, then take its place. `status` is that of the file that is replaced."""
    import tempfile  # noqa: PLC0415 - few runs write a file

    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        if status is None:
            temporary.chmod(0o666 & ~_mask())
        else:
            _make_alike(temporary, target, status)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _make_alike(name: Path, target: Path, status: os.stat_result) -> None:
    """Give a new file what the old one has besides its content: owner, mode, extended attributes."""
    for owner in ((status.st_uid, -1), (-1, status.st_gid)) if hasattr(os, "chown") else ():
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(name, *owner)
    with contextlib.suppress(OSError):
        shutil.copystat(target, name)
    name.chmod(stat.S_IMODE(status.st_mode))
    os.utime(name)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
