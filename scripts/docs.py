"""Write the generated parts of the documentation.

    python scripts/docs.py              everything below
    python scripts/docs.py coverage     docs/coverage.md and docs/coverage.zh.md, from docs/coverage.yaml
    python scripts/docs.py rules        docs/rule-list.md and .zh.md, and the topics in the READMEs, from rules/
    python scripts/docs.py codes        docs/codes.md and docs/codes.zh.md, from the table of event codes and rules/
    python scripts/docs.py graph        docs/images/graph.svg and graph.zh.svg, from examples/shop
    python scripts/docs.py loopback     docs/images/loopback.svg and loopback.zh.svg
    python scripts/docs.py pictures     docs/images/shop.svg and shop.zh.svg, from the output of tkelint examples/shop

`tests/test_coverage.py`, `test_codes.py`, `test_pages.py` and `test_readme.py` hold the files against what is written
here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import code_page  # noqa: E402 - found in this checkout, whatever is installed
from scripts.loopback_picture import loopback_picture  # noqa: E402
from tkelint.compiled import read_yaml  # noqa: E402
from tkelint.language import text  # noqa: E402
from tkelint.rule import LANGUAGES, Rule, load_rules  # noqa: E402

# The folders of rules/ in the order a reader meets them.
FOLDERS: Final[Mapping[str, Mapping[str, str]]] = {
    "loopback": {"en": "CLB loopback", "zh": "CLB 回环"},
    "kube-proxy": {"en": "kube-proxy", "zh": "kube-proxy"},
    "service": {"en": "Services", "zh": "Service"},
    "direct-access": {"en": "Direct access to Pods", "zh": "直连 Pod"},
    "annotation": {"en": "Annotations of Services and Ingresses", "zh": "Service 与 Ingress 的注解"},
    "clb": {"en": "CLBs of Services and Ingresses", "zh": "Service 与 Ingress 的 CLB"},
    "ingress": {"en": "Ingresses", "zh": "Ingress"},
    "secret": {"en": "Secrets with certificates", "zh": "证书 Secret"},
    "tkeserviceconfig": {"en": "TkeServiceConfig", "zh": "TkeServiceConfig"},
    "corefile": {"en": "CoreDNS Corefiles", "zh": "CoreDNS Corefile"},
    "coredns": {"en": "CoreDNS itself", "zh": "CoreDNS 自身"},
    "dns": {"en": "DNS names of Services", "zh": "Service 的 DNS 名称"},
    "workload": {"en": "Workloads", "zh": "工作负载"},
    "manifest": {"en": "Manifests as such", "zh": "清单本身"},
    "controller": {"en": "TKE's controllers", "zh": "TKE 控制器"},
    "cluster": {"en": "Cluster facts", "zh": "集群事实"},
    "suppression": {"en": "Suppressions", "zh": "忽略注释"},
}

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "generated": {
        "en": "<!-- Written by `python scripts/docs.py coverage` from coverage.yaml. -->",
        "zh": "<!-- 由 `python scripts/docs.py coverage` 根据 coverage.yaml 生成。 -->",
    },
    "coverage-title": {
        "en": "# The troubleshooting page, sentence by sentence\n\n[中文](coverage.zh.md)",
        "zh": "# 逐句对照排障文档\n\n[English](coverage.md)",
    },
    "coverage-introduction": {
        "en": "tkelint grew out of one page of TKE's documentation: [Service&Ingress 网络无法访问排障处理]({page}). "
        "Here is every sentence of it, each with the rules that act on it, or with the reason why none can.\n\n"
        "Of {count} sentences, {covered} lead to rules.",
        "zh": "tkelint 源自 TKE 的一篇官方文档：[Service&Ingress 网络无法访问排障处理]({page})。"
        "下面列出其中的每一句话，并给出对应的规则，或说明为什么无法静态检查。\n\n"
        "全文共 {count} 句，其中 {covered} 句有对应的规则。",
    },
    "rules": {"en": "Rules: {rules}.", "zh": "规则：{rules}。"},
    "no-rule": {"en": "No rule: {why}", "zh": "无规则：{why}"},
    "list-title": {"en": "# All rules\n\n[中文](rule-list.zh.md)", "zh": "# 全部规则\n\n[English](rule-list.md)"},
    "generated-rules": {
        "en": "<!-- Written by `python scripts/docs.py rules` from rules/. -->",
        "zh": "<!-- 由 `python scripts/docs.py rules` 根据 rules/ 生成。 -->",
    },
    "list-introduction": {
        "en": "{count} rules. One with several severities chooses by what is known: error if the failure is certain, "
        "warning or note if the cluster's mode or a caller is not known. `tkelint explain RULE` says more about each "
        "one; its file holds the examples.",
        "zh": "共 {count} 条规则。有多个级别的规则根据已知信息取其一：确定会失败时为“错误”，"
        "集群模式或访问者未知时为“警告”或“提示”。`tkelint explain RULE` 给出每条规则的详情，规则文件中有示例。",
    },
    "topic-head": {"en": "| Topic | Rules | For example |", "zh": "| 主题 | 规则数 | 示例 |"},
    "table-head": {"en": "| Rule | Severity | What is wrong | Event codes |", "zh": "| 规则 | 级别 | 问题 | 错误码 |"},
}

PICTURE_WIDTH: Final = 100
PICTURE_LINES: Final = 60

_CODE_SPAN = re.compile(r"(`[^`]*`)")


def coverage(language: str) -> str:
    """The page that holds the sentences of the troubleshooting page against the rules."""
    data = read_yaml(ROOT / "docs" / "coverage.yaml")
    sentences = [entry for section in data["sections"] for entry in section.get("sentences", ())]
    introduction = _TEXTS["coverage-introduction"][language].format(
        page=data["page"], count=len(sentences), covered=sum("rules" in entry for entry in sentences)
    )
    blocks = [_TEXTS["coverage-title"][language], _TEXTS["generated"][language], introduction]
    for section in data["sections"]:
        blocks.append(_heading(section, language))
        for entry in section.get("sentences", ()):
            blocks += _sentence(entry, data["reasons"], language)
    return "\n\n".join(blocks) + "\n"


def _heading(section: Mapping[str, Any], language: str) -> str:
    """The page's own heading; its tabs (`:::`) stand below its third level."""
    heading = str(section["heading"]).replace(":::", "####", 1)
    return f"{heading} · {section['gloss']}" if language == "en" else heading


