"""The `kubernetes` plugin: the zones it serves, its properties, and what is wrong with them.

Source: coredns `plugin/kubernetes/setup.go` at 1.14.7. Properties of older releases (`upstream`, `resyncperiod`,
`transfer`) are errors of the code `unknown-property`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tkelint.syntax.corefile_dispenser import ONCE, Dispenser, Property, RefusedError
from tkelint.syntax.corefile_keys import fallthrough_zones, plugin_zones
from tkelint.syntax.domain_name import is_reverse, zones_of
from tkelint.syntax.golang import GoError, atoi, parse_duration, parse_float32, quote

if TYPE_CHECKING:
    from tkelint.syntax.corefile_errors import CorefileError
    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_tree import Directive

# (property, its arguments, the cursor behind them): raises `RefusedError`.
_Check: TypeAlias = "Callable[[Token, Sequence[Token], Dispenser], None]"

_PLUGIN = "kubernetes"
_BARE_REVERSE = frozenset({"in-addr.arpa.", "ip6.arpa."})
_POD_MODES = ("disabled", "insecure", "verified")
_LONGEST_TTL = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesView:
    """One `kubernetes` directive.

    `zones` are the forward zones, normalised, `reverse_zones` those below in-addr.arpa and ip6.arpa with these two
    themselves, which CoreDNS takes for forward ones. Without zones of its own the plugin serves those of the server
    block. `is_complete` is false when a zone holds an unknown variable. `fallthrough` is `None` without the property.
    """

    name: Token
    zones: tuple[str, ...]
    reverse_zones: tuple[str, ...]
    is_complete: bool
    properties: tuple[Property, ...]
    fallthrough: tuple[str, ...] | None
    errors: tuple[CorefileError, ...]

    @property
    def pods(self) -> str:
        """The Pod mode; `disabled` when none is said."""
        modes = [each.arguments[0].text for each in self.properties if each.name.text == "pods" and each.arguments]
        return modes[-1] if modes else "disabled"


def kubernetes_view(directive: Directive) -> KubernetesView:
    """Read a `kubernetes` directive."""
    dispenser = Dispenser(directive)
    dispenser.next()
    arguments = dispenser.remaining_arguments()
    zones, is_complete = plugin_zones(arguments, directive.keys)
    refused: list[RefusedError] = []
    if is_complete and all(is_reverse(zone) for zone in zones):
        refused.append(RefusedError("reverse-zones-only", directive.name, "non-reverse zone name must be used"))
    properties = tuple(_properties(dispenser, refused))
    refused += _conflicts(properties, zones if is_complete else None, dispenser)
    if dispenser.next():
        refused.append(RefusedError("plugin-twice", dispenser.current, ONCE, plugin=_PLUGIN))
    through = [each for each in properties if each.name.text == "fallthrough"]
    return KubernetesView(
        name=directive.name,
        zones=tuple(zone for zone in zones if not _is_any_reverse(zone)),
        reverse_zones=tuple(zone for zone in zones if _is_any_reverse(zone)),
        is_complete=is_complete,
        properties=properties,
        fallthrough=fallthrough_zones(through[-1].arguments) if through else None,
        errors=tuple(each.as_error(_PLUGIN) for each in refused),
    )


def _is_any_reverse(zone: str) -> bool:
    return is_reverse(zone) or zone in _BARE_REVERSE


def _properties(dispenser: Dispenser, refused: list[RefusedError]) -> Iterator[Property]:
    while dispenser.next_in_block():
        name = dispenser.current
        check = _CHECKS.get(name.text)
        if check is None and not name.unknown:
            refused.append(dispenser.unknown_property(_PLUGIN))
        arguments = tuple(dispenser.remaining_arguments())
        yield Property(name, arguments)
        try:
            if check is not None:
                check(name, arguments, dispenser)
        except RefusedError as error:
            refused.append(error)


def _conflicts(
    properties: Sequence[Property], zones: Sequence[str] | None, dispenser: Dispenser
) -> Iterator[RefusedError]:
    """What CoreDNS checks behind the block."""
    by_name = {each.name.text: each for each in properties}
    if "namespaces" in by_name and "namespace_labels" in by_name:
        yield _conflict(by_name["namespace_labels"].name, "namespaces", dispenser, "{1} and {0} cannot both be set")
    multicluster = by_name.get("multicluster")
    for token in multicluster.arguments if multicluster else ():
        for zone in zones_of(token.text) if zones is not None and not token.unknown else ():
            if zones is not None and zone not in zones:
                text = (
                    f"is not authoritative for the multicluster zone {zone} (authoritative zones: [{' '.join(zones)}])"
                )
                yield RefusedError("multicluster-zone", token, dispenser.located(text), value=token.text)
    if "zonal" in by_name and "noendpoints" in by_name:
        text = "{1} requires the endpoint cache; remove {0}"
        yield _conflict(by_name["noendpoints"].name, "zonal", dispenser, text)


def _conflict(token: Token, other: str, dispenser: Dispenser, text: str) -> RefusedError:
    problem = dispenser.located(text.format(token.text, other))
    return RefusedError("property-conflict", token, problem, name=token.text, other=other)


def _demand(*counts: int) -> _Check:
    """A check that the number of arguments is one of these; -1 is one or more."""

    def check(name: Token, arguments: Sequence[Token], dispenser: Dispenser) -> None:
        if len(arguments) not in counts and not (-1 in counts and arguments):
            raise dispenser.wrong_arguments(name.text)

    return check


def _accept(_name: Token, _arguments: Sequence[Token], _dispenser: Dispenser) -> None:
    """Any arguments will do."""


def _check_pods(name: Token, arguments: Sequence[Token], dispenser: Dispenser) -> None:
    _demand(1)(name, arguments, dispenser)
    mode = arguments[0]
    if not mode.unknown and mode.text not in _POD_MODES:
        text = f"wrong value for pods: {mode.text},  must be one of: disabled, verified, insecure"
        raise RefusedError("not-one-of", mode, text, value=mode.text, name="pods", choices=", ".join(_POD_MODES))


def _check_ttl(name: Token, arguments: Sequence[Token], dispenser: Dispenser) -> None:
    _demand(-1)(name, arguments, dispenser)
    ttl = arguments[0]
    if ttl.unknown:
        return
    try:
        seconds = atoi(ttl.text)
    except GoError as error:
        raise RefusedError("not-a-number", ttl, str(error), value=ttl.text, name="ttl") from None
    if not 0 <= seconds <= _LONGEST_TTL:
        text = dispenser.located(f"ttl must be in range [0, {_LONGEST_TTL}]: {seconds}")
        raise RefusedError("out-of-range", ttl, text, value=ttl.text, name="ttl")


def _check_ignore(_name: Token, arguments: Sequence[Token], _dispenser: Dispenser) -> None:
    value = arguments[0] if arguments else None
    if value is not None and not value.unknown and value.text != "empty_service":
        text = f"unable to parse ignore value: '{value.text}'"
        raise RefusedError("not-one-of", value, text, value=value.text, name="ignore", choices="empty_service")


def _check_timeout(name: Token, arguments: Sequence[Token], dispenser: Dispenser) -> None:
    _demand(-1)(name, arguments, dispenser)
    value = arguments[0]
    try:
        parse_duration("0" if value.unknown else value.text)
    except GoError as error:
        text = f"failed to parse startup_timeout: {value.text}, {error}"
        raise RefusedError("not-a-duration", value, text, value=value.text, name=name.text) from None


def _check_rate(name: Token, arguments: Sequence[Token], dispenser: Dispenser) -> None:
    """`apiserver_qps` is a fraction, the other two are whole numbers; none may be negative."""
    _demand(1)(name, arguments, dispenser)
    value = arguments[0]
    if value.unknown:
        return
    try:
        number = parse_float32(value.text) if name.text == "apiserver_qps" else atoi(value.text)
    except GoError as error:
        text = dispenser.located(f"invalid {name.text} {quote(value.text)}: {error}")
        raise RefusedError("not-a-number", value, text, value=value.text, name=name.text) from None
    if number < 0:
        text = dispenser.located(f"{name.text} must be >= 0")
        raise RefusedError("out-of-range", value, text, value=value.text, name=name.text)


_CHECKS: Mapping[str, _Check] = {
    "endpoint_pod_names": _demand(0),
    "pods": _check_pods,
    "namespaces": _demand(-1),
    "endpoint": _demand(-1),
    "tls": _demand(3),
    "labels": _demand(-1),  # The selector itself is not looked at.
    "namespace_labels": _demand(-1),
    "fallthrough": _accept,
    "ttl": _check_ttl,
    "noendpoints": _demand(0),
    "zonal": _demand(0),
    "ignore": _check_ignore,
    "kubeconfig": _demand(1, 2),
    "multicluster": _accept,
    "startup_timeout": _check_timeout,
    "apiserver_qps": _check_rate,
    "apiserver_burst": _check_rate,
    "apiserver_max_inflight": _check_rate,
}
