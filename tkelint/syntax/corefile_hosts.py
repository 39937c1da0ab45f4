"""The `hosts` plugin: the entries that are written in the Corefile itself, its properties, and what is wrong with them.

Source: coredns `plugin/hosts/setup.go` and `hostsfile.go` at 1.14.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tkelint.syntax.corefile_dispenser import ONCE, Dispenser, Property, RefusedError
from tkelint.syntax.corefile_keys import fallthrough_zones, plugin_zones
from tkelint.syntax.domain_name import covers, normalise
from tkelint.syntax.golang import GoError, atoi, fields, parse_duration
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.syntax.corefile_errors import CorefileError
    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_tree import Directive

_PLUGIN = "hosts"
_DEFAULT_FILE = "/etc/hosts"
_LONGEST_TTL = 65535


@dataclass(frozen=True, slots=True)
class HostsEntry:
    """An address and the names that get it. `outside` are names that no zone of the plugin covers: they get nothing."""

    address: Token
    names: tuple[Token, ...]
    outside: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class IgnoredLine:
    """A line that CoreDNS passes over in silence. `reason` is `no-address` or `no-name`."""

    tokens: tuple[Token, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostsBlock:
    """One `hosts` directive.

    `zones` are the plugin's own or those of the server block; `is_complete` is false when one of them, or a word of an
    entry, holds an unknown variable. `fallthrough` is `None` without the property: other names then end here.
    """

    name: Token
    file: str
    file_token: Token | None
    zones: tuple[str, ...]
    is_complete: bool
    entries: tuple[HostsEntry, ...]
    ignored: tuple[IgnoredLine, ...]
    properties: tuple[Property, ...]
    fallthrough: tuple[str, ...] | None
    errors: tuple[CorefileError, ...]

    @property
    def has_reverse(self) -> bool:
        """Whether addresses are answered with names too."""
        return all(each.name.text != "no_reverse" for each in self.properties)


def hosts_entries(directive: Directive) -> HostsBlock:
    """Read a `hosts` directive."""
    dispenser = Dispenser(directive)
    dispenser.next()
    arguments = dispenser.remaining_arguments()
    zones, is_complete = plugin_zones(arguments[1:], directive.keys)
    properties, lines, refused = _read_block(dispenser)
    entries: list[HostsEntry] = []
    ignored: list[IgnoredLine] = []
    covering = zones if is_complete else (".",)
    for line in lines:
        if any(token.unknown for token in line):
            is_complete = False
        else:
            _sort_line(line, covering, entries, ignored)
    through = [each for each in properties if each.name.text == "fallthrough"]
    return HostsBlock(
        name=directive.name,
        file=arguments[0].text if arguments else _DEFAULT_FILE,
        file_token=arguments[0] if arguments else None,
        zones=zones,
        is_complete=is_complete,
        entries=tuple(entries),
        ignored=tuple(ignored),
        properties=tuple(properties),
        fallthrough=fallthrough_zones(through[-1].arguments) if through else None,
        errors=tuple(each.as_error(_PLUGIN) for each in refused),
    )


def _read_block(dispenser: Dispenser) -> tuple[list[Property], list[tuple[Token, ...]], list[RefusedError]]:
    """The properties, the lines that are no property, and what is refused. Behind `fallthrough` no entry may follow."""
    properties: list[Property] = []
    lines: list[tuple[Token, ...]] = []
    refused: list[RefusedError] = []
    passes_on = False
    while dispenser.next_in_block():
        name = dispenser.current
        unknown = dispenser.unknown_property(_PLUGIN)
        # Behind no_reverse CoreDNS does not read on; what follows on its line is read as a line of its own.
        arguments = () if name.text == "no_reverse" else tuple(dispenser.remaining_arguments())
        if name.text in _PROPERTIES:
            properties.append(Property(name, arguments))
            refused += _check(name, arguments, dispenser)
            if name.text == "fallthrough":
                passes_on = fallthrough_zones(arguments) != () or any(token.unknown for token in arguments)
        elif not passes_on:
            lines += _host_lines((name, *arguments))
        elif not name.unknown:
            refused.append(unknown)
    flag = next((each.name for each in properties if each.name.text == "fallthrough_unsupported"), None)
    if dispenser.next():
        refused.append(RefusedError("plugin-twice", dispenser.current, ONCE, plugin=_PLUGIN))
    elif flag is not None and not passes_on:
        text = dispenser.located("fallthrough_unsupported requires fallthrough")
        refused.append(RefusedError("property-requires", flag, text, name=flag.text, other="fallthrough"))
    return properties, lines, refused


_PROPERTIES = frozenset({"fallthrough", "fallthrough_unsupported", "no_reverse", "ttl", "reload"})


def _check(name: Token, arguments: Sequence[Token], dispenser: Dispenser) -> Iterator[RefusedError]:
    if any(token.unknown for token in arguments):
        return
    problem = code = ""
    if name.text == "fallthrough_unsupported" and arguments:
        yield dispenser.wrong_arguments(name.text)
    elif name.text == "ttl":
        code, problem = _ttl_problem(arguments)
    elif name.text == "reload":
        code, problem = _reload_problem(arguments)
    if problem:
        token = arguments[0] if arguments else name
        yield RefusedError(code, token, dispenser.located(problem), value=token.text, name=name.text)


def _ttl_problem(arguments: Sequence[Token]) -> tuple[str, str]:
    if not arguments:
        return "argument-count", "ttl needs a time in second"
    try:
        seconds = atoi(arguments[0].text)
    except GoError:
        return "not-a-number", "ttl needs a number of second"
    return ("", "") if 0 < seconds <= _LONGEST_TTL else ("out-of-range", "ttl provided is invalid")


def _reload_problem(arguments: Sequence[Token]) -> tuple[str, str]:
    if len(arguments) != 1:
        return "argument-count", "reload needs a duration (zero seconds to disable)"
    text = arguments[0].text
    try:
        duration = parse_duration(text)
    except GoError:
        return "not-a-duration", f"invalid duration for reload '{text}'"
    return ("out-of-range", f"invalid negative duration for reload '{text}'") if duration < 0 else ("", "")


def _host_lines(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """The words of an inline line as the reader of hosts files takes them.

    A quoted word may hold blanks, line ends and `#`, which count there; its parts all point at the word.
    """
    if not any(token.quoted or token.variables for token in tokens):
        yield tuple(tokens)
        return
    line: list[Token] = []
    in_comment = False
    for token in tokens:
        for index, piece in enumerate(token.text.split("\n")):
            if index:
                yield tuple(line)
                line, in_comment = [], False
            words, hash_mark, _ = piece.partition("#")
            if not in_comment:
                line += [token._replace(text=word) for word in fields(words)]
            in_comment = in_comment or bool(hash_mark)
    yield tuple(line)


def _sort_line(
    line: tuple[Token, ...], zones: Sequence[str], entries: list[HostsEntry], ignored: list[IgnoredLine]
) -> None:
    if not line:
        return
    address, *names = line
    if not names:
        ignored.append(IgnoredLine(line, "no-name"))
    elif parse_ip(address.text.partition("%")[0]) is None:
        ignored.append(IgnoredLine(line, "no-address"))
    else:
        inside = [token for token in names if any(covers(zone, normalise(token.text)) for zone in zones)]
        outside = tuple(token for token in names if token not in inside)
        entries.append(HostsEntry(address, tuple(inside), outside))
