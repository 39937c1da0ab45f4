"""Flags of a container's command line, with their places."""

from __future__ import annotations

import pytest

from tests.linting import resource_of
from tkelint.command_line import Flag, flags, words


def found(command: str, args: str = "[]") -> list[Flag]:
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: a\n    command: {command}\n    args: {args}\n"
    return list(flags(resource_of(pod).node("spec", "containers", 0)))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("[kube-proxy, --proxy-mode=ipvs]", [("proxy-mode", "ipvs")]),
        ("[kube-proxy, --proxy-mode, ipvs]", [("proxy-mode", "ipvs")]),
        ("[kube-proxy, -v, '2', --masquerade-all]", [("v", "2"), ("masquerade-all", None)]),
        ("[kube-proxy, --masquerade-all, --v=2]", [("masquerade-all", None), ("v", "2")]),
        ("[kube-proxy, --a=]", [("a", "")]),
        ("[sh, -c, 'kube-proxy --proxy-mode=ipvs --v 2 2>&1']", [("c", "kube-proxy"), ("proxy-mode", "ipvs"), ("v", "2")]),
        ("[sh, -c, \"exec kube-proxy --proxy-mode='ipvs' --x=\\\"a b\\\"; true\"]", [("c", "exec"), ("proxy-mode", "ipvs"), ("x", "a b")]),
        ("[kube-proxy, '-', '--', --1, plain]", []),
        ("text", []),
        ("[1, null, {a: b}]", []),
    ],
)  # fmt: skip
def test_flags_are_found_with_their_values(command: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(flag.name, flag.value) for flag in found(command)] == expected


def test_arguments_follow_the_command() -> None:
    assert [flag.name for flag in found("[kube-proxy, --a]", "[--b]")] == ["a", "b"]


@pytest.mark.parametrize(
    ("command", "flag", "value"),
    [
        ("[kube-proxy, --mode=ipvs]", (27, 38), (34, 38)),
        ("[kube-proxy, --mode, ipvs]", (27, 33), (35, 39)),
        ("[sh, -c, 'kube-proxy --mode=ipvs']", (35, 46), (42, 46)),
        ("[kube-proxy, --mode=]", (27, 34), (27, 34)),
    ],
)
def test_flag_and_value_have_their_own_places(command: str, flag: tuple[int, int], value: tuple[int, int]) -> None:
    last = found(command)[-1]

    assert (last.node.place.region.start_column, last.node.place.region.end_column) == flag
    assert (last.value_node.place.region.start_column, last.value_node.place.region.end_column) == value


def test_value_that_a_variable_fills_in_is_not_literal() -> None:
    assert [flag.is_literal for flag in found("[a, --b=$(MODE), --c=x, --d]")] == [False, True, False]


def test_words_of_a_shell_are_told_apart() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, command: [sh, -c, 'iptables -w; true']}]}\n"

    assert list(words(resource_of(pod).node("spec", "containers", 0))) == ["sh", "-c", "iptables", "-w", "true"]
