"""The last step: annotations where code scanning has not got the findings, the summary, and tkelint's own status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from action.code_scanning import Log
from action.lint import ANNOTATIONS
from action.runner import command, one_of, text_of
from action.summary import LIMIT, failure, summary
from action.texts import knows, say

if TYPE_CHECKING:
    from collections.abc import Mapping


def report(environment: Mapping[str, str]) -> int:
    """Annotate, summarise and return the status that tkelint ended with."""
    annotations = one_of(environment, "annotations", ("auto", "true", "false"))
    wants_summary = one_of(environment, "summary", ("true", "false")) == "true"
    status = int(environment["TKELINT_STATUS"])
    log = _log(environment)
    language = log.language if log else text_of(environment, "language") or "en"
    uploaded = environment["UPLOAD_OUTCOME"] == "success"
    if log and (annotations == "true" or (annotations == "auto" and not uploaded)):
        # Already escaped by tkelint, which knows what in it comes from manifests.
        print(Path(environment["TKELINT_FOLDER"], ANNOTATIONS).read_text(encoding="utf-8"), end="")
        _say_why_not_uploaded(environment, language)
    if environment["NO_BASE"]:
        print(command("notice", say(environment["NO_BASE"], language), title="tkelint"))
    if wants_summary and environment.get("GITHUB_STEP_SUMMARY"):
        _write_summary(Path(environment["GITHUB_STEP_SUMMARY"]), log, environment, failure(status, language))
    if knows(f"status-{status}"):
        print(command("error", say(f"status-{status}", language), title="tkelint"))
    elif log is None:
        print(command("error", say("no-report", language, status=status), title="tkelint"))
    return status


def _log(environment: Mapping[str, str]) -> Log | None:
    path = environment["TKELINT_SARIF"]
    return Log(json.loads(Path(path).read_bytes())) if path else None


def _say_why_not_uploaded(environment: Mapping[str, str], language: str) -> None:
    if environment["UPLOAD_OBSTACLE"]:
        print(command("notice", say(environment["UPLOAD_OBSTACLE"], language), title="tkelint"))
    elif environment["UPLOAD_OUTCOME"] == "failure":
        print(command("warning", say("upload-failed", language), title="tkelint"))


def _write_summary(path: Path, log: Log | None, environment: Mapping[str, str], without_log: str) -> None:
    """Append to what the step has written so far; GitHub's limit is on the whole."""
    before = path.stat().st_size if path.exists() else 0
    remark = say(environment["NO_BASE"], log.language) if log and environment["NO_BASE"] else ""
    text = summary(log, environment, LIMIT - before, remark) if log else without_log
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)
