"""How long a preStop hook sleeps."""

from __future__ import annotations

import json

import pytest

from tests.linting import lint_texts


@pytest.mark.parametrize(
    ("command", "is_too_long"),
    [
        (["sleep", "30"], True),
        (["/bin/sleep", "20", "10s"], True),
        (["sleep", "29"], False),
        (["sleep", "1m"], True),
        (["sleep", "infinity"], False),
        (["sleep"], False),
        (["sh", "-c", "sleep 15; sleep 15"], True),
        (["bash", "-ec", "nginx -s quit && sleep 0.5 && sleep 30 # wait"], True),
        (["sh", "-c", "sleep 'unclosed"], False),
        (["sh", "-c", "if true; then sleep 60; fi"], False),
        (["sh", "-c", "sleep 60 &"], False),
        (["sh", "-c", "sleep $(cat /seconds)"], False),
        (["sh", "-c", "sleep ${SECONDS}"], False),
        (["sh", "-c", "echo " + "x" * 6000 + "; sleep 60"], False),
        (["sh", "/stop.sh", "60"], False),
        (["sh", "-c", 60], False),
        (["python", "-c", "sleep 60"], False),
    ],
)
def test_sleep_is_added_up_where_a_hook_shows_it(command: list[object], is_too_long: bool) -> None:
    text = f"""
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec: {{containers: [{{name: web, image: "web:1", lifecycle: {{preStop: {{exec: {{command: {json.dumps(command)}}}}}}}}}]}}
"""

    report = lint_texts(text, rules={"workload-pre-stop-too-long"})

    assert report.crashes == ()
    assert bool(report.findings) is is_too_long


def test_hooks_of_other_shapes_say_nothing() -> None:
    for hook in ("{}", "[]", "{exec: {}}", "{sleep: {seconds: x}}", "{exec: {command: sleep}}"):
        text = (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
            f"spec: {{containers: [{{name: web, lifecycle: {{preStop: {hook}}}}}]}}\n"
        )

        assert lint_texts(text, rules={"workload-pre-stop-too-long"}).findings == ()
