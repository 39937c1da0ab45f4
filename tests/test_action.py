"""The GitHub Action from its inputs to its outputs, run as a runner would."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from action_job import ACTION, PROJECT, Job, Step

from action.code_scanning import obstacle
from action.lint import arguments, sarif_target
from action.runner import InputError
from tkelint import __version__

FAULTY = """\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: prod}
spec:
  selector: {app: api}
  ports:
    - {name: http, port: 80, targetPort: htpp}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: prod}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: api, image: "api:1", ports: [{name: http, containerPort: 8080}]}]
"""
CLEAN = FAULTY.replace("htpp", "http")

FORK = {"pull_request": {"head": {"repo": {"full_name": "mallory/manifests"}}}}
OWN_BRANCH = {"pull_request": {"head": {"repo": {"full_name": "Shop/manifests"}}}}


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job on a checkout with nothing in it; tkelint is that of these tests."""
    workspace, temp = tmp_path / "checkout", tmp_path / "runner's temp"
    workspace.mkdir()
    temp.mkdir()
    given = {
        "python": Step("success", outputs={"python-path": sys.executable}),
        "install": Step("success", outputs={"python": sys.executable, "version": __version__}),
        "upload": Step("success"),
    }
    return Job(workspace, temp, given=given)


@pytest.fixture
def faulty(job: Job) -> Job:
    job.workspace.joinpath("api.yaml").write_text(FAULTY, encoding="utf-8")
    return job


@pytest.fixture
def clean(job: Job) -> Job:
    job.workspace.joinpath("api.yaml").write_text(CLEAN, encoding="utf-8")
    return job


def test_findings_fail_the_job_after_the_upload(faulty: Job) -> None:
    conclusion = faulty.run()

    assert conclusion == "failure"
    assert [name for name, step in faulty.steps.items() if step.outcome == "success"] == [
        "python",
        "install",
        "lint",
        "upload",
    ]
    assert faulty.steps["report"].outcome == "failure"
    assert "service-target-port-missing" in faulty.steps["lint"].log
    assert faulty.output("exit-code") == "1"
    assert faulty.output("errors") == "1"
    assert faulty.output("warnings") == "0"
    assert faulty.output("notes") == "0"
    assert faulty.output("incomplete") == "0"
    assert faulty.output("version") == __version__
    log = json.loads(Path(faulty.output("sarif-file")).read_text(encoding="utf-8"))
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["service-target-port-missing"]


def test_nothing_found_passes(clean: Job) -> None:
    assert clean.run() == "success"
    assert clean.steps["upload"].outcome == "success"
    assert clean.output("exit-code") == "0"
    assert "No problems found" in clean.summary


def test_uploaded_findings_are_no_annotations(faulty: Job) -> None:
    faulty.run()

    assert "::error" not in faulty.steps["report"].log


def test_every_output_has_a_source(clean: Job) -> None:
    clean.run()

    assert [name for name in ACTION["outputs"] if clean.output(name) == ""] == ["compared-with"]


@pytest.mark.parametrize(
    ("event_name", "payload", "expected"),
    [
        ("pull_request", FORK, "fork"),
        ("pull_request_review", FORK, "fork"),
        ("pull_request", {"pull_request": {"head": {"repo": None}}}, "fork"),
        ("pull_request_target", FORK, None),
        ("pull_request", OWN_BRANCH, None),
        ("push", {}, None),
        ("schedule", {}, None),
    ],
    ids=["fork", "review", "deleted fork", "target", "own branch", "push", "schedule"],
)
def test_token_of_a_fork_cannot_upload(event_name: str, payload: dict[str, Any], expected: str | None) -> None:
    environment = {"GITHUB_EVENT_NAME": event_name, "GITHUB_REPOSITORY": "shop/manifests", "GITHUB_ACTOR": "ada"}

    assert obstacle(environment, payload) == expected


def test_forks_get_annotations_instead_of_an_upload(faulty: Job) -> None:
    faulty.event = FORK
    faulty.environment = {"GITHUB_EVENT_NAME": "pull_request"}

    assert faulty.run() == "failure"

    assert faulty.steps["upload"].outcome == "skipped"
    assert "::error file=api.yaml,line=7" in faulty.steps["report"].log
    assert "from a fork" in faulty.steps["report"].log


def test_pushes_of_dependabot_get_annotations(faulty: Job) -> None:
    faulty.environment = {"GITHUB_ACTOR": "dependabot[bot]"}

    faulty.run()

    assert faulty.steps["upload"].outcome == "skipped"
    assert "::error file=api.yaml" in faulty.steps["report"].log
    assert "Dependabot" in faulty.steps["report"].log


