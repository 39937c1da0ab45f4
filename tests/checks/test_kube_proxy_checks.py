"""Old kube-proxies: which Services rely on them, and what is taken for granted."""

from __future__ import annotations

import pytest

from tests.linting import lint_texts
from tkelint.report import Report

RULE = "kube-proxy-too-old-for-prevent-loopback"


def daemon_set(tag: str, command: str = "[kube-proxy, --proxy-mode=ipvs]") -> str:
    return f"""\
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: kube-proxy, namespace: kube-system}}
spec:
  template:
    metadata: {{labels: {{k8s-app: kube-proxy}}}}
    spec:
      containers:
        - {{name: kube-proxy, image: "ccr.ccs.tencentyun.com/tkeimages/hyperkube:{tag}", command: {command}}}
"""


def service(name: str, subnet: str = "subnet-5a6b7c8d", value: str = "'true'") -> str:
    return f"""\
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: prod
  annotations:
    service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: {subnet}
    service.cloud.tencent.com/prevent-loopback: {value}
spec: {{type: LoadBalancer, selector: {{app: web}}, ports: [{{port: 80}}]}}
"""


def severities(report: Report) -> list[str]:
    assert report.crashes == ()
    return [finding.severity.value for finding in report.findings]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("v1.18.4-tke.9", ["error"]),
        ("v1.18.4-tke.19", ["error"]),
        ("v1.18.4-tke.20-rc1", ["error"]),
        ("v1.18.4-tke.20", []),
        ("v1.18.4-tke.101", []),
        ("v1.12.4-tke.29", ["error"]),
        ("v1.20.6-tke.12", []),
        ("v1.22.5-tke.1", []),
        ("v1.34.1-tke.5", []),
        ("v1.17.1-tke.1", []),
        ("v1.18.8-aliyun.1", []),
        ("v1.18.9-eksbuild.6", []),
        ("v1.18.4-tke.14-eks.1-dirty", []),
        ("v1.14.3-tke.22.eks.1", []),
        ("v1.18.20", []),
        ("latest", []),
    ],
)
def test_revision_is_compared_with_the_floor_of_its_line(tag: str, expected: list[str]) -> None:
    assert severities(lint_texts(daemon_set(tag) + service("web"), rules={RULE})) == expected


def test_services_that_rely_on_it_are_listed_but_not_without_end() -> None:
    text = daemon_set("v1.18.4-tke.9") + "".join(service(f"web-{number}") for number in range(9))

    (finding,) = lint_texts(text, rules={RULE}).findings

    assert [related.label for related in finding.related] == [f"Service prod/web-{number}" for number in range(5)]


def test_unknown_mode_is_taken_for_ipvs_and_said_so() -> None:
    unknown = "[kube-proxy, --config=/etc/kube-proxy.conf]"

    (finding,) = lint_texts(daemon_set("v1.18.4-tke.9", unknown) + service("web"), rules={RULE}).findings
    (known,) = lint_texts(daemon_set("v1.18.4-tke.9") + service("web"), rules={RULE}).findings

    assert finding.assumed == ("kubeProxyMode=ipvs",)
    assert known.assumed == ()


def test_declared_mode_decides_where_the_daemon_set_does_not_say() -> None:
    text = daemon_set("v1.18.4-tke.9", "[kube-proxy, --config=/etc/kube-proxy.conf]") + service("web")

    assert severities(lint_texts(text, {"cluster": {"kubeProxyMode": "iptables"}}, rules={RULE})) == []


@pytest.mark.parametrize(
    "more", [service("web", subnet="''"), service("web", value="'false'"), service("web", value="true")]
)
def test_service_that_does_not_rely_on_it_leaves_a_note(more: str) -> None:
    assert severities(lint_texts(daemon_set("v1.18.4-tke.9") + more, rules={RULE})) == ["note"]


def test_declared_version_counts_only_where_no_daemon_set_is_here() -> None:
    config = {"cluster": {"kubeProxyVersion": "v1.18.4-tke.9"}}

    alone = lint_texts(service("web"), config, rules={RULE})
    beside = lint_texts(daemon_set("v1.18.4-tke.20") + service("web"), config, rules={RULE})

    assert [finding.subject for finding in alone.findings] == ["Service prod/web"]
    assert severities(beside) == []
