"""Every format can be written, and read by a parser of its own, of whatever a tree in any shape makes tkelint say."""

from __future__ import annotations

import functools
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import files_of, mutated, objects_below
from tkelint.engine import lint
from tkelint.reporters import REPORTERS, ReporterOptions, render
from tkelint.run import Settings, settle
from tkelint.source import SourceFile

SHOP = Path(__file__).parents[1] / "examples" / "shop"


@functools.cache
def shop() -> list[Any]:
    return objects_below(SHOP)


def read(name: str, written: str) -> None:
    """Raises when a format is not what it should be."""
    match name:
        case "junit" | "checkstyle":
            ET.fromstring(written.encode())  # noqa: S314 - our own text
        case "gitlab" | "json" | "sarif":
            json.loads(written)
        case "html":
            json.loads(written.partition('id="data">')[2].partition("</script>")[0])
        case _:
            written.encode()


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_format_is_written_of_any_tree(data: st.DataObject) -> None:
    tree = data.draw(mutated(shop(), 8))
    config = settle(Settings(paths=(str(SHOP),)))

    report = lint([(SourceFile(path, text), True) for path, text in files_of(tree).items()], config)

    for name in REPORTERS:
        read(name, "".join(render(name, report, ReporterOptions(language="zh"))))
