"""Only what a change caused: trees of Git's against each other, in files that the change did not touch as well."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from git_command import ENVIRONMENT, git

from tkelint.cli import cli

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: prod}}
spec:
  ports: [{{port: 80}}]
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: prod}
spec:
  ingressClassName: qcloud
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
"""
MISSING = "ingress-backend-service-missing"
PORTS = "service-port-name-missing"
FAULTY = SERVICE.format(name="old") + "---\n" + SERVICE.format(name="web").replace("80}", "80, name: a}, {port: 81}")


@pytest.fixture(autouse=True)
def _no_git_of_a_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ.keys() - ENVIRONMENT.keys():
        monkeypatch.delenv(name)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit on `main`, in which nothing is wrong but a Service in `old.yaml`; the current folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    monkeypatch.chdir(folder)
    write(folder, "services/api.yaml", SERVICE.format(name="api"))
    write(folder, "services/web.yaml", SERVICE.format(name="other"))
    write(folder, "ingress.yaml", INGRESS)
    write(folder, "old.yaml", FAULTY)
    commit(folder)
    return folder


def write(folder: Path, path: str, text: str) -> None:
    folder.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
    folder.joinpath(path).write_text(text, encoding="utf-8")


def commit(folder: Path, message: str = "More") -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", f"--message={message}")
    return git(folder, "rev-parse", "HEAD").strip()


def tkelint(*arguments: str, **environment: str | None) -> Result:
    select = ("--select", f"{MISSING},{PORTS},manifest-syntax-error")
    return CliRunner().invoke(cli, ["check", *arguments, *select], env={"LC_ALL": "C", "NO_COLOR": "1", **environment})


def found(*arguments: str, **environment: str | None) -> list[tuple[str, str]]:
    """The rules and paths of what is reported."""
    return [(each["rule"], each["path"]) for each in report(*arguments, **environment)["findings"]]


def report(*arguments: str, **environment: str | None) -> Any:
    result = tkelint("--format", "json", *arguments, **environment)
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)


def test_a_deletion_breaks_a_file_that_did_not_change(project: Path) -> None:
    project.joinpath("services/api.yaml").unlink()

    assert found("--since", "main") == [(MISSING, "ingress.yaml")]
    assert found() == [(MISSING, "ingress.yaml"), (PORTS, "old.yaml")]


def test_what_was_there_before_is_counted_and_fails_nothing(project: Path) -> None:
    write(project, "services/new.yaml", SERVICE.format(name="new"))

    result = tkelint("--since", "main")

    assert result.exit_code == 0
    assert "the change causes no problems in 5 files; compared with main (" in result.stdout
    assert "1 other was there before" in " ".join(result.stdout.split())


def test_moves_renames_and_new_indentation_cause_nothing(project: Path) -> None:
    project.joinpath("old.yaml").unlink()
    moved = "# A comment\n\n" + FAULTY.replace("  ports: [", "  ports:\n    [").replace("\n", "\r\n")
    write(project, "deep/moved.yaml", moved)

    told = report("--since", "main")

    assert told["findings"] == []
    assert [(each["rule"], each["path"]) for each in told["comparison"]["unchanged"]] == [(PORTS, "deep/moved.yaml")]


def test_a_second_one_of_the_same_kind_is_new(project: Path) -> None:
    write(project, "copy.yaml", FAULTY)

    told = report("--since", "main")

    assert [(each["rule"], each["path"]) for each in told["findings"]] == [(PORTS, "copy.yaml")]
    assert [each["path"] for each in told["comparison"]["unchanged"]] == ["old.yaml"]


def test_what_the_change_repairs_is_gone(project: Path) -> None:
    write(project, "old.yaml", SERVICE.format(name="old"))

    told = report("--since", "main")

    assert told["findings"] == []
    assert [each["path"] for each in told["comparison"]["gone"]] == ["old.yaml"]
    assert "1 is gone" in " ".join(tkelint("--since", "main").stdout.split())


