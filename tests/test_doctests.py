"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import tkelint

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(tkelint.__path__, "tkelint.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0
