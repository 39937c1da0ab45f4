"""What the configuration says of charts, and the paths in it: a pull request may write them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tkelint.config.model import ChartSettings
from tkelint.config.problems import shown
from tkelint.gitignore import is_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tkelint.config.model import Config
    from tkelint.config.problems import Complaints
    from tkelint.syntax.document import FieldPath


def chart_settings(value: Mapping[str, Any], path: FieldPath, base: Config, complaints: Complaints) -> ChartSettings:
    """An entry of `charts`, as far as it is sound."""
    folder = inner_path(value.get("path", ""), (*path, "path"), base, complaints)
    listed = [((*path, "values", index), each) for index, each in enumerate(value.get("values", ())) if each]
    return ChartSettings(
        path=_normal(folder or ""),
        name=value.get("name", ""),
        values=tuple(_normal(each) for each in inner_paths(listed, base, complaints)),
        set=tuple(each for each in value.get("set", ()) if each),
        release=value.get("release", ""),
        namespace=value.get("namespace"),
        kube_version=value.get("kubeVersion", ""),
        api_versions=tuple(each for each in value.get("apiVersions", ()) if each),
    )


def inner_paths(entries: Iterable[tuple[FieldPath, Any]], base: Config, complaints: Complaints) -> tuple[str, ...]:
    """The paths among entries that do not lead out of the project."""
    found = (inner_path(text, path, base, complaints) for path, text in entries)
    return tuple(text for text in found if text is not None)


def inner_path(text: str, path: FieldPath, base: Config, complaints: Complaints) -> str | None:
    """A path, if it does not lead out of the project."""
    if Path(text).is_absolute():
        complaints.add(path, "absolute-path", value=shown(text))
    elif not is_within(os.path.normpath(base.root / text), str(base.boundary)):
        complaints.add(path, "outside", value=shown(text))
    else:
        return text
    return None


def _normal(path: str) -> str:
    return os.path.normpath(path).replace(os.sep, "/")