def test_a_revision_means_its_common_ancestor_and_two_dots_the_revision_itself(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "topic")
    git(project, "checkout", "--quiet", "main")
    write(project, "old.yaml", SERVICE.format(name="old"))
    commit(project)
    git(project, "checkout", "--quiet", "topic")

    assert found("--since", "main") == []
    assert found("--since", "main...") == []
    assert found("--since", "main..") == [(PORTS, "old.yaml")]


def test_staged_content_is_linted_and_not_the_file(project: Path) -> None:
    write(project, "services/web.yaml", FAULTY.replace("web", "staged"))
    git(project, "add", "--all")
    write(project, "services/web.yaml", SERVICE.format(name="other"))
    write(project, "untracked.yaml", "a: [\n")

    assert found("--staged") == [(PORTS, "services/web.yaml")]
    assert found("--since", "main") == [("manifest-syntax-error", "untracked.yaml")]
    assert found("--since", "main", "--staged") == [(PORTS, "services/web.yaml")]


def test_staged_deletion_is_found_while_the_file_is_still_there(project: Path) -> None:
    git(project, "rm", "--quiet", "--cached", "services/api.yaml")

    assert project.joinpath("services/api.yaml").exists()
    assert found("--staged") == [(MISSING, "ingress.yaml")]


def test_what_is_not_staged_is_not_reported(project: Path) -> None:
    project.joinpath("services/api.yaml").unlink()

    assert found("--staged") == []


def test_everything_is_new_before_the_first_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "--quiet")
    write(tmp_path, "old.yaml", FAULTY)
    git(tmp_path, "add", "--all")

    assert found("--staged") == [(PORTS, "old.yaml")]
    assert "there is no commit to compare with" in tkelint("--staged").stdout


def test_paths_hold_for_both_sides(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project.joinpath("services/api.yaml").unlink()
    write(project, "services/new.yaml", FAULTY.replace("web", "new"))

    assert found("--since", "main", "services") == [(PORTS, "services/new.yaml")]
    assert found("--since", "main", "*.yaml") == [(MISSING, "ingress.yaml")]
    monkeypatch.chdir(project / "services")
    assert found("--since", "main") == [(PORTS, "services/new.yaml")]
    assert found("--since", "main", "--staged", "..") == []


def test_a_file_of_any_name_may_be_named(project: Path) -> None:
    write(project, "services.txt", FAULTY.replace("web", "text"))
    commit(project)
    write(project, "services.txt", FAULTY.replace("web", "text") + "---\n" + FAULTY.replace("web", "new"))
    git(project, "add", "--all")

    assert found("--staged", "services.txt") == [(PORTS, "services.txt")]
    assert found("--staged", "*.txt") == [(PORTS, "services.txt")]


def test_each_side_has_its_own_configuration(project: Path) -> None:
    write(project, ".tkelint.yaml", f"ignore: [{{rule: {PORTS}, reason: known}}]\n")
    commit(project)
    write(project, ".tkelint.yaml", "exclude: [deep/]\n")

    assert found("--since", "HEAD") == [(PORTS, "old.yaml")]
    assert found("--staged") == []


def test_a_configuration_that_git_does_not_know_holds_for_both(project: Path) -> None:
    write(project, ".git/info/exclude", ".tkelint.yaml\n")
    write(project, ".tkelint.yaml", "exclude: [old.yaml]\n")
    write(project, "services/web.yaml", FAULTY.replace("web", "new"))
    git(project, "add", "--all")

    told = report("--staged")

    assert [each["path"] for each in told["findings"]] == ["services/web.yaml"]
    assert told["comparison"]["unchanged"] == []


def test_a_faulty_configuration_of_the_past_is_passed_over(project: Path) -> None:
    write(project, ".tkelint.yaml", "cluster: {kubeProxymode: ipvs}\n")
    commit(project)
    write(project, ".tkelint.yaml", "exclude: []\n")
    write(project, "services/web.yaml", FAULTY.replace("web", "new"))

    assert found("--since", "main") == [(PORTS, "services/web.yaml")]


def test_a_faulty_staged_configuration_is_named_as_the_file_that_it_is(project: Path) -> None:
    write(project, ".tkelint.yaml", "cluster: {kubeProxymode: ipvs}\n")
    git(project, "add", "--all")
    write(project, ".tkelint.yaml", "exclude: []\n")

    result = tkelint("--staged")

    assert result.exit_code == 2
    assert result.stderr.startswith(".tkelint.yaml:1:11")


def test_places_are_those_of_the_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, "services/web.yaml", FAULTY.replace("web", "new"))
    git(project, "add", "--all")
    monkeypatch.chdir(project / "services")

    lines = tkelint("--staged", "--format", "concise", "..").stdout.splitlines()

    assert lines[0].startswith("web.yaml:")
    assert str(project) not in tkelint("--staged", "--format", "sarif").stdout


