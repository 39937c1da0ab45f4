"""Validate SARIF files with Microsoft's multitool and its rules for GitHub.

    scripts/check_sarif.py [FILE ...]

Without files it lints `examples/` and checks what comes out, in both languages. The multitool comes from npm and is
kept in `.cache/`; where there is no npm, or no registry, nothing is checked and the script says so. Errors and warnings
fail; notes are counted, with why they are left as they are.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
CACHE = PROJECT / ".cache" / "sarif-multitool"
PACKAGE = "@microsoft/sarif-multitool@5.7.0"

KNOWN_NOTES = {
    "SARIF2002": "messages are written out: GitHub reads no message ids",
    "SARIF2003": "tkelint does not ask Git",
    "SARIF2006": "addresses are not reachable offline",
    "SARIF2009": "rule ids are words",
    "SARIF2011": "a context region would only make the file larger: GitHub has the source",
}


def main(arguments: list[str]) -> int:
    """Check the files; 0 when they are clean or nothing could be checked."""
    multitool = find_multitool()
    if multitool is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(argument) for argument in arguments] or lint_examples(Path(folder))
        problems = sum(check(multitool, file, Path(folder) / "validated.sarif") for file in files)
    print(f"{len(files)} SARIF files checked: {problems} errors and warnings")
    return 1 if problems else 0


def find_multitool() -> Path | None:
    """The multitool's program, installed by npm when it is not there yet.

    The wrapper that npm puts beside it is of no use: it runs the program by a shell, which splits at the `;` of the
    option `--rule-kind`.
    """
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}.get(platform.system(), "")
    name = "Sarif.Multitool.exe" if system == "win32" else "Sarif.Multitool"
    program = CACHE / "node_modules" / "@microsoft" / f"sarif-multitool-{system}" / name
    if not program.is_file() and not install():
        return None
    if not program.is_file():
        print(f"SARIF not checked: {PACKAGE} has no program for {platform.system()}")
        return None
    program.chmod(0o755)
    return program


def install() -> bool:
    """Install the multitool with npm; false, with a word about it, where that cannot be done."""
    npm = shutil.which("npm")
    if npm is None:
        print("SARIF not checked: npm is not installed, and the validator comes from there")
        return False
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [
        npm,
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--prefix",
        str(CACHE),
        PACKAGE,
    ]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode != 0:
        print(f"SARIF not checked: npm could not install {PACKAGE}")
        return False
    return True


def lint_examples(folder: Path) -> list[Path]:
    """What tkelint writes for `examples/`."""
    files = []
    for language in ("en", "zh"):
        file = folder / f"examples.{language}.sarif"
        options = [
            "--lang",
            language,
            "--fail-on",
            "never",
            "--format",
            "concise",
            "--quiet",
            "--output",
            f"sarif={file}",
        ]
        command = [sys.executable, "-m", "tkelint", "check", *options, "examples"]
        subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.DEVNULL)
        files.append(file)
    return files


def check(multitool: Path, file: Path, output: Path) -> int:
    """Print what the multitool says about a file; how many errors and warnings there are.

    Its exit status is 0 even with errors, so its own SARIF log is read.
    """
    options = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "--log", "ForceOverwrite"]
    command = [str(multitool), "validate", str(file), *options, "-o", str(output)]
    # Without this .NET wants the ICU libraries.
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    [run] = json.loads(output.read_text(encoding="utf-8-sig"))["runs"]
    if not run["results"]:
        print(f"{file.name}: the multitool has not even its usual notes, so it could not read the file")
        return 1
    failures = [*execution_failures(run), *(result for result in run["results"] if level(result) != "note")]
    for failure in failures:
        print(f"{file.name}: {level(failure)} {failure.get('ruleId', '')}: {message(failure)}")
    notes = Counter(result["ruleId"] for result in run["results"] if level(result) == "note")
    for rule_id, count in sorted(notes.items()):
        print(f"{file.name}: {count} x {rule_id}: {KNOWN_NOTES.get(rule_id, 'a new note: run the multitool by hand')}")
    return len(failures)


def execution_failures(run: dict[str, Any]) -> list[dict[str, Any]]:
    """What kept the multitool from validating at all, such as a file that is no SARIF."""
    return [
        notice
        for invocation in run.get("invocations", [])
        for notice in (
            *invocation.get("toolExecutionNotifications", []),
            *invocation.get("toolConfigurationNotifications", []),
        )
        if level(notice) != "note"
    ]


def level(result: dict[str, Any]) -> str:
    """The level of a result or notification, `warning` when it does not say."""
    return str(result.get("level", "warning"))


def message(result: dict[str, Any]) -> str:
    """The text of a result, or its identifier and arguments."""
    content = result["message"]
    return str(content.get("text") or " ".join([content.get("id", ""), *content.get("arguments", [])]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
