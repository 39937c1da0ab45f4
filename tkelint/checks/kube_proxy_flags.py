"""What kube-proxy is told on its command line: modes it does not know, and what the IPVS flags do.

https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/,
https://cloud.tencent.com/document/product/457/79797, https://cloud.tencent.com/document/product/457/78005.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.command_line import Flag, flags
from tkelint.kube_proxy import MODES, kube_proxies, mode_by_config_map
from tkelint.kubernetes import parse_version
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.syntax.golang import GoError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.kube_proxy import KubeProxy
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_SECOND: Final = 1_000_000_000
# The old defaults, with which IPVS takes peaks of CPU, and what the page recommends instead.
_SYNC_PERIODS: Final = {"ipvs-sync-period": (5 * _SECOND, "30s"), "ipvs-min-sync-period": (_SECOND, "0s")}

_TIMEOUTS: Final = ("ipvs-udp-timeout", "ipvs-tcp-timeout", "ipvs-tcpfin-timeout")
_TIMEOUTS_SINCE: Final = (1, 18)
_UDP_TIMEOUT: Final = "ipvs-udp-timeout"

_USERSPACE_UNTIL: Final = (1, 26)

# Since 1.18: https://cloud.tencent.com/document/product/457/47791
_DEPRECATED: Final = {"healthz-port": "healthz-bind-address", "metrics-port": "metrics-bind-address"}


def mode_invalid(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A `--proxy-mode` that kube-proxy refuses: misspelt, in another case, or no longer there."""
    for proxy in kube_proxies([resource]):
        mode = _given(proxy).get("proxy-mode")
        if mode is None or not mode.is_literal or not mode.value:
            continue
        version = _version(proxy, workspace)
        if mode.value == "userspace" and version is not None and version >= _USERSPACE_UNTIL:
            yield Problem(node=mode.value_node, message="removed", parameters={"mode": mode.value})
        elif mode.value not in MODES:
            meant = mode.value.lower() if mode.value.lower() in MODES else ""
            yield Problem(
                node=mode.value_node,
                message="misspelt" if meant else "unknown",
                parameters={"mode": mode.value, "meant": meant},
                fix=Fix((Edit(mode.value_node, meant),), safe=True) if meant else None,
            )


def config_overrides_mode(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`--proxy-mode` beside `--config`: the file counts, and says another mode."""
    for proxy in kube_proxies([resource]):
        given = _given(proxy)
        mode = given.get("proxy-mode")
        if mode is None or not mode.is_literal or "config" not in given:
            continue
        for config_map in workspace.named("ConfigMap", "kube-proxy", resource):
            found = mode_by_config_map(config_map)
            if found is not None and found[0] != mode.value:
                yield Problem(
                    node=mode.node,
                    parameters={"mode": mode.value, "counts": found[0]},
                    related=(Related(found[1], "counts", {"counts": found[0]}),),
                )


def ipvs_flags_without_mode(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """Flags for IPVS of a kube-proxy that is not in IPVS mode."""
    for proxy in kube_proxies([resource]):
        if proxy.mode in (None, "ipvs"):
            continue
        for flag in _given(proxy).values():
            if flag.name.startswith("ipvs-"):
                yield Problem(node=flag.node, parameters={"flag": f"--{flag.name}", "mode": proxy.mode})


def ipvs_sync_period(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """The old periods of synchronisation, with which IPVS takes peaks of CPU."""
    for proxy in kube_proxies([resource]):
        given = _given(proxy)
        for name, (most, wanted) in _SYNC_PERIODS.items():
            flag = given.get(name)
            period = _duration(flag)
            if flag is None or period is None or proxy.mode != "ipvs":
                continue
            if 0 < period <= most:
                yield Problem(
                    node=flag.value_node,
                    parameters={"flag": f"--{name}", "value": flag.value, "wanted": wanted},
                    fix=Fix((Edit(flag.value_node, wanted),)) if flag.value_node.part else None,
                )


def ipvs_timeout_unsupported(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Flags that kube-proxy has since 1.18; an older one does not start with them."""
    for proxy in kube_proxies([resource]):
        version = _version(proxy, workspace)
        if version is None or version >= _TIMEOUTS_SINCE:
            continue
        given = _given(proxy)
        for name in _TIMEOUTS:
            if name in given:
                parameters = {"flag": f"--{name}", "version": f"{version[0]}.{version[1]}"}
                yield Problem(node=given[name].node, parameters=parameters)


def ipvs_udp_timeout(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """IPVS mode without a shorter timeout for UDP: requests to a CoreDNS Pod that is gone wait for minutes."""
    for proxy in kube_proxies([resource]):
        version = _version(proxy, workspace)
        given = _given(proxy)
        has_file = "config" in given
        if proxy.mode != "ipvs" or version is None or version < _TIMEOUTS_SINCE or _UDP_TIMEOUT in given or has_file:
            continue
        yield Problem(node=given["proxy-mode"].node if "proxy-mode" in given else proxy.container.child("name"))


def deprecated_flag(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Flags that were replaced in 1.18."""
    for proxy in kube_proxies([resource]):
        version = _version(proxy, workspace)
        given = _given(proxy)
        for name, new in _DEPRECATED.items():
            if name in given and version is not None and version >= _TIMEOUTS_SINCE:
                yield Problem(node=given[name].node, parameters={"flag": f"--{name}", "new": f"--{new}"})


def _given(proxy: KubeProxy) -> Mapping[str, Flag]:
    return {flag.name: flag for flag in flags(proxy.container)}


def _version(proxy: KubeProxy, workspace: Workspace) -> tuple[int, ...] | None:
    """Major and minor of kube-proxy: its image's, else those declared for the cluster."""
    version = parse_version(proxy.image.tag) if proxy.image else None
    version = version or parse_version(workspace.facts.value("kubernetesVersion"))
    return version[:2] if version else None


def _duration(flag: Flag | None) -> int | None:
    """The nanoseconds that a flag says; `None` where it says none."""
    if flag is None or flag.value is None or not flag.is_literal:
        return None
    try:
        return parse_duration(flag.value)
    except GoError:
        return None
