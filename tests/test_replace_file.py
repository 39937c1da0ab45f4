"""Files are replaced in one step, and only if they are still what was read."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tkelint.replace_file import ChangedMeanwhileError, replace, write_in_one_step

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path.resolve() / "web.yaml"
    path.write_bytes(b"kind: Service\r\n")
    return path


def test_content_changes_and_mode_stays(manifest: Path) -> None:
    manifest.chmod(0o640)

    replace(manifest, b"kind: Service\r\n", b"kind: Pod\r\n")

    assert manifest.read_bytes() == b"kind: Pod\r\n"
    assert stat.S_IMODE(manifest.stat().st_mode) == 0o640
    assert list(manifest.parent.iterdir()) == [manifest]


@pytest.mark.skipif(not IS_ROOT, reason="only root may give files away")
def test_owner_stays(manifest: Path) -> None:
    os.chown(manifest, 1234, 4321)

    replace(manifest, b"kind: Service\r\n", b"new")

    assert (manifest.stat().st_uid, manifest.stat().st_gid) == (1234, 4321)


def test_file_changed_meanwhile_is_not_overwritten(manifest: Path) -> None:
    with pytest.raises(ChangedMeanwhileError):
        replace(manifest, b"kind: Deployment\n", b"new")

    assert manifest.read_bytes() == b"kind: Service\r\n"


def test_link_that_took_the_place_of_the_file_is_not_followed(manifest: Path) -> None:
    elsewhere = manifest.with_name("elsewhere.yaml")
    manifest.rename(elsewhere)
    manifest.symlink_to(elsewhere)

    with pytest.raises(ChangedMeanwhileError):
        replace(manifest, b"kind: Service\r\n", b"new")

    assert elsewhere.read_bytes() == b"kind: Service\r\n"


def test_link_that_took_the_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    real, folder = tmp_path.resolve() / "real", tmp_path.resolve() / "folder"
    real.mkdir()
    real.joinpath("web.yaml").write_bytes(b"old")
    folder.symlink_to(real, target_is_directory=True)

    with pytest.raises(ChangedMeanwhileError):
        replace(folder / "web.yaml", b"old", b"new")

    assert real.joinpath("web.yaml").read_bytes() == b"old"


@pytest.mark.skipif(IS_ROOT, reason="root may write everything")
def test_file_that_may_not_be_written_is_not_replaced(manifest: Path) -> None:
    manifest.chmod(0o444)

    with pytest.raises(PermissionError):
        replace(manifest, b"kind: Service\r\n", b"new")


def test_failing_write_leaves_the_file_and_nothing_else(manifest: Path) -> None:
    def pieces() -> list[bytes]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_in_one_step(manifest, (piece for _ in [0] for piece in pieces()))

    assert manifest.read_bytes() == b"kind: Service\r\n"
    assert list(manifest.parent.iterdir()) == [manifest]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_killed_at_any_time_the_file_is_whole(manifest: Path) -> None:
    old, new = b"a" * 5_000_000, b"b" * 5_000_000
    manifest.write_bytes(old)
    program = textwrap.dedent(f"""
        from pathlib import Path
        from tkelint.replace_file import replace
        path, old, new = Path({str(manifest)!r}), b"a" * 5_000_000, b"b" * 5_000_000
        print("ready", flush=True)
        while True:
            replace(path, old, new)
            replace(path, new, old)
    """)
    for delay in (0.001, 0.004, 0.011, 0.017, 0.023):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()

        assert manifest.read_bytes() in (old, new)
        manifest.write_bytes(old)
