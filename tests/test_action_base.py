"""What the action compares a pull request with, as runners check it out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from action_job import Job, Step
from git_command import ENVIRONMENT, git

from tkelint import __version__

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: prod}}
spec:
  ports: [{{port: 80, name: a}}{more}]
"""
CLEAN = SERVICE.format(name="api", more="")
OLD = SERVICE.format(name="old", more=", {port: 81}")
NEW = SERVICE.format(name="new", more=", {port: 81}")


class PullRequest:
    """A repository whose pull request adds a fault to one that is there, merged as GitHub does for a check."""

    def __init__(self, folder: Path) -> None:
        self.origin = folder / "origin"
        self.origin.mkdir()
        git(self.origin, "init", "--quiet", "--initial-branch=main")
        self.base = self.commit(old=OLD, api=CLEAN)
        git(self.origin, "checkout", "--quiet", "-b", "topic")
        self.head = self.commit(new=NEW)
        git(self.origin, "checkout", "--quiet", "main")
        self.tip = self.commit(other=OLD.replace("old", "other"))  # since the pull request was opened
        git(self.origin, "checkout", "--quiet", "-b", "merge")
        git(self.origin, "merge", "--quiet", "--no-ff", "--message=Merge", "topic")

    def commit(self, **files: str) -> str:
        for name, text in files.items():
            self.origin.joinpath(f"{name}.yaml").write_text(text, encoding="utf-8")
        git(self.origin, "add", "--all")
        git(self.origin, "commit", "--quiet", f"--message={' '.join(files)}")
        return git(self.origin, "rev-parse", "HEAD").strip()

    def job(self, folder: Path, branch: str, depth: int, event: str = "pull_request") -> Job:
        """A job on a checkout of so many commits."""
        workspace, temp = folder / "checkout", folder / "temp"
        temp.mkdir()
        git(folder, "clone", "--quiet", f"--depth={depth}", f"--branch={branch}", self.origin.as_uri(), str(workspace))
        given = {
            "python": Step("success", outputs={"python-path": sys.executable}),
            "install": Step("success", outputs={"python": sys.executable, "version": __version__}),
            "upload": Step("success"),
        }
        sides = {"base": {"sha": self.base}, "head": {"sha": self.head, "repo": {"full_name": "shop/manifests"}}}
        job = Job(workspace, temp, given=given)
        job.event = {"pull_request": sides, "merge_group": {"base_sha": self.tip}}
        job.environment = {"GITHUB_EVENT_NAME": event}
        return job


@pytest.fixture(autouse=True)
def _no_git_of_a_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ.keys() - ENVIRONMENT.keys():
        monkeypatch.delenv(name)


@pytest.fixture
def pull_request(tmp_path: Path) -> PullRequest:
    return PullRequest(tmp_path)


def reported(job: Job) -> list[str]:
    """The files with errors in the summary's table."""
    return [name for name in ("old", "new", "other") if f"{name}\\.yaml" in job.summary]


def test_a_pull_request_is_compared_with_its_base(pull_request: PullRequest, tmp_path: Path) -> None:
    job = pull_request.job(tmp_path, "merge", depth=2)

    assert job.run() == "failure"

    assert reported(job) == ["new"]
    assert job.output("errors") == "1"
    assert job.output("compared-with") == pull_request.tip[:9]
    assert f"Compared with {pull_request.tip[:9]} · there before: 2" in job.summary
    log = json.loads(Path(job.output("sarif-file")).read_text(encoding="utf-8"))
    states = [result["baselineState"] for result in log["runs"][0]["results"]]
    assert sorted(states) == ["new", "unchanged", "unchanged"]


def test_what_was_there_before_does_not_fail_a_pull_request(pull_request: PullRequest, tmp_path: Path) -> None:
    git(pull_request.origin, "checkout", "--quiet", "topic")
    pull_request.origin.joinpath("new.yaml").unlink()
    pull_request.head = pull_request.commit(clean=CLEAN.replace("api", "clean"))
    git(pull_request.origin, "checkout", "--quiet", "-B", "merge", "main")
    git(pull_request.origin, "merge", "--quiet", "--no-ff", "--message=Merge", "topic")
    job = pull_request.job(tmp_path, "merge", depth=2)

    assert job.run() == "success"

    assert "The change causes no problems." in job.summary
    assert reported(job) == []


def test_a_checkout_of_the_branch_needs_its_history(pull_request: PullRequest, tmp_path: Path) -> None:
    job = pull_request.job(tmp_path, "topic", depth=50)

    job.run()

    assert reported(job) == ["new"]
    assert job.output("compared-with") == pull_request.base[:9]


@pytest.mark.parametrize("branch", ["merge", "topic"])
def test_without_the_base_everything_is_reported_with_a_word(
    pull_request: PullRequest, tmp_path: Path, branch: str
) -> None:
    job = pull_request.job(tmp_path, branch, depth=1)

    job.run()

    assert "old" in reported(job)
    assert job.output("compared-with") == ""
    assert "fetch-depth%3A 2" not in job.steps["report"].log
    assert "::notice title=tkelint::The checkout does not have the base" in job.steps["report"].log
    assert "`fetch-depth: 2`" in job.summary


def test_a_merge_queue_is_compared_with_its_base(pull_request: PullRequest, tmp_path: Path) -> None:
    job = pull_request.job(tmp_path, "merge", depth=50, event="merge_group")

    job.run()

    assert reported(job) == ["new"]


@pytest.mark.parametrize("event", ["push", "schedule", "pull_request_target"])
def test_other_events_report_everything(pull_request: PullRequest, tmp_path: Path, event: str) -> None:
    job = pull_request.job(tmp_path, "merge", depth=50, event=event)

    job.run()

    assert reported(job) == ["old", "new", "other"]
    assert "notice title=tkelint" not in job.steps["report"].log


def test_everything_or_another_revision_may_be_asked_for(pull_request: PullRequest, tmp_path: Path) -> None:
    job = pull_request.job(tmp_path, "merge", depth=50)

    job.run(since="none")
    assert job.output("errors") == "3"
    job.run(since=f"{pull_request.base}..")
    assert job.output("errors") == "2"
    job.run(since="nowhere")

    assert job.output("exit-code") == "2"


def test_a_revision_is_only_a_value(pull_request: PullRequest, tmp_path: Path) -> None:
    job = pull_request.job(tmp_path, "merge", depth=2)

    assert job.run(since="--output=/pwned $(touch pwned)") == "failure"

    assert job.output("exit-code") == "2"
    assert not job.workspace.joinpath("pwned").exists()


def test_a_broken_event_is_one_without_a_base(pull_request: PullRequest, tmp_path: Path) -> None:
    job = pull_request.job(tmp_path, "merge", depth=2)
    job.event = {"pull_request": None}

    job.run()

    assert reported(job) == ["old", "new", "other"]
