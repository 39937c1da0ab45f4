"""`python -I action STEP`: one step of the action. Isolated, since a pull request may have a `json.py` of its own."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # the folder that the package `action` is in


def main() -> int:
    """Run the step and return its exit status."""
    from action import install, lint, report  # noqa: PLC0415 - found only after the line above
    from action.runner import InputError, command  # noqa: PLC0415

    steps = {"install": install.install, "lint": lint.lint, "report": report.report}
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    try:
        return steps[sys.argv[1]](os.environ)
    except InputError as error:
        print(command("error", str(error), title="tkelint"))
        return 2


if __name__ == "__main__":
    sys.exit(main())
