"""The values that plugins of CoreDNS take, by the types of `rules/facts/coredns-setup.yaml`.

Each is judged as Go's library or CoreDNS's own function does; what is refused comes with CoreDNS's text.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from tkelint.syntax.corefile_dispenser import RefusedError
from tkelint.syntax.dns_words import OPCODES, RESPONSE_CODES, TYPES
from tkelint.syntax.domain_name import normalise, zones_of
from tkelint.syntax.golang import (
    GoError,
    atoi,
    format_duration,
    parse_bool,
    parse_duration,
    parse_float64,
    parse_int32,
    parse_uint,
    quote,
    to_lower,
)
from tkelint.syntax.golang_net import IPNetwork, host_port, parse_cidr, parse_ip, split_host_port
from tkelint.syntax.re2 import RegexError, compile_regex

if TYPE_CHECKING:
    from tkelint.syntax.corefile_dispenser import Dispenser
    from tkelint.syntax.corefile_lexer import Token

# What a value must be: its type alone, or with bounds and CoreDNS's texts.
Spec: TypeAlias = "str | Mapping[str, Any]"

_UNCHECKED = frozenset({"word", "path", "zone", "anything"})
_SECONDS = frozenset({"duration", "seconds"})
_LONGEST_PATTERN = 10_000
_PREFIX_LENGTHS = frozenset(range(32, 97, 8))


class BadValueError(ValueError):
    """A word that is no value of its type: a code of `corefile_errors`, and Go's words for it."""

    def __init__(self, code: str, go: str = "", **parameters: str) -> None:
        super().__init__(go)
        self.code = code
        self.go = go
        self.parameters = parameters


def check_value(spec: Spec, name: str, token: Token, dispenser: Dispenser) -> None:
    """Judge a word; `name` is the property or plugin that takes it. Raises `RefusedError`."""
    kind = spec if isinstance(spec, str) else spec["type"]
    if kind in _UNCHECKED or token.unknown:
        return
    full: Mapping[str, Any] = {} if isinstance(spec, str) else spec
    facts = {"value": token.text, "quoted": quote(token.text), "name": name, "last": dispenser.current.text}
    try:
        value = _READERS[kind](token.text, full)
    except BadValueError as error:
        default = "@{go}" if error.go.startswith("@") else "{go}"
        go = error.go.removeprefix("@")
        text = words(full.get("refused", default), dispenser, **facts, **_spelt(kind, token.text), go=go)
        parameters = {"value": token.text, "name": name, **error.parameters}
        raise RefusedError(error.code, token, text, **parameters) from None
    reason = _outside(kind, full, value)
    if reason:
        shown = format_duration(int(value)) if kind in _SECONDS else str(value)
        more = {"number": value, "duration": shown, **_spelt(kind, token.text)}
        text = words(full.get(reason, full.get("outside", full.get("refused", ""))), dispenser, **facts, **more)
        raise RefusedError("out-of-range", token, text, value=token.text, name=name)


def words(template: str, dispenser: Dispenser, **facts: Any) -> str:
    """CoreDNS's text from a template of the table."""
    if template.endswith("arguments") and not template.startswith("@"):
        return template.removesuffix("arguments") + dispenser.wrong_arguments("").text
    if template.startswith("%"):
        return dispenser.syntax_problem(template[1:].format_map(facts))
    before, mark, behind = template.partition("@")
    return before.format_map(facts) + (dispenser.located(behind.format_map(facts)) if mark else "")


def _spelt(kind: str, text: str) -> dict[str, str]:
    """A duration in seconds as CoreDNS spells it before it reads it."""
    if kind != "seconds":
        return {}
    spelt = _with_unit(text)
    return {"seconds": spelt, "seconds-quoted": quote(spelt)}


def _with_unit(text: str) -> str:
    try:
        atoi(text)
    except GoError:
        return text
    return text + "s"


def _outside(kind: str, spec: Mapping[str, Any], value: Any) -> str:
    """Which text of a spec says that a value is out of its bounds; "" when it is within."""
    bound = {key: _bound(kind, spec[key]) for key in ("least", "highest", "above", "not", "allow") if key in spec}
    if not bound or value == bound.get("allow", object()):
        return ""
    if ("least" in bound and value < bound["least"]) or ("above" in bound and value <= bound["above"]):
        return "below"
    if ("highest" in bound and value > bound["highest"]) or value == bound.get("not", object()):
        return "outside"
    return ""


def _bound(kind: str, bound: Any) -> Any:
    return parse_duration(str(bound)) if kind in _SECONDS else bound


def _number(read: Callable[[str], Any], code: str) -> Callable[[str, Mapping[str, Any]], Any]:
    def reader(text: str, _: Mapping[str, Any]) -> Any:
        try:
            return read(text)
        except GoError as error:
            raise BadValueError(code, str(error)) from None

    return reader


def _unsigned(text: str, spec: Mapping[str, Any]) -> int:
    try:
        return parse_uint(text, spec.get("bits", 64))
    except GoError as error:
        raise BadValueError("not-a-number", str(error)) from None


