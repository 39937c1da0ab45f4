"""Run tkelint with the action's inputs and keep its exit status: what found something must still be uploaded.

Sets the outputs of the action, and for its later steps `upload` (whether to), `obstacle` (why not), `no-base` (why a
pull request is compared with nothing) and `folder`.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from action.base import base_of
from action.code_scanning import LEVELS, Log, obstacle
from action.runner import InputError, commands_stopped, event, one_of, text_of, write_outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

SARIF: Final = "tkelint.sarif"
ANNOTATIONS: Final = "annotations.txt"


def lint(environment: Mapping[str, str]) -> int:
    """Lint; 0 whatever is found. Raises `InputError` before anything is run."""
    upload = one_of(environment, "upload-sarif", ("auto", "true", "false"))
    folder = Path(tempfile.mkdtemp(prefix="tkelint-", dir=environment["RUNNER_TEMP"]))
    base = base_of(environment, event(environment), paths_of(environment))
    command = [environment["TKELINT_PYTHON"], "-I", "-m", "tkelint", *arguments(environment, folder, base.revision)]
    with commands_stopped():
        status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
    outputs: dict[str, object] = {"exit-code": status, "folder": folder, "upload": "false", "no-base": base.obstacle}
    sarif = folder / SARIF
    if sarif.exists():
        log = Log(json.loads(sarif.read_bytes()))
        why_not = obstacle(environment, event(environment)) if upload == "auto" else None
        outputs |= {f"{level}s": log.count(level) for level in LEVELS}
        outputs |= {"compared-with": log.compared_with}
        outputs |= {"incomplete": len(list(log.not_looked_at())), "sarif-file": _finished(sarif, log, environment)}
        outputs |= {"upload": str(upload != "false" and why_not is None).lower(), "obstacle": why_not or ""}
    write_outputs(environment, outputs)
    return 0


def arguments(environment: Mapping[str, str], folder: Path, base: str = "") -> list[str]:
    """The command line: our options, those of `args`, which win, and the paths. `base` is what to compare with."""
    try:
        more = shlex.split(text_of(environment, "args"))
    except ValueError as error:
        raise InputError(f"input 'args' cannot be split as a shell would: {error}") from error
    given = (("--config", "config"), ("--fail-on", "fail-on"), ("--lang", "language"))
    options = [part for option, name in given if (value := text_of(environment, name)) for part in (option, value)]
    options += ["--since", base] if base else []
    outputs = ["--output", f"sarif={folder / SARIF}", "--output", f"github={folder / ANNOTATIONS}"]
    return ["check", "--color", "always", *options, *outputs, *more, "--", *paths_of(environment)]


def paths_of(environment: Mapping[str, str]) -> list[str]:
    """The paths to lint, one on each line of the input."""
    return [line.strip() for line in text_of(environment, "paths").splitlines() if line.strip()]


def _finished(sarif: Path, log: Log, environment: Mapping[str, str]) -> Path:
    """The SARIF file where the inputs want it, whole: with the category set, moved in one step."""
    category = text_of(environment, "category")
    if category:
        log.set_category(category)
        sarif.write_text(json.dumps(log.value), encoding="utf-8")
    wanted = text_of(environment, "sarif-file")
    if not wanted:
        return sarif
    target = sarif_target(environment, wanted)
    target.parent.mkdir(parents=True, exist_ok=True)
    # A link of that name is replaced, not followed, and what is in its place until then has never been an output.
    staged = target.with_name(f".{target.name}.{os.getpid()}")
    staged.write_bytes(sarif.read_bytes())
    return staged.replace(target)


def sarif_target(environment: Mapping[str, str], wanted: str) -> Path:
    """The path that `sarif-file` means. No link that a pull request brings may lead its folder out of the checkout."""
    roots = [Path(environment[name]).resolve() for name in ("GITHUB_WORKSPACE", "RUNNER_TEMP")]
    target = roots[0] / wanted
    folder = target.parent.resolve()
    if target.name in ("", "..") or not any(folder.is_relative_to(root) for root in roots):
        raise InputError(f"input 'sarif-file' is {wanted!r}, which is not in the workspace or the runner's own folder")
    return folder / target.name
