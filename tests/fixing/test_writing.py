"""Fixed texts become files: whole, in their encoding, and all files of a fix or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.linting import lint_texts, resources_of
from tkelint.config import config_from
from tkelint.finding import finding_of
from tkelint.fixing import model
from tkelint.fixing.model import FileChange
from tkelint.fixing.writing import write
from tkelint.problem import Edit, Finding, Fix, Problem
from tkelint.rule import load_rules
from tkelint.source import SourceFile, decode

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
RULE = load_rules()["annotation-value-not-string"]
PARAMETERS = {"field": "annotations", "key": "key", "value": "true"}


def change_of(folder: Path, path: str, data: bytes = SERVICE.encode()) -> FileChange:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    before = decode(path, data)
    after = SourceFile(path, before.text.replace("web", "网站"), before.encoding, before.byte_order_mark)
    return FileChange(before, after)


def finding_in(*paths: str) -> Finding:
    edits = [Edit(resources_of(SERVICE, path)[0].node("metadata", "name"), "x") for path in paths]
    problem = Problem(edits[0].node, PARAMETERS, message="boolean", fix=Fix(tuple(edits), safe=True))
    return finding_of(RULE, problem, config_from({}, root=Path()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encoding_and_mark_stay(tmp_path: Path, encoding: str) -> None:
    change = change_of(tmp_path, "web.yaml", SERVICE.replace("\n", "\r\n").encode(encoding))

    assert write([change], [], tmp_path) == {}
    assert (tmp_path / "web.yaml").read_bytes() == SERVICE.replace("\n", "\r\n").replace("web", "网站").encode(encoding)


def test_file_changed_meanwhile_stays(tmp_path: Path) -> None:
    change = change_of(tmp_path, "web.yaml")
    (tmp_path / "web.yaml").write_text("mine", encoding="utf-8")

    faults = write([change], [], tmp_path)

    assert faults == {"web.yaml": model.Fault(model.CHANGED_MEANWHILE, {"path": "web.yaml"})}
    assert (tmp_path / "web.yaml").read_text(encoding="utf-8") == "mine"


def test_files_of_one_fix_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    changes = [change_of(tmp_path, name) for name in ("a.yaml", "b.yaml", "c.yaml", "d.yaml")]
    (tmp_path / "b.yaml").unlink()
    before = (tmp_path / "a.yaml").read_bytes()

    faults = write(changes, [finding_in("a.yaml", "b.yaml"), finding_in("b.yaml", "c.yaml")], tmp_path)

    assert set(faults) == {"a.yaml", "b.yaml", "c.yaml"}
    assert (tmp_path / "a.yaml").read_bytes() == before == (tmp_path / "c.yaml").read_bytes()
    assert "网站" in (tmp_path / "d.yaml").read_text(encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    change = change_of(tmp_path, "deploy/web.yaml")
    (tmp_path / "deploy").chmod(0o555)

    faults = write([change], [], tmp_path)

    assert faults["deploy/web.yaml"].reason == model.NOT_WRITTEN


def test_refused_files_are_told_finding_by_finding(tmp_path: Path) -> None:
    report = lint_texts(SERVICE)
    outcome = model.Outcome(
        (change_of(tmp_path, "a.yaml"),), (finding_in("a.yaml"), finding_in("b.yaml")), (), 0, report
    )

    after = outcome.without({"a.yaml": model.Fault(model.CHANGED_MEANWHILE, {"path": "a.yaml"})})

    assert after.changes == ()
    assert [each.place.source.path for each in after.applied] == ["b.yaml"]
    assert [each.fault.reason for each in after.refused] == [model.CHANGED_MEANWHILE]
