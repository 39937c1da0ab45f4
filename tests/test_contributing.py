"""The worked example of CONTRIBUTING.md: its rule and its check, put into a copy of the project, really report."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.docs import ROOT, localised
from tests.pages import blocks, code_spans
from tkelint.compiled import read_yaml
from tkelint.rule import LANGUAGES, load_rules

PAGE = ROOT / "CONTRIBUTING.md"


@pytest.fixture(scope="module")
def copy(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the example's two files where the page puts them."""
    root = tmp_path_factory.mktemp("example") / "project"
    shutil.copytree(checkout, root, ignore=shutil.ignore_patterns(".git"))
    for name, text in ((_path(".yaml"), _only_block("yaml")), (_path(".py"), _only_block("python"))):
        assert not (root / name).exists(), "the example is real by now: choose another one"
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_new_rule_reports_its_bad_example_and_not_its_good_ones(copy: Path) -> None:
    rule = read_yaml(copy / _path(".yaml"))
    tree = copy / "manifests"
    tree.mkdir()
    for number, example in enumerate(rule["examples"]):
        for kind in example.keys() & {"bad", "good"}:
            (tree / f"{kind}-{number}.yaml").write_text(example[kind], encoding="utf-8")

    command = ["tkelint", "--no-config", "--select", rule["id"], "--format", "concise", "--lang", "en", "manifests"]
    outcome = _run(copy, command)

    assert outcome.returncode == 1, outcome.stderr
    findings = [line for line in outcome.stdout.splitlines() if rule["id"] in line]
    assert [Path(line.partition(":")[0]).name for line in findings] == ["bad-0.yaml"]


def test_commands_of_the_example_succeed(copy: Path) -> None:
    rule_id = Path(_path(".yaml")).stem
    commands = [
        shlex.split(line) for block in blocks(PAGE, "sh") for line in block.text.splitlines() if rule_id in line
    ]
    assert len(commands) == 2

    for command in commands:
        outcome = _run(copy, command)
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_example_speaks_of_no_rule_that_exists() -> None:
    assert Path(_path(".yaml")).stem not in load_rules()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_room_of_the_house_is_shown(language: str) -> None:
    codes = code_spans(ROOT / localised(PAGE.name, language))
    shown = [code for code in codes if re.fullmatch(r"[a-z0-9_*/]+(\.py|/)", code) and code != _path(".py")]
    package = ROOT / "tkelint"
    rooms = {f"{path.name}/" if path.is_dir() else path.name for path in package.iterdir()}
    rooms = {room for room in rooms if room.endswith((".py", "/")) and not room.startswith("__")}

    assert rooms - set(shown) == set()
    places = (ROOT, package, package / "syntax")
    assert [code for code in shown if not any([*place.glob(code)] for place in places)] == []


def test_code_is_the_same_in_both_languages() -> None:
    code = [[block.text for block in blocks(ROOT / localised(PAGE.name, language))] for language in LANGUAGES]

    assert code[0] == code[1]


def _path(suffix: str) -> str:
    """The file that the page names for the rule (`.yaml`) or for the check (`.py`)."""
    folders = ("rules/service/", "tkelint/checks/")
    (path,) = {code for code in code_spans(PAGE) if code.startswith(folders) and code.endswith(suffix)}
    return path


def _only_block(language: str) -> str:
    (block,) = blocks(PAGE, language)
    return block.text


def _run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the page with this Python, in the copy, which comes before any installed tkelint."""
    program, *arguments = command
    module = ["-m", "tkelint"] if program == "tkelint" else []
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "PYTHONPATH"))}
    return subprocess.run(
        [sys.executable, *module, *arguments],
        cwd=folder,
        env={**environment, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
