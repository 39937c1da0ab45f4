"""The `forward` plugin: the zone it takes, its upstreams, its properties, and what is wrong with them.

Source: coredns `plugin/forward/setup.go` and `resolve.go` at 1.14.7. Nothing is looked up: whether a file is there or a
name resolves is known in the container only. Before 1.14.4 CoreDNS refuses every upstream that is a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tkelint.syntax.corefile_dispenser import Dispenser, Property, RefusedError
from tkelint.syntax.corefile_forward_properties import check_property
from tkelint.syntax.domain_name import is_domain_name, split_transport, zones_of
from tkelint.syntax.golang import GoError, format_duration, parse_duration, quote
from tkelint.syntax.golang_net import host_port, parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.syntax.corefile_errors import CorefileError
    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_tree import Directive

_PLUGIN = "forward"
_MOST_UPSTREAMS = 15
_SPOKEN = frozenset({"dns", "tls", "https"})
_DEFAULT_PORTS = {"dns": "53", "tls": "853", "quic": "853", "grpc": "443", "https": "443"}
_DEFAULT_EXPIRE = 10 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class Upstream:
    """One TO. `kind` is `address`, `name`, `file`, `socket`, or `unknown` where a variable is not known.

    `host` is the address, name or path; `port` is "" where the default one is meant. `server_name` is the part behind
    `%` of `tls://10.0.0.1%dns.example`.
    """

    token: Token
    kind: str
    transport: str = "dns"
    host: str = ""
    port: str = ""
    server_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardView:
    """One `forward`. `zone` is FROM, normalised: the first zone when a CIDR stands for several, "" when unknown."""

    name: Token
    source: Token | None
    zone: str
    upstreams: tuple[Upstream, ...]
    except_zones: tuple[str, ...]
    except_tokens: tuple[Token, ...]
    properties: tuple[Property, ...]
    errors: tuple[CorefileError, ...]

    def property(self, name: str) -> Property | None:
        """The last property of a name."""
        found = [each for each in self.properties if each.name.text == name]
        return found[-1] if found else None


def forward_view(directive: Directive) -> ForwardView:
    """Read a `forward` directive; of several (a stray brace starts another) the first, with the errors of all."""
    views = forward_views(directive)
    errors = tuple(error for view in views for error in view.errors)
    first = views[0]
    return ForwardView(
        name=first.name,
        source=first.source,
        zone=first.zone,
        upstreams=first.upstreams,
        except_zones=first.except_zones,
        except_tokens=first.except_tokens,
        properties=first.properties,
        errors=errors,
    )


def forward_views(directive: Directive) -> tuple[ForwardView, ...]:
    """Each `forward` that CoreDNS sees in the tokens of a directive."""
    dispenser, views = Dispenser(directive), []
    while dispenser.next():
        views.append(_view(dispenser))
    return tuple(views)


def _view(dispenser: Dispenser) -> ForwardView:
    name = dispenser.current
    refused: list[RefusedError] = []
    source = dispenser.current if dispenser.next_argument() else None
    zones = zones_of(source.text) if source and not source.unknown else ()
    if source is None:
        refused.append(dispenser.wrong_arguments(_PLUGIN))
    elif not zones and not source.unknown:
        text = f"unable to normalize '{source.text}'"
        refused.append(RefusedError("not-a-name", source, text, value=source.text, name=_PLUGIN))
    targets = dispenser.remaining_arguments()
    if source is not None and not targets:
        refused.append(dispenser.wrong_arguments(_PLUGIN))
    properties = tuple(_properties(dispenser, refused))
    refused += _age_problem(properties)
    upstreams = tuple(_upstreams(targets, refused))
    refused += _transport_problems(upstreams, properties)
    excepted = [token for each in properties if each.name.text == "except" for token in each.arguments]
    return ForwardView(
        name=name,
        source=source,
        zone=zones[0] if zones else "",
        upstreams=upstreams,
        except_zones=tuple(zone for token in excepted if not token.unknown for zone in zones_of(token.text)),
        except_tokens=tuple(excepted),
        properties=properties,
        errors=tuple(each.as_error(_PLUGIN) for each in refused),
    )


def _properties(dispenser: Dispenser, refused: list[RefusedError]) -> Iterator[Property]:
    while dispenser.next_in_block():
        name, begin = dispenser.current, dispenser.cursor + 1
        try:
            check_property(name, dispenser)
        except RefusedError as error:
            refused.append(error)
            dispenser.remaining_arguments()
        yield Property(name, dispenser.tokens[begin : dispenser.cursor + 1])


def _age_problem(properties: Sequence[Property]) -> Iterator[RefusedError]:
    expire, max_age = _duration(properties, "expire", _DEFAULT_EXPIRE), _duration(properties, "max_age", 0)
    if 0 < max_age < expire:
        token = next(each.name for each in reversed(properties) if each.name.text == "max_age")
        text = f"max_age ({format_duration(max_age)}) must not be less than expire ({format_duration(expire)})"
        yield RefusedError("out-of-range", token, text, value=format_duration(max_age), name="max_age")


def _duration(properties: Sequence[Property], name: str, default: int) -> int:
    duration = default
    for each in properties:
        if each.name.text == name and each.arguments:
            try:
                duration = parse_duration(each.arguments[0].text)
            except GoError:
                duration = 0  # It is reported at its own place, or a variable.
    return duration


def _upstreams(targets: Sequence[Token], refused: list[RefusedError]) -> Iterator[Upstream]:
    for token in targets:
        transport, host = split_transport(token.text)
        if transport == "https" and "/" in host and not token.unknown:
            text = (
                "paths are not allowed in HTTPS upstream addresses"
                f" (the /dns-query path is used by default): {token.text}"
            )
            refused.append(RefusedError("upstream-path", token, text, value=token.text))
    for token in targets:
        upstream = _upstream(token)
        if isinstance(upstream, Upstream):
            yield upstream
        else:
            refused.append(upstream)
    if len(targets) > _MOST_UPSTREAMS:
        text = f"more than {_MOST_UPSTREAMS} TOs configured: {len(targets)}"
        refused.append(RefusedError("upstream-count", targets[_MOST_UPSTREAMS], text, count=str(len(targets))))


def _upstream(token: Token) -> Upstream | RefusedError:
    """What CoreDNS takes an upstream for: an address first, then a file, then a name."""
    if token.unknown:
        return Upstream(token, "unknown")
    transport, rest = split_transport(token.text)
    if not rest:
        return RefusedError("upstream-invalid", token, f"invalid address: {quote(token.text)}", value=token.text)
    if transport == "unix" or rest.startswith(("/", "./", "../")):
        return Upstream(token, "socket" if transport == "unix" else "file", transport, rest)
    whole, _ = host_port(rest) or (rest.strip("[]"), "")
    is_address = parse_ip(whole.rpartition("%")[0] if "%" in whole else whole) is not None
    plain, server_name = _split_server_name(rest)
    host, port = host_port(plain) or (plain, "")
    host = host.strip("[]")
    if is_address or (transport in _SPOKEN and is_domain_name(host) and parse_ip(host) is None):
        return Upstream(token, "address" if is_address else "name", transport, host, port, server_name)
    text = f"not an IP address, file, or valid domain: {quote(token.text)}"
    return RefusedError("upstream-invalid", token, text, value=token.text)


def _split_server_name(text: str) -> tuple[str, str]:
    """`10.0.0.1%dns.example:853` without its server name, and the server name: forward's splitZone."""
    head, percent, tail = text.rpartition("%")
    if not percent:
        return text, ""
    if head.startswith("["):
        head += "]"
    name, colon, port = tail.rpartition(":")
    return (head + colon + port, name.removesuffix("]")) if colon else (head, tail)