def test_sarif_holds_what_was_there_before_marked_as_unchanged(project: Path) -> None:
    write(project, "services/web.yaml", FAULTY.replace("web", "new"))

    (run,) = json.loads(tkelint("--since", "main", "--format", "sarif").stdout)["runs"]
    states = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: result["baselineState"]
        for result in run["results"]
    }

    assert states == {"services/web.yaml": "new", "old.yaml": "unchanged"}
    (whole,) = json.loads(tkelint("--format", "sarif").stdout)["runs"]
    assert "baselineState" not in json.dumps(whole["results"])


def test_changed_templates_are_named_as_not_rendered(project: Path) -> None:
    template = "{{ if .Values.web }}\nkind: Service\n{{ end }}\n"
    write(project, "templates/a.yaml", template)
    write(project, "templates/b.yaml", template)
    commit(project)
    write(project, "templates/a.yaml", template.replace("web", "api"))
    write(project, "templates/b.yaml", template.replace("\n", "\r\n"))

    result = tkelint("--since", "HEAD")

    assert report("--since", "HEAD")["comparison"]["unrendered"] == ["templates/a.yaml"]
    assert "1 changed file was compared as it stands, not rendered:\n  templates/a.yaml" in result.stdout


def test_an_entry_of_the_baseline_covers_what_was_there_and_no_second_one(project: Path) -> None:
    assert CliRunner().invoke(cli, ["baseline"], env={"LC_ALL": "C"}).exit_code == 0
    commit(project)
    write(project, "copy.yaml", FAULTY)

    told = report("--since", "HEAD")

    assert [each["path"] for each in told["findings"]] == ["copy.yaml"]
    assert told["comparison"]["unchanged"] == []


@pytest.mark.parametrize("is_promised", [True, False], ids=["partial clone", "object lost"])
def test_files_that_git_does_not_have_are_not_taken_for_deleted(project: Path, is_promised: bool) -> None:
    blob = git(project, "rev-parse", "HEAD:services/api.yaml").strip()
    if is_promised:
        git(project, "config", "extensions.partialClone", "origin")
        git(project, "config", "remote.origin.url", "https://example.invalid/x")
        git(project, "config", "remote.origin.promisor", "true")
    write(project, "services/api.yaml", SERVICE.format(name="api") + "# Changed\n")
    git(project, "add", "--all")
    project.joinpath(".git/objects", blob[:2], blob[2:]).unlink()

    result = tkelint("--staged")

    assert result.exit_code == 2
    assert "this is a partial clone" in " ".join(result.stderr.split())


def test_charts_are_rendered_on_both_sides(project: Path) -> None:
    pytest.importorskip("helm_python")
    write(project, "web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")
    write(project, "web/values.yaml", "second: false\nname: web\n")
    write(project, "web/templates/_name.tpl", '{{ define "name" }}{{ .Values.name }}{{ end }}')
    service = SERVICE.format(name='{{ include "name" . }}').replace("[{port: 80}]", "\n    - {port: 80, name: a}")
    write(project, "web/templates/web.yaml", service + "{{ if .Values.second }}\n    - {port: 81}\n{{ end }}\n")
    commit(project)
    write(project, "web/values.yaml", "second: true\nname: web\n")
    git(project, "add", "--all")

    assert found("--staged") == [(PORTS, "web/templates/web.yaml")]
    assert found("--since", "HEAD") == [(PORTS, "web/templates/web.yaml")]
    assert report("--since", "HEAD")["comparison"]["unrendered"] == []


