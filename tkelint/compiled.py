"""The files under `rules/` as one file that loads in a few milliseconds.

Its first line is what every run needs of the rules; each further line holds the texts of one rule or one table of
facts, and is read when somebody asks. A wheel carries only the compiled file. In a checkout it is made again whenever
a file under `rules/` was added, removed or touched, so that it never goes stale; where it cannot be written, it is
compiled in memory.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = Path(__file__).parent
RULES = PACKAGE.parent / "rules"
COMPILED = PACKAGE / "_compiled.jsonl"

# What of a rule file only people read: needed for what is found, not for looking.
TEXTS = ("title", "message", "roles", "why", "remedy", "limits", "references")

_FORMAT = 5  # raise it when the shape of the compiled file changes

# A blank after full-width punctuation, or between two Chinese characters.
_FOLDED_CHINESE = (
    r"(?<=[\u3001-\u3011\uff01-\uff1f]) | (?=[\u3001-\u3011\uff01-\uff1f])|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])"
)


class Compiled(NamedTuple):
    """What is loaded at once, and the lines of the file that are read when somebody asks for one.

    `rules` are what the engine needs of each rule, sorted by id. `parts` are JSON by name: `texts/<rule id>` for what
    people read of a rule, `facts/<table>` for a table.
    """

    rules: list[dict[str, Any]]
    parts: dict[str, bytes]


@functools.cache
def load() -> Compiled:
    """The compiled rules; raises `FileNotFoundError` where an installation lacks them."""
    data = _read_compiled()
    if not RULES.joinpath("rule.schema.json").is_file():
        if data is None:
            raise FileNotFoundError(f"{COMPILED} is missing: the installation is damaged")
        return _unpacked(data)
    stamp = _stamp()
    if data is None or json.loads(data[0])["stamp"] != stamp:
        data = pack(compile_rules(RULES, _unchanged(data, stamp) if data else {}), stamp)
        with contextlib.suppress(OSError):
            write_compiled(data)
    return _unpacked(data)


def table(name: str) -> Any:
    """A table of facts: the content of `rules/facts/<name>.yaml`."""
    return _part(f"facts/{name}")


def texts(rule_id: str) -> dict[str, Any]:
    """What people read of a rule: the keys of `TEXTS` of its file."""
    return dict(_part(f"texts/{rule_id}"))


@functools.cache
def _part(name: str) -> Any:
    return json.loads(load().parts[name])


def compile_rules(root: Path, known: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Read every rule and fact table below `root`. Examples stay behind: only tests and documentation need them.

    `known` has what is read already, by path: reading all 400 files takes seconds, and one was touched.
    """
    rules = [known.get(_name(path, root)) or _compiled_rule(path) for path in sorted(rule_files(root))]
    facts = {path.stem: known.get(_name(path, root)) or read_yaml(path) for path in sorted(root.glob("facts/*.yaml"))}
    return {"rules": sorted(rules, key=lambda rule: str(rule.get("id"))), "facts": facts}


def _compiled_rule(path: Path) -> Any:
    rule = read_yaml(path)
    rule.pop("examples", None)
    rule["folder"] = path.parent.name
    return _without_fold_marks(rule)


def _unchanged(lines: list[bytes], stamp: list[list[Any]]) -> dict[str, Any]:
    """What an older compiled file has of files that are as they were, by path."""
    head = json.loads(lines[0])
    same = {tuple(entry) for entry in head["stamp"] or ()} & {tuple(entry) for entry in stamp}
    names = {name for name, *_ in same}
    parts = dict(zip(head["parts"], lines[1:], strict=True))
    known = {}
    for rule in head["rules"]:
        name = f"{rule['folder']}/{rule['id']}.yaml"
        if name in names:
            known[name] = {**rule, **json.loads(parts[f"texts/{rule['id']}"])}
    for part, line in parts.items():
        if part.startswith("facts/") and f"{part}.yaml" in names:
            known[f"{part}.yaml"] = json.loads(line)
    return known


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


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


def pack(content: dict[str, Any], stamp: Any = None) -> list[bytes]:
    """The lines of the compiled file.

    `stamp` tells for which state of `rules/` it holds; a wheel, which has no `rules/`, needs none.
    """
    rules = [{key: value for key, value in rule.items() if key not in TEXTS} for rule in content["rules"]]
    parts = {f"facts/{name}": each for name, each in content["facts"].items()}
    for rule in content["rules"]:
        parts[f"texts/{rule['id']}"] = {key: rule[key] for key in TEXTS if key in rule}
    head = {"format": _FORMAT, "stamp": stamp, "rules": rules, "parts": list(parts)}
    return [json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode() for each in (head, *parts.values())]


def write_compiled(lines: list[bytes]) -> None:
    """Replace the compiled file in one step, since several processes may do it at once."""
    import tempfile  # noqa: PLC0415 - see read_yaml

    descriptor, name = tempfile.mkstemp(dir=PACKAGE, prefix="_compiled.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"\n".join(lines))
        Path(name).replace(COMPILED)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read_compiled() -> list[bytes] | None:
    """The lines of the compiled file; `None` when there is none, or none of this format."""
    try:
        data = COMPILED.read_bytes()
    except OSError:
        return None
    return data.split(b"\n") if data.startswith(b'{"format":%d,' % _FORMAT) else None


def _unpacked(lines: list[bytes]) -> Compiled:
    head = json.loads(lines[0])
    return Compiled(head["rules"], dict(zip(head["parts"], lines[1:], strict=True)))


def _stamp() -> list[list[Any]]:
    """What tells one state of `rules/` from another: name, time and size of each file."""
    stamp = []
    for folder in sorted(entry.path for entry in os.scandir(RULES) if entry.is_dir()):
        for entry in os.scandir(folder):
            if entry.name.endswith(".yaml"):
                status = entry.stat()
                stamp.append([f"{folder.rpartition(os.sep)[2]}/{entry.name}", status.st_mtime_ns, status.st_size])
    return sorted(stamp)
