"""Print which share of a run goes into starting, reading, rules and reporting.

python bench/shares.py FOLDER
"""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

_BEGAN = time.perf_counter()

from tkelint import engine, reader  # noqa: E402 - what is measured is the import, too
from tkelint.commands.check import check  # noqa: E402, F401
from tkelint.reporters import ReporterOptions, render  # noqa: E402
from tkelint.run import Settings, run, settle  # noqa: E402


def main() -> None:
    """Run once with clocks at the seams."""
    started = time.perf_counter()
    spent = {"reading": 0.0}
    read_files = reader.read_files

    def timed(*arguments: object) -> object:
        began = time.perf_counter()
        try:
            return read_files(*arguments)  # type: ignore[arg-type] # passed through as they came
        finally:
            spent["reading"] = time.perf_counter() - began

    setattr(engine, "read_files", timed)  # noqa: B010 - the seam: only this file may reach behind the module's types
    settings = Settings(paths=(sys.argv[1],), use_config=False)
    report = run(settings, settle(settings), io.BytesIO())
    linted = time.perf_counter()
    size = sum(len(piece) for piece in render("text", report, ReporterOptions()))
    done = time.perf_counter()
    parts = {
        "start-up": started - _BEGAN,
        "parsing": spent["reading"],
        "finding files, indexes and rules": linted - started - spent["reading"],
        "reporting": done - linted,
    }
    total = sum(parts.values())
    print(f"shares of one run over {Path(sys.argv[1]).name} ({len(report.files)} files, {size} characters of report)")
    for name, seconds in parts.items():
        print(f"  {name:<34}{seconds * 1000:>8.0f} ms{seconds / total:>7.0%}")


if __name__ == "__main__":
    main()