def test_values_files_of_any_name_are_read_from_each_side(project: Path) -> None:
    pytest.importorskip("helm_python")
    write(project, ".tkelint.yaml", "charts: [{path: web, values: [environments/prod.values]}]\n")
    write(project, "environments/prod.values", "second: false\n")
    write(project, "web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")
    service = SERVICE.format(name="web").replace("[{port: 80}]", "\n    - {port: 80, name: a}")
    write(project, "web/templates/a.yaml", service + "{{ if .Values.second }}\n    - {port: 81}\n{{ end }}\n")
    commit(project)
    write(project, "environments/prod.values", "second: true\n")
    git(project, "add", "--all")

    assert found("--staged") == found("--since", "HEAD") == [(PORTS, "web/templates/a.yaml")]


def test_fetched_dependencies_of_charts_are_the_same_on_both_sides(project: Path) -> None:
    pytest.importorskip("helm_python")
    chart = "apiVersion: v2\nname: web\nversion: 0.1.0\n"
    write(
        project, "web/Chart.yaml", chart + "dependencies: [{name: part, version: 0.1.0, repository: 'https://a.b'}]\n"
    )
    write(project, "web/templates/a.yaml", SERVICE.format(name="a"))
    write(project, ".gitignore", "*.tgz\n")
    commit(project)
    write(project, "web/charts/part/Chart.yaml", chart.replace("web", "part"))
    write(project, "web/charts/part/templates/a.yaml", FAULTY)
    with tarfile.open(project / "web/charts/part-0.1.0.tgz", "w:gz") as archive:
        archive.add(project / "web/charts/part", "part")
    shutil.rmtree(project / "web/charts/part")
    write(project, "web/templates/a.yaml", SERVICE.format(name="b"))
    git(project, "add", "--all")

    for arguments in (("--since", "HEAD"), ("--staged",)):
        told = report(*arguments)
        assert told["findings"] == []
        assert len(told["comparison"]["unchanged"]) == 2  # that of the dependency, and that of `old.yaml`


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since", "nowhere"], "Git knows no commit 'nowhere'"),
        (["--since", "--output=x"], "Git knows no commit '--output=x'"),
        (["--since", "HEAD", "-"], "standard input (-) cannot be compared"),
        (["--since", "HEAD", "/"], "/ is not in the Git repository"),
    ],
)
def test_what_cannot_be_compared_is_bad_usage(project: Path, arguments: list[str], message: str) -> None:
    if arguments[-1] == "/":
        arguments = [*arguments[:-1], str(project.parent)]
        message = "git failed: fatal: not a git repository"
    result = tkelint(*arguments)

    assert result.exit_code == 2
    assert message in result.stderr


def test_a_shallow_clone_is_told_how_to_get_the_history(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = git(project, "rev-parse", "HEAD").strip()
    git(project, "checkout", "--quiet", "-b", "topic")
    commit(project, "One way")
    git(project, "checkout", "--quiet", "main")
    commit(project, "Another way")
    clone = project.parent / "clone"
    git(project.parent, "clone", "--quiet", "--depth=1", "--no-single-branch", project.as_uri(), str(clone))
    monkeypatch.chdir(clone)

    missing, unrelated = tkelint("--since", first), tkelint("--since", "origin/topic")

    assert (missing.exit_code, unrelated.exit_code) == (2, 2)
    assert "this clone is shallow" in missing.stderr
    assert "fetch-depth: 0" in missing.stderr
    assert "the common ancestor of 'origin/topic' and HEAD is not in it" in " ".join(unrelated.stderr.split())
    assert tkelint("--since", "origin/topic..").exit_code == 0


def test_histories_without_a_common_ancestor_can_be_compared_with_two_dots(project: Path) -> None:
    git(project, "checkout", "--quiet", "--orphan", "fresh")
    commit(project, "Anew")

    assert "write main.." in tkelint("--since", "main").stderr
    assert found("--since", "main..") == []


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_that_git_does_not_trust_is_not_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(project.parent))
    for path in (project, project / ".git"):
        os.chown(path, 12345, 12345)

    result = tkelint("--since", "HEAD")

    assert result.exit_code == 2
    assert "dubious ownership" in result.stderr
    assert "safe.directory" in result.stderr