def test_an_upload_that_is_wanted_is_tried_for_forks_too(faulty: Job) -> None:
    faulty.event = FORK
    faulty.environment = {"GITHUB_EVENT_NAME": "pull_request"}

    faulty.run(upload_sarif="true")

    assert faulty.steps["upload"].outcome == "success"


def test_a_failed_upload_falls_back_to_annotations(faulty: Job) -> None:
    faulty.given["upload"] = Step("failure")

    faulty.run(fail_on="never")

    assert faulty.steps["upload"].conclusion == "success"
    assert "::error file=api.yaml" in faulty.steps["report"].log
    assert "security-events%3A write" not in faulty.steps["report"].log
    assert "security-events: write" in faulty.steps["report"].log


def test_a_failed_upload_fails_the_job_when_the_upload_was_asked_for(clean: Job) -> None:
    clean.given["upload"] = Step("failure")

    assert clean.run(upload_sarif="auto") == "success"
    assert clean.run(upload_sarif="true") == "failure"
    assert clean.steps["report"].outcome == "success"
    assert clean.summary != ""


def test_no_upload_and_no_annotations_when_told_so(faulty: Job) -> None:
    assert faulty.run(upload_sarif="false", annotations="false", summary="false") == "failure"

    assert faulty.steps["upload"].outcome == "skipped"
    assert "::error" not in faulty.steps["report"].log
    assert faulty.summary == ""


def test_summary_speaks_the_language_of_the_input(faulty: Job) -> None:
    faulty.run(language="zh")

    assert "错误：1" in faulty.summary
    assert "级别" in faulty.summary
    assert "Errors" not in faulty.summary


def test_summary_speaks_the_language_of_the_configuration(faulty: Job) -> None:
    faulty.workspace.joinpath(".tkelint.yaml").write_text("language: zh\n", encoding="utf-8")

    faulty.run()

    assert "错误：1" in faulty.summary


def test_summary_links_to_the_line_at_the_commit(faulty: Job) -> None:
    faulty.run()

    assert f"https://github.com/shop/manifests/blob/{'b' * 40}/api.yaml#L7" in faulty.summary


def test_paths_are_one_on_each_line(job: Job) -> None:
    for name, text in {"a b 清单.yaml": FAULTY, "c.yaml": CLEAN, "-d.yaml": CLEAN, "e.yaml": FAULTY}.items():
        job.workspace.joinpath(name).write_text(text.replace("prod", name[0].strip("-") + "x"), encoding="utf-8")

    job.run(paths="a b 清单.yaml\n\n   c.yaml  \n-d.yaml\n")

    assert job.output("errors") == "1"
    assert "a b 清单.yaml" in job.steps["lint"].log
    assert "e.yaml" not in job.steps["lint"].log


def test_args_are_split_as_a_shell_does(faulty: Job) -> None:
    faulty.workspace.joinpath("my config.yaml").write_text("rules: {service-target-port-missing: {enabled: false}}\n")

    assert faulty.run(args="""--config "my config.yaml"\n  --statistics""") == "success"


def test_args_win_over_the_other_inputs(faulty: Job) -> None:
    assert faulty.run(fail_on="error", args="--fail-on never") == "success"


# Never program text: not for the shell, not for the workflow, not in the file of outputs.
HOSTILE = "$(touch pwned)`touch pwned`'; touch pwned; \"; touch pwned\nexit-code=0\n::set-output name=exit-code::0"


@pytest.mark.parametrize("value", [HOSTILE, "${{ github.token }}"])
@pytest.mark.parametrize(
    "names", [("config", "fail_on", "language"), ("paths",), ("category", "sarif_file"), ("args",)]
)
def test_hostile_inputs_are_only_values(clean: Job, names: tuple[str, ...], value: str) -> None:
    conclusion = clean.run(**dict.fromkeys(names, value))

    assert not clean.workspace.joinpath("pwned").exists()
    assert "::set-output" not in [line[:12] for line in clean.steps["report"].log.splitlines()]
    assert (conclusion == "success") == (clean.output("exit-code") == "0")


def test_manifests_cannot_speak_to_the_runner(job: Job) -> None:
    job.workspace.joinpath("api.yaml").write_text(
        FAULTY.replace("htpp", '"::error::pwned ##[error]x"'), encoding="utf-8"
    )
    job.workspace.joinpath(".tkelint.yaml").write_text('"\\n::error::pwned": 1\n', encoding="utf-8")

    job.run()
    stop, *_, resume = job.steps["lint"].log.splitlines()

    assert stop.startswith("::stop-commands::")
    assert resume == f"::{stop.rpartition('::')[2]}::"


