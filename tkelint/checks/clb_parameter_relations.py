"""Parameters for CreateLoadBalancer that do not fit each other, or the annotations beside them.

https://cloud.tencent.com/document/product/214/30692 says what goes together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import ingresses, services
from tkelint.checks.clb_parameters import codes_of, parameters_of, shown, spoken
from tkelint.clb_annotations import keys_of, stated
from tkelint.compiled import table
from tkelint.direct_access import direct_access
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.embedded_json import EmbeddedJson
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_SINGLE_ISP = ("CMCC", "CUCC", "CTCC")
_PACKAGE = "BANDWIDTH_PACKAGE"
_CHARGE_TYPE = ("InternetAccessible", "InternetChargeType")
_BANDWIDTH = ("InternetAccessible", "InternetMaxBandwidthOut")
_ZONES = ("ZoneId", "MasterZoneId", "SlaveZoneId")
_PURE_IPV6 = "ipv6fullchain"


def bandwidth_package(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A line of one carrier, or a bandwidth package, that is not paid by a bandwidth package."""
    json = parameters_of(target, workspace)
    if json is None or target.annotations.get(keys_of(target).subnet):
        return
    isp, package = json.get("VipIsp"), json.get("BandwidthPackageId")
    charge = json.get(*_CHARGE_TYPE) or target.annotations.get(keys_of(target).charge_type)
    if charge == _PACKAGE or services.is_placeholder(charge):
        return
    found = {"single-isp": ("VipIsp", isp if isp in _SINGLE_ISP else None), "package": ("BandwidthPackageId", package)}
    for message, (key, value) in found.items():
        if value:
            yield Problem(
                node=json.at(*_CHARGE_TYPE) if json.get(*_CHARGE_TYPE) else json.at(key),
                message=message if charge else f"{message}-default",
                # Samples of TKE's pages have a line of one carrier with other charge types.
                likelihood="certain" if charge and message == "package" else "likely",
                parameters={"object": target.label, "charge": charge, "value": value},
                codes=codes_of(target),
            )


