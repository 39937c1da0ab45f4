"""What `--help` says, in English and Chinese. The language is the locale's, known before any option is read."""

from __future__ import annotations

import os
from typing import Final

from tkelint.language import choose_language

_HELP: Final = {
    "cli": {
        "en": "Lint manifests for Tencent Kubernetes Engine before they are applied.\n\n"
        "`tkelint PATH...` is short for `tkelint check PATH...`.",
        "zh": "在部署之前检查腾讯云容器服务（TKE）的清单文件。\n\n`tkelint PATH...` 等同于 `tkelint check PATH...`。",
    },
    "check": {
        "en": "Lint files, folders, globs and standard input (-).\n\n"
        "Exit status: 0 nothing at or above --fail-on, 1 findings, 2 usage or configuration error, 3 nothing to lint, "
        "4 with --strict: something could not be looked at, 70 a bug in tkelint.",
        "zh": "检查文件、目录、通配符匹配的文件和标准输入（-）。\n\n"
        "退出码：0 没有达到 --fail-on 级别的问题，1 有问题，2 用法或配置错误，3 没有可检查的内容，"
        "4 使用 --strict 且有内容未能检查，70 tkelint 自身出错。",
    },
    "corefile": {
        "en": "Check Corefiles, whatever they are called, and standard input (-), for any CoreDNS.\n\n"
        "YAML and JSON files are searched for ConfigMaps with a Corefile. Nothing else of the project is read. "
        "Exit statuses are those of `tkelint check`.",
        "zh": "检查 Corefile（文件名不限）和标准输入（-），适用于任何 CoreDNS。\n\n"
        "YAML 与 JSON 文件会从其中的 ConfigMap 读取 Corefile，不读取项目的其他文件。退出码与 `tkelint check` 相同。",
    },
    "coredns-version": {
        "en": "The release of CoreDNS that reads them, such as 1.8.4; the same as --assume corednsVersion=1.8.4.",
        "zh": "读取这些 Corefile 的 CoreDNS 版本，例如 1.8.4；等同于 --assume corednsVersion=1.8.4。",
    },
    "graph": {
        "en": "Show who calls whom: clients, names, Services and Ingresses, CLBs, node ports and Pods.\n\n"
        "--from and --to ask for the paths between two of them, and why each hop is there. They take wildcards, as do "
        "--namespace and --host. Exit status: 0, 1 when --from and --to have no path, 2 usage or configuration error, "
        "3 nothing to read.",
        "zh": "展示访问关系：客户端、域名、Service 与 Ingress、CLB、NodePort 与 Pod。\n\n"
        "--from 与 --to 查询两者之间的路径及每一跳的依据；它们与 --namespace、--host 都支持通配符。"
        "退出码：0 正常，1 --from 与 --to 之间没有路径，2 用法或配置错误，3 没有可读取的内容。",
    },
    "graph-namespace": {
        "en": "Only what requests through this namespace pass. May be repeated.",
        "zh": "只显示经过该命名空间的请求，可重复使用。",
    },
    "graph-host": {
        "en": "Only what requests to this host, Service name or address pass. May be repeated.",
        "zh": "只显示访问该域名、Service 名称或地址的请求，可重复使用。",
    },
    "graph-from": {
        "en": "The paths that begin here: web, shop/web, Deployment/shop/web, or a host.",
        "zh": "查询从此处出发的路径：web、shop/web、Deployment/shop/web 或域名。",
    },
    "graph-to": {
        "en": "The paths that end here: payments, shop/payments, Service/shop/payments, or a host.",
        "zh": "查询到此处为止的路径：payments、shop/payments、Service/shop/payments 或域名。",
    },
    "unread": {
        "en": "not read, or only in part, so that what they hold is missing here: {paths}",
        "zh": "以下文件未能读取或只读取了一部分，此处不含其中的内容：{paths}",
    },
    "nothing-called": {"en": "nothing in the graph is called {name!r}", "zh": "图中没有名为 {name!r} 的节点"},
    "facts": {
        "en": "Print what is known of the cluster, where it was read, and which rules wait for what is not known.\n\n"
        "With --assume FACT=VALUE, also what the findings would be then.",
        "zh": "输出已知的集群事实、出处，以及哪些规则在等待未知的事实。\n\n"
        "使用 --assume FACT=VALUE 时，还会显示问题将如何变化。",
    },
    "externals": {
        "en": "Objects that manifests refer to and that exist elsewhere.",
        "zh": "清单引用的、定义在别处的对象。",
    },
    "externals-suggest": {
        "en": "Print the externals that .tkelint.yaml would have to declare, each with the places that need it.\n\n"
        "Take over what really exists, and repair the rest. Exit status: 0, 2 usage or configuration error, "
        "3 nothing to read.",
        "zh": "输出需要在 .tkelint.yaml 中声明的 externals，并注明引用它们的位置。\n\n"
        "请保留确实存在的对象，修正其余的引用。退出码：0 正常，2 用法或配置错误，3 没有可读取的内容。",
    },
    "externals-needed": {"en": "needed by {subject}, {place}", "zh": "{subject} 引用，{place}"},
    "externals-more": {"en": "and {count} more", "zh": "另有 {count} 处"},
    "externals-near": {"en": "or is it a misspelling of {near}?", "zh": "或者是 {near} 的误写？"},
    "externals-pods": {"en": "what makes the Pods of this selector", "zh": "创建该选择器所选 Pod 的工作负载"},
    "externals-none": {"en": "nothing that is named is missing here", "zh": "引用的对象都在此处"},
    "config": {
        "en": "Configuration file; else .tkelint.yaml, found upwards.",
        "zh": "配置文件；默认向上查找 .tkelint.yaml。",
    },
    "no-config": {"en": "Read no configuration file.", "zh": "不读取配置文件。"},
    "format": {"en": "Format of standard output.", "zh": "标准输出的格式。"},
    "output": {
        "en": "Also write a format to a file, such as sarif=out.sarif. May be repeated.",
        "zh": "同时将某种格式写入文件，例如 sarif=out.sarif，可重复使用。",
    },
    "fail-on": {
        "en": "Least severity that gives exit status 1; warning by default.",
        "zh": "使退出码为 1 的最低级别，默认为 warning。",
    },
    "lang": {"en": "Language of the output; else the locale's.", "zh": "输出语言；默认取决于系统语言环境。"},
    "color": {
        "en": "Colours; NO_COLOR and FORCE_COLOR count too.",
        "zh": "是否使用颜色；同时遵循 NO_COLOR 与 FORCE_COLOR。",
    },
    "select": {
        "en": "Run only these rules, or the rules of these folders.",
        "zh": "只运行这些规则，或这些目录下的规则。",
    },
    "ignore": {"en": "Do not run these rules.", "zh": "不运行这些规则。"},
    "assume": {
        "en": "Take a cluster fact for granted, such as kubeProxyMode=ipvs.",
        "zh": "假定某个集群事实，例如 kubeProxyMode=ipvs。",
    },
    "stdin-filename": {
        "en": "What to call standard input, read with the path -.",
        "zh": "标准输入（路径为 -）使用的文件名。",
    },
    "show-settings": {
        "en": "Print the configuration in force, with where each value comes from, and lint nothing.",
        "zh": "输出生效的配置及每个值的来源，不做检查。",
    },
    "show-files": {"en": "List every file and what became of it.", "zh": "列出每个文件及其处理结果。"},
    "statistics": {"en": "Count findings by rule.", "zh": "按规则统计问题数。"},
    "strict": {"en": "Exit with 4 when something could not be looked at.", "zh": "有内容未能检查时退出码为 4。"},
    "no-ignores": {"en": "Report suppressed findings too.", "zh": "同时报告已忽略的问题。"},
    "quiet": {"en": "Findings only, no summary.", "zh": "只输出问题，不输出汇总。"},
    "init": {
        "en": "Write a .tkelint.yaml to begin with, made of what the project has: facts, charts, overlays, existing "
        "CLBs, and what would have to exist elsewhere.\n\nIt goes into FOLDER, else to the root of the repository. All "
        "of it is commented out, and a configuration that is there is never replaced.",
        "zh": "根据项目内容写出一份起始的 .tkelint.yaml：集群事实、Chart、overlay、已有的 CLB，"
        "以及需要存在于别处的对象。\n\n"
        "写入 FOLDER，默认写入仓库的根目录。全部内容均为注释；已有的配置文件不会被覆盖。",
    },
    "init-print": {"en": "Print it instead.", "zh": "只输出，不写文件。"},
    "init-written": {
        "en": "wrote {path}; uncomment what holds",
        "zh": "已写入 {path}，请按实际情况去掉注释",
    },
    "init-exists": {
        "en": "there is a configuration already: {path}; with --print the suggestions are only printed",
        "zh": "已有配置文件：{path}；使用 --print 可只输出建议",
    },
    "since": {
        "en": "Only what changed since a revision caused, in whichever file it shows. REV is compared at its common "
        "ancestor with HEAD, REV.. as it is.",
        "zh": "只报告自某个版本以来的变更所引起的问题，无论问题出现在哪个文件。"
        "REV 取其与 HEAD 的共同祖先作比较，REV.. 取该版本本身。",
    },
    "staged": {
        "en": "Lint what is staged instead of the working tree, and report only what it causes.",
        "zh": "检查暂存区而不是工作区的内容，只报告暂存的变更所引起的问题。",
    },
    "fix": {
        "en": "Apply the safe fixes to the files; with -, to the text that is then printed.",
        "zh": "将安全的修复写入文件；路径为 - 时输出修复后的文本。",
    },
    "unsafe-fixes": {
        "en": "With --fix or --diff: also fixes that change what has an effect today.",
        "zh": "与 --fix 或 --diff 一起使用：同时应用会改变现有行为的修复。",
    },
    "diff": {
        "en": "Print the fixes as a diff and write nothing. Exit status: 1 if a file would change, else 0.",
        "zh": "以 diff 形式输出修复，不写入文件。退出码：有文件需要修改时为 1，否则为 0。",
    },
    "unsafe-fixes-alone": {
        "en": "--unsafe-fixes needs --fix or --diff",
        "zh": "--unsafe-fixes 需要与 --fix 或 --diff 一起使用",
    },
    "fix-with-git": {
        "en": "--fix and --diff are about the files as they lie there, --since and --staged about what Git has",
        "zh": "--fix 与 --diff 针对工作区的文件，不能与针对 Git 内容的 --since、--staged 一起使用",
    },
    "diff-with-output": {
        "en": "--diff makes no report that --output could write",
        "zh": "--diff 不生成报告，不能与 --output 一起使用",
    },
    "hook": {
        "en": "For hooks: lint the files as they are staged, never untracked ones. Paths are changed files: excluded "
        "and deleted ones are passed over, and nothing to lint is no mistake.",
        "zh": "供钩子使用：检查文件暂存的内容，不检查未跟踪的文件。路径为变更文件：跳过被排除和已删除的文件，"
        "没有可检查的内容也不算错误。",
    },
    "no-git": {
        "en": "--since, --staged and --hook need git, which is not here",
        "zh": "--since、--staged 与 --hook 需要 git，但未找到",
    },
    "no-repository": {"en": "{folder} is not the root of a Git repository", "zh": "{folder} 不是 Git 仓库的根目录"},
    "no-standard-input": {
        "en": "standard input (-) cannot be compared with what Git has",
        "zh": "标准输入（-）无法与 Git 中的内容比较",
    },
    "outside-of-repository": {"en": "{path} is not in the Git repository", "zh": "{path} 不在 Git 仓库中"},
    "no-such-commit": {
        "en": "Git knows no commit {name!r}; fetch it, for example with `git fetch origin {name}`",
        "zh": "Git 中没有名为 {name!r} 的提交；请先获取，例如 `git fetch origin {name}`",
    },
    "no-such-commit-shallow": {
        "en": "Git knows no commit {name!r}, and this clone is shallow; fetch the history with "
        "`git fetch --unshallow`, with `fetch-depth: 0` of actions/checkout or with `GIT_DEPTH: 0` in GitLab CI",
        "zh": "Git 中没有名为 {name!r} 的提交，且当前为浅克隆；请获取完整历史：`git fetch --unshallow`、"
        "actions/checkout 的 `fetch-depth: 0` 或 GitLab CI 的 `GIT_DEPTH: 0`",
    },
    "no-merge-base": {
        "en": "{name!r} and HEAD have no common ancestor; to compare with the commit itself, write {name}..",
        "zh": "{name!r} 与 HEAD 没有共同祖先；如要与该提交本身比较，请写 {name}..",
    },
    "no-merge-base-shallow": {
        "en": "this clone is shallow, and the common ancestor of {name!r} and HEAD is not in it; fetch the history "
        "with `git fetch --unshallow`, with `fetch-depth: 0` of actions/checkout or with `GIT_DEPTH: 0` in GitLab CI, "
        "or write {name}.. to compare with the commit itself",
        "zh": "当前为浅克隆，不含 {name!r} 与 HEAD 的共同祖先；请获取完整历史：`git fetch --unshallow`、"
        "actions/checkout 的 `fetch-depth: 0` 或 GitLab CI 的 `GIT_DEPTH: 0`，或写 {name}.. 与该提交本身比较",
    },
    "git-failed": {"en": "git failed: {detail}", "zh": "git 执行失败：{detail}"},
    "git-too-slow": {"en": "git has not answered for {seconds} seconds", "zh": "git 超过 {seconds} 秒没有响应"},
    "object-missing": {
        "en": "Git does not have {path} of that revision (object {id}): this is a partial clone; fetch it first, for "
        "example by a checkout of the revision",
        "zh": "Git 中没有该版本的 {path}（对象 {id}）：这是部分克隆（partial clone），请先获取，例如检出该版本",
    },
    "partial-clone": {
        "en": "this is a partial clone without the files of that revision; fetch them first, for example by a checkout "
        "of the revision ({detail})",
        "zh": "这是部分克隆（partial clone），缺少该版本的文件，请先获取，例如检出该版本（{detail}）",
    },
    "no-snapshot": {
        "en": "the files of a commit cannot be written to a temporary folder: {detail}",
        "zh": "无法将提交的文件写入临时目录：{detail}",
    },
    "tree-too-large": {
        "en": "{files} files are more than can be read from Git; name fewer paths",
        "zh": "{files} 个文件超出可从 Git 读取的上限，请减少路径",
    },
    "baseline": {
        "en": "Record what is there in a baseline, so that later runs report only what is new.\n\n"
        "Lint the paths, or the whole project, and write the findings to .tkelint-baseline.jsonl (or what `baseline` "
        "in the configuration says). Commit the file. Exit status: 0 written, 2 usage or configuration error.",
        "zh": "将现有问题记录为基线，之后只报告新增的问题。\n\n"
        "检查指定路径或整个项目，并将结果写入 .tkelint-baseline.jsonl（或配置中 `baseline` 指定的文件），"
        "请将该文件提交到仓库。"
        "退出码：0 已写入，2 用法或配置错误。",
    },
    "baseline-output": {"en": "Where to write it.", "zh": "基线文件的位置。"},
    "baseline-file": {
        "en": "The baseline to compare with; .tkelint-baseline.jsonl of the project if there is one.",
        "zh": "用于比较的基线文件；默认使用项目中的 .tkelint-baseline.jsonl（如果存在）。",
    },
    "no-baseline": {"en": "Report what the baseline has, too.", "zh": "基线中已有的问题也一并报告。"},
    "update-baseline": {
        "en": "Take out of the baseline what is not found any more; nothing is added.",
        "zh": "从基线中移除已不存在的问题，不会新增条目。",
    },
    "baseline-written": {
        "en": "{count} findings recorded in {path}; later runs report what is new",
        "zh": "已将 {count} 个问题记录到 {path}，之后只报告新增的问题",
    },
    "baseline-updated": {"en": "{count} findings taken out of {path}", "zh": "已从 {path} 移除 {count} 个问题"},
    "baseline-missing": {
        "en": "there is no baseline to update; `tkelint baseline` writes one",
        "zh": "没有可更新的基线，请先用 `tkelint baseline` 生成",
    },
    "baseline-unreadable": {
        "en": "the baseline {path} cannot be read: {detail}",
        "zh": "无法读取基线文件 {path}：{detail}",
    },
    "baseline-conflict": {
        "en": "{path}:{line}: a merge conflict; keep the lines of both sides and remove the marks",
        "zh": "{path}:{line}：存在合并冲突，请保留双方的行并移除冲突标记",
    },
    "no-baseline-file": {
        "en": "{path}:{line}: this is no baseline of tkelint",
        "zh": "{path}:{line}：不是 tkelint 的基线文件",
    },
    "no-baseline-entry": {
        "en": "{path}:{line}: this is no entry of a baseline",
        "zh": "{path}:{line}：不是有效的基线条目",
    },
    "rules": {"en": "List the rules.", "zh": "列出规则。"},
    "explain": {
        "en": "Explain a rule, or the rules that foresee an event code such as 'Ingress E4041'.",
        "zh": "解释一条规则，或能预见某个错误码（例如 'Ingress E4041'）的规则。",
    },
    "completion": {"en": "Print the completion script of a shell.", "zh": "输出命令行补全脚本。"},
    "no-such-rule": {"en": "no rule and no code is called {name!r}", "zh": "没有名为 {name!r} 的规则或错误码"},
    "did-you-mean": {"en": "; did you mean {near}?", "zh": "；是否想输入 {near}？"},
    "no-such-path": {"en": "no such file or folder: {paths}", "zh": "文件或目录不存在：{paths}"},
    "not-an-output": {
        "en": "{value!r} is not FORMAT=PATH with a format of {formats}",
        "zh": "{value!r} 不是“格式=路径”，格式可为 {formats}",
    },
    "cannot-write": {"en": "cannot write {path}: {detail}", "zh": "无法写入 {path}：{detail}"},
    "reading": {"en": "read or rendered: {done} of {total}", "zh": "已读取或渲染：{done}/{total}"},
    "unknown-rules": {"en": "unknown rule: {name!r}", "zh": "未知规则：{name!r}"},
}


def say(key: str, **parameters: object) -> str:
    """A text of the command line in the language of the locale."""
    language = choose_language(None, os.environ)
    return _HELP[key][language].format(**parameters) if parameters else _HELP[key][language]
