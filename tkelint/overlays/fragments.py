"""What somebody wrote of an object that kustomize built, and how a path of the object leads through it.

Lists are matched as people read them: by the name of an item, since patches add items in front of others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from tkelint.source import Place, Precision, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tkelint.overlays.find import Kustomization
    from tkelint.syntax.document import FieldPath
    from tkelint.syntax.yaml import YamlDocument

# What tells an item of a list from others, as the merge keys of the API do; best first.
_ITEM_KEYS: Final = (
    "name", "mountPath", "devicePath", "containerPort", "port", "host", "ip", "topologyKey", "path", "key"
)  # fmt: skip

_IDENTITY: Final[frozenset[FieldPath]] = frozenset(
    {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}
)


class Origin(NamedTuple):
    """Where an object came from: the file that has it, or the kustomization whose generator made it.

    `applied` are the kustomizations whose transformers saw it, in their order. Paths are relative to the project root.
    """

    path: str
    generator: str = ""  # ConfigMapGenerator, SecretGenerator; empty for an object of a file
    applied: tuple[str, ...] = ()


class OverlayFiles(NamedTuple):
    """What an overlay was built from: the YAML of each file, its kustomizations by path, how to read other files."""

    documents: Mapping[str, Sequence[YamlDocument]]
    kustomizations: Mapping[str, Kustomization]
    other: Callable[[str], SourceFile | None]


class Outer(NamedTuple):
    """A document inside of a string of another one: an inline patch. `path` is where that string stands."""

    document: YamlDocument
    path: FieldPath


class Spot(NamedTuple):
    """A value as somebody wrote it. `missing` is how many steps of the path that was asked for are not there.

    `inside` is the part of the string at `path`, or of the file `whole`, that is the value.
    """

    document: YamlDocument
    path: FieldPath
    value: Any
    missing: int = 0
    outer: Outer | None = None
    inside: tuple[int, int] | None = None
    whole: SourceFile | None = None  # the value is the text of a file, or a part of it

    def place(self, part: tuple[int, int] | None, precision: Precision, *, at_key: bool) -> Place:
        """Where that is, or the part of its string."""
        if self.inside is not None:
            start, end = self.inside
            part = (start + part[0], start + part[1]) if part else (start, end)
        if self.whole is not None:
            return Place(self.whole, Span(*part) if part else Span(0, len(self.whole.line(1))), precision)
        if self.inside is not None:
            return Place(self.document.source, self.document.span_of(self.path, part), precision)
        span = self.document.key_span_of(self.path) if at_key else self.document.span_of(self.path, part)
        if self.outer is None:
            return Place(self.document.source, span, precision)
        outer = self.outer.document
        return Place(outer.source, outer.span_of(self.outer.path, (span.start, span.end)), precision)


class Target(NamedTuple):
    """The built object and where it came from."""

    value: Any
    origin: Origin

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.value.get("kind", ""))

    @property
    def name(self) -> str:
        """Its name after all prefixes and suffixes."""
        metadata = self.value.get("metadata")
        return str(metadata.get("name", "")) if isinstance(metadata, dict) else ""


class Writer(Protocol):
    """One of those who may have written a value."""

    def spots(self, value: Any, path: FieldPath) -> Iterator[Spot]:
        """Where it wrote what stands at a path of the built `value`, or what is nearest above."""


class Fragment(NamedTuple):
    """A whole object or a part of one: the file that has it, a strategic merge patch, the value of an operation.

    `at` is the path in the built object that it is written for; `base` where it stands in its document.
    """

    document: YamlDocument
    base: FieldPath
    content: Any
    at: FieldPath = ()
    outer: Outer | None = None
    is_patch: bool = False  # its name and kind say what it is for

    def spots(self, value: Any, path: FieldPath) -> Iterator[Spot]:
        """One spot, if the path leads into the fragment."""
        built = _descend(value, path, self.at)
        if built is None or (self.is_patch and path in _IDENTITY):
            return
        built_value, rest = built
        found: Any = self.content
        here = self.base
        for depth, step in enumerate(rest):
            below = _step(found, built_value, step)
            if below is None:
                yield Spot(self.document, here, found, len(rest) - depth, self.outer)
                return
            here, found, built_value = (*here, below), found[below], built_value[step]
        yield Spot(self.document, here, found, 0, self.outer)


def _descend(value: Any, path: FieldPath, at: FieldPath) -> tuple[Any, FieldPath] | None:
    """The built value at `at`, and what remains of a path that leads there or further; `None` for one that does not."""
    if path[: len(at)] != at:
        return None
    for step in at:
        value = value[step]
    return value, path[len(at) :]


def _step(found: Any, built: Any, step: str | int) -> str | int | None:
    """The step in what was written that a step in what was built stands for."""
    if isinstance(step, str):
        return step if isinstance(found, dict) and step in found else None
    return _index(found, built, step) if isinstance(found, list) and isinstance(built, list) else None


def _index(found: list[Any], built: list[Any], index: int) -> int | None:
    """The item of a list that became an item of the built list: the same one, one of its name, or at its index."""
    item = built[index]
    equal = [number for number, each in enumerate(found) if type(each) is type(item) and each == item]
    if equal:
        before = sum(1 for each in built[:index] if each == item)
        return equal[min(before, len(equal) - 1)]
    if not isinstance(item, dict):
        return index if len(found) == len(built) else None
    for key in _ITEM_KEYS:
        if key in item:
            named = [
                number for number, each in enumerate(found) if isinstance(each, dict) and each.get(key) == item[key]
            ]
            if named:
                return named[0]
            if key == "name":
                break
    return index if len(found) == len(built) and _may_become(found[index], item) else None


def _may_become(item: Any, built: dict[str, Any]) -> bool:
    """Whether an item may have become another one; names only get prefixes and suffixes."""
    if not isinstance(item, dict) or "name" not in item or "name" not in built:
        return isinstance(item, dict)
    return str(item["name"]) in str(built["name"])


def as_list(value: object) -> list[Any]:
    """A list, empty for anything else."""
    return value if isinstance(value, list) else []


def as_mapping(value: object) -> dict[str, Any]:
    """A mapping, empty for anything else."""
    return value if isinstance(value, dict) else {}


def name_of(value: Any) -> str:
    """The name of an object; empty if it has none."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    return str(metadata.get("name", "")) if isinstance(metadata, dict) else ""


def namespace_of(value: Any) -> str:
    """The namespace of an object; empty if it states none."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    return str(metadata.get("namespace", "")) if isinstance(metadata, dict) else ""
