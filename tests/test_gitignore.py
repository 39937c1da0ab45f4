"""Ignore files against Git itself: what it says of a path is the truth, whatever the documentation says."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tkelint.gitignore import IgnoreRules, ignore_lines

# A developer's own ignore files must not decide what these tests see.
ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "XDG_CONFIG_HOME": os.devnull}

# What people write. Where pathspec and Git differ beyond it (`[!a]` and a slash, `[[:alpha:]]`, two stars that are no
# whole part, escapes, `!` on folders), the library decides.
PIECES = ["a", "b", "ab", ".yaml", "*", "?", "[ab]", "[a-c]"]
PARTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join).filter(lambda part: "**" not in part)
NAMES = ["a", "b", "ab", "ba", "abc", "a.yaml", "a b", "1"]
LINES = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/", "**/"]),
    st.lists(PARTS, min_size=1, max_size=3) | st.tuples(PARTS, st.just("**"), PARTS),
    st.sampled_from(["", "/", "/**", "/**/"]),
)
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True, env=ENVIRONMENT)
        yield Path(folder)


def ignored_by_git(repository: Path, paths: list[str]) -> set[str]:
    """What `git check-ignore` says of paths that need not exist."""
    output = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=repository,
        input=b"".join(os.fsencode(path) + b"\0" for path in paths),
        capture_output=True,
        check=False,
        env=ENVIRONMENT,
    ).stdout
    return {os.fsdecode(path) for path in output.split(b"\0") if path}


@settings(deadline=None, max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=6), st.lists(PATHS, min_size=1, max_size=20, unique=True))
def test_patterns_decide_as_git_does(repository: Path, lines: list[str], paths: list[str]) -> None:
    text = "\n".join(lines).encode()
    (repository / ".gitignore").write_bytes(text)
    rules = IgnoreRules(ignore_lines(text))
    assume(not rules.refused)

    ignored = {path for path in paths if rules.covers(path)}

    assert ignored == ignored_by_git(repository, paths)


@pytest.mark.parametrize(
    ("lines", "path", "ignored"),
    [
        ("*.yaml", "deep/down/a.yaml", True),
        ("/*.yaml", "deep/a.yaml", False),
        ("build/", "src/build/a.yaml", True),
        ("src/build", "other/src/build", False),
        ("**/vendor/**", "vendor/a.yaml", True),
        ("deploy/**/x.yaml", "deploy/x.yaml", True),
        ("*.yaml\n!keep.yaml", "keep.yaml", False),
        ("secrets/\n!secrets/keep.yaml", "secrets/keep.yaml", True),
        ("secrets/**\n!secrets/keep.yaml", "secrets/keep.yaml", False),
        ("secrets/**", "secrets/deep/a.yaml", True),
        ("**/", "deep/a.yaml", True),
        ("**/", "a.yaml", False),
        ("# a.yaml", "# a.yaml", False),
        ("\\#a.yaml", "#a.yaml", True),
        ("a.yaml  ", "a.yaml", True),
        ("a.yaml\\ ", "a.yaml ", True),
        ("a.yaml\r\nb.yaml\r\n", "a.yaml", True),
        ("\ufeffa.yaml", "a.yaml", True),
        ("", "a.yaml", False),
        ("!", "a.yaml", False),
        ("/", "a.yaml", False),
    ],
)  # fmt: skip
def test_lines_mean_what_the_manual_says(lines: str, path: str, ignored: bool) -> None:
    rules = IgnoreRules(ignore_lines(lines.encode()))

    assert rules.covers(path) is ignored


def test_a_name_that_is_no_text_can_be_ignored() -> None:
    rules = IgnoreRules(ignore_lines(b"\xff*.yaml\n"))

    assert rules.covers(os.fsdecode(b"\xffa.yaml"))


def test_the_last_line_decides_be_it_about_names_or_paths() -> None:
    assert not IgnoreRules(["/deploy/*", "!web.yaml"]).covers("deploy/web.yaml")
    assert IgnoreRules(["!web.yaml", "/deploy/*"]).covers("deploy/web.yaml")


@pytest.mark.parametrize("line", ["*a" * 100 + "b", "/" + "**/a/" * 100 + "b", "**/*a*a*a*", "x/*a*b*/y"])
def test_patterns_that_could_take_hours_are_refused(line: str) -> None:
    rules = IgnoreRules([line, "*.tmp"])

    assert rules.refused == (line,)
    assert rules.decide("a.tmp", is_folder=False)


def test_patterns_beyond_a_thousand_are_refused() -> None:
    rules = IgnoreRules([f"*.{number}" for number in range(1_200)])

    assert len(rules.refused) == 200


@pytest.mark.parametrize("line", ["*.py[cod]", "**/vendor/**", "*_*.yaml", "/a/*/b/*/c/*.yaml", "*~"])
def test_ordinary_patterns_are_not_refused(line: str) -> None:
    assert IgnoreRules([line]).refused == ()
