"""No shape of an object keeps the graph from being built and written in every format."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import REPLACEMENTS, at, files_of, mutated, objects_below, places
from tests.hostile_names import HOSTILE
from tests.linting import workspace_of
from tkelint.graph.build import graph_of
from tkelint.graph.select import around, matching, paths
from tkelint.reporters import ReporterOptions
from tkelint.reporters.graph import FORMATS, Question, View, render
from tkelint.reporters.graph.svg import draw

PROJECT = Path(__file__).parents[1]


@functools.cache
def shop() -> list[Any]:
    return objects_below(PROJECT / "examples" / "shop")


def write_everything(files: dict[str, str] | str) -> None:
    graph = graph_of(workspace_of(files))
    found, has_more = paths(graph, matching(graph, "*", as_caller=True), (), 20)
    for question in (None, Question("*", None, found, has_more)):
        for name in FORMATS:
            written = "".join(render(name, View(graph, Path(), {}, question), ReporterOptions(language="zh")))
            assert written.isprintable() or all(
                each == "\n" or each.isprintable() for each in written.replace("\u3000", "")
            )
    assert draw(graph, "en")
    assert set(around(graph, list(graph.vertices)).vertices) == set(graph.vertices)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_shop_changed_at_random_is_drawn(data: st.DataObject) -> None:
    write_everything(files_of(data.draw(mutated(shop()))))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_value_may_stand_in_any_field_of_the_shop(data: st.DataObject) -> None:
    objects = json.loads(json.dumps(shop()))
    *holder, last = data.draw(st.sampled_from(places(objects)[1:]))
    at(objects, tuple(holder))[last] = data.draw(st.sampled_from(REPLACEMENTS))

    write_everything(files_of(objects))


def test_hostile_names_are_written_in_every_format() -> None:
    write_everything(HOSTILE)
