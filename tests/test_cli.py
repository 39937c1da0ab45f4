from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tkelint.cli import cli
from tkelint.reporters import REPORTERS

CLEAN = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"
BROKEN = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}, {port: 81}]}\n"
ERROR = "service-port-name-missing"
ENGLISH = {"LC_ALL": "C", "COLUMNS": "100", "NO_COLOR": "1"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, in no repository."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tkelint(*arguments: str, stdin: str | bytes | None = None, **environment: str) -> Result:
    return CliRunner().invoke(cli, arguments, input=stdin, env={**ENGLISH, **environment})


@pytest.mark.parametrize("output_format", tuple(REPORTERS))
@pytest.mark.parametrize(("text", "status"), [(CLEAN, 0), (BROKEN, 1)])
def test_exit_status_is_the_same_for_every_format(folder: Path, text: str, status: int, output_format: str) -> None:
    folder.joinpath("a.yaml").write_text(text, "utf-8")

    result = tkelint("a.yaml", "--format", output_format)

    assert result.exit_code == status, result.output
    said = result.stdout.replace("\\", "")  # Markdown escapes punctuation
    assert (ERROR in said) is (status == 1 or output_format == "sarif")


@pytest.mark.parametrize(("fail_on", "status"), [("error", 1), ("warning", 1), ("note", 1), ("never", 0)])
def test_fail_on(folder: Path, fail_on: str, status: int) -> None:
    folder.joinpath("a.yaml").write_text(BROKEN, "utf-8")

    assert tkelint("a.yaml", "--fail-on", fail_on).exit_code == status


def test_nothing_to_lint_is_3(folder: Path) -> None:
    folder.joinpath("values.yaml").write_text("a: 1\n", "utf-8")

    assert tkelint(".").exit_code == 3
    assert tkelint(".", "--hook").exit_code == 0


def test_strict_is_4_when_something_could_not_be_read(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(CLEAN, "utf-8")
    folder.joinpath("t.yaml").write_text("{{ if .Values.a }}\nkind: Service\n{{ end }}\n", "utf-8")

    assert tkelint(".").exit_code == 0
    assert tkelint(".", "--strict").exit_code == 4
    assert "t.yaml" in tkelint(".").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.yaml"], "no such file or folder: gone.yaml"),
        (["--format", "xml", "."], "'xml' is not one of"),
        (["--output", "sarif", "."], "is not FORMAT=PATH"),
        (["--select", "service-loopbak", "."], "did you mean service-loopback?"),
        (["--assume", "kubeProxyMode=ipv", "."], "ipvs"),
        (["--no-such-option"], "No such option"),
        (["explain", "E9999"], "no rule and no code is called 'E9999'"),
        (["explain", "service-loopbak"], "did you mean service-loopback?"),
    ],
)
def test_bad_usage_is_2_with_a_clear_message(folder: Path, arguments: list[str], message: str) -> None:
    result = tkelint(*arguments)

    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_bad_configuration_is_2_with_its_place(folder: Path) -> None:
    folder.joinpath(".tkelint.yaml").write_text("cluster:\n  kubeProxymode: ipvs\n", "utf-8")

    result = tkelint(".")

    assert result.exit_code == 2
    assert ".tkelint.yaml:2:3" in result.stderr
    assert "kubeProxyMode" in result.stderr


