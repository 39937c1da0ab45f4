"""No shape of an object makes a rule raise: values of examples are replaced, objects of the shop are changed at random."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile import REPLACEMENTS, VALUES, at, files_of, mutated, objects_below, objects_of, of_schema, places
from tests.linting import lint_texts
from tkelint.compiled import read_yaml, rule_files, table

PROJECT = Path(__file__).parents[2]
CONFIGS = of_schema(table("tkeserviceconfig-schema"))


@functools.cache
def example_trees() -> list[tuple[list[Any], dict[str, Any]]]:
    """The objects of every example of every rule, with the configuration the example has."""
    trees = []
    for path in sorted(rule_files()):
        for example in read_yaml(path)["examples"]:
            for tree in (example[key] for key in ("bad", "good") if key in example):
                objects = objects_of({"manifests.yaml": tree} if isinstance(tree, str) else tree)
                if objects:
                    trees.append((objects, example.get("config", {})))
    return trees


@functools.cache
def shop() -> list[Any]:
    return objects_below(PROJECT / "examples" / "shop")


@functools.cache
def users() -> list[Any]:
    """A Service and an Ingress that use the TkeServiceConfig `shop`."""
    path = PROJECT / "rules" / "tkeserviceconfig" / "tkeserviceconfig-listener-unmatched.yaml"
    return objects_of({"manifests.yaml": read_yaml(path)["examples"][0]["bad"]})


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_rule_raises_whatever_stands_in_a_field(data: st.DataObject) -> None:
    trees = example_trees()
    objects, config = trees[data.draw(st.integers(0, len(trees) - 1))]
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(objects)[1:]))
        objects = _replaced(objects, path, data.draw(st.sampled_from(REPLACEMENTS)))

    report = lint_texts(files_of(objects), config)

    assert report.crashes == ()


def _replaced(objects: list[Any], path: tuple[Any, ...], value: Any) -> list[Any]:
    if not path:
        return objects
    first, *rest = path
    changed = objects.copy()
    changed[first] = _replaced(objects[first], tuple(rest), value) if rest else value
    return changed


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_rule_raises_whatever_happens_to_the_shop(data: st.DataObject) -> None:
    report = lint_texts(files_of(data.draw(mutated(shop()))))

    assert report.crashes == ()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(config=CONFIGS | VALUES, named=st.booleans())
def test_no_rule_raises_whatever_a_tkeserviceconfig_is(config: Any, named: bool) -> None:
    if isinstance(config, dict):
        metadata = {"name": "shop", "namespace": "prod"}
        config = {**config, "apiVersion": "cloud.tencent.com/v1alpha1", "kind": "TkeServiceConfig"}
        config |= {"metadata": metadata} if named else {}

    report = lint_texts(files_of([*users(), config]))

    assert report.crashes == ()


@pytest.mark.parametrize("path", [(0, "metadata", "name"), (0, "kind")])
def test_places_are_paths(path: tuple[Any, ...]) -> None:
    assert path in places(shop())
    assert isinstance(at(shop(), path), str)
