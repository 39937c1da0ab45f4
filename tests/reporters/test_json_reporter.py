from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from samples import LOOPBACK_RULE, PORT_RULE, report, shop

from tkelint.report import Report
from tkelint.reporters import ReporterOptions, render
from tkelint.reporters.explain import rules_json

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "report.schema.json").read_text(encoding="utf-8"))


def value(report: Report, language: str = "en") -> Any:
    return json.loads("".join(render("json", report, ReporterOptions(language=language))))


def strict(schema: Any) -> Any:
    """The schema with every object closed, so that a field that it does not describe fails the test."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(item) for key, item in schema.items()}
    if "properties" in closed and "$ref" not in closed and "additionalProperties" not in closed:
        closed["unevaluatedProperties"] = False
    return closed


@pytest.mark.parametrize("sample", [shop(), report()], ids=["everything", "empty"])
def test_output_is_what_the_schema_says(sample: Report) -> None:
    schema = strict(SCHEMA)
    # A suppressed finding is a finding with one field more.
    schema["$defs"]["finding"]["properties"]["reason"] = {"type": "string"}

    jsonschema.Draft202012Validator(schema).validate(value(sample))


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_rules_are_what_the_schema_says() -> None:
    listed = json.loads(rules_json([LOOPBACK_RULE, PORT_RULE]))

    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/rule", "$defs": strict(SCHEMA)["$defs"]})
    for rule in listed["rules"]:
        validator.validate(rule)
    assert listed["version"] == 1
    assert listed["rules"][0]["severity"] == {"certain": "error", "likely": "warning", "possible": "note"}


def test_example_in_the_documentation_is_what_the_schema_says() -> None:
    example = (DOCS / "json-output.md").read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0]
    shortened = json.loads(example)
    shortened["rules"] = []  # abridged in the document

    jsonschema.Draft202012Validator(SCHEMA).validate(shortened)


def test_language_does_not_matter() -> None:
    assert value(shop(), "en") == value(shop(), "zh")


def test_finding_says_where_what_and_why() -> None:
    finding = value(shop())["findings"][5]

    assert finding["rule"] == "service-loopback"
    assert finding["severity"] == "warning"
    assert finding["region"] == {"startLine": 8, "startColumn": 5, "endLine": 8, "endColumn": 64}
    assert finding["object"] == "Service prod/orders"
    assert finding["assumed"] == ["kubeProxyMode=ipvs"]
    assert [hop["object"] for hop in finding["flow"]] == ["Deployment prod/worker", *["Service prod/orders"] * 2]
    assert set(finding["message"]) == {"en", "zh"}


def test_suppressed_findings_have_their_reason() -> None:
    assert [finding["reason"] for finding in value(shop())["suppressed"]] == ["moved in May"]


def test_rules_are_those_referred_to() -> None:
    assert [rule["id"] for rule in value(shop())["rules"]] == [
        "ingress-backend-service-missing",
        "service-loopback",
        "service-target-port-missing",
    ]