def test_check_may_be_left_out(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(BROKEN, "utf-8")

    assert tkelint("a.yaml").stdout == tkelint("check", "a.yaml").stdout


def test_standard_input_has_a_name(folder: Path) -> None:
    result = tkelint("-", "--stdin-filename", "deploy/a.yaml", "--format", "concise", stdin=BROKEN)

    assert result.exit_code == 1
    assert result.stdout.startswith("deploy/a.yaml:4:")


def test_standard_input_may_be_a_corefile_or_no_text(folder: Path) -> None:
    assert "corefile-syntax-error" in tkelint("-", "--stdin-filename", "Corefile", stdin=".:53 {\n errors }\n").stdout
    assert "not UTF-8" in tkelint("-", stdin=b"\xff\xfe\xfd").stdout.replace("UTF-16-LE", "UTF-8")


def test_several_outputs_at_once(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(BROKEN, "utf-8")

    result = tkelint("a.yaml", "--output", "sarif=out/a.sarif", "--output", "json=a.json", "--format", "concise")

    assert result.exit_code == 1
    assert json.loads(folder.joinpath("out/a.sarif").read_bytes())["runs"][0]["results"]
    assert json.loads(folder.joinpath("a.json").read_bytes())["findings"]


def test_output_that_cannot_be_written_is_a_usage_error(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(CLEAN, "utf-8")
    folder.joinpath("file").touch()

    result = tkelint("a.yaml", "--output", "json=file/a.json")

    assert result.exit_code == 2
    assert "cannot write file/a.json" in result.stderr.replace(os.sep, "/")


def test_language_is_the_option_then_the_configuration_then_the_locale(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(BROKEN, "utf-8")

    assert "错误" in tkelint("a.yaml", "--lang", "zh").stdout
    assert "错误" in tkelint("a.yaml", LC_ALL="zh_CN.UTF-8").stdout
    folder.joinpath(".tkelint.yaml").write_text("language: zh\n", "utf-8")
    assert "错误" in tkelint("a.yaml").stdout
    assert "错误" not in tkelint("a.yaml", "--lang", "en").stdout


def test_suppressed_findings_come_back_with_no_ignores(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(f"# tkelint: ignore-file[{ERROR}] known\n{BROKEN}", "utf-8")

    assert tkelint("a.yaml").exit_code == 0
    assert tkelint("a.yaml", "--no-ignores").exit_code == 1


def test_files_outside_the_targets_are_known_within_a_project(folder: Path) -> None:
    folder.joinpath(".tkelint.yaml").write_text("{}\n", "utf-8")
    folder.joinpath("service.yaml").write_text(CLEAN, "utf-8")
    ingress = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{http: {paths: [{path: /,"
        " pathType: Prefix, backend: {service: {name: NAME, port: {number: 80}}}}]}}]}\n"
    )
    folder.joinpath("found.yaml").write_text(ingress.replace("NAME", "a"), "utf-8")
    folder.joinpath("missing.yaml").write_text(ingress.replace("NAME", "b"), "utf-8")

    assert "ingress-backend-service-missing" not in tkelint("found.yaml").stdout
    assert "ingress-backend-service-missing" in tkelint("missing.yaml").stdout


@pytest.mark.parametrize("name", ["E4011", "e4011"])
def test_explain_says_both_meanings_of_a_code(name: str) -> None:
    result = tkelint("explain", name)

    assert "Service E4011\nThe existing CLB is not found." in result.stdout
    assert "Ingress E4011\nThe Secret of a certificate has no qcloud_cert_id." in result.stdout
    assert "annotation-id-malformed" in result.stdout


def test_explain_says_why_nothing_foresees_a_code() -> None:
    result = tkelint("explain", "Service", "E4009")

    assert "No rule foresees it" in result.stdout
    assert "only the account knows" in result.stdout
    assert "Ingress" not in result.stdout


@pytest.mark.parametrize("name", ["service-loopback", "Ingress E4041", "E4041", "e4041", "ingress  e4041"])
def test_explain_takes_rules_and_codes(name: str) -> None:
    result = tkelint("explain", *name.split(" "))

    assert result.exit_code == 0
    assert "https://cloud.tencent.com/document/product/457/" in result.stdout


def test_files_are_named_as_seen_from_the_current_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.joinpath("shop/deploy").mkdir(parents=True)
    folder.joinpath("shop/.tkelint.yaml").write_text("{}\n", "utf-8")
    folder.joinpath("shop/deploy/a.yaml").write_text(BROKEN, "utf-8")

    def first_path(path: str) -> str:
        return tkelint(path, "--format", "concise").stdout.partition(":")[0]

    assert first_path("shop") == "shop/deploy/a.yaml"
    monkeypatch.chdir(folder / "shop/deploy")
    assert first_path("a.yaml") == "a.yaml"
    folder.joinpath("other").mkdir()
    monkeypatch.chdir(folder / "other")
    assert first_path("../shop") == (folder / "shop/deploy/a.yaml").as_posix()


def test_rules_are_listed() -> None:
    listed = tkelint("rules").stdout
    rules = json.loads(tkelint("rules", "--format", "json").stdout)

    assert "service-loopback" in listed
    assert "service-loopback" in json.dumps(rules)


def test_module_runs_as_a_program() -> None:
    result = subprocess.run([sys.executable, "-m", "tkelint", "--version"], capture_output=True, text=True, check=True)

    assert result.stdout.startswith("tkelint ")


def leave(program: str) -> subprocess.CompletedProcess[str]:
    """What becomes of a process whose command line does something else."""
    code = (
        f"import click, sys, tkelint.__main__ as module\ndef cli(**_):\n    {program}\nmodule.cli = cli\nmodule.main()"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_bug_outside_of_a_rule_is_70() -> None:
    result = leave("raise KeyError('x')")

    assert result.returncode == 70
    assert "KeyError" in result.stderr


@pytest.mark.parametrize(
    ("program", "status", "output"),
    [
        ("print('said')", 0, "said\n"),
        ("print('said'); sys.exit(3)", 3, "said\n"),
        ("sys.exit('why')", 1, ""),
        ("click.echo('said'); sys.exit(None)", 0, "said\n"),
    ],
)
def test_process_leaves_with_its_status_and_all_it_wrote(program: str, status: int, output: str) -> None:
    result = leave(program)

    assert (result.returncode, result.stdout) == (status, output)
    assert result.stderr == ("why\n" if "why" in program else "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_full_disk_is_said_and_no_bug(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(BROKEN, "utf-8")
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        result = subprocess.run(
            [sys.executable, "-m", "tkelint", "a.yaml"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_closed_pipe_is_no_error(folder: Path) -> None:
    folder.joinpath("a.yaml").write_text(
        "---\n".join(BROKEN.replace("name: a", f"name: a{n}") for n in range(500)), "utf-8"
    )

    with subprocess.Popen(
        [sys.executable, "-m", "tkelint", "a.yaml"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()

        assert process.stderr.read() == ""


BROKEN_COREFILE = ".:53 {\n    errors\n    fowrard . /etc/resolv.conf\n}\n"


def test_corefile_reads_a_file_of_any_name_as_a_corefile(tmp_path: Path) -> None:
    tmp_path.joinpath("dns.conf").write_text(BROKEN_COREFILE, encoding="utf-8")

    result = tkelint("corefile", "--format", "concise", str(tmp_path / "dns.conf"))

    assert result.exit_code == 1
    assert "dns.conf:3:5: error corefile-syntax-error" in result.stdout


def test_corefile_reads_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = tkelint("corefile", "--format", "concise", "-", stdin=BROKEN_COREFILE)

    assert result.exit_code == 1
    assert result.stdout.startswith("Corefile:3:5: ")


def test_corefile_finds_corefiles_in_config_maps_and_says_nothing_else(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns}\ndata:\n  Corefile: |\n    .:53 {\n    errors }\n"
    )
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 99999}]}\n"
    tmp_path.joinpath("coredns.yaml").write_text(manifest + service, encoding="utf-8")

    result = tkelint("corefile", "--format", "json", str(tmp_path / "coredns.yaml"))

    assert {finding["rule"] for finding in json.loads(result.stdout)["findings"]} == {"corefile-syntax-error"}


def test_corefile_wants_a_file() -> None:
    assert tkelint("corefile").exit_code == 2


def test_corefile_refuses_what_is_no_version(tmp_path: Path) -> None:
    tmp_path.joinpath("Corefile").write_text(".:53 {\n    whoami\n}\n", encoding="utf-8")

    assert tkelint("corefile", "--coredns-version", "1.8.4", str(tmp_path / "Corefile")).exit_code == 0
    assert tkelint("corefile", "--coredns-version", "newest", str(tmp_path / "Corefile")).exit_code == 2
