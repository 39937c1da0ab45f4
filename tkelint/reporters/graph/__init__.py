"""Formats of the traffic graph: one module each, imported when its format is asked for.

A module has `render(view, options)`, which yields pieces of text, as the reporters of findings do. What comes from a
manifest passes through `harmless`, or is escaped as the format wants it; Secret data is never part of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path as FilePath

    from tkelint.graph.model import Graph
    from tkelint.graph.select import Path
    from tkelint.reporters import ReporterOptions
    from tkelint.source import Span

__all__ = ["FORMATS", "Question", "View", "render"]

FORMATS: Final[Mapping[str, str]] = {
    "text": "tkelint.reporters.graph.text",
    "mermaid": "tkelint.reporters.graph.mermaid",
    "dot": "tkelint.reporters.graph.dot",
    "json": "tkelint.reporters.graph.json",
    "html": "tkelint.reporters.graph.html",
}


class Question(NamedTuple):
    """What `--from` and `--to` asked, with the paths that answer it; `has_more` when there are more than those."""

    start: str | None
    end: str | None
    paths: tuple[Path, ...]
    has_more: bool


class View(NamedTuple):
    """A graph, or the part of one that was asked for, and what is needed to show it.

    `secrets` are the spans of Secret data by file path, `root` is the folder that paths are relative to.
    """

    graph: Graph
    root: FilePath
    secrets: Mapping[str, tuple[Span, ...]]
    question: Question | None = None


def render(name: str, view: View, options: ReporterOptions) -> Iterator[str]:
    """The graph in the format of that name, piece by piece. Imports the format's module."""
    pieces: Iterator[str] = importlib.import_module(FORMATS[name]).render(view, options)
    return pieces
