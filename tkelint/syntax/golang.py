"""How Go's standard library reads words: numbers, durations, addresses; and how it quotes them in its errors.

CoreDNS and Kubernetes hand these texts to `strconv`, `time` and `net`, whose answers differ from Python's in small ways
(`+5` is an integer, `1_000` is none, `30` is no duration). `GoError` carries the text that Go prints.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TypeAlias

from tkelint.patterns import pattern

IPAddress: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"

# unicode.IsSpace. Python's str.isspace also says yes to U+001C to U+001F.
SPACES = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

_FIELDS = pattern(f"[^{SPACES}]+")
_DECIMAL = pattern(r"[0-9]+\Z")
_SIGNED = pattern(r"[+-]?[0-9]+\Z")
_BASED = pattern(r"0[xX](?:_?[0-9a-fA-F])+\Z|0[bB](?:_?[01])+\Z|0[oO]?(?:_?[0-7])+\Z|0\Z|[1-9](?:_?[0-9])*\Z")
_DIGITS, _HEX_DIGITS = "[0-9](?:_?[0-9])*", "[0-9a-f](?:_?[0-9a-f])*"
_FLOAT = pattern(
    rf"[+-]?(?:(?:inf|infinity|nan)\Z"
    rf"|(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:e[+-]?{_DIGITS})?\Z"
    rf"|0x(?:_?{_HEX_DIGITS}(?:\.(?:{_HEX_DIGITS})?)?|\.{_HEX_DIGITS})p[+-]?{_DIGITS}\Z)",
    re.IGNORECASE | re.ASCII,
)
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_FLOAT32_LIMIT = 2.0**128 - 2.0**103  # rounds to infinity

_DURATION_PART = pattern(r"([0-9]*)(?:(\.)([0-9]*))?([^.0-9]*)")
_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # U+00B5, micro sign
    "μs": 1_000,  # U+03BC, Greek letter mu
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_LONGEST_NUMBER = 400  # digits; longer ones are out of every range, and Python's int() refuses them
_INT64_MAX = (1 << 63) - 1

_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    "\\": r"\\",
    '"': r"\"",
}


class GoError(ValueError):
    """A word that Go refuses; the message is Go's own text."""


def fields(text: str) -> list[str]:
    """The words between spaces, as `strings.Fields`."""
    return _FIELDS.findall(text)


def to_lower(text: str) -> str:
    """Lower case rune by rune, as `strings.ToLower`: no final sigma, and one rune stays one rune."""
    if text.isascii():
        return text.lower()
    return "".join(lower if len(lower := rune.lower()) == 1 else "i" for rune in text)