def _choice(text: str, spec: Mapping[str, Any]) -> str:
    word = to_lower(text) if spec.get("fold") else text
    if word not in spec["choices"]:
        raise BadValueError("not-one-of", choices=", ".join(spec["choices"]))
    return word


def _regex(text: str, _: Mapping[str, Any]) -> str:
    if len(text.encode("utf-8", "surrogatepass")) > _LONGEST_PATTERN:
        raise BadValueError("not-a-regex", f"regex pattern too long: {len(text)} > {_LONGEST_PATTERN}")
    try:
        compile_regex(text)
    except RegexError as error:
        raise BadValueError("not-a-regex", f"error parsing regexp: {error}") from None
    return text


def _word_of(known: frozenset[str], code: str) -> Callable[[str, Mapping[str, Any]], str]:
    def reader(text: str, _: Mapping[str, Any]) -> str:
        if text not in known:
            raise BadValueError(code)
        return text

    return reader


def _ip(text: str, _: Mapping[str, Any]) -> str:
    if parse_ip(text) is None:
        raise BadValueError("not-an-address")
    return text


def _host_or_star(text: str, _: Mapping[str, Any]) -> str:
    """`*`, or what CoreDNS's parse.HostPort takes: an address, perhaps with a port."""
    if text != "*":
        host = (host_port(text) or (text, ""))[0]
        if parse_ip(host.rpartition("%")[0] if "%" in host else host) is None:
            raise BadValueError("not-an-address", f"must specify an IP address: `{host}'")
    return text


def _name(text: str, _: Mapping[str, Any]) -> str:
    return normalise(text)


def _zones(text: str, _: Mapping[str, Any]) -> str:
    if not zones_of(text):
        raise BadValueError("not-a-name")
    return text


def _dns64(text: str, spec: Mapping[str, Any]) -> str:
    """A prefix of dns64: IPv6, of 32 to 96 bits in whole octets."""
    network = _network(text, spec)
    if isinstance(network, ipaddress.IPv4Network):
        raise BadValueError("not-a-network", f"@invalid netmask 32 IPv6 address: {quote(str(network))}")
    if network.prefixlen not in _PREFIX_LENGTHS:
        raise BadValueError("out-of-range", f"@invalid prefix length {quote(str(network))}")
    return text


def _network(text: str, _: Mapping[str, Any]) -> IPNetwork:
    try:
        return parse_cidr(text)
    except GoError as error:
        raise BadValueError("not-a-network", str(error)) from None


def _percentage(text: str, _: Mapping[str, Any]) -> int:
    if not text.endswith("%"):
        last = quote(text[-1:]).strip('"')
        raise BadValueError("not-a-percentage", f"last character of percentage should be `%`, but is: '{last}'")
    try:
        number = atoi(text[:-1])
    except GoError as error:
        raise BadValueError("not-a-percentage", str(error)) from None
    if not 10 <= number <= 90:
        raise BadValueError("out-of-range", f"percentage should fall in range [10, 90]: {number}")
    return number


def _lease(text: str, _: Mapping[str, Any]) -> int:
    """Etcd's lease: seconds, or a duration."""
    stripped = text.strip()
    if not stripped:
        return 0
    try:
        seconds = parse_duration(stripped + "s" if stripped.isascii() and stripped.isdigit() else stripped) / 1e9
    except GoError:
        problem = "invalid TTL format, use format like '30', '30s', '5m', '1h', or '2h30m'"
        raise BadValueError("not-a-duration", problem) from None
    if seconds < 0:
        raise BadValueError("out-of-range", "TTL must be non-negative")
    if seconds > (1 << 32) - 1:
        raise BadValueError("out-of-range", "TTL too large, maximum is 4294967295 seconds")
    return int(seconds)


def _address(text: str, _: Mapping[str, Any]) -> str:
    try:
        split_host_port(text)
    except GoError as error:
        raise BadValueError("not-an-endpoint", str(error)) from None
    return text


def _parts(text: str, spec: Mapping[str, Any]) -> str:
    """Words joined by colons, as the zones of clouds are written."""
    parts = text.split(":", spec["parts"] - 1)
    if len(parts) != spec["parts"] or not all(parts):
        raise BadValueError("not-a-cloud-zone")
    return text


_READERS: Mapping[str, Callable[[str, Mapping[str, Any]], Any]] = {
    "integer": _number(atoi, "not-a-number"),
    "int32": _number(parse_int32, "not-a-number"),
    "unsigned": _unsigned,
    "float": _number(parse_float64, "not-a-number"),
    "boolean": _number(parse_bool, "not-a-boolean"),
    "duration": _number(parse_duration, "not-a-duration"),
    "seconds": _number(lambda text: parse_duration(_with_unit(text)), "not-a-duration"),
    "choice": _choice,
    "regex": _regex,
    "type": _word_of(TYPES, "not-a-type"),
    "rcode": _word_of(RESPONSE_CODES, "not-an-rcode"),
    "opcode": _word_of(OPCODES, "not-an-opcode"),
    "ip": _ip,
    "cidr": _network,
    "address": _address,
    "host-or-star": _host_or_star,
    "name": _name,
    "zones": _zones,
    "dns64": _dns64,
    "percentage": _percentage,
    "lease": _lease,
    "parts": _parts,
}