def zone(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Zones that the CLB cannot have, or that are none of a pair."""
    json = parameters_of(target, workspace)
    if json is None:
        return
    parameters = {"object": target.label, "version": json.get("AddressIPVersion")}
    master, slave = json.get("MasterZoneId"), json.get("SlaveZoneId")
    used = [key for key in _ZONES if json.get(key)]
    if used and _ip_version(json) not in ("", "ipv4"):
        yield Problem(node=json.at(used[0]), message="version", parameters={**parameters, "key": used[0]})
    elif slave and not master:
        yield Problem(node=json.at("SlaveZoneId"), message="slave-alone", parameters=parameters)
    elif slave and slave == master and not services.is_placeholder(slave):
        yield Problem(node=json.at("SlaveZoneId"), message="equal", parameters={**parameters, "zone": slave})


def prepaid(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CLB that is to be paid in advance."""
    json = parameters_of(target, workspace)
    if json is None:
        return
    key = "LBChargeType" if json.get("LBChargeType") == "PREPAID" else "LBChargePrepaid"
    if json.get(key) and json.get("LBChargeType") != "POSTPAID_BY_HOUR":
        yield Problem(node=json.at(key), parameters={"object": target.label, "key": key}, codes=codes_of(target))


def controller_owned(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Parameters that are the controller's own business."""
    json = parameters_of(target, workspace)
    if json is None:
        return
    number = json.get("Number")
    if type(number) is int and number > 1:
        yield Problem(node=json.at("Number"), message="number", parameters={"object": target.label, "number": number})
    if json.get("ClientToken"):
        yield Problem(node=json.key("ClientToken"), message="token", parameters={"object": target.label})


def conflict(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Parameters that say something else than the annotations beside them."""
    json = parameters_of(target, workspace)
    if json is None:
        return
    for path, key, meant in _meant_by_annotations(target):
        value = json.get(*path)
        if meant in ("", None) or value is None or services.is_placeholder(value) or value == meant:
            continue
        annotation = target.annotation(key)
        yield Problem(
            node=json.at(*path),
            message="annotation",
            parameters={
                "object": target.label,
                "field": spoken(path),
                "value": shown(json, path),
                "key": key,
                "other": annotation.value,
            },
            related=(Related(annotation, "annotation"),),
        )
    yield from _subnet(target, json, is_internal=bool(target.annotations.get(keys_of(target).subnet)))


def _meant_by_annotations(target: Resource) -> tuple[tuple[tuple[str, ...], str, Any], ...]:
    """Parameters that an annotation decides too: path, key of the annotation, and the value it stands for."""
    keys = keys_of(target)
    return (
        (("SubnetId",), keys.subnet, stated(target, keys.subnet)),
        (("VpcId",), keys.cross_vpc, stated(target, keys.cross_vpc)),
        (_CHARGE_TYPE, keys.charge_type, stated(target, keys.charge_type)),
        (_BANDWIDTH, keys.bandwidth, _number(stated(target, keys.bandwidth))),
        (("LoadBalancerPassToTarget",), keys.pass_to_target, _boolean(stated(target, keys.pass_to_target))),
        (("LoadBalancerType",), keys.subnet, "INTERNAL" if target.annotations.get(keys.subnet) else ""),
    )


def _subnet(target: Resource, json: EmbeddedJson, *, is_internal: bool) -> Iterator[Problem]:
    """A subnet for a public CLB, or none for an internal one. With IPv6 alone a CLB has one; samples leave it out."""
    kind, subnet = json.get("LoadBalancerType"), json.get("SubnetId")
    parameters = {"object": target.label}
    if kind == "INTERNAL" and not subnet and not is_internal:
        yield Problem(node=json.at("LoadBalancerType"), message="internal-without-subnet", parameters=parameters)
    elif subnet and kind != "INTERNAL" and not is_internal and _ip_version(json) in ("", "ipv4"):
        yield Problem(node=json.at("SubnetId"), message="public-with-subnet", parameters=parameters)


def internal_with_public_parameter(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Parameters of public CLBs for an internal one."""
    json = parameters_of(target, workspace)
    if json is None or not stated(target, keys_of(target).subnet):
        return
    for key, schema in table("clb-parameters-schema")["properties"].items():
        is_default = key == "AddressIPVersion" and _ip_version(json) == "ipv4"
        if schema.get("x-public") and json.get(key) and not is_default:
            yield Problem(
                node=json.key(key),
                parameters={"object": target.label, "key": key},
                related=(Related(target.annotation(keys_of(target).subnet), "subnet"),),
            )


def ipv6_on_ipv4_cluster(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CLB with IPv6 alone for a cluster that has none."""
    node = _pure_ipv6(target, workspace)
    if node is not None and workspace.facts.value("ipStack") == "IPv4":
        is_ingress = target.type == "Ingress"  # The code is documented for Ingresses.
        yield Problem(
            node=node,
            likelihood="certain" if is_ingress else "likely",
            parameters={"object": target.label},
            codes=("Ingress E4032",) if is_ingress else (),
        )


def ipv6_without_direct_access(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CLB with IPv6 alone that sends to node ports."""
    node = _pure_ipv6(service, workspace)
    if node is None or workspace.facts.value("ipStack") == "IPv4":
        return
    direct = direct_access(service, workspace)
    if direct.state is False:
        parameters = {"service": service.label}
        yield Problem(node=node, parameters=parameters, related=direct.related, assumed=direct.assumed)


def ipv6_rule_without_host(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A rule without host on a CLB with IPv6 alone, which has no default domain name."""
    node = _pure_ipv6(ingress, workspace)
    if node is None:
        return
    for rule in ingresses.forwarding_rules(ingress):
        if not rule.host:
            yield Problem(
                node=rule.node,
                parameters={"ingress": ingress.label, "path": rule.path},
                related=(Related(node, "version"),),
            )
            return


def _pure_ipv6(target: Resource, workspace: Workspace) -> Node | None:
    """Where the parameters ask for a CLB with IPv6 alone."""
    json = parameters_of(target, workspace)
    return json.at("AddressIPVersion") if json is not None and _ip_version(json) == _PURE_IPV6 else None


def _ip_version(json: EmbeddedJson) -> str:
    """The IP version in lower case, since case does not matter; "" for none."""
    version = json.get("AddressIPVersion")
    return version.lower() if isinstance(version, str) else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)
