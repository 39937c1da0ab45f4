from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkelint.compiled import table
from tkelint.json_schema import described, violations, wanted, wanted_length

SCHEMA = table("tkeserviceconfig-schema")

SCALARS = st.sampled_from([None, True, 0, 1, -1, 5, 80, 10**30, 1.5, 5.0, "", "x", "80", "TCP", "HTTP", "/", "a" * 300])
KEYS = st.sampled_from(
    sorted({"x", "enabled", *(key for each in SCHEMA["$defs"].values() for key in each.get("properties", ()))})
)
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=5), max_leaves=20
)
RULES = st.fixed_dictionaries({"url": VALUES}, optional={"healthCheck": VALUES, "session": VALUES})
DOMAINS = st.fixed_dictionaries({"domain": SCALARS}, optional={"rules": st.lists(RULES | VALUES, max_size=2)})
LISTENERS = st.fixed_dictionaries(
    {}, optional={"protocol": SCALARS, "port": SCALARS, "healthCheck": VALUES, "domains": st.lists(DOMAINS, max_size=2)}
)
CONFIGS = st.fixed_dictionaries(
    {"apiVersion": st.just("cloud.tencent.com/v1alpha1"), "kind": st.just("TkeServiceConfig"), "metadata": st.just({})},
    optional={
        "spec": st.fixed_dictionaries(
            {},
            optional={
                "loadBalancer": st.fixed_dictionaries(
                    {}, optional={"l4Listeners": st.lists(LISTENERS), "l7Listeners": st.lists(LISTENERS) | VALUES}
                )
            },
        )
        | VALUES
    },
)


@given(value=CONFIGS | VALUES)
def test_violations_are_those_of_jsonschema(value: Any) -> None:
    own = {(each.path, each.keyword) for each in violations(SCHEMA, value)}

    errors = {
        (tuple(each.absolute_path), each.validator)
        for each in jsonschema.Draft202012Validator(SCHEMA).iter_errors(value)
    }
    of_wrong_type = {path for path, keyword in own if keyword == "type"}
    assert own == {(path, keyword) for path, keyword in errors if keyword == "type" or path not in of_wrong_type}


def test_schema_is_a_schema_with_words_and_a_page_for_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    fields = [SCHEMA, *SCHEMA["$defs"].values()]
    for each in fields:
        for key, field in each.get("properties", {}).items():
            fields.append(field)
            said = {**SCHEMA["$defs"][field["$ref"].rpartition("/")[2]], **field} if "$ref" in field else field
            assert said["title"], key
            assert "https://cloud.tencent.com/document/product/" in said["description"] or key == "status", key


def test_described_values_have_the_schema_of_their_place() -> None:
    value = {"spec": {"loadBalancer": {"l4Listeners": [{"port": 80, "other": 1}]}}}

    found = {path: schema.get("title") for path, schema, _ in described(SCHEMA, value)}

    assert found[("spec", "loadBalancer", "l4Listeners", 0, "port")] == "Port"
    assert ("spec", "loadBalancer", "l4Listeners", 0, "other") not in found


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"enum": ["TCP", "UDP"]}, "one of TCP, UDP"),
        ({"const": -1}, "-1"),
        ({"anyOf": [{"minimum": 30, "maximum": 3600}, {"const": 0}]}, "30 to 3600 or 0"),
        ({"type": "integer", "minimum": 5, "maximum": 300}, "5 to 300"),
        ({"type": "integer", "minimum": 5}, "5 or more"),
        ({"type": "integer", "maximum": 300}, "300 or less"),
        ({"type": "boolean"}, "true or false"),
    ],
)
def test_words_for_what_a_schema_wants(schema: dict[str, Any], words: str) -> None:
    assert wanted(schema)["en"] == words


def test_words_for_a_length() -> None:
    assert [wanted_length(schema)["en"] for schema in ({"maxLength": 80}, {"minLength": 1})] == [
        "at most 80 characters",
        "not empty",
    ]
