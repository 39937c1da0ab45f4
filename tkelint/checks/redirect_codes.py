"""Status codes of automatic redirects: `auto-rewrite-code`, https://cloud.tencent.com/document/product/457/56112."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import embedded_json, ingresses, services
from tkelint.checks.patches import may_be_patched_in
from tkelint.compiled import table
from tkelint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.embedded_json import EmbeddedJson
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_DEFAULT, _INFOS, _CODE = "defaultRewriteCode", "rewriteCodeInfos", "rewriteCode"


def code_invalid(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A shape or a code that CLB does not know, a host that the Ingress does not have, or no redirect to apply to."""
    json = embedded_json.read(ingress.annotation(ingresses.AUTO_REWRITE_CODE))
    if json is None or json.fault is not None or services.is_placeholder(json.node.value):
        return
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    if ingress.annotations.get(ingresses.AUTO_REWRITE, "false") == "false":
        if not may_be_patched_in(ingresses.AUTO_REWRITE, workspace):
            yield _problem(json, (), "unused")
    elif not isinstance(json.value, dict):
        yield _problem(json, (), "object")
    else:
        yield from _code_faults(json, (_DEFAULT,))
        yield from _infos(json, json.value.get(_INFOS))


def _infos(json: EmbeddedJson, infos: object) -> Iterator[Problem]:
    """The codes of single hosts."""
    if infos is not None and not isinstance(infos, list):
        yield _problem(json, (_INFOS,), "array")
        return
    hosts = {host for host, _ in ingresses.hosts(json.node.resource)}
    for position, info in enumerate(infos or []):
        path = (_INFOS, position)
        if not isinstance(info, dict):
            yield _problem(json, path, "array")
            continue
        host = info.get("host")
        if isinstance(host, str) and host and hosts and host not in hosts:
            yield _problem(json, (*path, "host"), "host")
        yield from _code_faults(json, (*path, _CODE))


def _code_faults(json: EmbeddedJson, path: tuple[str | int, ...]) -> Iterator[Problem]:
    code = json.get(*path)
    if code is not None and (type(code) is not int or code not in table("ingress-listeners")["redirect-codes"]):
        yield _problem(json, path, "code")


def _problem(json: EmbeddedJson, path: tuple[str | int, ...], message: str) -> Problem:
    codes = table("ingress-listeners")["redirect-codes"]
    parameters = {"ingress": json.node.resource.label, "given": json.excerpt(*path), "codes": codes}
    return Problem(node=json.at(*path) if path else json.node, message=message, parameters=parameters)
