"""Manifests whose names try to break out of every format that the graph is written in."""

from __future__ import annotations

import json
from typing import Final

NAMES: Final = (
    '"]; click v0 "javascript:alert(1)"; v9["',
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror=window.hacked=1>",
    "--><svg onload=window.hacked=1>",
    '\\N \\" }\n  evil -> node [URL="http://evil.example"]',
    "`**[link](javascript:alert(1))**`",
    "\u202egnp.exe\u2028::error::x ##[error]",
    "javascript:window.hacked=1",
    "{{policy}} {{data}} ${window.hacked=1}",
    "名称”）】<b>",
)


def _objects(number: int, name: str) -> list[dict[str, object]]:
    label = {"app": f"a{number}"}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": name, "labels": {name: name}},
    }
    service["spec"] = {"selector": label, "ports": [{"port": 80}], "type": "LoadBalancer", "loadBalancerIP": name}
    pod = {
        "metadata": {"labels": label},
        "spec": {"containers": [{"name": name, "args": [f"http://h{number}.example"]}]},
    }
    workload = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": name}}
    workload["spec"] = {"template": pod}
    backend = {"path": name, "backend": {"service": {"name": name, "port": {"number": 80}}}}
    hosts = [name, f"h{number}.example"]
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": name, "namespace": name}}
    ingress["metadata"] = {
        "name": name,
        "namespace": name,
        "annotations": {
            "kubernetes.io/ingress.class": name if number % 2 else "qcloud",
            "kubernetes.io/ingress.subnetId": name,
        },
    }
    ingress["spec"] = {"rules": [{"host": host, "http": {"paths": [backend]}} for host in hosts]}
    return [service, workload, ingress]


HOSTILE: Final = "\n---\n".join(
    json.dumps(each) for number, name in enumerate(NAMES) for each in _objects(number, name)
)
