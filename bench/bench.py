"""Lint the same trees with tkelint and its peers, side by side, and print ratios.

Whole processes are measured, wall time and peak memory, the median of several rounds in which every tool takes its
turn, so that a busy machine slows all of them. Peers that are not installed are left out and named.

    python bench/bench.py [--rounds 5] [--large] [--json results.json]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from trees import make_tree

# Outside of any repository: inside of one, a run also reads the rest of it for references.
TREES = Path(tempfile.gettempdir()) / "tkelint-bench"
ROOT = Path(__file__).parent.parent

SMALL, MIDDLE, LARGE = 15, 3_000, 30_000

# kubeconform would fetch schemas: it is given none and ignores that, so that it only reads.
_NO_SCHEMAS = ["-ignore-missing-schemas", "-schema-location", "/nonexistent/{{.ResourceKind}}.json", "-n", "2"]


@dataclass(frozen=True)
class Tool:
    """A command and the trees it is measured on; the slow ones are spared the large tree."""

    name: str
    command: tuple[str, ...]
    sizes: tuple[int, ...] = (SMALL, MIDDLE, LARGE)

    @property
    def is_installed(self) -> bool:
        """Whether the command can be run."""
        return shutil.which(self.command[0]) is not None


def tools() -> list[Tool]:
    """Tkelint first, then an interpreter that does nothing, then the peers."""
    beside = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([beside, os.environ["PATH"]])
    return [
        Tool("tkelint", (sys.executable, "-m", "tkelint", "--no-config", "--quiet")),
        Tool("python -c pass", (sys.executable, "-c", "pass"), (SMALL,)),
        Tool("kubeconform", ("kubeconform", *_NO_SCHEMAS)),
        Tool("kube-linter", ("kube-linter", "lint"), (SMALL, MIDDLE)),
        Tool("yamllint", ("yamllint", "-d", "relaxed"), (SMALL, MIDDLE)),
        Tool("checkov", ("checkov", "--framework", "kubernetes", "--compact", "--quiet", "-d"), (SMALL, MIDDLE)),
    ]


def as_installed() -> dict[str, str]:
    """The environment of a tool that was installed: Python keeps the bytecode of what it runs."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(command: tuple[str, ...], path: Path | None) -> tuple[float, int]:
    """Wall seconds and peak kilobytes of one run. The exit status does not matter: linters find things."""
    arguments = [*command, *([str(path)] if path else [])]
    began = time.perf_counter()
    with subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, env=as_installed()
    ) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return time.perf_counter() - began, usage.ru_maxrss


def compare(size: int, present: list[Tool], rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds and megabytes of each tool on one tree."""
    folder = make_tree(TREES / str(size), size)
    path = next(folder.rglob("*.yaml")) if size == SMALL else folder
    here = [tool for tool in present if size in tool.sizes]
    runs: dict[str, list[tuple[float, int]]] = {tool.name: [] for tool in here}
    for number in range(rounds + 1):
        for tool in here:
            result = measure(tool.command, None if tool.command[-1] == "pass" else path)
            if number:  # the first round warms the caches of files and bytecode
                runs[tool.name].append(result)
    return {
        name: (statistics.median(seconds for seconds, _ in each), statistics.median(kilo for _, kilo in each) / 1024)
        for name, each in runs.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help=f"also the tree of {LARGE} resources")
    parser.add_argument("--json", type=Path, help="write the numbers to a file")
    arguments = parser.parse_args()
    everything = tools()
    present = [tool for tool in everything if tool.is_installed]
    absent = [tool.name for tool in everything if not tool.is_installed]
    if absent:
        print(f"not installed, left out: {', '.join(absent)}\n")
    results = {}
    for size in (SMALL, MIDDLE, *([LARGE] if arguments.large else [])):
        results[size] = compare(size, present, arguments.rounds)
        own = results[size]["tkelint"][0]
        print(f"{'one file' if size == SMALL else f'{size} resources'} (median of {arguments.rounds})")
        print(f"  {'tool':<16}{'seconds':>9}{'MB':>8}{'tkelint / it':>14}")
        for name, (seconds, megabytes) in results[size].items():
            print(f"  {name:<16}{seconds:>9.3f}{megabytes:>8.0f}{own / seconds:>14.3f}")
        print()
    if arguments.large:
        growth = results[LARGE]["tkelint"][0] / results[MIDDLE]["tkelint"][0]
        print(f"{LARGE // MIDDLE} times the resources take {growth:.1f} times the time\n")
    subprocess.run([sys.executable, Path(__file__).parent / "shares.py", TREES / str(MIDDLE)], check=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
