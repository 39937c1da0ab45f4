"""The process that renders charts ends when nobody is left to stop it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tkelint.charts import child

_BUSY = "import threading, time, child; threading.Thread(target=child._end_with_parent).start(); time.sleep(60)"
_PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
time.sleep(1)
"""


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has process groups")
def test_it_ends_with_its_parent() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(child.__file__).parent)}
    before = time.monotonic()

    # The output of the parent ends when nobody holds it any more, its child neither.
    subprocess.run([sys.executable, "-c", _PARENT, _BUSY], env=environment, stdout=subprocess.PIPE, check=True)

    assert time.monotonic() - before < 40
