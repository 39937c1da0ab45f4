"""Corefiles that answer for the names of Tencent Cloud's API, which TKE's controllers call.

https://cloud.tencent.com/document/product/457/81004: where DNS answers wrongly, no CLB of the cluster is updated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import chains_of
from tkelint.problem import Problem
from tkelint.syntax.domain_name import covers, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.corefiles import CorefileView
    from tkelint.dns_chains import Chain
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import Token
    from tkelint.workspace import Workspace

# The zones of Tencent Cloud's API, and names in them that controllers ask for.
_API_ZONES = ("tencentcloudapi.com.", "api.qcloud.com.")
_API_NAMES = ("clb.tencentcloudapi.com.", "clb.internal.tencentcloudapi.com.", "lb.api.qcloud.com.")


def captured(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Corefile that answers for the names of Tencent Cloud's API by itself."""
    for view in corefiles_of(resource, workspace):
        if view.serves_cluster:
            for chain in chains_of(view, workspace):
                for token, message, name in _captures(chain):
                    yield _problem(view, token, message, name)


def _captures(chain: Chain) -> Iterator[tuple[Token, str, str]]:
    """Whatever a block says of those names: the word, the message, and the name."""
    for name, (token, _) in chain.entries.items():
        if _is_api(name):
            yield token, "hosts", name
    reported = set()
    for name in _API_NAMES:
        result, applied = chain.rewrite(name)
        if applied and isinstance(result, str) and not _is_api(result) and applied[0][0] not in reported:
            reported.add(applied[0][0])
            yield chain.rules[applied[0][0]].source, "rewrite", name
    for directive in chain.block.directives:
        for token in directive.arguments[2:] if directive.name.text == "template" else ():
            if _is_api(normalise(token.text)):
                yield token, "template", normalise(token.text)


def _is_api(name: str) -> bool:
    return any(covers(zone, name) for zone in _API_ZONES)


def _problem(view: CorefileView, token: Token, message: str, name: str) -> Problem:
    return Problem(node=view.at(token), message=message, parameters={"name": name.rstrip(".")})
