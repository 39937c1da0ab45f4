"""The compiled rules: what was read once need not be read again, and nothing is ever stale."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tkelint import compiled

FILES = (
    "service/service-port-duplicate.yaml",
    "service/service-port-invalid.yaml",
    "facts/roles.yaml",
    "rule.schema.json",
)


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with few rules."""
    root = tmp_path / "rules"
    for name in FILES:
        root.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(compiled.RULES / name, root / name)
    monkeypatch.setattr(compiled, "RULES", root)
    monkeypatch.setattr(compiled, "COMPILED", tmp_path / "compiled")
    monkeypatch.setattr(compiled, "PACKAGE", tmp_path)
    return root


def load() -> compiled.Compiled:
    loaded: compiled.Compiled = compiled.load.__wrapped__()
    return loaded


def read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    names: list[str] = []
    read = compiled.read_yaml

    def watched(path: Path) -> object:
        names.append(path.name)
        return read(path)

    monkeypatch.setattr(compiled, "read_yaml", watched)
    return names


def touch(path: Path) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))


def test_only_what_was_touched_is_read_again(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load()
    names = read_files(monkeypatch)
    assert load() == before
    assert names == []

    path = rules / "service/service-port-duplicate.yaml"
    path.write_text(path.read_text("utf-8").replace("severity: error", "severity: note"), "utf-8")
    touch(path)
    after = load()

    assert names == ["service-port-duplicate.yaml"]
    assert [rule["severity"] for rule in after.rules if rule["id"] == "service-port-duplicate"] == ["note"]
    compiled.COMPILED.unlink()
    assert load() == after


def test_removed_and_added_files_are_seen(rules: Path) -> None:
    load()
    rules.joinpath("service/service-port-invalid.yaml").unlink()
    rules.joinpath("facts/new.yaml").write_text("a: 1\n", "utf-8")

    after = load()

    assert [rule["id"] for rule in after.rules] == ["service-port-duplicate"]
    assert after.parts["facts/new"] == b'{"a":1}'


def test_installation_without_its_file_says_so(rules: Path) -> None:
    rules.joinpath("rule.schema.json").unlink()

    with pytest.raises(FileNotFoundError, match="damaged"):
        load()
