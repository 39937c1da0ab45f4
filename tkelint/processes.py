"""Work on a large tree in two processes, of which one is this.

The other one is a fork, which has everything that was read. It sends back what it found; files, which both have, go by
number. Whatever becomes of it, its part is done: by this process, if need be.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tkelint.source import SourceFile

    Result = TypeVar("Result")

# Starting another process and sending its findings takes 10 ms; for so many objects the rules take 100 ms.
_WORTH_IT: Final = 1_000
_CHUNK: Final = 1 << 16


def pay_off(objects: int) -> bool:
    """Whether two processes are faster for so many objects, and a fork of this one is safe.

    A fork has one thread only: of what others were doing it would have halves.
    """
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    return objects >= _WORTH_IT and cores > 1 and threading.active_count() == 1


def in_two(work: Callable[[int], Result], files: Sequence[SourceFile]) -> tuple[Result, Result]:
    """`work(0)` and `work(1)`, at the same time. What they give must be plain data and places in `files`."""
    reading, writing = os.pipe()
    other = os.fork()
    if other == 0:
        _send(work, files, writing)
    os.close(writing)
    with os.fdopen(reading, "rb", _CHUNK) as stream:
        try:
            first = work(0)
            data = stream.read()
        except BaseException:
            import signal  # noqa: PLC0415 - the exception

            os.kill(other, signal.SIGKILL)
            raise
        finally:
            _, status = os.waitpid(other, 0)
    return first, _received(data, files) if status == 0 else work(1)


def _send(work: Callable[[int], Any], files: Sequence[SourceFile], writing: int) -> None:
    """In the fork: do the second part, send what comes of it, and end. Nothing of the first process may go on here."""
    try:
        data = memoryview(_packed(work(1), files))
        while data:
            data = data[os.write(writing, data[:_CHUNK]) :]
        os._exit(0)
    finally:
        os._exit(1)


def _packed(value: object, files: Sequence[SourceFile]) -> bytes:
    import io  # noqa: PLC0415 - few trees are large
    import pickle  # noqa: PLC0415

    numbers = {id(file): number for number, file in enumerate(files)}

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj: Any) -> int | None:
            return numbers.get(id(obj))

    stream = io.BytesIO()
    Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(value)
    return stream.getvalue()


def _received(data: bytes, files: Sequence[SourceFile]) -> Any:
    """What the fork sent; it comes from our own process, so that pickle is safe here."""
    import io  # noqa: PLC0415 - as above
    import pickle  # noqa: PLC0415

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, pid: int) -> SourceFile:
            return files[pid]

    return Unpickler(io.BytesIO(data)).load()
