"""The configuration to begin with: everything that was found in a project, to be uncommented where it holds.

Lines that begin with `## ` are prose; without them and the `# ` before the others, the text is a valid configuration.
As written it changes nothing, so that nobody is told less than without it.
"""

from __future__ import annotations

import json
import posixpath
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint import ingresses
from tkelint.clb_uses import clb_uses
from tkelint.needs import as_mapping, needs_of
from tkelint.patterns import pattern
from tkelint.reporters.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tkelint.cluster import Fact
    from tkelint.engine import Worlds
    from tkelint.report import Report
    from tkelint.source import Place

_MOST_NEEDS: Final = 50
_MOST_PLACES: Final = 3
_PLAIN: Final = pattern(r"[A-Za-z][A-Za-z0-9./_-]*\Z")
_NAME: Final = pattern(r"[a-z0-9*?][a-z0-9.:*?-]{0,252}\Z")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})

# What to ask of any cluster, with an example that the schema takes; others are asked for when findings depend on them.
_ASKED: Final = ("kubernetesVersion", "kubeProxyMode", "networkMode", "accountType", "nodeCount")
_EXAMPLES: Final[Mapping[str, str]] = {
    "kubernetesVersion": '"1.30.0"',
    "kubeProxyMode": "ipvs",
    "kubeProxyVersion": "v1.20.6-tke.12",
    "corednsVersion": '"1.8.4"',
    "networkMode": "VPC-CNI",
    "clusterKind": "standard",
    "accountType": "standard",
    "controllerVersion": "v2.11.0",
    "defaultIngressClass": "qcloud",
    "nodeCount": "3",
    "backendQuota": "200",
    "nodeSecurityGroup": '{allow: ["30000-32767/tcp"]}',
    "features": "[l7-keepalive]",
    "ipStack": "IPv4",
    "clbReuse": "enabled",
    "inClusterClients": "some",
}
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "head": {
        "en": "What tkelint found in this project. Lines with two # explain; uncomment of the others what holds.\n"
        "As it stands, this file changes nothing. `tkelint check --show-settings` prints what is in force.",
        "zh": "以下是 tkelint 在本项目中找到的内容。以两个 # 开头的行是说明，其余各行请在符合实际时去掉注释。\n"
        "目前本文件不改变任何结果；`tkelint check --show-settings` 可查看生效的设置。",
    },
    "cluster": {
        "en": "The cluster: what manifests do not say. What is absent is unknown, never guessed.",
        "zh": "集群：清单中没有的信息。未写的视为未知，不会猜测。",
    },
    "known": {
        "en": "{name} is {value}, read off {place}: not needed here.",
        "zh": "{name} 为 {value}，读自 {place}，无需在此声明。",
    },
    "decides": {"en": "{count} findings depend on it.", "zh": "有 {count} 个问题取决于它。"},
    "kubeProxyMode": {"en": "iptables or ipvs.", "zh": "iptables 或 ipvs。"},
    "networkMode": {
        "en": "GlobalRouter, VPC-CNI, GlobalRouter+VPC-CNI or Cilium-Overlay.",
        "zh": "GlobalRouter、VPC-CNI、GlobalRouter+VPC-CNI 或 Cilium-Overlay。",
    },
    "accountType": {
        "en": "standard (billed by IP, bandwidth on the CLB) or traditional (bandwidth on the nodes).",
        "zh": "standard（标准账户类型，带宽在 CLB 上）或 traditional（传统账户类型，带宽在节点上）。",
    },
    "nodeCount": {
        "en": "How many nodes a CLB may send traffic to.",
        "zh": "CLB 可以转发到的节点数。",
    },
    "class": {
        "en": "Ingresses name these classes: {names}. IngressClass {name} is marked as the default one.",
        "zh": "Ingress 使用的类：{names}。IngressClass {name} 被标记为默认类。",
    },
    "classes": {"en": "Ingresses name these classes: {names}.", "zh": "Ingress 使用的类：{names}。"},
    "no-class": {"en": "(none)", "zh": "（未指定）"},
    "clbs": {
        "en": "Existing CLBs that manifests name: only internal ones loop back.",
        "zh": "清单中引用的已有 CLB：只有内网 CLB 会产生回环。",
    },
    "named-by": {"en": "named by {places}", "zh": "引用者：{places}"},
    "more": {"en": "{places} and {count} more", "zh": "{places} 等，另有 {count} 处"},
    "charts": {
        "en": "Helm charts: rendered with their own values, unless other renders are named here.",
        "zh": "Helm Chart：默认用其自带的 values 渲染，如有其他渲染方式请在此列出。",
    },
    "clusters": {
        "en": "Overlays, each linted by itself. Here they can be joined to clusters with facts of their own.",
        "zh": "各 overlay 默认分别检查。可在此归入不同集群，并声明各集群的事实。",
    },
    "externals": {
        "en": "Named by manifests and not in this project: declare what exists elsewhere, correct what is misspelt.",
        "zh": "被清单引用但不在本项目中的对象：确实存在于别处的请声明，写错的请改正。",
    },
    "externals-more": {
        "en": "{count} more: `tkelint externals suggest` prints all of them.",
        "zh": "另有 {count} 个，运行 `tkelint externals suggest` 查看全部。",
    },
    "near": {"en": "or is {near} meant?", "zh": "是否应为 {near}？"},
    "rest": {
        "en": "What to lint, what not, and what to think of single rules; all keys are in docs/configuration.md.",
        "zh": "检查范围与各条规则的设置；全部键见 docs/configuration.zh.md。",
    },
}


