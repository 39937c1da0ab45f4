"""A private environment with tkelint as the action's own checkout has it, and its dependencies as locked there.

So the commit that a workflow pins is what runs: nothing is taken from an index but the files whose hashes are in
`requirements.txt`, and the rest of the job keeps its Python.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from action.runner import write_outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCK = Path(__file__).with_name("requirements.txt")
TREE = LOCK.parent.parent


def install(environment: Mapping[str, str]) -> int:
    """Make the environment, unless an earlier use of the action in this job did. Sets `python` and `version`."""
    folder = Path(environment["RUNNER_TEMP"]) / f"tkelint-{_stamp()}"
    python = interpreter(folder)
    complete = folder / "complete"
    if not complete.exists():
        _run(sys.executable, "-I", "-m", "venv", "--clear", str(folder))
        pip = (str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
        _run(*pip, "--require-hashes", "--requirement", str(LOCK))
        # The build backend is among what is locked, so that building fetches nothing.
        _run(*pip, "--no-index", "--no-deps", "--no-build-isolation", str(TREE))
        complete.touch()
    version = _run(str(python), "-I", "-m", "tkelint", "--version")
    write_outputs(environment, {"python": python, "version": version.split()[-1]})
    return 0


def interpreter(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def _stamp() -> str:
    """Tells one environment from another: the Python, the action's checkout and what it locks."""
    told = f"{sys.version}\n{sys.executable}\n{TREE}\n".encode() + LOCK.read_bytes()
    return hashlib.sha256(told).hexdigest()[:16]


def _run(*command: str) -> str:
    """The standard output of a command; one that fails ends the step with what it said."""
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False, encoding="utf-8")
    if result.returncode:
        print(result.stdout)
        sys.exit(result.returncode)
    return result.stdout