def test_a_checkout_cannot_replace_modules(clean: Job) -> None:
    for name in ("json.py", "tkelint.py", "action.py", "click.py", "sitecustomize.py"):
        clean.workspace.joinpath(name).write_text("raise SystemExit('pwned')\n")
    clean.environment = {"PYTHONPATH": ".", "PYTHONSTARTUP": "json.py"}

    assert clean.run() == "success"


def test_sarif_file_is_put_where_it_is_wanted(faulty: Job) -> None:
    faulty.run(sarif_file="results/tke lint.sarif", category="staging")

    wanted = faulty.workspace / "results" / "tke lint.sarif"
    assert Path(faulty.output("sarif-file")) == wanted
    assert json.loads(wanted.read_text(encoding="utf-8"))["runs"][0]["automationDetails"]["id"] == "staging/"
    assert [path.name for path in wanted.parent.iterdir()] == [wanted.name]


def test_an_old_sarif_file_is_not_taken_for_a_new_one(job: Job) -> None:
    job.workspace.joinpath("out.sarif").write_text("{}")

    assert job.run(sarif_file="out.sarif", config="missing.yaml") == "failure"

    assert job.output("exit-code") == "2"
    assert job.output("sarif-file") == ""
    assert job.steps["upload"].outcome == "skipped"
    assert "exit status 2" in job.summary
    assert "::error title=tkelint::" in job.steps["report"].log


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_in_the_checkout_lead_nowhere(faulty: Job, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    precious = outside / "precious"
    precious.write_text("precious")
    faulty.workspace.joinpath("out.sarif").symlink_to(precious)
    faulty.workspace.joinpath("results").symlink_to(outside)

    faulty.run(sarif_file="out.sarif")
    assert faulty.output("errors") == "1"
    faulty.run(sarif_file="results/new.sarif")
    assert faulty.steps["lint"].outcome == "failure"

    assert precious.read_text() == "precious"
    assert [path.name for path in outside.iterdir()] == ["precious"]


@pytest.mark.parametrize("wanted", ["../out.sarif", "/out.sarif", ".", "results/..", "a/../../b"])
def test_sarif_file_stays_in_the_workspace(tmp_path: Path, wanted: str) -> None:
    workspace, temp = tmp_path / "checkout", tmp_path / "temp"
    environment = {"GITHUB_WORKSPACE": str(workspace), "RUNNER_TEMP": str(temp)}

    with pytest.raises(InputError, match="input 'sarif-file'"):
        sarif_target(environment, wanted)

    assert sarif_target(environment, "results/out.sarif") == workspace.resolve() / "results" / "out.sarif"
    assert sarif_target(environment, str(temp / "out.sarif")) == temp.resolve() / "out.sarif"


def test_wrong_inputs_are_named_and_nothing_is_run(clean: Job) -> None:
    assert clean.run(upload_sarif="perhaps") == "failure"

    said = "::error title=tkelint::input 'upload-sarif' is 'perhaps', not one of auto, true, false\n"
    assert clean.steps["lint"].log == said


def test_args_with_an_open_quote_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="input 'args' cannot be split"):
        arguments({"INPUT_ARGS": "--config 'x"}, tmp_path)


def test_nothing_to_lint_fails_and_says_so(job: Job) -> None:
    assert job.run() == "failure"
    assert job.output("exit-code") == "3"
    assert "::error title=tkelint::Nothing to lint" in job.steps["report"].log


def test_files_not_looked_at_are_counted_and_named(clean: Job) -> None:
    clean.workspace.joinpath("chart.yaml").write_text("kind: {{ .Values.kind }}\n")

    clean.run()

    assert clean.output("incomplete") == "1"
    assert "chart\\.yaml" in clean.summary


def test_shop_shows_its_first_loop(job: Job) -> None:
    shutil.copytree(PROJECT / "examples" / "shop", job.workspace, dirs_exist_ok=True)

    job.run(language="zh")

    assert "### 请求逐跳经过" in job.summary
    assert "```mermaid\nflowchart TD\n  n0[" in job.summary


@pytest.mark.slow
def test_action_installs_itself(clean: Job) -> None:
    del clean.given["install"]

    assert clean.run() == "success", clean.steps["install"].log
    first = clean.steps["install"].outputs
    assert first["version"] == __version__
    assert Path(first["python"]).is_relative_to(clean.temp)
    assert clean.run() == "success"
    assert clean.steps["install"].outputs == first
