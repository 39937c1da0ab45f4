"""The rule files: their schema, their texts, and their examples, which are run strictly both ways."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.linting import lint_texts
from tkelint.compiled import RULES, read_yaml, rule_files
from tkelint.rule import LANGUAGES, load_rules

SCHEMA = json.loads((RULES / "rule.schema.json").read_text(encoding="utf-8"))
FILES = sorted(rule_files())
CONTENTS = {path.stem: read_yaml(path) for path in FILES}

_EXPECT = re.compile(r"# expect: (?P<rule>[\w-]+)(?: (?P<severity>error|warning|note))?")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rule_file_satisfies_the_schema(path: Path) -> None:
    errors = [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(CONTENTS[path.stem])]

    assert errors == []
    assert CONTENTS[path.stem]["id"] == path.stem


@pytest.mark.parametrize("rule_id", CONTENTS)
def test_rule_says_the_same_in_both_languages(rule_id: str) -> None:
    for where, text in _texts(CONTENTS[rule_id]):
        fields = {language: _fields(text[language]) for language in LANGUAGES}
        assert fields["en"] == fields["zh"], where
        assert _HAN.search(text["zh"]), f"{where} is not Chinese"
        assert not _HAN.search(text["en"]), f"{where} is not English"


@pytest.mark.parametrize("rule_id", CONTENTS)
def test_rule_has_a_bad_and_a_good_example(rule_id: str) -> None:
    examples = CONTENTS[rule_id]["examples"]

    assert any("bad" in example for example in examples)
    assert any("good" in example for example in examples)


@pytest.mark.parametrize("rule_id", CONTENTS)
def test_rule_quotes_an_official_page(rule_id: str) -> None:
    official = ("https://cloud.tencent.com/", "https://www.tencentcloud.com/", "https://kubernetes.io/", "https://coredns.io/",
                "https://github.com/coredns/", "https://yaml.org/", "https://github.com/kubernetes/", "https://helm.sh/", "https://tkelint.")  # fmt: skip
    for reference in CONTENTS[rule_id]["references"]:
        assert reference["url"].startswith(official)


@pytest.mark.parametrize("rule_id", [rule_id for rule_id, content in CONTENTS.items() if "check" in content])
def test_check_of_a_rule_exists(rule_id: str) -> None:
    assert callable(load_rules()[rule_id].check)


def _cases(key: str) -> list[Any]:
    return [
        pytest.param(rule_id, example, id=f"{rule_id}-{number}")
        for rule_id, content in CONTENTS.items()
        for number, example in enumerate(content["examples"])
        if key in example
    ]


@pytest.mark.parametrize(("rule_id", "example"), _cases("bad"))
def test_bad_example_is_reported_where_it_says(rule_id: str, example: dict[str, Any]) -> None:
    files = _tree(example["bad"])
    expected = {
        (path, number, match["severity"])
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in _EXPECT.finditer(line)
        if match["rule"] == rule_id
    }
    assert expected, "the example expects nothing"

    report = lint_texts(files, example.get("config"), rules={rule_id, *example.get("rules", ())})

    assert report.crashes == ()
    findings = [finding for finding in report.findings if finding.rule_id == rule_id]
    found = {(each.place.source.path, each.place.region.start_line, each.severity.value) for each in findings}
    said = {(path, line, severity) for path, line, severity in found if (path, line, severity) in expected}
    said |= {(path, line, None) for path, line, _ in found if (path, line, None) in expected}
    assert said == expected
    assert {(path, line) for path, line, _ in found} == {(path, line) for path, line, _ in expected}


@pytest.mark.parametrize(("rule_id", "example"), _cases("good"))
def test_good_example_is_silent(rule_id: str, example: dict[str, Any]) -> None:
    rules = {rule_id, "manifest-syntax-error", *example.get("rules", ())}
    report = lint_texts(_tree(example["good"]), example.get("config"), rules=rules)

    assert report.crashes == ()
    assert [f"{finding.rule_id}: {finding.message['en']}" for finding in report.findings] == []


def _tree(example: str | dict[str, str]) -> dict[str, str]:
    return {"manifests.yaml": example} if isinstance(example, str) else example


def _texts(content: dict[str, Any], where: str = "") -> list[tuple[str, dict[str, str]]]:
    found = []
    for key, value in content.items():
        if isinstance(value, dict) and key not in ("match", "config"):
            here = f"{where}.{key}".lstrip(".")
            if set(value) == set(LANGUAGES):
                found.append((here, value))
            elif key != "examples":
                found += _texts(value, here)
    return found


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
