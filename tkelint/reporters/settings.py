"""`tkelint check --show-settings`: the configuration in force, as a configuration, with where each value comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint.reporters.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.config import Config
    from tkelint.config.file import ConfigFile
    from tkelint.syntax.document import FieldPath

_ALIGNED: Final = 60  # where origins stand, unless a value is longer
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "root": {"en": "Paths are relative to {root}.", "zh": "路径相对于 {root}。"},
    "file": {"en": "Configuration: {path}", "zh": "配置文件：{path}"},
    "no-file": {"en": "Configuration: none", "zh": "配置文件：无"},
    "default": {"en": "default", "zh": "默认"},
    "locale": {"en": "locale", "zh": "语言环境"},
    "command-line": {"en": "command line", "zh": "命令行"},
    "rules": {"en": "{enabled} of {count} rules run.", "zh": "共 {count} 条规则，运行 {enabled} 条。"},
}


class SettingsView(NamedTuple):
    """What is in force: `options` are the values of options by the key that they stand for, `rules` the counts."""

    config: Config
    file: ConfigFile | None
    paths: Sequence[str]
    options: Mapping[str, str]
    assumptions: Sequence[str]
    language: str
    rules: tuple[int, int]  # that run, of all


class _Line(NamedTuple):
    setting: str
    origin: str = ""


def render_settings(view: SettingsView) -> Iterator[str]:
    """The settings as YAML, one line each; what is neither in the file nor an option is the default."""
    for line in _lines(view):
        yield harmless(f"{line.setting:<{_ALIGNED}}  # {line.origin}" if line.origin else line.setting) + "\n"


def _lines(view: SettingsView) -> Iterator[_Line]:
    file, said = view.file, _TEXTS
    yield _Line("# " + said["root"][view.language].format(root=view.config.root))
    where = said["file"][view.language].format(path=file.shown_as) if file else said["no-file"][view.language]
    yield _Line("# " + where)
    enabled, count = view.rules
    yield _Line("# " + said["rules"][view.language].format(enabled=enabled, count=count))
    yield from _paths(view)
    yield from _single(view, "failOn", "warning", "default")
    yield from _single(view, "language", view.language, "locale")
    yield from _cluster(view)
    value = file.value if file and isinstance(file.value, dict) else {}
    for key in value:
        if key not in ("paths", "failOn", "language", "cluster"):
            yield from _entries(view, key, value[key])


def _paths(view: SettingsView) -> Iterator[_Line]:
    if view.paths:
        yield _Line(f"paths: {_json(list(view.paths))}", _TEXTS["command-line"][view.language])
    elif view.config.paths:
        yield _Line(f"paths: {_json(list(view.config.paths))}", _origin(view, ("paths",)))
    else:
        yield _Line(f"paths: {_json(['.'])}", _TEXTS["default"][view.language])


def _single(view: SettingsView, key: str, default: str, origin: str) -> Iterator[_Line]:
    """A key with one value: that of the option, of the file, or the default."""
    told = {"failOn": view.config.fail_on, "language": view.config.language}[key]
    if key in view.options:
        option = {"failOn": "--fail-on", "language": "--lang"}[key]
        yield _Line(f"{key}: {view.options[key]}", option)
    elif told is not None:
        yield _Line(f"{key}: {told}", _origin(view, (key,)))
    else:
        yield _Line(f"{key}: {default}", _TEXTS[origin][view.language])


def _cluster(view: SettingsView) -> Iterator[_Line]:
    """The declared facts; an assumption takes the place of what the file says."""
    from tkelint.config.build import fact_name  # noqa: PLC0415 - few runs show settings

    assumed = {fact_name(each.partition("=")[0]): each for each in view.assumptions}
    value = view.file.value if view.file and isinstance(view.file.value, dict) else {}
    cluster = value.get("cluster") or {}
    lines = [
        _Line(f"  {name}: {_json(cluster[name])}", _origin(view, ("cluster", name)))
        for name in cluster
        if name not in assumed and name in view.config.cluster.known
    ]
    for name, text in assumed.items():
        if name in view.config.cluster.known:
            lines.append(_Line(f"  {name}: {text.partition('=')[2]}", f"--assume {text}"))
    if lines:
        yield _Line("cluster:")
        yield from lines


def _entries(view: SettingsView, key: str, value: Any) -> Iterator[_Line]:
    """A list or mapping of the file, an entry on a line."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield _Line(f"{key}:")
        yield from (_Line(f"  - {_json(each)}", _origin(view, (key, index))) for index, each in enumerate(value))
    elif isinstance(value, dict) and value:
        yield _Line(f"{key}:")
        yield from (
            _Line(f"  {_json(name)}: {_json(each)}", _origin(view, (key, name))) for name, each in value.items()
        )
    else:
        yield _Line(f"{key}: {_json(value)}", _origin(view, (key,)))


def _origin(view: SettingsView, path: FieldPath) -> str:
    if view.file is None:
        return _TEXTS["default"][view.language]
    name, line, _ = view.file.locate(path)
    return f"{name}:{line}"


def _json(value: Any) -> str:
    """A value as YAML on one line: texts that are plain words stay so."""
    if isinstance(value, str) and value.replace("-", "").replace(".", "").isalpha() and value.isascii():
        return (
            value
            if value.lower() not in ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
            else f'"{value}"'
        )
    return json.dumps(value, ensure_ascii=False)
