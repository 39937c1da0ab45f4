"""Whose Ingress is it: classes that contradict each other, that nobody serves, that someone else takes.

TKE's controller serves the class `qcloud` and, unless another class is the default, Ingresses without any:
https://cloud.tencent.com/document/product/457/45685. Every other name is another controller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.ingress_backends import edits_to_latest
from tkelint.ingresses import Owner
from tkelint.problem import Addition, Edit, Fix, Problem, Related, Removal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_LATEST = "networking.k8s.io/v1"
_MOST_RELATED = 5
_SIMILAR = 0.8  # `gcloud` and `qclod` are, `cloud-b` is not


def conflict(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The annotation and the field at once. The API server compares them when an Ingress is created."""
    annotation, field = ingress.annotation(ingresses.CLASS), ingress.node("spec", "ingressClassName")
    values = (annotation.value, field.value)
    if ingress.is_exported or not all(isinstance(each, str) and each for each in values):
        return
    if any(services.is_placeholder(each) for each in values):
        return
    same = annotation.value == field.value
    is_standard = workspace.facts.equals("clusterKind", "serverless") is False
    yield Problem(
        node=annotation,
        message="same" if same else "different",
        likelihood="possible" if same else "certain",
        parameters={"ingress": ingress.label, "annotation": annotation.value, "field": field.value},
        related=(Related(field, "field", {"name": field.value}),),
        # The controller of a serverless cluster reads the annotation alone.
        fix=Fix((Removal(annotation),)) if same and is_standard else None,
    )


def implicit_foreign(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """No class, and an annotation that only another controller reads."""
    found = ingresses.other_controller(ingress)
    if found and ingresses.owner(ingress, workspace) is Owner.AMBIGUOUS:
        key, controller = found
        yield Problem(
            node=ingress.annotation(key).key(),
            parameters={"ingress": ingress.label, "key": key, "controller": controller},
        )


def implicit(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """No class at all: whose it is depends on what else the cluster has."""
    if ingresses.owner(ingress, workspace) is Owner.IMPLICIT and ingress.has("spec"):
        yield Problem(node=ingress.node("spec").key(), parameters={"ingress": ingress.label})


def annotation_missing(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An Ingress meant for a CLB of a serverless cluster, whose controller reads the annotation alone."""
    if workspace.facts.value("clusterKind") != "serverless" or ingress.annotations.get(ingresses.CLASS):
        return
    if ingresses.other_controller(ingress):
        return  # Whose it is meant to be is not clear.
    field = ingress.node("spec", "ingressClassName")
    if field.value == ingresses.QCLOUD:
        yield Problem(node=field, message="field", parameters={"ingress": ingress.label})
    elif not field.value and ingresses.states_tke(ingress) and ingresses.owner(ingress, workspace) is Owner.NOBODY:
        yield Problem(
            node=ingress.node("metadata", "annotations").key(), message="none", parameters={"ingress": ingress.label}
        )


def api_version_removed(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An API version that Kubernetes 1.22 no longer serves, or that never was."""
    version = ingress.api_version
    if not version or version == _LATEST or not ingresses.is_served_by_tke(ingress, workspace):
        return
    node = ingress.node("apiVersion")
    if version not in ("extensions/v1beta1", "networking.k8s.io/v1beta1"):
        yield Problem(node=node, message="unknown", parameters={"version": version})
        return
    is_removed = workspace.facts.at_least("kubernetesVersion", (1, 22))
    if is_removed is not False:
        yield Problem(
            node=node,
            message="removed" if is_removed else "unless-old",
            likelihood="certain" if is_removed else "likely",
            parameters={"version": version, "cluster": workspace.facts.value("kubernetesVersion") or ""},
            assumed=() if is_removed else ("kubernetesVersion>=1.22",),
            fix=_conversion(ingress, is_certain=is_removed is True),
        )


def _conversion(ingress: Resource, *, is_certain: bool) -> Fix | None:
    """The same Ingress as v1, where every backend is understood. A cluster before 1.19 would not take it."""
    edits: list[Edit | Removal | Addition] = [Edit(ingress.node("apiVersion"), _LATEST)]
    default = ingress.node("spec", "backend")
    backends = [rule.node.child("backend") for rule in ingresses.forwarding_rules(ingress)]
    if default.exists:
        edits.append(Edit(default.key(), "defaultBackend"))
        backends.append(default)
    for backend in backends:
        converted = edits_to_latest(backend)
        if not converted:
            return None
        edits += converted
    edits += [
        Addition(rule.node, "pathType", "ImplementationSpecific")
        for rule in ingresses.forwarding_rules(ingress)
        if rule.node.child("pathType").value is None
    ]
    return Fix(tuple(edits), safe=is_certain)


def undefined(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A class that looks like `qcloud` and is not, or that is none of the IngressClasses that are here."""
    stated = ingresses.class_name(ingress)
    if not stated or stated == ingresses.QCLOUD or services.is_placeholder(stated):
        return
    annotation, field = ingress.annotation(ingresses.CLASS), ingress.node("spec", "ingressClassName")
    node = annotation if annotation.value == stated else field
    parameters = {"ingress": ingress.label, "class": stated, "nearest": ingresses.QCLOUD}
    classes = workspace.of_type("IngressClass")
    if any(each.name == stated for each in classes):
        return
    if _is_meant_for_tke(stated, ingress):
        fix = Fix((Edit(node, ingresses.QCLOUD),))  # It buys a CLB: not safe.
        yield Problem(node=node, message="misspelt", parameters=parameters, fix=fix)
    elif classes and node.path == field.path:
        reference = workspace.find("IngressClass", stated, classes[0])
        nearest = reference.nearest
        if reference.is_missing and nearest:
            related = (Related(nearest.node("metadata", "name"), "nearest"),)
            yield Problem(
                node=node, message="misspelt", parameters={**parameters, "nearest": nearest.name}, related=related
            )
        elif reference.is_missing:
            names = sorted({each.name for each in classes})
            yield Problem(
                node=node, message="undefined", likelihood="possible", parameters={**parameters, "classes": names}
            )


def _is_meant_for_tke(name: str, ingress: Resource) -> bool:
    """Whether a name is `qcloud` in other letters, or nearly so on an Ingress with settings for TKE."""
    short = name.strip().lower()
    if short == ingresses.QCLOUD:
        return True
    if len(short) not in range(5, 8) or not ingresses.states_tke(ingress):
        return False
    import difflib  # noqa: PLC0415 - few names are that similar

    return difflib.SequenceMatcher(None, short, ingresses.QCLOUD).ratio() > _SIMILAR


def default_foreign(ingress_class: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A default class of another controller: it takes the Ingresses without class, those meant for TKE too."""
    node = ingress_class.annotation(ingresses.DEFAULT_CLASS)
    if node.value != "true" or ingress_class.name == ingresses.QCLOUD:
        return
    taken = workspace.once(_classless_with_settings)
    if taken and ingresses.default_class_is_foreign(workspace):
        yield Problem(
            node=node,
            parameters={"class": ingress_class.name, "ingress": taken[0].label, "count": len(taken)},
            related=tuple(
                Related(each.node("metadata", "name"), "taken", {"ingress": each.label})
                for each in taken[:_MOST_RELATED]
            ),
        )


def _classless_with_settings(workspace: Workspace) -> Sequence[Resource]:
    """Ingresses without class that only make sense as TKE's."""
    return [
        each for each in workspace.of_type("Ingress") if not ingresses.class_name(each) and ingresses.states_tke(each)
    ]
