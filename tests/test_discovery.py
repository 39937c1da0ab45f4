"""Discovery: what a tree of files comes to, with Git as the judge of what is ignored."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tkelint.discovery import common_folder, discover, find_root, is_manifest_name
from tkelint.files import FoundFile, SkippedFile, read, read_stream

ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "XDG_CONFIG_HOME": os.devnull}

needs_permissions = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
needs_bytes = pytest.mark.skipif(os.name != "posix", reason="names are bytes only on POSIX")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


def write(root: Path, *paths: str, text: str = "") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def found(root: Path, *paths: str, **options: object) -> list[str]:
    return [file.display for file in discover(paths or (root,), root=root, **options).files]  # type: ignore[arg-type] # options vary


def skipped(root: Path, *paths: str, **options: object) -> dict[str, str]:
    result = discover(paths or (root,), root=root, **options)  # type: ignore[arg-type] # options vary
    return {each.path: each.reason for each in result.skipped}


def test_a_folder_gives_its_manifests_sorted(tree: Path) -> None:
    write(tree, "b.yaml", "a/c.yml", "a/B.YAML", "z.json", "dns/Corefile", "dns/Corefile.prod", "dns/my.corefile")
    write(tree, "README.md", "main.go", "a.yaml.bak", "Corefiles", "yaml")

    files = discover([tree], root=tree).files

    expected = ["a/B.YAML", "a/c.yml", "b.yaml", "dns/Corefile", "dns/Corefile.prod", "dns/my.corefile", "z.json"]
    assert [file.display for file in files] == expected
    assert [file.path for file in files] == [tree.resolve() / path for path in expected]
    assert not any(file.explicit for file in files)


def test_a_named_file_is_found_whatever_its_name_and_ignore_files_say(tree: Path) -> None:
    write(tree, "deploy.txt", "secret.yaml", "other.yaml")
    write(tree, ".gitignore", text="*.yaml\n")

    result = discover(["deploy.txt", "secret.yaml", "."], root=tree)

    assert [(file.display, file.explicit) for file in result.files] == [("deploy.txt", True), ("secret.yaml", True)]
    assert [(each.path, each.reason) for each in result.skipped] == [("other.yaml", "ignored-by-git")]


def test_hidden_folders_are_entered_but_not_those_of_version_control(tree: Path) -> None:
    write(tree, ".helm/templates/a.yaml", ".github/workflows/ci.yml", ".git/x.yaml", ".hg/x.yaml")

    assert found(tree) == [".github/workflows/ci.yml", ".helm/templates/a.yaml"]
    assert skipped(tree) == {}


def test_third_party_folders_are_listed_not_entered(tree: Path) -> None:
    write(tree, "node_modules/x/a.yaml", "infra/.terraform/a.yaml", "a.yaml")

    assert found(tree) == ["a.yaml"]
    assert skipped(tree) == {"node_modules/": "third-party", "infra/.terraform/": "third-party"}
    assert found(tree, "node_modules/x") == ["node_modules/x/a.yaml"]


def test_only_what_might_have_been_linted_is_listed_as_left_out(tree: Path) -> None:
    write(tree, ".gitignore", text="*.log\n*.local.yaml\nbuild/\n")
    write(tree, "a.log", "a.local.yaml", "a.yaml", "build/x.yaml")

    assert found(tree) == ["a.yaml"]
    assert skipped(tree) == {"a.local.yaml": "ignored-by-git", "build/": "ignored-by-git"}
    assert found(tree, respect_gitignore=False) == ["a.local.yaml", "a.yaml", "build/x.yaml"]


def test_ignore_files_above_the_start_hold_up_to_the_git_root(tree: Path) -> None:
    write(tree, ".gitignore", text="outer.yaml\n")
    write(tree, "repo/.git/info/exclude", text="excluded.yaml\n")
    write(tree, "repo/.gitignore", text="/deploy/ignored.yaml\n")
    write(tree, *(f"repo/deploy/{name}.yaml" for name in ("outer", "excluded", "ignored", "kept")))

    assert found(tree, "repo/deploy") == ["repo/deploy/kept.yaml", "repo/deploy/outer.yaml"]


def test_a_worktree_takes_the_exclude_file_of_its_repository(tree: Path) -> None:
    write(tree, "main/.git/info/exclude", text="a.yaml\n")
    write(tree, "main/.git/worktrees/side/commondir", text="../..\n")
    write(tree, "side/.git", text="gitdir: ../main/.git/worktrees/side\n")
    write(tree, "side/a.yaml", "side/b.yaml")

    assert found(tree, "side") == ["side/b.yaml"]


TREE_PIECES = ["a", "b", "ab", "x.yaml", "y.yaml", "build", "*", "**", "*.yaml", "?", "[ab]", "[!a]", "a*", "*b"]
# Files may be brought back, folders not: pathspec and Git differ on what `!folder` means for the entries below it.
PATTERNS = st.builds(
    lambda anchored, parts, folder: "/" * anchored + "/".join(parts) + "/" * folder,
    st.booleans(),
    st.lists(st.sampled_from(TREE_PIECES), min_size=1, max_size=3),
    st.booleans(),
) | st.sampled_from(["!x.yaml", "!*.json", "!/a/y.yaml"])
FOLDERS = st.lists(st.sampled_from(["a", "b", "ab", "build", "c d"]), max_size=3).map("/".join)
FILES = st.builds(
    lambda folder, name: f"{folder}/{name}".lstrip("/"), FOLDERS, st.sampled_from(["x.yaml", "y.yaml", "b.json"])
)


@settings(deadline=None, max_examples=30)
@given(
    files=st.sets(FILES, min_size=3, max_size=15),
    ignore_files=st.dictionaries(FOLDERS, st.lists(PATTERNS, min_size=1, max_size=4), max_size=3),
    exclude=st.lists(PATTERNS, max_size=2),
)
def test_generated_trees_are_read_as_git_lists_them(
    files: set[str], ignore_files: dict[str, list[str]], exclude: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        subprocess.run(["git", "init", "-q", "."], check=True, cwd=root, env=ENVIRONMENT)
        write(root, *files)
        write(root, ".git/info/exclude", text="\n".join(exclude))
        for folder, lines in ignore_files.items():
            write(root, f"{folder}/.gitignore".lstrip("/"), text="\n".join(lines))
        output = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"],
            check=True,
            cwd=root,
            env=ENVIRONMENT,
            capture_output=True,
        ).stdout.decode()

        listed = sorted(path for path in output.split("\0") if path and not path.endswith(".gitignore"))

        assert found(root) == listed


def test_globs_are_expanded_here(tree: Path) -> None:
    write(tree, "deploy/a.yaml", "deploy/prod/b.yaml", "deploy/prod/deep/c.yml", "deploy/dns.conf", "other/a.yaml")

    assert found(tree, "deploy/**/*.yaml") == ["deploy/a.yaml", "deploy/prod/b.yaml"]
    assert found(tree, "*/a.yaml") == ["deploy/a.yaml", "other/a.yaml"]
    assert found(tree, "deploy/*") == ["deploy/a.yaml", "deploy/prod/b.yaml", "deploy/prod/deep/c.yml"]
    assert found(tree, "dep[k-m]oy/p*") == ["deploy/prod/b.yaml", "deploy/prod/deep/c.yml"]
    assert found(tree, "**/*.conf") == ["deploy/dns.conf"]
    assert found(tree, str(tree / "deploy" / "?.yaml")) == ["deploy/a.yaml"]


def test_a_glob_respects_ignore_files_and_says_when_it_finds_nothing(tree: Path) -> None:
    write(tree, ".gitignore", text="build/\n")
    write(tree, "build/a.yaml", "a.yaml")

    assert found(tree, "**/*.yaml") == ["a.yaml"]
    assert skipped(tree, "*.yml") == {"*.yml": "not-found"}
    assert skipped(tree, "nowhere/*.yml") == {"nowhere": "not-found"}


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tree: Path) -> None:
    write(tree, "a[1].yaml", "a1.yaml")

    assert found(tree, "a[1].yaml") == ["a[1].yaml"]


def test_what_does_not_exist_is_said(tree: Path) -> None:
    result = discover(["missing.yaml", "a\0b"], root=tree)

    assert [(each.reason, each.explicit) for each in result.skipped] == [("unreadable", True), ("not-found", True)]


def test_exclude_holds_for_walks_and_on_request_for_named_files(tree: Path) -> None:
    write(tree, "a.yaml", "x/vendor/b.yaml", "vendor/c.yaml", "vendor/keep.yaml", "tests/d.yaml")
    exclude = ["**/vendor/*", "!keep.yaml", "/tests/"]

    assert found(tree, exclude=exclude) == ["a.yaml", "vendor/keep.yaml"]
    assert skipped(tree, exclude=exclude) == {
        "x/vendor/b.yaml": "excluded",
        "vendor/c.yaml": "excluded",
        "tests/": "excluded",
    }
    assert found(tree, "tests/d.yaml", exclude=exclude) == ["tests/d.yaml"]
    assert found(tree, "tests/d.yaml", exclude=exclude, exclude_named=True) == []


def test_patterns_that_no_name_can_match_do_no_harm(tree: Path) -> None:
    write(tree, "a.yaml")

    assert found(tree, exclude=["\ud800", "[", "\\", "a\0"]) == ["a.yaml"]


def test_a_file_named_on_two_ways_is_found_once(tree: Path) -> None:
    write(tree, "deploy/a.yaml")

    result = discover([".", "deploy", "deploy/a.yaml", "./deploy/../deploy/*.yaml"], root=tree)

    assert [(file.display, file.explicit) for file in result.files] == [("deploy/a.yaml", True)]


def test_links_lead_to_the_real_file_once(tree: Path) -> None:
    write(tree, "base/a.yaml", "data/content.txt")
    (tree / "b.yaml").symlink_to("base/a.yaml")
    (tree / "overlay").symlink_to("base")
    (tree / "base" / "loop").symlink_to("..")
    (tree / "c.yaml").symlink_to("data/content.txt")

    assert found(tree) == ["base/a.yaml", "data/content.txt"]
    assert skipped(tree) == {}


def test_a_linked_folder_outside_of_the_walk_is_entered(tree: Path) -> None:
    write(tree, "shared/a.yaml", "shared/.gitignore", "deploy/b.yaml")
    write(tree, "shared/.gitignore", text="ignored.yaml\n")
    write(tree, "shared/ignored.yaml")
    (tree / "deploy" / "shared").symlink_to("../shared")

    assert found(tree, "deploy") == ["deploy/b.yaml", "shared/a.yaml"]
    assert found(tree, "deploy/*") == ["deploy/b.yaml", "shared/a.yaml"]
    assert found(tree, "deploy/**/*.yaml") == ["deploy/b.yaml"]


def test_links_out_of_the_project_are_not_followed(tree: Path) -> None:
    outside = tree.parent / "outside"
    write(outside, "secret.yaml")
    write(tree, "a.yaml")
    (tree / "secret.yaml").symlink_to(outside / "secret.yaml")
    (tree / "deploy").symlink_to(outside)
    (tree / "passwd.txt").symlink_to("/etc/passwd")
    (tree / "passwd.json").symlink_to("/etc/passwd")

    assert found(tree) == ["a.yaml"]
    assert skipped(tree) == {"secret.yaml": "outside-root", "deploy": "outside-root", "passwd.json": "outside-root"}
    # CI names `deploy`; the pull request decides what it is.
    assert found(tree, "deploy", "secret.yaml", "deploy/*.yaml", "deploy/secret.yaml") == []


def test_what_the_user_names_outside_of_the_project_is_read(tree: Path) -> None:
    outside = tree.parent / "outside"
    write(outside, "a.yaml")
    write(tree.parent, "b.yaml")
    (outside / "c.yaml").symlink_to(tree.parent / "b.yaml")

    result = discover([str(outside)], root=tree)

    assert [file.display for file in result.files] == [str(outside.resolve() / "a.yaml")]
    assert [each.reason for each in result.skipped] == ["outside-root"]


def test_what_lies_between_root_and_boundary_is_named_relative_to_the_root(tree: Path) -> None:
    write(tree, "platform/a.yaml", "app/b.yaml")
    (tree / "app" / "c.yaml").symlink_to("../platform/a.yaml")

    result = discover(["app", "platform"], root=tree / "app", boundary=tree, exclude=["platform", "a.yaml"])

    assert [file.display for file in result.files] == ["../platform/a.yaml", "b.yaml"]


def test_links_do_not_lead_into_version_control(tree: Path) -> None:
    write(tree, ".git/config", text="[http] extraheader = AUTHORIZATION: basic c2VjcmV0")
    (tree / "a.yaml").symlink_to(".git/config")
    (tree / "b").symlink_to(".git")

    assert found(tree) == []
    assert found(tree, "a.yaml", "b/config") == []
    assert skipped(tree) == {"a.yaml": "outside-root", "b": "outside-root"}


def test_broken_and_circular_links_are_listed(tree: Path) -> None:
    (tree / "a.yaml").symlink_to("missing.yaml")
    (tree / "b.yaml").symlink_to("c.yaml")
    (tree / "c.yaml").symlink_to("b.yaml")

    assert skipped(tree) == {"a.yaml": "not-found", "b.yaml": "symlink-loop", "c.yaml": "symlink-loop"}


@needs_bytes
def test_special_files_are_skipped_at_once(tree: Path) -> None:
    os.mkfifo(tree / "fifo.yaml")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.yaml")
    (tree / "null.json").symlink_to("/dev/null")

    assert skipped(tree) == {"fifo.yaml": "special-file", "socket.yaml": "special-file", "null.json": "outside-root"}
    assert skipped(tree, "fifo.yaml") == {"fifo.yaml": "special-file"}
    assert read(FoundFile(str(tree / "fifo.yaml"), "fifo.yaml")) == SkippedFile("fifo.yaml", "special-file")


@needs_permissions
def test_unreadable_files_and_folders_are_listed(tree: Path) -> None:
    write(tree, "locked/a.yaml", "b.yaml")
    (tree / "locked").chmod(0)
    (tree / "b.yaml").chmod(0)
    try:
        result = discover(["."], root=tree)
        contents = [read(file) for file in result.files]
    finally:
        (tree / "locked").chmod(0o700)

    assert [(each.path, each.reason) for each in result.skipped] == [("locked/", "permission-denied")]
    assert contents == [SkippedFile("b.yaml", "permission-denied")]


def test_a_folder_that_cannot_be_listed_is_listed_as_such(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, "a.yaml", "locked/b.yaml")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert found(tree) == ["a.yaml"]
    assert skipped(tree) == {"locked/": "permission-denied"}


def test_an_ignore_file_that_is_a_link_is_not_read(tree: Path) -> None:
    write(tree, "rules", text="*.yaml\n")
    write(tree, "a.yaml")
    (tree / ".gitignore").symlink_to("rules")

    assert found(tree) == ["a.yaml"]
    assert skipped(tree) == {".gitignore": "special-file"}


@needs_bytes
def test_names_that_are_no_text_survive(tree: Path) -> None:
    for name in (b"\xff.yaml", b"line\nbreak.yaml", "名.yaml".encode()):
        Path(os.fsdecode(bytes(tree) + b"/" + name)).write_bytes(name)

    files = discover([tree], root=tree).files

    assert [os.fsencode(file.display) for file in files] == [b"line\nbreak.yaml", "名.yaml".encode(), b"\xff.yaml"]
    assert [read(file) for file in files] == [os.fsencode(file.display) for file in files]


def test_the_order_of_listing_does_not_matter(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, "b.yaml", "a/b.yaml", "c/a.yaml", "a-b/x.yaml", ".gitignore")
    write(tree, ".gitignore", text="c/\n")
    (tree / "z").symlink_to("c")
    before = discover([tree], root=tree)
    scandir = os.scandir

    class Reversed:
        def __init__(self, path: str) -> None:
            self.entries = reversed(list(scandir(path)))

        def __enter__(self) -> object:
            return self.entries

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Reversed)

    assert discover([tree], root=tree) == before


def test_reading_stops_at_the_limit(tree: Path) -> None:
    write(tree, "a.yaml", text="12345")
    file = FoundFile(str(tree / "a.yaml"), "a.yaml")

    assert read(file, limit=5) == b"12345"
    assert read(file, limit=4) == SkippedFile("a.yaml", "too-large", {"size": 5, "limit": 4})


def test_reading_does_not_follow_a_link_put_there_later(tree: Path) -> None:
    write(tree, "a.yaml", "b.yaml")
    file = discover(["a.yaml"], root=tree).files[0]
    (tree / "a.yaml").unlink()
    (tree / "a.yaml").symlink_to("b.yaml")

    assert read(file) == SkippedFile("a.yaml", "special-file", {}, explicit=True)


def test_reading_what_is_gone_says_so(tree: Path) -> None:
    assert read(FoundFile(str(tree / "gone.yaml"), "gone.yaml")) == SkippedFile("gone.yaml", "not-found")
    assert read(FoundFile(str(tree), "tree")) == SkippedFile("tree", "special-file")
    assert isinstance(read(FoundFile("a\0b", "a")), SkippedFile)


def test_standard_input_is_read_up_to_the_limit() -> None:
    assert read_stream(io.BytesIO(b"kind: Service"), "-") == b"kind: Service"
    assert read_stream(io.BytesIO(b""), "-") == b""
    assert read_stream(io.BytesIO(b"12345"), "-", limit=4) == SkippedFile(
        "-", "too-large", {"size": 5, "limit": 4}, explicit=True
    )


def test_the_root_is_the_folder_of_the_config_then_of_git_then_the_start(tree: Path) -> None:
    write(tree, "a/b/c.yaml", "a/.tkelint.yaml")

    assert find_root(tree / "a/b", tree / "a/.tkelint.yaml") == (tree / "a").resolve()
    assert find_root(tree / "a/b", None) == (tree / "a/b").resolve()
    (tree / ".git").mkdir()
    assert find_root(tree / "a/b", None) == tree.resolve()
    assert find_root(tree / "a/b", tree / "a/.tkelint.yaml") == (tree / "a").resolve()


def test_the_common_folder_of_the_paths(tree: Path) -> None:
    write(tree, "a/b/c.yaml", "a/d/e.yaml")

    assert common_folder(["a/b/c.yaml", "a/d"]) == tree.resolve() / "a"
    assert common_folder(["a/b/c.yaml"]) == tree.resolve() / "a/b"
    assert common_folder(["a/**/*.yaml"]) == tree.resolve() / "a"
    assert common_folder(["a/missing/x.yaml"]) == tree.resolve() / "a"
    assert common_folder([]) == tree.resolve()


@pytest.mark.parametrize("name", ["Corefile.md", "Corefile", "x.YML", ".yaml"])
def test_names_of_manifests(name: str) -> None:
    assert is_manifest_name(name)


@pytest.mark.parametrize("name", ["corefile", "Corefiles", "Mycorefile", "a.yaml.j2", "json", "a.tf", ""])
def test_other_names(name: str) -> None:
    assert not is_manifest_name(name)


def test_thirty_thousand_files_take_no_time(tree: Path) -> None:
    for folder in range(100):
        (tree / f"team/{folder}").mkdir(parents=True)
        for number in range(300):
            (tree / f"team/{folder}/{number}.yaml").touch()
    write(tree, ".gitignore", text="\n".join(f"name{number}\n*.ext{number}\ntmp{number}-*" for number in range(20)))

    start = time.perf_counter()
    files = discover([tree], root=tree).files

    assert len(files) == 30_000
    assert time.perf_counter() - start < 3  # a third of a second on two slow cores; a busy machine needs more
