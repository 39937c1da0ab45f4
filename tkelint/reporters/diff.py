"""A unified diff of what fixes change. Secret data is masked, and what could steer a terminal is made visible."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from tkelint.reporters.harmless import harmless, harmless_character, without_commands
from tkelint.reporters.places import path_from
from tkelint.reporters.snippet import MASK
from tkelint.reporters.terminal import paint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tkelint.fixing.model import FileChange
    from tkelint.reporters import ReporterOptions
    from tkelint.source import Span

_CONTEXT_LINES: Final = 3
_NO_LINE_END: Final = "\\ No newline at end of file"
_STYLES: Final = {"-": "removed", "+": "added", "@": "note"}


def render_diff(changes: Iterable[FileChange], root: Path, options: ReporterOptions) -> Iterator[str]:
    """The diff of all files, which `git apply` and `patch -p1` take in the folder where it was made."""
    for change in changes:
        path = harmless(path_from(options.folder, change.before.path, root))
        for line in without_commands(_file(change, path)):
            yield paint(line, _STYLES.get(line[:1], ""), options) if line[:1] in _STYLES else line
            yield "\n"


def _file(change: FileChange, path: str) -> Iterator[str]:
    is_elsewhere = path.startswith(("/", "../"))
    yield f"--- {path}" if is_elsewhere else f"--- a/{path}"
    yield f"+++ {path}" if is_elsewhere else f"+++ b/{path}"
    old, new = _lines(change.before.text), _lines(change.after.text)
    shown_old = _lines(_masked(change.before.text, change.secrets_before))
    shown_new = _lines(_masked(change.after.text, change.secrets_after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT_LINES):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                yield from _shown(" ", shown_old[start:end])
            else:
                yield from _shown("-", shown_old[start:end])
                yield from _shown("+", shown_new[new_start:new_end])


def _lines(text: str) -> list[str]:
    """The lines with their line ends, as `patch` counts them: only LF ends one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    return [*lines[:-1], lines[-1][:-1]] if lines[-1] != "\n" else lines[:-1]


def _range(start: int, end: int) -> str:
    """Lines as the format wants them: a range of one is its number, an empty one stands after the line before it."""
    count = end - start
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def _shown(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        body = line.removesuffix("\n")
        end = "\r" if body.endswith("\r") else ""
        yield mark + _visible(body.removesuffix("\r")) + end
        if not line.endswith("\n"):
            yield _NO_LINE_END


def _visible(line: str) -> str:
    """A line with its tabs, and everything else that is not visible made so."""
    return line if line.isprintable() else "".join(each if each == "\t" else harmless_character(each) for each in line)


def _masked(text: str, secrets: Sequence[Span]) -> str:
    """A text with its Secret data masked, line by line, so that lines stay where they are."""
    pieces, end = [], 0
    for span in sorted(secrets):
        start = max(span.start, end)
        if start < span.end:
            hidden = text[start : span.end]
            pieces += [text[end:start], "\n".join(MASK if line.strip() else line for line in hidden.split("\n"))]
            end = span.end
    return "".join([*pieces, text[end:]])
