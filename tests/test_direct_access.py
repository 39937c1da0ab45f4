"""Whether a CLB sends to Pods or to node ports, and what decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.linting import workspace_of
from tkelint.direct_access import DirectAccess, direct_access, is_direct

if TYPE_CHECKING:
    from tkelint.workspace import Workspace

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {%s}}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
"""
DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: %s}
spec: {template: {metadata: {labels: {app: web}}, spec: {%scontainers: [{name: web, image: "web:1"}]}}}
"""
SUPER_NODE = "nodeSelector: {node.kubernetes.io/instance-type: eklet}, "
CONFIG = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tke-service-controller-config, namespace: %s}
data: {EnableDefaultDirectAccess: "%s"}
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {kubernetes.io/ingress.class: qcloud}}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
"""


def decision(workspace: Workspace, kind: str = "Service") -> DirectAccess:
    (target,) = workspace.of_type(kind)
    return direct_access(target, workspace)


@pytest.mark.parametrize(
    ("value", "expected"),
    [('"true"', True), ('"false"', False), ("true", True), ('"yes"', None), ("[1]", None), ('""', None)],
)
def test_annotation_decides(value: str, expected: bool | None) -> None:
    found = decision(workspace_of(SERVICE % f"service.cloud.tencent.com/direct-access: {value}"))

    assert (found.state, found.reason) == (expected, "annotation")
    assert found.node is not None
    assert found.is_stated is (expected is True)
    assert found.related[0].node == found.node


def test_serverless_clusters_have_nothing_but_direct_access() -> None:
    found = decision(workspace_of(SERVICE % "", {"cluster": {"clusterKind": "serverless"}}))

    assert (found.state, found.reason, found.is_stated, found.related) == (True, "serverless", False, ())


def test_super_nodes_have_direct_access_when_every_workload_runs_there() -> None:
    pinned = SERVICE % "" + DEPLOYMENT % ("web", SUPER_NODE)

    assert decision(workspace_of(pinned)).reason == "super-nodes"
    assert decision(workspace_of(INGRESS + pinned), "Ingress").state is True
    assert decision(workspace_of(pinned + DEPLOYMENT % ("other", ""))).state is False
    assert decision(workspace_of(SERVICE % "")).state is False


@pytest.mark.parametrize(
    ("facts", "expected", "reason"),
    [
        ({}, False, "default"),
        ({"controllerVersion": "v2.10.9"}, False, "default"),
        ({"controllerVersion": "v2.11.0"}, None, "version"),
        ({"controllerVersion": "v2.11.0", "networkMode": "Cilium-Overlay"}, False, "network"),
    ],
)
def test_default_depends_on_the_controller(facts: dict[str, Any], expected: bool | None, reason: str) -> None:
    found = decision(workspace_of(SERVICE % "", {"cluster": facts}))

    assert (found.state, found.reason) == (expected, reason)
    assert found.assumed == (() if facts else ("controllerVersion<2.11.0",))


def test_switch_of_the_controller_decides_for_new_objects() -> None:
    new = SERVICE % "" + CONFIG % ("kube-system", "true")
    config = {"cluster": {"controllerVersion": "v2.11.0"}}

    assert decision(workspace_of(new)).state is None
    assert decision(workspace_of(new)).related[0].role == "direct-access-default"
    assert decision(workspace_of(SERVICE % "" + CONFIG % ("kube-system", "false"), config)).state is False
    assert decision(workspace_of(SERVICE % "" + CONFIG % ("default", "true"))).state is False
    assert decision(workspace_of(new.replace("name: web,", "name: web, uid: a,"))).reason == "exported"


def test_switches_that_differ_decide_nothing() -> None:
    both = SERVICE % "" + CONFIG % ("kube-system", "true") + CONFIG % ("kube-system", "false")

    assert decision(workspace_of(both)).reason == "default"


def test_version_is_read_off_the_configmap_of_the_controller() -> None:
    text = SERVICE % "" + CONFIG.replace("EnableDefaultDirectAccess", "VERSION") % ("kube-system", "v2.11.1")
    workspace = workspace_of(text)

    assert workspace.facts.value("controllerVersion") == "v2.11.1"
    assert decision(workspace).node == workspace.of_type("ConfigMap")[0].node("data", "VERSION")
    assert is_direct(workspace.of_type("Service")[0], workspace) is None