def byte_length(text: str) -> int:
    """`len` of a Go string: the bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def quote(text: str) -> str:
    r"""The text as `%q` prints it.

    >>> print(quote('a"b\n'))
    "a\"b\n"
    """
    return '"' + "".join(_ESCAPES.get(rune) or _quoted_rune(rune) for rune in text) + '"'


def _quoted_rune(rune: str) -> str:
    code = ord(rune)
    if rune.isprintable():
        return rune
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if 0xD800 <= code < 0xE000:
        return r"\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def atoi(text: str) -> int:
    """An integer of 64 bits, as `strconv.Atoi`."""
    if not _SIGNED.match(text):
        raise _number_error("Atoi", text, "invalid syntax")
    number = _integer(text)
    if number is None or not -(1 << 63) <= number <= _INT64_MAX:
        raise _number_error("Atoi", text, "value out of range")
    return number


def parse_uint(text: str, bits: int, *, any_base: bool = False) -> int:
    """An unsigned integer, as `strconv.ParseUint` with base 10; with base 0 also `0x1F`, `0o17` and `1_000`."""
    if not (_BASED if any_base else _DECIMAL).match(text):
        raise _number_error("ParseUint", text, "invalid syntax")
    number = _integer(text.replace("_", ""), _base_of(text) if any_base else 10)
    if number is None or number >= 1 << bits:
        raise _number_error("ParseUint", text, "value out of range")
    return number


def parse_int32(text: str) -> int:
    """An integer of 32 bits, as `strconv.ParseInt` with base 10."""
    if not _SIGNED.match(text):
        raise _number_error("ParseInt", text, "invalid syntax")
    number = _integer(text)
    if number is None or not -(1 << 31) <= number < 1 << 31:
        raise _number_error("ParseInt", text, "value out of range")
    return number


def parse_bool(text: str) -> bool:
    """A truth value, as `strconv.ParseBool`."""
    if text not in _TRUE | _FALSE:
        raise _number_error("ParseBool", text, "invalid syntax")
    return text in _TRUE


def parse_float32(text: str) -> float:
    """A floating point number of 32 bits, as `strconv.ParseFloat`."""
    return _parse_float(text, _FLOAT32_LIMIT)


def parse_float64(text: str) -> float:
    """A floating point number of 64 bits, as `strconv.ParseFloat`."""
    return _parse_float(text, float("inf"))


def _parse_float(text: str, limit: float) -> float:
    if not _FLOAT.match(text):
        raise _number_error("ParseFloat", text, "invalid syntax")
    try:
        digits = text.replace("_", "")
        number = float.fromhex(digits) if "x" in text.lower() else float(digits)
    except OverflowError:
        number = float("inf")
    if abs(number) >= limit and "n" not in text.lower():
        raise _number_error("ParseFloat", text, "value out of range")
    return number


def _base_of(text: str) -> int:
    prefix = text[:2].lower()
    if prefix in {"0x", "0b", "0o"}:
        return {"0x": 16, "0b": 2, "0o": 8}[prefix]
    return 8 if len(text) > 1 and text[0] == "0" else 10


def _integer(text: str, base: int = 10) -> int | None:
    return None if len(text) > _LONGEST_NUMBER else int(text, base)


def _number_error(function: str, text: str, reason: str) -> GoError:
    return GoError(f"strconv.{function}: parsing {quote(text)}: {reason}")


def parse_duration(text: str) -> int:
    """Nanoseconds, as `time.ParseDuration`: a sequence of numbers with units, such as `1m30s`; `0` alone needs none."""
    sign, rest = (text[0], text[1:]) if text[:1] in {"+", "-"} else ("", text)
    if rest == "0":
        return 0
    if not rest:
        raise GoError(f"time: invalid duration {_quote_duration(text)}")
    total, position = 0, 0
    while position < len(rest):
        value, position = _duration_part(text, rest, position)
        total += value
        if total > 1 << 63:
            raise GoError(f"time: invalid duration {_quote_duration(text)}")
    if sign == "-":
        return -total
    if total > _INT64_MAX:
        raise GoError(f"time: invalid duration {_quote_duration(text)}")
    return total


def _duration_part(text: str, rest: str, position: int) -> tuple[int, int]:
    match = _DURATION_PART.match(rest, position)
    whole, _, fraction, unit = match.groups("") if match else ("", "", "", "")
    if not match or not (whole or fraction) or len(whole) > _LONGEST_NUMBER or int(whole or 0) > 1 << 63:
        raise GoError(f"time: invalid duration {_quote_duration(text)}")
    if not unit:
        raise GoError(f"time: missing unit in duration {_quote_duration(text)}")
    if unit not in _NANOSECONDS:
        raise GoError(f"time: unknown unit {_quote_duration(unit)} in duration {_quote_duration(text)}")
    scale = _NANOSECONDS[unit]
    fraction = fraction[:18]
    value = int(whole or 0) * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0)
    if value > 1 << 63:
        raise GoError(f"time: invalid duration {_quote_duration(text)}")
    return value, match.end()


def format_duration(nanoseconds: int) -> str:
    """A duration as Go prints it: `1m30s`, `1.5ms`, `0s`."""
    size, sign = abs(nanoseconds), "-" if nanoseconds < 0 else ""
    if size == 0:
        return "0s"
    for limit, unit in ((1_000, "ns"), (1_000_000, "µs"), (1_000_000_000, "ms")):
        if size < limit:
            return f"{sign}{_decimal(size, limit // 1_000)}{unit}"
    minutes, rest = divmod(size, _NANOSECONDS["m"])
    hours, minutes = divmod(minutes, 60)
    text = f"{_decimal(rest, 1_000_000_000)}s"
    if minutes or hours:
        text = f"{minutes}m{text}"
    return f"{sign}{hours}h{text}" if hours else sign + text


def _decimal(number: int, scale: int) -> str:
    whole, fraction = divmod(number, scale)
    digits = str(fraction + scale)[1:].rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def hex_problem(text: str) -> str:
    """What `encoding/hex` says of a text that it cannot decode; empty when it can."""
    for octet in text.encode("utf-8", "surrogatepass"):
        if chr(octet) not in "0123456789abcdefABCDEF":
            shown = f" '{chr(octet)}'" if chr(octet).isprintable() else ""
            return f"encoding/hex: invalid byte: U+{octet:04X}{shown}"
    return "encoding/hex: odd length hex string" if len(text) % 2 else ""


def _quote_duration(text: str) -> str:
    r"""Package time has a quote function of its own: bytes beyond ASCII and control characters become `\x..`."""
    quoted = ""
    for rune in text:
        if rune < " " or rune > "\x7f":
            quoted += "".join(f"\\x{byte:02x}" for byte in rune.encode("utf-8", "surrogatepass"))
        else:
            quoted += "\\" + rune if rune in '"\\' else rune
    return f'"{quoted}"'
