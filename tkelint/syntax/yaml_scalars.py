"""What a YAML scalar means to the API server: the resolution of go-yaml v2, as sigs.k8s.io/yaml turns it into JSON.

That is YAML 1.1 with go-yaml's own choices (`resolve.go`): `yes`, `on` and `y` are booleans, `0777` and `0o14` are
octal, `1_000` is a number, `12:30` and dates are strings, and `80.0` arrives as the JSON number `80`.

Nothing here knows where a scalar is written.
"""

from __future__ import annotations

import binascii
import math
import re
import struct
from typing import TYPE_CHECKING, Final, TypeAlias

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from tkelint.syntax.document import Json

Scalar: TypeAlias = "str | int | float | bool | None"

STANDARD_TAG: Final = "tag:yaml.org,2002:"
MERGE_KEY: Final = "<<"

_INT64_MIN, _INT64_MAX, _UINT64_MAX = -(2**63), 2**63 - 1, 2**64 - 1
# From here on Go's encoding/json writes a float with an exponent, so that it no longer reads as an integer.
_FLOAT_WITH_EXPONENT: Final = 1e21

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGER: Final = pattern(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|(0[0-7]*)|([1-9][0-9]*))\Z")
_INTEGER_BASES: Final = (16, 2, 8, 8, 10)
_FLOAT: Final = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
# Here underscores must stand between digits, as Go's `strconv.ParseFloat` has it and Python's `float` too.
_FRACTION: Final = pattern(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?\Z")
_TIMESTAMP: Final = pattern(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?)?\Z"
)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}\Z")
_UNDECODABLE_BYTE: Final = pattern("[\udc80-\udcff]")
_KINDS: Final[dict[type, str]] = {str: "str", bool: "bool", int: "int", float: "float", type(None): "null"}


class UnreadableScalarError(ValueError):
    """The scalar has no JSON value, or not the one that its tag asks for; the message says which."""


def scalar_value(text: str, *, plain: bool = True, tag: str | None = None) -> Json:
    """The JSON value of a scalar; `plain` is false for quoted and block scalars.

    >>> [scalar_value(text) for text in ("on", "~", "0777", "1_000", "80.0", "12:30", "2026-01-01", "1e3")]
    [True, None, 511, 1000, 80, '12:30', '2026-01-01', 1000]
    >>> scalar_value("on", plain=False), scalar_value("80", tag=STANDARD_TAG + "str")
    ('on', '80')

    Raises `UnreadableScalarError`.
    """
    value = _meaning(text, plain, tag)
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        raise UnreadableScalarError(f"'{text}' is not a number in JSON")
    return _integer(value) if value.is_integer() and abs(value) < _FLOAT_WITH_EXPONENT else value


def scalar_key(text: str, *, plain: bool = True, tag: str | None = None) -> str:
    """The string that a mapping key becomes in JSON.

    >>> [scalar_key(text) for text in ("80", "y", "1.10", "0x10", "1e6")]
    ['80', 'true', '1.1', '16', '1e+06']

    Raises `UnreadableScalarError` for null and for integers beyond 64 bits.
    """
    value = _meaning(text, plain, tag)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _short_float(value)
    if value is None:
        raise UnreadableScalarError("a key cannot be null")
    if value > _INT64_MAX:
        raise UnreadableScalarError("a key cannot be an integer of more than 64 bits")
    return str(value)


def _meaning(text: str, plain: bool, tag: str | None) -> Scalar:
    """What go-yaml holds for a scalar: a float is still a float, infinities included."""
    if not tag:
        return _resolve(text) if plain else text
    kind = tag[len(STANDARD_TAG) :] if tag.startswith(STANDARD_TAG) else ""
    if kind == "binary":
        return _from_base64(text)
    if kind not in ("bool", "int", "float", "null", "timestamp"):
        return text
    if kind == "timestamp" and _TIMESTAMP.match(text):
        return text
    value = _resolve(text)
    if _KINDS[type(value)] == kind:
        return value
    if kind == "float" and type(value) is int and value <= _INT64_MAX:
        return float(value)
    raise UnreadableScalarError(f"the text does not spell a value of its tag !!{kind}")


def _resolve(text: str) -> Scalar:
    """The value of a plain scalar without a tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-0123456789":
        return _number(text)
    if text[0] == "." and _FRACTION.match(text):
        return _float(text, text)
    return text


def _number(text: str) -> Scalar:
    """The number that the text spells, or the text when it spells none."""
    digits_only = text.replace("_", "")
    if match := _INTEGER.match(digits_only):
        index = match.lastindex or 0
        digits = match[index].lstrip("0") or "0"
        # 64 bits have at most 64 digits, whatever the base; Python refuses to convert very long numbers.
        if len(digits) <= 64:
            value = int(match[1] + digits, _INTEGER_BASES[index - 2])
            if _INT64_MIN <= value <= (_INT64_MAX if match[1] else _UINT64_MAX):
                return value
    return _float(digits_only, text) if _FLOAT.match(digits_only) else text


def _float(digits: str, text: str) -> Scalar:
    """The float, or the text when the number is out of range."""
    value = float(digits)
    return text if math.isinf(value) else value


def _integer(value: float) -> int:
    """The integer that Go writes for a float without a fraction: its shortest digits, then zeros.

    >>> _integer(80.0), _integer(18446744073709551616.0)
    (80, 18446744073709552000)
    """
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return int(value)
    whole, _, fraction = mantissa.partition(".")
    return int(f"{whole}{fraction}{'0' * (int(exponent) - len(fraction))}")


def _from_base64(text: str) -> str:
    """The bytes of a `!!binary` as JSON shows them: what is no UTF-8 becomes U+FFFD, byte by byte."""
    digits = text.replace("\n", "").replace("\r", "")
    if len(digits) % 4 or not _BASE64.match(digits):
        raise UnreadableScalarError("the text is not base64, as its tag !!binary says")
    return _UNDECODABLE_BYTE.sub("\ufffd", binascii.a2b_base64(digits).decode("utf-8", "surrogateescape"))


def _short_float(value: float) -> str:
    """A float as Go's `strconv.FormatFloat(value, 'g', -1, 32)` writes it: the shortest that a 32-bit float keeps."""
    value = _as_32_bits(value)
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    # Nine significant digits tell any two 32-bit floats apart.
    texts = (f"{value:.{decimals}e}" for decimals in range(9))
    shortest = next((text for text in texts if _as_32_bits(float(text)) == value), f"{value:.8e}")
    mantissa, _, exponent = shortest.partition("e")
    power = int(exponent)
    if power < -4 or power >= 6:
        return f"{mantissa}e{exponent}"
    decimals = max(len(mantissa.lstrip("-").replace(".", "")) - 1 - power, 0)
    return f"{float(shortest):.{decimals}f}"


def _as_32_bits(value: float) -> float:
    """The nearest 32-bit float."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)
