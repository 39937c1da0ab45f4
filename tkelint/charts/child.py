"""Renders charts in a process of its own, which is stopped when a template is a bomb. Imports nothing of tkelint.

The first line of standard input is what all jobs share: the `helm` binary, or none for the library `helm_python`, and
the limit of memory. Each further line is a job, answered by a file of JSON and then by a line of standard output.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

LARGEST_OUTPUT = 64 * 2**20
_SOURCE = re.compile(r"# Source: ([^\r\n]*[^\s])\r?\n")
_SEPARATOR = re.compile(r"^---[ \t]*\r?\n", re.MULTILINE)
_YAML_FAILURE = "YAML parse error on "
_OUT_OF_MEMORY = ("fatal error: ", "runtime: out of memory")  # what Go's runtime says before it gives up
_OUT_OF_SPACE = "file too large"

Job = dict[str, Any]
# "files": the text by the name of its template; or "error": what Helm says; or "stopped": at which limit.
Output = dict[str, Any]


def main() -> None:
    """Answer jobs until there are no more."""
    shared = json.loads(sys.stdin.readline())
    sys.path.append(shared["library"])  # isolated from the user's environment, Python does not look everywhere
    _limit(shared["memory"])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for line in sys.stdin:
        job = json.loads(line)
        Path(job["answer"]).write_text(json.dumps(_outputs(shared["helm"], job)), encoding="utf-8")
        sys.stdout.write("\n")
        sys.stdout.flush()


def _end_with_parent() -> None:
    """End this process and what it started where tkelint was killed: nobody is left then to stop a bomb."""
    if os.name != "posix":
        return
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


def _limit(memory: int) -> None:
    """Bound memory and the size of files, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _outputs(helm: str | None, job: Job) -> list[Output]:
    """What becomes of the chart in the first folder, and of its copies with marks while they are of use."""
    outputs: list[Output] = []
    for folder in job["folders"]:
        outputs.append(_output(helm, job, folder))
        if "files" not in outputs[0] or (len(outputs) > 1 and _is_alike(outputs[0], outputs[-1])):
            break
    return outputs


def _is_alike(one: Output, other: Output) -> bool:
    """Whether every text has as many lines in both."""
    files, others = one["files"], other.get("files", {})
    return all(name in others and others[name].count("\n") == text.count("\n") for name, text in files.items())


def _output(helm: str | None, job: Job, folder: str) -> Output:
    return _by_binary(helm, job, folder) if helm else _by_library(job, folder)


def _by_binary(helm: str, job: Job, folder: str) -> Output:
    arguments = [helm, "template", job["release"], folder, "--namespace", job["namespace"]]
    for option, key in (("--values", "values"), ("--set", "set"), ("--api-versions", "apiVersions")):
        arguments += (f"{option}={each}" for each in job[key])
    if job["kubeVersion"]:
        arguments.append(f"--kube-version={job['kubeVersion']}")
    code, text, said = _run(arguments, job["answer"])
    if code and _YAML_FAILURE in said:
        # What is no YAML is printed all the same with --debug, and the other templates with it.
        _, text, _ = _run([*arguments, "--debug"], job["answer"])
        code = 0 if text else code
    if not code:
        return {"files": _by_template(text)}
    if any(words in said for words in _OUT_OF_MEMORY):
        return {"stopped": "memory"}
    return {"stopped": "size"} if _OUT_OF_SPACE in said else {"error": said or f"exit status {code}"}


def _run(arguments: list[str], scratch: str) -> tuple[int, str, str]:
    """The exit status, the output, and the error without what else is chattered."""
    out, chatter = Path(f"{scratch}.out"), Path(f"{scratch}.err")
    with out.open("wb") as output, chatter.open("wb") as errors:
        # The arguments are a list, and the binary is the one that the user has.
        code = subprocess.run(arguments, stdout=output, stderr=errors, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603
    said = chatter.read_text(encoding="utf-8", errors="replace")
    start = said.rfind("\nError: ") + 1
    error = said[start:] if said.startswith("Error: ", start) else said[:2000]
    return code, out.read_bytes().decode("utf-8", "replace"), error.removeprefix("Error: ").strip()


def _by_template(text: str) -> dict[str, str]:
    """The documents of `helm template`, put together again by the template they come from."""
    found: dict[str, list[str]] = {}
    for document in _SEPARATOR.split(text):
        source = _SOURCE.match(document)
        if source:
            found.setdefault(source[1], []).append(document[source.end() :])
    return {name: "---\n".join(documents) for name, documents in found.items()}


def _by_library(job: Job, folder: str) -> Output:
    import helm_python  # noqa: PLC0415 - an extra, and slow to load
    from helm_python import _native  # noqa: PLC0415 - `Chart.render` has no argument for the versions

    options = {"name": job["release"], "namespace": job["namespace"]}
    if job["kubeVersion"]:
        options["kube_version"] = job["kubeVersion"]
    if job["apiVersions"]:
        options["api_versions"] = job["apiVersions"]
    try:
        values: dict[str, Any] = {}
        for path in job["values"]:
            values = _merged(values, helm_python.values_from_yaml(Path(path).read_text(encoding="utf-8")))
        if job["set"]:
            values = _merged(values, helm_python.parse_set_string(",".join(job["set"])))
        with helm_python.Chart.load(folder) as chart:
            text = _native.call_string("helm_render", chart._raw(), json.dumps(values), json.dumps(options))  # noqa: SLF001
    except helm_python.HelmError as error:
        return {"error": str(error)}
    return {"files": {name: text for name, text in json.loads(text).items() if _is_manifest(name) and text.strip()}}


def _is_manifest(name: str) -> bool:
    """Whether Helm installs what it renders from a template: notes and partials are none."""
    last = name.rpartition("/")[2]
    return last != "NOTES.txt" and not last.startswith("_")


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Two mappings as Helm merges values files: mappings are merged, everything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


if __name__ == "__main__":
    main()
