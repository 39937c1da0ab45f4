"""Resources and nodes: what rules look at.

A `Resource` is one Kubernetes object of a file (or a Corefile of its own); a `Node` is one place in it, known by its
path, whose line and column are looked up only when something is reported there.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.kubernetes import known_kind
from tkelint.source import Place, SourceFile
from tkelint.syntax.document import Document, FieldPath, Json, TextDocument, format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

# Files that are no object but are looked at like one: a Corefile of its own, and each file as such.
COREFILE_KIND = "Corefile"
FILE_KIND = "File"
PSEUDO_KINDS = frozenset({COREFILE_KIND, FILE_KIND})

_MISSING: Any = object()


class Node(NamedTuple):
    """One place in a resource: a value, its key, or a range of the text of a string value."""

    resource: Resource
    path: FieldPath
    part: tuple[int, int] | None = None  # code points of the decoded string
    at_key: bool = False

    @property
    def value(self) -> Any:
        """The plain value, `None` when the path does not exist."""
        return self.resource.get(*self.path)

    @property
    def exists(self) -> bool:
        """Whether the path is there, even when its value is null."""
        return self.resource.has(*self.path)

    @property
    def source_text(self) -> str:
        """The scalar as the file spells it, quotes included."""
        return self.resource.document.text_of(self.resource.base + self.path)

    @property
    def field(self) -> str:
        """The path in the API server's words: `spec.ports[0].targetPort`."""
        return format_path(self.path)

    def child(self, *steps: str | int) -> Node:
        """The node further down."""
        return Node(self.resource, self.path + steps)

    def text(self, start: int, end: int) -> Node:
        """The code points `[start, end)` of this string value."""
        return Node(self.resource, self.path, (start, end))

    def key(self) -> Node:
        """The key of this node instead of its value."""
        return Node(self.resource, self.path, at_key=True)

    @property
    def place(self) -> Place:
        """Where it is written. Costs a second reading of the one document, once."""
        return self.resource.document.place_of(self.resource.base + self.path, self.part, at_key=self.at_key)

    @property
    def origins(self) -> tuple[Place, ...]:
        """Where else a person would change it: the values file that a template takes it from."""
        return self.resource.document.origins_of(self.resource.base + self.path)


class Resource:
    """One object. Nothing of it is ever changed: `value` is shared plain data.

    `base` is the path of the object inside its document: `()`, or `("items", 3)` in a List. `template` is the
    chart file that Helm says it came from (`# Source: chart/templates/x.yaml`). `targeted` is false for what is
    known but not linted. `namespace` is the kustomization's, else the manifest's own, else `None`: a missing
    namespace is not `default`. `annotations` are empty when missing, null or no mapping; their values may be of any
    type. `type` is the kind where its API group is the expected one, `kind.group` elsewhere.
    """

    __slots__ = (
        "annotations", "api_group", "api_version", "base", "document", "kind", "name", "namespace", "targeted",
        "template", "type", "value",
    )  # fmt: skip

    def __init__(
        self,
        document: Document,
        value: dict[str, Any],
        base: FieldPath = (),
        *,
        template: str | None = None,
        namespace: str | None = None,
        targeted: bool = True,
    ) -> None:
        """Read the identity once: every index and rule asks for it."""
        self.document = document
        self.value = value
        self.base = base
        self.template = template
        self.targeted = targeted
        self.kind = _text(value.get("kind"))
        self.api_version = _text(value.get("apiVersion"))
        self.api_group = self.api_version.rpartition("/")[0]
        self.type = known_kind(self.kind, self.api_group)
        metadata = value.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        annotations = metadata.get("annotations")
        self.annotations: dict[str, Any] = annotations if isinstance(annotations, dict) else {}
        self.name = _text(metadata.get("name"))
        self.namespace = namespace or _text(metadata.get("namespace")) or None

    def untargeted(self) -> Resource:
        """The same object, known and not linted."""
        other = copy.copy(self)
        other.targeted = False
        return other

    @property
    def labels(self) -> dict[str, Any]:
        """The labels; empty when missing, null or no mapping."""
        return self.mapping("metadata", "labels")

    @property
    def is_exported(self) -> bool:
        """Whether it was read out of a cluster: what controllers write into it is then no mistake of its author.

        https://kubernetes.io/docs/reference/using-api/api-concepts/: the server sets `uid` and `resourceVersion`.
        """
        metadata = self.mapping("metadata")
        return bool(metadata.get("uid") or metadata.get("resourceVersion") or self.mapping("status"))

    def get(self, *path: str | int, default: Any = None) -> Any:
        """The plain value at a path; `default` when a step does not exist or passes through a scalar."""
        value: Any = self.value
        for step in path:
            if type(value) is dict:
                if step not in value:
                    return default
            elif type(value) is not list or type(step) is not int or step >= len(value):
                return default
            value = value[step]
        return value

    def has(self, *path: str | int) -> bool:
        """Whether the path exists, whatever its value."""
        return self.get(*path, default=_MISSING) is not _MISSING

    def mapping(self, *path: str | int) -> dict[str, Any]:
        """The mapping at a path; empty when it is anything else."""
        value = self.get(*path)
        return value if type(value) is dict else {}

    def items(self, *path: str | int) -> Iterator[tuple[Node, dict[str, Any]]]:
        """Each mapping of the list at a path, with its node; entries of other types are passed over."""
        value = self.get(*path)
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield Node(self, (*path, index)), item

    def node(self, *path: str | int) -> Node:
        """The node at a path, which need not exist: it then points at the longest prefix that does."""
        return Node(self, path)

    def annotation(self, key: str) -> Node:
        """The node of one annotation."""
        return Node(self, ("metadata", "annotations", key))

    @property
    def label(self) -> str:
        """How text speaks of it: `Service prod/web`, `Service web` when the namespace is not said."""
        name = self.name or "(no name)"
        if self.kind in PSEUDO_KINDS:
            return self.document.source.path
        return f"{self.kind} {self.namespace}/{name}" if self.namespace else f"{self.kind} {name}"


def text_resource(source: SourceFile, kind: str, *, targeted: bool) -> Resource:
    """A file that is one text as a resource of a pseudo kind; its text stands at `("text",)`."""
    value = {"kind": kind, "metadata": {"name": source.path}, "text": source.text}
    return Resource(TextDocument(source, "text"), value, targeted=targeted)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
