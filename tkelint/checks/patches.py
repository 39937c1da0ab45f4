"""What kustomizations may change in the objects beside them, as far as their texts tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tkelint.workspace import Workspace


def may_be_patched_in(word: str, workspace: Workspace) -> bool:
    """Whether a kustomization or one of its patches speaks of a word, and so may add it to an object."""
    pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return any(pattern.search(text) for text in workspace.once(_texts))


def _texts(workspace: Workspace) -> tuple[str, ...]:
    patches = workspace.kustomizations.patches if workspace.kustomizations else frozenset()
    return tuple(
        reading.source.text
        for reading in workspace.readings
        if reading.source.path in patches or reading.status.reason == "kustomization"
    )
