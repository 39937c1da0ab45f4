"""What a security group lets in, in three values: yes, no, or it depends on who asks.

An inbound rule is a text: ports with their protocol (`30000-32767/tcp`), a source (`100.127.0.0/16`), or both
(`443/tcp from 10.0.0.0/8`). What no rule allows is refused, since that is how security groups work.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple, TypeAlias

from tkelint.patterns import pattern

Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

# The ports that a Service's nodePort may have. Tencent's pages open 30000-32768, but the API server refuses 32768.
NODE_PORTS: Final = range(30000, 32768)
EVERY_PORT: Final = range(1, 65536)

_PORTS: Final = pattern(r"([0-9]{1,5})(?:-([0-9]{1,5}))?/(tcp|udp)\Z", re.IGNORECASE)
_ONLY_PORTS: Final = pattern(r"[0-9]{1,5}(?:-[0-9]{1,5})?\Z")


class AllowanceError(ValueError):
    """A text is no inbound rule. `near` is the rule that was probably meant, if any."""

    def __init__(self, near: str = "") -> None:
        super().__init__(near)
        self.near = near


class Allowance(NamedTuple):
    """One inbound rule. Without protocol, every protocol and port; without source, everyone."""

    ports: range = EVERY_PORT
    protocol: str | None = None
    source: Network | None = None

    def __str__(self) -> str:
        ports = f"{self.ports[0]}-{self.ports[-1]}" if len(self.ports) > 1 else f"{self.ports[0]}"
        parts = [f"{ports}/{self.protocol}"] if self.protocol else []
        if self.source is not None:
            parts.append(f"from {self.source}" if parts else str(self.source))
        return " ".join(parts)


class SecurityGroup(NamedTuple):
    """The inbound rules of a security group, all of them."""

    allow: tuple[Allowance, ...]

    def allows(self, ports: int | range, protocol: str, source: str | None = None) -> bool | None:
        """Whether traffic to one port or to all of a range gets in, from a source or, without one, from anyone.

        `None`: part of it does, or only from some sources.
        """
        wanted = range(ports, ports + 1) if isinstance(ports, int) else ports
        network = ipaddress.ip_network(source) if source is not None else None
        open_to_it = []
        touched = False
        for rule in self.allow:
            if rule.protocol in (None, protocol.lower()) and _overlap(rule.ports, wanted):
                covers = _covers(rule.source, network)
                touched = touched or covers is not False
                if covers:
                    open_to_it.append(rule.ports)
        if _is_covered(wanted, open_to_it):
            return True
        return None if touched else False

    def allows_source(self, source: str, protocol: str = "tcp") -> bool | None:
        """Whether all traffic of a protocol from a source gets in; `None` when only some of it does."""
        return self.allows(EVERY_PORT, protocol, source)

    def __str__(self) -> str:
        return ", ".join(map(str, self.allow))


def parse_allowance(text: str) -> Allowance:
    """Read an inbound rule. Raises `AllowanceError`.

    >>> parse_allowance("443/TCP from 10.0.0.0/8")
    Allowance(ports=range(443, 444), protocol='tcp', source=IPv4Network('10.0.0.0/8'))
    """
    head, separator, source = text.partition(" from ")
    match = _PORTS.match(head)
    if match is None:
        if _ONLY_PORTS.match(head):
            raise AllowanceError(f"{head}/tcp{separator}{source}")
        if separator:
            raise AllowanceError
        return Allowance(source=_network(head))
    first, last = int(match[1]), int(match[2] or match[1])
    protocol = match[3].lower()
    if last < first:
        raise AllowanceError(f"{last}-{first}/{protocol}")
    if first not in EVERY_PORT or last not in EVERY_PORT:
        raise AllowanceError
    return Allowance(range(first, last + 1), protocol, _network(source) if separator else None)


def _network(text: str) -> Network:
    """A CIDR or an address. Where bits are set behind the prefix, nobody knows whether they or the prefix are wrong."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        try:
            near = str(ipaddress.ip_network(text, strict=False))
        except ValueError:
            near = ""
        raise AllowanceError(near) from None


def _covers(allowed: Network | None, wanted: Network | None) -> bool | None:
    """Whether an allowed source holds the wanted one, or anyone; `None` when it holds a part of it."""
    if allowed is None or allowed.prefixlen == 0:
        return True
    if wanted is None:
        return None
    if allowed.version != wanted.version or not allowed.overlaps(wanted):
        return False
    return True if allowed.prefixlen <= wanted.prefixlen else None


def _overlap(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop


def _is_covered(wanted: range, ranges: list[range]) -> bool:
    """Whether ranges together hold every number of the wanted one."""
    reached = wanted.start
    for each in sorted(ranges, key=lambda each: each.start):
        if each.start > reached:
            break
        reached = max(reached, each.stop)
    return reached >= wanted.stop
