"""The table of CoreDNS's plugins against the lists of directives of ten of its releases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

_PROJECT = Path(__file__).parents[2]


def read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(_PROJECT / path)
    return content


PLUGINS = read("rules/facts/coredns-releases.yaml")
DIRECTIVES = read("tests/fixtures/corefile/directives.yaml")


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@pytest.mark.parametrize("release", DIRECTIVES)
def test_each_release_knows_its_directives(release: str) -> None:
    known = {
        name
        for name, facts in PLUGINS.items()
        if version(facts["since"]) <= version(release) < version(facts.get("removed", "999.0.0"))
    }

    assert known == set(DIRECTIVES[release].split())


def test_the_order_is_the_compiled_one() -> None:
    ordered = sorted((facts["order"], name) for name, facts in PLUGINS.items() if "order" in facts)

    assert [name for _, name in ordered] == DIRECTIVES["1.14.7"].split()
    assert [order for order, _ in ordered] == list(range(1, len(ordered) + 1))


def test_what_else_is_said_of_plugins_is_of_real_ones() -> None:
    names = read("rules/facts/coredns-plugins.yaml")

    assert set(names["never-answer"]) <= set(PLUGINS)
    assert set(read("rules/facts/coredns-setup.yaml")) == {name for name, facts in PLUGINS.items() if "order" in facts}
    assert not set(names["external"]) & set(DIRECTIVES["1.14.7"].split())
