"""What is wrong with a configuration: every problem at once, each with its place and what was probably meant."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tkelint.syntax.document import FieldPath

    Location = tuple[str, int | None, int | None]  # the name of the file, line and column

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "unknown-key": {"en": "unknown key {key}", "zh": "未知的键 {key}"},
    "missing-key": {"en": "the key {key} is missing", "zh": "缺少键 {key}"},
    "duplicate-key": {"en": "{key} is written twice", "zh": "{key} 重复出现"},
    "wrong-type": {"en": "{key} must be {expected}, not {found}", "zh": "{key} 应为{expected}，而不是{found}"},
    "not-a-choice": {"en": "{value} is none of {choices}", "zh": "{value} 不是以下取值之一：{choices}"},
    "wrong-form": {"en": "{value} is not of the form {example}", "zh": "{value} 不符合 {example} 的格式"},
    "number-for-text": {
        "en": "{value} without quotes is a number, not text",
        "zh": "{value} 未加引号，是数字而不是字符串",
    },
    "too-small": {"en": "{value} is less than {limit}", "zh": "{value} 小于 {limit}"},
    "too-large": {"en": "{value} is more than {limit}", "zh": "{value} 大于 {limit}"},
    "empty": {"en": "{key} must not be empty", "zh": "{key} 不能为空"},
    "unknown-rule": {"en": "no rule is called {value}", "zh": "没有名为 {value} 的规则"},
    "not-an-allowance": {
        "en": "{value} is no inbound rule: ports with protocol (443/tcp), a source (10.0.0.0/8), or both "
        "(443/tcp from 10.0.0.0/8)",
        "zh": "{value} 不是入站规则：应为带协议的端口（443/tcp）、来源网段（10.0.0.0/8），"
        "或两者兼有（443/tcp from 10.0.0.0/8）",
    },
    "not-an-address": {
        "en": "{value} is neither an address nor a domain name",
        "zh": "{value} 既不是 IP 地址也不是域名",
    },
    "not-a-date": {"en": "{value} is no date of the calendar", "zh": "{value} 不是有效日期"},
    "not-a-pattern": {
        "en": "{value} is no pattern of .gitignore, or has so many stars that matching it could take hours",
        "zh": "{value} 不是 .gitignore 格式的模式，或星号过多导致匹配时间过长",
    },
    "absolute-path": {
        "en": "{value} must be relative to the project root",
        "zh": "{value} 应为相对于项目根目录的路径",
    },
    "outside": {
        "en": "{value} leads outside of the project; name it on the command line instead",
        "zh": "{value} 指向项目之外，如有需要请在命令行中指定",
    },
    "twice": {"en": "{value} is the name of two clusters", "zh": "{value} 是两个集群的名称"},
    "not-readable": {"en": "cannot be read: {detail}", "zh": "无法读取：{detail}"},
    "not-yaml": {"en": "no valid YAML: {detail}", "zh": "不是有效的 YAML：{detail}"},
    "not-toml": {"en": "no valid TOML: {detail}", "zh": "不是有效的 TOML：{detail}"},
    "several-documents": {"en": "holds more than one document", "zh": "包含多个文档"},
    "toml-needs-python-3.11": {
        "en": "Python 3.10 cannot read TOML; use Python 3.11, install tomli, or move this table to .tkelint.yaml",
        "zh": "Python 3.10 无法读取 TOML：请使用 Python 3.11、安装 tomli，或将此表移至 .tkelint.yaml",
    },
    "not-an-assumption": {"en": "{value} is not of the form FACT=VALUE", "zh": "{value} 不符合 FACT=VALUE 的格式"},
    "only-in-a-file": {
        "en": "{key} can only be declared in the configuration file",
        "zh": "{key} 只能在配置文件中声明",
    },
}
_TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "object": {"en": "a mapping", "zh": "映射"},
    "array": {"en": "a list", "zh": "列表"},
    "string": {"en": "text", "zh": "字符串"},
    "integer": {"en": "a whole number", "zh": "整数"},
    "number": {"en": "a number", "zh": "数字"},
    "boolean": {"en": "true or false", "zh": "布尔值（true 或 false）"},
    "null": {"en": "empty", "zh": "空值"},
}
_SUGGESTION: Final = {"en": "{message}; did you mean {suggestion}?", "zh": "{message}，是否应为 {suggestion}？"}
_MORE: Final = {"en": "and {count}{plus} more", "zh": "另有 {count}{plus} 处"}
_OR: Final = {"en": " or ", "zh": "或"}
_COMMA: Final = {"en": ", ", "zh": "、"}

_MOST_SHOWN: Final = 50
_MOST_PROBLEMS: Final = 500
_LONGEST_SHOWN: Final = 60
_SEPARATORS: Final = pattern(r"[-_ .]")


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing that is wrong. Line and column are 1-based; they are missing for what no file says."""

    path: str
    line: int | None
    column: int | None
    message: Mapping[str, str]  # by language
    suggestion: str = ""

    def text(self, language: str = "en") -> str:
        """The problem on one line, with its place."""
        message = self.message[language]
        if self.suggestion:
            message = _SUGGESTION[language].format(message=message, suggestion=self.suggestion)
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        return f"{place}: {message}"


