"""One rule as a page: avoid, prefer, what tkelint says, why, how to repair and to suppress it, what it does not say.

The outputs that a page shows are produced by linting its examples here and now.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tkelint.compiled import RULES, read_yaml
from tkelint.config import config_from
from tkelint.engine import Selection, lint
from tkelint.language import text
from tkelint.report import Report
from tkelint.reporters import ReporterOptions
from tkelint.reporters import text as text_reporter
from tkelint.reporters.sarif_text import markdown
from tkelint.rule import Reference, Rule
from tkelint.run import Settings, run
from tkelint.source import SourceFile

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "avoid": {"en": "Avoid", "zh": "避免"},
    "prefer": {"en": "Prefer", "zh": "推荐"},
    "says": {"en": "What tkelint says", "zh": "tkelint 的输出"},
    "declared": {"en": "This is declared in `.tkelint.yaml`:", "zh": "在 `.tkelint.yaml` 中声明了："},
    "more": {"en": "More that is reported", "zh": "其他会报告的情况"},
    "silent": {"en": "Not reported", "zh": "不会报告的情况"},
    "also": {
        "en": "Each of these looks like the fault and is none, or cannot be told from files; the rule says nothing.",
        "zh": "以下情况看似有误，实则正确，或无法仅凭文件判断，本规则不会报告。",
    },
    "example": {"en": "Example", "zh": "示例"},
    "suppress-more": {
        "en": "More ways, for whole objects, files and folders: [Suppressions](../suppressions.md).",
        "zh": "针对整个对象、文件或目录的写法见[忽略问题](../suppressions.md)。",
    },
    "facts-link": {"en": "[{facts}](../facts.md)", "zh": "[{facts}](../facts.md)"},
}
_LEVELS: Final = {"error": "error", "warning": "warning", "note": "note"}
_EXPECT: Final = re.compile(r"[ \t]*# expect: .*$", re.MULTILINE)
_WIDTH: Final = 78  # what fits beside the navigation
_FENCE: Final = "```"

Tree = Mapping[str, str]


def rule_page(rule: Rule, language: str) -> str:
    """The page of a rule in a language, as Markdown for the site."""
    examples = read_yaml(RULES / rule.folder / f"{rule.id}.yaml")["examples"]
    return "\n\n".join(_blocks(rule, examples, language)) + "\n"


def _blocks(rule: Rule, examples: list[dict[str, Any]], language: str) -> Iterator[str]:
    first = next((each for each in examples if "bad" in each and "good" in each), None)
    first = first or next(each for each in examples if "bad" in each)
    others = [each for each in examples if each is not first]
    yield f"---\ntitle: {rule.id}\n---"
    yield f"# {markdown(rule.title[language])}"
    yield f"`{rule.id}`{{ .rule-id }} " + " ".join(_badge(each.value, language) for each in rule.severities.values())
    yield _table(rule, language)
    yield f"## {_TEXTS['avoid'][language]}"
    yield from _configuration(first, language)
    yield from _tree(_shown(first["bad"]))
    yield f"### {_TEXTS['says'][language]}"
    yield _output(rule, first, language)
    good = first if "good" in first else next(each for each in others if "good" in each)
    yield f"## {_TEXTS['prefer'][language]}"
    yield from _configuration(good, language) if good is not first else ()
    yield from _tree(_shown(good["good"]))
    yield from _sections(rule, language)
    yield from _other_examples(rule, [each for each in others if each is not good], language)
    yield f"## {text('references-heading', language)}"
    yield "\n".join(line for reference in rule.references for line in _reference(reference))


def _badge(level: str, language: str) -> str:
    return f'<span class="level {_LEVELS[level]}">{text(level, language)}</span>'


def _table(rule: Rule, language: str) -> str:
    """What `tkelint explain` shows in its first rows."""
    separator = text("separator", language)
    ladder = rule.severities.items() if len(rule.severities) > 1 else ()
    steps = [
        text("ladder-step", language, severity=text(level.value, language), likelihood=text(likelihood, language))
        for likelihood, level in ladder
    ]
    rows = {
        "about-severity": separator.join(steps) or text(rule.severity.value, language),
        "about-confidence": text(rule.confidence, language),
        "about-kinds": separator.join(f"`{kind}`" for kind in rule.kinds),
        "about-codes": separator.join(f"[{code}](../codes.md#{code.partition(' ')[0].lower()})" for code in rule.codes),
        "about-facts": separator.join(f"[`{fact}`](../configuration.md#cluster)" for fact in rule.facts),
        "about-tags": separator.join(rule.tags),
        "about-aliases": separator.join(f"`{alias}`" for alias in rule.aliases),
        "about-since": rule.since,
        "about-default": "" if rule.enabled else text("off-by-default", language),
    }
    lines = [f"| {text(key, language)} | {value} |" for key, value in rows.items() if value]
    return "\n".join(["| | |", "| --- | --- |", *lines])


def _sections(rule: Rule, language: str) -> Iterator[str]:
    """The texts of the rule, in the order in which `tkelint explain` has them."""
    sections = [("why-heading", rule.why), ("remedy-heading", rule.remedy)]
    if rule.limits:
        sections.append(("limits-heading", rule.limits))
    for heading, words in sections:
        yield f"## {text(heading, language)}"
        yield markdown(words[language])
    yield f"## {text('suppress-heading', language)}"
    space = " " if language == "en" else ""
    yield text("suppress-text", language, rule=rule.id) + space + _TEXTS["suppress-more"][language]


def _other_examples(rule: Rule, examples: list[dict[str, Any]], language: str) -> Iterator[str]:
    """The examples that are left, folded: what else is reported, with its output, and what is not."""
    bad = [each for each in examples if "bad" in each]
    if bad:
        yield f"## {_TEXTS['more'][language]}"
        for example in bad:
            parts = [
                *_configuration(example, language),
                *_tree(_shown(example["bad"])),
                _output(rule, example, language),
            ]
            yield _folded("failure", example, parts, language)
    good = [each for each in examples if "good" in each and "bad" not in each]
    if good:
        yield f"## {_TEXTS['silent'][language]}"
        yield _TEXTS["also"][language]
        for example in good:
            parts = [*_configuration(example, language), *_tree(_shown(example["good"]))]
            yield _folded("success", example, parts, language)


def _folded(kind: str, example: Mapping[str, Any], parts: list[str], language: str) -> str:
    title = example.get("title", _TEXTS["example"])[language].replace('"', '\\"')
    content = "\n\n".join(parts).replace("\n", "\n    ")
    return re.sub(r"[ ]+$", "", f'??? {kind} "{markdown(title)}"\n\n    {content}', flags=re.MULTILINE)


def _configuration(example: Mapping[str, Any], language: str) -> Iterator[str]:
    if "config" not in example:
        return
    stream = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = None
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(example["config"], stream)
    yield _TEXTS["declared"][language]
    yield f"{_FENCE}yaml\n{stream.getvalue().strip()}\n{_FENCE}"


def _shown(tree: str | Tree) -> Tree:
    """The files of an example without the marks that its test reads."""
    files = {"manifests.yaml": tree} if isinstance(tree, str) else tree
    return {path: _EXPECT.sub("", content) for path, content in files.items()}


def _tree(files: Tree) -> Iterator[str]:
    """A block for each file, with its name where there are several."""
    for path, content in files.items():
        named = f' title="{path}"' if list(files) != ["manifests.yaml"] else ""
        kind = "yaml" if Path(path).suffix in (".yaml", ".yml", ".json") else "text"
        yield f"{_FENCE}{kind}{named}\n{content.rstrip()}\n{_FENCE}"


def _output(rule: Rule, example: Mapping[str, Any], language: str) -> str:
    """What tkelint prints for the bad files, of this rule alone."""
    selection = Selection(select={rule.id, *example.get("rules", ())})
    report = _report(_shown(example["bad"]), example.get("config", {}), selection)
    found = tuple(finding for finding in report.findings if finding.rule_id == rule.id)
    if not found:
        raise ValueError(f"{rule.id}: its bad example is not reported")
    options = ReporterOptions(language=language, width=_WIDTH, quiet=True)
    printed = "".join(text_reporter.render(report._replace(findings=found), options))
    return f"{_FENCE}text\n{printed.strip(chr(10))}\n{_FENCE}"


def _report(files: Tree, config: Mapping[str, Any], selection: Selection) -> Report:
    """Lint the files of an example. Helm reads charts from the disk, so those are written there."""
    if not any(path.endswith("Chart.yaml") for path in files):
        sources = [(SourceFile(path, content), True) for path, content in files.items()]
        return lint(sources, config_from(config, root=Path()), selection=selection)
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        settings = Settings(paths=(folder,), selection=selection)
        return run(settings, config_from(config, root=Path(folder)), io.BytesIO())


def _reference(reference: Reference) -> Iterator[str]:
    section = f" · {markdown(reference.section)}" if reference.section else ""
    yield f"- <{reference.url}>{section}"
    if reference.quote:
        yield f"\n    > {markdown(reference.quote)}\n"
