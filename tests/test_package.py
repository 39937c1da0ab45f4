"""What is published: the wheel holds the package and its compiled rules, nothing else, and works on its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest

from tkelint import __version__
from tkelint.compiled import rule_files

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "tkelint"
DATA_FILES = {"tkelint/_compiled.jsonl", "tkelint/py.typed"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> zipfile.ZipFile:
    (path,) = distributions.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def python(distributions: Path, once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The Python of an environment with nothing but the wheel and what it requires."""

    def make(folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        (path,) = distributions.glob("*.whl")
        subprocess.run([str(python_of(folder)), "-m", "pip", "install", "--quiet", str(path)], check=True)

    return python_of(once("installed", make))


def python_of(environment: Path) -> Path:
    return environment.joinpath("Scripts", "python.exe") if os.name == "nt" else environment / "bin" / "python"


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder, by Python 3's own paths only."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(list(map(str, command)), cwd=folder, env=environment, capture_output=True, encoding="utf-8")  # noqa: PLW1510 - the status is what tests look at


def test_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    modules = {path.relative_to(PROJECT).as_posix() for path in PACKAGE.rglob("*.py")}
    suffixes = (".schema.json", ".css", ".html", ".js")
    data = {path.relative_to(PROJECT).as_posix() for path in PACKAGE.rglob("*.*") if path.name.endswith(suffixes)}
    information = f"tkelint-{__version__}.dist-info/"

    names = {name for name in wheel.namelist() if not name.startswith(information)}

    assert names == modules | data | DATA_FILES
    assert f"{information}licenses/LICENSE" in wheel.namelist()


def test_wheel_holds_every_rule(wheel: zipfile.ZipFile) -> None:
    head, *parts = map(json.loads, wheel.read("tkelint/_compiled.jsonl").splitlines())
    named = dict(zip(head["parts"], parts, strict=True))

    ids = {path.stem for path in rule_files()}
    assert {rule["id"] for rule in head["rules"]} == ids
    tables = {path.stem for path in PROJECT.glob("rules/facts/*.yaml")}
    assert set(named) == {f"texts/{each}" for each in ids} | {f"facts/{each}" for each in tables}
    assert all(named[f"texts/{each}"]["title"]["zh"] for each in ids)


def test_metadata_is_complete(wheel: zipfile.ZipFile) -> None:
    metadata: Message = BytesParser().parsebytes(wheel.read(f"tkelint-{__version__}.dist-info/METADATA"))

    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "Apache-2.0"
    lines = metadata.get_all("Requires-Dist", [])
    requirements = {line.partition(">")[0] for line in lines if "extra ==" not in line}
    assert requirements == {"click", "jsonschema", "pathspec", "ruamel-yaml", "ruamel-yaml-clib", "sarif-om"}
    assert "# tkelint" in str(metadata.get_payload())


def test_source_distribution_holds_what_a_build_needs(distributions: Path) -> None:
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"pyproject.toml", "README.md", "LICENSE", "scripts/build_rules.py", "rules/rule.schema.json"} <= names
    assert not [name for name in names if name.startswith(("tests/", "bench/", ".git/", ".cache/"))]


def test_installed_tkelint_knows_its_rules_anywhere(python: Path, tmp_path: Path) -> None:
    result = run(tmp_path, python.with_name("tkelint"), "rules", "--format", "json")

    assert result.returncode == 0, result.stderr
    assert {rule["id"] for rule in json.loads(result.stdout)["rules"]} == {path.stem for path in rule_files()}


def test_installed_tkelint_tells_its_version(python: Path, tmp_path: Path) -> None:
    result = run(tmp_path, python, "-m", "tkelint", "--version")

    assert result.stdout.split() == ["tkelint", __version__]


@pytest.mark.parametrize(("example", "status"), [("shop", 1), ("shop-repaired", 0)])
def test_installed_tkelint_lints_the_examples(python: Path, tmp_path: Path, example: str, status: int) -> None:
    result = run(tmp_path, python.with_name("tkelint"), "--format", "sarif", PROJECT / "examples" / example)

    assert result.returncode == status, result.stderr
    assert json.loads(result.stdout)["version"] == "2.1.0"


def test_installed_tkelint_does_not_take_a_folder_for_its_rules(python: Path, tmp_path: Path) -> None:
    tmp_path.joinpath("rules").mkdir()
    tmp_path.joinpath("rules", "rule.schema.json").write_text("{}")

    result = run(tmp_path, python, "-m", "tkelint", "explain", "service-loopback")

    assert result.returncode == 0, result.stderr
