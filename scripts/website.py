"""Build the site: the pages of docs/ and one page for each rule, in both languages, with MkDocs Material.

    python scripts/website.py [FOLDER]         into build/site, or FOLDER
    python scripts/website.py --pages-only     only what MkDocs reads, into build/docs

It takes the packages of the dependency group `docs`. The pages of the rules are written anew at each build and not
committed: 700 of them, several megabytes that are nothing but rules/ and the output of tkelint, would bury every change
of a rule under its own copies. So they cannot go stale either; a build fails on a page that names what does not exist,
on an example that is no longer reported, and on a dead link.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ruamel.yaml import YAML  # noqa: E402

from scripts.docs import FOLDERS, rule_table  # noqa: E402 - found in this checkout, whatever is installed
from scripts.rule_page import rule_page  # noqa: E402
from tkelint.language import DEFAULT, LANGUAGES  # noqa: E402
from tkelint.rule import load_rules  # noqa: E402

BUILD: Final = ROOT / "build"

# The pages of docs/ by the part of the site they stand in, in the order of reading.
PARTS: Final[Sequence[tuple[Mapping[str, str], Sequence[str]]]] = (
    (
        {"en": "Guides", "zh": "使用指南"},
        (
            *("first-run", "loopback", "facts", "baseline", "fixes", "pre-commit", "github-action", "gitlab"),
            *("helm", "clusters", "writing-rules", "contributing"),
        ),
    ),
    (
        {"en": "Reference", "zh": "参考"},
        (
            *("configuration", "suppressions", "only-what-changed", "reports", "json-output", "graph", "corefile"),
            "python-api",
        ),
    ),
    ({"en": "What is checked", "zh": "检查内容"}, ("coverage", "codes")),
)
_SITE: Final = {
    "name": {"en": "English", "zh": "简体中文"},
    "site_description": {
        "en": "A static linter for manifests of Tencent Kubernetes Engine",
        "zh": "腾讯云容器服务 TKE 清单的静态检查工具",
    },
}
_RULES: Final = {"en": "Rules", "zh": "规则"}
_OVERVIEW: Final = {"en": "All rules by topic", "zh": "按主题列出的全部规则"}
_RULES_INTRODUCTION: Final = {
    "en": "tkelint has {count} rules. Each page shows what to avoid and what to prefer, what tkelint prints, why, and "
    "what the rule does not say. [By event code](../codes.md), "
    "[by section of the troubleshooting page](../coverage.md).",
    "zh": "tkelint 共有 {count} 条规则。每条规则的页面包含反例与正例、tkelint 的实际输出、原因以及已知限制。"
    "也可以[按错误码](../codes.md)或[按排障文档章节](../coverage.md)查找。",
}

# `[text](target)` and `![text](target)`, but nothing inside of code.
_LINK: Final = re.compile(r"(```.*?^[ >]*```|`[^`\n]*`)|(\]\()([^)\s]+)(\))", re.DOTALL | re.MULTILINE)
_BASE: Final = re.compile(r'"base": "(?:\.\.|((?:\.\./)*\.\.)/\.\.)"')
_SWITCH: Final = re.compile(r"\A(# .+\n)\n\[(?:中文|English)\]\([^)]+\)\n")


def write_pages(folder: Path) -> None:
    """Everything that MkDocs reads: a folder for each language, with the rules' pages and the files that pages show."""
    shutil.rmtree(folder, ignore_errors=True)
    for language in LANGUAGES:
        target = folder / language
        for name, content in pages(language).items():
            path = target / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="\n")
    for path, name in sorted(_shown_files()):
        destination = folder / "en" / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, destination)
    shutil.copytree(ROOT / "docs" / "assets", folder / "en" / "assets")


def pages(language: str) -> dict[str, str]:
    """Every page of the site in a language, by its name without suffix."""
    found = {name: adapted(page.read_text(encoding="utf-8"), page) for name, page in guides(language).items()}
    found["index"] = f"---\nhide: [navigation]\n---\n{found['index']}"
    found["rules/index"] = rule_index(language)
    found |= {f"rules/{rule.id}": rule_page(rule, language) for rule in load_rules().values()}
    return found


def guides(language: str) -> dict[str, Path]:
    """The pages of docs/ in a language, by their name without language and suffix."""
    suffix = ".md" if language == "en" else f".{language}.md"
    paths = (ROOT / "docs").glob(f"*{suffix}")
    found = {path.name.removesuffix(suffix): path for path in sorted(paths)}
    contributing = {"contributing": ROOT / f"CONTRIBUTING{suffix}"}
    # The site has a list of rules of its own, with a page for each.
    return {name: path for name, path in found.items() if "." not in name and name != "rule-list"} | contributing


def rule_index(language: str) -> str:
    """All rules, one table for each topic."""
    rules = load_rules().values()
    introduction = _RULES_INTRODUCTION[language].format(count=len(rules))
    blocks = [f"# {_OVERVIEW[language]}", introduction]
    for folder, title in FOLDERS.items():
        of_folder = [rule for rule in rules if rule.folder == folder]
        if of_folder:
            blocks.append(f"## {title[language]}\n\n{rule_table(of_folder, language, '{rule.id}.md')}")
    return "\n\n".join(blocks) + "\n"


