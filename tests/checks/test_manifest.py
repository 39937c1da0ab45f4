"""Annotations and labels: values that are no strings, and how to repair them."""

from __future__ import annotations

import pytest

from tests.linting import resource_of, resources_of, workspace_of
from tkelint.checks.manifest import annotation_value_not_string, string_map_malformed
from tkelint.problem import Edit, Problem


def problems_of(text: str) -> list[Problem]:
    resource = resource_of(text)
    workspace = workspace_of(text)
    return [*annotation_value_not_string(resource, workspace), *string_map_malformed(resource, workspace)]


def annotated(value: str) -> str:
    return f"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    key: {value}\n"


@pytest.mark.parametrize(
    ("value", "message", "repaired"),
    [
        ("true", "boolean", '"true"'),
        ("True", "boolean", '"true"'),
        ("yes", "boolean", '"true"'),
        ("off", "boolean", '"false"'),
        ("10", "number", '"10"'),
        ("0x1F", "number", '"0x1F"'),
        ("1.10", "number", '"1.10"'),
        ("1e3", "number", '"1e3"'),
    ],
)
def test_scalar_is_repaired_by_quoting_it(value: str, message: str, repaired: str) -> None:
    (problem,) = problems_of(annotated(value))

    assert (problem.message, problem.parameters["value"]) == (message, value)
    assert problem.fix is not None
    assert problem.fix.safe
    assert [edit.text for edit in problem.fix.edits] == [repaired]


@pytest.mark.parametrize(("value", "message"), [('{"80": {}}', "mapping"), ("[a]", "list"), ("{}", "mapping")])
def test_collection_is_reported_without_a_repair(value: str, message: str) -> None:
    (problem,) = problems_of(annotated(value))

    assert (problem.message, problem.fix) == (message, None)


@pytest.mark.parametrize("value", ['"true"', "'10'", "text", "2026-11-22", "12:30:45x", "", "~", "null", "|\n      1"])
def test_text_and_null_are_accepted(value: str) -> None:
    assert problems_of(annotated(value)) == []


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("annotations: 'kubernetes.io/ingress.existLbId： lb-1'", "full-width-colon"),
        ("annotations: kubernetes.io/ingress.class:qcloud", "scalar"),
        ("annotations: 1", "scalar"),
        ("labels: [app=web]", "list"),
    ],
)
def test_metadata_that_is_no_mapping_says_what_it_is(metadata: str, message: str) -> None:
    (problem,) = problems_of(f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, {metadata}}}\n")

    assert problem.message == message


def test_objects_of_a_list_are_looked_at_one_by_one() -> None:
    text = """\
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Service, metadata: {name: a, annotations: {key: true}}}
  - {apiVersion: v1, kind: Service, metadata: {name: b, annotations: {key: "true"}}}
"""
    workspace = workspace_of(text)

    found = {resource.name: list(annotation_value_not_string(resource, workspace)) for resource in resources_of(text)}

    assert [name for name, problems in found.items() if problems] == ["a"]


def test_templates_of_built_in_workloads_are_looked_at() -> None:
    text = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template: {metadata: {annotations: {pod: 1}}, spec: {}}
  volumeClaimTemplates: [{metadata: {labels: {claim: 2}}}]
"""
    fields = [problem.node.field for problem in problems_of(text)]

    assert fields == ["spec.template.metadata.annotations.pod", "spec.volumeClaimTemplates[0].metadata.labels.claim"]


@pytest.mark.parametrize(
    ("line", "repaired"),
    [
        ("service.kubernetes.io/tke-existed-lbid：lb-6swt12ab", '{"service.kubernetes.io/tke-existed-lbid": "lb-6swt12ab"}'),
        ("key： “true”", '{"key": "true"}'),
        ("key：", '{"key": ""}'),
        ("a：b c：d", None),
        ("键：值", None),
    ],
)  # fmt: skip
def test_entry_with_a_full_width_colon_is_written_as_a_mapping(line: str, repaired: str | None) -> None:
    (problem,) = problems_of(f"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    {line}\n")

    assert problem.message == "full-width-colon"
    assert (
        [edit.text for edit in problem.fix.edits if isinstance(edit, Edit)] == [repaired]
        if problem.fix
        else not repaired
    )
