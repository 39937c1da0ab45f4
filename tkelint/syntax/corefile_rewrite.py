"""The `rewrite` plugin: its rules, what is wrong with them, and what they make of a name.

Source: coredns `plugin/rewrite` at 1.14.7. Only rules for `name` change a name; of the other fields (class, type,
edns0, ttl, cname, rcode) the arguments are checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from tkelint.syntax.corefile_dispenser import Dispenser, RefusedError
from tkelint.syntax.corefile_rewrite_fields import FIELD_CHECKS, MATCHES, check_pattern, compiled
from tkelint.syntax.domain_name import normalise
from tkelint.syntax.golang import quote, to_lower

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.syntax.corefile_errors import CorefileError
    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_tree import Directive

# A name has at most 255 octets; what is longer than this is never an answer, and would only cost time.
_LONGEST_REPLACEMENT = 1024
_LONGEST_RESULT = 10_000


class Unknown(Enum):
    """The answer where a variable is not known or a pattern is not evaluated."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """One part behind `answer`: `auto`, or `name` and `value` with a pattern and what it becomes."""

    kind: str
    word: Token
    pattern: Token | None = None
    replacement: Token | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteRule:
    """One rule. `field` is `name`, `type` and so on in lower case, or "" when there is none or it is not known.

    For names, `match` is exact, prefix, suffix, substring or regex; `pattern` and `replacement` are FROM and TO as
    CoreDNS compares them: in lower case with a final dot, but a regular expression as it is written. `source` and
    `target` are their tokens (the rule's first word where they are missing).
    """

    word: Token
    tokens: tuple[Token, ...]
    mode: str = "stop"
    field: str = ""
    match: str = ""
    source: Token
    target: Token
    pattern: str = ""
    replacement: str = ""
    answers: tuple[AnswerRule, ...] = ()
    errors: tuple[CorefileError, ...] = ()

    @property
    def continues(self) -> bool:
        """Whether the rules below it are tried too."""
        return self.mode == "continue"

    @property
    def restores_answer(self) -> bool:
        """Whether the name in the answer is rewritten back to what the client asked for."""
        return self.match == "exact" or any(answer.kind in {"auto", "name"} for answer in self.answers)

    def apply(self, name: str) -> str | Literal[Unknown.UNKNOWN] | None:
        """The name that the query gets, with a final dot; `None` when the rule does not match or is refused.

        A result that is no domain name any more is what CoreDNS answers with SERVFAIL.
        """
        if self.errors or self.field not in {"", "name"}:
            return None
        if not self.match or self.source.unknown or self.target.unknown:
            return UNKNOWN
        if len(self.replacement) > _LONGEST_REPLACEMENT:
            return UNKNOWN
        name = normalise(name)
        return self._apply_regex(name) if self.match == "regex" else self._apply_text(name)

    def _apply_text(self, name: str) -> str | None:
        pattern, replacement = self.pattern, self.replacement
        match self.match:
            case "exact" if name == pattern:
                return replacement
            case "prefix" if name.startswith(pattern):
                return replacement + name.removeprefix(pattern)
            case "suffix" if name.endswith(pattern):
                return name.removesuffix(pattern) + replacement
            case "substring" if pattern in name:
                return name.replace(pattern, replacement)
        return None

    def _apply_regex(self, name: str) -> str | Literal[Unknown.UNKNOWN] | None:
        regex = compiled(self.pattern)
        if regex is None or not regex.can_match(name):
            return UNKNOWN
        groups = regex.search(name)
        if groups is None:
            return None
        # One after the other: a name with braces could bring in references of its own, which CoreDNS replaces too.
        result = self.replacement
        for index, value in enumerate(groups):
            result = result.replace(f"{{{index}}}", value)
            if len(result) > _LONGEST_RESULT:
                return UNKNOWN
        return result


def rewrite_rules(directive: Directive) -> tuple[RewriteRule, ...]:
    """The rules of a `rewrite` directive: one, or several when CoreDNS would read a stray brace as another."""
    dispenser, rules = Dispenser(directive), []
    while dispenser.next():
        word = dispenser.current
        arguments = dispenser.remaining_arguments()
        if len(arguments) < 2:
            while dispenser.next_in_block():
                arguments.append(dispenser.current)
        rules.append(_rule(word, arguments))
    return tuple(rules)


def _rule(word: Token, arguments: Sequence[Token]) -> RewriteRule:
    mode, rest = _mode(arguments)
    first = arguments[0] if arguments else word
    field = "" if not rest or rest[0].unknown else to_lower(rest[0].text)
    try:
        if not rest:
            raise _missing_type(first, mode if arguments else "")
        if field == "name":
            return _name_rule(word, arguments, mode or "stop")
        if field:
            _check_field(field, first, rest)
    except RefusedError as refused:
        return _refused(word, arguments, refused, mode or "stop", field)
    target = rest[-1] if rest else first
    source = rest[1] if len(rest) > 1 else target
    tokens = tuple(arguments)
    return RewriteRule(word=word, tokens=tokens, mode=mode or "stop", field=field, source=source, target=target)


def _mode(arguments: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    first = to_lower(arguments[0].text) if arguments else ""
    return (first, arguments[1:]) if first in {"continue", "stop"} else ("", arguments)


def _missing_type(first: Token, mode: str) -> RefusedError:
    text = f"{mode} rule must begin with a rule type" if mode else "no rule type specified for rewrite"
    return RefusedError("rewrite-argument-count", first, text, name=mode)


def _check_field(field: str, first: Token, rest: Sequence[Token]) -> None:
    if field == "answer":
        raise RefusedError("rewrite-type", rest[0], "response rewrites must begin with a name rule", value=field)
    check = FIELD_CHECKS.get(field)
    if check is None:
        # CoreDNS names the first word, which may be the mode.
        text = f"invalid rule type {quote(first.text)}"
        raise RefusedError("rewrite-type", rest[0], text, value=rest[0].text)
    check(rest[0], rest[1:])


def _refused(word: Token, tokens: Sequence[Token], refused: RefusedError, mode: str, field: str) -> RewriteRule:
    error = refused.as_error("rewrite")
    place = refused.token
    return RewriteRule(
        word=word, tokens=tuple(tokens), mode=mode, field=field, source=place, target=place, errors=(error,)
    )


def _name_rule(word: Token, tokens: Sequence[Token], mode: str) -> RewriteRule:
    _, (name, *arguments) = _mode(tokens)
    if len(arguments) < 2:
        last = arguments[-1] if arguments else name
        raise RefusedError("rewrite-argument-count", last, "too few arguments for a name rule", name="name")
    match = "exact"
    if len(arguments) > 2:
        match = "" if arguments[0].unknown else to_lower(arguments[0].text)
        arguments = arguments[1:]
    source, target, *rest = arguments
    answers = _answers(match, rest) if rest else ()
    if match and match not in MATCHES:
        supported = "name rule supports only exact, prefix, suffix, substring, and regex name matching, received: "
        raise RefusedError("rewrite-match", tokens[len(tokens) - len(rest) - 3], supported + match, value=match)
    pattern = source.text if match == "regex" else normalise(source.text)
    if match == "regex":
        check_pattern(source, source.text, (target, target.text))
    elif match == "exact":
        # CoreDNS checks the two the wrong way round, as if TO were a pattern.
        check_pattern(target, normalise(target.text), (source, pattern))
    return RewriteRule(
        word=word,
        tokens=tuple(tokens),
        mode=mode,
        field="name",
        match=match,
        source=source,
        target=target,
        pattern=pattern,
        replacement=normalise(target.text),
        answers=answers,
    )


def _answers(match: str, words: Sequence[Token]) -> tuple[AnswerRule, ...]:
    """The rules behind `answer`; the word itself may be left out between them."""
    if len(words) < 2:
        raise _bad_answer(words[0], f"invalid arguments for {match} rule")
    answers: list[AnswerRule] = []
    index = 0
    while index < len(words) and not words[index].unknown:
        if not answers and words[index].text != "answer":
            text = f"exceeded the number of arguments for a non-answer rule argument for {match} rule"
            raise _bad_answer(words[index], text)
        if words[index].text == "answer":
            index += 1
        if index == len(words):
            raise _bad_answer(words[-1], f"type missing for answer rule for {match} rule")
        answer = _answer(match, words[index:])
        answers.append(answer)
        index += 1 if answer.kind == "auto" else 3
    kinds = {answer.kind for answer in answers}
    if {"auto", "name"} <= kinds:
        text = "auto name answer rule cannot be combined with explicit name anwer rules"
        raise _bad_answer(answers[-1].word, text)
    return tuple(answers)


def _answer(match: str, words: Sequence[Token]) -> AnswerRule:
    word, *arguments = words
    if word.text == "auto":
        return AnswerRule("auto", word)
    if word.text not in {"name", "value"}:
        raise _bad_answer(word, f"invalid type {quote(word.text)} for answer rule for {match} rule")
    if len(arguments) < 2:
        raise _bad_answer(word, f"{word.text} answer rule for {match} rule: 2 arguments required")
    pattern, replacement = arguments[:2]
    check_pattern(pattern, pattern.text, (replacement, replacement.text), f"{word.text} answer rule for {match} rule: ")
    return AnswerRule(word.text, word, pattern, replacement)


def _bad_answer(word: Token, text: str) -> RefusedError:
    return RefusedError("rewrite-answer", word, text, value=word.text)
