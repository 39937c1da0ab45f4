"""From a rule and a problem to a finding: texts in both languages, severity, places, and the semantic fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint.language import text
from tkelint.problem import Addition, Finding, Item, RelatedPlace, Removal, Repair, Replacement, Unrepaired
from tkelint.rendered import RenderedDocument
from tkelint.resource import PSEUDO_KINDS, Node
from tkelint.rule import LANGUAGES
from tkelint.source import Place
from tkelint.syntax.document import Add, Append, Remove, Replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.config import Config
    from tkelint.problem import Edit, Fix, Problem, Related, Severity
    from tkelint.rule import Rule, Text
    from tkelint.syntax.document import Change, Document

_LIST_SEPARATORS = {"en": ", ", "zh": "、"}

# What tells one item of a list from another better than its index, best first.
_IDENTIFYING_KEYS = ("name", "host", "path", "url", "domain", "port", "containerPort", "protocol", "ip")


def finding_of(rule: Rule, problem: Problem, config: Config) -> Finding:
    """The finding that a problem of a rule is, with the severity that the configuration gives the rule."""
    resource = problem.node.resource
    repair = _repair(problem.fix) if problem.fix else None
    return Finding(
        rule_id=rule.id,
        severity=_severity(rule, problem, config),
        confidence=rule.confidence,
        message=_texts(rule.messages[problem.message], problem.parameters),
        place=problem.node.place,
        subject=resource.label,
        field="" if resource.kind in PSEUDO_KINDS else problem.node.field,
        template=resource.template,
        fingerprint=_fingerprint(rule, problem),
        related=(*(_related(rule, related) for related in problem.related), *_origins(problem.node)),
        flow=tuple(_related(rule, related) for related in problem.flow),
        assumed=problem.assumed,
        codes=rule.codes if problem.codes is None else problem.codes,
        repair=repair if isinstance(repair, Repair) else None,
        unrepaired=repair if isinstance(repair, Unrepaired) else None,
        namespace=resource.namespace or None,
    )


def _severity(rule: Rule, problem: Problem, config: Config) -> Severity:
    setting = config.rules.get(rule.id)
    if setting is not None and setting.severity is not None:
        return setting.severity
    return rule.severities[problem.likelihood]


def _related(rule: Rule, related: Related) -> RelatedPlace:
    return RelatedPlace(
        related.node.place, _texts(rule.roles[related.role], related.parameters), related.node.resource.label
    )


def _origins(node: Node) -> Iterator[RelatedPlace]:
    """Where else a person would change the value of a node: the line of a values file."""
    said = {language: text("origin", language) for language in LANGUAGES}
    yield from (RelatedPlace(place, said, node.resource.label) for place in node.origins)


def _repair(fix: Fix) -> Repair | Unrepaired:
    """What the edits change in the texts, file by file, or why one of them cannot be made."""
    changes: dict[Document, list[Change]] = {}
    for edit in fix.edits:
        changes.setdefault(edit.node.resource.document, []).append(_change(edit))
    replacements: list[Replacement] = []
    for document, wanted in changes.items():
        found = document.text_changes(wanted)
        if found is None:
            return Unrepaired("rendered" if isinstance(document, RenderedDocument) else "unsound", fix.safe)
        replacements += [Replacement(Place(document.source, span), text) for span, text in found]
    return Repair(
        tuple(sorted(replacements, key=lambda each: (each.place.source.path, each.place.span))),
        fix.safe,
        tuple((document, tuple(wanted)) for document, wanted in changes.items()),
    )


def _change(edit: Edit | Removal | Addition | Item) -> Change:
    """An edit in the terms of its document."""
    path = edit.node.resource.base + edit.node.path
    if isinstance(edit, Removal):
        return Remove(path)
    if isinstance(edit, Addition):
        return Add(path, edit.key, edit.value)
    if isinstance(edit, Item):
        return Append(path, edit.value)
    return Replace(path, edit.text, edit.node.part, edit.node.at_key)


def _texts(text: Text, parameters: Mapping[str, object]) -> dict[str, str]:
    return {
        language: text[language].format_map({key: _spoken(value, language) for key, value in parameters.items()})
        for language in LANGUAGES
    }


def _spoken(value: Any, language: str) -> str:
    """A parameter in a language: a text in each language gives its own, a list is joined as the language joins."""
    if isinstance(value, dict) and value.keys() == set(LANGUAGES):
        return str(value[language])
    if isinstance(value, (list, tuple)):
        return _LIST_SEPARATORS[language].join(_spoken(each, language) for each in value)
    return str(value)


def _fingerprint(rule: Rule, problem: Problem) -> str:
    """What stays the same when lines, indentation, order of items or the file's name change.

    Rule, object, path with list items told by their names, the token inside a text, and the related objects.
    """
    node = problem.node
    parts = [rule.id, problem.message, _identity(node), *_steps(node), _inner_text(node)]
    parts += sorted({_identity(related.node) for related in (*problem.related, *problem.flow)})
    import hashlib  # noqa: PLC0415 - a clean run needs no fingerprint

    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _identity(node: Node) -> str:
    resource = node.resource
    if resource.kind in PSEUDO_KINDS:
        return f"{resource.kind}/{resource.name.rpartition('/')[2]}"
    return f"{resource.type}/{resource.namespace or ''}/{resource.name}"


def _steps(node: Node) -> list[str]:
    return [
        step if isinstance(step, str) else _item_name(node.resource.get(*node.path[: depth + 1]), step)
        for depth, step in enumerate(node.path)
    ]


def _item_name(item: object, index: int) -> str:
    if isinstance(item, dict):
        for key in _IDENTIFYING_KEYS:
            if isinstance(item.get(key), (str, int)):
                return f"{key}={item[key]}"
    return f"={item}" if isinstance(item, (str, int)) else str(index)


def _inner_text(node: Node) -> str:
    if node.part is None or not isinstance(node.value, str):
        return ""
    return " ".join(node.value[slice(*node.part)].split())
