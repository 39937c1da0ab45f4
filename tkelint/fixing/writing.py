"""Fixed texts become files: all files of one fix, or none of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tkelint.fixing.model import CHANGED_MEANWHILE, NOT_WRITTEN, Fault
from tkelint.replace_file import ChangedMeanwhileError, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tkelint.fixing.model import FileChange
    from tkelint.problem import Finding
    from tkelint.source import SourceFile


def write(changes: Sequence[FileChange], applied: Iterable[Finding], root: Path) -> dict[str, Fault]:
    """Write the files that changed, and say of each that was not why, by its path.

    Paths are those of findings: the real paths of files that were found in the tree. Files that have a fix in common
    are written together: when one of them cannot be, the others get back what they had.
    """
    faults: dict[str, Fault] = {}
    by_path = {change.before.path: change for change in changes}
    for group in _groups(by_path, applied):
        fault = _write_group([by_path[path] for path in group], root.resolve())
        if fault is not None:
            faults |= dict.fromkeys(group, fault)
    return faults


def bytes_of(source: SourceFile) -> bytes:
    """The bytes of a file with this text."""
    return source.byte_order_mark + source.text.encode(source.encoding)


def _write_group(group: Sequence[FileChange], root: Path) -> Fault | None:
    written: list[FileChange] = []
    for change in group:
        fault = _write(root, change.before, change.after)
        if fault is not None:
            for done in reversed(written):
                _write(root, done.after, done.before)
            return fault
        written.append(change)
    return None


def _write(root: Path, before: SourceFile, after: SourceFile) -> Fault | None:
    try:
        replace(Path(os.path.normpath(root / before.path)), bytes_of(before), bytes_of(after))
    except ChangedMeanwhileError:
        return Fault(CHANGED_MEANWHILE, {"path": before.path})
    except (OSError, UnicodeError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        return Fault(NOT_WRITTEN, {"path": before.path, "detail": detail})
    return None


def _groups(paths: Iterable[str], applied: Iterable[Finding]) -> Iterator[list[str]]:
    """The paths, those together that a fix has in common, directly or by way of others."""
    group_of: dict[str, list[str]] = {path: [path] for path in paths}
    for finding in applied:
        touched = {each.place.source.path for each in finding.repair.replacements} if finding.repair else set()
        groups = {id(group_of[path]): group_of[path] for path in touched if path in group_of}
        if len(groups) > 1:
            joined = [path for group in groups.values() for path in group]
            group_of |= dict.fromkeys(joined, joined)
    yield from {id(group): group for group in group_of.values()}.values()
