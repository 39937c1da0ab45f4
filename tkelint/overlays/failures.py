"""Why kustomize did not build an overlay, in its own words, and the line of the kustomization that it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tkelint.overlays.fragments import as_list
from tkelint.patterns import pattern
from tkelint.rendered import RenderFailure
from tkelint.source import Place, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.contained import Outcome
    from tkelint.overlays.find import Kustomization, Overlay
    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.yaml import YamlDocument

_LONGEST: Final = 600
_MOST_READ: Final = 20_000
_SHORTEST_CLUE: Final = 3
# kubectl logs its error: E1125 17:37:18.334673 1709 run.go:72] "command failed" err="..."
_LOGGED: Final = pattern(r'[A-Z]\d{4} .*?\] "command failed" err="(.*)"\Z')
_PREFIX: Final = pattern(r"(?:[Ee]rror: )+")
STOPPED: Final = {
    "time": "the build took too long and was stopped",
    "size": "the build printed too much and was stopped",
    "memory": "the build took too much memory and was stopped",
}


def failure_of(
    overlay: Overlay, outcome: Outcome, folder: str, documents: Mapping[str, Sequence[YamlDocument]]
) -> RenderFailure:
    """The failure that an outcome is. `folder` is where the build ran, which nobody needs to read of."""
    stopped = "memory" if b"runtime: out of memory" in outcome.errors[:_MOST_READ] else outcome.stopped
    words = STOPPED.get(stopped) or _words(outcome.errors[:_MOST_READ].decode("utf-8", "replace"))
    words = words.replace(f"{folder}/", "").replace(folder, ".")
    for secret in _literals(overlay):
        words = words.replace(secret, "***")
    return RenderFailure(_place(overlay, words, documents), words[:_LONGEST])


def _words(errors: str) -> str:
    """What kustomize says besides warnings."""
    lines = [line for line in errors.splitlines() if line.strip() and not line.startswith("# Warning")]
    text = " ".join(lines) or "it ended without a word"
    logged = _LOGGED.match(text)
    if logged:
        text = logged[1].replace('\\"', '"').replace("\\\\", "\\")
    return _PREFIX.sub("", text, count=1)


def _literals(overlay: Overlay) -> Iterator[str]:
    """What literals of Secrets say: it never leaves."""
    for kustomization in overlay.kustomizations:
        for entry in as_list(kustomization.value.get("secretGenerator")):
            for literal in as_list(entry.get("literals")) if isinstance(entry, dict) else ():
                yield from (part for part in (str(literal).partition("=")[2], str(literal)) if part)


def _place(overlay: Overlay, words: str, documents: Mapping[str, Sequence[YamlDocument]]) -> Place:
    """The longest text of a kustomization that the words repeat; else the first line of the overlay."""
    best: tuple[int, Kustomization, FieldPath, bool] | None = None
    for kustomization in overlay.kustomizations:
        for path, text, at_key in _texts(kustomization.value, ()):
            is_clue = len(text) >= _SHORTEST_CLUE and (f'"{text}"' if at_key else text) in words
            if is_clue and (best is None or len(text) > best[0]):
                best = len(text), kustomization, path, at_key
    top = documents.get(overlay.top.path, ())
    if best is not None and documents.get(best[1].path):
        document = documents[best[1].path][0]
        return document.place_of(best[2], at_key=best[3])
    source = top[0].source if top else SourceFile(overlay.top.path, "")
    return Place(source, Span(0, len(source.line(1))))


def _texts(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, str, bool]]:
    """Every text on one line in a value, and its keys, each with the path."""
    waiting: list[tuple[FieldPath, Any]] = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            yield from (((*path, key), key, True) for key in value)
            waiting += [((*path, key), each) for key, each in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, index), each) for index, each in enumerate(value)]
        elif isinstance(value, str) and "\n" not in value:
            yield path, value, False