def adapted(markdown: str, page: Path) -> str:
    """A page of docs/ as the site has it: links lead to pages of the site, and the site switches languages itself."""
    markdown = _SWITCH.sub(r"\1", markdown)
    return _LINK.sub(lambda match: match[1] or f"{match[2]}{_on_the_site(match[3], page)}{match[4]}", markdown)


def _on_the_site(link: str, page: Path) -> str:
    """Where a link of a page leads on the site."""
    target, mark, anchor = link.partition("#")
    if re.match(r"\w+:", link) or not target:
        return link
    path = _in_the_repository(target, page)
    rule = re.fullmatch(r"rules/[\w-]+/([\w-]+)\.yaml", path)
    if rule and rule[1] in load_rules():
        return f"rules/{rule[1]}.md"
    if path.startswith(("docs/", "CONTRIBUTING")) and path.endswith(".md"):
        return (
            re.sub(r"\.zh\.md$", ".md", posixpath.basename(target).replace("CONTRIBUTING", "contributing"))
            + mark
            + anchor
        )
    return _file_name(path) if (ROOT / path).is_file() else link


def _in_the_repository(target: str, page: Path) -> str:
    return posixpath.normpath(posixpath.join(page.parent.relative_to(ROOT).as_posix(), target))


def _file_name(path: str) -> str:
    """The name on the site of a file of the repository; Markdown that is no page of the site is shown as text."""
    name = path.removeprefix("docs/") if path.startswith("docs/") else f"files/{path}"
    return f"{name}.txt" if name.endswith(".md") else name


def _shown_files() -> set[tuple[Path, str]]:
    """The files of the repository that pages link to or show, with their names on the site."""
    found = set()
    for language in LANGUAGES:
        for page in guides(language).values():
            for match in _LINK.finditer(page.read_text(encoding="utf-8")):
                path = _in_the_repository((match[3] or ":").partition("#")[0], page)
                if (ROOT / path).is_file() and _on_the_site(match[3], page) == _file_name(path):
                    found.add((ROOT / path, _file_name(path)))
    return found


def navigation(language: str) -> list[Any]:
    """The pages of the site as MkDocs' `nav`."""
    others = guides(language).keys() - {"index", *(name for _, names in PARTS for name in names)}
    parts: list[Any] = ["index.md"]
    for title, names in PARTS:
        more = sorted(others) if title["en"] == "Reference" else []
        parts.append({title[language]: [f"{name}.md" for name in (*names, *more)]})
    topics: list[Any] = ["rules/index.md"]
    for folder, title in FOLDERS.items():
        found = [{rule.id: f"rules/{rule.id}.md"} for rule in load_rules().values() if rule.folder == folder]
        topics += [{title[language]: found}] if found else []
    return [*parts, {_RULES[language]: topics}]


def configuration() -> dict[str, Any]:
    """What MkDocs is told beside mkdocs.yml: the pages, and the languages with their navigation."""
    languages = [
        {
            "locale": language,
            "default": language == DEFAULT,
            "build": True,
            "nav": navigation(language),
            **{key: words[language] for key, words in _SITE.items()},
        }
        for language in LANGUAGES
    ]
    return {"INHERIT": "../mkdocs.yml", "nav": navigation("en"), "plugins": {"i18n": {"languages": languages}}}


def build(site: Path) -> int:
    """Write the pages and have MkDocs build the site; its exit status, or 1 if a link of it is dead."""
    from scripts.dead_links import dead_links  # noqa: PLC0415

    write_pages(BUILD / "docs")
    with (BUILD / "mkdocs.yml").open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(configuration(), stream)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", "build/mkdocs.yml"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run([*command, "--site-dir", str(site)], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        return done.returncode
    split_search(site)
    dead = list(dead_links(site, urlsplit(os.environ.get("SITE_URL", "")).path or "/"))
    print(*dead[:50], sep="\n") if dead else print(f"{sum(1 for _ in site.rglob('*.html'))} pages in {site}")
    return 1 if dead else 0


def split_search(site: Path) -> None:
    """Give each language an index of its own: MkDocs makes one of all pages, and every search would find both.

    The index is read from the base of a page, so that the pages of other languages get their folder as base.
    """
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    others = [language for language in LANGUAGES if language != DEFAULT]
    for language in LANGUAGES:
        folder = "" if language == DEFAULT else f"{language}/"
        found = [each for each in index["docs"] if each["location"].partition("/")[0] in others]
        mine = [each for each in index["docs"] if each not in found] if language == DEFAULT else found
        docs = [{**each, "location": each["location"].removeprefix(folder)} for each in mine]
        path = site / folder / "search" / "search_index.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({**index, "docs": docs}, ensure_ascii=False), encoding="utf-8")
    for language in others:
        for page in (site / language).rglob("*.html"):
            content = page.read_text(encoding="utf-8")
            page.write_text(_BASE.sub(lambda match: f'"base": "{match[1] or "."}"', content), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Build into a folder, or only write the pages."""
    if "--pages-only" in arguments:
        write_pages(BUILD / "docs")
        return 0
    return build(Path(arguments[0]).resolve() if arguments else BUILD / "site")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
