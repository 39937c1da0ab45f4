"""What the health checks of an Ingress's CLB need, whether or not it uses a TkeServiceConfig."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.problem import Problem, Related
from tkelint.service_configs import domains

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace


def wildcard_host(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A wildcard host for which no configuration says which domain the health check asks for."""
    if not ingresses.is_served_by_tke(ingress, workspace) or ingress.annotations.get(ingresses.MODE) == "skip":
        return
    wildcards = {host: node for host, node in ingresses.hosts(ingress) if host.startswith("*.")}
    config = ingresses.service_config(ingress, workspace) if wildcards else None
    if config is not None and (not config[1].candidates or config[0].path[-1] == ingresses.SERVICE_CONFIG_AUTO):
        return
    candidates = config[1].candidates if config else ()
    known = {domain.name for candidate in candidates for domain in domains(candidate)}
    for host, node in wildcards.items():
        if host not in known and not services.is_placeholder(host):
            yield Problem(
                node=node,
                message="config" if config else "none",
                likelihood="likely" if config else "possible",
                parameters={"host": host, "config": candidates[0].label if candidates else ""},
                related=(Related(config[0], "config", {}),) if config else (),
            )
