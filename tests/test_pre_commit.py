"""The hooks, run by pre-commit itself in a repository of manifests, from a clone of this project."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from git_command import ENVIRONMENT, git
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tkelint.discovery import is_manifest_name

MANIFEST = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in YAML(typ="safe", pure=True).load(MANIFEST.read_text(encoding="utf-8"))}
FILES = re.compile(HOOKS["tkelint-files"]["files"])

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
FAULTY = SERVICE.format(name="web") + "  sessionAffinity: [\n"
FAULT = "manifest-syntax-error"
FOR_MANIFESTS = pytest.mark.parametrize("hook", ["tkelint", "tkelint-files"])
TWO_PORTS = SERVICE.format(name="two").replace("80}", "80, name: a}, {port: 81}")


@pytest.mark.parametrize(
    "path",
    [
        "a.yaml",
        "deploy/a.yml",
        "A.YAML",
        "manifests.json",
        "Corefile",
        "dns/Corefile",
        "dns/Corefile.prod",
        "dns/Corefile.d",
        "custom.corefile",
        "清单 一.yaml",
        ".k8s/a.yaml",
    ],
)
def test_changed_manifests_are_passed_to_the_hook(path: str) -> None:
    assert FILES.search(path)


@pytest.mark.parametrize(
    "path", ["README.md", "a.yaml.md", "yaml", "Corefiles", "MyCorefile", "corefile.txt", "main.go", "Corefile/main.go"]
)
def test_other_files_are_not_passed_to_the_hook(path: str) -> None:
    assert not FILES.search(path)


NAMES = st.text(st.characters(exclude_characters="/\0\n", exclude_categories=["Cs"]), min_size=1)


@given(st.one_of(NAMES, st.tuples(NAMES, st.sampled_from([".yaml", ".Yml", ".json", ".corefile"])).map("".join)))
def test_hook_is_given_what_a_folder_is_searched_for(name: str) -> None:
    assert bool(FILES.search(f"deploy/{name}")) == is_manifest_name(name)


def test_manifest_of_hooks_is_valid() -> None:
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", MANIFEST], check=True)


class Repository:
    """A repository of manifests whose hooks come from a clone of this project."""

    def __init__(self, folder: Path, source: Path, home: Path) -> None:
        self.folder, self.source, self.home = folder, source, home
        git(folder, "init", "--quiet")

    def configure(self, hook: str, *arguments: str) -> None:
        revision = git(self.source, "rev-parse", "HEAD").strip()
        hooks = [{"id": hook, "args": list(arguments)}]
        with self.folder.joinpath(".pre-commit-config.yaml").open("w", encoding="utf-8") as file:
            YAML().dump({"repos": [{"repo": str(self.source), "rev": revision, "hooks": hooks}]}, file)
        git(self.folder, "add", "--all")

    def write(self, path: str, text: str) -> None:
        """Write a file and stage it."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        git(self.folder, "add", "--", path)

    def commit(self) -> None:
        git(self.folder, "commit", "--quiet", "--no-verify", "--message=More")

    def git_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Commit with the hooks that are installed."""
        return self._run("git", "-c", "user.name=Ada", "-c", "user.email=a@b", "commit", "-m", "More", *arguments)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the hooks as for a commit of what is staged."""
        return self._run(sys.executable, "-m", "pre_commit", *(arguments or ("run",)))

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**ENVIRONMENT, "PRE_COMMIT_HOME": str(self.home), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture
def repository(tmp_path: Path, checkout: Path, once: Callable[[str, Callable[[Path], None]], Path]) -> Repository:
    """An empty repository. The environment of the hooks is built by the first one of a run."""

    def make(home: Path) -> None:
        first = Repository(tmp_path / "first", checkout, home)
        first.configure("tkelint")
        result = first.run("install-hooks")
        assert result.returncode == 0, result.stdout

    tmp_path.joinpath("first").mkdir()
    tmp_path.joinpath("manifests").mkdir()
    return Repository(tmp_path / "manifests", checkout, once("pre-commit", make))


@pytest.mark.slow
def test_corefiles_have_a_hook_of_their_own(repository: Repository) -> None:
    repository.configure("tkelint-corefile")
    repository.write("deploy/web.yaml", FAULTY)
    repository.write("dns/Corefile", ".:53 {\n    fowrard . 10.0.0.1\n}\n")
    repository.write("dns/README.md", "Corefile\n")

    result = repository.run()

    assert result.returncode == 1
    assert "error[corefile-syntax-error]" in result.stdout
    assert "--> dns/Corefile:2:" in result.stdout
    assert FAULT not in result.stdout


@pytest.mark.parametrize(
    ("path", "is_passed"),
    [
        ("Corefile", True),
        ("dns/Corefile.prod", True),
        ("a.corefile", True),
        ("corefile.yaml", False),
        ("x.conf", False),
    ],
)
def test_files_that_are_passed_to_the_hook_for_corefiles(path: str, is_passed: bool) -> None:
    assert bool(re.search(HOOKS["tkelint-corefile"]["files"], path)) is is_passed


