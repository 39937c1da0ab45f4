"""`tkelint init` and `tkelint check --show-settings`: configurations that are written and printed for people."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from git_command import git

from tkelint.cli import cli
from tkelint.compiled import read_yaml
from tkelint.config import config_from, load_config

EXAMPLES = Path(__file__).parents[1] / "examples"

CLBS = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: prod
  annotations: {service.kubernetes.io/tke-existed-lbid: lb-6swtabcd}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: "nginx", annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: prod}
spec:
  ingressClassName: qcloud
  tls: [{secretName: "web: #1"}]
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}]}}]
"""
CHART = "apiVersion: v2\nname: web\nversion: 0.1.0\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, which is the current folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet")
    monkeypatch.chdir(folder)
    return folder


def write(folder: Path, path: str, text: str) -> None:
    folder.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
    folder.joinpath(path).write_text(text, encoding="utf-8")


def tkelint(*arguments: str, language: str = "C") -> Result:
    return CliRunner().invoke(cli, arguments, env={"LC_ALL": language, "NO_COLOR": "1"})


def uncommented(text: str) -> dict[str, Any]:
    """What the suggestions say once they are uncommented."""
    lines = [line for line in text.splitlines() if line and not line.startswith("## ")]
    assert all(line.startswith("# ") for line in lines)
    path = Path("uncommented.yaml")
    path.write_text("".join(f"{line[2:]}\n" for line in lines), encoding="utf-8")
    value: dict[str, Any] = read_yaml(path)
    path.unlink()
    return value


@pytest.fixture
def real(folder: Path) -> Path:
    write(folder, "deploy/web.yaml", CLBS)
    write(folder, "charts/web/Chart.yaml", CHART)
    write(folder, "charts/web/values.yaml", "a: 1\n")
    write(folder, "charts/web/values-prod.yaml", "a: 2\n")
    write(folder, "base/kustomization.yaml", "resources: [svc.yaml]\n")
    write(folder, "base/svc.yaml", CLBS.partition("---")[0].replace("web", "base"))
    write(folder, "overlays/prod/kustomization.yaml", "resources: [../../base]\n")
    write(folder, "overlays/test env/kustomization.yaml", "resources: [../../base]\n")
    return folder


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_found_is_a_configuration_once_it_is_uncommented(real: Path, language: str) -> None:
    result = tkelint("init", "--print", "--lang", language)

    assert result.exit_code == 0, result.output
    value = uncommented(result.stdout)
    config_from(value, real)
    assert value["language"] == language
    assert value["cluster"]["clbs"] == {"lb-6swtabcd": {"network": "internal", "address": "10.0.0.12"}}
    assert value["charts"] == [
        {"path": "charts/web"},
        {
            "path": "charts/web",
            "name": "charts/web/values-prod.yaml",
            "values": ["charts/web/values-prod.yaml"],
        },
    ]
    assert [each["overlays"] for each in value["clusters"]] == [["overlays/prod"], ["overlays/test env"]]
    assert {"kind": "Service", "namespace": "prod", "name": "api", "ports": [80]} in value["externals"]
    assert "web: #1" not in [each["name"] for each in value["externals"]]


def test_it_is_written_once_and_changes_nothing(real: Path) -> None:
    before = tkelint("check", "--format", "concise").stdout

    first, second = tkelint("init"), tkelint("init")

    assert first.output == "wrote .tkelint.yaml; uncomment what holds\n"
    assert second.exit_code == 2
    assert "there is a configuration already: .tkelint.yaml" in second.stderr
    assert tkelint("init", "--print").exit_code == 0
    assert load_config(real).path == real / ".tkelint.yaml"
    after = tkelint("check", "--format", "concise").stdout
    assert [line for line in after.splitlines() if "web" in line] == [
        line for line in before.splitlines() if "web" in line
    ]


