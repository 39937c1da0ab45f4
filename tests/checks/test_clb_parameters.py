"""The parameters for CreateLoadBalancer: each kind of mistake, at its own place inside the annotation."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linting import lint_texts
from tkelint.compiled import table

SCHEMA = table("clb-parameters-schema")
KEYS = sorted(
    {*SCHEMA["properties"], "zoneId", "x", "InternetChargeType", "TagKey", "SubnetId", "InternetMaxBandwidthOut"}
)
VALUES = st.recursive(
    st.sampled_from([None, True, 0, 2, -1, 10**30, 1.5, "", "x", "IPV6", "IPv6FullChain", "CTCC", "BANDWIDTH_PACKAGE"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(KEYS), below, max_size=4),
    max_leaves=10,
)


def manifest(parameters: str, **annotations: str) -> str:
    """A Service and an Ingress with parameters and further annotations, as JSON, which is YAML."""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "web",
            "annotations": {"service.kubernetes.io/service.extensiveParameters": parameters, **annotations},
        },
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    }
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            "name": "web",
            "annotations": {
                "kubernetes.io/ingress.class": "qcloud",
                "kubernetes.io/ingress.extensiveParameters": parameters,
            },
        },
        "spec": {"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {}}]}}]},
    }
    return f"{json.dumps(service)}\n---\n{json.dumps(ingress)}\n"


def test_table_of_parameters_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("parameters", "severity", "words"),
    [
        ('{"Forward": "1"}', "error", 'Forward is "1", but must be a whole number'),
        ('{"Forward": 0}', "error", "Forward is 0, but must be 1"),
        ('{"AddressIPVersion": "ipv8"}', "error", "must be one of IPV4, IPV6, IPv6FullChain"),
        ('{"VipIsp": "CT"}', "error", "must be one of BGP, CMCC, CUCC, CTCC"),
        ('{"SlaType": "clb.c9.huge"}', "warning", "SlaType"),
        ('{"Vip": "1.2.3"}', "error", "must be an IP address"),
        ('{"BandwidthPackageId": "12345678"}', "error", "begins with 'bwp-'"),
        ('{"LoadBalancerName": ""}', "error", "LoadBalancerName is empty"),
        (json.dumps({"LoadBalancerName": "a" * 81}), "error", "at most 80 characters"),
        ('{"LoadBalancerPassToTarget": "true"}', "error", "must be true or false"),
        ('{"Tags": [{"TagKey": "team"}]}', "error", "Tags[0] has no TagValue"),
        (json.dumps({"Tags": [{"TagKey": "a", "TagValue": "b"}] * 21}), "error", "at most 20 items"),
        ('{"InternetAccessible": {"InternetMaxBandwidthOut": 4096}}', "warning", "without SlaType has 1 to 2048"),
        ('{"InternetAccessible": {"InternetMaxBandwidthOut": 99999}}', "error", "must be 1 to 61440"),
    ],
)
def test_value_that_the_api_refuses_is_reported_where_it_stands(parameters: str, severity: str, words: str) -> None:
    report = lint_texts(manifest(parameters), rules={"clb-parameters-invalid-value"})

    assert report.crashes == ()
    assert [finding.severity.value for finding in report.findings] == [severity, severity]
    assert {finding.codes for finding in report.findings} == {("Service E4005",), ("Ingress E4024",)}
    assert all(words in finding.message["en"] for finding in report.findings), report.findings[0].message
    for finding in report.findings:
        assert finding.place.region.start_column > len("metadata")


def test_key_in_the_wrong_case_is_repaired_without_its_quotes() -> None:
    text = manifest('{"zoneId": "ap-guangzhou-1"}')

    first, _ = lint_texts(text, rules={"clb-parameters-unknown-field"}).findings

    assert first.repair is not None
    assert first.repair.safe
    (replacement,) = first.repair.replacements
    span = replacement.place.span
    assert text[span.start : span.end] == "zoneId"
    assert replacement.text == "ZoneId"


def test_key_is_not_renamed_to_one_that_is_there() -> None:
    first, _ = lint_texts(manifest('{"zoneId": "a", "ZoneId": "b"}'), rules={"clb-parameters-unknown-field"}).findings

    assert first.repair is None


@settings(max_examples=100, deadline=None)
@given(value=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
def test_no_rule_raises_whatever_the_parameters_are(value: dict[str, Any]) -> None:
    internal = {"service.kubernetes.io/qcloud-loadbalancer-internal-subnetid": "subnet-1"}

    for further in ({}, internal):
        assert lint_texts(manifest(json.dumps(value), **further), rules={"clb"}).crashes == ()


@settings(max_examples=50, deadline=None)
@given(value=VALUES)
def test_no_rule_raises_whatever_the_snat_addresses_are(value: Any) -> None:
    text = manifest("{}", **{"service.cloud.tencent.com/snat-pro-info": json.dumps({"snatIps": value})})

    assert lint_texts(text, rules={"clb"}).crashes == ()
