"""Git, independent of the configuration of whoever runs the tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

# A hook that runs the tests has its own repository in these variables.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def git(folder: Path, *arguments: str) -> str:
    """The output of a Git command in a folder."""
    settings = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "core.autocrlf=false")
    settings += ("-c", "commit.gpgsign=false", "-c", "core.hooksPath=")
    return subprocess.check_output(["git", *settings, *arguments], cwd=folder, env=ENVIRONMENT, encoding="utf-8")