@pytest.mark.parametrize("name", [".tkelint.yml", "pyproject.toml"])
def test_a_configuration_of_another_name_is_not_hidden(folder: Path, name: str) -> None:
    write(folder, name, '[tool.tkelint]\nlanguage = "zh"\n' if name.endswith("toml") else "language: zh\n")

    assert tkelint("init").exit_code == 2
    assert not folder.joinpath(".tkelint.yaml").exists()


def test_a_link_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    folder.joinpath(".tkelint.yaml").symlink_to(tmp_path / "elsewhere")

    assert tkelint("init").exit_code == 2
    assert not tmp_path.joinpath("elsewhere").exists()


def test_the_folder_that_is_named_gets_its_own(folder: Path) -> None:
    write(folder, ".tkelint.yaml", "language: en\n")
    write(folder, "shop/web.yaml", CLBS)

    assert tkelint("init", "shop").exit_code == 0
    assert "named by web.yaml:" in folder.joinpath("shop/.tkelint.yaml").read_text(encoding="utf-8")


def test_facts_of_manifests_need_no_declaration(folder: Path) -> None:
    shutil.copytree(EXAMPLES / "shop", folder / "shop")
    folder.joinpath("shop/.tkelint.yaml").unlink()

    text = tkelint("init", "--print", "shop").stdout

    assert "## kubeProxyMode is ipvs, read off cluster/kube-proxy.yaml:" in text
    assert "kubeProxyMode" not in uncommented(text)["cluster"]
    assert "nodeCount" in uncommented(text)["cluster"]


def test_hostile_names_stay_in_their_comment(folder: Path) -> None:
    name = "x\\n# evil: true\\nfailOn: never"
    write(folder, "a.yaml", CLBS.replace("nginx", name).replace("web: #1", name).replace("prod", "p"))

    text = tkelint("init", "--print").stdout

    assert all(line.startswith(("# ", "## ")) for line in text.splitlines() if line)
    assert uncommented(text)["failOn"] == "warning"


def test_settings_are_printed_as_a_configuration_with_their_origins(folder: Path) -> None:
    write(
        folder,
        ".tkelint.yaml",
        "cluster:\n  nodeCount: 3\n  kubeProxyMode: ipvs\nfailOn: error\n"
        'externals:\n  - {kind: Service, name: "db-*"}\nrules: {service-loopback: {severity: error}}\n',
    )

    result = tkelint("check", "--show-settings", "--assume", "kubeProxyMode=iptables", "--lang", "en")

    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == f"# Paths are relative to {folder}."
    assert lines[3:] == [
        'paths: ["."] # default',
        "failOn: error # .tkelint.yaml:4",
        "language: en # --lang",
        "cluster:",
        "nodeCount: 3 # .tkelint.yaml:2",
        "kubeProxyMode: iptables # --assume kubeProxyMode=iptables",
        "externals:",
        '- {"kind": "Service", "name": "db-*"} # .tkelint.yaml:6',
        "rules:",
        'service-loopback: {"severity": "error"} # .tkelint.yaml:7',
    ]
    write(folder, "again.yaml", result.stdout)
    again = load_config(folder, path=folder / "again.yaml")
    assert again.rules == load_config(folder).rules
    assert again.externals == load_config(folder).externals


def test_settings_of_a_project_without_configuration(folder: Path) -> None:
    lines = tkelint("check", "--show-settings", language="zh_CN.UTF-8").stdout.splitlines()

    assert lines[1] == "# 配置文件：无"
    assert [line.split("#")[1].strip() for line in lines[3:]] == ["默认", "默认", "语言环境"]


def test_settings_lint_nothing_and_name_a_toml_file(folder: Path) -> None:
    write(folder, "pyproject.toml", '[tool.tkelint]\nfailOn = "note"\nexclude = ["vendor/"]\n')
    write(folder, "broken.yaml", "a: [\n")

    result = tkelint("check", "--show-settings")

    assert result.exit_code == 0
    assert "pyproject.toml:2" in result.stdout
    assert 'exclude: ["vendor/"]' in result.stdout
