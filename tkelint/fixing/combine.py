"""Fixes that are applied together: the changes of all of them, and the texts that these make."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tkelint.problem import Finding
    from tkelint.syntax.document import Change, Document, TextChange

    _Changes = dict[Document, tuple[Change, ...]]


class Combination(NamedTuple):
    """The changes of several fixes by document."""

    changes: Mapping[Document, tuple[Change, ...]]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Combination:
        """Those of all repairs together."""
        return cls(_joined({}, findings))

    def texts(self) -> dict[str, SourceFile] | None:
        """The new sources by path; `None` where the changes of one document are at odds with each other."""
        by_path: dict[str, list[TextChange]] = defaultdict(list)
        sources: dict[str, SourceFile] = {}
        for document, changes in self.changes.items():
            found = document.text_changes(changes)
            if found is None:
                return None
            by_path[document.source.path] += found
            sources[document.source.path] = document.source
        return {path: _changed(sources[path], sorted(found)) for path, found in by_path.items()}


def compatible(findings: Sequence[Finding]) -> list[Finding]:
    """The findings whose repairs can be made at once, in their order; one that is at odds with an earlier one waits."""
    accepted: _Changes = {}
    chosen: list[Finding] = []
    by_document: dict[Document, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.repair:
            by_document[finding.repair.changes[0][0]].append(finding)
    for group in by_document.values():
        waiting = [group]
        while waiting:
            some = waiting.pop()
            joined = _joined(accepted, some)
            touched = {document for finding in some if finding.repair for document, _ in finding.repair.changes}
            if all(document.text_changes(joined[document]) is not None for document in touched):
                accepted = joined
                chosen += some
            elif len(some) > 1:
                waiting += [some[len(some) // 2 :], some[: len(some) // 2]]
    return chosen


def _joined(accepted: _Changes, findings: Iterable[Finding]) -> _Changes:
    joined = dict(accepted)
    for finding in findings:
        for document, changes in finding.repair.changes if finding.repair else ():
            joined[document] = (*joined.get(document, ()), *changes)
    return joined


def _changed(source: SourceFile, changes: Sequence[TextChange]) -> SourceFile:
    pieces, end = [], 0
    for span, text in changes:
        pieces += [source.text[end : span.start], text]
        end = span.end
    changed = "".join([*pieces, source.text[end:]])
    return SourceFile(source.path, changed, source.encoding, source.byte_order_mark)
