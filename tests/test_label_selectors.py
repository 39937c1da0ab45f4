"""Label selectors as text, as `labels.Parse` of k8s.io/apimachinery reads them."""

from __future__ import annotations

import time

import pytest

from tkelint.label_selectors import selector_fault


@pytest.mark.parametrize(
    "text",
    [
        *("a=b", "a==b", "a!=b", "a", "!a", "a=", "a,b", "", " ", "a in (b)", "a in (b, c)", "a notin (b,)", "a in ()"),
        *("example.com/key=value", "a > 5", "a<5", " a = b , ! c ", "a in(b)", "key-1_x.y=V.1_2-z"),
    ],
)
def test_selector_is_accepted(text: str) -> None:
    assert selector_fault(text) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("`a in (b)`", 0),
        ("a => b", 3),
        ("a in b", 5),
        ("a in (b", 7),
        ("a=b c", 4),
        ("a,,b", 2),
        ("a=b,", 4),
        ('{"a":"b"}', 0),
        ("a=-b", 2),
        ("-a", 0),
        ("a>b", 2),
        ("a in (b c)", 8),
        ("=b", 0),
        ("a/b/c=d", 0),
    ],
)
def test_fault_is_where_the_selector_stops(text: str, at: int) -> None:
    assert selector_fault(text) == at


def test_long_text_takes_linear_time() -> None:
    start = time.perf_counter()
    selector_fault("a in (" + "b," * 100_000 + "c)")
    selector_fault(" " * 100_000 + "a" * 100_000)

    assert time.perf_counter() - start < 2
