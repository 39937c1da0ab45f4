"""Where the configuration file is. Every run asks; what reads the file is loaded only where there is one."""

from __future__ import annotations

import contextlib
import importlib
import re
from pathlib import Path
from typing import Any, Final

from tkelint.discovery import discover
from tkelint.files import SkippedFile, read
from tkelint.gitignore import find_git_root
from tkelint.patterns import pattern

PYPROJECT: Final = "pyproject.toml"
NAMES: Final = (".tkelint.yaml", ".tkelint.yml", PYPROJECT)
TABLE_HEADER: Final = pattern(r"^[ \t]*\[+[ \t]*tool[ \t]*\.[ \t]*[\"']?tkelint[\"']?[ \t]*[.\]]", re.MULTILINE)
MAX_SIZE: Final = 2**20


def find_config(start: Path) -> Path | None:
    """The nearest configuration file at or above a folder, up to the Git root.

    Outside of Git the search ends at the current folder, or at `start` when that lies elsewhere: a file that someone
    else left in `/tmp` configures nothing.
    """
    start, here = start.resolve(), Path.cwd()
    top = find_git_root(start) or (here if start.is_relative_to(here) else start)
    for folder in (start, *start.parents):
        for name in NAMES:
            path = folder / name
            if path.is_file() and (name != PYPROJECT or _has_table(path)):
                return path
        if folder == top:
            break
    return None


def _has_table(path: Path) -> bool:
    """Whether a pyproject.toml has the table `[tool.tkelint]`. One that is no TOML has it if it looks so."""
    found = discover([path], root=path.parent)
    data = read(found.files[0], MAX_SIZE) if found.files else b""
    if isinstance(data, SkippedFile) or b"tkelint" not in data:
        return False
    text = data.decode("utf-8", "replace")
    toml = toml_module()
    if toml is not None:
        with contextlib.suppress(ValueError, RecursionError):
            tools = toml.loads(text).get("tool", {})
            return isinstance(tools, dict) and "tkelint" in tools
    return TABLE_HEADER.search(text) is not None


def toml_module() -> Any:
    """`tomllib`, or `tomli`, which is the same for Python 3.10; `None` where there is neither."""
    for name in ("tomllib", "tomli"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(name)
    return None
