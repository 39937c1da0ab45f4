"""What can be wrong with a Corefile: the codes, their texts, and the list in which a parser gathers them."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tkelint.syntax.corefile_lexer import Token

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        # What CoreDNS refuses.
        "unknown-directive": "`{name}` is no plugin of this CoreDNS",
        "unclosed-brace": "the block that opens here is never closed",
        "one-line-block": "`}}` must stand on a line of its own, and so must the directives before it",
        "collapsed-to-one-line": "the whole Corefile is on one line; each directive and each `}}` needs its own",
        "closing-brace-in-line": "`}}` must stand on a line of its own",
        "trailing-comma": "a comma after `{key}` announces another address, and none follows",
        "keys-on-two-lines": "`{name}` is read as a directive; the address above lacks a comma",
        "braces-required": "`{name}` is read as a directive: only a single server block can do without braces",
        "nested-server-block": "`{name}` looks like a server block inside a server block; it is read as a directive",
        "snippet-redefined": "the snippet `{name}` is defined twice",
        "snippet-without-brace": "the snippet `{name}` has no `{{`",
        "snippet-imports-itself": "the snippet `{name}` imports itself",
        "snippet-used-before-definition": "the snippet `{name}` is used above its definition, where a file is read",
        "import-arguments": "`import` takes exactly one argument",
        "import-empty": "`import` needs the name of a snippet or file",
        "import-pattern": "`import` does not take the pattern `{pattern}`: at most one `*` and one `?`, no `[ ]`",
        "import-cycle": "importing the snippet `{name}` here leads back to itself",
        "import-too-deep": "more than 10000 imports of snippets",
        # What CoreDNS accepts, at least here, and reads otherwise than it was meant.
        "missing-last-brace": "the block that opens here is not closed; it loads because another `}}` ends the file",
        "stray-closing-brace": "this `}}` closes nothing; CoreDNS takes it for the address of a server block",
        "block-without-address": "a server block without an address is dropped",
        "brace-glued": "`{word}` is one word: a brace counts only with blanks around it",
        "brace-on-next-line": "the brace of a plugin must stand on its line; here it is read as a second `{name}`",
        "one-line-directive-block": "the lines of a block and its `}}` must stand on lines of their own",
        "text-after-brace": "`{word}` is read as another argument of `{name}`",
        "keys-joined-by-comma": "`{key}` is one zone with a comma in its name; put a blank after the comma",
        "glued-comment": "`#` is glued to a word, so the comment ends at the next blank and the rest is read: {words}",
        "unclosed-quote": "the quote is never closed and takes in the rest of the file",
        "single-quotes": "single quotes do not quote; only double quotes do",
        "invisible-character": "the invisible character {character} is part of this word",
        "look-alike-character": "`{character}` is not the ASCII `{meant}`",
        "line-continuation": "a backslash does not continue a line",
        "not-a-comment": "`{word}` does not start a comment; `#` does",
        "trailing-punctuation": "`{mark}` at the end is part of the word `{word}`",
        "cr-line-endings": "a carriage return alone ends no line",
        "escaped-newline": "the line ends are written as \\n and are part of the words",
        # What the setup of a plugin refuses.
        "plugin-twice": "`{plugin}` can stand only once in a server block",
        "argument-count": "`{name}` takes another number of arguments",
        "unknown-property": "`{name}` is no property of `{plugin}`",
        "not-a-number": "`{value}` of `{name}` is not a whole number",
        "not-a-duration": "`{value}` of `{name}` is not a duration; write a number with a unit, such as `30s`",
        "out-of-range": "`{value}` of `{name}` is out of range",
        "not-one-of": "`{value}` is none of the values that `{name}` takes: {choices}",
        "not-an-address": "`{value}` of `{name}` is not an IP address",
        "not-a-name": "`{value}` of `{name}` is not a domain name",
        "property-twice": "`{name}` is given twice",
        "property-missing": "`{plugin}` needs `{name}`",
        "value-twice": "`{value}` is given twice",
        "transport": "`{plugin}` works only in server blocks for plain DNS, and `{key}` is none",
        "not-a-boolean": "`{value}` of `{name}` is neither true nor false",
        "not-a-regex": "RE2 refuses the regular expression `{value}` of `{name}`",
        "regex-without-group": "the regular expression `{value}` has no group",
        "not-a-type": "`{value}` of `{name}` is no type of DNS record",
        "not-a-class": "`{value}` of `{name}` is no class of DNS",
        "not-an-rcode": "`{value}` of `{name}` is no response code of DNS",
        "not-an-opcode": "`{value}` of `{name}` is no opcode of DNS",
        "not-a-network": "`{value}` of `{name}` is not an address with the length of its prefix",
        "not-a-percentage": "`{value}` of `{name}` is not a percentage",
        "not-an-endpoint": "`{value}` of `{name}` is no address with a port; write `:8080` or `127.0.0.1:8080`",
        "not-a-cloud-zone": "`{value}` of `{name}` is not made of parts between colons",
        "property-conflict": "`{name}` and `{other}` exclude each other",
        "property-requires": "`{name}` needs `{other}`",
        "reverse-zones-only": "`kubernetes` needs a zone that is not a reverse one",
        "multicluster-zone": "`{value}` is not among the zones of `kubernetes`",
        "upstream-protocol": "`forward` cannot speak `{protocol}`",
        "upstream-path": "an https upstream takes no path; /dns-query is used",
        "upstream-invalid": "`{value}` is neither an address nor a file nor a name",
        "upstream-count": "`forward` takes at most 15 upstreams, not {count}",
        "rewrite-type": "`{value}` is nothing that `rewrite` changes",
        "rewrite-argument-count": "`rewrite {name}` takes another number of arguments",
        "rewrite-match": "`{value}` is no way to match a name: exact, prefix, suffix, substring, regex",
        "rewrite-answer": "the `answer` part of `rewrite` is not complete or not understood at `{value}`",
        "rewrite-value": "`{value}` is no {kind}",
        "rewrite-regex": "RE2 refuses the regular expression `{value}`",
        "rewrite-groups": "`{value}` refers to more groups than the pattern has",
        # A limit of this parser.
        "import-too-large": "the imports of snippets add up to more text than is looked at here",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorefileError:
    """Something wrong at `[start, end)` of the text.

    `code` is a key of `MESSAGES`, `message` its text in plain English with the `parameters` filled in. `coredns` is
    what CoreDNS itself prints when it comes to this error; it is empty where CoreDNS accepts the text in silence and
    does something unexpected, or where only the plugin decides.
    """

    code: str
    message: str
    start: int
    end: int
    coredns: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Slip:
    """An accident of writing found in the text alone. Errors of the parser within its `reach` are its consequences.

    They are not reported themselves; the first one lends its text to `coredns`. `joins` says how the parser goes on
    where the slip proves to be the cause: the next lines are a `block`, or the next `line` belongs to this one. A slip
    with `hidden_ends` has swallowed that many closing braces.
    """

    code: str
    start: int
    end: int
    reach: tuple[int, int]
    parameters: Mapping[str, str] = field(default_factory=dict)
    joins: str = ""
    hidden_ends: int = 0
    coredns: str = ""


class ErrorList:
    """The errors of one parse, in the order in which CoreDNS would come to them."""

    def __init__(self, slips: Iterable[Slip]) -> None:
        self.slips = sorted(slips, key=lambda slip: slip.reach)
        self._reaches = [slip.reach[0] for slip in self.slips]
        self._enders = [slip for slip in reversed(self.slips) if slip.hidden_ends]
        self._found: dict[tuple[str, int], CorefileError] = {}
        self._refusals: list[tuple[int, str]] = []
        self._order = 0

    def next_order(self) -> int:
        """A place in CoreDNS's order, for an error that is known only later."""
        self._order += 1
        return self._order

    def slip_at(self, offset: int) -> Slip | None:
        """The slip in whose reach an offset lies."""
        index = bisect.bisect_right(self._reaches, offset)
        near = self.slips[max(index - 3, 0) : index]
        return next((slip for slip in reversed(near) if offset < slip.reach[1]), None)

    def add(self, code: str, token: Token, *, coredns: str = "", **parameters: str) -> None:
        """Report at a token, unless it is a consequence of a slip. Each code once per place."""
        slip = self.slip_at(token.start)
        if slip is not None:
            slip.coredns = slip.coredns or coredns
            return
        self._found.setdefault((code, token.start), _error(code, token.start, token.end, coredns, parameters))

    def refuse(self, code: str, token: Token, coredns: str, *, order: int | None = None, **parameters: str) -> None:
        """Report what CoreDNS refuses, at a token; blame the slip that caused it, if there is one."""
        slip = self.slip_at(token.start)
        if slip is not None:
            self.blame(slip, coredns, order=order)
        else:
            self._refusals.append((self.next_order() if order is None else order, coredns))
            self.add(code, token, coredns=coredns, **parameters)

    def blame(self, slip: Slip, coredns: str, *, order: int | None = None) -> None:
        """Say that CoreDNS refuses something because of a slip."""
        self._refusals.append((self.next_order() if order is None else order, coredns))
        slip.coredns = slip.coredns or coredns

    def end_missing(self, code: str, opener: Token, coredns: str) -> None:
        """Report a brace that is never closed, unless a slip further down has swallowed the closing one."""
        if coredns:
            self._refusals.append((self.next_order(), coredns))
        while self._enders and self._enders[-1].start <= opener.start:
            self._enders.pop()
        if not self._enders:
            self.add(code, opener, coredns=coredns)
            return
        slip = self._enders[-1]
        slip.coredns = slip.coredns or coredns
        slip.hidden_ends -= 1
        if slip.hidden_ends == 0:
            self._enders.pop()

    @property
    def refusal(self) -> str:
        """What CoreDNS prints: it stops at the first thing it refuses."""
        return min(self._refusals, default=(0, ""))[1]

    def errors(self) -> tuple[CorefileError, ...]:
        """All errors in the order of the text."""
        slips = (_error(slip.code, slip.start, slip.end, slip.coredns, slip.parameters) for slip in self.slips)
        return tuple(sorted([*self._found.values(), *slips], key=lambda error: (error.start, error.code)))


def corefile_error(code: str, token: Token, coredns: str = "", **parameters: str) -> CorefileError:
    """An error at a token."""
    return _error(code, token.start, token.end, coredns, parameters)


def _error(code: str, start: int, end: int, coredns: str, parameters: Mapping[str, str]) -> CorefileError:
    message = MESSAGES[code].format_map(parameters)
    return CorefileError(code=code, message=message, start=start, end=end, coredns=coredns, parameters=parameters)
