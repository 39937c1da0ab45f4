"""The commands: one module each, imported when its command is called. Nothing is decided in them.

A command turns options into settings, and what comes of them into output and an exit status. Diagnostics go to standard
output, everything else to standard error. Heavy imports stand inside the functions, so that `--help` costs nothing.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMMANDS", "Exit"]

# Where each command lives, in the order in which `--help` lists them.
COMMANDS: Final[Mapping[str, str]] = {
    "check": "tkelint.commands.check",
    "corefile": "tkelint.commands.corefile",
    "baseline": "tkelint.commands.baseline",
    "graph": "tkelint.commands.graph",
    "facts": "tkelint.commands.facts",
    "externals": "tkelint.commands.externals",
    "rules": "tkelint.commands.rules",
    "explain": "tkelint.commands.explain",
    "init": "tkelint.commands.init",
    "completion": "tkelint.commands.completion",
}


class Exit(IntEnum):
    """Exit statuses, the same for every format and command."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING_TO_LINT = 3
    INCOMPLETE = 4
    BUG = 70
