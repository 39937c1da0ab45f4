"""What holds for every rule on CLBs: whose objects they judge, and what they leave alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.linting import lint_texts
from tkelint.compiled import RULES, read_yaml

CONTENTS = {path.stem: read_yaml(path) for path in sorted((RULES / "clb").glob("*.yaml"))}
BAD = [
    pytest.param(rule_id, example, id=f"{rule_id}-{number}")
    for rule_id, content in CONTENTS.items()
    for number, example in enumerate(content["examples"])
    if "bad" in example and content["kinds"] != ["LoadBalancerResource"]
]


def files_of(example: dict[str, Any]) -> dict[str, str]:
    bad = example["bad"]
    return {"manifests.yaml": bad} if isinstance(bad, str) else bad


@pytest.mark.parametrize(("rule_id", "example"), BAD)
def test_objects_of_other_controllers_are_left_alone(rule_id: str, example: dict[str, Any]) -> None:
    files = {
        path: text.replace("ingress.class: qcloud", "ingress.class: nginx")
        .replace("type: LoadBalancer\n", "type: LoadBalancer\n  loadBalancerClass: example.com/other\n")
        .replace("type: LoadBalancer,", "type: LoadBalancer, loadBalancerClass: example.com/other,")
        for path, text in files_of(example).items()
    }

    report = lint_texts(files, example.get("config"), rules={rule_id})

    assert [finding.message["en"] for finding in report.findings] == []


def test_group_whose_rules_cannot_be_placed_is_not_compared() -> None:
    ingress = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: NAME
  namespace: prod
  annotations:
    kubernetes.io/ingress.class: qcloud
    kubernetes.io/ingress.existLbId: lb-6swtabcd
    ingress.cloud.tencent.com/enable-group: "true"
    kubernetes.io/ingress.rule-mix: "true"
    kubernetes.io/ingress.RULES
spec:
  tls: [{secretName: cert}]
  rules: [{host: HOST, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
"""

    def found(host: str, said: str) -> int:
        texts = [ingress.replace("NAME", name).replace("HOST", host).replace("RULES", said) for name in ("a", "b")]
        return len(lint_texts("---\n".join(texts), rules={"ingress-group-rule-duplicate"}).findings)

    assert found("a.example.com", 'http-rules: "["') == 0
    assert found("'<host>'", "other: a") == 0
    assert found("a.example.com", "other: a") == 1
