"""`tkelint facts`: what is known and from where, what waits, and what an assumption would change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.linting import lint_texts
from tkelint.cli import cli
from tkelint.cluster import FACTS
from tkelint.config.build import fact_name
from tkelint.rule import load_rules
from tkelint.what_if import changes, waiting_rules

ENGLISH = {"LC_ALL": "C", "COLUMNS": "120", "NO_COLOR": "1"}
PROXY = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: %s}
spec:
  template:
    metadata: {labels: {k8s-app: kube-proxy}}
    spec: {containers: [{name: kube-proxy, command: [kube-proxy, --proxy-mode=%s]}]}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: lb
  namespace: prod
  annotations: {service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d}
spec: {type: LoadBalancer, selector: {app: lb}, ports: [{port: 80}]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def facts(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["facts", *arguments], env=ENGLISH)


def document(*arguments: str) -> dict[str, object]:
    value: dict[str, object] = json.loads(facts(*arguments, "--format", "json").stdout)
    return value


def line(output: str, name: str) -> str:
    return next(each for each in output.splitlines() if each.split()[:1] == [name])


def test_every_fact_is_listed_with_its_origin() -> None:
    output = facts("examples/shop").stdout

    assert [name for name in FACTS if f"\n  {name} " not in output] == []
    assert line(output, "nodeCount").split() == ["nodeCount", "3", "declared", "examples/shop/.tkelint.yaml:6"]
    assert "read off   examples/shop/cluster/kube-proxy.yaml:" in line(output, "kubeProxyMode")
    assert line(output, "kubeProxyMode").endswith("DaemonSet kube-system/kube-proxy")
    assert line(output, "clusterKind").split() == ["clusterKind", "unknown"]
    assert "waiting for it: ingress-https-port-closed" in output


def test_chinese_says_the_same() -> None:
    output = facts("examples/shop", "--lang", "zh").stdout

    assert "声明" in line(output, "nodeCount")
    assert "读自清单" in line(output, "kubeProxyMode")
    assert "等待该事实的规则：ingress-https-port-closed" in output


def test_rules_that_wait_are_those_that_name_the_fact() -> None:
    waiting = waiting_rules(load_rules().values())

    assert "service-loopback" in waiting["kubeProxyMode"]
    assert set(waiting) <= set(FACTS)


def test_json_has_every_fact() -> None:
    found = document("examples/shop")
    by_name = {each["name"]: each for each in found["facts"]}  # type: ignore[attr-defined]

    assert list(by_name) == list(FACTS)
    assert by_name["nodeCount"]["value"] == 3
    assert by_name["nodeCount"]["origin"] == "declared"
    assert by_name["nodeCount"]["region"]["startLine"] == 6
    assert by_name["kubeProxyMode"]["origin"] == "manifest"
    assert by_name["kubeProxyMode"]["object"] == "DaemonSet kube-system/kube-proxy"
    assert by_name["clbs"]["value"] is None
    assert "service-loopback" in by_name["clbs"]["rules"]
    assert found["whatIf"] is None


def test_structured_facts_are_plain_json(folder: Path) -> None:
    folder.joinpath(".tkelint.yaml").write_text(
        "cluster:\n  nodeSecurityGroup: {allow: [443/tcp, 100.127.0.0/16]}\n  features: [snat-pro]\n"
        "  clbs: {lb-6swtabcd: {network: internal, address: 10.0.0.12}}\n",
        "utf-8",
    )
    folder.joinpath("a.yaml").write_text(SERVICE, "utf-8")
    by_name = {each["name"]: each["value"] for each in document()["facts"]}  # type: ignore[attr-defined]

    assert by_name["features"] == ["snat-pro"]
    assert by_name["clbs"]["lb-6swtabcd"]["address"] == "10.0.0.12"
    assert by_name["nodeSecurityGroup"]
    assert "lb-6swtabcd" in facts().stdout


def test_contradiction_is_shown_with_both_places(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(
        PROXY % ("kube-system", "ipvs") + "---\n" + PROXY % ("kube-system", "iptables"), "utf-8"
    )
    output = facts("a.yaml").stdout

    assert line(output, "kubeProxyMode").split() == ["kubeProxyMode", "contradictory"]
    assert "kubeProxyMode: ipvs here, iptables there" in output
    assert "ipvs  a.yaml:7" in output
    assert "iptables  a.yaml:15" in output


def test_declared_fact_stands_against_a_manifest(folder: Path) -> None:
    folder.joinpath(".tkelint.yaml").write_text("cluster: {kubeProxyMode: iptables}\n", "utf-8")
    folder.joinpath("a.yaml").write_text(PROXY % ("kube-system", "ipvs"), "utf-8")
    output = facts().stdout

    assert line(output, "kubeProxyMode").split() == ["kubeProxyMode", "iptables", "declared", ".tkelint.yaml:1"]
    assert "kubeProxyMode: iptables here, ipvs there" in output


@pytest.mark.parametrize("spelt", ["kubeProxyMode", "kube-proxy-mode"])
def test_what_if_takes_both_spellings(folder: Path, spelt: str) -> None:
    folder.joinpath("a.yaml").write_text(SERVICE, "utf-8")
    output = facts("a.yaml", "--assume", f"{spelt}=iptables").stdout

    assert "gone  note[service-loopback]  a.yaml:6" in output
    assert "0 new, 1 gone, 0 changed" in output
    assert (
        "service-loopback"
        not in CliRunner().invoke(cli, ["a.yaml", "--assume", f"{spelt}=iptables"], env=ENGLISH).stdout
    )


def test_what_if_tells_a_change_of_severity(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(SERVICE, "utf-8")
    output = facts("a.yaml", "--assume", "kubeProxyMode=ipvs").stdout
    (change,) = document("a.yaml", "--assume", "kubeProxyMode=ipvs")["whatIf"]["changed"]  # type: ignore[index]

    assert "changed  warning[service-loopback]  a.yaml:6" in output
    assert "was note: " in output
    assert (change["before"]["severity"], change["after"]["severity"]) == ("note", "warning")


def test_assumption_against_a_manifest_is_no_finding_of_its_own() -> None:
    output = facts("examples/shop", "--assume", "kubeProxyMode=iptables").stdout

    assert "cluster-fact-contradiction" not in output.partition("What if")[2]
    assert "gone  error[service-loopback]" in output


def test_what_if_nothing_changes(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(SERVICE, "utf-8")

    assert "nothing would change" in facts("a.yaml", "--assume", "accountType=standard").stdout


def test_findings_at_one_place_are_compared_in_their_order() -> None:
    one = lint_texts(SERVICE, rules=["service-loopback"])
    other = lint_texts(SERVICE, {"cluster": {"kubeProxyMode": "ipvs"}}, rules=["service-loopback"])

    found = changes(one, other)

    assert (found.new, found.gone, len(found.changed)) == ((), (), 1)
    assert changes(one, one) == ((), (), ())


def test_usage(folder: Path) -> None:
    assert facts().exit_code == 3
    folder.joinpath("a.yaml").write_text(SERVICE, "utf-8")
    assert facts("a.yaml").exit_code == 0
    wrong = facts("a.yaml", "--assume", "kube-proxy-mode=ipvz")
    assert wrong.exit_code == 2
    assert "did you mean ipvs?" in wrong.stderr


def test_every_fact_may_be_spelt_with_hyphens() -> None:
    spelt = {"".join(f"-{each.lower()}" if each.isupper() else each for each in name): name for name in FACTS}

    assert {fact_name(hyphens): name for hyphens, name in spelt.items()} == {name: name for name in FACTS}
