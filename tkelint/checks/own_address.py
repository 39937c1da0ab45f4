"""CLBs whose own address gets in the way: checks from an address that nodes hold, and Pods that call themselves.

https://cloud.tencent.com/document/product/457/80913, https://cloud.tencent.com/document/product/214/65860
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint import services
from tkelint.checks.service_config_users import usage_of
from tkelint.mentions import mentions_of, settings
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.service_configs import L4, is_generated
from tkelint.service_configs import settings as config_settings
from tkelint.traffic import Route, addressed, all_frontends, resolution_of, servers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_FROM_VIP = 0  # of sourceIpType; 1 is 100.64.0.0/10


def health_check_from_vip(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Health checks from the VIP of a Service whose VIP prevent-loopback binds to the nodes."""
    if is_generated(config) or workspace.facts.value("kubeProxyMode") not in ("ipvs", None):
        return
    usage = usage_of(config, workspace)
    for setting in config_settings(config):
        node = setting.node.child("healthCheck", "sourceIpType")
        if setting.entry.layer != L4 or type(node.value) is not int or node.value != _FROM_VIP:
            continue
        listener = setting.entry.listener
        for user in usage.makers.get(listener, ()) if listener else ():
            prevents = user.target.annotation(services.PREVENT_LOOPBACK)
            if prevents.value == "true":
                yield Problem(
                    node=node,
                    parameters={"service": user.target.label},
                    related=(Related(prevents, "prevents", {"service": user.target.label}),),
                    fix=Fix((Edit(node, "1"),)),
                )
                break


def workload_calls_itself(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Pod of a serverless cluster whose settings have the address of a CLB behind which it is itself.

    A host name of an Ingress is more often what a program calls itself than what it calls.
    """
    if workspace.facts.value("clusterKind") != "serverless":
        return
    for route in workspace.once(_routes_to_oneself).get(resource, ()):
        target = route.frontend.resource
        single = resource.get("spec", "replicas", default=1) == 1
        yield Problem(
            node=route.mention.node,
            message="single" if single else "several",
            likelihood="likely" if route.mention.is_likely_call else "possible",
            parameters={"client": resource.label, "host": route.mention.host, "service": target.label},
            related=(Related(route.frontend.node, "address", {"host": route.mention.host, "target": target.label}),),
        )


def _routes_to_oneself(workspace: Workspace) -> Mapping[Resource, Sequence[Route]]:
    """The calls of each workload to the address of a CLB that has the workload behind it."""
    found: dict[Resource, list[Route]] = defaultdict(list)
    ways = {
        host: [way for way in frontends if way.network != "other" and way.node.path[-1:] != ("host",)]
        for host, frontends in all_frontends(workspace).items()
    }
    for setting in settings(workspace) if any(ways.values()) else ():
        for host in setting.hosts:
            resolution = resolution_of(host.name, workspace)
            for frontend in addressed(resolution, ways):
                servers = {server.resource for server in servers_of(frontend.resource, workspace)}
                for mention in mentions_of(setting, host):
                    if mention.workload.resource in servers:
                        found[mention.workload.resource].append(Route(mention, resolution, frontend))
    return found
