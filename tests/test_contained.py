"""Other programs run bounded, and see nothing of the user's settings."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from tkelint.contained import Limits, run_contained


def python(code: str, limits: Limits | None = None) -> tuple[int, str, str, str]:
    """What a Python program comes to."""
    outcome = run_contained([sys.executable, "-S", "-c", code], folder=Path.cwd(), limits=limits)
    return outcome.status, outcome.output.decode(), outcome.errors.decode(), outcome.stopped


def test_output_errors_and_status_are_those_of_the_program() -> None:
    assert python("import sys; print(1); print(2, file=sys.stderr); sys.exit(3)") == (3, "1\n", "2\n", "")


def test_a_program_that_takes_too_long_is_stopped_with_its_children() -> None:
    code = "import os, time\nos.fork() if hasattr(os, 'fork') else 0\ntime.sleep(60)"
    before = time.monotonic()

    assert python(code, Limits(seconds=0.5))[3] == "time"
    assert time.monotonic() - before < 20


def test_a_program_that_prints_too_much_is_stopped() -> None:
    assert python("while True: print('x' * 1000)", Limits(output=10_000))[3] == "size"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of another process")
def test_memory_is_bounded() -> None:
    code = "import time; time.sleep(0.3); x = bytearray(2**30)"

    status, _, errors, _ = python(code, Limits(memory=2**28))

    assert status != 0
    assert "MemoryError" in errors


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the processor time of another process")
def test_a_program_ends_by_itself_where_nobody_is_left_to_stop_it() -> None:
    code = "import resource, time; time.sleep(0.3); print(resource.getrlimit(resource.RLIMIT_CPU)[1])"

    _, output, _, _ = python(code, Limits(seconds=2))

    assert int(output) == 2 * (os.cpu_count() or 1) + 1


def test_nothing_of_the_environment_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    code = "import os; print(sorted(os.environ.items()))"

    _, output, _, _ = python(code)

    assert "geheim" not in output
    assert str(Path.home()) not in output.replace("'TMPDIR'", "")
    assert "http://127.0.0.1:9" in output


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        run_contained(["/nowhere/program"], folder=Path.cwd())
