"""Mistakes in samples of official pages, written anew as short as they can be: each gets the finding it deserves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.linting import lint_texts
from tkelint.problem import Severity

SAMPLES = sorted((Path(__file__).parent / "fixtures" / "official-samples").glob("*.yaml"))

_EXPECT = re.compile(r"# expect: ([a-z0-9 -]+)\Z")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_mistake_of_an_official_sample_is_found_and_nothing_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = {
        (number, rule)
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _EXPECT.search(line))
        for rule in match[1].split()
    }

    report = lint_texts(text)

    alarms = [finding for finding in report.findings if finding.severity.rank <= Severity.WARNING.rank]
    assert report.crashes == ()
    assert expected
    assert {(finding.place.region.start_line, finding.rule_id) for finding in alarms} == expected


def test_every_sample_names_its_page() -> None:
    official = ("# https://cloud.tencent.com/document/product/", "# https://kubernetes.io/docs/")

    assert [path.name for path in SAMPLES if not path.read_text(encoding="utf-8").startswith(official)] == []
