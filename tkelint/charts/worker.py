"""Child processes that render: one for each core, stopped and started anew when a chart takes too long or too much."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint.contained import NO_NETWORK
from tkelint.gitignore import is_within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SECONDS: Final = 60  # for one chart, with its marked copies
MEMORY: Final = 2 * 2**30  # of addresses; a few hundred MiB are enough for the largest charts
_LIBRARY: Final = "helm_python"


class Engine(NamedTuple):
    """What renders: the path of a `helm` binary, or the library and the folder that it is installed in."""

    binary: str | None
    library: str = ""


class Answer(NamedTuple):
    """What became of a job: the texts by template for the chart and each marked copy, or why there are none.

    `stopped` is what it took too much of: `time`, `memory` (which a process that dies has run out of) or `size`.
    """

    outputs: tuple[Mapping[str, str], ...] = ()
    error: str = ""
    stopped: str = ""


def find_engine(boundary: Path) -> Engine | None:
    """The `helm` of the PATH, but none of the repository itself, or the library if it is installed."""
    binary = shutil.which("helm")
    if binary and Path(binary).is_absolute() and not is_within(os.path.realpath(binary), os.path.realpath(boundary)):
        return Engine(binary)
    found = find_spec(_LIBRARY)
    return Engine(None, str(Path(found.origin).parent.parent)) if found is not None and found.origin else None


def run_jobs(
    engine: Engine, jobs: Sequence[Mapping[str, Any]], folder: Path, progress: Callable[[], None]
) -> list[Answer]:
    """Render, several at once. Each job names in `answer` a file in `folder`, which is where Helm finds its home."""
    waiting = deque(enumerate(jobs))
    answers = [Answer(stopped="memory")] * len(jobs)

    def work(number: int) -> None:
        child = None
        while True:
            try:
                index, job = waiting.popleft()
            except IndexError:
                break
            try:
                child = child or _Child(engine, folder / f"home-{number}")
            except OSError as error:
                answers[index] = Answer(error=str(error))
                continue
            answers[index], is_alive = child.render(job)
            if not is_alive:
                child.stop()
                child = None
            progress()
        if child:
            child.stop()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(min(os.cpu_count() or 1, len(jobs)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class _Child:
    """One child process."""

    def __init__(self, engine: Engine, home: Path) -> None:
        home.mkdir(exist_ok=True)
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-I", str(Path(__file__).with_name("child.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=home,
            env=_environment(home),
            start_new_session=True,
        )
        self._send({"helm": engine.binary, "library": engine.library, "memory": MEMORY})

    def render(self, job: Mapping[str, Any]) -> tuple[Answer, bool]:
        """What becomes of a job, and whether the child can take another one."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._kill()

        timer = threading.Timer(SECONDS, stop)
        timer.start()
        try:
            self._send(job)
            line = self._process.stdout.readline() if self._process.stdout else b""
        finally:
            timer.cancel()
        if not line:
            return Answer(stopped="time" if late.is_set() else "memory"), False
        return _answer(Path(job["answer"])), True

    def stop(self) -> None:
        """End the process, with what it started."""
        self._kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()

    def _send(self, value: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.write(json.dumps(value).encode() + b"\n")
                self._process.stdin.flush()

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()


def _answer(path: Path) -> Answer:
    try:
        outputs = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return Answer(stopped="size")
    if "files" not in outputs[0]:
        return Answer(error=outputs[0].get("error", ""), stopped=outputs[0].get("stopped", ""))
    return Answer(tuple(output.get("files", {}) for output in outputs))


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the user's: no cluster, no plugins, no registries, no proxies, and a home that is empty."""
    own = str(home)
    kept = {
        name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ
    }
    helm = {f"HELM_{name}": own for name in ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "PLUGINS")}
    home_of = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), own)
    own_settings = {"KUBECONFIG": os.devnull, "PATH": "", "GOMAXPROCS": "2", "LC_ALL": "C.UTF-8"}
    return {**kept, **helm, **home_of, **NO_NETWORK, **own_settings}
