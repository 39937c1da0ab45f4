"""Bytes that fixtures are about survive a checkout, also where Git turns line ends into those of Windows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from git_command import git

ATTRIBUTES = Path(__file__).parents[1] / ".gitattributes"

CRLF = b"a: 1\r\nb: 2\r\n"
UTF_16 = "a: 中文\r\n".encode("utf-16")


@pytest.mark.parametrize("path", ["tests/fixtures/yaml/windows.yaml", "tests/oracle/corefile/Corefile"])
@pytest.mark.parametrize(
    "content", [CRLF, b"\xef\xbb\xbf" + CRLF, UTF_16, b"a: 1\n"], ids=["crlf", "bom", "utf-16", "lf"]
)
@pytest.mark.parametrize("setting", ["true", "input", "false"])
def test_fixtures_survive_a_checkout(tmp_path: Path, path: str, content: bytes, setting: str) -> None:
    assert checked_out(tmp_path, path, content, setting) == content


@pytest.mark.parametrize("path", [".ci/run", "tkelint/cli.py", "action/requirements.txt"])
def test_other_text_has_the_line_ends_of_unix(tmp_path: Path, path: str) -> None:
    assert checked_out(tmp_path, path, b"a\nb\n", "true") == b"a\nb\n"


def checked_out(folder: Path, path: str, content: bytes, setting: str) -> bytes:
    """A file after it was committed and checked out again, with a value of `core.autocrlf`."""
    repository = folder / "repository"
    file = repository / path
    file.parent.mkdir(parents=True)
    shutil.copy(ATTRIBUTES, repository)
    file.write_bytes(content)
    git(repository, "init", "--quiet")
    git(repository, "-c", f"core.autocrlf={setting}", "-c", "core.safecrlf=false", "add", "--all")
    git(repository, "commit", "--quiet", "--message=One file")
    file.unlink()
    git(repository, "-c", f"core.autocrlf={setting}", "checkout", "--quiet", "--", path)
    return file.read_bytes()
