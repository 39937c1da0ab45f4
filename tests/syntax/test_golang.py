from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tkelint.syntax.golang import (
    GoError,
    atoi,
    byte_length,
    fields,
    format_duration,
    hex_problem,
    parse_duration,
    parse_float32,
    parse_uint,
    quote,
    to_lower,
)
from tkelint.syntax.golang_net import host_port, parse_ip

# The texts below were printed by Go 1.26.


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("+5", 5), ("-05", -5), ("9223372036854775807", 2**63 - 1)])
def test_atoi_reads(text: str, number: int) -> None:
    assert atoi(text) == number


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", 'strconv.Atoi: parsing "": invalid syntax'),
        ("30s", 'strconv.Atoi: parsing "30s": invalid syntax'),
        ("1_0", 'strconv.Atoi: parsing "1_0": invalid syntax'),
        ("٣", 'strconv.Atoi: parsing "٣": invalid syntax'),
        (" 1", 'strconv.Atoi: parsing " 1": invalid syntax'),
        ("9223372036854775808", 'strconv.Atoi: parsing "9223372036854775808": value out of range'),
    ],
)
def test_atoi_refuses_with_gos_text(text: str, problem: str) -> None:
    with pytest.raises(GoError) as raised:
        atoi(text)

    assert str(raised.value) == problem


def test_numbers_of_any_length_end_in_an_answer() -> None:
    with pytest.raises(GoError, match="value out of range"):
        atoi("9" * 100_000)


@pytest.mark.parametrize(
    ("text", "number"), [("0x1F", 31), ("0b11", 3), ("0o17", 15), ("017", 15), ("1_000", 1000), ("0", 0)]
)
def test_unsigned_numbers_of_any_base(text: str, number: int) -> None:
    assert parse_uint(text, 16, any_base=True) == number


@pytest.mark.parametrize("text", ["-1", "+1", "1__0", "_1", "08", "0x", "65536"])
def test_unsigned_numbers_of_any_base_are_refused(text: str) -> None:
    with pytest.raises(GoError):
        parse_uint(text, 16, any_base=True)


@pytest.mark.parametrize(("text", "number"), [("1.5", 1.5), (".5", 0.5), ("1e2", 100), ("0x1p3", 8), ("1_0.5", 10.5)])
def test_floating_point_numbers(text: str, number: float) -> None:
    assert parse_float32(text) == number


@pytest.mark.parametrize("text", ["", "x", "1e99", "1.5.1", "1__0", "0x1", "1e"])
def test_floating_point_numbers_are_refused(text: str) -> None:
    with pytest.raises(GoError):
        parse_float32(text)


@pytest.mark.parametrize(
    ("text", "nanoseconds", "shown"),
    [
        ("0", 0, "0s"),
        ("5s", 5_000_000_000, "5s"),
        ("1m30s", 90_000_000_000, "1m30s"),
        ("1.5h", 5_400_000_000_000, "1h30m0s"),
        ("-1.5s", -1_500_000_000, "-1.5s"),
        ("1us", 1_000, "1µs"),
        ("1500us", 1_500_000, "1.5ms"),
        (".5s", 500_000_000, "500ms"),
        ("7ns", 7, "7ns"),
    ],
)
def test_durations_are_read_and_printed(text: str, nanoseconds: int, shown: str) -> None:
    assert parse_duration(text) == nanoseconds
    assert format_duration(nanoseconds) == shown


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("30", 'time: missing unit in duration "30"'),
        ("", 'time: invalid duration ""'),
        ("3x", 'time: unknown unit "x" in duration "3x"'),
        ("1d", 'time: unknown unit "d" in duration "1d"'),
        (".s", 'time: invalid duration ".s"'),
        ("é", r'time: invalid duration "\xc3\xa9"'),
        ("9999999h", 'time: invalid duration "9999999h"'),
    ],
)
def test_durations_are_refused_with_gos_text(text: str, problem: str) -> None:
    with pytest.raises(GoError) as raised:
        parse_duration(text)

    assert str(raised.value) == problem


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('a"b\\', r'"a\"b\\"'),
        ("\n\t\x00\x7f", r'"\n\t\x00\x7f"'),
        ("é中", '"é中"'),
        ("\u200b\u00a0", r'"\u200b\u00a0"'),
    ],
)
def test_quoting(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a:1", ("a", "1")),
        ("[::1]:53", ("::1", "53")),
        (":53", ("", "53")),
        ("a:", ("a", "")),
        ("a", None),
        ("::1", None),
        ("[::1]", None),
        ("[::1]x:1", None),
        ("a]:1", None),
        ("[a:b:1", None),
    ],
)
def test_host_and_port(text: str, parts: tuple[str, str] | None) -> None:
    assert host_port(text) == parts


@pytest.mark.parametrize("text", ["010.0.0.1", "1.2.3", "fe80::1%eth0", "1.2.3.4/24", "", "１.2.3.4"])
def test_what_is_no_address(text: str) -> None:
    assert parse_ip(text) is None


def test_lower_case_is_one_rune_for_one() -> None:
    assert to_lower("ΣİA") == "σia"


def test_spaces_are_gos() -> None:
    assert fields("a\u00a0b\x1cc\u3000d") == ["a", "b\x1cc", "d"]


def test_hexadecimal_problems() -> None:
    assert hex_problem("0aF1") == ""
    assert hex_problem("0ag") == "encoding/hex: invalid byte: U+0067 'g'"
    assert hex_problem("abc") == "encoding/hex: odd length hex string"


@pytest.mark.parametrize("read", [atoi, parse_float32, parse_duration, lambda text: parse_uint(text, 32)])
@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(read: Callable[[str], float], text: str) -> None:
    with contextlib.suppress(GoError):
        assert read(text) is not None
    assert byte_length(text) >= len(text)
