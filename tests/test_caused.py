"""What a change caused: multisets of findings, compared by what they say."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linting import lint_texts
from tkelint.caused import difference
from tkelint.problem import Finding, Severity

TEXT = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: prod}}
spec: {{ports: [{{port: 80, name: a}}, {{port: 81}}]}}
"""
RULE = "service-port-name-missing"


def findings(*files: tuple[str, str]) -> tuple[Finding, ...]:
    """The finding of each file, given by the Service's name and the folder it lies in."""
    texts = {f"{folder}/{name}.yaml": TEXT.format(name=name) for name, folder in files}
    return lint_texts(texts, rules=[RULE]).findings


FILES = st.frozensets(st.tuples(st.sampled_from(["web", "api"]), st.sampled_from(["a", "b", "c"])), max_size=6)


@settings(deadline=None, max_examples=50)
@given(FILES, FILES)
def test_what_is_caused_gone_and_unchanged_adds_up(
    old: frozenset[tuple[str, str]], new: frozenset[tuple[str, str]]
) -> None:
    before, after = findings(*old), findings(*new)

    found = difference(before, after)

    assert Counter(map(id, (*found.caused, *found.unchanged))) == Counter(map(id, after))
    had, has = (Counter(each.fingerprint for each in side) for side in (before, after))
    assert Counter(each.fingerprint for each in found.caused) == has - had
    assert Counter(each.fingerprint for each in found.gone) == had - has


@settings(deadline=None, max_examples=50)
@given(FILES)
def test_a_tree_causes_nothing_against_itself(files: frozenset[tuple[str, str]]) -> None:
    found = difference(findings(*files), findings(*files))

    assert (found.caused, found.gone) == ((), ())


def test_of_two_alike_the_one_in_a_new_file_is_caused() -> None:
    found = difference(findings(("web", "b")), findings(("web", "a"), ("web", "b")))

    assert [each.place.source.path for each in found.caused] == ["a/web.yaml"]


def test_a_finding_that_became_worse_is_caused() -> None:
    (finding,) = findings(("web", "a"))
    milder = finding._replace(severity=Severity.NOTE)

    assert difference([milder], [finding]).caused == (finding,)
    assert difference([finding], [milder]).unchanged == (milder,)


def test_a_finding_in_one_more_world_is_caused_and_in_a_renamed_one_not() -> None:
    (finding,) = findings(("web", "a"))
    of_one, of_other, of_both = (finding._replace(worlds=names) for names in (("prod",), ("live",), ("prod", "test")))

    assert difference([of_one], [of_both]).caused == (of_both,)
    assert difference([of_one], [of_other]).caused == ()
    assert difference([of_both], [of_one]).caused == ()


def test_many_alike_cost_no_more_than_others() -> None:
    (finding,) = findings(("web", "a"))

    found = difference([finding] * 20_000, [finding] * 30_000)

    assert (len(found.caused), len(found.unchanged), len(found.gone)) == (10_000, 20_000, 0)
