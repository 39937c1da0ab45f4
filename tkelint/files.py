"""Files as bytes, read so that a hostile tree can neither block nor lead elsewhere.

What cannot be read is data too: a `SkippedFile` that says why.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import RawIOBase
    from typing import BinaryIO

MAX_FILE_SIZE = 64 * 2**20
_CHUNK = 2**16

# Windows has neither flag: links are then told apart only by their real path, and FIFOs are no files there.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_REASONS = {
    errno.ENOENT: "not-found",
    errno.ENOTDIR: "not-found",
    errno.EACCES: "permission-denied",
    errno.EPERM: "permission-denied",
    errno.ELOOP: "symlink-loop",
}


class FoundFile(NamedTuple):
    """A file to read. `location` is its real, absolute path; `display` is what it is reported as.

    That is relative to the root with `/` separators, or absolute for what lies outside of the boundary. Bytes of a name
    that are no UTF-8 are lone surrogates in it. `explicit`: named on the command line.
    """

    location: str
    display: str
    explicit: bool = False

    @property
    def path(self) -> Path:
        """The location as a path object, which is too costly to make for every file of a tree."""
        return Path(self.location)


class SkippedFile(NamedTuple):
    """A file or folder that was left out. `reason` is a key of `tkelint.language`, filled with `parameters`."""

    path: str
    reason: str
    parameters: Mapping[str, object] = MappingProxyType({})
    explicit: bool = False


def read(file: FoundFile, limit: int = MAX_FILE_SIZE) -> bytes | SkippedFile:
    """The content of a file, or why there is none. Never raises, blocks or follows a link."""
    try:
        descriptor = os.open(file.location, _OPEN_FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return SkippedFile(file.display, "special-file", explicit=file.explicit)
            if status.st_size > limit:
                return _too_large(file.display, status.st_size, limit, explicit=file.explicit)
            with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as stream:
                return read_stream(stream, file.display, limit, explicit=file.explicit)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        reason, parameters = failure(error)
        # The path was real when it was found: a link there now is no loop, it is no file.
        reason = "special-file" if reason == "symlink-loop" else reason
        return SkippedFile(file.display, reason, parameters, file.explicit)


def read_stream(
    stream: BinaryIO | RawIOBase, display: str, limit: int = MAX_FILE_SIZE, *, explicit: bool = True
) -> bytes | SkippedFile:
    """Everything that a binary stream such as standard input holds, unless it is more than the limit."""
    chunks, size = [], 0
    while size <= limit and (chunk := stream.read(min(_CHUNK, limit + 1 - size))):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks) if size <= limit else _too_large(display, size, limit, explicit=explicit)


def _too_large(display: str, size: int, limit: int, *, explicit: bool) -> SkippedFile:
    return SkippedFile(display, "too-large", {"size": size, "limit": limit}, explicit=explicit)


def failure(error: Exception) -> tuple[str, dict[str, object]]:
    """The reason, with its parameters, that an error of the operating system is."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _REASONS:
        return _REASONS[number], {}
    return "unreadable", {"detail": os.strerror(number) if number is not None else str(error)}
