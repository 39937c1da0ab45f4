"""Hatch build hook: compile `rules/` into the one file that the package loads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RulesBuildHook(BuildHookInterface[Any]):
    """Write `tkelint/_compiled.jsonl` before the wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile; fails the build when a rule cannot be read."""
        sys.path.insert(0, self.root)
        try:
            from tkelint import compiled  # noqa: PLC0415 - importable only from here on

            compiled.write_compiled(compiled.pack(compiled.compile_rules(Path(self.root) / "rules")))
        finally:
            sys.path.remove(self.root)
