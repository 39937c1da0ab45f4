"""Running another program on input that may be hostile: bounded in time, output and memory, without network settings.

The program sees an environment of its own, an empty home and no search path, so that it finds neither credentials nor
other programs; what would go to the network goes to a port that nobody listens on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STEP: Final = 0.02  # seconds between two looks at a running program
_NOWHERE: Final = "http://127.0.0.1:9"  # the discard port
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
# What sends programs that would use the network nowhere.
NO_NETWORK: Final = {**dict.fromkeys(_PROXIES, _NOWHERE), "NO_PROXY": "", "no_proxy": ""}


class Limits(NamedTuple):
    """What a program may use: seconds, bytes of output, bytes of address space."""

    seconds: float = 30
    output: int = 64 * 2**20
    memory: int = 8 * 2**30


class Outcome(NamedTuple):
    """What a program came to. `stopped` says which limit it went beyond; its output is then not complete."""

    status: int
    output: bytes
    errors: bytes
    stopped: Literal["", "time", "size"] = ""


def run_contained(
    command: Sequence[str], *, folder: Path, limits: Limits | None = None, environment: Mapping[str, str] | None = None
) -> Outcome:
    """Run a program in a folder until it ends or goes beyond a limit. Raises `OSError` if it cannot be started.

    `environment` is added to what every program gets.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="tkelint-", ignore_cleanup_errors=True) as home:
        output, errors = Path(home, "output"), Path(home, "errors")
        Path(home, "home").mkdir()
        with output.open("wb") as to_output, errors.open("wb") as to_errors:
            process = subprocess.Popen(  # noqa: S603 - the caller names the program, by its full path
                list(command),
                cwd=folder,
                env={**_environment(Path(home, "home")), **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=to_output,
                stderr=to_errors,
                start_new_session=True,
            )
            _bound(process.pid, limits)
            try:
                stopped = _wait(process, (output, errors), limits)
            finally:
                _end(process)
        return Outcome(process.returncode, _read(output, limits.output), _read(errors, limits.output), stopped)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LANG") if name in os.environ}
    folders = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(home))
    return {**kept, **folders, **NO_NETWORK, "PATH": str(home)}


def _bound(pid: int, limits: Limits) -> None:
    """Bound address space and processor time, where the system can do that to another process.

    The processor time matters where tkelint itself is killed: nobody is left then to stop the program.
    """
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource  # noqa: PLC0415 - Windows has none

        seconds = ceil(limits.seconds * (os.cpu_count() or 1)) + 1
        resource.prlimit(pid, resource.RLIMIT_AS, (limits.memory, limits.memory))
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))


def _wait(process: subprocess.Popen[bytes], files: Sequence[Path], limits: Limits) -> Literal["", "time", "size"]:
    end = time.monotonic() + limits.seconds
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STEP)
            return ""
        if any(file.stat().st_size > limits.output for file in files):
            return "size"
        if time.monotonic() > end:
            return "time"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what still runs, children included."""
    if process.poll() is None:
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _read(file: Path, limit: int) -> bytes:
    with file.open("rb") as stream:
        return stream.read(limit)
