"""The shape of `http-rules` and `https-rules`: https://cloud.tencent.com/document/product/457/45693 and 457/59096.

What is of another type than the controller expects makes the whole annotation unreadable; what is missing only keeps
the entry from selecting a rule. Text that is no JSON at all has a rule of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import embedded_json, ingresses, services
from tkelint.ingress_rules import RULES_OF
from tkelint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.embedded_json import EmbeddedJson
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

# Messages for what is of another type than the one that is wanted; `int` stands for a port, which may be a string.
_NOT_A = {list: "array", dict: "object", str: "string", int: "port"}
_Fault = tuple[tuple[str | int, ...], str, str]  # where, which message, the key that is missing


def shape(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What is of the wrong type in either list, or missing in an entry."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    for annotation in RULES_OF.values():
        json = embedded_json.read(ingress.annotation(annotation))
        if json is None or json.fault is not None or json.value is None or services.is_placeholder(json.node.value):
            continue
        for path, message, key in _faults(json):
            yield Problem(
                node=json.at(*path),
                message=message,
                likelihood="likely" if message == "missing" else "certain",
                parameters={"list": annotation, "key": key, "given": json.excerpt(*path)},
            )


def _faults(json: EmbeddedJson) -> Iterator[_Fault]:
    if not isinstance(json.value, list):
        yield (), _NOT_A[list], ""
        return
    for position, entry in enumerate(json.value):
        if not isinstance(entry, dict):
            yield (position,), _NOT_A[dict], ""
            continue
        yield from _wrong_types(entry, (position,), {"host": str, "path": str, "backend": dict, "rewrite": dict})
        rewrite, backend = entry.get("rewrite"), entry.get("backend")
        if isinstance(rewrite, dict):
            here = (position, "rewrite")
            yield from _wrong_types(rewrite, here, {"port": int, "host": str, "path": str})
            yield from _missing(rewrite, here, ("port", "path"))
        elif isinstance(backend, dict):
            here = (position, "backend")
            yield from _wrong_types(backend, here, {"serviceName": str, "servicePort": int})
            yield from _missing(backend, here, ("serviceName", "servicePort"))
        elif backend is None:
            yield from _missing(entry, (position,), ("backend",))


def _wrong_types(value: dict[str, Any], at: tuple[str | int, ...], types: dict[str, type]) -> Iterator[_Fault]:
    for key, type_ in types.items():
        given = value.get(key)
        fits = isinstance(given, (str, int)) if type_ is int else isinstance(given, type_)
        if given is not None and (not fits or isinstance(given, bool)):
            yield (*at, key), _NOT_A[type_], key


def _missing(value: dict[str, Any], at: tuple[str | int, ...], keys: tuple[str, ...]) -> Iterator[_Fault]:
    for key in keys:
        if value.get(key) in (None, ""):
            yield at, "missing", key
