"""The addresses of server blocks: transport, zones and port, and zones that are served twice.

Sources: coredns `core/dnsserver/register.go`, `core/dnsserver/address.go`, `plugin/normalize.go`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tkelint.syntax.corefile_dispenser import Dispenser
from tkelint.syntax.domain_name import normalise, split_transport, split_zone_port, zones_of
from tkelint.syntax.golang import GoError
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_tree import ServerBlock

_DEFAULT_PORTS = {"dns": "53", "tls": "853", "quic": "853", "grpc": "443", "https": "443", "https3": "443", "unix": ""}
_LARGEST_PORT = 65535


class ServerKey(NamedTuple):
    """What a server block's address says.

    `zones` are normalised, with a final dot; a CIDR may stand for several. `has_port` tells a port that is written from
    the default one. `error` is CoreDNS's text when it refuses the address. Of an address with an unknown variable
    nothing is known: it has no zones and no error.
    A port out of range is an error that CoreDNS comes to only when it starts to listen.
    """

    transport: str
    zones: tuple[str, ...]
    port: str
    has_port: bool = False
    error: str | None = None

    @property
    def zone(self) -> str:
        """The first zone; empty when there is none."""
        return self.zones[0] if self.zones else ""


def server_key(token: Token) -> ServerKey:
    """Read the address of a server block. The default port of CoreDNS can be another with `-dns.port`."""
    transport, rest = split_transport(token.text)
    if token.unknown:
        return ServerKey("dns", (), "")
    prefix = "error inspecting server blocks: "
    try:
        zones, port = split_zone_port(rest)
        for zone in zones:
            split_zone_port(zone if zone.endswith(".") else zone + ".")
    except GoError as error:
        return ServerKey(transport, (), "", error=prefix + str(error))
    names = tuple(normalise(zone) for zone in zones)
    if port and not 0 <= int(port) <= _LARGEST_PORT:
        return ServerKey(transport, names, port, has_port=True, error=f"address {port}: invalid port")
    return ServerKey(transport, names, port or _DEFAULT_PORTS[transport], has_port=bool(port))


def plugin_zones(arguments: Sequence[Token], keys: Sequence[Token]) -> tuple[tuple[str, ...], bool]:
    """The normalised zones of a plugin's arguments, without any those of its server block; and whether that is all.

    It is not all where a variable is not known. What is no zone is passed over in silence, as CoreDNS does.
    """
    if arguments:
        zones = [zone for token in arguments if not token.unknown for zone in zones_of(token.text)]
    else:
        zones = [zone for key in keys for zone in server_key(key).zones]
    return tuple(zones), not any(token.unknown for token in arguments or keys)


def fallthrough_zones(arguments: Sequence[Token]) -> tuple[str, ...]:
    """The zones of a `fallthrough` property; all names without any."""
    if not arguments:
        return (".",)
    return plugin_zones(arguments, ())[0]


class ZoneConflict(NamedTuple):
    """A zone that two addresses serve on the same port. CoreDNS refuses to start with the text in `coredns`."""

    key: Token
    other: Token
    coredns: str


def zone_conflicts(blocks: Sequence[ServerBlock]) -> Iterator[ZoneConflict]:
    """Each address that serves what an address further up serves.

    Blocks with `view`, with imports that are not known, or with `bind` to a name (an interface of the machine) are
    passed over: whether they conflict is not to be seen here.
    """
    registered: dict[_Served, Token] = {}
    unbound: dict[_Served, tuple[Token, _Served]] = {}
    for block in blocks:
        addresses = bound_addresses(block)
        for key in block.keys if addresses else ():
            parsed = server_key(key)
            for zone in parsed.zones:
                for address in addresses:
                    served = _Served(parsed.transport, zone, parsed.port, address)
                    anywhere = served._replace(address="")
                    text = f"cannot serve {served} - "
                    if served in registered:
                        yield ZoneConflict(key, registered[served], text + "it is already defined")
                        continue
                    other = unbound.get(anywhere) if not address else None
                    if address and anywhere in registered:
                        other = registered[anywhere], anywhere
                    if other is not None:
                        yield ZoneConflict(key, other[0], f"{text}zone overlap listener capacity with {other[1]}")
                        continue
                    registered[served] = key
                    unbound[anywhere] = key, served


class _Served(NamedTuple):
    """A zone with the place where it is served; `address` is empty for all addresses of the machine."""

    transport: str
    zone: str
    port: str
    address: str

    def __str__(self) -> str:
        name = f"{self.transport}://{self.zone}:{self.port}"
        return f"{name} on {self.address}" if self.address else name


def bound_addresses(block: ServerBlock) -> tuple[str, ...]:
    """The addresses a block binds to: one empty one without `bind`, none when they are not known."""
    if block.dropped or not block.is_complete or block.plugin("view") is not None:
        return ()
    bind = block.plugin("bind")
    if bind is None:
        return ("",)
    if any(token.unknown for token in bind.tokens):
        return ()
    addresses: list[str] = []
    dispenser = Dispenser(bind)
    while dispenser.next():
        bound = [token.text for token in dispenser.remaining_arguments()]
        excepted: set[str] = set()
        while dispenser.next_in_block():
            excepted = {token.text for token in dispenser.remaining_arguments()}
        addresses += [address for address in bound if address not in excepted]
    return tuple(addresses) if all(parse_ip(address) is not None for address in addresses) else ()
