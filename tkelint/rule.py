"""Rules: the files under `rules/` as values.

A rule file says what is wrong, why and how to repair it, in English and Chinese; the check it names finds it. Reading
and checking the files is `compiled`'s and the tests' work, running them the engine's.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint import compiled
from tkelint.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tkelint.problem import Problem
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

    Check = Callable[[Resource, Workspace], Iterator[Problem]]

LANGUAGES = ("en", "zh")

Text = dict[str, str]  # a text in each of LANGUAGES


class Reference(NamedTuple):
    """A page that documents the rule. `quote` is in the page's own language."""

    url: str
    section: str = ""
    quote: str = ""


class RuleTexts(NamedTuple):
    """What people read of a rule."""

    title: Text
    messages: Mapping[str, Text]  # the one without a name is under ""
    why: Text
    remedy: Text
    references: tuple[Reference, ...]
    roles: Mapping[str, Text]
    limits: Text | None = None


class Rule(NamedTuple):
    """One rule file. See `rules/rule.schema.json` for what each field means."""

    id: str
    folder: str
    since: str
    severities: Mapping[str, Severity]  # by likelihood
    confidence: str
    kinds: tuple[str, ...]
    read_texts: Callable[[], RuleTexts]  # a run that finds nothing needs none of them
    annotations: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    codes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    enabled: bool = True
    check_name: str = ""
    match: Mapping[str, Any] | None = None
    reported_by: str = ""  # the module that reports it, when no check or match does

    @property
    def severity(self) -> Severity:
        """The worst level it can have: what it is when its condition is certain."""
        return min(self.severities.values(), key=lambda severity: severity.rank)

    @property
    def title(self) -> Text:
        """What is wrong, in a few words."""
        return self.read_texts().title

    @property
    def messages(self) -> Mapping[str, Text]:
        """The texts of its findings by name; the one without a name is under ""."""
        return self.read_texts().messages

    @property
    def why(self) -> Text:
        """What happens, and why."""
        return self.read_texts().why

    @property
    def remedy(self) -> Text:
        """What to do about it."""
        return self.read_texts().remedy

    @property
    def limits(self) -> Text | None:
        """What it deliberately does not see or say, where the file tells."""
        return self.read_texts().limits

    @property
    def references(self) -> tuple[Reference, ...]:
        """The pages that document it, the most important one first."""
        return self.read_texts().references

    @property
    def roles(self) -> Mapping[str, Text]:
        """Texts for related places by the role that the check gives them."""
        return self.read_texts().roles

    @property
    def check(self) -> Check:
        """The function that finds it. Its module is imported when the first resource asks for it."""
        if self.match is not None:
            from tkelint.match import matcher  # noqa: PLC0415 - few trees need it

            return matcher(self.match)
        return _check_named(self.check_name)


@functools.cache
def _check_named(name: str) -> Check:
    module, _, function = name.partition(".")
    check: Check = getattr(importlib.import_module(f"tkelint.checks.{module}"), function)
    return check


def rule_from_file(content: Mapping[str, Any], read_texts: Callable[[], RuleTexts]) -> Rule:
    """A rule from the content of its file, which is taken to satisfy the schema (a test sees to that)."""
    severity = content["severity"]
    ladder = {"certain": severity} if isinstance(severity, str) else severity
    return Rule(
        id=content["id"],
        folder=content.get("folder", ""),
        since=content["since"],
        severities={likelihood: Severity(level) for likelihood, level in ladder.items()},
        confidence=content["confidence"],
        kinds=tuple(content["kinds"]),
        read_texts=read_texts,
        annotations=frozenset(content.get("annotations", ())),
        fields=frozenset(content.get("fields", ())),
        codes=tuple(content.get("codes", ())),
        facts=tuple(content.get("facts", ())),
        tags=tuple(content.get("tags", ())),
        aliases=tuple(content.get("aliases", ())),
        enabled=content.get("enabled", True),
        check_name=content.get("check", ""),
        match=content.get("match"),
        reported_by=content.get("reported-by", ""),
    )


def texts_from_file(content: Mapping[str, Any]) -> RuleTexts:
    """The texts from the content of a rule file, or from what `compiled.texts` keeps of it."""
    message = content["message"]
    return RuleTexts(
        title=content["title"],
        messages={"": message} if "en" in message else message,
        why=content["why"],
        remedy=content["remedy"],
        references=tuple(Reference(**reference) for reference in content["references"]),
        roles={**compiled.table("roles"), **content.get("roles", {})},
        limits=content.get("limits"),
    )


@functools.cache
def _compiled_texts(rule_id: str) -> RuleTexts:
    return texts_from_file(compiled.texts(rule_id))


@functools.cache
def load_rules() -> Mapping[str, Rule]:
    """All rules by id, in the order of their ids."""
    return {
        content["id"]: rule_from_file(content, functools.partial(_compiled_texts, content["id"]))
        for content in compiled.load().rules
    }


def rule_named(name: str) -> Rule | None:
    """The rule with this id, or that once had it."""
    rules = load_rules()
    return rules.get(name) or next((rule for rule in rules.values() if name in rule.aliases), None)
