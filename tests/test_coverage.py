"""docs/coverage.yaml: every sentence of the troubleshooting page, with its rules or the reason why it has none."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.docs import ROOT, coverage_files
from scripts.page_sentences import Section, fingerprints
from tkelint.compiled import read_yaml
from tkelint.rule import LANGUAGES, Reference, Rule, load_rules

COVERAGE = read_yaml(ROOT / "docs" / "coverage.yaml")
PAGE = json.loads((Path(__file__).parent / "fixtures" / "seed" / "sentences.json").read_text(encoding="utf-8"))
ENTRIES = [entry for section in COVERAGE["sections"] for entry in section.get("sentences", ())]

_HAN = re.compile(r"[\u4e00-\u9fff]")


def test_every_sentence_of_the_page_is_there() -> None:
    quoted = [
        Section(section["heading"], tuple(entry["sentence"] for entry in section.get("sentences", ())))
        for section in COVERAGE["sections"]
    ]

    assert COVERAGE["page"] == PAGE["page"]
    assert fingerprints(quoted) == PAGE["sections"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["gloss"][:40])
def test_sentence_has_rules_or_a_reason(entry: dict[str, Any]) -> None:
    assert ("rules" in entry) is not ("why" in entry)
    if "why" in entry:
        assert set(_reason(entry["why"])) == set(LANGUAGES)
        assert "how" not in entry
    else:
        assert entry["rules"]
        assert len(set(entry["rules"])) == len(entry["rules"])


def test_texts_are_in_their_language() -> None:
    texts = [entry[key] for entry in ENTRIES for key in ("how", "why") if isinstance(entry.get(key), dict)]
    texts += COVERAGE["reasons"].values()
    glosses = [each["gloss"] for each in (*ENTRIES, *COVERAGE["sections"])]

    assert [text["zh"] for text in texts if not _HAN.search(text["zh"])] == []
    assert [text for text in (*glosses, *(text["en"] for text in texts)) if _HAN.search(text)] == []


def test_every_reason_is_used() -> None:
    assert {entry["why"] for entry in ENTRIES if isinstance(entry.get("why"), str)} == set(COVERAGE["reasons"])


def test_every_rule_named_exists() -> None:
    assert _named() - set(load_rules()) == set()


def test_every_rule_that_the_page_documents_is_named() -> None:
    documented = {
        rule.id
        for rule in load_rules().values()
        if rule.folder == "loopback" or any(reference.url == COVERAGE["page"] for reference in rule.references)
    }

    assert documented - _named() == set()


@pytest.mark.parametrize(
    ("rule", "reference"),
    [
        pytest.param(rule, reference, id=rule.id)
        for rule in load_rules().values()
        for reference in rule.references
        if reference.url == COVERAGE["page"]
    ],
)
def test_rule_quotes_the_page_and_is_named_at_what_it_quotes(rule: Rule, reference: Reference) -> None:
    quoted = [entry for entry in _below(reference.section) if _overlap(entry["sentence"], reference.quote)]

    assert not reference.quote or any(rule.id in entry.get("rules", ()) for entry in quoted)


def _below(heading: str) -> list[dict[str, Any]]:
    """The sentences under a heading and the headings below it; of the whole page without one."""
    if not heading:
        return ENTRIES
    levels = [(_level(section["heading"]), section) for section in COVERAGE["sections"]]
    start = next(number for number, (_, section) in enumerate(levels) if section["heading"].lstrip("#: ") == heading)
    below = itertools.takewhile(lambda each: each[0] > levels[start][0], levels[start + 1 :])
    return [entry for _, section in (levels[start], *below) for entry in section.get("sentences", ())]


def _level(heading: str) -> int:
    marks = heading.partition(" ")[0]
    return 4 if marks == ":::" else len(marks)


def _overlap(sentence: str, quote: str) -> bool:
    return quote in sentence or sentence in quote


def test_generated_pages_are_current() -> None:
    for path, content in coverage_files().items():
        assert path.read_text(encoding="utf-8") == content, "run: python scripts/docs.py coverage"


def _reason(why: str | dict[str, str]) -> dict[str, str]:
    reason: dict[str, str] = COVERAGE["reasons"][why] if isinstance(why, str) else why
    return reason


def _named() -> set[str]:
    return {rule_id for entry in ENTRIES for rule_id in entry.get("rules", ())}
