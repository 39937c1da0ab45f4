"""The Python API."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tkelint
from tkelint.config import ConfigError

BROKEN = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}, {port: 81}]}\n"


def test_lint_returns_a_report(tmp_path: Path) -> None:
    tmp_path.joinpath("a.yaml").write_text(BROKEN, "utf-8")

    report = tkelint.lint([tmp_path / "a.yaml"], use_config=False)

    assert {finding.rule_id for finding in report.findings} == {"service-port-name-missing"}
    assert tkelint.lint([str(tmp_path)], use_config=False, ignore=["service"]).findings == ()
    assert tkelint.lint([tmp_path], use_config=False, select=["service-port-name-missing"]).findings


def test_lint_reads_the_configuration(tmp_path: Path) -> None:
    tmp_path.joinpath("a.yaml").write_text(BROKEN, "utf-8")
    tmp_path.joinpath("own.yaml").write_text("rules: {service-port-name-missing: {enabled: false}}\n", "utf-8")
    tmp_path.joinpath("bad.yaml").write_text("nothing: 1\n", "utf-8")

    assert tkelint.lint([tmp_path / "a.yaml"], config=tmp_path / "own.yaml").findings == ()
    with pytest.raises(ConfigError):
        tkelint.lint([tmp_path / "a.yaml"], config=tmp_path / "bad.yaml")


def test_importing_costs_nothing() -> None:
    code = "import sys, tkelint; print([name for name in sys.modules if name.startswith('tkelint.')])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