class Found(NamedTuple):
    """What a project has, from the worlds that a run would lint and the report that it would make of them."""

    worlds: Worlds
    report: Report
    charts: Mapping[str, Sequence[str]]  # the folder of each chart, with the values files that it is not rendered with
    overlays: Sequence[str]  # their folders


def beginning(found: Found, language: str) -> str:
    """The text of the configuration."""
    parts = (_cluster(found, language), _charts(found, language), _clusters(found, language))
    lines = [_prose("head", language)]
    for part in (*parts, _externals(found, language), _rest(language)):
        written = list(part)
        lines += ["", *written] if written else []
    return "\n".join(lines) + "\n"


def values_files(paths: Iterable[str], charts: Iterable[str]) -> dict[str, list[str]]:
    """The values files that lie beside the own one of each chart, by the chart's folder.

    >>> values_files(["web/values.yaml", "web/values-prod.yaml", "web/templates/a.yaml"], ["web"])
    {'web': ['web/values-prod.yaml']}
    """
    found: dict[str, list[str]] = {chart: [] for chart in charts}
    for path in sorted(paths):
        folder, name = posixpath.split(path)
        is_values = name.startswith("values") and name.endswith((".yaml", ".yml")) and name != "values.yaml"
        if is_values and (folder or ".") in found:
            found[folder or "."].append(path)
    return found


def _prose(key: str, language: str, **parameters: object) -> str:
    text = _TEXTS[key][language].format(**parameters)
    return "\n".join(f"## {line}" for line in text.split("\n"))


def _cluster(found: Found, language: str) -> Iterator[str]:
    yield _prose("cluster", language)
    known: dict[str, Fact] = {}
    for world in found.worlds.worlds:
        known |= {fact.name: fact for fact in world.open().facts if fact.is_known and fact.name in _EXAMPLES}
    for name, fact in known.items():
        if not isinstance(fact.origin, str) and fact.origin is not None:
            shown = one_line(str(fact.value))
            yield _prose("known", language, name=name, value=shown, place=_shown(fact.origin.place))
    yield from _classes(found, language)
    yield "# cluster:"
    decided = Counter(each.partition("=")[0] for finding in found.report.findings for each in finding.assumed)
    for name, example in _EXAMPLES.items():
        if name not in known and (name in _ASKED or decided[name]):
            words = [_TEXTS[name][language]] if name in _TEXTS else []
            words += [_TEXTS["decides"][language].format(count=decided[name])] if decided[name] else []
            yield f"#   {name}: {example}" + (f"  # {' '.join(words)}" if words else "")
    yield from _clbs(found, language)


