"""Large Corefiles: the rules take time in proportion, whatever there is many of."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

from tests.linting import lint_texts
from tkelint.rule import load_rules

RULES = [rule.id for rule in load_rules().values() if "Corefile" in rule.kinds]


def repeated(head: str, piece: str, tail: str = "}\n") -> Callable[[int], str]:
    """A Corefile with many of a piece, in which `#` is its number."""
    return lambda count: head + "".join(piece.replace("#", str(number)) for number in range(count)) + tail


MANY = {
    "server blocks": repeated("", "z#.org {\n errors\n cache 30s\n forward . 10.0.0.1\n}\n", ""),
    "imports of snippets": repeated("(s) {\n log a.org\n}\n", "z#.org {\n import s\n import s\n}\n", ""),
    "rewrites": repeated(".:53 {\n kubernetes cluster.local\n", " rewrite name a#.org b#.svc.cluster.local\n"),
    "suffixes": repeated(".:53 {\n kubernetes cluster.local\n", " rewrite name suffix a#.org b#.org\n"),
    "hosts": repeated(".:53 {\n hosts {\n", " 10.0.0.1 a#.org\n", " }\n forward . 10.0.0.1\n}\n"),
    "forwards": repeated(".:53 {\n", " forward a#.org 10.0.0.1\n"),
    "templates": repeated(".:53 {\n forward b.org 10.0.0.1\n", " template IN A a#.org {\n match ^a\n answer x\n }\n"),
    "mistakes": repeated("", "z#.org {\n health 80\n cach 30\n reload 5\n}\n", ""),
}


@pytest.mark.parametrize("make", MANY.values(), ids=MANY.keys())
def test_time_grows_with_the_corefile(make: Callable[[int], str]) -> None:
    small, large = (seconds(make(count)) for count in (400, 1600))

    assert large < 9 * max(small, 0.02)


def seconds(text: str) -> float:
    best = float("inf")
    for _ in range(2):
        gc.collect()
        begin = time.process_time()
        report = lint_texts({"Corefile": text}, rules=RULES)
        best = min(best, time.process_time() - begin)
        assert report.crashes == ()
    return best
