"""Services with a CLB: how many findings a rule has where its examples do not go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.linting import lint_texts

CLB = "type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]"
DIRECT = 'service.cloud.tencent.com/direct-access: "true"'
WEIGHTS = "service.cloud.tencent.com/lb-rs-weight: '%s'"
PROTOCOLS = "service.cloud.tencent.com/specify-protocol: '%s'"
FOREIGN = f"loadBalancerClass: example.com/lb, {CLB}"
NODES = {"cluster": {"nodeCount": 150, "backendQuota": 100}}
VPC_CNI = {"cluster": {"networkMode": "GlobalRouter+VPC-CNI"}}


def service(annotations: str = "", spec: str = CLB) -> str:
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, annotations: {{{annotations}}}}}\nspec: {{{spec}}}\n"


def workload(kind: str = "Deployment", annotations: str = "", spec: str = "") -> str:
    return (
        f"---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: web}}\nspec:\n  template:\n"
        f"    metadata: {{labels: {{app: web}}, annotations: {{{annotations}}}}}\n"
        f'    spec: {{{spec}containers: [{{name: web, image: "web:1"}}]}}\n'
    )


def ingress(annotations: str, class_name: str = "qcloud") -> str:
    backend = "{service: {name: web, port: {number: 80}}}"
    return (
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f"metadata: {{name: web, annotations: {{kubernetes.io/ingress.class: {class_name}, {annotations}}}}}\n"
        f"spec: {{rules: [{{http: {{paths: [{{path: /, pathType: Prefix, backend: {backend}}}]}}}}]}}\n"
    )


CASES: list[tuple[str, str, dict[str, Any], int]] = [
    ("clb-backend-quota", service(DIRECT) + workload("DaemonSet"), NODES, 1),
    ("clb-backend-quota", service('service.cloud.tencent.com/direct-access: "x"') + workload(), NODES, 0),
    ("clb-backend-quota", service("", FOREIGN) + workload(), NODES, 0),
    ("backend-weights-invalid", service(WEIGHTS % '{"defaultWeight":1', FOREIGN), {}, 0),
    ("backend-weights-invalid", service(WEIGHTS % "{"), {}, 0),
    ("backend-weights-invalid", service(WEIGHTS % "[]"), {}, 1),
    ("backend-weights-invalid", service(WEIGHTS % '{"groups":{}}'), {}, 1),
    ("backend-weights-invalid", service(WEIGHTS % '{"groups":[1,{"key":{"proto":"TCP","port":80},"statefulSets":[{}]}]}'), {}, 1),
    ("backend-weights-invalid",
     service(WEIGHTS % '{"groups":[{"key":{"proto":"TCP","port":80},"statefulSets":[{"name":"w","weights":[{"podIndexes":[-1]},{}]}]}]}'), {}, 2),
    ("backend-weights-without-direct-access", ingress('ingress.cloud.tencent.com/lb-rs-weight: "{}"', "nginx"), {}, 0),
    ("grace-shutdown-without-direct-access", ingress('ingress.cloud.tencent.com/enable-grace-shutdown: "true"', "nginx"), {}, 0),
    ("grace-shutdown-on-shared-clb", service('service.cloud.tencent.com/enable-grace-shutdown: "true"'), {}, 0),
    ("grace-shutdown-without-pre-stop", service('service.cloud.tencent.com/enable-grace-shutdown: "true"') + workload(), {}, 0),
    ("direct-access-global-router", service(DIRECT, FOREIGN), {"cluster": {"networkMode": "GlobalRouter"}}, 0),
    ("direct-access-pod-without-eni", service("") + workload(), VPC_CNI, 0),
    ("direct-access-pod-without-eni", service(DIRECT) + workload(annotations='tke.cloud.tencent.com/networks: "${N}"'), VPC_CNI, 0),
    ("direct-access-pod-without-eni",
     service(DIRECT) + workload() + '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: tke-service-controller-config}\n'
     'data: {GlobalRouteDirectAccess: "true"}\n', VPC_CNI, 0),
    ("service-local-policy-uneven", service("", f"externalTrafficPolicy: Local, {FOREIGN}"), {}, 0),
    ("service-session-not-at-clb", service("", f"externalTrafficPolicy: Local, sessionAffinity: ClientIP, {CLB}"), {}, 0),
    ("service-backend-conflict", service(DIRECT, "type: LoadBalancer, ports: [{port: 80, targetPort: 8080}, {port: 81, targetPort: 8080}]"), {}, 0),
    ("service-backend-conflict",
     service(DIRECT, "type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: http}, {port: 81, targetPort: http}]")
     + workload(), {}, 1),
    ("service-backend-conflict",
     (service(f"{DIRECT}, service.kubernetes.io/tke-existed-lbid: lb-6swtabcd") + "---\n") * 2, {}, 0),
    ("service-specify-protocol-port-conflict", service(PROTOCOLS % '{"80":[],"81":{"protocol":"TCP"},"82":{"protocol":[1,"TCP"]}}'), {}, 0),
    ("service-specify-protocol-port-conflict", service(PROTOCOLS % "[]"), {}, 0),
    ("service-specify-protocol-needs-direct-access",
     service(PROTOCOLS % '{"80":{"protocol":["TCP","UDP"]}}', "type: LoadBalancer, ports: [{port: 80}, {port: 80, protocol: UDP}]"), {}, 0),
    ("service-specify-protocol-unknown", service(PROTOCOLS % '{"80":{"protocol":["t\\u0063p"]}}'), {}, 1),
    ("service-specify-protocol-without-effect", service(PROTOCOLS % '{"80":{"protocol":[],"tls":"c"}}'), {}, 0),
    ("service-https-to-tls-backend",
     service(PROTOCOLS % '{"443":{"protocol":["HTTPS"]}}' + ", service.cloud.tencent.com/tke-service-config: elsewhere",
             "type: LoadBalancer, ports: [{port: 443}]"), {}, 0),
    ("target-group-invalid", "apiVersion: cloud.tencent.com/v1alpha1\nkind: TargetGroup\nmetadata: {name: a}\nspec: []\n", {}, 0),
    ("target-group-invalid", "apiVersion: cloud.tencent.com/v1alpha1\nkind: TargetGroup\nmetadata: {name: a}\nspec: {name: x}\n", {}, 1),
    ("service-target-groups-unsupported", service("service.cloud.tencent.com/target-groups: '[]'", FOREIGN), {}, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "text", "config", "count"), CASES, ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)]
)
def test_rule_says_no_more_and_no_less(rule: str, text: str, config: dict[str, Any], count: int) -> None:
    report = lint_texts(text, config, rules={rule, "manifest-syntax-error"})

    assert report.crashes == ()
    assert [finding.rule_id for finding in report.findings] == [rule] * count
