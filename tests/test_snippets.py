"""Every snippet of the documentation works: commands are understood, JSON and YAML files are what they look like."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner

from scripts.docs import ROOT
from tests.linting import lint_texts
from tests.pages import Block, all_blocks, blocks
from tkelint.cli import cli
from tkelint.commands import COMMANDS
from tkelint.compiled import RULES, read_yaml
from tkelint.config import load_config
from tkelint.source import SourceFile
from tkelint.syntax.yaml import parse

RULE_SCHEMA = json.loads((RULES / "rule.schema.json").read_text(encoding="utf-8"))
CONFIG_KEYS = json.loads((ROOT / "tkelint" / "config.schema.json").read_text(encoding="utf-8"))["properties"].keys()
ACTION_INPUTS = read_yaml(ROOT / "action.yml")["inputs"].keys()
HOOKS = {hook["id"] for hook in read_yaml(ROOT / ".pre-commit-hooks.yaml")}

_OPERATOR = re.compile(r"[|&;<>()]+")


@pytest.mark.parametrize("block", all_blocks("sh"), ids=str)
def test_command_lines_are_understood(block: Block) -> None:
    new_rules = {name for other in blocks(block.page, "yaml") for name in re.findall(r"(?m)^id: (\S+)$", other.text)}
    for program, *arguments in _commands(block.text):
        if Path(program).name == "tkelint" and new_rules.isdisjoint(arguments):
            _understand(arguments)
        elif Path(program).name.startswith("python") and arguments[0].endswith(".py"):
            assert (ROOT / arguments[0]).is_file()


@pytest.mark.parametrize("block", all_blocks("json"), ids=str)
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", all_blocks("yaml"), ids=str)
def test_yaml_is_what_it_looks_like(block: Block, tmp_path: Path) -> None:
    parsed = parse(SourceFile(str(block), block.text))
    assert parsed.errors == ()
    value: Any = parsed.documents[0].value

    if "apiVersion" in value:
        _check_manifests(block.text)
    elif "severity" in value:
        assert list(jsonschema.Draft202012Validator(RULE_SCHEMA).iter_errors(value)) == []
    elif value.keys() <= CONFIG_KEYS:
        _check_config(block.text, tmp_path / ".tkelint.yaml")
    elif "repos" in value:
        _check_hooks(value)
    elif "jobs" in value:
        _check_steps([step for job in value["jobs"].values() for step in job["steps"]])
    elif all("script" in job for job in value.values()):  # GitLab CI
        _check_steps([{"run": line} for job in value.values() for line in job["script"]])
    else:
        pytest.fail(f"{block} is nothing that is known")


@pytest.mark.parametrize("block", all_blocks("toml"), ids=str)
def test_toml_is_a_configuration(block: Block, tmp_path: Path) -> None:
    _check_config(block.text, tmp_path / "pyproject.toml")


def _check_manifests(text: str) -> None:
    """Manifests can be read, and where they show suppressions, each of them suppresses something."""
    report = lint_texts(text)

    assert report.crashes == ()
    assert [each.rule_id for each in report.findings if each.rule_id.startswith(("manifest-", "suppression-"))] == []
    assert bool(report.suppressed) is ("tkelint" in text)


def _check_config(text: str, file: Path) -> None:
    """A configuration is accepted, with every rule that it names."""
    file.write_text(text, encoding="utf-8")

    assert load_config(file.parent).path == file


def _check_hooks(value: dict[str, Any]) -> None:
    """A configuration of pre-commit names hooks that exist, with options that exist."""
    for repository in value["repos"]:
        for hook in repository["hooks"]:
            assert hook["id"] in HOOKS
            program, *arguments = shlex.split(hook.get("entry", "tkelint"))
            assert program == "tkelint"
            _understand([*arguments, *hook.get("args", ())])


def _check_steps(steps: list[dict[str, Any]]) -> None:
    """The steps of a CI job that use tkelint do so with inputs and options that exist."""
    used = [step for step in steps if "/tkelint@" in step.get("uses", "")]
    commands = [command for step in steps for command in _commands(step.get("run", "")) if command[0] == "tkelint"]

    assert used or commands
    for step in used:
        assert step.get("with", {}).keys() <= ACTION_INPUTS
    for _, *arguments in commands:
        _understand(arguments)


def _commands(script: str) -> Iterator[list[str]]:
    """The simple commands of a shell script: its words, split at line ends and operators."""
    for line in script.replace("\\\n", "").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        command: list[str] = []
        for word in (*lexer, ";"):
            if not _OPERATOR.fullmatch(word):
                command.append(word)
            elif command:
                yield command
                command = []


def _understand(arguments: list[str]) -> None:
    """Parse the arguments of tkelint as click does; a usage error raises. `explain` looks its rules up, so it runs."""
    name, *rest = arguments or ["check"]
    if name == "explain":
        outcome = CliRunner().invoke(cli, arguments)
        assert outcome.exit_code == 0, outcome.output
    elif name in COMMANDS:
        _command(name).make_context(name, rest)
    elif name != "--version":
        _command("check").make_context("check", arguments)


def _command(name: str) -> click.Command:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return command
