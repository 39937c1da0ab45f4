"""Who owns an Ingress, and that nothing about CLB is said of what another controller owns."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.linting import lint_texts, workspace_of
from tests.test_rules import CONTENTS
from tkelint.compiled import table
from tkelint.ingresses import CLASS, Owner, owner, switched_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: prod, annotations: {%s}}
spec: {%s}
"""
DEFAULT = """\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: %s, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
spec: {controller: example.com/controller}
"""
LONE = """\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: %s}
spec: {controller: example.com/controller}
"""
SWITCHED_OFF = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: tke-service-controller-config, namespace: kube-system}
data: {EnableIngressController: "false"}
"""
SCALED_DOWN = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: l7-lb-controller, namespace: kube-system}
spec: {replicas: 0}
"""


@pytest.mark.parametrize(
    ("annotations", "spec", "others", "cluster", "expected"),
    [
        ("kubernetes.io/ingress.class: qcloud", "", (), {}, Owner.QCLOUD),
        ("kubernetes.io/ingress.class: nginx-public", "", (), {}, Owner.FOREIGN),
        ("", "ingressClassName: qcloud", (), {}, Owner.QCLOUD),
        ("", "ingressClassName: extranet", (), {}, Owner.FOREIGN),
        ("kubernetes.io/ingress.class: nginx", "ingressClassName: qcloud", (), {}, Owner.FOREIGN),
        ("kubernetes.io/ingress.class: qcloud", "ingressClassName: nginx", (), {}, Owner.QCLOUD),
        ('kubernetes.io/ingress.class: ""', "ingressClassName: nginx", (), {}, Owner.FOREIGN),
        ('kubernetes.io/ingress.class: ""', 'ingressClassName: ""', (), {}, Owner.IMPLICIT),
        ("kubernetes.io/ingress.class: '${CLASS}'", "", (), {}, Owner.FOREIGN),
        ("", "", (), {}, Owner.IMPLICIT),
        ("", "", (DEFAULT % "nginx",), {}, Owner.FOREIGN),
        ("", "", (DEFAULT % "qcloud", LONE % "nginx"), {}, Owner.IMPLICIT),
        ("", "", (LONE % "nginx",), {}, Owner.FOREIGN),
        ("", "", (LONE % "qcloud",), {}, Owner.IMPLICIT),
        ("", "", (LONE % "nginx", LONE % "kong"), {}, Owner.IMPLICIT),
        ("", "", (), {"defaultIngressClass": "nginx"}, Owner.FOREIGN),
        ("", "", (DEFAULT % "nginx",), {"defaultIngressClass": "qcloud"}, Owner.IMPLICIT),
        ("kubernetes.io/ingress.class: qcloud", "", (DEFAULT % "nginx",), {}, Owner.QCLOUD),
        ("", "", (), {"clusterKind": "serverless"}, Owner.NOBODY),
        ("", "ingressClassName: qcloud", (), {"clusterKind": "serverless"}, Owner.QCLOUD),
        ("", "", (SWITCHED_OFF,), {}, Owner.NOBODY),
        ("", "", (SCALED_DOWN,), {}, Owner.NOBODY),
        ("kubernetes.io/ingress.class: qcloud", "", (SCALED_DOWN,), {}, Owner.QCLOUD),
        ("nginx.ingress.kubernetes.io/rewrite-target: /", "", (), {}, Owner.AMBIGUOUS),
        ("traefik.ingress.kubernetes.io/router.tls: 'true'", "", (), {}, Owner.AMBIGUOUS),
        ("nginx.ingress.kubernetes.io/rewrite-target: /", "ingressClassName: qcloud", (), {}, Owner.QCLOUD),
        ("ingress.cloud.tencent.com/direct-access: 'true'", "", (), {}, Owner.IMPLICIT),
    ],
)  # fmt: skip
def test_owner_is_found_in_the_documented_order(
    annotations: str, spec: str, others: tuple[str, ...], cluster: dict[str, str], expected: Owner
) -> None:
    workspace = workspace_of("---\n".join((INGRESS % (annotations, spec), *others)), {"cluster": cluster})
    (ingress,) = workspace.of_type("Ingress")

    assert owner(ingress, workspace) is expected


@pytest.mark.parametrize("text", [SWITCHED_OFF.replace('"false"', '"true"'), SCALED_DOWN.replace("0", "1"),
                                  SCALED_DOWN.replace("kube-system", "prod"), SCALED_DOWN.replace("0", "false")])  # fmt: skip
def test_controller_that_runs_is_not_switched_off(text: str) -> None:
    assert switched_off(workspace_of(text)) == ()


@pytest.mark.parametrize(("prefix", "controller"), table("ingress-controllers")["annotations"].items())
def test_key_of_another_controller_makes_an_ingress_ambiguous(prefix: str, controller: str) -> None:
    key = prefix if prefix.startswith(("kubernetes.io/", "cert-manager.io/")) else f"{prefix}x"
    report = lint_texts(INGRESS % (f"'{key}': 'true'", "rules: []"), rules={"ingress-class-implicit-foreign"})

    (finding,) = report.findings
    assert key in finding.message["en"]
    assert controller in finding.message["zh"]