def _sentence(entry: Mapping[str, Any], reasons: Mapping[str, Any], language: str) -> Iterator[str]:
    """The sentence as a quotation, in English its gloss, and what becomes of it."""
    yield "\n".join(f"> {line}".rstrip() for line in _harmless(entry["sentence"]).splitlines())
    if language == "en":
        yield f"*{_harmless(entry['gloss'])}*"
    if "rules" in entry:
        separator = text("separator", language)
        linked = separator.join(_link(load_rules()[rule_id], "../") for rule_id in entry["rules"])
        how = entry["how"][language] if "how" in entry else ""
        space = " " if language == "en" and how else ""
        yield _TEXTS["rules"][language].format(rules=linked) + space + how
    else:
        why = reasons[entry["why"]] if isinstance(entry["why"], str) else entry["why"]
        yield _TEXTS["no-rule"][language].format(why=why[language])


def _harmless(markdown: str) -> str:
    """Markdown whose `<Name>` outside of code is shown instead of being taken for HTML."""
    if markdown.startswith("```"):
        return markdown
    parts = _CODE_SPAN.split(markdown)
    return "".join(part if part.startswith("`") else part.replace("<", "\\<") for part in parts)


def rule_list(language: str) -> str:
    """The page with all rules, one table for each folder."""
    words = _TEXTS["list-title"][language], _TEXTS["generated-rules"][language], _TEXTS["list-introduction"][language]
    blocks = [each.format(count=len(load_rules())) for each in words]
    for title, rules in _by_topic(language):
        target = "../rules/{rule.folder}/{rule.id}.yaml"
        blocks.append(f"## {title}\n\n{rule_table(rules, language, target)}")
    return "\n\n".join(blocks) + "\n"


def topics(language: str) -> str:
    """A table of topics for the READMEs: how many rules each has, and two of them."""
    page = f"docs/{localised('rule-list.md', language)}"
    rows = [_TEXTS["topic-head"][language], "| --- | --- | --- |"]
    for title, rules in _by_topic(language):
        worst = sorted(rules, key=lambda rule: (not rule.enabled, rule.severity.rank))[:2]
        examples = text("clause-separator", language).join(rule.title[language].replace("|", "\\|") for rule in worst)
        anchor = re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
        rows.append(f"| [{title}]({page}#{anchor}) | {len(rules)} | {examples} |")
    return "\n".join(rows)


def _by_topic(language: str) -> Iterator[tuple[str, list[Rule]]]:
    """The title of each folder of rules, with its rules."""
    for folder, title in FOLDERS.items():
        of_folder = [rule for rule in load_rules().values() if rule.folder == folder]
        if of_folder:
            yield title[language], of_folder


