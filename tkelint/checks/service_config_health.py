"""The health checks of a TkeServiceConfig: what must fit together in one block.

https://cloud.tencent.com/document/product/457/41895 introduces the fields, the data type HealthCheck of the CLB API
(https://cloud.tencent.com/document/product/214/30694) says which check a listener can have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tkelint import json_schema, services
from tkelint.compiled import table
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.service_configs import L7, Setting, is_generated, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_CONTENTS = ("sendContext", "recvContext")
_FAILURES = 16  # the bit of httpCode that calls 5xx healthy
_INVISIBLE = re.compile(r"[^ -~]")
_NO_HEX = re.compile(r"[^0-9A-F]")
_WILDCARD = re.compile(r"\*|~")  # *.example.com, www.example.*, and CLB's regular expressions: page 214/9032


def timing(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A timeout that is not less than the interval; a generated object may have both at 5."""
    for setting, check in _checks(config):
        interval, timeout = (_seconds(check, field) for field in ("intervalTime", "timeout"))
        if interval is None or timeout is None or timeout < interval or (timeout == interval and is_generated(config)):
            continue
        stated = [field for field in ("timeout", "intervalTime") if check.get(field) is not None]
        node = setting.node.child("healthCheck")
        yield Problem(
            node=node.child(stated[0]),
            message="stated" if len(stated) == 2 else f"default-{'interval' if stated == ['timeout'] else 'timeout'}",
            # What is not stated is left as it is: the CLB's default need not be what it has.
            likelihood="certain" if timeout > interval and len(stated) == 2 else "likely",
            parameters={"field": node.field, "timeout": timeout, "interval": interval},
            related=(Related(node.child("intervalTime"), "interval", {}),) if len(stated) == 2 else (),
        )


def check_type(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A check that the listener's protocol does not have."""
    types = table("tkeserviceconfig")["check-types"]
    for setting, check in _checks(config):
        protocol, chosen = setting.entry.protocol, check.get("checkType")
        known = types.get(protocol) if protocol else None
        if known is None or not isinstance(chosen, str) or not _is_allowed_in_layer(setting, chosen):
            continue
        allowed = [*known["documented"], *known["api"]]
        if chosen not in allowed:
            yield Problem(
                node=setting.node.child("healthCheck", "checkType"),
                likelihood="certain" if known["strict"] else "likely",
                parameters={"protocol": protocol, "type": chosen, "allowed": allowed},
                related=(Related(setting.entry.node.child("protocol"), "protocol", {}),),
            )


def incomplete(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A custom check without its contents, or an HTTP check of a TCP listener without version or domain."""
    for setting, check in _checks(config):
        if setting.entry.layer == L7:
            continue
        chosen = check.get("checkType")
        needed: tuple[str, ...] = ("contextType", *_CONTENTS) if chosen == "CUSTOM" else ()
        if chosen == "HTTP" and setting.entry.protocol == "TCP":
            needed = ("httpVersion", "httpCheckDomain")
        missing = [field for field in needed if check.get(field) in (None, "")]
        if missing:
            yield Problem(
                node=setting.node.child("healthCheck", "checkType"),
                # That an HTTP check needs a domain is said by the API alone.
                likelihood="likely" if missing == ["httpCheckDomain"] else "certain",
                parameters={"type": chosen, "missing": missing},
            )


def context(config: Resource, _: Workspace) -> Iterator[Problem]:
    """Contents of a custom check that are no hexadecimal pairs, or no visible ASCII."""
    for setting, check in _checks(config):
        for field in _CONTENTS:
            text = check.get(field)
            if not isinstance(text, str) or services.is_placeholder(text):
                continue
            node = setting.node.child("healthCheck", field)
            is_hex = check.get("contextType") == "HEX"
            wrong = (_NO_HEX if is_hex else _INVISIBLE).search(text)
            if wrong:
                yield Problem(
                    node=node.text(wrong.start(), wrong.end()),
                    message="hex" if is_hex else "text",
                    parameters={"field": node.field, "character": _named(wrong[0])},
                    fix=_in_upper_case(node, text) if is_hex else None,
                )
            elif is_hex and len(text) % 2:
                yield Problem(node=node, message="odd", parameters={"field": node.field, "length": len(text)})


def wildcard_domain(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A rule of a wildcard domain whose health check names no domain to ask."""
    for setting in settings(config):
        domain = setting.domain.name if setting.domain else None
        check = setting.block("healthCheck")
        if not domain or not _WILDCARD.search(domain) or check.get("enable") is False or check.get("httpCheckDomain"):
            continue
        if check.get("checkType") == "TCP":
            continue
        yield Problem(
            node=(setting.node.child("healthCheck") if check else setting.node.child("url")).key(),
            message="stated" if check else "unstated",
            likelihood="certain" if check else "likely",
            parameters={"domain": domain, "url": setting.url or ""},
            related=(Related(setting.domain.node.child("domain"), "domain", {}),) if setting.domain else (),
        )


def all_codes_healthy(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A health check for which an answer of 5xx is healthy."""
    if is_generated(config):
        return
    for setting, check in _checks(config):
        code = check.get("httpCode")
        if isinstance(code, int) and not isinstance(code, bool) and 0 < code <= 31 and code & _FAILURES:
            yield Problem(node=setting.node.child("healthCheck", "httpCode"), parameters={"code": code})


def _checks(config: Resource) -> Iterator[tuple[Setting, dict[str, Any]]]:
    """Each health check that is not switched off."""
    for setting in settings(config):
        check = setting.block("healthCheck")
        if check and check.get("enable") is not False:
            yield setting, check


def _seconds(check: dict[str, Any], field: str) -> int | None:
    """A duration, or its default; `None` for what is no number."""
    value = check.get(field)
    if value is None:
        default: int = table("tkeserviceconfig")["defaults"][field]
        return default
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_allowed_in_layer(setting: Setting, chosen: str) -> bool:
    """Whether the layer has such a check at all; if not, tkeserviceconfig-field-value says so."""
    name = "l7HealthCheck" if setting.entry.layer == L7 else "l4HealthCheck"
    return not json_schema.fails(table("tkeserviceconfig-schema")["$defs"][name]["properties"]["checkType"], chosen)


def _named(character: str) -> str:
    """A character for a message: as it is where it can be seen, else its code point."""
    return f"'{character}'" if character.isprintable() and not character.isspace() else f"U+{ord(character):04X}"


def _in_upper_case(node: Node, text: str) -> Fix | None:
    upper = text.upper()
    return None if _NO_HEX.search(upper) else Fix((Edit(node, f'"{upper}"'),), safe=True)
