"""What a step of GitHub Actions is given and what it gives back: inputs, the event, outputs, workflow commands.

Inputs come as environment variables and never as program text. Whatever a pull request could have written is escaped
on its way out.
"""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


class InputError(Exception):
    """An input of the action that cannot be used."""


def one_of(environment: Mapping[str, str], name: str, allowed: Collection[str]) -> str:
    """The value of an input that has only a few, in any case."""
    value = environment.get(variable(name), "").strip().lower()
    if value not in allowed:
        raise InputError(f"input {name!r} is {value!r}, not one of {', '.join(allowed)}")
    return value


def text_of(environment: Mapping[str, str], name: str) -> str:
    """The value of an input, empty when it is not given."""
    return environment.get(variable(name), "").strip()


def variable(name: str) -> str:
    """The environment variable that `action.yml` passes an input by.

    >>> variable("fail-on")
    'INPUT_FAIL_ON'
    """
    return "INPUT_" + name.replace("-", "_").upper()


def event(environment: Mapping[str, str]) -> dict[str, Any]:
    """The webhook event that started the workflow; empty when there is none to read."""
    try:
        payload = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
    except (KeyError, OSError, ValueError):
        return {}
    return payload if isinstance(payload, dict) else {}


def write_outputs(environment: Mapping[str, str], outputs: Mapping[str, object]) -> None:
    """Set outputs of the step. The delimiter is random, so that no value can end early and set another output."""
    lines = []
    for name, value in outputs.items():
        delimiter = f"end-{secrets.token_hex(16)}"
        lines += [f"{name}<<{delimiter}", str(value), delimiter]
    with Path(environment["GITHUB_OUTPUT"]).open("a", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")


def command(kind: str, message: str, title: str) -> str:
    r"""A workflow command such as `error`, escaped as actions/toolkit does.

    >>> command("error", "50%\n::set-output name=x::y", title="a: b")
    '::error title=a%3A b::50%25%0A::set-output name=x::y'
    """
    name = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={name}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


@contextmanager
def commands_stopped() -> Iterator[None]:
    """While this lasts, the runner takes nothing that is printed for a workflow command."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", flush=True)