def _transport_problems(upstreams: Sequence[Upstream], properties: Sequence[Property]) -> Iterator[RefusedError]:
    named = next((each for each in reversed(properties) if each.name.text == "tls_servername" and each.arguments), None)
    seen: set[str] = set()
    for each in upstreams:
        if each.kind not in {"address", "socket"} or (each.transport == "https3" and not each.port):
            continue  # CoreDNS forgets an https3 upstream without a port.
        shown = _shown(each)
        place = shown.partition("://")[2]
        if place in seen:
            continue  # It also forgets another upstream of this address and port, whatever it speaks.
        seen.add(place)
        if each.transport not in _SPOKEN:
            text = f"'{each.transport}' is not supported as a destination protocol in forward: {shown}"
            yield RefusedError("upstream-protocol", each.token, text, protocol=each.transport)
        elif each.transport == "tls" and each.server_name and named is not None:
            text = (
                f"both forward ('{named.arguments[0].text}') and proxy level ('{each.server_name}') TLS servernames are"
                f" set for upstream proxy '{shown}'"
            )
            parameters = {"name": "tls_servername", "other": f"%{each.server_name}"}
            yield RefusedError("property-conflict", named.name, text, **parameters)


def _shown(upstream: Upstream) -> str:
    """The upstream as CoreDNS spells it: with the default port where none was said."""
    if upstream.kind == "socket":
        return f"{upstream.transport}://{upstream.host}"
    host = f"[{upstream.host}]" if ":" in upstream.host else upstream.host
    return f"{upstream.transport}://{host}:{upstream.port or _DEFAULT_PORTS[upstream.transport]}"
