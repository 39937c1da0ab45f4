"""Completion in the shell: the scripts are accepted, and complete what a command line can hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tkelint.reporters import REPORTERS

TKELINT = [sys.executable, "-m", "tkelint"]
COMPLETE = """
source /dev/stdin
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_tkelint_completion tkelint
printf '%s\\n' "${COMPREPLY[@]}"
"""


def script(shell: str) -> str:
    return subprocess.check_output([*TKELINT, "completion", shell], encoding="utf-8")


@pytest.mark.parametrize(("shell", "options"), [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])])
def test_script_is_accepted_by_its_shell(shell: str, options: list[str], tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "completion"
    file.write_text(script(shell), encoding="utf-8")

    result = subprocess.run([program, *options, file], capture_output=True, encoding="utf-8", check=False)

    assert (result.returncode, result.stderr) == (0, "")


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A folder with a `tkelint` that is the one under test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    folder.joinpath("tkelint").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tkelint "$@"\n', encoding="utf-8")
    folder.joinpath("tkelint").chmod(0o755)
    return folder


def completions(bin_folder: Path, *words: str) -> list[str]:
    """What bash offers after these words, the last of which is being typed."""
    bash = shutil.which("bash")
    if bash is None or os.name == "nt":
        pytest.skip("bash is not installed")
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    result = subprocess.run(
        [bash, "-c", COMPLETE, "bash", "tkelint", *words],
        cwd=bin_folder.parent,
        input=script("bash"),
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return result.stdout.split()


def asked(bin_folder: Path, *words: str) -> list[str]:
    """What tkelint answers the script after these words."""
    environment = {**os.environ, "COMP_WORDS": "\n".join(("tkelint", *words)), "COMP_CWORD": str(len(words))}
    environment["_TKELINT_COMPLETE"] = "bash_complete"
    return subprocess.check_output([bin_folder / "tkelint"], env=environment, encoding="utf-8").split()


@pytest.mark.parametrize("words", [("--format",), ("check", "--format"), ("deploy", "--quiet", "--format")])
def test_formats_are_completed(bin_folder: Path, words: tuple[str, ...]) -> None:
    assert completions(bin_folder, *words, "") == list(REPORTERS)


def test_the_beginning_of_a_value_narrows_it_down(bin_folder: Path) -> None:
    assert completions(bin_folder, "--format", "s") == ["sarif"]


def test_options_are_completed_without_the_command(bin_folder: Path) -> None:
    assert completions(bin_folder, "--stat") == ["--statistics"]


def test_the_first_word_is_a_command_or_a_path(bin_folder: Path) -> None:
    assert completions(bin_folder, "expl") == ["explain"]
    assert completions(bin_folder, "--versi") == ["--version"]
    assert completions(bin_folder, "--he") == ["--help"]
    assert asked(bin_folder, "deploy") == ["file,deploy"]


def test_commands_have_completions_of_their_own(bin_folder: Path) -> None:
    assert completions(bin_folder, "completion", "") == ["bash", "zsh", "fish"]


def test_options_of_a_command_are_its_own(bin_folder: Path) -> None:
    assert completions(bin_folder, "rules", "--form") == ["--format"]
    assert completions(bin_folder, "rules", "--stat") == []
