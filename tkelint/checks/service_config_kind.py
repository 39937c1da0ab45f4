"""The kind and API version of a TkeServiceConfig. Looked at in every object, so that little is imported here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.placeholders import placeholder_in
from tkelint.problem import Edit, Fix, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_KIND = "TkeServiceConfig"
_API_VERSION = "cloud.tencent.com/v1alpha1"


def wrong_kind(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """A TkeServiceConfig by another kind or API version, which no cluster serves."""
    if resource.kind.lower().rstrip("s") != _KIND.lower():
        return
    for field, is_now, wanted in (("kind", resource.kind, _KIND), ("apiVersion", resource.api_version, _API_VERSION)):
        node = resource.node(field)
        if is_now == wanted or not is_now or placeholder_in(is_now):
            continue
        # A later version in the right group may come one day.
        is_version_only = field == "apiVersion" and resource.api_group == _API_VERSION.partition("/")[0]
        yield Problem(
            node=node,
            likelihood="likely" if is_version_only else "certain",
            parameters={"field": field, "value": is_now, "wanted": wanted},
            fix=Fix((Edit(node, wanted),), safe=not is_version_only),
        )
