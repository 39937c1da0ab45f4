"""Objects that exist elsewhere: what the configuration says of them, and what `tkelint externals suggest` prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from linting import lint_texts, workspace_of

from tkelint.cli import cli
from tkelint.cluster import External
from tkelint.needs import as_mapping, needs_of
from tkelint.source import SourceFile
from tkelint.syntax.yaml import parse
from tkelint.workspace import State

if TYPE_CHECKING:
    from pathlib import Path

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: prod
  annotations:
    kubernetes.io/ingress.class: qcloud
    ingress.cloud.tencent.com/tke-service-config: settings
spec:
  tls: [{secretName: certificate}]
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: db, port: {number: 5432}}}
"""
# One object of each kind in the namespace of the Ingress, so that the space is closed.
BESIDE = """\
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: prod}
spec: {selector: {app: other}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: prod}
data: {qcloud_cert_id: QWJDZDEyMzQ=}
---
apiVersion: cloud.tencent.com/v1alpha1
kind: TkeServiceConfig
metadata: {name: other, namespace: prod}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: other}
spec: {controller: example.com/x}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other, namespace: prod}
spec:
  template:
    metadata: {labels: {app: other}}
    spec: {containers: [{name: main, image: x}]}
"""
NAMED = [
    ("Service", "db", "ingress-backend-service-missing"),
    ("Secret", "certificate", "ingress-tls-secret-missing"),
    ("TkeServiceConfig", "settings", "tkeserviceconfig-missing"),
]


@pytest.mark.parametrize("type_", ["Service", "Secret", "TkeServiceConfig", "IngressClass", "Deployment"])
def test_an_object_is_found_missing_or_unknown(type_: str) -> None:
    alone, beside = workspace_of(INGRESS), workspace_of(INGRESS + BESIDE)
    declared = workspace_of(INGRESS + BESIDE, {"externals": [{"kind": type_, "name": "far-*"}]})
    near = "other" if type_ == "IngressClass" else None

    def state(workspace: Any, name: str) -> State:
        (ingress,) = workspace.of_type("Ingress")
        found: State = workspace.find(type_, name, workspace.of_type(type_)[0] if near else ingress).state
        return found

    assert near or state(alone, "far-1") is State.UNKNOWN
    assert state(beside, "other") is State.FOUND
    assert state(beside, "far-1") is State.MISSING
    assert state(declared, "far-1") is State.FOUND
    assert state(declared, "near-1") is State.MISSING


@pytest.mark.parametrize(("kind", "name", "rule"), NAMED)
def test_a_declared_object_is_not_missing(kind: str, name: str, rule: str) -> None:
    text = INGRESS + BESIDE
    declared = {"externals": [{"kind": kind, "namespace": "pr?d", "name": name[:2] + "*", "reason": "elsewhere"}]}
    another = {"externals": [{"kind": kind, "namespace": "test", "name": name}]}

    (finding,) = lint_texts(text, rules={rule}).findings

    # How many were searched is said in both languages.
    assert re.search(r"\b1\b", finding.message["en"])
    assert re.search(r"\b1\b", finding.message["zh"])
    assert lint_texts(text, declared, {rule}).findings == ()
    assert len(lint_texts(text, another, {rule}).findings) == 1


def test_ports_that_are_declared_are_all_there_are() -> None:
    rule = "ingress-backend-port-missing"
    service = {"kind": "Service", "name": "db"}

    assert lint_texts(INGRESS, {"externals": [service]}, {rule}).findings == ()
    assert lint_texts(INGRESS, {"externals": [{**service, "ports": [5432]}]}, {rule}).findings == ()
    assert len(lint_texts(INGRESS, {"externals": [{**service, "ports": [80]}]}, {rule}).findings) == 1


