"""Lock what the GitHub Action installs: `action/requirements.txt`, with the hashes of every file of every package.

It holds the dependencies and the build backend of `pyproject.toml`, for every Python and system that tkelint supports.
Needs `pip install uv`. Run it after a dependency has changed and before a release; `tests/test_action_lock.py` says
when it is due.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import tomli  # tomllib came with Python 3.11

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "action" / "requirements.txt"

_COMPILE = ("pip", "compile", "--universal", "--python-version=3.10", "--generate-hashes", "--only-binary=:all:")
_LOOK = ("--no-config", "--no-header", "--no-emit-index-url", "--quiet", "--upgrade")


def wanted() -> list[str]:
    """The requirements that the lock is for, as `pyproject.toml` has them."""
    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return sorted({*project["project"]["dependencies"], *project["build-system"]["requires"]})


def header(requirements: list[str]) -> str:
    """The first lines of the lock: how it is made, and what for."""
    lines = ["# Made by scripts/lock_action.py for:", *(f"#   {each}" for each in requirements)]
    # A wheel is only unpacked; the build of anything else would fetch and run code that is not locked.
    return "\n".join([*lines, "--only-binary :all:"]) + "\n"


def main() -> None:
    """Write the lock."""
    requirements = wanted()
    command = [sys.executable, "-m", "uv", *_COMPILE, *_LOOK, "-"]
    locked = subprocess.run(command, input="\n".join(requirements), capture_output=True, check=True, encoding="utf-8")
    LOCK.write_text(header(requirements) + locked.stdout, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