def test_nothing_that_the_repository_configures_is_run(project: Path, tmp_path: Path) -> None:
    trap, sign = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch '{sign}'\ncat\n", encoding="utf-8")
    trap.chmod(0o755)
    write(project, ".gitattributes", "*.yaml diff=trap filter=trap merge=trap\n")
    commit(project)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "diff.trap.textconv",
        "diff.trap.command",
        "filter.trap.smudge",
        "filter.trap.clean",
        "filter.trap.process",
        "pager.ls-tree",
        "alias.cat-file",
        "uploadpack.packObjectsHook",
    ):
        git(project, "config", name, f"!{trap}" if name.startswith("alias") else str(trap))
    hooks = project / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        hooks.joinpath(name).write_bytes(trap.read_bytes())
        hooks.joinpath(name).chmod(0o755)
    project.joinpath("services/api.yaml").unlink()
    told = {"GIT_EXTERNAL_DIFF": str(trap), "GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere", "GIT_PAGER": str(trap)}

    assert found("--since", "main", **told) == [(MISSING, "ingress.yaml")]
    assert found("--staged", **told) == []
    assert not sign.exists()


def test_index_of_a_partial_commit_is_what_is_staged(project: Path) -> None:
    """`git commit -a` and `git commit FILE` name another index in the environment of their hooks."""
    other = project / ".git" / "next-index.lock"
    other.write_bytes(project.joinpath(".git/index").read_bytes())
    write(project, "services/web.yaml", FAULTY.replace("web", "new"))
    subprocess.run(["git", "add", "--all"], cwd=project, check=True, env={**ENVIRONMENT, "GIT_INDEX_FILE": str(other)})

    assert found("--staged") == []
    assert found("--staged", GIT_INDEX_FILE=str(other)) == [(PORTS, "services/web.yaml")]


