"""How Go's package net reads addresses, and what it says of those that it refuses."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

from tkelint.patterns import pattern
from tkelint.syntax.golang import GoError

IPAddress: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
IPNetwork: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

_MASK = pattern(r"[0-9]{1,6}\Z")


def parse_ip(text: str) -> IPAddress | None:
    """An address without zone, as `net.ParseIP`; `None` when it is none."""
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def parse_cidr(text: str) -> IPNetwork:
    """The network of `address/length`, host bits cut off, as `net.ParseCIDR`."""
    address_text, slash, mask = text.partition("/")
    address = parse_ip(address_text)
    if not slash or address is None or not _MASK.match(mask) or int(mask) > address.max_prefixlen:
        raise GoError(f"invalid CIDR address: {text}")
    return ipaddress.ip_network((address, int(mask)), strict=False)


def split_host_port(text: str) -> tuple[str, str]:
    """Host and port of `host:port` or `[v6]:port`, as `net.SplitHostPort`."""
    colon = text.rfind(":")
    if colon < 0:
        raise _address_error(text, "missing port in address")
    if text[0] != "[":
        host, rest, tail = text[:colon], text, text
        if ":" in host:
            raise _address_error(text, "too many colons in address")
    else:
        end = text.find("]")
        if end < 0:
            raise _address_error(text, "missing ']' in address")
        if end + 1 != colon:
            has_colon = text[end + 1 : end + 2] == ":"
            raise _address_error(text, "too many colons in address" if has_colon else "missing port in address")
        host, rest, tail = text[1:end], text[1:], text[end + 1 :]
    for bracket, part in (("[", rest), ("]", tail)):
        if bracket in part:
            raise _address_error(text, f"unexpected '{bracket}' in address")
    return host, text[colon + 1 :]


def host_port(text: str) -> tuple[str, str] | None:
    """The same; `None` for an error."""
    try:
        return split_host_port(text)
    except GoError:
        return None


def _address_error(text: str, reason: str) -> GoError:
    return GoError(f"address {text}: {reason}" if text else reason)
