"""From the edits of a problem to the text changes of a finding, and how JSON and SARIF tell them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.linting import resources_of
from tkelint.config import config_from
from tkelint.finding import finding_of
from tkelint.problem import Addition, Edit, Finding, Fix, Problem, Removal
from tkelint.report import Report
from tkelint.reporters import ReporterOptions, render
from tkelint.rule import load_rules

RULE = load_rules()["annotation-value-not-string"]
PARAMETERS = {"field": "annotations", "key": "key", "value": "true"}
SCHEMA = json.loads((Path(__file__).parent / "fixtures/sarif/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))

MANIFEST = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata:
    name: web
    annotations:
      key: "true"
- apiVersion: v1
  kind: Service
  metadata: {name: api}
"""


def finding(*edits: Edit | Removal | Addition) -> Finding:
    problem = Problem(edits[0].node, PARAMETERS, message="boolean", fix=Fix(edits, safe=True))
    return finding_of(RULE, problem, config_from({}, root=Path()))


def report_of(*findings: Finding) -> Report:
    facts = config_from({}, root=Path()).facts([])
    return Report(findings, (), (), (), (RULE,), facts, Path())


def applied(text: str, found: Finding) -> str:
    assert found.repair is not None
    for place, replacement in reversed(found.repair.replacements):
        text = text[: place.span.start] + replacement + text[place.span.end :]
    return text


def test_each_kind_of_edit_reaches_its_place_in_a_list() -> None:
    web, api = resources_of(MANIFEST)

    after = applied(
        MANIFEST,
        finding(
            Removal(web.annotation("key")),
            Edit(api.node("metadata", "name"), "shop"),
            Addition(api.node("metadata", "annotations"), "key", "true"),
        ),
    )

    assert after == MANIFEST.replace('    annotations:\n      key: "true"\n', "").replace(
        "{name: api}", '{name: shop, annotations: {"key": "true"}}'
    )


def test_fix_across_files_is_told_file_by_file() -> None:
    (one,) = resources_of("apiVersion: v1\nkind: Service\nmetadata: {name: one}\n", "one.yaml")
    (two,) = resources_of("apiVersion: v1\nkind: Service\nmetadata: {name: two}\n", "two.yaml")

    found = finding(Edit(two.node("metadata", "name"), "x"), Edit(one.node("metadata", "name"), "y"))

    assert found.repair is not None
    assert [(each.place.source.path, each.text) for each in found.repair.replacements] == [
        ("one.yaml", "y"),
        ("two.yaml", "x"),
    ]


def test_corefile_changes_part_by_part() -> None:
    (corefile,) = resources_of(".:53 {\n  loop\n}\n", "Corefile")
    node = corefile.node("text")

    assert applied(".:53 {\n  loop\n}\n", finding(Edit(node.text(9, 13), "reload"))) == ".:53 {\n  reload\n}\n"
    assert finding(Edit(node, "reload")).repair is None


@pytest.mark.parametrize(
    "text",
    ["apiVersion: v1\nkind: Service\na: &x {k: v}\nmetadata: {annotations: *x}\n", "apiVersion: v1\nkind: Service\n"],
)
def test_unsound_edit_leaves_the_finding_without_a_repair(text: str) -> None:
    (service,) = resources_of(text)

    assert finding(Edit(service.node("kind"), "Pod"), Removal(service.annotation("k"))).repair is None


def test_json_and_sarif_carry_removals_and_insertions() -> None:
    web, api = resources_of(MANIFEST)
    report = report_of(
        finding(Removal(web.annotation("key"))), finding(Addition(api.node("metadata"), "namespace", "prod"))
    )

    as_json = json.loads("".join(render("json", report, ReporterOptions())))
    as_sarif: Any = json.loads("".join(render("sarif", report, ReporterOptions())))

    assert [each["repair"]["replacements"] for each in as_json["findings"]] == [
        [
            {
                "path": "manifests.yaml",
                "region": {"startLine": 8, "startColumn": 1, "endLine": 10, "endColumn": 1},
                "precision": "exact",
                "text": "",
            }
        ],
        [
            {
                "path": "manifests.yaml",
                "region": {"startLine": 12, "startColumn": 23, "endLine": 12, "endColumn": 23},
                "precision": "exact",
                "text": ", namespace: prod",
            }
        ],
    ]
    jsonschema.Draft4Validator(SCHEMA).validate(as_sarif)
    changes = [result["fixes"][0]["artifactChanges"][0] for result in as_sarif["runs"][0]["results"]]
    assert [change["replacements"] for change in changes] == [
        [{"deletedRegion": {"startLine": 8, "startColumn": 1, "endLine": 10, "endColumn": 1}}],
        [
            {
                "deletedRegion": {"startLine": 12, "startColumn": 23, "endLine": 12, "endColumn": 23},
                "insertedContent": {"text": ", namespace: prod"},
            }
        ],
    ]


def test_problem_can_narrow_the_codes_of_its_rule() -> None:
    (service,) = resources_of("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")
    rule = load_rules()["tkeserviceconfig-auto-value"]
    problem = Problem(service.node("metadata"), {"object": "web", "value": "yes"}, message="rejected")
    config = config_from({}, root=Path())

    assert finding_of(rule, problem, config).codes == ("Ingress E4050",)
    assert finding_of(rule, problem._replace(codes=()), config).codes == ()