def _classes(found: Found, language: str) -> Iterator[str]:
    names: set[str] = set()
    default = ""
    for world in found.worlds.worlds:
        workspace = world.open()
        for ingress in workspace.of_type("Ingress"):
            names.add(one_line(ingresses.class_name(ingress)) or _TEXTS["no-class"][language])
        for each in workspace.of_type("IngressClass"):
            if each.annotations.get("ingressclass.kubernetes.io/is-default-class") == "true":
                default = one_line(each.name)
    if names:
        separator = "、" if language == "zh" else ", "
        key = "class" if default else "classes"
        yield _prose(key, language, names=separator.join(sorted(names)), name=default)


def _clbs(found: Found, language: str) -> Iterator[str]:
    users: dict[str, dict[str, None]] = defaultdict(dict)
    for world in found.worlds.worlds:
        for identity, resources in world.open().once(clb_uses).users.items():
            for resource in resources:
                users[identity][one_line(resource.label)] = None
    if not users:
        return
    yield _prose("clbs", language)
    yield "#   clbs:"
    for identity, labels in sorted(users.items()):
        named = _TEXTS["named-by"][language].format(places=_some(list(labels), language))
        yield f"#     {identity}: {{network: internal, address: 10.0.0.12}}  # {named}"


def _charts(found: Found, language: str) -> Iterator[str]:
    if found.charts:
        yield _prose("charts", language)
        yield "# charts:"
        for chart, files in found.charts.items():
            yield f"#   - path: {_scalar(chart)}"
            for file in files:
                yield f"#   - {{path: {_scalar(chart)}, name: {_scalar(file)}, values: [{_scalar(file)}]}}"


def _clusters(found: Found, language: str) -> Iterator[str]:
    if found.overlays:
        yield _prose("clusters", language)
        yield "# clusters:"
        for name, folder in _named(found.overlays):
            yield f"#   - {{name: {_scalar(name)}, overlays: [{_scalar(folder)}], facts: {{kubeProxyMode: ipvs}}}}"


def _named(folders: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A name for each overlay: its folder's, or the whole path where several are called alike."""
    count = Counter(posixpath.basename(folder) for folder in folders)
    for folder in folders:
        name = posixpath.basename(folder)
        yield ("-".join((name if count[name] == 1 else folder).replace(",", " ").split()) or "here"), folder


def _externals(found: Found, language: str) -> Iterator[str]:
    needed = needs_of((world.name, world.open()) for world in found.worlds.worlds)
    # What cannot be an object's name is a mistake, and nothing to declare.
    needs = [need for need in needed if _NAME.match(need.name) and _NAME.match(need.namespace or "*")]
    if not needs:
        return
    yield _prose("externals", language)
    yield "# externals:"
    for need in needs[:_MOST_NEEDS]:
        entries = ", ".join(
            f"{key}: {'[' + ', '.join(map(_scalar, value)) + ']' if isinstance(value, list) else _scalar(value)}"
            for key, value in as_mapping(need).items()
        )
        said = [_TEXTS["named-by"][language].format(places=_some([_shown(use.place) for use in need.uses], language))]
        said += [_TEXTS["near"][language].format(near=one_line(need.near))] if need.near else []
        yield f"#   - {{{entries}}}  # {'; '.join(said)}"
    if len(needs) > _MOST_NEEDS:
        yield _prose("externals-more", language, count=len(needs) - _MOST_NEEDS)


def _rest(language: str) -> Iterator[str]:
    yield _prose("rest", language)
    yield "# paths: [.]"
    yield '# exclude: ["**/testdata/"]'
    yield "# failOn: warning"
    yield f"# language: {language}"


def _some(texts: Sequence[str], language: str) -> str:
    separator = "、" if language == "zh" else ", "
    shown = separator.join(texts[:_MOST_PLACES])
    rest = len(texts) - _MOST_PLACES
    return _TEXTS["more"][language].format(places=shown, count=rest) if rest > 0 else shown


def _shown(place: Place) -> str:
    return f"{one_line(place.source.path)}:{place.region.start_line}"


def _scalar(value: object) -> str:
    """A value as YAML in a flow collection that reads back as the same text or number."""
    text = str(value)
    if isinstance(value, int) or (_PLAIN.match(text) and text.lower() not in _WORDS):
        return text
    return json.dumps(text)
