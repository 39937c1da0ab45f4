"""Ask CoreDNS and write its answers to tests/fixtures/corefile.

Run `python tests/oracle/corefile/record.py` with Go and a module proxy at hand, after a change of the inputs or of the
version of CoreDNS in go.mod. The tests themselves need neither.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import inputs
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HERE = Path(__file__).parent
_FIXTURES = _HERE.parents[1] / "fixtures" / "corefile"
SETUPS = _HERE.parents[2] / "rules" / "facts" / "coredns-setup.yaml"
_SEED = 20261122

# What comes behind these depends on the machine that records.
_MACHINE = re.compile(r"(?<=failed to resolve )(\"(?:[^\"\\]|\\.)*\").*", re.DOTALL)


def main() -> None:
    """Record everything."""
    cases = YAML(typ="safe").load(_FIXTURES / "cases.yaml")
    _write_lines(_FIXTURES / "cases.jsonl", ask(cases))

    texts = [case["text"] for case in cases if case["text"] and "env" not in case]
    mutations = [{"text": text} for text in inputs.mutations(texts, _generator(), 6000)]
    _record_generated("mutations", mutations)
    directives = inputs.Directives(_generator())
    corefiles = [{"text": directives.corefile(), "queries": list(inputs.QUERIES)} for _ in range(3000)]
    _record_generated("directives", corefiles)

    setups = inputs.Setups(_generator(), YAML(typ="safe").load(SETUPS))
    _record_generated("setups", [{"text": setups.corefile()} for _ in range(5000)])

    questions = [{"pattern": each, "names": inputs.NAMES} for each in inputs.patterns(_generator(), 4000)]
    answers = ask(questions, "-regex")
    for answer in answers:
        answer.pop("names", None)
    _write_gzip(_FIXTURES / "patterns.jsonl.gz", [{"names": inputs.NAMES}, *answers])


def _generator() -> random.Random:
    return random.Random(_SEED)


def _record_generated(name: str, questions: Sequence[dict[str, Any]]) -> None:
    answers = ask([{"name": "", **question} for question in questions])
    for question, answer in zip(questions, answers, strict=True):
        answer.pop("name")
        answer["text"] = question["text"]
    _write_gzip(_FIXTURES / f"{name}.jsonl.gz", answers)


def ask(questions: Iterable[dict[str, Any]], *arguments: str) -> list[dict[str, Any]]:
    """CoreDNS's answers, without what depends on the machine that is asked."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    command = ["go", "run", ".", *arguments]
    done = subprocess.run(command, cwd=_HERE, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.split(b"\n") if line]
    for answer in answers:
        for plugin in (plugin for block in answer.get("blocks", ()) for plugin in block.get("plugins", ())):
            if "error" in plugin:
                plugin["error"] = _MACHINE.sub(r"\1", plugin["error"])
    return answers


def _lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)


def _write_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    path.write_text(_lines(records), encoding="utf-8", newline="\n")


def _write_gzip(path: Path, records: Iterable[dict[str, Any]]) -> None:
    path.write_bytes(gzip.compress(_lines(records).encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
