"""Where the documents of a file are: the separation that kubectl and the other API tools make before they parse.

It is that of `YAMLReader` in k8s.io/apimachinery (`pkg/util/yaml/decoder.go`): any line that begins with `---`,
wherever it stands. So one bad document costs one document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATOR: Final = re.compile(r"^---([^\n]*)\n?", re.MULTILINE)


class Chunk(NamedTuple):
    """The text of one document, and the text after a separator below it that the tools refuse."""

    span: Span
    refused: Span | None = None


def chunks(text: str) -> Iterator[Chunk]:
    r"""The documents of a text.

    >>> text = "# a\n---\n---\nb: 1\n--- # c\nd: 2"
    >>> [text[chunk.span.start : chunk.span.end] for chunk in chunks(text)]
    ['# a\n', '---\nb: 1\n', 'd: 2']
    """
    start = 0
    for separator in _SEPARATOR.finditer(text):
        comment = separator[1].strip()
        if comment and not comment.startswith("#"):
            refused = separator.start(1) + separator[1].index(comment)
            yield Chunk(Span(start, separator.start()), Span(refused, refused + len(comment)))
        elif separator.start() > start:
            yield Chunk(Span(start, separator.start()))
        else:
            # With nothing before it, the reader leaves the line in the document.
            continue
        start = separator.end()
    if start < len(text):
        yield Chunk(Span(start, len(text)))
