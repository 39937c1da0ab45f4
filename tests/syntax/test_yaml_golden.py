"""What `parse` reads is what kubectl's libraries read: every verdict recorded by `tests/oracle/yaml`."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tkelint.source import SourceFile
from tkelint.syntax.yaml import parse

FIXTURES = Path(__file__).parent.parent / "fixtures" / "yaml"

# kubectl tries JSON first and takes these; sigs.k8s.io/yaml alone, which made the verdicts, refuses them as YAML.
READ_AS_JSON = {"4MUZ-0", "6CA3", "Q5MG"}
# A merge key is no duplicate key, although strict decoding calls one that overrides another key so.
MERGES = {"merge", "merge-after-key", "merge-list", "merge-twice"}
# The API tools read nothing after the end of a document and say nothing; tkelint says so.
SAYS_MORE = "no tool reads it"


def lines(name: str) -> list[str]:
    """The lines of a file; `splitlines` would also split at characters that JSON strings may hold."""
    return (FIXTURES / name).read_text(encoding="utf-8").rstrip("\n").split("\n")


def cases(name: str) -> list[Any]:
    """Every input with its verdicts by document."""
    verdicts: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for line in lines(f"{name}.golden.jsonl"):
        verdict = json.loads(line)
        verdicts[verdict["name"]][verdict["document"]] = verdict
    inputs = map(json.loads, lines(f"{name}.jsonl"))
    return [pytest.param(case, verdicts[case["name"]], id=case["name"]) for case in inputs]


def typed(value: Any) -> str:
    """JSON in which 80 and 80.0 differ, and the order of keys does not."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize(("case", "verdicts"), [*cases("own"), *cases("yaml-test-suite")])
def test_every_document_is_read_as_the_api_tools_read_it(
    case: dict[str, str], verdicts: dict[int, dict[str, Any]]
) -> None:
    parsed = parse(SourceFile("case.yaml", case["text"]))
    values = {document.index: typed(document.value) for document in parsed.documents}
    refused = {
        error.document for error in parsed.errors if error.kind != "duplicate-key" and SAYS_MORE not in error.message
    }
    twice = {error.document for error in parsed.errors if error.kind == "duplicate-key"}

    if case["name"] in READ_AS_JSON:
        assert [typed(json.loads(case["text"]))] == list(values.values())
        return
    assert {index for index, verdict in verdicts.items() if "error" in verdict} == refused
    read = {index: typed(verdict.get("json")) for index, verdict in verdicts.items() if "error" not in verdict}
    assert read == {index: value for index, value in values.items() if index not in refused}
    if case["name"] not in MERGES:
        assert {index for index, verdict in verdicts.items() if "strict" in verdict} == twice


@pytest.mark.parametrize("name", ["own", "yaml-test-suite"])
def test_no_error_is_said_in_the_words_of_a_parser(name: str) -> None:
    inputs = (json.loads(line) for line in lines(f"{name}.jsonl"))
    messages = {error.message for case in inputs for error in parse(SourceFile("case.yaml", case["text"])).errors}

    assert {
        message for message in messages if re.match("(did|could) not|expected|while |found unexpected", message)
    } == set()


def test_the_lists_of_differences_name_cases_that_exist() -> None:
    names = {parameters.id for parameters in [*cases("own"), *cases("yaml-test-suite")]}

    assert names >= READ_AS_JSON | MERGES
