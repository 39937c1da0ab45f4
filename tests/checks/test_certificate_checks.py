"""Certificates: what stands in a Secret is in no output, and what other objects may make is not missing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.linting import lint_texts
from tkelint.cli import cli

VALUES = {
    "stringData, a line break": 'stringData: {qcloud_cert_id: "Hunter22\\n"}',
    "stringData, a block": "stringData:\n  qcloud_cert_id: |\n    Hunter22\n",
    "stringData, the shape": "stringData: {qcloud_cert_id: Hunter22-Hunter22}",
    "stringData, several": 'stringData: {qcloud_cert_id: "Hunter22,Hunter22,Hunter22"}',
    "stringData, the CA alone": "stringData: {qcloud_ca_cert_id: Hunter22}",
    "data, plain": "data: {qcloud_cert_id: Hunter22}",
    "data, no base64": "data: {qcloud_cert_id: Hunter22!}",
    "data, a line break": "data: {qcloud_cert_id: SHVudGVyMjIK}",
}  # fmt: skip


@pytest.mark.parametrize("output_format", ["text", "concise", "json", "sarif", "github"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_id_of_a_certificate_is_in_no_output(value: str, output_format: str) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: cert}}\ntype: Opaque\n{value}"

    result = CliRunner().invoke(cli, ["-", "--no-config", "--format", output_format], input=text)

    assert result.exit_code == 1
    assert "secret-certificate-" in result.output
    assert "Hunter22" not in result.output
    assert "SHVudGVyMjIK" not in result.output


def test_secret_of_an_ingress_shows_nothing_of_its_data() -> None:
    text = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: prod}
spec: {ingressClassName: qcloud, tls: [{secretName: cert}]}
---
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: prod}
stringData: {key: Hunter22}
"""

    result = CliRunner().invoke(cli, ["-", "--no-config"], input=text)

    assert "ingress-tls-secret-unusable" in result.output
    assert "Hunter22" not in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('data: {qcloud_cert_id: "V1VOUFRGUlY="}', ""),
        ("data: {qcloud_cert_id: V1VOUFRGUlYK}", "blanks or a line break"),
        ("data: {qcloud_cert_id: AbCd1234}", "as plain text"),
        ('data: {qcloud_cert_id: "AbCd1234,EfGh5678"}', "as plain text"),
        ("data: {qcloud_cert_id: //79/w==}", "not the base64 of a text"),
        ('stringData: {qcloud_cert_id: ""}', "does not look like"),
        ("stringData: {qcloud_cert_id: [a]}", "not a string"),
        ("stringData: {qcloud_cert_id: AbCd1234}, data: {qcloud_cert_id: x}", ""),
    ],
)
def test_id_is_read_as_the_controller_reads_it(text: str, message: str) -> None:
    secret = f"{{apiVersion: v1, kind: Secret, metadata: {{name: cert}}, {text}}}"

    report = lint_texts(secret, rules={"secret-certificate-id-invalid"})

    assert [finding.message["en"] for finding in report.findings if message not in finding.message["en"]] == []
    assert len(report.findings) == bool(message)


def test_generator_or_gitops_tool_may_make_the_secret() -> None:
    ingress = """\
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: shop, namespace: prod}, spec: {ingressClassName: qcloud, tls: [{secretName: cert}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: other, namespace: prod}, stringData: {qcloud_cert_id: AbCd1234}}
"""
    alone = lint_texts({"a.yaml": ingress}, rules={"ingress-tls-secret-missing"})
    assert [finding.rule_id for finding in alone.findings] == ["ingress-tls-secret-missing"]

    for beside in (
        {
            "kustomization.yaml": "resources: [a.yaml]\nsecretGenerator: [{name: cert, literals: [qcloud_cert_id=AbCd1234]}]\n"
        },
        {"app.yaml": "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: all, namespace: argocd}}"},
        {"chart.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}}\n"},
    ):
        assert lint_texts({"a.yaml": ingress, **beside}, rules={"ingress-tls-secret-missing"}).findings == ()


def test_hosts_are_compared_with_the_entry_of_the_host() -> None:
    text = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: prod}
spec:
  ingressClassName: qcloud
  tls: [{hosts: [a.example.com], secretName: cert}]
  rules:
    - host: b.example.com
      http:
        paths:
          - {path: /a, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /b, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"""

    (finding,) = lint_texts(text, rules={"ingress-tls-host-uncovered"}).findings

    assert finding.field == "spec.rules[0].host"
    assert finding.related[0].place.region.start_line == 6
