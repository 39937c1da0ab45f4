from __future__ import annotations

from pathlib import Path

import pytest
from samples import place

from tkelint.reporters.places import first_line_of, path_in_repository, uri_in_repository
from tkelint.source import Place, Region, SourceFile, Span

ROOT = Path("/srv/repo/apps/shop")


@pytest.mark.parametrize(
    ("path", "repository", "expected"),
    [
        ("deploy/a.yaml", None, "deploy/a.yaml"),
        ("deploy/a.yaml", ROOT, "deploy/a.yaml"),
        ("deploy/a.yaml", Path("/srv/repo"), "apps/shop/deploy/a.yaml"),
        ("../web/a.yaml", Path("/srv/repo"), "apps/web/a.yaml"),
        ("../../../other/a.yaml", Path("/srv/repo"), "/srv/other/a.yaml"),
        ("../web/a.yaml", None, "/srv/repo/apps/web/a.yaml"),
        ("/etc/a.yaml", None, "/etc/a.yaml"),
    ],
)
def test_path_is_relative_to_the_checkout_where_it_can_be(path: str, repository: Path | None, expected: str) -> None:
    assert path_in_repository(path, ROOT, repository) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("deploy/订单 1.yaml", "deploy/%E8%AE%A2%E5%8D%95%201.yaml"),
        ("a:b#c?d%e.yaml", "a%3Ab%23c%3Fd%25e.yaml"),
        ("undecodable\udcff.yaml", "undecodable%FF.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
        ("../../../../x y.yaml", "file:///x%20y.yaml"),
    ],
)
def test_uri_is_percent_encoded(path: str, expected: str) -> None:
    assert uri_in_repository(path, ROOT, None) == expected


def test_region_is_cut_to_its_first_line() -> None:
    source = SourceFile("a.yaml", "spec:  \n  a: 1\n")

    assert first_line_of(place(source, "spec:  \n  a")) == Region(1, 1, 1, 6)
    assert first_line_of(place(source, "a: 1")) == Region(2, 3, 2, 7)


def test_region_is_never_empty() -> None:
    source = SourceFile("a.yaml", "a:\n")

    assert first_line_of(Place(source, Span(2, 2))) == Region(1, 3, 1, 4)