# Rules that may speak of another controller's Ingress or Service: what they say has nothing to do with CLBs.
NOT_ABOUT_CLB = {
    "annotation-value-not-string",
    "annotations-not-a-mapping",
    "manifest-duplicate-key",
    "service-finalizer-copied",
    "service-headless-with-type",
    "service-health-check-node-port-misplaced",
    "service-node-port-duplicate",
    "service-node-port-range",
    "service-port-duplicate",
    "service-port-invalid",
    "service-port-name-missing",
    "service-selector-matches-nothing",
    "service-target-port-missing",
}
# Rules about the classes of others: who owns what, and what self-built controllers do with it.
ABOUT_OTHER_CLASSES = {
    "ingress-class-conflict",
    "ingress-class-undefined",
    "ingress-tke-annotation-ignored",
    "nginx-rule-duplicate",
}


def _objects() -> Iterator[Any]:
    """Every object of every bad example, by rule and example."""
    from ruamel.yaml import YAML, YAMLError  # noqa: PLC0415

    for rule_id, content in CONTENTS.items():
        if not {"Ingress", "Service"} & {*content["kinds"]}:
            continue
        for number, example in enumerate(content["examples"]):
            bad = example.get("bad", {})
            texts = {"manifests.yaml": bad} if isinstance(bad, str) else bad
            try:
                files = {
                    path: [each for each in YAML(typ="safe", pure=True).load_all(text) if isinstance(each, dict)]
                    for path, text in texts.items()
                    if path.endswith(".yaml")
                }
                json.dumps(files)
            except (YAMLError, TypeError):
                continue
            if any(each.get("kind") in ("Ingress", "Service") for found in files.values() for each in found):
                yield pytest.param(files, example.get("config"), id=f"{rule_id}-{number}")


EXAMPLES = list(_objects())


def _with(kind: str) -> list[Any]:
    """The examples that have an object of a kind."""
    return [
        each
        for each in EXAMPLES
        if any(each.get("kind") == kind for objects in each.values[0].values() for each in objects)
    ]


def _given_away(ingress: dict[str, Any]) -> None:
    metadata = ingress.setdefault("metadata", {})
    if isinstance(metadata.get("annotations"), dict):
        metadata["annotations"].pop(CLASS, None)
    ingress["spec"] = {**(ingress.get("spec") or {}), "ingressClassName": "nginx"}


def _ambiguous(ingress: dict[str, Any]) -> None:
    _given_away(ingress)
    del ingress["spec"]["ingressClassName"]
    annotations = ingress["metadata"].get("annotations")
    annotations = annotations if isinstance(annotations, dict) else {}
    ingress["metadata"]["annotations"] = {**annotations, "nginx.ingress.kubernetes.io/ssl-redirect": "true"}


def _of_another_class(service: dict[str, Any]) -> None:
    if (service.get("spec") or {}).get("type") == "LoadBalancer":
        service["spec"]["loadBalancerClass"] = "example.com/elsewhere"


def _said(files: dict[str, Any], config: Any, kind: str, change: Callable[[dict[str, Any]], None]) -> set[str]:
    """The rules that speak of any object of a kind after each was changed."""
    changed = copy.deepcopy(files)
    for objects in changed.values():
        for each in objects:
            if each.get("kind") == kind:
                change(each)
    texts = {path: "\n---\n".join(json.dumps(each) for each in objects) for path, objects in changed.items()}
    report = lint_texts(texts, config)
    assert report.crashes == ()
    return {finding.rule_id for finding in report.findings if finding.subject.startswith(f"{kind} ")}


@pytest.mark.parametrize(("files", "config"), _with("Ingress"))
def test_nothing_about_clb_is_said_of_an_ingress_of_another_class(files: dict[str, Any], config: Any) -> None:
    said = _said(files, config, "Ingress", _given_away)

    assert said <= NOT_ABOUT_CLB | ABOUT_OTHER_CLASSES


@pytest.mark.parametrize(("files", "config"), _with("Ingress"))
def test_of_an_ambiguous_ingress_only_that_is_said(files: dict[str, Any], config: Any) -> None:
    said = _said(files, config, "Ingress", _ambiguous)

    assert said <= NOT_ABOUT_CLB | {"ingress-class-implicit-foreign"}


@pytest.mark.parametrize(("files", "config"), _with("Service"))
def test_nothing_about_clb_is_said_of_a_service_of_another_class(files: dict[str, Any], config: Any) -> None:
    services = [each for found in files.values() for each in found if each.get("kind") == "Service"]
    if not services or any((each.get("spec") or {}).get("type") != "LoadBalancer" for each in services):
        return
    said = _said(files, config, "Service", _of_another_class)

    assert said <= NOT_ABOUT_CLB