class ConfigError(Exception):
    """A configuration that cannot be used, with everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.path, each.line or 0, each.column or 0)))
        super().__init__(self.text())

    def text(self, language: str = "en") -> str:
        """The problems, one a line."""
        lines = [problem.text(language) for problem in self.problems[:_MOST_SHOWN]]
        if len(lines) < len(self.problems):
            plus = "+" if len(self.problems) >= _MOST_PROBLEMS else ""
            lines.append(_MORE[language].format(count=len(self.problems) - len(lines), plus=plus))
        return "\n".join(lines)


def problem(location: Location, text: str, suggestion: str = "", **parameters: object) -> ConfigProblem:
    """A problem in words: a text of the catalogue, filled with parameters."""
    message = {
        language: template.format(**{name: _spoken(value, language) for name, value in parameters.items()})
        for language, template in _TEXTS[text].items()
    }
    return ConfigProblem(*location, message, suggestion)


class Origin(Protocol):
    """Where a configuration comes from."""

    def locate(self, path: FieldPath, *, at_key: bool = False) -> Location:
        """Where the value at a path is written, or its key."""

    def written(self, path: FieldPath) -> str:
        """The value at a path as it is spelt there."""


class Complaints:
    """Collects the problems of one configuration."""

    def __init__(self, origin: Origin) -> None:
        self.problems: list[ConfigProblem] = []
        self.origin = origin
        self._broken: set[FieldPath] = set()

    def add(self, path: FieldPath, text: str, *, at_key: bool = False, suggestion: str = "", **parameters: Any) -> None:
        """Note what is wrong at a path, in a text of the catalogue."""
        self._broken.add(path)
        if self.is_full:
            return
        self.problems.append(problem(self.origin.locate(path, at_key=at_key), text, suggestion, **parameters))

    @property
    def is_full(self) -> bool:
        """Whether there are so many problems that looking for more of them is no use."""
        return len(self.problems) >= _MOST_PROBLEMS

    def is_broken(self, path: FieldPath) -> bool:
        """Whether something is wrong at a path itself."""
        return path in self._broken

    def settle(self) -> None:
        """Raise `ConfigError` if there was anything to complain about."""
        if self.problems:
            raise ConfigError(self.problems)


@dataclass(frozen=True, slots=True)
class TypeNames:
    """Types of JSON Schema as a parameter of a message."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """Values of which one is wanted, as a parameter of a message."""

    values: tuple[str, ...]


def shown(value: object) -> str:
    """A key or value of the configuration as messages show it: in quotes, short, and harmless to a terminal."""
    text = value if isinstance(value, str) else _as_yaml(value)
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[: _LONGEST_SHOWN + 1])
    if len(text) > _LONGEST_SHOWN:
        text = text[:_LONGEST_SHOWN] + "…"
    return f"'{text}'"


def nearest(word: object, candidates: Iterable[str]) -> str:
    """The candidate that was probably meant; empty when none is near. Case and separators count little."""
    if not isinstance(word, str) or len(word) > _LONGEST_SHOWN:
        return ""
    plain = {_plain(candidate): candidate for candidate in candidates}
    near = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=0.6)
    return plain[near[0]] if near else ""


def _plain(word: str) -> str:
    return _SEPARATORS.sub("", word.casefold())


def _as_yaml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def _spoken(value: object, language: str) -> str:
    match value:
        case TypeNames(names):
            return _OR[language].join(_TYPES[name][language] for name in names)
        case Choices(values):
            return _COMMA[language].join(values)
        case dict():
            return str(value[language])
    return str(value)
