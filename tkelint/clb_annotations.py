"""The annotations that choose and set up a CLB: Services and Ingresses have the same ones under different keys.

Services: https://cloud.tencent.com/document/product/457/51258, Ingresses:
https://cloud.tencent.com/document/product/457/56112.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint import ingresses, services

if TYPE_CHECKING:
    from tkelint.resource import Resource


class Keys(NamedTuple):
    """The keys of one kind, by what they mean."""

    existing: str
    in_use: str  # written by the controller
    subnet: str  # of an internal CLB
    charge_type: str
    bandwidth: str
    parameters: str  # of CreateLoadBalancer
    security_groups: str
    pass_to_target: str
    cross_region: str
    cross_vpc: str
    mode: str
    modification_protection: str
    retain: str
    hybrid_type: str
    snat: str


SERVICE: Final = Keys(
    existing=services.EXISTING_CLB,
    in_use=services.CLB_IN_USE,
    subnet=services.INTERNAL_SUBNET,
    charge_type="service.kubernetes.io/qcloud-loadbalancer-internet-charge-type",
    bandwidth="service.kubernetes.io/qcloud-loadbalancer-internet-max-bandwidth-out",
    parameters=services.EXTENSIVE_PARAMETERS,
    security_groups="service.cloud.tencent.com/security-groups",
    pass_to_target=services.PASS_TO_TARGET,
    cross_region="service.cloud.tencent.com/cross-region-id",
    cross_vpc="service.cloud.tencent.com/cross-vpc-id",
    mode="service.cloud.tencent.com/mode",
    modification_protection="service.cloud.tencent.com/modification-protection",
    retain="service.cloud.tencent.com/loadbalance-retain",
    hybrid_type="service.cloud.tencent.com/hybrid-type",
    snat="service.cloud.tencent.com/snat-pro-info",
)

INGRESS: Final = Keys(
    existing=ingresses.EXISTING_CLB,
    in_use="kubernetes.io/ingress.qcloud-loadbalance-id",
    subnet=ingresses.INTERNAL_SUBNET,
    charge_type="kubernetes.io/ingress.internetChargeType",
    bandwidth="kubernetes.io/ingress.internetMaxBandwidthOut",
    parameters="kubernetes.io/ingress.extensiveParameters",
    security_groups=ingresses.SECURITY_GROUPS,
    pass_to_target=ingresses.PASS_TO_TARGET,
    cross_region="ingress.cloud.tencent.com/cross-region-id",
    cross_vpc="ingress.cloud.tencent.com/cross-vpc-id",
    mode=ingresses.MODE,
    modification_protection="ingress.cloud.tencent.com/modification-protection",
    retain="ingress.cloud.tencent.com/loadbalance-retain",
    hybrid_type="ingress.cloud.tencent.com/hybrid-type",
    snat="ingress.cloud.tencent.com/snat-pro-info",
)

# Several Services on one CLB of a serverless cluster: https://cloud.tencent.com/document/product/457/46370
SHARE_EXISTING_CLB: Final = "service.kubernetes.io/qcloud-share-existed-lb"
# Classic or application CLB: deprecated.
LOADBALANCE_TYPE: Final = "service.kubernetes.io/loadbalance-type"
# Several Ingresses on one CLB: https://cloud.tencent.com/document/product/457/127545
ENABLE_GROUP: Final = "ingress.cloud.tencent.com/enable-group"


def keys_of(target: Resource) -> Keys:
    """The keys of a Service or an Ingress."""
    return INGRESS if target.type == "Ingress" else SERVICE


def stated(target: Resource, key: str) -> str:
    """The text of an annotation; "" when it is missing, of another type, or stands for a value to be filled in."""
    value = target.annotations.get(key)
    return value if isinstance(value, str) and not services.is_placeholder(value) else ""