CALLER = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: main
          image: x
          env: [{name: URL, value: "http://pay.prod.svc:8080/"}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.mark.parametrize(
    ("external", "findings"),
    [
        ({}, ["service-name-missing"]),
        ({"kind": "Service", "name": "pay"}, []),
        ({"kind": "Service", "name": "pay", "ports": [8080]}, []),
        ({"kind": "Service", "name": "pay", "ports": [80]}, ["service-name-port"]),
        ({"kind": "Service", "name": "pay", "ports": ["http"]}, []),
        ({"kind": "Service", "name": "else", "hosts": ["pay.prod.svc"]}, []),
        ({"kind": "Service", "name": "else", "hosts": ["*.example.com"]}, ["service-name-missing"]),
    ],
)
def test_callers_of_a_declared_service_are_judged_by_its_ports_and_hosts(
    external: dict[str, Any], findings: list[str]
) -> None:
    config = {"externals": [external]} if external else {}
    rules = {"service-name-missing", "service-name-port"}

    assert [each.rule_id for each in lint_texts(CALLER, config, rules).findings] == findings


def test_a_declared_workload_may_have_any_pods() -> None:
    rule = "service-selector-matches-nothing"
    text = CALLER.replace("selector: {app: web}", "selector: {app: wep}")

    assert lint_texts(text, {}, {rule}).findings
    assert not lint_texts(
        text, {"externals": [{"kind": "StatefulSet", "namespace": "prod", "name": "*"}]}, {rule}
    ).findings
    assert lint_texts(text, {"externals": [{"kind": "StatefulSet", "namespace": "test", "name": "*"}]}, {rule}).findings


def test_an_external_may_be_in_any_namespace_that_its_pattern_says() -> None:
    external = External("Service", "db", "prod-*")

    assert external.may_be_in("prod-1")
    assert external.may_be_in(None)
    assert not external.may_be_in("test")


def test_what_is_needed_is_told_with_its_places() -> None:
    needs = needs_of([("", workspace_of(INGRESS))])

    assert [(need.kind, need.namespace, need.name, need.ports) for need in needs] == [
        ("Secret", "prod", "certificate", ()),
        ("Service", "prod", "db", (5432,)),
        ("TkeServiceConfig", "prod", "settings", ()),
    ]
    (use,) = needs[1].uses
    assert (use.subject, use.place.region.start_line) == ("Ingress prod/shop", 16)


def test_what_is_declared_is_needed_no_more() -> None:
    externals = [as_mapping(need) for need in needs_of([("", workspace_of(INGRESS + CALLER))])]

    assert externals
    assert needs_of([("", workspace_of(INGRESS + CALLER, {"externals": externals}))]) == ()


def test_suggestions_are_yaml_to_be_pasted(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(INGRESS + CALLER.replace("app: web}, ports", "app: wep}, ports"), encoding="utf-8")

    result = CliRunner().invoke(cli, ["externals", "suggest", "--lang", "en", str(tmp_path)])

    assert result.exit_code == 0
    (document,) = parse(SourceFile("externals.yaml", result.stdout)).documents
    assert isinstance(document.value, dict)
    assert document.value["externals"][0] == {"kind": "Deployment", "namespace": "prod", "name": "*"}
    assert "Ingress prod/shop" in result.stdout
    (tmp_path / ".tkelint.yaml").write_text(result.stdout, encoding="utf-8")
    again = CliRunner().invoke(cli, ["externals", "suggest", "--lang", "en", str(tmp_path)])
    assert "externals:" not in again.stdout


def test_names_in_suggestions_are_harmless(tmp_path: Path) -> None:
    text = INGRESS.replace("name: db", 'name: "d\\e[31mb\\n- x"')
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")

    result = CliRunner().invoke(cli, ["externals", "suggest", str(tmp_path)])

    assert "\x1b" not in result.stdout
    (document,) = parse(SourceFile("externals.yaml", result.stdout)).documents
    assert isinstance(document.value, dict)


def test_nothing_to_read_is_no_success(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["externals", "suggest", str(tmp_path)]).exit_code == 3
