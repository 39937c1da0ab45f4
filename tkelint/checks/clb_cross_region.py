"""CLBs in another region or VPC, and backends outside of the VPC.

https://cloud.tencent.com/document/product/457/59094 (Services),
https://cloud.tencent.com/document/product/457/59095 (Ingresses).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tkelint import embedded_json, services
from tkelint.checks.patches import may_be_patched_in
from tkelint.clb_annotations import keys_of, stated
from tkelint.clb_uses import gets_clb
from tkelint.direct_access import direct_access
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

# SnatIps of CreateLoadBalancer: https://cloud.tencent.com/document/product/214/30692
_MOST_SNAT_IPS: Final = 10


def incomplete(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Another region, but neither the VPC in which a CLB is to be made, nor a CLB."""
    keys = keys_of(target)
    if not stated(target, keys.cross_region) or not gets_clb(target, workspace):
        return
    wanted = (keys.cross_vpc, keys.existing)
    if not any(target.annotations.get(key) or may_be_patched_in(key, workspace) for key in wanted):
        yield Problem(
            node=target.annotation(keys.cross_region).key(),
            # The page for Ingresses says so; the one for Services only shows both together.
            likelihood="certain" if target.type == "Ingress" else "likely",
            parameters={"object": target.label, "vpc": keys.cross_vpc, "existing": keys.existing},
        )


def traditional_account(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Another region or VPC, with an account that cannot have it."""
    if workspace.facts.value("accountType") != "traditional" or not gets_clb(target, workspace):
        return
    keys = keys_of(target)
    for key in (keys.cross_region, keys.cross_vpc):
        if target.annotations.get(key):
            yield Problem(node=target.annotation(key).key(), parameters={"object": target.label, "key": key})
            return


def with_internal_subnet(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Another region beside a subnet of the cluster's own VPC."""
    keys = keys_of(target)
    if not stated(target, keys.cross_region) or target.annotations.get(keys.existing):
        return
    if stated(target, keys.subnet) and gets_clb(target, workspace):
        yield Problem(
            node=target.annotation(keys.subnet),
            parameters={"object": target.label, "region": target.annotations[keys.cross_region]},
            related=(Related(target.annotation(keys.cross_region), "region"),),
        )


def snat_unavailable(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """SNAT addresses without the allow-list for them, or together with the first kind of binding across regions."""
    keys = keys_of(target)
    node = target.annotation(keys.snat)
    if not node.value or not gets_clb(target, workspace):
        return
    is_ingress = target.type == "Ingress"
    likelihood = "certain" if is_ingress else "likely"  # The codes are documented for Ingresses.
    if workspace.facts.has_feature("snat-pro") is False:
        yield Problem(
            node=node.key(),
            message="not-granted",
            likelihood=likelihood,
            parameters={"object": target.label},
            codes=("Ingress E4060",) if is_ingress else (),
        )
    region = target.annotation(keys.cross_region)
    if region.value and workspace.facts.has_feature("cross-region-2") is False:
        yield Problem(
            node=node.key(),
            message="cross-region",
            likelihood=likelihood,
            parameters={"object": target.label},
            related=(Related(region, "region"),),
            codes=("Ingress E4084",) if is_ingress else (),
        )


def global_router(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The first kind of binding across regions with direct access to Pods of GlobalRouter, which takes SNAT Pro."""
    region = target.annotation(keys_of(target).cross_region)
    if not region.value or workspace.facts.value("networkMode") != "GlobalRouter" or not gets_clb(target, workspace):
        return
    direct = direct_access(target, workspace)
    if direct.state and workspace.facts.has_feature("cross-region-2") is False:
        codes = ("Ingress E4084",) if target.type == "Ingress" else ()
        parameters = {"object": target.label}
        yield Problem(node=region.key(), parameters=parameters, related=direct.related, codes=codes)


def hybrid_incomplete(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Registered nodes as backends without SNAT addresses, or the other way round."""
    keys = keys_of(target)
    if not gets_clb(target, workspace):
        return
    for key, twin in ((keys.hybrid_type, keys.snat), (keys.snat, keys.hybrid_type)):
        if target.annotations.get(key) and twin not in target.annotations and not may_be_patched_in(twin, workspace):
            parameters = {"object": target.label, "key": key, "twin": twin}
            yield Problem(node=target.annotation(key).key(), parameters=parameters)


def snat_invalid(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """SNAT addresses in another shape than `{"snatIps": [{"subnetId": ...}]}`, or too many of them."""
    json = embedded_json.read(target.annotation(keys_of(target).snat))
    if json is None or json.fault is not None or not gets_clb(target, workspace):
        return
    parameters: dict[str, Any] = {"object": target.label}
    entries = json.get("snatIps")
    if not isinstance(entries, list) or not entries:
        yield Problem(node=json.at("snatIps"), message="shape", parameters=parameters)
        return
    for index, entry in enumerate(entries):
        subnet = entry.get("subnetId") if isinstance(entry, dict) else None
        if not isinstance(subnet, str) or not (subnet.startswith("subnet-") or services.is_placeholder(subnet)):
            yield Problem(node=json.at("snatIps", index), message="entry", parameters=parameters)
            return
    if len(entries) > _MOST_SNAT_IPS:
        parameters |= {"count": len(entries), "most": _MOST_SNAT_IPS}
        yield Problem(node=json.at("snatIps", _MOST_SNAT_IPS), message="too-many", parameters=parameters)


def hybrid_cluster_policy(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Registered nodes behind a Service that forwards between nodes."""
    key = keys_of(service).hybrid_type
    if service.annotations.get(key) and gets_clb(service, workspace) and not services.only_local_nodes(service):
        policy = service.node("spec", "externalTrafficPolicy")
        node = policy if policy.exists else service.annotation(key).key()
        yield Problem(node=node, parameters={"service": service.label})
