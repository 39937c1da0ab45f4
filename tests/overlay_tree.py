"""A base with two overlays that has every way in which kustomize writes a value, and what kustomize built of it.

`tests/fixtures/overlays/prod.yaml` is the output of `kustomize build` 5.5.0 with origin and transformer annotations;
`test_kustomize_still_builds_what_was_recorded` holds it where kustomize is installed.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from tkelint.overlays.find import find_overlays
from tkelint.overlays.fragments import OverlayFiles
from tkelint.overlays.output import rendered_files
from tkelint.reader import kustomizations_in, read_files
from tkelint.rendered import Render
from tkelint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.overlays.find import Overlay

BUILT = Path(__file__).parent / "fixtures" / "overlays" / "prod.yaml"

TREE = {
    path: textwrap.dedent(text)
    for path, text in {
        "base/kustomization.yaml": """\
            resources: [service.yaml, deployment.yaml]
            labels:
              - pairs: {app: web}
                includeSelectors: true
            configMapGenerator:
              - name: dns
                files: [Corefile]
                literals: [MODE=fast]
                envs: [settings.env]
            secretGenerator:
              - name: login
                literals: [password=geheim]
            """,
        "base/Corefile": ".:53 {\n  forward . /etc/resolv.conf\n}\n",
        "base/settings.env": "# of the program\nLEVEL=debug\n",
        "base/service.yaml": """\
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: LoadBalancer
              ports:
                - name: http
                  port: 80
                  targetPort: http
                - name: admin
                  port: 81
                  targetPort: admin
            """,
        "base/deployment.yaml": """\
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                spec:
                  containers:
                    - name: main
                      image: nginx
                      ports: [{name: http, containerPort: 8080}]
                      envFrom: [{configMapRef: {name: dns}}]
            """,
        "overlays/prod/kustomization.yaml": """\
            resources: [../../base]
            namespace: prod
            namePrefix: p-
            commonAnnotations: {team: shop}
            images: [{name: nginx, newTag: "1.2"}]
            replicas: [{name: web, count: 3}]
            patches:
              - path: sidecar.yaml
              - path: ports.json
                target: {kind: Service, name: web}
              - patch: |-
                  apiVersion: v1
                  kind: Service
                  metadata:
                    name: web
                    annotations:
                      service.cloud.tencent.com/direct-access: "true"
            """,
        "overlays/prod/sidecar.yaml": """\
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                spec:
                  containers:
                    - name: sidecar
                      image: proxy:1
            """,
        "overlays/prod/ports.json": """\
            [
              {"op": "replace", "path": "/spec/ports/1/port", "value": 82},
              {"op": "add", "path": "/spec/ports/-", "value": {"name": "late", "port": 90, "targetPort": "late"}}
            ]
            """,
        "overlays/test/kustomization.yaml": """\
            resources: [../../base]
            namespace: test
            """,
    }.items()
}


def overlays_of(tree: Mapping[str, str]) -> tuple[Overlay, ...]:
    """The overlays of texts by path."""
    readings, _ = read_files([(SourceFile(path, text), True) for path, text in tree.items()])
    return find_overlays(kustomizations_in(readings), tree.keys())


def recorded_render(tree: Mapping[str, str], overlay: Overlay, text: str) -> Render:
    """The render that a recorded output of kustomize is."""
    readings, _ = read_files([(SourceFile(path, content), True) for path, content in tree.items()])
    documents = {reading.source.path: reading.documents for reading in readings}
    files = OverlayFiles(
        documents,
        {each.path: each for each in overlay.kustomizations},
        lambda path: SourceFile(path, tree[path]) if path in tree else None,
    )
    return Render(overlay.top.folder, tuple(rendered_files(text, overlay.top, files)), replaces=overlay.inputs)


def write_tree(tree: Mapping[str, str], folder: Path) -> None:
    """Write texts by path into a folder."""
    for path, text in tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
