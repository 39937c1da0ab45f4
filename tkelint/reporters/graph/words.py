"""What vertices, hops, loopbacks and cures are called, in English and Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tkelint.compiled import table
from tkelint.graph.model import Kind
from tkelint.language import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.graph.model import Cure, Loop, Vertex
    from tkelint.problem import Related

COLUMN_TITLES: Final = (
    {"en": "Clients", "zh": "客户端"},
    {"en": "Names", "zh": "域名与地址"},
    {"en": "Services, Ingresses", "zh": "Service 与 Ingress"},
    {"en": "CLBs", "zh": "CLB"},
    {"en": "Node ports", "zh": "NodePort"},
    {"en": "Pods", "zh": "Pod"},
)

_TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    "object": {"en": "{object} {full}", "zh": "{object} {full}"},
    "name": {"en": "{name}", "zh": "{name}"},
    "clb-internal": {"en": "internal CLB of {owner}", "zh": "{owner} 的内网 CLB"},
    "clb-public": {"en": "public CLB of {owner}", "zh": "{owner} 的公网 CLB"},
    "clb-unknown": {"en": "CLB of {owner}", "zh": "{owner} 的 CLB"},
    "existing-internal": {"en": "internal CLB {name}", "zh": "内网 CLB {name}"},
    "existing-public": {"en": "public CLB {name}", "zh": "公网 CLB {name}"},
    "existing-unknown": {"en": "CLB {name}", "zh": "CLB {name}"},
    "controller": {"en": "Ingress controller {name}", "zh": "Ingress Controller {name}"},
    "nobody": {"en": "no controller", "zh": "无控制器"},
    "node-port": {"en": "node ports of {object} {full}", "zh": "{object} {full} 的 NodePort"},
    "pods": {"en": "Pods of {object} {full}", "zh": "{object} {full} 的 Pod"},
}

# What stands below the name in a picture.
_CAPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "name-": {"en": "host", "zh": "域名"},
    "name-by-name": {"en": "Service name", "zh": "Service 名称"},
    "name-address": {"en": "address", "zh": "地址"},
    "name-missing": {"en": "no such Service", "zh": "Service 不存在"},
    "name-outside": {"en": "outside of these files", "zh": "在这些文件之外"},
    "name-unknown": {"en": "not known where to", "zh": "去向未知"},
    "clb-internal": {"en": "internal CLB", "zh": "内网 CLB"},
    "clb-public": {"en": "public CLB", "zh": "公网 CLB"},
    "clb-unknown": {"en": "CLB, network unknown", "zh": "CLB（网络类型未知）"},
    "controller-": {"en": "Ingress controller", "zh": "Ingress Controller"},
    "controller-nobody": {"en": "no controller", "zh": "无控制器"},
    "node-port-": {"en": "every node", "zh": "所有节点"},
    "node-port-local": {"en": "nodes with a Pod", "zh": "有 Pod 的节点"},
}

TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "loops": {"en": "loops back", "zh": "回环"},
    "loops-if": {"en": "loops back if {condition}", "zh": "{condition} 时回环"},
    "weak": {"en": "hardly a call", "zh": "可能并非调用"},
    "loops-heading": {"en": "Loopbacks", "zh": "回环路径"},
    "loop-line": {"en": "{client} calls {name}", "zh": "{client} 访问 {name}"},
    "cures": {"en": "each of these ends it", "zh": "以下任一方式均可规避"},
    "summary": {
        "en": "clients: {clients}, names: {names}, Services and Ingresses: {targets}, CLBs: {clbs}, loopbacks: {loops}",
        "zh": "{clients} 个客户端、{names} 个名称、{targets} 个 Service 与 Ingress、{clbs} 个 CLB、{loops} 条回环路径",
    },
    "unconnected": {
        "en": "neither calling nor called, as far as these files show: {names}",
        "zh": "从这些文件看没有调用关系：{names}",
    },
    "left-out": {
        "en": "{count} more begin here; --namespace, --host, --from and --to narrow it, --format json has it all",
        "zh": "另有 {count} 个起点未列出；可用 --namespace、--host、--from、--to 缩小范围，--format json 包含全部内容",
    },
    "left-out-picture": {
        "en": "{count} of {total} boxes are left out; --namespace and --host narrow the graph",
        "zh": "共 {total} 个节点，有 {count} 个未画出；可用 --namespace、--host 缩小范围",
    },
    "empty": {"en": "no traffic is to be seen in these files", "zh": "这些文件中看不到任何访问关系"},
    "no-path": {"en": "no path leads from {start} to {end}", "zh": "{start} 到 {end} 之间没有路径"},
    "anywhere": {"en": "anywhere", "zh": "任意位置"},
    "path": {"en": "path {number} of {count}", "zh": "路径 {number}/{count}"},
    "path-loops": {"en": "{path}, {loops}", "zh": "{path}，{loops}"},
    "more-paths": {"en": "there are more paths than these {count}", "zh": "路径不止这 {count} 条"},
    "arrow": {"en": " → ", "zh": " → "},
    "returns": {"en": "may come back to the caller’s own node", "zh": "可能回到 Client 所在节点"},
    "title": {"en": "Traffic graph", "zh": "流量图"},
}


def say(key: str, language: str, **parameters: object) -> str:
    """A text of the graph."""
    return TEXTS[key][language].format(**parameters)


def title(vertex: Vertex, language: str) -> str:
    """What a vertex is called in a sentence: `internal CLB of Ingress shop/payments`."""
    key, values = "object", {"object": vertex.object, "full": vertex.full_name, "name": vertex.name}
    if vertex.kind is Kind.NAME:
        key = "name"
    elif vertex.kind is Kind.CLB:
        key = f"{'clb' if vertex.object else 'existing'}-{vertex.state}"
        values["owner"] = f"{vertex.object} {vertex.full_name}"
    elif vertex.kind is Kind.CONTROLLER:
        key = vertex.state or "controller"
    elif vertex.kind in (Kind.NODE_PORT, Kind.PODS):
        key = vertex.kind.value
    return _TITLES[key][language].format(**values)


def caption(vertex: Vertex, language: str) -> str:
    """What stands below the name of a vertex in a picture: what it is."""
    is_address = vertex.kind is Kind.NAME and vertex.name.replace(".", "").isdigit() and vertex.state in ("", "by-name")
    key = f"{vertex.kind.value}-{'address' if is_address else vertex.state}"
    return _CAPTIONS[key][language] if key in _CAPTIONS else vertex.object


def reason(related: Related, language: str) -> str:
    """Why a hop is there."""
    texts: Any = table("graph").get(related.role) or table("roles")[related.role]
    return _filled(texts, related.parameters, language)


def cure(each: Cure, language: str) -> str:
    """One way out of a loopback."""
    return _filled(table("loopback-cures")[each.key], each.parameters, language)


def loops(loop: Loop, language: str) -> str:
    """That a path loops, and under which condition."""
    return say("loops-if", language, condition=loop.condition) if loop.condition else say("loops", language)


def _filled(texts: Any, parameters: Mapping[str, object], language: str) -> str:
    separator = text("separator", language)
    values = {
        key: separator.join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for key, value in parameters.items()
    }
    return str(texts[language]).format_map(values)
