"""The files under `rules/` as one JSON file that loads in a few milliseconds.

A wheel carries only the compiled file. In a checkout it is made again whenever a file under `rules/` was added, removed
or touched, so that it never goes stale; where it cannot be written, it is compiled in memory.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parent
RULES = PACKAGE.parent / "rules"
COMPILED = PACKAGE / "_compiled.json"

_FORMAT = 2  # raise it when the shape of the compiled file changes

# A blank after full-width punctuation, or between two Chinese characters.
_FOLDED_CHINESE = (
    r"(?<=[\u3001-\u3011\uff01-\uff1f]) | (?=[\u3001-\u3011\uff01-\uff1f])|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])"
)


@functools.cache
def load() -> dict[str, Any]:
    """`{"rules": [rule, ...], "facts": {table name: table}}`, rules sorted by id and without their examples."""
    compiled = _read_compiled()
    if not RULES.joinpath("rule.schema.json").is_file():
        if compiled is None:
            raise FileNotFoundError(f"{COMPILED} is missing: the installation is damaged")
        return compiled
    stamp = _stamp()
    if compiled is None or compiled.get("stamp") != stamp:
        compiled = compile_rules(RULES)
        with contextlib.suppress(OSError):
            write_compiled(compiled, stamp)
    return compiled


def table(name: str) -> Any:
    """A table of facts: the content of `rules/facts/<name>.yaml`."""
    return load()["facts"][name]


def compile_rules(root: Path) -> dict[str, Any]:
    """Read every rule and fact table below `root`. Examples stay behind: only tests and documentation need them."""
    rules = []
    for path in sorted(rule_files(root)):
        rule = read_yaml(path)
        rule.pop("examples", None)
        rule["folder"] = path.parent.name
        rules.append(_without_fold_marks(rule))
    facts = {path.stem: read_yaml(path) for path in sorted((root / "facts").glob("*.yaml"))}
    return {"rules": sorted(rules, key=lambda rule: str(rule.get("id"))), "facts": facts}


def _without_fold_marks(value: Any) -> Any:
    """The same value without the blanks that folded scalars leave inside Chinese, which has none."""
    if isinstance(value, dict):
        return {key: _without_fold_marks(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_fold_marks(each) for each in value]
    return re.sub(_FOLDED_CHINESE, "", value) if isinstance(value, str) else value


def rule_files(root: Path = RULES) -> Iterator[Path]:
    """Every rule file: `rules/<folder>/<rule id>.yaml`."""
    return (path for path in root.glob("*/*.yaml") if path.parent.name != "facts")


def read_yaml(path: Path) -> Any:
    """One of our own YAML files as plain values (YAML 1.2)."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only a changed checkout pays for it

    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def write_compiled(compiled: dict[str, Any], stamp: Any = None) -> None:
    """Replace the compiled file in one step, since several processes may do it at once.

    `stamp` tells for which state of `rules/` it holds; a wheel, which has no `rules/`, needs none.
    """
    import tempfile  # noqa: PLC0415 - see read_yaml

    descriptor, name = tempfile.mkstemp(dir=PACKAGE, prefix="_compiled.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"format": _FORMAT, "stamp": stamp, **compiled}, file, ensure_ascii=False, separators=(",", ":"))
        Path(name).replace(COMPILED)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read_compiled() -> dict[str, Any] | None:
    try:
        compiled = json.loads(COMPILED.read_bytes())
    except (OSError, ValueError):
        return None
    return compiled if isinstance(compiled, dict) and compiled.get("format") == _FORMAT else None


def _stamp() -> list[list[Any]]:
    """What tells one state of `rules/` from another: name, time and size of each file."""
    stamp = []
    for folder in sorted(entry.path for entry in os.scandir(RULES) if entry.is_dir()):
        for entry in os.scandir(folder):
            if entry.name.endswith(".yaml"):
                status = entry.stat()
                stamp.append([os.path.relpath(entry.path, RULES), status.st_mtime_ns, status.st_size])
    return sorted(stamp)
