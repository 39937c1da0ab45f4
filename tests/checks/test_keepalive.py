"""Signs that a backend looks at the client's address."""

from __future__ import annotations

import pytest

from tests.linting import lint_texts

RULE = "ingress-keepalive-hides-client-ip"

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: prod, annotations: {ingress.cloud.tencent.com/tke-service-config: shop}}
spec:
  ingressClassName: qcloud
  rules: [{http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: cloud.tencent.com/v1alpha1
kind: TkeServiceConfig
metadata: {name: shop, namespace: prod}
spec: {loadBalancer: {l7Listeners: [{protocol: HTTP, port: 80, keepaliveEnable: 1}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
      volumes: [{name: config, configMap: {name: web}}]
"""


def config_map(line: str) -> str:
    return (
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: prod}\ndata:\n"
        f"  nginx.conf: |\n    http {{\n      {line}\n    }}\n"
    )


def policy(selector: str, peer: str, namespace: str = "prod") -> str:
    return f"""\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: office, namespace: {namespace}}}
spec: {{podSelector: {selector}, ingress: [{{from: [{peer}]}}]}}
"""


def evidence(text: str) -> list[str]:
    report = lint_texts(text, rules={RULE})
    assert report.crashes == ()
    return [finding.related[1].label for finding in report.findings]


@pytest.mark.parametrize(
    "line",
    [
        "limit_req_zone $binary_remote_addr zone=one:10m rate=1r/s;",
        "limit_conn_zone $remote_addr zone=one:10m;",
        "geo $remote_addr $office { default 0; }",
        "map $remote_addr $allowed { default 0; }",
        'if ($remote_addr != "192.0.2.1") { return 403; }',
    ],
)
def test_nginx_that_decides_by_the_address_is_evidence(line: str) -> None:
    assert evidence(INGRESS + config_map(line)) == ["ConfigMap prod/web"]


@pytest.mark.parametrize(
    "line",
    [
        "log_format main '$remote_addr';",
        "# limit_req_zone $binary_remote_addr zone=one:10m rate=1r/s;",
        "proxy_set_header X-Real-IP $remote_addr;",
        "map $http_x_forwarded_for $allowed { default 0; } if ($remote_addr) {}",
        "limit_req_zone $server_name zone=one:10m;",
    ],
)
def test_nginx_that_only_names_the_address_is_none(line: str) -> None:
    assert evidence(INGRESS + config_map(line)) == []


def test_evidence_points_at_the_directive() -> None:
    line = "limit_conn_zone $remote_addr zone=one:10m;"

    (finding,) = lint_texts(INGRESS + config_map(line), rules={RULE}).findings

    place = finding.related[1].place
    assert place.source.text[place.span.start : place.span.end] == line


def test_network_policy_counts_when_it_selects_the_backend() -> None:
    block = "{ipBlock: {cidr: 192.0.2.0/24}}"

    assert evidence(INGRESS + policy("{}", block)) == ["NetworkPolicy prod/office"]
    assert evidence(INGRESS + policy("{matchLabels: {app: web}}", block)) == ["NetworkPolicy prod/office"]
    assert evidence(INGRESS + policy("{matchLabels: {app: api}}", block)) == []
    assert evidence(INGRESS + policy("{}", block, "staging")) == []
    assert evidence(INGRESS + policy("{}", "{podSelector: {}}")) == []


def test_local_policy_counts_where_the_service_only_serves_an_ingress() -> None:
    local = INGRESS.replace("type: NodePort,", "type: NodePort, externalTrafficPolicy: Local,")

    assert evidence(local) == ["Service prod/web"]
    assert evidence(local.replace("type: NodePort", "type: LoadBalancer")) == []
