"""The tables of annotations: their schema, how they hang together, and that each row leads to a finding.

For each row there is a manifest in which the rules that judge by the table speak, and one in which they are silent.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tests.linting import lint_texts
from tkelint import tke_annotations
from tkelint.checks import annotation_values
from tkelint.checks.annotation_effects import LOAD_BALANCE_TYPE
from tkelint.checks.annotation_traces import CLIENT_TOKEN
from tkelint.compiled import RULES, table
from tkelint.ingresses import CLASS
from tkelint.rule import load_rules
from tkelint.services import PREVENT_LOOPBACK
from tkelint.tke_annotations import KINDS, Annotation, Grammar

SCHEMA = json.loads((RULES / "annotations.schema.json").read_text(encoding="utf-8"))
ROWS = [row for kind in KINDS for row in tke_annotations.known(kind).values()]
KEYS = {row.key for row in ROWS}

# The rules that judge by the tables.
BY_TABLE = {
    *(rule.id for rule in load_rules().values() if rule.folder == "annotation"),
    *("tkeserviceconfig-auto-value", "service-prevent-loopback-value", "service-client-token-copied"),
    *("service-classic-clb", "ingress-tke-annotation-ignored"),
}
LISTED = {
    "annotation-boolean-invalid": {"boolean"},
    "annotation-value-invalid": {"enum", "integer", "ids", "region", "name", "selector"},
    "annotation-id-malformed": {"id", "ids"},
    "annotation-json-invalid": {"json"},
    "annotation-json-duplicate-key": {"json"},
}
WRONG = {"boolean": "maybe", "enum": "nonsense", "integer": "10M", "id": "nothing", "ids": "sg_1", "region": "Nowhere",
         "name": "Not_A_Name", "selector": "a => b", "json": "{", "text": "<value>"}  # fmt: skip
SHAPES = {"object": "{}", "array": "[]"}


def each(rows: list[Annotation]) -> Any:
    return pytest.mark.parametrize("row", rows, ids=lambda row: f"{row.kind}-{row.key}")


def right(grammar: Grammar) -> str:
    """A value that the grammar allows."""
    fixed = {"boolean": "true", "region": "ap-guangzhou", "name": "web", "selector": "a in (b)", "text": "x"}
    return {
        **fixed,
        "enum": next(iter(grammar.values), ""),
        "integer": str(grammar.maximum),
        "id": f"{grammar.prefix}-6swt12ab",
        "ids": f"{grammar.prefix}-6swt12ab,{grammar.prefix}-a1b2c3d4",
        "json": SHAPES.get(grammar.shape, ""),
    }[grammar.type]


def manifest(kind: str, annotations: dict[str, str], *, type_: str = "LoadBalancer", exported: bool = False) -> str:
    metadata: dict[str, Any] = {"name": "web", "namespace": "prod", "annotations": annotations}
    metadata |= {"uid": "0b8f6a8e"} if exported else {}
    if kind == "Service":
        spec: dict[str, Any] = {"type": type_, "selector": {"app": "web"}, "ports": [{"port": 80}]}
        return json.dumps({"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec})
    metadata["annotations"] = {CLASS: "qcloud", **annotations}
    return json.dumps({"apiVersion": "networking.k8s.io/v1", "kind": kind, "metadata": metadata, "spec": {}})


def said(text: str, **facts: str) -> set[str]:
    """The ids of the rules that judge by the tables and find something."""
    report = lint_texts({"object.json": text}, {"cluster": facts} if facts else None, rules=BY_TABLE)
    assert report.crashes == ()
    return {finding.rule_id for finding in report.findings}


@pytest.mark.parametrize("kind", KINDS)
def test_table_satisfies_its_schema(kind: str) -> None:
    rows = table(f"{kind.lower()}-annotations")

    assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(rows)] == []


@each(ROWS)
def test_row_refers_to_rows(row: Annotation) -> None:
    own = tke_annotations.known(row.kind)
    others = {*row.needs, *row.needs_one_of, *row.conflicts, row.replaced_by, row.instead} - {""}

    assert others <= own.keys()
    assert row.key not in others
    if row.twin:
        other = tke_annotations.known(KINDS[row.kind == "Service"])[row.twin]
        assert (other.set_by, other.kind) == (row.set_by, KINDS[row.kind == "Service"])
        assert row.replaced_by or other.twin == row.key
    assert all(code.startswith(row.kind) for code in row.value.codes)


@each(ROWS)
def test_codes_of_a_row_are_those_of_the_rules_that_list_it(row: Annotation) -> None:
    carried = {code for rule in load_rules().values() if row.key in rule.annotations for code in rule.codes}

    assert set(row.value.codes) <= carried


def test_slips_mean_what_there_is() -> None:
    for kind, slips in table("annotation-slips").items():
        known = tke_annotations.known(kind)
        assert not slips.keys() & known.keys()
        assert {slip["means"] for slip in slips.values() if "means" in slip} <= known.keys()
        assert all(("means" in slip) is not ("hint" in slip) for slip in slips.values())


@pytest.mark.parametrize("rule_id", LISTED)
def test_rule_lists_the_annotations_whose_values_it_judges(rule_id: str) -> None:
    judged = {row.key for row in ROWS if row.set_by == "user" and row.value.type in LISTED[rule_id]}

    assert load_rules()[rule_id].annotations == judged - annotation_values.OWN_RULE


def test_other_rules_list_the_annotations_of_the_table() -> None:
    rules = load_rules()
    written = {row.key for row in ROWS if row.set_by == "controller"} - {CLIENT_TOKEN}
    outdated = {row.key for row in ROWS if row.replaced_by or row.default_since}

    assert rules["annotation-written-by-controller"].annotations == written
    assert rules["annotation-deprecated"].annotations == outdated | {"ingress.cloud.tencent.com/rewrite-support"}


@each([row for row in ROWS if row.key != CLASS])
def test_wrong_value_is_found(row: Annotation) -> None:
    value = WRONG[row.value.type] if row.set_by == "user" else right(row.value)

    assert said(manifest(row.kind, {row.key: value})) - {"annotation-deprecated"}


@each([row for row in ROWS if row.key != LOAD_BALANCE_TYPE])
def test_right_value_is_not(row: Annotation) -> None:
    text = manifest(row.kind, {row.key: right(row.value)}, exported=row.set_by == "controller")

    expected = {"annotation-deprecated"} if row.replaced_by or row.default_since else set()
    assert said(text if row.key != CLASS else manifest("Ingress", {})) == expected


@each([row for row in ROWS if row.set_by == "user" and row.key != CLASS])
def test_placeholder_is_the_only_thing_said_of_a_value(row: Annotation) -> None:
    found = said(manifest(row.kind, {row.key: "<value>"}))

    assert found - {"annotation-deprecated"} == {"annotation-placeholder"}


@each([row for row in ROWS if row.value.type == "json"])
def test_shape_of_json_is_judged_by_one_rule(row: Annotation) -> None:
    wrong = SHAPES["array" if row.value.shape == "object" else "object"]
    findings = lint_texts({"object.json": manifest(row.kind, {row.key: wrong})}).findings

    judging = {finding.rule_id for finding in findings if finding.field.endswith(f"[{row.key}]")}
    assert len([rule_id for rule_id in judging if rule_id.endswith("-invalid")]) == 1


@each([row for row in ROWS if row.since])
def test_controller_must_be_new_enough(row: Annotation) -> None:
    assert row.since is not None
    text = manifest(row.kind, {row.key: right(row.value)})

    assert "annotation-needs-newer-controller" in said(text, controllerVersion="1.0.0")
    assert "annotation-needs-newer-controller" not in said(text, controllerVersion=row.since.text)


@each([row for row in ROWS if row.effect_on and row.key != PREVENT_LOOPBACK])
def test_service_needs_a_type_with_effect(row: Annotation) -> None:
    found = said(manifest("Service", {row.key: right(row.value)}, type_="NodePort"))

    assert ("annotation-without-clb" in found) is ("NodePort" not in row.effect_on)


@each([row for row in ROWS if row.key not in (CLASS, PREVENT_LOOPBACK) and "/" in row.key])
def test_annotation_of_the_other_kind_is_told_its_twin(row: Annotation) -> None:
    other = KINDS[row.kind == "Service"]
    report = lint_texts({"object.json": manifest(other, {row.key: "x"})}, rules={"annotation-wrong-kind"})

    (finding,) = report.findings
    has_twin = bool(row.twin) and row.set_by == "user"
    assert (f"'{row.twin}'" in finding.message["en"]) is has_twin
    assert (finding.repair is not None) is has_twin


def test_twins_of_both_kinds_are_known() -> None:
    assert set(tke_annotations.twins()) <= KEYS


@pytest.mark.parametrize(
    ("kind", "key", "value", "repaired"),
    [
        ("Service", "service.cloud.tencent.com/direct-access", "True", '{"service.cloud.tencent.com/direct-access": "true"}'),
        ("Service", "service.cloud.tencent.com/prevent-loopback", "yes", '{"service.cloud.tencent.com/prevent-loopback": "true"}'),
        ("Service", "service.cloud.tencent.com/security-groups", "sg-a, sg-b", '{"service.cloud.tencent.com/security-groups": "sg-a,sg-b"}'),
        ("Service", "service.cloud.tencent.com/lb-rs-weight", "{'defaultWeight':10}", r'{"service.cloud.tencent.com/lb-rs-weight": "{\"defaultWeight\":10}"}'),
        ("Service", "service.cloud.tencent.com/direct-acces", "true", '{"service.cloud.tencent.com/direct-access": "true"}'),
        ("Service", "ingress.cloud.tencent.com/direct-access", "true", '{"service.cloud.tencent.com/direct-access": "true"}'),
        ("Service", "service.kubernetes.io/loadbalance-id", "lb-1", None),
        ("Service", "service.cloud.tencent.com/direct-access", "perhaps", ""),
    ],
)  # fmt: skip
def test_safe_repair_of_the_one_annotation(kind: str, key: str, value: str, repaired: str | None) -> None:
    text = manifest(kind, {key: value})
    rules = BY_TABLE | {"prevent-loopback-without-effect"}
    (finding,) = lint_texts({"object.json": text}, rules=rules).findings

    if repaired == "":
        assert finding.repair is None
        return
    assert finding.repair is not None
    assert finding.repair.safe
    for place, replacement in reversed(finding.repair.replacements):
        text = text[: place.span.start] + replacement + text[place.span.end :]
    expected = (
        manifest(kind, json.loads(repaired)) if repaired else manifest(kind, {}).replace(', "annotations": {}', "")
    )
    assert json.loads(text) == json.loads(expected)


def meaningful(key: str) -> str:
    """A value with which an annotation does something."""
    row = next(row for row in ROWS if row.key == key)
    contents = {
        "service.cloud.tencent.com/lb-rs-weight": '{"defaultWeight":10}',
        "service.cloud.tencent.com/target-groups": '[{"protocol":"TCP","port":80}]',
        "kubernetes.io/ingress.http-rules": '[{"path":"/","backend":{"serviceName":"web","servicePort":80}}]',
        "kubernetes.io/ingress.https-rules": '[{"path":"/","backend":{"serviceName":"web","servicePort":80}}]',
    }
    return contents.get(key, right(row.value))


def all_said(kind: str, *keys: str) -> set[str]:
    """What any rule says of an object with these annotations; an Ingress with and without TLS."""
    text = manifest(kind, {key: meaningful(key) for key in keys})
    with_tls = text.replace('"spec": {}', '"spec": {"tls": [{"secretName": "cert"}]}')
    reports = [lint_texts({"object.json": each_text}) for each_text in (text, with_tls)]
    return {finding.message["en"] for report in reports for finding in report.findings}


@pytest.mark.parametrize(
    ("kind", "key", "other"),
    [pytest.param(row.kind, row.key, other, id=f"{row.key}-{other}") for row in ROWS for other in row.needs],
)
def test_a_rule_says_what_an_annotation_needs(kind: str, key: str, other: str) -> None:
    assert all_said(kind, key) - all_said(kind, key, other)


@pytest.mark.parametrize(
    ("kind", "key", "other"),
    [pytest.param(row.kind, row.key, other, id=f"{row.key}-{other}") for row in ROWS for other in row.conflicts],
)
def test_a_rule_says_what_an_annotation_excludes(kind: str, key: str, other: str) -> None:
    assert all_said(kind, key, other) - all_said(kind, key) - all_said(kind, other)