@pytest.mark.slow
@FOR_MANIFESTS
def test_findings_stop_the_commit(repository: Repository, hook: str) -> None:
    repository.configure(hook)
    repository.write("deploy/web.yaml", FAULTY)

    result = repository.run()

    assert result.returncode == 1
    assert f"error[{FAULT}]" in result.stdout
    assert "--> deploy/web.yaml:" in result.stdout


@pytest.mark.slow
@FOR_MANIFESTS
def test_clean_manifests_are_committed(repository: Repository, hook: str) -> None:
    repository.configure(hook)
    repository.write("deploy/web.yaml", SERVICE.format(name="web"))

    result = repository.run()

    assert result.returncode == 0, result.stdout
    assert "Passed" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("hook", list(HOOKS))
def test_a_commit_without_manifests_passes(repository: Repository, hook: str) -> None:
    repository.configure(hook)
    repository.write("values.yaml", "replicas: 2\n")
    repository.write("README.md", "# Manifests\n")

    result = repository.run()

    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_fixes_are_made_in_the_changed_files_and_stop_the_commit(repository: Repository) -> None:
    fixable = SERVICE.replace("namespace: prod", "namespace: prod, annotations: {{a.example.com/b: true}}")
    repository.configure("tkelint-fix")
    repository.write("old.yaml", fixable.format(name="old"))
    repository.commit()
    repository.write("deploy/web.yaml", fixable.format(name="web"))
    repository.folder.joinpath("unknown.yaml").write_text(fixable.format(name="new"), encoding="utf-8")

    first = repository.run()
    fixed = repository.folder.joinpath("deploy/web.yaml").read_text(encoding="utf-8")
    git(repository.folder, "add", "deploy/web.yaml")
    second = repository.run()

    assert (first.returncode, second.returncode) == (1, 0), first.stdout + second.stdout
    assert "files were modified by this hook" in first.stdout
    assert "1 fix applied in 1 file" in first.stdout
    assert fixed == fixable.format(name="web").replace("true", '"true"')
    for untouched in ("old.yaml", "unknown.yaml"):
        assert ": true}" in repository.folder.joinpath(untouched).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_deletion_that_breaks_another_manifest_is_found(repository: Repository) -> None:
    repository.configure("tkelint")
    repository.write("services/api.yaml", SERVICE.format(name="api"))
    repository.write("services/web.yaml", SERVICE.format(name="web"))
    repository.write("ingress.yaml", INGRESS)
    before = repository.run()
    repository.commit()
    git(repository.folder, "rm", "--quiet", "services/api.yaml")

    after = repository.run()

    assert "ingress-backend-service-missing" not in before.stdout
    assert after.returncode == 1
    assert "error[ingress-backend-service-missing]" in after.stdout
    assert "--> ingress.yaml:10:" in after.stdout


@pytest.mark.slow
def test_only_changed_files_are_targets_of_the_second_hook(repository: Repository) -> None:
    repository.configure("tkelint-files")
    repository.write("services/api.yaml", SERVICE.format(name="api"))
    repository.write("old.yaml", FAULTY)
    repository.commit()
    repository.write("ingress.yaml", INGRESS)

    result = repository.run()

    assert FAULT not in result.stdout
    assert "ingress-backend-service-missing" not in result.stdout  # the Service is known, though it did not change


@pytest.mark.slow
def test_names_with_spaces_and_chinese_are_linted(repository: Repository) -> None:
    repository.configure("tkelint-files", "--format", "concise")
    repository.write("生产 环境/服务 清单.yaml", FAULTY)

    result = repository.run()

    assert "生产 环境/服务 清单.yaml:" in result.stdout
    assert FAULT in result.stdout


@pytest.mark.slow
def test_excluded_files_are_passed_over(repository: Repository) -> None:
    repository.configure("tkelint-files")
    repository.write(".tkelint.yaml", "exclude: [vendor/]\n")
    repository.write("vendor/web.yaml", FAULTY)

    result = repository.run()

    assert result.returncode == 0, result.stdout
    assert FAULT not in result.stdout


@pytest.mark.slow
@FOR_MANIFESTS
def test_what_is_staged_is_linted_and_not_the_file(repository: Repository, hook: str) -> None:
    repository.configure(hook)
    repository.write("web.yaml", SERVICE.format(name="web"))
    repository.folder.joinpath("web.yaml").write_text(FAULTY, encoding="utf-8")

    assert repository.run().returncode == 0

    git(repository.folder, "add", "web.yaml")
    repository.folder.joinpath("web.yaml").write_text(SERVICE.format(name="web"), encoding="utf-8")

    assert "--> web.yaml:" in repository.run().stdout


