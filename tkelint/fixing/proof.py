"""The proof of a fix: two readers agree that its text says what it should, and a run finds nothing worse.

The first reader is tkelint's own, which is the API server's; the second is ruamel.yaml with its own idea of scalars.
Neither knows how the text was changed.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tkelint.fixing.model import CHANGES_MORE, CRASH, LOSES_COMMENT, NEW_FINDING, STILL_THERE, UNREAD, Fault, key_of
from tkelint.problem import Severity
from tkelint.syntax.changed_values import ImpossibleChangeError, changed_value
from tkelint.syntax.document import Remove
from tkelint.syntax.yaml import parse
from tkelint.syntax.yaml_edits import value_of_text
from tkelint.syntax.yaml_tree import UnsoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.source import SourceFile
    from tkelint.syntax.document import Change, Document, Json
    from tkelint.syntax.yaml import ParsedFile, YamlDocument


def fault_of_text(
    after: SourceFile, changes: Mapping[Document, Sequence[Change]], *, is_corefile: bool
) -> Fault | None:
    """What is wrong with the new text of a file, whose documents were to be changed as `changes` say."""
    if is_corefile:
        is_right = all(changed_value(each.value, made, str) == {"text": after.text} for each, made in changes.items())
        return None if is_right else Fault(CHANGES_MORE)
    before, read = parse(next(iter(changes)).source), parse(after)
    if len(read.documents) != len(before.documents) or _kinds(read) != _kinds(before):
        return Fault(CHANGES_MORE)
    wanted = {document.index: made for document, made in changes.items()}
    faults = (
        _fault_of_document(old, new, wanted.get(old.index, ()))
        for old, new in zip(before.documents, read.documents, strict=True)
    )
    return next((fault for fault in faults if fault is not None), None)


def _kinds(file: ParsedFile) -> list[tuple[str, int]]:
    return [(error.kind, error.document) for error in file.errors]


def _fault_of_document(old: YamlDocument, new: YamlDocument, made: Sequence[Change]) -> Fault | None:
    if not _is_as_wanted(old.value, new.value, made, value_of_text):
        return Fault(CHANGES_MORE)
    if not made:
        return None
    try:
        second = _second_reading(old), _second_reading(new)
    except ImpossibleChangeError:
        return Fault(UNREAD)
    if not _is_as_wanted(*second, made, _second_value):
        return Fault(CHANGES_MORE)
    return None if _keeps_comments(old, new, made) else Fault(LOSES_COMMENT)


def _is_as_wanted(old: Json, new: Json, made: Sequence[Change], read: Callable[[str], Json]) -> bool:
    """Whether a value is another with some changes and no others, the order of keys included."""
    try:
        return json.dumps(changed_value(old, made, read)) == json.dumps(new)
    except (ImpossibleChangeError, UnsoundError, RecursionError):
        return False


def _second_reading(document: YamlDocument) -> Json:
    return _second_value(document.source.text[document.span.start : document.span.end])


def _second_value(text: str) -> Json:
    """The value of a text as ruamel.yaml reads it. Raises `ImpossibleChangeError` where it does not.

    Its fast parser refuses a colon inside of a word in brackets (`[a:1]`), its slow one does not.
    """
    for pure in (False, True):
        yaml = YAML(typ="safe", pure=pure)
        yaml.allow_duplicate_keys = True
        try:
            return _plain(yaml.load(text))
        except (YAMLError, ValueError, RecursionError, NotImplementedError):
            continue
    raise ImpossibleChangeError


def _plain(value: Any) -> Json:
    """A value with keys that are strings; of what JSON does not know, such as dates, the text."""
    if isinstance(value, dict):
        return {str(key).lower() if isinstance(key, bool) else str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return value if isinstance(value, (str, int, float, type(None))) else repr(value)


def _keeps_comments(old: YamlDocument, new: YamlDocument, made: Sequence[Change]) -> bool:
    """Whether all comments are still there, but for those of entries that were taken out."""
    replaced = [span for span, _ in old.text_changes(made) or ()]
    comments = old.comments()
    kept = [
        text
        for span, text in comments
        if not any(each.start <= span.start and span.end <= each.end for each in replaced)
    ]
    may_go = any(isinstance(change, Remove) for change in made)
    return [text for _, text in new.comments()] == kept and (may_go or len(kept) == len(comments))


def fault_of_findings(before: Report, after: Report, fixed: Sequence[Finding]) -> Fault | None:
    """What a run over the new texts finds against some fixes: one did nothing, or something worse came with them."""
    had, has = Counter(map(key_of, before.findings)), Counter(map(key_of, after.findings))
    for key, count in Counter(map(key_of, fixed)).items():
        if has[key] > had[key] - count:
            return Fault(STILL_THERE, {"path": key[1]})
    if len(after.crashes) > len(before.crashes):
        return Fault(CRASH)
    new = _new(before, after, fixed)
    if new is None:
        return None
    return Fault(NEW_FINDING, {"rule": new.rule_id, "message": new.message, "path": new.place.source.path})


def _new(before: Report, after: Report, fixed: Sequence[Finding]) -> Finding | None:
    """A finding, warning or error, that was not there before.

    One that a fix has moved (an item of a list without a name has another index) takes the place of one that is gone
    without having been fixed.
    """
    gone = Counter(map(_exactly, before.findings))
    gone.subtract(map(_exactly, after.findings))
    fixed_keys = Counter(map(key_of, fixed))
    moved: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for finding in before.findings:
        if gone[_exactly(finding)] > 0:
            gone[_exactly(finding)] -= 1
            if fixed_keys[key_of(finding)] > 0:
                fixed_keys[key_of(finding)] -= 1
            else:
                moved[_roughly(finding)].append(finding.severity.rank)
    for finding in after.findings:
        if gone[_exactly(finding)] >= 0 or finding.severity.rank > Severity.WARNING.rank:
            continue
        gone[_exactly(finding)] += 1
        worse = [rank for rank in moved[_roughly(finding)] if rank <= finding.severity.rank]
        if not worse:
            return finding
        moved[_roughly(finding)].remove(worse[0])
    return None


def _exactly(finding: Finding) -> tuple[tuple[str, str, str], Severity]:
    return key_of(finding), finding.severity


def _roughly(finding: Finding) -> tuple[str, str, str]:
    return finding.rule_id, finding.place.source.path, finding.subject
