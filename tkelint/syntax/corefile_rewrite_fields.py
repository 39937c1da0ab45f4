"""What `rewrite` demands of its patterns, and of the arguments of its fields other than `name`.

Source: coredns `plugin/rewrite` at 1.14.7. Arguments that hold an unknown variable are taken to be right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.syntax.corefile_dispenser import RefusedError
from tkelint.syntax.dns_words import CLASSES, RESPONSE_CODES, TYPES
from tkelint.syntax.golang import GoError, byte_length, hex_problem, parse_uint, quote, to_lower
from tkelint.syntax.re2 import Regex, RegexError, compile_regex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tkelint.syntax.corefile_lexer import Token

MATCHES = ("exact", "prefix", "suffix", "substring", "regex")

_LONGEST_PATTERN = 10_000
_HIGHEST_GROUP = 100
_LONGEST_TTL = 2_147_483_647
_HIGHEST_RESPONSE_CODE = 23
_QUERY_VARIABLES = frozenset(
    f"{{{name}}}" for name in ("qname", "qtype", "client_ip", "client_port", "protocol", "server_ip", "server_port")
)


def compiled(pattern: str) -> Regex | None:
    """The pattern made ready; `None` when RE2 refuses it."""
    try:
        return compile_regex(pattern)
    except RegexError:
        return None


def check_pattern(token: Token, pattern: str, replacement: tuple[Token, str], prefix: str = "") -> None:
    """Refuse a pattern that RE2 refuses, and a replacement that refers to more groups than it has."""
    target, text = replacement
    if token.unknown or target.unknown:
        return
    if byte_length(pattern) > _LONGEST_PATTERN:
        problem = f"{prefix}regex pattern too long: {byte_length(pattern)} > {_LONGEST_PATTERN}"
        raise RefusedError("rewrite-regex", token, problem, value=token.text)
    regex = compiled(pattern)
    if regex is None:
        problem = f"{prefix}invalid regex matching pattern: {pattern}"
        raise RefusedError("rewrite-regex", token, problem, value=token.text)
    if _groups_used(text) > regex.groups:
        problem = (
            f"{prefix}the rewrite regex pattern ({text}) uses more subexpressions"
            f" than its corresponding matching regex pattern ({pattern})"
        )
        raise RefusedError("rewrite-groups", target, problem, value=text)


def _groups_used(replacement: str) -> int:
    """How many of {0} to {100} occur; CoreDNS counts {0}, the whole match, too."""
    return sum(f"{{{index}}}" in replacement for index in range(_HIGHEST_GROUP + 1)) if "{" in replacement else 0


def _check_class(word: Token, arguments: Sequence[Token]) -> None:
    _check_pair(word, arguments, CLASSES)


def _check_type(word: Token, arguments: Sequence[Token]) -> None:
    _check_pair(word, arguments, TYPES)


def _check_pair(word: Token, arguments: Sequence[Token], allowed: frozenset[str]) -> None:
    kind = to_lower(word.text)
    if len(arguments) != 2:
        raise _wrong_count(word, f"{kind} rules must have exactly two arguments")
    for argument in arguments:
        if not argument.unknown and argument.text.upper() not in allowed:
            raise _bad_value(argument, f"invalid {kind} {quote(argument.text.upper())}", kind)


def _check_ttl(word: Token, arguments: Sequence[Token]) -> None:
    count = len(arguments)
    if count < 2:
        raise _wrong_count(word, f"too few ({count}) arguments for a ttl rule")
    ttl = arguments[count - 1] if count in {2, 3} else None
    if ttl is None or not (ttl.unknown or _is_ttl(ttl.text)):
        text = f"invalid TTL '{ttl.text if ttl else ''}' for a ttl rule"
        raise _bad_value(ttl, text, "TTL") if ttl else _wrong_count(arguments[3], text)
    if count == 3:
        _check_match(arguments, "ttl")


def _is_ttl(text: str) -> bool:
    """`N`, `N-M`, `N-` or `-M`, as numbers of 32 bits."""
    try:
        bounds = [parse_uint(part, 32) if part else None for part in text.split("-")]
    except GoError:
        return False
    match bounds:
        case [int()]:
            return True
        case [None, None]:
            return False
        case [low, high]:
            return (low or 0) <= (_LONGEST_TTL if high is None else high)
    return False


def _check_rcode(word: Token, arguments: Sequence[Token]) -> None:
    count = len(arguments)
    if count < 3:
        raise _wrong_count(word, f"too few ({count}) arguments for a rcode rule")
    if count > 4:
        raise _wrong_count(arguments[4], "invalid matching RCODE '' for a rcode rule")
    for kind, argument in zip(("matching", "replacement"), arguments[-2:], strict=True):
        if not argument.unknown and not _is_response_code(argument.text):
            text = f"invalid {kind} RCODE '{argument.text}' for a rcode rule"
            raise _bad_value(argument, text, "RCODE")
    if count == 4:
        _check_match(arguments, "rcode")


def _is_response_code(text: str) -> bool:
    try:
        if parse_uint(text, 32) <= _HIGHEST_RESPONSE_CODE:
            return True
    except GoError:
        pass
    return text.upper() in RESPONSE_CODES


def _check_match(arguments: Sequence[Token], field: str) -> None:
    match, pattern = arguments[:2]
    if match.unknown:
        return
    if to_lower(match.text) not in MATCHES:
        text = f"{field} rule supports only exact, prefix, suffix, substring, and regex name matching"
        raise RefusedError("rewrite-match", match, text, value=match.text)
    if to_lower(match.text) == "regex" and not pattern.unknown:
        size = byte_length(pattern.text)
        text = f"regex pattern too long in a {field} rule: {size} > {_LONGEST_PATTERN}"
        if size <= _LONGEST_PATTERN and compiled(pattern.text) is None:
            text = f"invalid regex pattern in a {field} rule: {pattern.text}"
        elif size <= _LONGEST_PATTERN:
            return
        raise RefusedError("rewrite-regex", pattern, text, value=pattern.text)


def _check_cname(word: Token, arguments: Sequence[Token]) -> None:
    if len(arguments) not in {2, 3}:
        raise _wrong_count(word, f"too few ({len(arguments)}) arguments for a cname rule")
    if len(arguments) == 2 or arguments[0].unknown:
        return
    match, pattern = to_lower(arguments[0].text), arguments[1]
    if match not in MATCHES:
        raise RefusedError("rewrite-match", arguments[0], f"unknown cname rewrite type: {match}", value=match)
    if match != "regex" or pattern.unknown:
        return
    size = byte_length(to_lower(pattern.text))
    if size > _LONGEST_PATTERN:
        text = f"regex pattern too long in a cname rule: {size} > {_LONGEST_PATTERN}"
        raise RefusedError("rewrite-regex", pattern, text, value=pattern.text)
    if compiled(to_lower(pattern.text)) is None:
        # Go goes on with its reason, which re2 does not reproduce.
        text = "invalid cname rewrite regex pattern: error parsing regexp"
        raise RefusedError("rewrite-regex", pattern, text, value=pattern.text)


def _check_edns0(word: Token, arguments: Sequence[Token]) -> None:
    if len(arguments) < 2:
        raise _wrong_count(word, "too few arguments for an EDNS0 rule")
    kind, action = arguments[:2]
    if any(argument.unknown for argument in arguments):
        return
    name = to_lower(action.text)
    if name not in {"append", "replace", "set", "unset"}:
        raise _bad_value(action, f"invalid action: {quote(name)}", "EDNS0 action")
    if name == "unset":
        _check_unset(word, to_lower(kind.text), arguments)
        return
    words = arguments[:-1] if arguments[-1].text == "revert" else arguments
    match to_lower(kind.text):
        case "local":
            _demand(word, len(words) == 4, "EDNS0 local rules require three or four args")
            _check_local(words[2], words[3])
        case "nsid":
            _demand(word, len(words) == 2, "EDNS0 NSID rules can accept no more than one arg")
        case "subnet":
            _demand(word, len(words) == 4, "EDNS0 subnet rules require three or four args")
            _check_mask(words[2], 32, "IPv4")
            _check_mask(words[3], 128, "IPv6")
        case other:
            raise _bad_value(kind, f"invalid rule type {quote(other)}", "EDNS0 rule type")


def _check_unset(word: Token, kind: str, arguments: Sequence[Token]) -> None:
    match kind:
        case "local":
            _demand(word, len(arguments) == 3, "local unset action requires exactly two arguments")
            _number(arguments[2])
        case "nsid" | "subnet":
            _demand(word, len(arguments) == 2, f"{kind} unset action requires exactly one argument")
        case other:
            raise _bad_value(arguments[0], f"invalid rule type {quote(other)}", "EDNS0 rule type")


def _check_local(code: Token, data: Token) -> None:
    _number(code)
    if data.text.startswith("{") and data.text.endswith("}"):
        namespace, slash, label = data.text[1:-1].partition("/")
        if data.text not in _QUERY_VARIABLES and not (namespace and slash and label):
            raise _bad_value(data, f"unsupported variable name {quote(data.text)}", "EDNS0 variable")
    elif data.text.startswith("0x") and hex_problem(data.text[2:]):
        raise _bad_value(data, hex_problem(data.text[2:]), "hexadecimal number")


def _check_mask(token: Token, longest: int, family: str) -> None:
    length = _number(token)
    if length > longest:
        raise _bad_value(token, f"invalid {family} bit mask length {length}", f"{family} mask length")


def _number(token: Token) -> int:
    try:
        return parse_uint(token.text, 16, any_base=True)
    except GoError as error:
        raise _bad_value(token, str(error), "number of 16 bits") from None


def _demand(word: Token, fulfilled: bool, text: str) -> None:
    if not fulfilled:
        raise _wrong_count(word, text)


def _wrong_count(word: Token, text: str) -> RefusedError:
    return RefusedError("rewrite-argument-count", word, text, name=word.text)


def _bad_value(token: Token, text: str, kind: str) -> RefusedError:
    return RefusedError("rewrite-value", token, text, value=token.text, kind=kind)


FIELD_CHECKS: Mapping[str, Callable[[Token, Sequence[Token]], None]] = {
    "class": _check_class,
    "type": _check_type,
    "edns0": _check_edns0,
    "ttl": _check_ttl,
    "cname": _check_cname,
    "rcode": _check_rcode,
}