@pytest.mark.slow
@FOR_MANIFESTS
def test_files_that_git_does_not_know_are_not_looked_at(repository: Repository, hook: str) -> None:
    repository.configure(hook)
    repository.write("web.yaml", SERVICE.format(name="web"))
    repository.folder.joinpath("new.yaml").write_text(FAULTY, encoding="utf-8")

    result = repository.run()

    assert result.returncode == 0, result.stdout
    assert "new.yaml" not in result.stdout


@pytest.mark.slow
def test_what_was_there_before_stops_no_commit_but_is_found_by_a_run_over_all_files(repository: Repository) -> None:
    repository.configure("tkelint")
    repository.write("old.yaml", FAULTY)
    repository.commit()
    repository.write("web.yaml", SERVICE.format(name="new"))

    assert repository.run().returncode == 0
    repository.commit()
    assert "--> old.yaml:" in repository.run("run", "--all-files").stdout


@pytest.mark.slow
def test_a_renamed_file_brings_nothing_new(repository: Repository) -> None:
    repository.configure("tkelint")
    repository.write("services/two.yaml", TWO_PORTS)
    repository.commit()
    git(repository.folder, "mv", "services/two.yaml", "renamed.yaml")

    result = repository.run()

    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_a_commit_runs_the_hook_on_what_it_would_have(repository: Repository) -> None:
    """`git commit -a` and `git commit FILE` have an index of their own, which is not the one that others see."""
    repository.configure("tkelint")
    repository.write("services/api.yaml", SERVICE.format(name="api"))
    repository.write("services/web.yaml", SERVICE.format(name="web"))
    repository.write("ingress.yaml", INGRESS)
    repository.commit()
    assert repository.run("install").returncode == 0
    repository.folder.joinpath("services/api.yaml").unlink()
    repository.folder.joinpath("services/web.yaml").write_text(TWO_PORTS, encoding="utf-8")

    everything = repository.git_commit("--all")
    deletion = repository.git_commit("services/api.yaml")

    assert (everything.returncode, deletion.returncode) == (1, 1)
    assert "error[ingress-backend-service-missing]" in everything.stdout
    assert "error[service-port-name-missing]" in everything.stdout
    assert "error[ingress-backend-service-missing]" in deletion.stdout
    assert "error[service-port-name-missing]" not in deletion.stdout


@pytest.mark.slow
def test_a_push_is_judged_by_its_commits(repository: Repository, tmp_path: Path) -> None:
    repository.configure("tkelint")
    repository.write("services/api.yaml", SERVICE.format(name="api"))
    repository.write("services/web.yaml", SERVICE.format(name="web"))
    repository.write("ingress.yaml", INGRESS)
    repository.commit()
    first = git(repository.folder, "rev-parse", "HEAD").strip()
    git(repository.folder, "rm", "--quiet", "services/api.yaml")
    repository.commit()
    repository.write("services/api.yaml", SERVICE.format(name="api"))  # only staged

    result = repository.run("run", "--hook-stage=pre-push", "--from-ref", first, "--to-ref", "HEAD")

    assert result.returncode == 1
    assert "--> ingress.yaml:10:" in result.stdout


@pytest.mark.slow
@FOR_MANIFESTS
def test_line_ends_of_a_checkout_change_nothing(repository: Repository, hook: str) -> None:
    repository.configure(hook)
    git(repository.folder, "config", "core.autocrlf", "true")
    text = TWO_PORTS.replace("\n", "\r\n")
    repository.folder.joinpath("two.yaml").write_bytes(text.encode())
    subprocess.run(["git", "add", "two.yaml"], cwd=repository.folder, env=ENVIRONMENT, check=True)

    result = repository.run()

    assert "--> two.yaml:5:" in result.stdout
    assert "\r" not in git(repository.folder, "show", ":two.yaml")


@pytest.mark.slow
@FOR_MANIFESTS
def test_links_and_submodules_are_no_files_of_the_commit(repository: Repository, tmp_path: Path, hook: str) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet")
    library.joinpath("faulty.yaml").write_text(FAULTY, encoding="utf-8")
    git(library, "add", "--all")
    git(library, "commit", "--quiet", "--no-verify", "--message=Library")
    repository.configure(hook)
    git(repository.folder, "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(library), "library")
    repository.folder.joinpath("link.yaml").symlink_to(library / "faulty.yaml")
    repository.write("web.yaml", SERVICE.format(name="web"))
    git(repository.folder, "add", "--all")

    result = repository.run()

    assert result.returncode == 0, result.stdout
    assert FAULT not in result.stdout


@pytest.mark.slow
def test_options_and_paths_are_arguments_of_the_hook(repository: Repository) -> None:
    repository.configure("tkelint", "--lang", "zh", "deploy")
    repository.write("other/web.yaml", FAULTY)
    repository.write("deploy/web.yaml", FAULTY)

    result = repository.run()

    assert f"错误[{FAULT}]" in result.stdout
    assert "--> other/web.yaml" not in result.stdout
