"""The configuration file: found, read and parsed, with the place of everything in it.

`.tkelint.yaml` is read as manifests are (a date is text, a duplicate key an error); `[tool.tkelint]` of pyproject.toml
with `tomllib`. The file may come from a pull request: it is read only where it lies inside of the project, or where the
user himself named it outside.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tkelint import language
from tkelint.config.find import MAX_SIZE, TABLE_HEADER, toml_module
from tkelint.config.problems import ConfigError, problem, shown
from tkelint.discovery import discover
from tkelint.files import SkippedFile, read
from tkelint.patterns import pattern
from tkelint.source import NotTextError, Place, SourceFile, Span, decode
from tkelint.syntax.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from tkelint.config.problems import ConfigProblem, Location
    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.yaml import YamlError

_TABLE: Final = ("tool", "tkelint")
_TOML_PLACE: Final = pattern(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")


@dataclass(frozen=True)
class ConfigFile:
    """A configuration as plain values. `shown_as` is its name in messages, `source.path` the one relative to the root.

    `span_of` says where the value at a path, or its key, is written; for what is missing, the part that is there.
    """

    source: SourceFile
    shown_as: str
    value: Any
    span_of: Callable[[FieldPath, bool], Span]
    text_of: Callable[[FieldPath], str]

    def place(self, path: FieldPath, *, at_key: bool = False) -> Place:
        """Where the value at a path is written, or its key."""
        return Place(self.source, self.span_of(path, at_key))

    def locate(self, path: FieldPath, *, at_key: bool = False) -> Location:
        """The same as name, line and column."""
        return _location(self.source, self.shown_as, self.span_of(path, at_key).start)

    def written(self, path: FieldPath) -> str:
        """The value at a path as the file spells it."""
        return self.text_of(path)


def read_config_file(path: Path, root: Path, boundary: Path) -> ConfigFile:
    """Read a configuration. Raises `ConfigError` with everything that keeps it from being parsed."""
    shown_as = _shown_as(path)
    found = discover([path], root=root, boundary=boundary)
    data = read(found.files[0], MAX_SIZE) if found.files else found.skipped[0]
    if isinstance(data, SkippedFile):
        detail = {each: language.reason(data.reason, each, **data.parameters) for each in language.LANGUAGES}
        raise ConfigError([problem((shown_as, None, None), "not-readable", detail=detail)])
    try:
        source = decode(found.files[0].display, data)
    except NotTextError as error:
        raise ConfigError([problem((shown_as, None, None), "not-readable", detail=str(error))]) from None
    return read_toml(source, shown_as) if path.suffix == ".toml" else read_yaml(source, shown_as)


def read_yaml(source: SourceFile, shown_as: str) -> ConfigFile:
    """Parse a configuration in YAML or JSON. Raises `ConfigError`."""
    parsed = parse(source)
    documents = [document for document in parsed.documents if not document.is_empty]
    problems = [_yaml_problem(error, source, shown_as) for error in parsed.errors]
    if len(documents) > 1:
        problems.append(problem(_location(source, shown_as, documents[1].span.start), "several-documents"))
    if problems:
        raise ConfigError(problems)
    if not documents:
        return ConfigFile(source, shown_as, {}, lambda *_: Span(0, 0), lambda _: "")
    document = documents[0]

    def span_of(path: FieldPath, at_key: bool) -> Span:
        return document.key_span_of(path) if at_key else document.span_of(path)

    return ConfigFile(source, shown_as, document.value, span_of, document.text_of)


def read_toml(source: SourceFile, shown_as: str) -> ConfigFile:
    """Parse the table `[tool.tkelint]` of a pyproject.toml. Raises `ConfigError`."""
    toml = toml_module()
    header = TABLE_HEADER.search(source.text)
    if toml is None:
        location = _location(source, shown_as, header.start() if header else 0)
        raise ConfigError([problem(location, "toml-needs-python-3.11")])
    try:
        content = _loads(toml, source.text)
    except ValueError as error:
        place = _TOML_PLACE.search(str(error))
        line, column = (int(number) for number in place.groups()) if place and place[1] else (None, None)
        detail = _TOML_PLACE.sub("", str(error))
        raise ConfigError([problem((shown_as, line, column), "not-toml", detail=detail)]) from None
    tools = content.get("tool", {})
    value = tools.get("tkelint", {}) if isinstance(tools, dict) else {}
    places = _TomlPlaces(source.text, toml)
    return ConfigFile(source, shown_as, _plain(value), lambda path, _: places.span_of(path), places.text_of)


def _yaml_problem(error: YamlError, source: SourceFile, shown_as: str) -> ConfigProblem:
    location = _location(source, shown_as, error.span.start)
    if error.kind == "duplicate-key":
        return problem(location, "duplicate-key", key=shown(source.text[error.span.start : error.span.end]))
    return problem(location, "not-yaml", detail=error.message)


def _location(source: SourceFile, shown_as: str, offset: int) -> Location:
    return (shown_as, *source.position(offset))


def _shown_as(path: Path) -> str:
    """The path as the user can open it: relative to where he is, if it lies there."""
    path = path.absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _loads(toml: Any, text: str) -> dict[str, Any]:
    """The content of a TOML text. Raises `ValueError`, be it only because the reader, which recurses, gave up."""
    try:
        content: dict[str, Any] = toml.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return content


def _plain(value: Any) -> Any:
    """TOML's values as YAML would give them: dates are text."""
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case dt.date() | dt.time():
            return value.isoformat()
    return value


