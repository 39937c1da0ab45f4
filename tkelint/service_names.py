"""The names that cluster DNS gives to Services: `service.namespace.svc.zone` and what may stand before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

# The zone that kubeadm and TKE give a cluster.
DEFAULT_ZONE = "cluster.local."


class ServiceName(NamedTuple):
    """A name of a Service. `prefix` is what stands before it, such as the Pod of a headless Service or `_port._tcp`."""

    service: str
    namespace: str
    prefix: str = ""


def service_name(name: str, zones: Collection[str]) -> ServiceName | None:
    """The Service that a name means in a cluster with these zones (final dot included); `None` for any other name.

    The zone may be left out, since search domains add it.

    >>> service_name("web-0.web.prod.svc.cluster.local", {DEFAULT_ZONE})
    ServiceName(service='web', namespace='prod', prefix='web-0')
    >>> service_name("web.prod.svc.example.com", {DEFAULT_ZONE}) is None
    True
    """
    labels = name.lower().rstrip(".").split(".")
    if "svc" not in labels[2:]:
        return None
    position = labels.index("svc", 2)
    zone = ".".join(labels[position + 1 :])
    if zone and zone + "." not in zones:
        return None
    *prefix, service, namespace = labels[:position]
    if not (service and namespace) or len(prefix) > 2:
        return None
    return ServiceName(service, namespace, ".".join(prefix))
