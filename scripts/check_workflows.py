"""Lint the workflows, those in the documentation included, and the action: actionlint and zizmor must find nothing.

    scripts/check_workflows.py

zizmor comes with the development tools. actionlint is a Go program without a package on PyPI that holds it, so it is
built into `.cache/` from the Go module proxy; where there is no Go, or no proxy, the script says so and goes on.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[1]
CACHE = PROJECT / ".cache" / "actionlint"
MODULE = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"

_YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main() -> int:
    """Check everything; 0 when nothing was found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = lay_out(folder)
        status = zizmor(folder)
        actionlint = find_actionlint() or install_actionlint()
        if actionlint is not None:
            status = max(status, subprocess.run([str(actionlint)], cwd=folder, check=False).returncode)
    if status == 0:
        print(f"{count} workflows checked")
    return status


def lay_out(folder: Path) -> int:
    """Make a repository of the action, its workflows and those of the documentation; how many workflows it has."""
    folder.joinpath(".git").mkdir()  # where the tools end their search for the root
    shutil.copy(PROJECT / "action.yml", folder)
    shutil.copytree(PROJECT / ".github", folder / ".github")
    workflows = folder / ".github" / "workflows"
    for name, text in documented_workflows().items():
        workflows.joinpath(name).write_text(text, encoding="utf-8")
    return len(list(workflows.iterdir()))


def documented_workflows() -> dict[str, str]:
    """The workflows in `docs/`: blocks of YAML with `on:` and `jobs:`, by a file name for each."""
    found = {}
    for page in sorted(PROJECT.glob("docs/*.md")):
        blocks = (block for block in _YAML_BLOCK.findall(page.read_text(encoding="utf-8")) if is_workflow(block))
        for number, block in enumerate(blocks, 1):
            found[f"{page.stem}-{number}.yml"] = block
    return found


def is_workflow(text: str) -> bool:
    r"""Whether a YAML text is a whole workflow of GitHub Actions.

    >>> is_workflow("on: push\njobs: {}\n"), is_workflow("lint:\n  script: tkelint\n")
    (True, False)
    """
    return all(re.search(rf"^{key}:", text, re.MULTILINE) for key in ("on", "jobs"))


def zizmor(folder: Path) -> int:
    """The exit status of zizmor, with its stricter checks and without network."""
    program = shutil.which("zizmor", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if program is None:
        print("zizmor is not installed: pip install --group dev")
        return 1
    command = [program, "--offline", "--no-progress", "--quiet", "--persona=auditor", "."]
    return subprocess.run(command, cwd=folder, check=False).returncode


def find_actionlint() -> Path | None:
    """actionlint, where it is installed or an earlier run has built it."""
    program = shutil.which("actionlint", path=os.pathsep.join((str(CACHE), os.environ["PATH"])))
    return Path(program) if program else None


def install_actionlint() -> Path | None:
    """Build actionlint; None, with a word about it, where that cannot be done."""
    go = shutil.which("go")
    if go is None:
        print("not checked with actionlint: it is built with Go, which is not installed")
        return None
    environment = {**os.environ, "GOBIN": str(CACHE), "GOFLAGS": "-mod=mod"}
    if subprocess.run([go, "install", MODULE], env=environment, check=False).returncode != 0:
        print(f"not checked with actionlint: {MODULE} could not be built")
        return None
    return find_actionlint()


if __name__ == "__main__":
    sys.exit(main())
