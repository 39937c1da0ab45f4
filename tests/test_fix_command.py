"""`--fix`, `--unsafe-fixes` and `--diff` on the command line: what is written, printed and returned."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from git_command import git

from tkelint.cli import cli
from tkelint.overlays.build import find_tool

BROKEN = """\
# The shop.
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    service.cloud.tencent.com/direct-access: true # quoted
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
"""
FIXED = BROKEN.replace("true #", '"true" #')
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, annotations: {a.example.com/b: true}}\nstringData: {key: hunter2}\n"
UNSAFE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations: {service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, in no repository."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def tkelint(*arguments: str, stdin: str | bytes | None = None, **environment: str) -> Result:
    variables = {"LC_ALL": "C", "COLUMNS": "100", "NO_COLOR": "1", **environment}
    return CliRunner().invoke(cli, arguments, input=stdin, env=variables)


def test_fix_writes_the_file_and_reports_what_is_left(folder: Path) -> None:
    file = folder / "web.yaml"
    file.write_text(BROKEN, "utf-8")
    file.chmod(0o640)

    result = tkelint("--fix", "--format", "concise", ".")

    assert result.exit_code == 0, result.output
    assert file.read_text("utf-8") == FIXED
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert result.stdout == "no problems in 1 file\n"
    assert result.stderr == "1 fix applied in 1 file\n"


def test_second_fix_changes_nothing(folder: Path) -> None:
    file = folder / "web.yaml"
    file.write_text(BROKEN, "utf-8")
    tkelint("--fix", ".")
    before = file.stat()

    result = tkelint("--fix", ".")

    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert result.stderr == "no fixes to apply\n"


@pytest.mark.parametrize(("text", "status"), [(BROKEN, 1), (FIXED, 0)])
def test_diff_prints_what_would_change_and_writes_nothing(folder: Path, text: str, status: int) -> None:
    file = folder / "web.yaml"
    file.write_text(text, "utf-8")

    result = tkelint("--diff", ".")

    assert result.exit_code == status
    assert file.read_text("utf-8") == text
    assert ('+    service.cloud.tencent.com/direct-access: "true" # quoted\n' in result.stdout) is bool(status)
    assert result.stdout.startswith("--- a/web.yaml\n+++ b/web.yaml\n@@ -4,5 +4,5 @@\n" if status else "")
    assert result.stderr == ("1 fix would be applied in 1 file\n" if status else "no fixes to apply\n")


def test_diff_shows_no_secret(folder: Path) -> None:
    (folder / "secret.yaml").write_text(SECRET, "utf-8")

    result = tkelint("--diff", ".")

    assert '{a.example.com/b: "true"}' in result.stdout
    assert "hunter2" not in result.stdout
    assert "key: ***" in result.stdout


def test_standard_input_is_printed_fixed(folder: Path) -> None:
    (folder / "web.yaml").write_text("mine: 1\n", "utf-8")

    result = tkelint("--fix", "--stdin-filename", "web.yaml", "-", stdin=BROKEN.replace("\n", "\r\n").encode("utf-16"))

    assert result.exit_code == 0
    assert result.stdout_bytes == FIXED.replace("\n", "\r\n").encode("utf-16")
    assert "1 fix applied in 1 file\n" in result.stderr
    assert (folder / "web.yaml").read_text("utf-8") == "mine: 1\n"


def test_standard_input_without_fixes_comes_out_as_it_was(folder: Path) -> None:
    assert tkelint("--fix", "-", stdin="not: [yaml").stdout == "not: [yaml"
    assert tkelint("--fix", "-", stdin=b"\xff\xfe\xff").exit_code == 4


def test_unsafe_fixes_are_counted_and_applied_on_request(folder: Path) -> None:
    file = folder / "web.yaml"
    file.write_text(UNSAFE, "utf-8")

    assert "--unsafe-fixes applies it" in tkelint("--fix", "--assume", "kubeProxyMode=ipvs", ".").stderr
    assert file.read_text("utf-8") == UNSAFE
    tkelint("--fix", "--unsafe-fixes", "--assume", "kubeProxyMode=ipvs", ".")
    assert 'service.cloud.tencent.com/prevent-loopback: "true"' in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--unsafe-fixes"], "--unsafe-fixes needs --fix or --diff"),
        (["--diff", "--output", "json=a.json"], "--diff makes no report"),
        (["--fix", "--since", "HEAD"], "--since and --staged about what Git has"),
        (["--diff", "--staged"], "--since and --staged about what Git has"),
    ],
)
def test_options_that_do_not_go_together_are_usage_errors(folder: Path, arguments: list[str], said: str) -> None:
    (folder / "web.yaml").write_text(BROKEN, "utf-8")

    result = tkelint(*arguments, ".")

    assert result.exit_code == 2
    assert said in result.stderr
    assert (folder / "web.yaml").read_text("utf-8") == BROKEN


def test_summary_is_chinese_for_chinese_readers(folder: Path) -> None:
    (folder / "web.yaml").write_text(BROKEN, "utf-8")

    assert tkelint("--fix", "--lang", "zh", ".").stderr == "已应用 1 个修复，涉及 1 个文件\n"


def test_files_beside_the_targets_are_not_changed(folder: Path) -> None:
    git(folder, "init", "--quiet")
    (folder / "one.yaml").write_text(BROKEN, "utf-8")
    (folder / "two.yaml").write_text(BROKEN.replace("name: web", "name: api"), "utf-8")

    tkelint("--fix", "one.yaml")

    assert (folder / "one.yaml").read_text("utf-8") == FIXED
    assert "access: true" in (folder / "two.yaml").read_text("utf-8")


def test_link_in_the_tree_leads_to_the_file_and_one_out_of_it_nowhere(folder: Path) -> None:
    git(folder, "init", "--quiet")
    (folder / "real").mkdir()
    (folder / "real" / "web.yaml").write_text(BROKEN, "utf-8")
    (folder / "outside.yaml").symlink_to(folder.parent / "outside.yaml")
    (folder.parent / "outside.yaml").write_text(BROKEN, "utf-8")
    (folder / "deploy").mkdir()
    (folder / "deploy" / "web.yaml").symlink_to(folder / "real" / "web.yaml")

    tkelint("--fix", "deploy", "outside.yaml")

    assert (folder / "deploy" / "web.yaml").is_symlink()
    assert (folder / "real" / "web.yaml").read_text("utf-8") == FIXED
    assert (folder.parent / "outside.yaml").read_text("utf-8") == BROKEN


def test_diff_is_one_that_git_applies(folder: Path) -> None:
    git(folder, "init", "--quiet")
    (folder / "web.yaml").write_text(BROKEN, "utf-8")
    diff = tkelint("--diff", ".").stdout_bytes

    subprocess.run(["git", "apply", "-"], input=diff, cwd=folder, check=True)

    assert (folder / "web.yaml").read_text("utf-8") == FIXED


@pytest.mark.skipif(not find_tool(Path("/nowhere")), reason="neither kustomize nor kubectl is installed")
def test_overlay_is_not_edited_but_its_base_named(folder: Path) -> None:
    git(folder, "init", "--quiet")
    (folder / "base").mkdir()
    (folder / "prod").mkdir()
    (folder / "base" / "kustomization.yaml").write_text("resources: [web.yaml]\n", "utf-8")
    text = FIXED.replace("direct-access", "direct-acces")
    (folder / "base" / "web.yaml").write_text(text, "utf-8")
    (folder / "prod" / "kustomization.yaml").write_text("namespace: prod\nresources: [../base]\n", "utf-8")

    result = tkelint("--fix", ".")

    assert (folder / "base" / "web.yaml").read_text("utf-8") == text
    assert "annotation-unknown: what was rendered is not edited; change base/web.yaml:7:5\n" in result.stderr


def test_corefile_command_fixes_too(folder: Path) -> None:
    (folder / "dns.conf").write_text(".:53 {\n    health 8080\n}\n", "utf-8")

    result = tkelint("corefile", "--fix", "dns.conf")

    assert (folder / "dns.conf").read_text("utf-8") == ".:53 {\n    health :8080\n}\n"
    assert "1 fix applied" in result.stderr
