"""Compare tkelint with CoreDNS on more than the recorded inputs: other people's Corefiles, and mutations without end.

    python tests/oracle/corefile/compare.py FOLDER...           every Corefile in Markdown, Go tests and files below
    python tests/oracle/corefile/compare.py --mutations 20000 --seed 7 [FOLDER...]

With `--mutations` the Corefiles found (or those of cases.yaml) are mutated, and server blocks with every plugin are made
up. Nothing is recorded. Prints the counts and each disagreement; needs Go and a module proxy, as record.py does.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

_HERE = Path(__file__).parent
sys.path[:0] = [str(_HERE), str(_HERE.parents[1]), str(_HERE.parents[2])]

import inputs  # noqa: E402 - the folders of tests are no packages
import record  # noqa: E402
from ruamel.yaml import YAML  # noqa: E402
from syntax import corefile_goldens as goldens  # noqa: E402
from syntax.test_corefile_golden import assert_agrees  # noqa: E402

from tkelint.syntax.corefile import parse  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(
    r"^(?P<indent>[ \t]*)```[ \t]*(?:corefile|conf|text|txt|nginx)?[ \t]*\n(?P<text>.*?)^[ \t]*```",
    re.MULTILINE | re.DOTALL,
)
_INDENTED = re.compile(r"(?:^(?: {4}|\t).*\n(?:[ \t]*\n)*)+", re.MULTILINE)
_GO_STRING = re.compile(r'`([^`]*)`|"((?:[^"\\\n]|\\.)*)"')
_LIKE_A_BLOCK = re.compile(r"^[^\s{}][^{}\n]*\{[ \t]*$", re.MULTILINE)
_BATCH = 2000


def main() -> None:
    """Find or make the inputs, ask both, and say where they differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--mutations", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # A plugin that would ask AWS for keys must not be set up.
    found = {text for folder in options.folders for text in _corefiles(folder)}
    texts = sorted(text for text in found if "aws_secretsmanager" not in text)
    if options.mutations:
        texts = [*texts, *_made_up(texts, random.Random(options.seed), options.mutations)]
    counts: Counter[str] = Counter()
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        answers = record.ask([{"name": "", "text": text} for text in batch])
        for text, answer in zip(batch, answers, strict=True):
            counts[_compare(text, answer)] += 1
    print(f"{len(texts)} inputs:", ", ".join(f"{count} {kind}" for kind, count in counts.most_common()))


def _compare(text: str, answer: dict[str, object]) -> str:
    """How the two compare; a disagreement is printed."""
    try:
        assert_agrees(text, answer, {})
    except AssertionError:
        said = [error.coredns or error.code for error in parse(text).errors]
        print(f"{'-' * 80}\n{text}\nCoreDNS: {json.dumps(answer)[:2000]}\ntkelint: {said}")
        return "disagree"
    if "parse" in answer:
        explained = goldens.differs_deliberately(str(answer["parse"]))
        return (
            "refused by the parser, for a reason that only the machine knows" if explained else "refused by the parser"
        )
    if "zones" in answer or "servers" in answer:
        return "refused for an address"
    blocks = answer.get("blocks") or []
    assert isinstance(blocks, list)
    errors = [plugin["error"] for block in blocks for plugin in block.get("plugins", ()) if "error" in plugin]
    if any(goldens.differs_deliberately(error) for error in errors):
        return "refused by a plugin, for a reason that only the machine knows"
    return "refused by a plugin" if errors else "accepted"


def _corefiles(folder: Path) -> Iterator[str]:
    """Every text below a folder that may be a Corefile; lines of a block alone are put into one."""
    for path in sorted(folder.rglob("*")):
        if path.name.startswith("Corefile") and path.is_file():
            yield path.read_text("utf-8", "replace")
        elif path.suffix == ".md":
            yield from _in_markdown(path.read_text("utf-8", "replace"))
        elif path.name.endswith("_test.go"):
            yield from _in_go(path.read_text("utf-8", "replace"))


def _in_markdown(text: str) -> Iterator[str]:
    for match in _FENCE.finditer(text):
        yield from _wrapped(re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE))
    for match in _INDENTED.finditer(_FENCE.sub("", text)):
        yield from _wrapped(re.sub(r"^(?: {4}|\t)", "", match[0], flags=re.MULTILINE))


def _in_go(text: str) -> Iterator[str]:
    for raw, quoted in _GO_STRING.findall(text):
        literal = raw or re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), quoted)
        yield from _wrapped(literal)


def _wrapped(text: str) -> Iterator[str]:
    words = text.split()
    if not words:
        return
    if _LIKE_A_BLOCK.search(text):
        yield text
    if words[0] in goldens.DIRECTIVES:
        yield f".:53 {{\n{text}\n}}\n"


def _made_up(texts: list[str], generator: random.Random, count: int) -> Iterator[str]:
    if not texts:
        cases = YAML(typ="safe").load(goldens.FIXTURES / "cases.yaml")
        texts = [case["text"] for case in cases if case["text"] and "env" not in case]
    setups = inputs.Setups(generator, YAML(typ="safe").load(record.SETUPS))
    directives = inputs.Directives(generator)
    yield from inputs.mutations(texts, generator, count)
    for _ in range(count // 2):
        yield setups.corefile()
        yield directives.corefile()


if __name__ == "__main__":
    main()
