"""Where `forward` sends queries: back to itself, twice the same way, or past the DNS of the VPC."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from tkelint.checks.corefile_fixes import with_property
from tkelint.coredns_readers import is_node_local, is_tke
from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import zones_above
from tkelint.problem import Fix, Problem, Related
from tkelint.syntax.corefile import server_key
from tkelint.syntax.corefile_keys import bound_addresses
from tkelint.syntax.corefile_plugins import forward_views
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.corefiles import CorefileView
    from tkelint.resource import Resource
    from tkelint.syntax.corefile import ServerBlock
    from tkelint.syntax.corefile_forward import ForwardView, Upstream
    from tkelint.workspace import Workspace

_NODE_RESOLVERS = "/etc/resolv.conf"
# The DNS of classic VPCs; newer ones have others: https://cloud.tencent.com/document/product/457/50865.
_VPC_RESOLVERS = frozenset({"183.60.83.19", "183.60.82.98"})


def _forwards(resource: Resource, workspace: Workspace) -> Iterator[tuple[CorefileView, ServerBlock, ForwardView]]:
    for view in corefiles_of(resource, workspace):
        for block in view.corefile.blocks:
            directive = block.plugin("forward")
            for forward in forward_views(directive) if directive and not block.dropped else ():
                if not view.has_error_on_line(forward.name.start) and not forward.errors:
                    yield view, block, forward


def loops(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An upstream that is the server block itself."""
    ports: frozenset[str] = frozenset()
    last: ServerBlock | None = None
    for view, block, forward in _forwards(resource, workspace):
        if block is not last:
            last, keys = block, [server_key(key) for key in block.keys]
            ports = frozenset(key.port for key in keys if key.transport == "dns")
        for upstream in forward.upstreams:
            if upstream.kind != "address" or upstream.transport != "dns":
                continue
            port = upstream.port or "53"
            reason = _leads_back(upstream, block, view, workspace) if port in ports else ""
            if reason:
                has_loop = block.plugin("loop") is not None
                parameters = {"upstream": upstream.token.text, "port": port}
                likelihood = "certain" if has_loop and reason != "service" else "likely"
                yield Problem(view.at(upstream.token), parameters, message=reason, likelihood=likelihood)


def _leads_back(upstream: Upstream, block: ServerBlock, view: CorefileView, workspace: Workspace) -> str:
    """How an upstream leads back to the block: by the loopback address, an address it binds to, or its own Service."""
    address = parse_ip(upstream.host)
    bound = bound_addresses(block)
    if not block.is_complete or address is None:
        return ""
    if upstream.host in bound:
        return "bound"
    if address.is_loopback and bound == ("",):
        return "loopback"
    if view.serves_cluster and not is_node_local(view, workspace) and upstream.host in workspace.once(_dns_addresses):
        return "service"
    return ""


def _dns_addresses(workspace: Workspace) -> frozenset[str]:
    """The ClusterIPs of the Service kube-dns, as far as manifests say them."""
    services = [each for each in workspace.of_type("Service") if each.name == "kube-dns"]
    return frozenset(str(address) for each in services for address in (each.get("spec", "clusterIP"),) if address)


def repeated(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Two `forward` of one block for the same zone: the second gets nothing unless the first hands on."""
    for view in corefiles_of(resource, workspace):
        for block in view.corefile.blocks:
            directive = block.plugin("forward")
            first: dict[str, ForwardView] = {}
            for forward in forward_views(directive) if directive else ():
                earlier = first.setdefault(forward.zone, forward)
                hands_on = any(earlier.property(name) for name in ("next", "next_on_nodata", "except"))
                is_lost = earlier is not forward and bool(forward.zone) and not hands_on
                if is_lost and not view.has_error_on_line(forward.name.start):
                    related = (Related(view.at(earlier.name), "first"),)
                    parameters = {"zone": forward.zone.rstrip(".") or "."}
                    yield Problem(view.at(forward.name), parameters, related=related)


def outside(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A `forward` for a zone that its block never gets queries for."""
    last: ServerBlock | None = None
    zones: list[str] = []
    served: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    for view, block, forward in _forwards(resource, workspace):
        if block is not last:
            last, zones = block, [zone for key in block.keys for zone in server_key(key).zones]
            served = frozenset(zones)
            above = frozenset(each for zone in zones for each in zones_above(zone))
        if any(key.unknown for key in block.keys[:1]) or not forward.zone or forward.source is None or not zones:
            continue
        is_asked = forward.zone in above or not served.isdisjoint(zones_above(forward.zone))
        if block.plugin("rewrite") is None and not is_asked:
            parameters = {"zone": forward.zone.rstrip("."), "served": [zone.rstrip(".") or "." for zone in zones]}
            yield Problem(view.at(forward.source), parameters)


def past_the_vpc(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """All names are forwarded to public resolvers, which do not know what only the DNS of the VPC knows."""
    for view, _, forward in _of_tke(resource, workspace):
        addresses = [parse_ip(upstream.host) for upstream in forward.upstreams if upstream.kind == "address"]
        if len(addresses) != len(forward.upstreams) or not addresses:
            continue
        if all(address is not None and _is_public(address) for address in addresses):
            upstreams = [upstream.token.text for upstream in forward.upstreams]
            yield Problem(view.at(forward.upstreams[0].token), {"upstreams": upstreams})


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and str(address) not in _VPC_RESOLVERS


def tcp_to_the_vpc(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Queries over TCP to the DNS of the VPC: forced, or because the client used TCP."""
    for view, block, forward in _of_tke(resource, workspace):
        if not all(_is_vpc(upstream) for upstream in forward.upstreams) or not forward.upstreams:
            continue
        forced = forward.property("force_tcp")
        if forced is not None:
            yield Problem(view.at(forced.name), message="forced", likelihood="likely")
        elif forward.property("prefer_udp") is None and not is_node_local(view, workspace):
            directive = block.plugin("forward")
            is_first = directive is not None and directive.name == forward.name
            edit = with_property(view, directive, "prefer_udp") if directive and is_first else None
            fix = Fix((edit,)) if edit else None
            yield Problem(view.at(forward.name), message="unsaid", likelihood="possible", fix=fix)


def _is_vpc(upstream: Upstream) -> bool:
    return upstream.host in _VPC_RESOLVERS or upstream.token.text == _NODE_RESOLVERS


def _of_tke(resource: Resource, workspace: Workspace) -> Iterator[tuple[CorefileView, ServerBlock, ForwardView]]:
    """The forwards of all names in a Corefile of a TKE cluster."""
    for view, block, forward in _forwards(resource, workspace):
        served = {zone for key in block.keys for zone in server_key(key).zones}
        if forward.zone == "." and "." in served and is_tke(workspace) and resource.type == "ConfigMap":
            yield view, block, forward


def hinfo(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`loop` beside a template that answers its own probes."""
    for view in corefiles_of(resource, workspace):
        for block in view.corefile.blocks:
            loop = block.plugin("loop")
            for directive in block.directives if loop else ():
                words = [token.text for token in directive.arguments[:2]]
                is_template = directive.name.text == "template" and words[1:] == ["HINFO"]
                if loop and is_template and not view.has_error_on_line(directive.name.start):
                    related = (Related(view.at(directive.name), "template"),)
                    yield Problem(view.at(loop.name), related=related)