def rule_table(rules: Sequence[Rule], language: str, target: str = "rules/{rule.folder}/{rule.id}.yaml") -> str:
    """Some rules as a table; `target` is what each links to."""
    rows = [_row(rule, language, target.format(rule=rule)) for rule in rules]
    return "\n".join([_TEXTS["table-head"][language], "| --- | --- | --- | --- |", *rows])


def _row(rule: Rule, language: str, target: str) -> str:
    severities = " / ".join(text(severity.value, language) for severity in rule.severities.values())
    title = rule.title[language] if rule.enabled else text("titled-off", language, title=rule.title[language])
    codes = text("separator", language).join(rule.codes)
    cells = (f"[`{rule.id}`]({target})", severities, title.replace("|", "\\|"), codes)
    return f"| {' | '.join(cells)} |".replace("  ", " ")


def _link(rule: Rule, up: str) -> str:
    return f"[`{rule.id}`]({up}rules/{rule.folder}/{rule.id}.yaml)"


def replace_section(page: str, name: str, section: str) -> str:
    """A page with the text between `<!-- name: begin -->` and `<!-- name: end -->` replaced."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise ValueError(f"no section {name}")
    return f"{before}{begin}\n\n{section}\n\n{end}{after}"


def picture(language: str) -> str:
    """What `tkelint examples/shop` prints on a terminal: the first findings, and the summary at the end."""
    from scripts import terminal_picture  # noqa: PLC0415 - it takes a development package, which the site does without

    command = "tkelint examples/shop"
    with_language = [sys.executable, "-m", *command.split(), "--lang", language]
    output = terminal_picture.run(with_language, PICTURE_WIDTH, ROOT)
    *findings, summary = output.strip("\n").split("\n\n")
    shown: list[str] = []
    for finding in findings:
        if len("\n\n".join([*shown, finding]).splitlines()) > PICTURE_LINES:
            shown.append("...")
            break
        shown.append(finding)
    lines = "\n\n".join([*shown, summary]).split("\n")
    return "\n".join(terminal_picture.draw(lines, PICTURE_WIDTH, command)) + "\n"


def coverage_files() -> dict[Path, str]:
    """The generated pages about the troubleshooting page, by path."""
    return {ROOT / "docs" / localised("coverage.md", language): coverage(language) for language in LANGUAGES}


def code_files() -> dict[Path, str]:
    """The pages of event codes, by path."""
    return {ROOT / "docs" / localised("codes.md", language): code_page.code_page(language) for language in LANGUAGES}


def rule_files() -> dict[Path, str]:
    """The lists of rules, and the READMEs with current tables of topics, by path."""
    files = {ROOT / "docs" / localised("rule-list.md", language): rule_list(language) for language in LANGUAGES}
    for language in LANGUAGES:
        path = ROOT / localised("README.md", language)
        files[path] = replace_section(path.read_text(encoding="utf-8"), "rules", topics(language))
    return files


def picture_files() -> dict[Path, str]:
    """The pictures of the READMEs, by path."""
    images = ROOT / "docs" / "images"
    return {images / localised("shop.svg", language): picture(language) for language in LANGUAGES}


def graph_files() -> dict[Path, str]:
    """The pictures of the traffic graph of examples/shop, by path."""
    from tkelint.engine import build_workspace  # noqa: PLC0415 - no other target reads manifests
    from tkelint.graph.build import graph_of  # noqa: PLC0415
    from tkelint.reporters.graph.svg import draw  # noqa: PLC0415
    from tkelint.run import Settings, read_sources, settle  # noqa: PLC0415

    settings = Settings(paths=(str(ROOT / "examples" / "shop"),))
    config = settle(settings)
    sources, _ = read_sources(settings, config, sys.stdin.buffer)
    graph = graph_of(build_workspace(sources, config))
    images = ROOT / "docs" / "images"
    return {images / localised("graph.svg", language): draw(graph, language) for language in LANGUAGES}


def loopback_files() -> dict[Path, str]:
    """The pictures of a loopback, by path."""
    images = ROOT / "docs" / "images"
    return {images / localised("loopback.svg", language): loopback_picture(language) for language in LANGUAGES}


def localised(name: str, language: str) -> str:
    """The name of a file in a language: `README.md`, `README.zh.md`."""
    stem, _, suffix = name.rpartition(".")
    return name if language == "en" else f"{stem}.{language}.{suffix}"


TARGETS: Final[Mapping[str, Callable[[], dict[Path, str]]]] = {
    "coverage": coverage_files,
    "rules": rule_files,
    "codes": code_files,
    "pictures": picture_files,
    "graph": graph_files,
    "loopback": loopback_files,
}


def main(names: Sequence[str]) -> None:
    """Write the named targets, or all of them."""
    for name in names or TARGETS:
        for path, content in TARGETS[name]().items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
