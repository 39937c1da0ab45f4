"""The project's Markdown pages as data: their headings, links, code spans and code blocks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scripts.docs import ROOT

PATHS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])


@dataclass(frozen=True)
class Block:
    """A fenced code block: its language, its text and the line it begins on."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        """What a failing test is called by."""
        return f"{self.page.name}:{self.line}"


def blocks(path: Path, *languages: str) -> list[Block]:
    """The code blocks of a page, all or those in some languages."""
    found = [
        Block(path, token.map[0] + 1 if token.map else 0, token.info.split(" ")[0], token.content)
        for token in _tokens(path)
        if token.type == "fence"
    ]
    return [block for block in found if not languages or block.language in languages]


def all_blocks(*languages: str) -> list[Block]:
    """The code blocks of all pages, all or those in some languages."""
    return [block for path in PATHS for block in blocks(path, *languages)]


def heading_levels(path: Path) -> list[str]:
    """The levels of a page's headings, in order: `["h1", "h2", "h2"]`."""
    return [token.tag for token in _tokens(path) if token.type == "heading_open"]


def links(path: Path) -> list[str]:
    """The targets of a page's links and images."""
    targets = (token.attrGet("href") or token.attrGet("src") for token in _inline(path))
    return [str(target) for target in targets if target]


def code_spans(path: Path) -> list[str]:
    """The texts between backticks."""
    return [token.content for token in _inline(path) if token.type == "code_inline"]


def soft_breaks(path: Path) -> list[str]:
    """The text before each line end inside a paragraph, which is shown as a blank."""
    tokens = list(_inline(path))
    return [before.content for before, token in itertools.pairwise(tokens) if token.type == "softbreak"]


def _tokens(path: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))


def _inline(path: Path) -> Iterator[Token]:
    for token in _tokens(path):
        yield from token.children or ()
