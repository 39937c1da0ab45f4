"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import tkelint
from tkelint.patterns import _Pattern, pattern

MODULES = [
    module.name for module in pkgutil.walk_packages(tkelint.__path__, "tkelint.") if "__main__" not in module.name
]


@pytest.mark.parametrize("name", MODULES)
def test_every_pattern_of_a_module_can_be_compiled(name: str) -> None:
    for value in vars(importlib.import_module(name)).values():
        if isinstance(value, _Pattern):
            assert value.pattern


def test_there_are_patterns_to_look_at() -> None:
    assert (
        sum(isinstance(value, _Pattern) for name in MODULES for value in vars(importlib.import_module(name)).values())
        > 50
    )


def test_pattern_does_what_the_real_one_does() -> None:
    word = pattern("[a-z]+", re.IGNORECASE)

    assert word.findall("One two") == ["One", "two"]
    assert word.sub("x", "One two") == "x x"
    assert word.flags & re.IGNORECASE
    assert word.findall is word.findall


def test_unknown_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError):
        pattern("a").nothing  # noqa: B018
