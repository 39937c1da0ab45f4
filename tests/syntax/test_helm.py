"""The chart file that a rendered document names."""

from __future__ import annotations

import pytest

from tkelint.source import SourceFile
from tkelint.syntax.helm import template_of
from tkelint.syntax.yaml import parse


def templates(text: str) -> list[str | None]:
    return [template_of(document) for document in parse(SourceFile("rendered.yaml", text)).documents]


def test_each_rendered_document_names_its_template() -> None:
    text = (
        "---\n# Source: web/templates/service.yaml\nkind: Service\n"
        "---\n# Source: web/charts/redis/templates/a b.yaml  \nkind: ConfigMap\n"
    )

    assert templates(text) == ["web/templates/service.yaml", "web/charts/redis/templates/a b.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        "# Source: web/templates/service.yaml\r\nkind: Service\r\n",
        "---\r\n# Source: web/templates/service.yaml\r\nkind: Service\r\n",
        "--- # rendered\n\n# Copyright\n   # more\n# Source: web/templates/service.yaml\n\nkind: Service\n",
        "# Source: web/templates/service.yaml\n# Source: other\nkind: Service\n",
        "# Source: web/templates/service.yaml",
    ],
)
def test_the_first_such_comment_above_the_document_counts(text: str) -> None:
    assert templates(text) == ["web/templates/service.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        "kind: Service\n# Source: web/templates/service.yaml\n",
        "kind: Service # Source: web/templates/service.yaml\n",
        "text: |\n  # Source: web/templates/service.yaml\n",
        "# The Source: somewhere\nkind: Service\n",
        "# Source:\nkind: Service\n",
        "kind: Service\n",
        "# \n" * 10_000 + "kind: Service\n",
    ],
)
def test_any_other_text_names_none(text: str) -> None:
    assert templates(text) == [None]
