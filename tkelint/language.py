"""What tkelint itself says, in English and Chinese: one catalogue, and the choice of the language.

The texts of rules are in the rule files; here is everything around them. `text` looks one up, `reason` says why a file
was not looked at. Nothing here depends on anything else in tkelint.

Reasons are the keys of `FileStatus.reason`. Parameters are in braces; add a reason by adding a line to `REASONS`:

- no Kubernetes objects: `empty`, `rendered-empty`, `values-file`, `kustomization`, `kustomize-patch`, `crd`,
  `chart-metadata`, `ci-configuration`, `compose-file`, `tkelint-configuration`, `not-kubernetes`
- might have been linted but could not be read: `syntax-error`, `helm-template`, `not-rendered`, `dependency-missing`,
  `schema-elsewhere`, `chart-too-large`, `no-chart`, `overlay-without-tool`, `overlay-unread` and `overlay-outside`
  {needed}, `overlay-remote` {entry}, `overlay-chart`, `overlay-plugin`, `overlay-late`, `json-with-comments`,
  `not-text` {detail}, `binary`, `too-large` {size, limit} in bytes, `too-many-files` {limit}, `symlink-loop`,
  `outside-root`, `special-file`, `permission-denied`, `not-found`, `unreadable` {detail}
- ignore files: `ignore-pattern` {pattern}
- left out on purpose: `ignored-by-git`, `excluded`, `third-party`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES: Final = ("en", "zh")
DEFAULT: Final = "en"

# English has a singular, chosen when the parameter `count` is 1; Chinese has none.
_Text = dict[str, "str | tuple[str, str]"]

TEXTS: Final[Mapping[str, _Text]] = {
    # A finding.
    "error": {"en": "error", "zh": "错误"},
    "warning": {"en": "warning", "zh": "警告"},
    "note": {"en": "note", "zh": "提示"},
    "heading": {"en": "{severity}[{rule}]: {message}", "zh": "{severity}[{rule}]：{message}"},
    "label": {"en": "{name}: {text}", "zh": "{name}：{text}"},
    "flow": {"en": "path", "zh": "路径"},
    "flow-text": {"en": "the request, step by step", "zh": "请求逐跳经过"},
    "remedy": {"en": "help", "zh": "修复"},
    "reference": {"en": "see", "zh": "依据"},
    "assumed": {"en": "assumed", "zh": "假定"},
    "assumed-text": {
        "en": "{facts} (not known; declare it under `cluster` in .tkelint.yaml)",
        "zh": "{facts}（尚不确定，请在 .tkelint.yaml 的 `cluster` 中声明）",
    },
    "assumed-sentence": {"en": "Assumed: {facts}.", "zh": "假定：{facts}。"},
    "codes": {"en": "code", "zh": "错误码"},
    "template": {"en": "rendered from", "zh": "渲染自"},
    "in-worlds": {"en": "{label}, in {names}", "zh": "{label}，出现于 {names}"},
    "message-in": {"en": "{message} (in {names})", "zh": "{message}（出现于 {names}）"},
    "worlds": {"en": "{names} and {last}", "zh": "{names} 和 {last}"},
    "worlds-more": {"en": "{names} and {count} more", "zh": "{names} 等，另有 {count} 处"},
    "origin": {"en": "the value comes from here", "zh": "值来自此处"},
    "placed": {"en": "{label} ({precision})", "zh": "{label}（{precision}）"},
    "place-key-path": {"en": "line found by its key", "zh": "按键定位的行"},
    "place-object": {"en": "the object begins here", "zh": "对象由此开始"},
    "place-file": {"en": "somewhere in this file", "zh": "位于该文件中"},
    "section": {"en": "{url} ({section})", "zh": "{url}（{section}）"},
    "quote": {"en": "“{quote}”", "zh": "“{quote}”"},
    "separator": {"en": ", ", "zh": "、"},
    "clause-separator": {"en": "; ", "zh": "；"},
    # The end of a run.
    "errors": {"en": ("{count} error", "{count} errors"), "zh": "{count} 个错误"},
    "warnings": {"en": ("{count} warning", "{count} warnings"), "zh": "{count} 个警告"},
    "notes": {"en": ("{count} note", "{count} notes"), "zh": "{count} 个提示"},
    "found": {
        "en": ("{findings} in {affected} of {count} file", "{findings} in {affected} of {count} files"),
        "zh": "{findings}，涉及 {count} 个文件中的 {affected} 个",
    },
    "found-nothing": {
        "en": ("no problems in {count} file", "no problems in {count} files"),
        "zh": "{count} 个文件均未发现问题",
    },
    "found-no-files": {"en": "no Kubernetes manifests found", "zh": "未找到 Kubernetes 清单"},
    "found-caused": {
        "en": (
            "the change causes {findings} in {affected} of {count} file",
            "the change causes {findings} in {affected} of {count} files",
        ),
        "zh": "变更引起 {findings}，涉及 {count} 个文件中的 {affected} 个",
    },
    "caused-nothing": {
        "en": ("the change causes no problems in {count} file", "the change causes no problems in {count} files"),
        "zh": "变更未在 {count} 个文件中引起问题",
    },
    "compared": {"en": "compared with {old}", "zh": "对比 {old}"},
    "compared-first": {"en": "there is no commit to compare with", "zh": "尚无可对比的提交"},
    "unchanged": {
        "en": ("{count} other was there before", "{count} others were there before"),
        "zh": "另有 {count} 个此前已存在",
    },
    "gone": {"en": ("{count} is gone", "{count} are gone"), "zh": "消除了 {count} 个"},
    "unrendered": {
        "en": (
            "{count} changed file was compared as it stands, not rendered:",
            "{count} changed files were compared as they stand, not rendered:",
        ),
        "zh": "{count} 个变更的文件按原样对比，未经渲染：",
    },
    "suppressed": {"en": "{count} suppressed", "zh": "另有 {count} 个已忽略"},
    "baselined": {"en": "{count} in the baseline", "zh": "另有 {count} 个在基线中"},
    "stale": {
        "en": (
            "{count} entry of the baseline matches nothing any more; --update-baseline removes it:",
            "{count} entries of the baseline match nothing any more; --update-baseline removes them:",
        ),
        "zh": "基线中有 {count} 个条目已不再匹配任何问题，可用 --update-baseline 移除：",
    },
    "stale-entry": {"en": "{rule}: {object}", "zh": "{rule}：{object}"},
    "more": {"en": "and {count} more", "zh": "另有 {count} 个"},
    # What to do after the first run on an old repository.
    "next-heading": {"en": "where to begin", "zh": "建议的下一步"},
    "next-fix": {
        "en": "{count} of these have a safe fix: tkelint --fix",
        "zh": "其中 {count} 个可以安全修复：tkelint --fix",
    },
    "next-facts": {
        "en": "{count} depend on facts that are not known; declare them under `cluster` in .tkelint.yaml: {facts}",
        "zh": "其中 {count} 个取决于尚不确定的集群事实，请在 .tkelint.yaml 的 `cluster` 中声明：{facts}",
    },
    "next-baseline": {
        "en": "to be told of what is new only, record the rest: tkelint baseline",
        "zh": "如果只想关注新增的问题，请先记录现有问题：tkelint baseline",
    },
    "not-looked-at": {
        "en": ("{count} file not looked at:", "{count} files not looked at:"),
        "zh": "{count} 个文件未检查：",
    },
    "looked-at-in-part": {
        "en": ("{count} file looked at only in part:", "{count} files looked at only in part:"),
        "zh": "{count} 个文件仅检查了一部分：",
    },
    "context-files": {
        "en": ("{count} file read for references only", "{count} files read for references only"),
        "zh": "{count} 个文件仅供查找引用，未检查",
    },
    "reason-count": {"en": "{count} × {reason}", "zh": "{count} × {reason}"},
    "paths-more": {"en": "{paths} and {count} more", "zh": "{paths} 等，另有 {count} 个"},
    "show-files": {"en": "--show-files lists every file", "zh": "用 --show-files 列出全部文件"},
    "explain-hint": {
        "en": "`tkelint explain RULE` says more, for example `tkelint explain {rule}`",
        "zh": "运行 `tkelint explain RULE` 查看详情，例如 `tkelint explain {rule}`",
    },
    "crash": {
        "en": (
            "tkelint has a bug: rule {rule} failed {count} time, on {subject} ({path}): {detail}",
            "tkelint has a bug: rule {rule} failed {count} times, first on {subject} ({path}): {detail}",
        ),
        "zh": "tkelint 自身出错：规则 {rule} 失败 {count} 次，首次是在检查 {subject}（{path}）时：{detail}",
    },
    "files-heading": {"en": "Files", "zh": "文件"},
    "statistics-heading": {"en": "Findings by rule", "zh": "各规则的问题数"},
    "state-linted": {"en": "linted", "zh": "已检查"},
    "state-context": {"en": "context", "zh": "仅供引用"},
    "state-not-resources": {"en": "no objects", "zh": "非资源"},
    "state-unreadable": {"en": "not read", "zh": "未能读取"},
    "resources": {"en": ("{count} object", "{count} objects"), "zh": "{count} 个对象"},
    # Formats with limits.
    "annotations-more": {
        "en": ("{count} more that GitHub does not annotate:", "{count} more that GitHub does not annotate:"),
        "zh": "另有 {count} 个超出 GitHub 的注释数量上限：",
    },
    "results-cut": {
        "en": "Only the worst {limit} of {count} findings are in this file; GitHub rejects larger ones.",
        "zh": "共 {count} 个问题，本文件只含最严重的 {limit} 个：超出后 GitHub 会拒收整个文件。",
    },
    "related-cut": {
        "en": (
            "{count} finding has more than {limit} related places; the rest were left out.",
            "{count} findings have more than {limit} related places; the rest were left out.",
        ),
        "zh": "有 {count} 个问题的相关位置超过 {limit} 处，超出部分已略去。",
    },
    "column-severity": {"en": "Severity", "zh": "级别"},
    "column-problem": {"en": "Problem", "zh": "问题"},
    "column-place": {"en": "Place", "zh": "位置"},
    "column-rule": {"en": "Rule", "zh": "规则"},
    "path-heading": {"en": "The request, step by step", "zh": "请求逐跳经过"},
    "findings-cut": {
        "en": ("{count} more finding does not fit here.", "{count} more findings do not fit here."),
        "zh": "另有 {count} 个问题因篇幅限制未列出。",
    },
    "notices-heading": {"en": "Not looked at", "zh": "未检查的内容"},
    "notices-cut": {"en": "and {count} more", "zh": "另有 {count} 项"},
    "file-notice": {"en": "{path} was not looked at: {reason}.", "zh": "{path} 未检查：{reason}。"},
    "safe-fix": {"en": "Repair it; nothing else changes.", "zh": "自动修复，不影响其他内容。"},
    "unsafe-fix": {"en": "Repair it; check what else this changes.", "zh": "自动修复，请确认其影响。"},
    # explain, rules.
    "why-heading": {"en": "Why", "zh": "原因"},
    "remedy-heading": {"en": "How to repair it", "zh": "如何修复"},
    "limits-heading": {"en": "What it does not say", "zh": "已知限制"},
    "references-heading": {"en": "Documented in", "zh": "文档依据"},
    "suppress-heading": {"en": "How to suppress it", "zh": "如何忽略"},
    "suppress-text": {
        "en": "Put `# tkelint: ignore[{rule}] reason` at the end of the line or on the line above, or the annotation "
        "`tkelint.io/ignore: {rule}` on the object.",
        "zh": "在该行末尾或上一行写 `# tkelint: ignore[{rule}] 理由`，或给对象加注解 `tkelint.io/ignore: {rule}`。",
    },
    "about-severity": {"en": "severity", "zh": "级别"},
    "about-confidence": {"en": "confidence", "zh": "可信度"},
    "about-kinds": {"en": "kinds", "zh": "适用对象"},
    "about-codes": {"en": "codes", "zh": "错误码"},
    "about-facts": {"en": "cluster facts", "zh": "集群事实"},
    "about-since": {"en": "since", "zh": "始于版本"},
    "about-aliases": {"en": "former ids", "zh": "曾用名"},
    "about-tags": {"en": "tags", "zh": "标签"},
    "about-effect": {"en": "what follows", "zh": "影响"},
    "about-foreseen": {"en": "foreseen", "zh": "能否提前发现"},
    "about-when": {"en": "only if", "zh": "仅限"},
    "about-why-not": {"en": "because", "zh": "原因"},
    "effect-new": {"en": "a new object gets no CLB or traffic", "zh": "新建的对象没有 CLB 或流量"},
    "effect-sync": {"en": "the whole object is no longer synchronised", "zh": "整个对象停止同步"},
    "effect-cluster": {"en": "no object of the cluster is synchronised", "zh": "集群内所有对象停止同步"},
    "effect-partial": {"en": "some backends are missing", "zh": "部分后端没有绑定"},
    "effect-retried": {"en": "the controller tries again", "zh": "控制器会重试"},
    "effect-none": {"en": "the CLB keeps working", "zh": "不影响 CLB 转发"},
    "foreseen-file": {"en": "from the object itself", "zh": "可以，根据该对象自身的清单"},
    "foreseen-repository": {"en": "from the manifests of the repository", "zh": "可以，根据仓库中的清单"},
    "foreseen-facts": {
        "en": "with facts of the cluster in .tkelint.yaml",
        "zh": "可以，需要在 .tkelint.yaml 中声明集群事实",
    },
    "foreseen-never": {"en": "by no static tool", "zh": "不能静态检查"},
    "rules-heading": {"en": "Rules", "zh": "规则"},
    "no-rules-heading": {"en": "No rule foresees it", "zh": "没有对应的规则"},
    "about-default": {"en": "default", "zh": "默认"},
    "off-by-default": {
        "en": "off; enable it under `rules` in .tkelint.yaml",
        "zh": "关闭；可在 .tkelint.yaml 的 `rules` 中启用",
    },
    "titled-off": {"en": "{title} (off by default)", "zh": "{title}（默认关闭）"},
    "certain": {"en": "certain", "zh": "确定"},
    "likely": {"en": "likely", "zh": "很可能"},
    "possible": {"en": "possible", "zh": "可能"},
    "ladder-step": {"en": "{severity} when {likelihood}", "zh": "{likelihood}时为{severity}"},
    "high": {"en": "high", "zh": "高"},
    "medium": {"en": "medium", "zh": "中"},
    "low": {"en": "low", "zh": "低"},
    "rule-count": {"en": ("{count} rule", "{count} rules"), "zh": "{count} 条规则"},
}

REASONS: Final[Mapping[str, _Text]] = {
    "empty": {"en": "empty", "zh": "空文件"},
    "rendered-empty": {"en": "renders no object", "zh": "未渲染出对象"},
    "values-file": {"en": "Helm values", "zh": "Helm values 文件"},
    "kustomization": {"en": "kustomization", "zh": "kustomization 文件"},
    "kustomize-patch": {"en": "kustomize patch", "zh": "kustomize 补丁"},
    "crd": {"en": "CustomResourceDefinition", "zh": "CustomResourceDefinition"},
    "chart-metadata": {"en": "chart metadata", "zh": "Chart 元数据"},
    "ci-configuration": {"en": "CI configuration", "zh": "CI 配置"},
    "tkelint-configuration": {"en": "tkelint's configuration", "zh": "tkelint 配置文件"},
    "compose-file": {"en": "Compose file", "zh": "Compose 文件"},
    "not-kubernetes": {"en": "no Kubernetes object", "zh": "不是 Kubernetes 对象"},
    "syntax-error": {"en": "not valid YAML or JSON", "zh": "不是有效的 YAML 或 JSON"},
    "helm-template": {"en": "Helm template, not rendered", "zh": "未渲染的 Helm 模板"},
    "overlay-without-tool": {
        "en": "overlay, not built: neither kustomize nor kubectl is installed",
        "zh": "overlay 未构建：未安装 kustomize 或 kubectl",
    },
    "overlay-unread": {
        "en": "overlay, not built: it needs {needed}, which is left out here",
        "zh": "overlay 未构建：所需的 {needed} 未被读取",
    },
    "overlay-outside": {
        "en": "overlay, not built: it needs {needed}, which lies outside of the project",
        "zh": "overlay 未构建：所需的 {needed} 位于项目之外",
    },
    "overlay-late": {
        "en": "overlay, not built: the other builds took too long",
        "zh": "overlay 未构建：其他构建耗时过长",
    },
    "overlay-plugin": {
        "en": "overlay, not built: it runs plugins, which tkelint does not",
        "zh": "overlay 未构建：需要运行插件，tkelint 不会运行插件",
    },
    "overlay-remote": {"en": "remote, not fetched: {entry}", "zh": "远程内容，未拉取：{entry}"},
    "overlay-chart": {"en": "chart of a kustomization, not rendered", "zh": "kustomization 中的 chart，未渲染"},
    "dependency-missing": {
        "en": "dependency {name} of the chart, which would have to be fetched",
        "zh": "Chart 的依赖 {name}，需要联网获取",
    },
    "schema-elsewhere": {
        "en": "schema of values that leads out of the chart, not asked",
        "zh": "values 的 schema 引用了 Chart 之外的内容，未使用",
    },
    "chart-too-large": {"en": "chart with too many or too large files", "zh": "Chart 的文件过多或过大"},
    "no-chart": {"en": "no Helm chart", "zh": "不是 Helm Chart"},
    "not-rendered": {"en": "could not be rendered", "zh": "渲染失败"},
    "json-with-comments": {"en": "JSON with comments", "zh": "带注释的 JSON"},
    "not-text": {
        "en": "no text in UTF-8, UTF-16 or UTF-32 ({detail})",
        "zh": "不是 UTF-8、UTF-16 或 UTF-32 文本（{detail}）",
    },
    "binary": {"en": "binary file", "zh": "二进制文件"},
    "too-large": {
        "en": "too large ({size} bytes, the limit is {limit})",
        "zh": "文件过大（{size} 字节，上限 {limit}）",
    },
    "too-many-files": {"en": "beyond the limit of {limit} files", "zh": "超出 {limit} 个文件的上限"},
    "symlink-loop": {"en": "symbolic link to itself", "zh": "循环的符号链接"},
    "outside-root": {"en": "leads outside of the project", "zh": "指向项目之外"},
    "special-file": {"en": "no regular file", "zh": "不是普通文件"},
    "permission-denied": {"en": "permission denied", "zh": "没有读取权限"},
    "not-found": {"en": "does not exist", "zh": "不存在"},
    "unreadable": {"en": "could not be read ({detail})", "zh": "无法读取（{detail}）"},
    "ignored-by-git": {"en": "ignored by Git", "zh": "被 Git 忽略"},
    "ignore-pattern": {
        "en": "its pattern '{pattern}' is not applied: no pattern of Git, or too costly to match",
        "zh": "其中的模式 '{pattern}' 未生效：不是 Git 的模式，或匹配开销过大",
    },
    "excluded": {"en": "excluded by the configuration", "zh": "被配置排除"},
    "third-party": {"en": "installed by a package manager", "zh": "由包管理器安装"},
}


def text(key: str, language: str, /, **parameters: object) -> str:
    """The text of the catalogue in a language, filled with parameters; a wrong key or parameter is a bug and raises.

    >>> text("errors", "en", count=1), text("errors", "en", count=2), text("errors", "zh", count=2)
    ('1 error', '2 errors', '2 个错误')
    """
    return _filled(TEXTS[key], language, parameters)


def reason(key: str, language: str, /, **parameters: object) -> str:
    """Why a file was not looked at. An unknown key stands for itself: a report never fails for want of a text.

    >>> reason("helm-template", "en")
    'Helm template, not rendered'
    """
    if key not in REASONS:
        return key
    return _filled(REASONS[key], language, parameters)


def choose_language(option: str | None, environment: Mapping[str, str]) -> str:
    """The language to speak: the option, else the locale as POSIX ranks its variables; English unless Chinese.

    >>> choose_language(None, {"LANG": "zh_CN.UTF-8"}), choose_language(None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"})
    ('zh', 'en')
    """
    if option is not None:
        return option
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if locale.lower().partition(".")[0].replace("-", "_").partition("_")[0] == "zh" else DEFAULT


def _filled(translations: _Text, language: str, parameters: Mapping[str, object]) -> str:
    template = translations[language]
    if isinstance(template, tuple):
        template = template[0] if parameters.get("count") == 1 else template[1]
    return template.format(**parameters)
