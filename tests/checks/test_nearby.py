"""Which objects of a tree are taken to be installed together."""

from __future__ import annotations

import itertools

import pytest

from tests.linting import resource_of
from tkelint.checks.nearby import Neighbourhood, are_installed_together, belong_together, is_in_one_file
from tkelint.resource import Resource


def service(path: str, namespace: str = "", template: str = "") -> Resource:
    source = f"---\n# Source: {template}\n" if template else ""
    metadata = f"{{name: web, namespace: {namespace}}}" if namespace else "{name: web}"
    return resource_of(f"{source}apiVersion: v1\nkind: Service\nmetadata: {metadata}\n", path)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("k8s/a.yaml", "k8s/a.yaml", True),
        ("k8s/a.yaml", "k8s/b.yaml", True),
        ("k8s/a.yaml", "k8s/base/b.yaml", True),
        ("k8s/base/b.yaml", "k8s/a.yaml", True),
        ("a.yaml", "b.yaml", True),
        ("a.yaml", "examples/b.yaml", False),
        ("k8s/a.yaml", "k8s-test/b.yaml", False),
        ("examples/shop/a.yaml", "examples/blog/b.yaml", False),
    ],
)
def test_files_of_one_folder_belong_together(one: str, other: str, together: bool) -> None:
    assert are_installed_together(service(one), service(other)) is together


def test_stated_namespaces_decide_wherever_the_files_lie() -> None:
    assert belong_together(service("a/x.yaml", "prod"), service("b/y.yaml", "prod"))
    assert not belong_together(service("a/x.yaml", "prod"), service("a/x.yaml", "staging"))


def test_unset_namespace_may_be_the_other_one_in_the_same_folder_only() -> None:
    assert belong_together(service("a/x.yaml", "prod"), service("a/y.yaml"))
    assert not belong_together(service("a/x.yaml", "prod"), service("b/y.yaml"))


def test_charts_decide_where_both_objects_come_from_one() -> None:
    web = service("out.yaml", template="web/templates/service.yaml")
    redis = service("out.yaml", template="web/charts/redis/templates/service.yaml")
    blog = service("out.yaml", template="blog/templates/service.yaml")

    assert are_installed_together(web, redis)
    assert not are_installed_together(web, blog)
    assert is_in_one_file(web, redis)
    assert not is_in_one_file(web, blog)
    assert is_in_one_file(web, service("out.yaml"))


def test_neighbourhood_answers_as_comparing_one_by_one_does() -> None:
    paths = (
        "a.yaml",
        "k8s/a.yaml",
        "k8s/base/a.yaml",
        "k8s/base/deep/a.yaml",
        "examples/shop/a.yaml",
        "examples/a.yaml",
    )
    templates = ("", "web/templates/a.yaml", "blog/templates/a.yaml")
    resources = [service(path, template=template) for path, template in itertools.product(paths, templates)]

    for members in itertools.combinations(resources, 2):
        neighbourhood = Neighbourhood(members)
        for resource in resources:
            expected = any(are_installed_together(resource, member) for member in members)
            assert neighbourhood.has(resource) is expected, (resource.document.source.path, resource.template)
