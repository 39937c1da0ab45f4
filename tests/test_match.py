from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.linting import resource_of
from tkelint.match import matcher, parse_field, predicate

SCALARS = st.none() | st.booleans() | st.integers(-3, 70000) | st.floats(allow_nan=False) | st.text(max_size=5)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=2), SCALARS, max_size=2)
TYPES = st.sampled_from(["null", "boolean", "string", "number", "integer", "array", "object"])
SCHEMAS = st.fixed_dictionaries(
    {},
    optional={
        "const": SCALARS,
        "enum": st.lists(SCALARS, min_size=1, max_size=4),
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        "minimum": st.integers(-3, 40000),
        "maximum": st.integers(-3, 40000),
        "pattern": st.sampled_from(["^a", "b$", "^[0-9]+$", ""]),
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
    },
)


@given(schema=SCHEMAS, value=VALUES)
def test_own_keywords_agree_with_jsonschema(schema: dict[str, Any], value: Any) -> None:
    assert predicate(schema)(value) == jsonschema.Draft202012Validator(schema).is_valid(value)


def test_other_keywords_are_left_to_jsonschema() -> None:
    holds = predicate({"anyOf": [{"const": "a"}, {"type": "integer"}]})

    assert [holds(value) for value in ("a", 3, "b")] == [True, True, False]


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("spec.ports[*].nodePort", ("spec", "ports", "*", "nodePort")),
        (
            "metadata.annotations[kubernetes.io/ingress.class]",
            ("metadata", "annotations", "kubernetes.io/ingress.class"),
        ),
        ("container.image", ("container", "image")),
    ],
)
def test_field_paths_of_rule_files(path: str, steps: tuple[str, ...]) -> None:
    assert parse_field(path) == steps


def test_match_reports_each_item_that_fails_where_the_guard_holds() -> None:
    check = matcher(
        {"at": "spec.ports[*].nodePort", "when": {"spec.type": {"const": "NodePort"}}, "assert": {"maximum": 32767}}
    )
    service = resource_of(
        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: NodePort, ports: [{nodePort: 32768}, {nodePort: 30000}, {}]}}"
    )

    problems = list(check(service, None))  # type: ignore[arg-type] # a match never looks at the workspace

    assert [problem.node.field for problem in problems] == ["spec.ports[0].nodePort"]
    assert problems[0].parameters["value"] == "32768"


def test_match_is_silent_where_the_guard_does_not_hold() -> None:
    check = matcher({"at": "spec.ports[*].nodePort", "when": {"spec.type": {"const": "NodePort"}}, "assert": False})
    service = resource_of("{apiVersion: v1, kind: Service, spec: {type: ClusterIP, ports: [{nodePort: 32768}]}}")

    assert list(check(service, None)) == []  # type: ignore[arg-type] # a match never looks at the workspace


def test_match_on_containers_reaches_every_pod_template() -> None:
    check = matcher({"at": "container.image", "assert": {"pattern": "^registry/"}})
    job = resource_of(
        "{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: {"
        "initContainers: [{image: other/a}], containers: [{image: registry/b}]}}}}}}"
    )

    problems = list(check(job, None))  # type: ignore[arg-type] # a match never looks at the workspace

    assert [problem.node.field for problem in problems] == [
        "spec.jobTemplate.spec.template.spec.initContainers[0].image"
    ]
