"""The fix of every bad example of every rule that has one: applied and proven, the finding is gone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.test_rules import CONTENTS
from tkelint.config import config_from
from tkelint.engine import Selection, lint
from tkelint.fixing.model import NEW_FINDING, key_of
from tkelint.fixing.plan import plan
from tkelint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Collection

    from tkelint.fixing.model import Outcome, Sources
    from tkelint.report import Report

EXAMPLES = [
    pytest.param(rule_id, example, id=f"{rule_id}-{number}")
    for rule_id, content in CONTENTS.items()
    for number, example in enumerate(content["examples"])
    if "bad" in example
]


def sources_of(example: dict[str, Any]) -> Sources:
    bad = example["bad"]
    files = {"manifests.yaml": bad} if isinstance(bad, str) else bad
    return [(SourceFile(path, text), True) for path, text in files.items()]


def outcome_of(
    rule_id: str, example: dict[str, Any], *, witnesses: Selection, rules: Collection[str] | None = None
) -> Outcome:
    config = config_from(example.get("config") or {}, root=Path())

    def look(sources: Sources) -> Report:
        return lint(sources, config, selection=witnesses)

    return plan(sources_of(example), look, rules={rule_id} if rules is None else rules, unsafe=True)


@pytest.mark.parametrize(("rule_id", "example"), EXAMPLES)
def test_fix_of_a_bad_example_removes_its_finding(rule_id: str, example: dict[str, Any]) -> None:
    own = Selection(select=(rule_id, *example.get("rules", ())))

    outcome = outcome_of(rule_id, example, witnesses=own)

    assert [(each.finding.message["en"], each.fault) for each in outcome.refused] == []
    first = outcome_of(rule_id, example, witnesses=own, rules=())
    left = Counter(map(key_of, first.report.findings))
    left.subtract(map(key_of, outcome.applied))
    assert all(count <= left[key] for key, count in Counter(map(key_of, outcome.report.findings)).items())
    assert not [finding for finding in outcome.report.findings if finding.rule_id == rule_id and finding.repair]
    again = outcome_of(
        rule_id,
        {**example, "bad": {**_texts(example), **{each.after.path: each.after.text for each in outcome.changes}}},
        witnesses=own,
    )
    assert again.changes == ()


@pytest.mark.parametrize(("rule_id", "example"), EXAMPLES)
def test_fix_of_a_bad_example_is_refused_only_for_what_it_brings_to_light(
    rule_id: str, example: dict[str, Any]
) -> None:
    outcome = outcome_of(rule_id, example, witnesses=Selection())

    assert {each.fault.reason for each in outcome.refused} <= {NEW_FINDING}


def _texts(example: dict[str, Any]) -> dict[str, str]:
    return {source.path: source.text for source, _ in sources_of(example)}
