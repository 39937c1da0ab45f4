"""Values judged by the grammar of their annotation: which fault, at which place, and what was meant."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tkelint.tke_annotations import Grammar, objection

GRAMMARS = {
    "boolean": Grammar("boolean"),
    "enum": Grammar("enum", values=("ONE", "TWO"), hints={"three": {"en": "no", "zh": "不"}}),
    "integer": Grammar("integer", minimum=1, maximum=2048),
    "id": Grammar("id", prefix="lb"),
    "ids": Grammar("ids", prefix="sg", most=2),
    "region": Grammar("region"),
    "name": Grammar("name"),
    "selector": Grammar("selector"),
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("boolean", "true"), ("boolean", "false"), ("enum", "ONE"), ("integer", "1"), ("integer", "2048")),
        *(("integer", "0010"), ("id", ""), ("id", "lb-1"), ("id", "lb-6swt12ab"), ("ids", "sg-a,sg-b"), ("ids", "")),
        *(("region", "ap-shanghai-fsi"), ("region", "na-siliconvalley"), ("name", "web.prod-1"), ("selector", "a")),
    ],
)
def test_value_is_accepted(kind: str, value: str) -> None:
    assert objection(GRAMMARS[kind], value) is None


@pytest.mark.parametrize(
    ("kind", "value", "fault", "part", "repaired"),
    [
        ("boolean", "True", "go-boolean", None, "true"),
        ("boolean", "0", "go-boolean", None, "false"),
        ("boolean", " yes", "boolean", None, "true"),
        ("boolean", "“true”", "boolean", None, "true"),
        ("boolean", "perhaps", "boolean", None, None),
        ("enum", "one", "enum", None, "ONE"),
        ("enum", "four", "enum", None, None),
        ("enum", "three", "hint", None, None),
        ("integer", "0", "range", None, None),
        ("integer", "2049", "range", None, None),
        ("integer", "10M", "integer", None, None),
        ("integer", " 10 ", "integer", None, "10"),
        ("integer", "1.5", "integer", None, None),
        ("integer", "٣", "integer", None, None),
        ("integer", "9" * 5000, "integer", None, None),
        ("id", "lb_1", "id", (0, 4), None),
        ("id", "lb-", "id", (0, 3), None),
        ("id", "lb-A1", "id", (0, 5), None),
        ("id", " lb-1\n", "blanks", (0, 6), "lb-1"),
        ("ids", "sg-a, sg-b", "blanks", (5, 10), "sg-a,sg-b"),
        ("ids", "sg-a,lb-b", "id", (5, 9), None),
        ("ids", "sg-a,", "id", (5, 5), None),
        ("ids", "sg-a,sg-a", "twice", (5, 9), None),
        ("ids", "sg-a,sg-b,sg-c", "too-many", None, None),
        ("region", "Guangzhou", "region", None, None),
        ("region", "ap-guangzhou-3", "zone", None, "ap-guangzhou"),
        ("region", "ap-guangzhou ", "region", None, "ap-guangzhou"),
        ("name", "Web", "name", None, None),
        ("selector", "a => b", "selector", (3, 4), None),
    ],
)
def test_fault_is_named(kind: str, value: str, fault: str, part: Any, repaired: str | None) -> None:
    found = objection(GRAMMARS[kind], value)

    assert found is not None
    assert (found.fault, found.part, found.repaired) == (fault, part, repaired)


@pytest.mark.parametrize("kind", GRAMMARS)
def test_long_value_takes_linear_time(kind: str) -> None:
    for value in ("a" * 300_000 + "!", ",".join(f"sg-{number}" for number in range(60_000)), "a-." * 100_000):
        start = time.perf_counter()
        objection(GRAMMARS[kind], value)
        assert time.perf_counter() - start < 1
