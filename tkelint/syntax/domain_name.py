"""Domain names and zones as CoreDNS reads them: validity, normal form, ports, and the reverse zones of a CIDR.

Sources: miekg/dns `IsDomainName`, `IsFqdn`, `IsSubDomain`; coredns `plugin/normalize.go` and `plugin/pkg/cidr`.
Names are compared as text in lower case with a final dot, as CoreDNS compares them.
"""

from __future__ import annotations

import ipaddress
import re

from tkelint.syntax import golang_net
from tkelint.syntax.golang import GoError, atoi, byte_length, quote, to_lower

TRANSPORTS = frozenset({"dns", "tls", "quic", "grpc", "https", "https3", "unix"})

_LONGEST_NAME = 256  # octets on the wire, the final zero excluded
_LONGEST_LABEL = 63
_DECIMAL_ESCAPE = re.compile(rb"[0-9]{3}")
_REVERSE_SUFFIXES = (".in-addr.arpa.", ".ip6.arpa.")


def is_fully_qualified(name: str) -> bool:
    """Whether the name ends with a dot that no backslash escapes."""
    if not name.endswith("."):
        return False
    stem = name[:-1]
    return (len(stem) - len(stem.rstrip("\\"))) % 2 == 0


def normalise(name: str) -> str:
    """The name in lower case with a final dot: plugin.Name.Normalize.

    >>> normalise("Example.ORG")
    'example.org.'
    """
    return to_lower(name if is_fully_qualified(name) else name + ".")


def is_domain_name(name: str) -> bool:
    """Whether miekg/dns takes the text for a name: labels of at most 63 octets, none empty; any character will do."""
    if not name:
        return False
    octets = (name if is_fully_qualified(name) else name + ".").encode("utf-8", "surrogatepass")
    if b"\\" not in octets:
        labels = octets[:-1].split(b".") if octets != b"." else []
        return all(0 < len(label) <= _LONGEST_LABEL for label in labels) and len(octets) <= _LONGEST_NAME
    return _is_escaped_name(octets)


def _is_escaped_name(octets: bytes) -> bool:
    length = begin = position = 0
    after_dot = escape = False
    while position < len(octets):
        octet = octets[position]
        if octet == ord("\\"):
            if length >= _LONGEST_NAME:
                return False
            escape = not escape
            skipped = 3 if _DECIMAL_ESCAPE.match(octets, position + 1) else 1
            position += skipped
            begin += skipped
            after_dot = False
        elif octet == ord("."):
            size = position - begin
            length += 1 + size
            if after_dot or (position == 0 and len(octets) > 1) or size > _LONGEST_LABEL or length > _LONGEST_NAME:
                return False
            escape, after_dot, begin = False, True, position + 1
        else:
            escape = after_dot = False
        position += 1
    return not escape


def covers(zone: str, name: str) -> bool:
    """Whether a normalised zone is the normalised name or a parent of it."""
    return zone in {".", name} or name.endswith("." + zone)


def is_reverse(zone: str) -> bool:
    """Whether CoreDNS takes a zone for a reverse one: below in-addr.arpa or ip6.arpa, but not these themselves."""
    return zone.endswith(_REVERSE_SUFFIXES)


def parse_cidr(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The network of `address/length`, host bits cut off, as `net.ParseCIDR`; `None` when it is none."""
    try:
        return golang_net.parse_cidr(text)
    except GoError:
        return None


def reverse_zones(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> tuple[str, ...]:
    """The reverse zones that make up a network: one per octet (IPv6: per nibble) boundary, with a final dot.

    >>> reverse_zones(ipaddress.ip_network("10.0.0.0/23"))
    ('0.0.10.in-addr.arpa.', '1.0.10.in-addr.arpa.')
    """
    step = 8 if network.version == 4 else 4
    boundary = -(-network.prefixlen // step) * step
    host_labels = network.max_prefixlen // step - boundary // step
    return tuple(
        ".".join(part.network_address.reverse_pointer.split(".")[host_labels:]) + "."
        for part in network.subnets(new_prefix=boundary)
    )


def split_zone_port(text: str) -> tuple[tuple[str, ...], str]:
    """The zones and the port ("" when none is said) of `zone:port` or `address/length:port`: plugin.SplitHostPort.

    The zones are not normalised. Raises `GoError` with CoreDNS's text.
    """
    zone, colon, port_text = text.rpartition(":")
    if not text or (colon and not port_text):
        raise GoError(f"expecting data after last colon: {quote(text)}")
    try:
        port = str(atoi(port_text)) if colon else ""
    except GoError:
        port = ""
    if not port:
        zone = text
    if byte_length(zone) > 255:
        raise GoError(f"specified zone is too long: {byte_length(zone)} > 255")
    if not is_domain_name(zone):
        raise GoError(f"zone is not a valid domain name: {zone}")
    network = parse_cidr(zone)
    if network is None:
        return (zone,), port
    if zone[0] == ":" or (zone[0] == "0" and ":" in zone):
        raise GoError(f"invalid CIDR {zone}")
    return reverse_zones(network), port


def zones_of(text: str) -> tuple[str, ...]:
    """The normalised zones of a plugin argument; none for what is no zone: plugin.Host.NormalizeExact."""
    _, rest = split_transport(text)
    try:
        zones, _ = split_zone_port(rest)
    except GoError:
        return ()
    return tuple(normalise(zone) for zone in zones)


def split_transport(text: str) -> tuple[str, str]:
    """The transport and what follows `transport://`; `dns` without one of the seven, in lower case: parse.Transport."""
    transport, separator, rest = text.partition("://")
    return (transport, rest) if separator and transport in TRANSPORTS else ("dns", text)
