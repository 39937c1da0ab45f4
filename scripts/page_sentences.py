"""Split a page of the product documentation into its sentences.

    python scripts/page_sentences.py PAGE.md URL > tests/fixtures/seed/sentences.json

writes what `docs/coverage.yaml` is held against: the headings of the page and the SHA-256 of each of its sentences. The
page itself is its publisher's and stays out of the repository.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HEADING = re.compile(r"(?:#{1,6}|:::) +.+")  # a tab (`::: title`) is a heading too
_FENCE = re.compile(r"```")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
# List items, and the page's notes: `>?` is a hint, `>!` a warning.
_MARKER = re.compile(r"(?:\d+\.|[-*]|>[?!]?)(?= |$)|>[?!]")
_MARKUP = re.compile(r":::|</?dx-tabs>")
_SENTENCE_END = re.compile(r"(?<=[。！？])(?!\*\*$)")


@dataclass(frozen=True)
class Section:
    """A heading as the page writes it, `#` or `:::` included, and the sentences up to the next one."""

    heading: str
    sentences: tuple[str, ...]


def sections(page: str) -> tuple[Section, ...]:
    """The sections of a page in Tencent Cloud's Markdown, which must begin with a heading.

    A code block counts as one sentence. Links and emphasis stay as they are written, images go.
    """
    found: list[tuple[str, list[str]]] = []
    for line in _logical_lines(page):
        if _HEADING.fullmatch(line):
            found.append((line, []))
        elif line:
            found[-1][1].extend(_sentences(line))
    return tuple(Section(heading, tuple(sentences)) for heading, sentences in found)


def _logical_lines(page: str) -> Iterator[str]:
    """The lines of a page without their margins; a code block, with its fences, is one line."""
    block: list[str] | None = None
    for line in page.splitlines():
        fence = _FENCE.match(line.strip())
        if block is not None:
            block.append(line)
            if fence:
                yield "\n".join(block)
                block = None
        elif fence:
            block = [line]
        else:
            yield line.strip()


def _sentences(line: str) -> Iterable[str]:
    if _FENCE.match(line):
        return [line]
    if _MARKUP.fullmatch(line):
        return []
    line = _IMAGE.sub("", line)
    while marker := _MARKER.match(line):
        line = line[marker.end() :].strip()
    return [sentence.strip() for sentence in _SENTENCE_END.split(line) if sentence.strip()]


def fingerprints(page: Sequence[Section]) -> list[dict[str, Any]]:
    """The sections with a hash in place of each sentence."""
    return [{"heading": each.heading, "sentences": [_sha256(text) for text in each.sentences]} for each in page]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    """Print the fingerprints of the page named on the command line."""
    path, url = sys.argv[1:]
    page = sections(Path(path).read_text(encoding="utf-8"))
    json.dump({"page": url, "sections": fingerprints(page)}, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
