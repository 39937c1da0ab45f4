"""Damaged files: a plan never raises, and what it changes it changes once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_rules import CONTENTS
from tkelint.config import config_from
from tkelint.engine import lint
from tkelint.fixing.plan import plan
from tkelint.rule import load_rules
from tkelint.source import SourceFile

if TYPE_CHECKING:
    from tkelint.fixing.model import Outcome, Sources
    from tkelint.report import Report

TEXTS = [
    example["bad"]
    for content in CONTENTS.values()
    for example in content["examples"]
    if isinstance(example.get("bad"), str)
]
DAMAGE = [
    "&a ", "*a", "!t ", "'", '"', "#", " # c", "{", "}", "[", "]", ":", ": ", "- ", "\t", "\r", "\r\n", "\n", "\x85",
    "\u2028", "|", "|+", ">", "<<: *a", "---\n", "...\n", "\ufeff", "\x00", "é", "日", "? ", "%YAML 1.1\n", "  ", "null", "~",
    "{{ .Values.x }}", "${X}",
]  # fmt: skip
CONFIG = config_from({}, root=Path())


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(TEXTS),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(DAMAGE), st.integers(0, 8)), min_size=1, max_size=4),
)
def test_damaged_file_is_fixed_once_or_not_at_all(text: str, damages: list[tuple[float, str, int]]) -> None:
    for where, what, gone in damages:
        at = int(where * len(text))
        text = text[:at] + what + text[at + gone :]

    outcome = outcome_of(text)

    assert outcome.report.crashes == ()
    for change in outcome.changes:
        assert outcome_of(change.after.text).changes == ()


def outcome_of(text: str) -> Outcome:
    def look(sources: Sources) -> Report:
        return lint(sources, CONFIG)

    return plan([(SourceFile("manifests.yaml", text), True)], look, rules={*load_rules()}, unsafe=True)
