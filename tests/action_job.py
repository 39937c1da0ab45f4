"""A runner of GitHub Actions in small: the steps of `action.yml` one after the other, as its expressions say.

Steps that use another action do not run; their outcome and outputs are given. Everything else is real: the scripts,
the shell, the files for outputs and the summary.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PROJECT = Path(__file__).parents[1]
ACTION = YAML(typ="safe", pure=True).load((PROJECT / "action.yml").read_text(encoding="utf-8"))

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(==|!=|\|\||&&|!|\(|\))|([\w.-]+))")


@dataclass
class Step:
    """What became of a step."""

    outcome: str = "skipped"
    conclusion: str = "skipped"
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""


@dataclass
class Job:
    """One job with a checkout in `workspace`. `run` uses the action in it."""

    workspace: Path
    temp: Path
    event: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    given: dict[str, Step] = field(default_factory=dict)  # of steps that cannot run here
    steps: dict[str, Step] = field(default_factory=dict)
    summary: str = ""

    def run(self, **inputs: str) -> str:
        """Run the action; its conclusion is returned. Inputs are spelt with underscores."""
        self.steps, self.summary = {}, ""
        values = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()}
        for name, value in inputs.items():
            values[name.replace("_", "-")] = value
        context = {"inputs": values, "steps": self.steps}
        failed = False
        for number, step in enumerate(ACTION["runs"]["steps"]):
            condition = _inner(str(step.get("if", "success()")))
            skipped = failed and "()" not in condition  # success() is meant where no such function is called
            if skipped or not _truth(evaluate(condition, {**context, "failed": failed})):
                result = Step()
            else:
                result = self._run_step(number, step, context)
                tolerated = _truth(interpolate(str(step.get("continue-on-error", "false")), context))
                result.conclusion = "success" if tolerated else result.outcome
            self.steps[step["id"]] = result
            failed = failed or result.conclusion == "failure"
        return "failure" if failed else "success"

    def output(self, name: str) -> str:
        """An output of the action, as `action.yml` takes it from its steps."""
        return interpolate(ACTION["outputs"][name]["value"], {"inputs": {}, "steps": self.steps})

    def _run_step(self, number: int, step: dict[str, Any], context: dict[str, Any]) -> Step:
        if step["id"] in self.given:
            return self.given[step["id"]]
        assert "run" in step, f"the outcome of step {step['id']} must be given"
        assert "${{" not in step["run"], "an expression in a script is a way in for its value"
        output, summary = self.temp / f"output-{number}", self.temp / f"summary-{number}"
        output.touch()
        event = self.temp / "event.json"
        event.write_text(json.dumps(self.event), encoding="utf-8")
        environment = {
            **os.environ,
            "GITHUB_ACTION_PATH": str(PROJECT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": "shop/manifests",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": "b" * 40,
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_ACTOR": "ada",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(self.temp),
            **self.environment,
            **{name: interpolate(str(value), context) for name, value in step.get("env", {}).items()},
        }
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if summary.exists():
            self.summary += summary.read_text(encoding="utf-8")
        outcome = "failure" if result.returncode else "success"
        return Step(outcome, outputs=read_outputs(output.read_text(encoding="utf-8")), log=result.stdout)


def read_outputs(text: str) -> dict[str, str]:
    """The content of `GITHUB_OUTPUT`, read as the runner does: `name=value` or `name<<delimiter`."""
    outputs = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, separator, delimiter = line.partition("<<")
        if separator and "=" not in name:
            value = list(iter(lambda: next(lines), delimiter))
            outputs[name] = "\n".join(value)
        else:
            name, _, value_on_line = line.partition("=")
            outputs[name] = value_on_line
    return outputs


def interpolate(text: str, context: dict[str, Any]) -> str:
    """A text with its expressions replaced by their values."""
    return _EXPRESSION.sub(lambda match: _text(evaluate(match[1], context)), text)


def _inner(condition: str) -> str:
    match = _EXPRESSION.fullmatch(condition.strip())
    return match[1] if match else condition


def evaluate(expression: str, context: dict[str, Any]) -> Any:
    """The value of an expression of the few forms that `action.yml` uses; anything else is an error of the test."""
    tokens = _TOKEN.findall(expression.strip())
    assert "".join("".join(token) for token in tokens) == re.sub(r"\s+(?=(?:[^']*'[^']*')*[^']*$)", "", expression)
    words = ["".join(token) for token in tokens]
    value, rest = _or(words, context)
    assert not rest, f"not understood: {expression}"
    return value


def _or(words: list[str], context: dict[str, Any]) -> tuple[Any, list[str]]:
    value, words = _and(words, context)
    while words[:1] == ["||"]:
        other, words = _and(words[1:], context)
        value = value if _truth(value) else other
    return value, words


def _and(words: list[str], context: dict[str, Any]) -> tuple[Any, list[str]]:
    value, words = _comparison(words, context)
    while words[:1] == ["&&"]:
        other, words = _comparison(words[1:], context)
        value = other if _truth(value) else value
    return value, words


def _comparison(words: list[str], context: dict[str, Any]) -> tuple[Any, list[str]]:
    value, words = _value(words, context)
    if words[:1] in (["=="], ["!="]):
        operator = words[0]
        other, words = _value(words[1:], context)
        value = (_text(value).lower() == _text(other).lower()) == (operator == "==")
    return value, words


def _value(words: list[str], context: dict[str, Any]) -> tuple[Any, list[str]]:
    first, rest = words[0], words[1:]
    if first == "!":
        value, rest = _value(rest, context)
        return not _truth(value), rest
    if first.startswith("'"):
        return first[1:-1].replace("''", "'"), rest
    if rest[:2] == ["(", ")"]:
        return {"success": not context.get("failed"), "always": True, "cancelled": False}[first], rest[2:]
    value = context
    for name in first.split("."):
        value = getattr(value, name) if isinstance(value, Step) else value.get(name, "")
        if value == "":
            break
    return value, rest


def _truth(value: Any) -> bool:
    """Strings are true unless empty, as in GitHub's expressions; the word false is what `continue-on-error` casts."""
    return value not in ("", False, None, "false")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
