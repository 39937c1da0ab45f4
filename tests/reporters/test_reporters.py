"""What holds for every format, and writing to files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import SECRET, finding, place, related, report, shop, span

from tkelint.report import FileState, FileStatus, Report, RuleCrash
from tkelint.reporters import REPORTERS, ReporterOptions, render, write_atomically
from tkelint.source import SourceFile

FORMATS = tuple(REPORTERS)
LANGUAGES = ("en", "zh")


def output(name: str, report: Report, language: str = "en") -> str:
    return "".join(render(name, report, ReporterOptions(language=language, show_files=True, statistics=True)))


@pytest.mark.parametrize("name", FORMATS)
def test_same_report_gives_same_output(name: str) -> None:
    assert output(name, shop()) == output(name, shop())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_every_finding_and_every_unread_file_is_said(name: str, language: str) -> None:
    said = output(name, shop(), language).replace("\\", "")  # Markdown escapes punctuation

    for finding_ in shop().findings:
        assert finding_.rule_id in said
    assert all(f"api-{letter}" in said for letter in "abcde")
    assert "deploy/broken.yaml" in said
    assert "dump.bin" in said
    assert "service-hairpin" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_secret_data_is_in_no_output(name: str, language: str) -> None:
    """The whole value, a line of a block, overlapping spans, and a place inside of one."""
    block = span(SECRET, "|\n    -----BEGIN KEY-----\n    c2VjcmV0LWxpbmU=\n    -----END KEY-----\n")
    secrets = (span(SECRET, "aHVudGVyMg=="), block, span(SECRET, "c2VjcmV0LWxpbmU="), span(SECRET, "swordfish"))
    found = tuple(
        finding(
            f"rule-{index}",
            place(SECRET, needle),
            related=(related(place(SECRET, "c2VjcmV0LWxpbmU="), "Secret prod/tls", "here"),),
            flow=(related(place(SECRET, "aHVudGVyMg=="), "Secret prod/tls", "then here"),),
        )
        for index, needle in enumerate(("aHVudGVyMg==", "VudGVy", "key", "BEGIN", "LWxpbmU", "note: swordfish", "data"))
    )
    masked = report(found)._replace(secrets={SECRET.path: secrets})

    said = output(name, masked, language)

    for leak in ("VudGV", "c2Vjcm", "LWxpb", "BEGIN", "END KEY", "swordfish"):
        assert leak not in said


HOSTILE = "x\x1b[31m\x9b31m\x07\u202e\u2066\u200b\udcff\n::error::pwned\r##[group]y%0A::stop-commands::z"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_text_from_manifests_is_harmless_in_every_output(name: str, language: str) -> None:
    source = SourceFile(f"deploy/{HOSTILE}.yaml", f"# {HOSTILE}\nkind: {HOSTILE}\n")
    found = finding(
        "a-rule",
        place(source, "kind: x"),
        HOSTILE,
        subject=HOSTILE,
        field=HOSTILE,
        template=HOSTILE,
        assumed=(HOSTILE,),
        related=(related(place(source, "# x"), HOSTILE, HOSTILE),),
        flow=(related(place(source, "# x"), HOSTILE, HOSTILE),),
    )
    status = FileStatus(path=HOSTILE, state=FileState.UNREADABLE, reason="not-text", parameters={"detail": HOSTILE})
    crash = RuleCrash(rule_id="a-rule", subject=HOSTILE, path=HOSTILE, error=HOSTILE, traceback=HOSTILE)
    hostile = report((found,))._replace(files=(status,), crashes=(crash,))

    said = output(name, hostile, language)

    said.encode("utf-8")
    assert all(character.isprintable() or character in "\n\u3000" for character in said)
    commands = [line for line in said.splitlines() if line.lstrip().startswith("::")]
    assert [line.partition(" ")[0] for line in commands] == (["::error"] if name == "github" else [])
    assert "##[" not in "".join(line for line in said.splitlines() if line not in commands)


@pytest.mark.parametrize("name", FORMATS)
def test_empty_report_is_no_special_case(name: str) -> None:
    assert output(name, report())


def test_formats_are_imported_when_asked_for() -> None:
    program = (
        "import sys, tkelint.reporters as r;"
        "heavy = {'sarif_om', 'attr', 'json', 'unicodedata'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])


def test_file_is_written_whole_with_its_folders(tmp_path: Path) -> None:
    target = tmp_path / "out" / "report.txt"

    write_atomically(target, iter(["一行\n", "two\n"]))

    assert target.read_bytes() == "一行\ntwo\n".encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~current_umask()


def test_existing_file_keeps_its_permissions_and_link(tmp_path: Path) -> None:
    target, link = tmp_path / "report.txt", tmp_path / "link.txt"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)

    write_atomically(link, ["new"])

    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_failure_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "report.txt"
    target.write_text("old", encoding="utf-8")

    def pieces() -> Iterator[str]:
        yield "new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_atomically(target, pieces())

    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_pipe_is_written_to() -> None:
    reader, writer = os.pipe()

    write_atomically(Path(f"/dev/fd/{writer}"), ["to a pipe"])
    os.close(writer)

    with os.fdopen(reader) as stream:
        assert stream.read() == "to a pipe"


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
