"""The action's description, the workflows and what the documentation says of them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scripts import check_workflows, readme_block

PROJECT = Path(__file__).parents[1]
USES = re.compile(r"^\s*(?:- )?uses: (\S+?)@(\S+)(.*)$", re.MULTILINE)
PINNED = re.compile(r"[0-9a-f]{40}")
PLACEHOLDER = "0" * 40


def read_yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


ACTION = read_yaml((PROJECT / "action.yml").read_text(encoding="utf-8"))
GUIDES = ("docs/github-action.md", "docs/github-action.zh.md")


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the action, its workflows and those of the documentation."""
    folder = tmp_path_factory.mktemp("workflows")
    assert check_workflows.lay_out(folder) == 15
    return folder


def test_zizmor_finds_nothing(laid_out: Path) -> None:
    assert check_workflows.zizmor(laid_out) == 0


def test_actionlint_finds_nothing(laid_out: Path) -> None:
    actionlint = check_workflows.find_actionlint()
    if actionlint is None:
        pytest.skip("actionlint is not installed; scripts/check_workflows.py builds it with Go")

    result = subprocess.run([actionlint], cwd=laid_out, capture_output=True, encoding="utf-8", check=False)

    assert (result.returncode, result.stdout) == (0, "")


def test_a_faulty_workflow_would_be_found(laid_out: Path, tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    text = laid_out.joinpath(".github", "workflows", "ci.yml").read_text(encoding="utf-8")
    workflows.joinpath("ci.yml").write_text(
        text.replace("bash .ci/run", "echo ${{ github.head_ref }}"), encoding="utf-8"
    )

    assert check_workflows.zizmor(tmp_path) != 0


def test_every_action_is_pinned_to_one_commit() -> None:
    """With the version beside it, the same in all places."""
    pins: dict[str, set[str]] = {}
    pages = [PROJECT / "action.yml", *PROJECT.glob(".github/workflows/*.yml"), *PROJECT.glob("docs/*.md")]
    for name, revision, comment in (use for page in pages for use in USES.findall(page.read_text(encoding="utf-8"))):
        assert PINNED.fullmatch(revision), name
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), name
        pins.setdefault(name, set()).add(revision + comment)

    assert {name for name, revisions in pins.items() if len(revisions) > 1} == set()
    assert {"actions/checkout", "actions/setup-python", "github/codeql-action/upload-sarif"} < set(pins)


def test_inputs_never_become_program_text() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]

    assert scripts
    assert not [script for script in scripts if "${{" in script]


def test_every_input_is_passed_on() -> None:
    text = (PROJECT / "action.yml").read_text(encoding="utf-8")

    assert [name for name in ACTION["inputs"] if f"${{{{ inputs.{name} }}}}" not in text] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_guide_lists_every_input_and_output(guide: str) -> None:
    text = (PROJECT / guide).read_text(encoding="utf-8")
    tables = re.findall(r"^(?:\|.*\n)+", text, re.MULTILINE)
    names = [re.findall(r"`([\w-]+)`", "".join(line.split("|")[1] for line in table.splitlines())) for table in tables]

    assert names[0] == list(ACTION["inputs"])
    assert names[1] == list(ACTION["outputs"])


@pytest.mark.parametrize("guide", GUIDES)
def test_guide_gives_the_defaults_of_the_action(guide: str) -> None:
    text = (PROJECT / guide).read_text(encoding="utf-8")
    defaults = {name: entry["default"] for name, entry in ACTION["inputs"].items() if "default" in entry}

    assert defaults
    assert [name for name, value in defaults.items() if f"| `{name}` | `{value}` |" not in text] == []


def test_documented_workflows_use_inputs_that_exist() -> None:
    steps = [
        step
        for text in check_workflows.documented_workflows().values()
        for job in read_yaml(text)["jobs"].values()
        for step in job["steps"]
        if PLACEHOLDER in step.get("uses", "")
    ]

    assert len(steps) == 12
    assert {name for step in steps for name in step.get("with", {})} <= set(ACTION["inputs"])


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = (
        readme_block.sh_blocks((PROJECT / name).read_text(encoding="utf-8"))[:2]
        for name in ("README.md", "README.zh.md")
    )

    assert english == chinese
    assert ".venv/bin/tkelint examples/shop" in english[0]
    assert "pytest" in english[1]