class _TomlPlaces:
    """Where the keys of `[tool.tkelint]` are written. TOML's readers do not say, so lines are looked at one by one.

    What stands inside of an inline table or a list is said to be where that begins.
    """

    def __init__(self, text: str, toml: Any) -> None:
        self._text = text
        self._toml = toml

    def span_of(self, path: FieldPath) -> Span:
        """The key of the longest part of the path that has a line of its own."""
        places = self._places
        full: FieldPath = (*_TABLE, *path)
        return next((places[full[:end]] for end in range(len(full), 0, -1) if full[:end] in places), Span(0, 0))

    def text_of(self, path: FieldPath) -> str:
        """What follows the equals sign of that key."""
        end = self.span_of(path).end
        return self._text[end:].partition("\n")[0].strip(" \t\r=")

    @cached_property
    def _places(self) -> Mapping[FieldPath, Span]:
        places: dict[FieldPath, Span] = {}
        table: FieldPath = ()
        offset = 0
        for line in self._text.splitlines(keepends=True):
            text = line.strip()
            start = offset + line.index(text) if text else offset
            offset += len(line)
            if text.startswith("["):
                table = self._table(text, places)
                for end in range(1, len(table) + 1):
                    places.setdefault(table[:end], Span(start, start + len(text)))
            elif "=" in text:
                key = text.partition("=")[0].rstrip()
                path = (*table, *self._names(key + "=0"))
                for end in range(len(table) + 1, len(path) + 1):
                    places.setdefault(path[:end], Span(start, start + len(key)))
        return places

    def _table(self, header: str, places: Collection[FieldPath]) -> FieldPath:
        """The path that the lines below a header belong to; each `[[header]]` begins the next item of a list."""
        names = self._names(header)
        if not header.startswith("[["):
            return names
        return (*names, next(number for number in itertools.count() if (*names, number) not in places))

    def _names(self, line: str) -> FieldPath:
        """The keys that a line alone leads through; none when it is no line of its own (it belongs to a value)."""
        names: list[str] = []
        try:
            value = _loads(self._toml, line)
        except ValueError:
            return ()
        while value and isinstance(value, (dict, list)):
            if isinstance(value, list):
                value = value[0]
            else:
                name, value = next(iter(value.items()))
                names.append(name)
        return tuple(names)
