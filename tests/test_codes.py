"""The event codes of TKE's controllers: their table, the page written from it, and the rules that foresee them."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from scripts.docs import code_files
from tkelint.cluster import FACTS
from tkelint.compiled import RULES, table
from tkelint.event_codes import EventCode, codes_named, event_codes
from tkelint.rule import LANGUAGES, load_rules

SCHEMA = json.loads((RULES / "controller-codes.schema.json").read_text(encoding="utf-8"))
CODES = event_codes()

# What can be foreseen, and no rule does so yet.
WITHOUT_RULE: frozenset[str] = frozenset()

_HAN = re.compile(r"[\u4e00-\u9fff]")


def test_table_satisfies_its_schema() -> None:
    errors = [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(table("controller-codes"))]

    assert errors == []


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.name)
def test_code_is_described_in_both_languages(code: EventCode) -> None:
    for said in filter(None, (code.meaning, code.when, code.why)):
        assert set(said) == set(LANGUAGES)
        assert _HAN.search(said["zh"])
        assert not _HAN.search(said["en"])
    assert set(code.facts) <= set(FACTS)


def test_every_code_of_a_rule_is_in_the_table() -> None:
    assert {code for rule in load_rules().values() for code in rule.codes} - set(CODES) == set()


def test_every_code_that_can_be_foreseen_has_a_rule() -> None:
    assert {name for name, code in CODES.items() if code.foreseen != "never" and not code.rules} == WITHOUT_RULE


def test_no_rule_foresees_what_no_static_tool_can() -> None:
    assert {name for name, code in CODES.items() if code.foreseen == "never" and code.rules} == set()


def test_rule_of_a_code_that_needs_facts_reads_them() -> None:
    for code in CODES.values():
        if code.foreseen == "facts" and code.rules:
            assert set(code.facts) <= {fact for rule in code.rules for fact in rule.facts}, code.name


def test_pages_are_up_to_date() -> None:
    stale = [path.name for path, content in code_files().items() if path.read_text(encoding="utf-8") != content]

    assert stale == [], "run `python scripts/docs.py codes`"


def test_number_alone_stands_for_every_kind() -> None:
    assert [code.name for code in codes_named("e4011")] == ["Service E4011", "Ingress E4011"]
    assert [code.name for code in codes_named("ingress  E4011")] == ["Ingress E4011"]
    assert codes_named("E9999") == ()
