"""Who reads a Corefile: the workloads that mount it, and so the release of CoreDNS that it must suit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.coredns import NODE_LOCAL, DnsServer, Version, coredns_release, dns_servers
from tkelint.patterns import pattern
from tkelint.resource import COREFILE_KIND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.corefiles import CorefileView
    from tkelint.workspace import Workspace

_TKE_KEY = pattern(r"(?:\.|^)(?:cloud\.tencent\.com|qcloud\.com)/|/(?:qcloud-|tke-)|^eks\.tke\.")


def readers_of(view: CorefileView, workspace: Workspace) -> tuple[DnsServer, ...]:
    """The CoreDNS workloads whose Pods mount the ConfigMap of a Corefile; none for a file of its own."""
    if view.resource.kind == COREFILE_KIND:
        return ()
    return tuple(server for server in workspace.once(_servers) if server.reads(view.resource))


def release_of(view: CorefileView, workspace: Workspace) -> Version | None:
    """The release of CoreDNS that reads a Corefile; `None` when it is not known, or several do.

    The image of what mounts it decides; where nothing does, the cluster's fact for the cluster's Corefile.
    """
    readers = readers_of(view, workspace)
    if readers:
        versions = {server.version for server in readers}
        return versions.pop() if len(versions) == 1 else None
    if is_node_local(view, workspace) or not view.serves_cluster:
        return None
    return coredns_release(workspace.facts.value("corednsVersion"))


def is_node_local(view: CorefileView, workspace: Workspace) -> bool:
    """Whether node-cache reads a Corefile, the smaller CoreDNS of NodeLocal DNSCache."""
    readers = readers_of(view, workspace)
    if readers:
        return all(server.is_node_cache for server in readers)
    return view.resource.kind != COREFILE_KIND and view.resource.name == NODE_LOCAL


def is_stock(view: CorefileView, workspace: Workspace) -> bool:
    """Whether an image with the plugins of CoreDNS's own tree, and no other, reads a Corefile."""
    readers = readers_of(view, workspace)
    return bool(readers) and all(server.is_stock for server in readers)


def is_tke(workspace: Workspace) -> bool:
    """Whether anything shows that the cluster is one of TKE: an image of TKE's own, or a key of its controllers."""
    return workspace.once(_shows_tke)


def _shows_tke(workspace: Workspace) -> bool:
    if any("tkeimages" in server.image.repository for server in workspace.once(_servers)):
        return True
    return any(_TKE_KEY.search(key) for resource in workspace.resources for key in resource.annotations)


def _servers(workspace: Workspace) -> Sequence[DnsServer]:
    return tuple(dns_servers(workspace.resources))