def test_submodules_are_known_on_both_sides_and_not_linted(project: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet")
    write(library, "api.yaml", SERVICE.format(name="api"))
    write(library, "faulty.yaml", FAULTY.replace("web", "library"))
    commit(library)
    git(project, "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(library), "library")
    git(project, "rm", "--quiet", "services/api.yaml")

    assert found("--staged") == []
    assert found("--since", "main") == []
    assert [path for _, path in found("--hook")] == ["old.yaml"]


def test_links_lead_nowhere_but_into_the_tree(project: Path, tmp_path: Path) -> None:
    write(tmp_path, "outside/secret.yaml", FAULTY.replace("web", "outside"))
    project.joinpath("far").symlink_to(tmp_path / "outside")
    project.joinpath("up").symlink_to("../outside")
    project.joinpath("near").symlink_to("services")
    project.joinpath("link.yaml").symlink_to("services/web.yaml")
    write(project, "services/web.yaml", FAULTY.replace("web", "new"))
    git(project, "add", "--all")

    told = report("--staged")

    assert [each["path"] for each in told["findings"]] == ["services/web.yaml"]
    reasons = {each["path"]: each["reason"] for each in told["files"]}
    assert reasons["far"] == "outside-root"
    assert not [path for path in reasons if "secret" in path]


def test_a_hostile_tree_writes_nothing_outside(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    blob = git(project, "rev-parse", "HEAD:old.yaml").strip()
    target = git(project, "rev-parse", "HEAD:ingress.yaml").strip()
    link = (
        subprocess.run(
            ["git", "hash-object", "-w", "--stdin"],
            cwd=project,
            env=ENVIRONMENT,
            input=str(outside).encode(),
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .strip()
    )
    inner = tree(project, f"100644 blob {blob}\tevil.yaml\0120000 blob {link}\tlink\0")
    parent = tree(project, f"100644 blob {blob}\tevil.yaml\0")
    root = tree(
        project,
        f"120000 blob {link}\ta\0040000 tree {inner}\ta\0040000 tree {parent}\t..\0040000 tree {parent}\t.git\0"
        f"100644 blob {target}\tingress.yaml\0",
    )
    hostile = git(project, "commit-tree", root, "-m", "x").strip()

    result = tkelint("--since", hostile + "..")

    assert result.exit_code in (0, 1), result.output
    assert list(outside.iterdir()) == []
    assert not list(tmp_path.glob("**/evil.yaml"))


def tree(folder: Path, listing: str) -> str:
    """A tree of Git's from entries that Git itself would not put together."""
    lines = [line for line in listing.split("\0") if line]
    raw = b""
    for line in lines:
        told, _, name = line.partition("\t")
        mode, _, identity = told.split(" ")
        raw += f"{mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(identity)
    command = ["git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin"]
    made = subprocess.run(command, cwd=folder, env=ENVIRONMENT, input=raw, capture_output=True, check=True)
    return made.stdout.decode().strip()


def test_outside_of_git_a_hook_takes_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "old.yaml", FAULTY)

    assert found("--hook") == [(PORTS, "old.yaml")]


def test_hook_reports_what_is_staged_and_everything_when_nothing_is(project: Path) -> None:
    assert found("--hook", "--staged") == [(PORTS, "old.yaml")]
    write(project, "README.md", "# Manifests\n")
    git(project, "add", "--all")
    assert found("--hook", "--staged") == []


def test_hook_before_a_push_is_about_the_commits(project: Path) -> None:
    first = git(project, "rev-parse", "HEAD").strip()
    git(project, "rm", "--quiet", "services/api.yaml")
    second = commit(project)
    write(project, "services/api.yaml", SERVICE.format(name="api"))
    git(project, "add", "--all")
    told = {"PRE_COMMIT_FROM_REF": first, "PRE_COMMIT_TO_REF": second}

    assert found("--hook", "--staged", **told) == [(MISSING, "ingress.yaml")]
    assert found("--hook", "--staged") == []
    assert found("--hook", "ingress.yaml", **told) == [(MISSING, "ingress.yaml")]


def test_corefiles_can_be_compared_alone(project: Path) -> None:
    write(project, "dns/shop", ".:53 {\n    forward . /etc/resolv.conf\n}\n")
    commit(project)
    write(project, "dns/shop", ".:53 {\n    forwrad . /etc/resolv.conf\n}\n")

    result = CliRunner().invoke(cli, ["corefile", "--since", "HEAD", "dns/shop"], env={"LC_ALL": "C"})

    assert result.exit_code == 1
    assert "dns/shop:2:5" in result.stdout


@pytest.mark.parametrize("arguments", [["--staged", "--since", "main"], ["--hook"]])
def test_no_temporary_folder_is_left(project: Path, tmp_path: Path, arguments: list[str]) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    shared = Path("/dev/shm")  # noqa: S108 - where the folder is when there is room
    before = set(shared.glob("tkelint-*"))
    command = [sys.executable, "-m", "tkelint", "check", *arguments]

    for more in ({}, {"TMPDIR": str(temporary)}):
        environment = {name: value for name, value in ENVIRONMENT.items() if name != "TMPDIR"}
        result = subprocess.run(command, env={**environment, **more}, stdout=subprocess.PIPE, check=False)
        assert result.returncode in (0, 1)

    assert list(temporary.iterdir()) == []
    assert set(shared.glob("tkelint-*")) <= before


def test_a_full_disk_is_no_tree_without_files(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, "services/web.yaml", FAULTY.replace("web", "new"))
    git(project, "add", "--all")

    def write_nothing(_: int, __: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tkelint.snapshot.os.write", write_nothing)
    result = tkelint("--staged")

    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
