"""The properties of `forward`, one by one: coredns `plugin/forward/setup.go`, parseBlock, at 1.14.7.

Most take one argument and leave the rest of the line to be read as the next property. Arguments that hold an unknown
variable are taken to be right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from tkelint.syntax.corefile_dispenser import Dispenser, RefusedError
from tkelint.syntax.dns_words import RESPONSE_CODES
from tkelint.syntax.domain_name import is_domain_name
from tkelint.syntax.golang import GoError, atoi, format_duration, parse_duration, parse_uint, quote
from tkelint.syntax.golang_net import host_port, parse_ip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.syntax.corefile_lexer import Token

_Check: TypeAlias = "Callable[[Token, Dispenser], None]"

_POLICIES = ("random", "round_robin", "sequential")


def check_property(name: Token, dispenser: Dispenser) -> None:
    """Read the property under the cursor with its arguments. Raises `RefusedError`."""
    check = _CHECKS.get(name.text)
    if check is not None:
        check(name, dispenser)
    elif name.unknown:
        dispenser.remaining_arguments()
    else:
        raise dispenser.unknown_property("forward")


def _one(name: Token, dispenser: Dispenser) -> Token:
    if not dispenser.next_argument():
        raise dispenser.wrong_arguments(name.text)
    return dispenser.current


def _some(name: Token, dispenser: Dispenser) -> Sequence[Token]:
    arguments = dispenser.remaining_arguments()
    if not arguments:
        raise dispenser.wrong_arguments(name.text)
    return arguments


def _check_except(name: Token, dispenser: Dispenser) -> None:
    _some(name, dispenser)


def _check_flag(name: Token, dispenser: Dispenser) -> None:
    if dispenser.next_argument():
        raise dispenser.wrong_arguments(name.text)


def _check_failfast(name: Token, dispenser: Dispenser) -> None:
    if dispenser.remaining_arguments():
        raise dispenser.wrong_arguments(name.text)


def _check_word(name: Token, dispenser: Dispenser) -> None:
    _one(name, dispenser)


def _check_tls(name: Token, dispenser: Dispenser) -> None:
    if len(dispenser.remaining_arguments()) > 3:
        raise dispenser.wrong_arguments(name.text)


def _check_unsigned(name: Token, dispenser: Dispenser) -> None:
    value = _one(name, dispenser)
    if not value.unknown:
        _number(name, value, lambda text: parse_uint(text, 32))


def _check_count(name: Token, dispenser: Dispenser) -> None:
    value = _one(name, dispenser)
    number = 0 if value.unknown else _number(name, value, atoi)
    if number < 0:
        raise _out_of_range(name, value, f"{name.text} can't be negative: {number}")


def _check_expire(name: Token, dispenser: Dispenser) -> None:
    value = _one(name, dispenser)
    duration = _nanoseconds(name, value)
    if duration < 0:
        raise _out_of_range(name, value, f"{name.text} can't be negative: {format_duration(duration)}")


def _check_read_timeout(name: Token, dispenser: Dispenser) -> None:
    value = _one(name, dispenser)
    duration = _nanoseconds(name, value)
    if duration <= 0 and not value.unknown:
        raise _out_of_range(name, value, f"{name.text} must be positive: {format_duration(duration)}")


def _check_health(name: Token, dispenser: Dispenser) -> None:
    value = _one(name, dispenser)
    duration = _nanoseconds(name, value)
    if duration < 0:
        raise _out_of_range(name, value, f"{name.text} can't be negative: {duration}")
    while dispenser.next_argument():
        option = dispenser.current
        if option.text == "domain":
            domain = _one(name, dispenser)
            if not domain.unknown and not is_domain_name(domain.text):
                text = f"health_check: invalid domain name {domain.text}"
                raise RefusedError("not-a-name", domain, text, value=domain.text, name=name.text)
        elif option.text != "no_rec" and not option.unknown:
            text = f"health_check: unknown option {option.text}"
            choices = "no_rec, domain"
            raise RefusedError("not-one-of", option, text, value=option.text, name=name.text, choices=choices)


def _check_method(name: Token, dispenser: Dispenser) -> None:
    value = _one(name, dispenser)
    if value.text not in {"GET", "POST"} and not value.unknown:
        text = "doh_method must be either POST or GET"
        raise RefusedError("not-one-of", value, text, value=value.text, name=name.text, choices="GET, POST")


def _check_policy(name: Token, dispenser: Dispenser) -> None:
    value = _one(name, dispenser)
    if value.text not in _POLICIES and not value.unknown:
        text = dispenser.located(f"unknown policy '{value.text}'")
        choices = ", ".join(_POLICIES)
        raise RefusedError("not-one-of", value, text, value=value.text, name=name.text, choices=choices)


def _check_codes(name: Token, dispenser: Dispenser) -> None:
    for value in _some(name, dispenser):
        if value.unknown:
            continue
        if value.text.upper() not in RESPONSE_CODES:
            text = f"{value.text} is not a valid rcode"
            choices = "NXDOMAIN, SERVFAIL, REFUSED"
            raise RefusedError("not-one-of", value, text, value=value.text, name=name.text, choices=choices)
        if name.text == "failover" and value.text.upper() == "NOERROR":
            raise _out_of_range(name, value, "NoError cannot be used in failover")


def _check_resolver(name: Token, dispenser: Dispenser) -> None:
    for value in _some(name, dispenser):
        host, _ = host_port(value.text) or (value.text, "")
        if not value.unknown and parse_ip(host) is None:
            text = f"resolver must be an IP address or IP:port: {quote(value.text)}"
            raise RefusedError("not-an-address", value, text, value=value.text, name=name.text)


def _check_source_address(name: Token, dispenser: Dispenser) -> None:
    value = _one(name, dispenser)
    if not value.unknown and parse_ip(value.text) is None:
        text = dispenser.located(f"invalid IP address: {value.text}")
        raise RefusedError("not-an-address", value, text, value=value.text, name=name.text)


def _number(name: Token, value: Token, read: Callable[[str], int]) -> int:
    try:
        return read(value.text)
    except GoError as error:
        raise RefusedError("not-a-number", value, str(error), value=value.text, name=name.text) from None


def _nanoseconds(name: Token, value: Token) -> int:
    try:
        return 0 if value.unknown else parse_duration(value.text)
    except GoError as error:
        raise RefusedError("not-a-duration", value, str(error), value=value.text, name=name.text) from None


def _out_of_range(name: Token, value: Token, text: str) -> RefusedError:
    return RefusedError("out-of-range", value, text, value=value.text, name=name.text)


_CHECKS: Mapping[str, _Check] = {
    "except": _check_except,
    "max_fails": _check_unsigned,
    "max_connect_attempts": _check_unsigned,
    "health_check": _check_health,
    "force_tcp": _check_flag,
    "prefer_udp": _check_flag,
    "tls": _check_tls,
    "tls_servername": _check_word,
    "expire": _check_expire,
    "max_age": _check_expire,
    "max_idle_conns": _check_count,
    "read_timeout": _check_read_timeout,
    "doh_method": _check_method,
    "policy": _check_policy,
    "max_concurrent": _check_count,
    "next": _check_codes,
    "next_on_nodata": _check_flag,
    "failfast_all_unhealthy_upstreams": _check_failfast,
    "failover": _check_codes,
    "resolver": _check_resolver,
    "source_address": _check_source_address,
}
