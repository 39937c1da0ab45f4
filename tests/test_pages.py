"""The documentation: both languages alike, links that lead somewhere, snippets that work, tables that are current."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from scripts.docs import ROOT, localised, rule_files
from tests.linting import lint_texts
from tests.pages import PATHS, Block, all_blocks, blocks, code_spans, heading_levels, links
from tkelint.cli import cli
from tkelint.compiled import RULES
from tkelint.config import load_config
from tkelint.rule import LANGUAGES, load_rules, rule_named
from tkelint.source import SourceFile
from tkelint.syntax.yaml import parse

# The changelog is in English alone, as its format is.
TRANSLATED = [path for path in PATHS if ".zh." not in path.name and path.name != "CHANGELOG.md"]

RULE_SCHEMA = json.loads((RULES / "rule.schema.json").read_text(encoding="utf-8"))
CONFIG_SCHEMA = json.loads((ROOT / "tkelint" / "config.schema.json").read_text(encoding="utf-8"))

_OPERATOR = re.compile(r"[|&;<>()]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _name(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


@pytest.mark.parametrize("path", TRANSLATED, ids=_name)
def test_page_exists_in_both_languages_with_the_same_structure(path: Path) -> None:
    chinese = path.with_name(localised(path.name, "zh"))

    assert heading_levels(chinese) == heading_levels(path)
    assert [block.language for block in blocks(chinese)] == [block.language for block in blocks(path)]
    assert _HAN.search(chinese.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PATHS, ids=_name)
def test_relative_links_lead_to_files(path: Path) -> None:
    relative = [link.partition("#")[0] for link in links(path) if not re.match(r"https?:|#", link)]

    assert [link for link in relative if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PATHS, ids=_name)
def test_rules_that_a_page_names_exist(path: Path) -> None:
    subjects = tuple(f"{rule_id.split('-')[0]}-" for rule_id in load_rules())
    slugs = [code for code in code_spans(path) if re.fullmatch(r"[a-z]+(-[a-z]+){2,}", code)]

    assert [slug for slug in slugs if slug.startswith(subjects) and rule_named(slug) is None] == []


@pytest.mark.parametrize("block", all_blocks("sh"), ids=str)
def test_command_lines_are_understood(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    new_rules = {match for other in blocks(block.page, "yaml") for match in re.findall(r"(?m)^id: (\S+)$", other.text)}
    for command in _commands(block.text):
        program, *arguments = command
        if Path(program).name == "tkelint" and new_rules.isdisjoint(arguments):
            _understand(arguments)
        elif Path(program).name.startswith("python") and arguments[0].endswith(".py"):
            assert (ROOT / arguments[0]).is_file()


def _commands(script: str) -> list[list[str]]:
    """The simple commands of a shell script: its words, split at operators."""
    commands: list[list[str]] = [[]]
    for line in script.replace("\\\n", "").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        for word in lexer:
            if _OPERATOR.fullmatch(word):
                commands.append([])
            else:
                commands[-1].append(word)
        commands.append([])
    return [command for command in commands if command]


def _understand(arguments: list[str]) -> None:
    """Parse the arguments of tkelint as click does; a usage error raises. `explain` looks its rules up, so it runs."""
    name, *rest = arguments or ["check"]
    if name == "explain":
        outcome = CliRunner().invoke(cli, arguments)
        assert outcome.exit_code == 0, outcome.output
    elif name in cli.commands:
        cli.commands[name].make_context(name, rest)
    elif name != "--version":
        cli.commands["check"].make_context("check", arguments)


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
    elif value.keys() <= CONFIG_SCHEMA["properties"].keys():
        file = tmp_path / ".tkelint.yaml"
        file.write_text(block.text, encoding="utf-8")
        assert load_config(tmp_path).path == file
    else:
        pytest.fail(f"{block} is nothing that is known")


def _check_manifests(text: str) -> None:
    """Manifests can be read, and where they show suppressions, each of them suppresses something."""
    report = lint_texts(text)

    assert report.crashes == ()
    assert [each.rule_id for each in report.findings if each.rule_id.startswith(("manifest-", "suppression-"))] == []
    assert bool(report.suppressed) is ("tkelint" in text)


def test_tables_of_rules_are_current() -> None:
    for path, content in rule_files().items():
        assert path.read_text(encoding="utf-8") == content, "run: python scripts/docs.py rules"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_in_the_readme(language: str) -> None:
    page = (ROOT / localised("README.md", language)).read_text(encoding="utf-8")

    assert [rule_id for rule_id in load_rules() if f"[`{rule_id}`]" not in page] == []
