"""Make the trees that the benchmark lints: a team's manifests, repeated with other names.

Every second application has an Ingress in front of its Service, the others a CLB of their own and a ConfigMap.
"""

from __future__ import annotations

from pathlib import Path

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  namespace: team-{team}
  labels:
    app: app-{number}
    app.kubernetes.io/version: "1.{minor}.0"
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-{number}
  template:
    metadata:
      labels:
        app: app-{number}
    spec:
      containers:
        - name: main
          image: ccr.ccs.tencentyun.com/team-{team}/app-{number}:1.{minor}.0
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: UPSTREAM
              value: http://app-{next}.team-{team}.svc.cluster.local
            - name: VERBOSE
              value: "false"
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{cpu: "1", memory: 512Mi}}
          readinessProbe:
            httpGet: {{path: /healthz, port: http}}
"""

_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: app-{number}
  namespace: team-{team}
  annotations:
    # The CLB binds Pods, not nodes.
    service.cloud.tencent.com/direct-access: "true"
spec:
  type: {type}
  selector:
    app: app-{number}
  ports:
    - name: http
      port: 80
      targetPort: http
      protocol: TCP
"""

_INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app-{number}
  namespace: team-{team}
  annotations:
    kubernetes.io/ingress.class: qcloud
    ingress.cloud.tencent.com/direct-access: "true"
spec:
  rules:
    - host: app-{number}.example.com
      http:
        paths:
          - path: /
            pathType: ImplementationSpecific
            backend:
              service:
                name: app-{number}
                port:
                  number: 80
"""

_CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: app-{number}
  namespace: team-{team}
data:
  LOG_LEVEL: info
  application.properties: |
    server.port=8080
    cache.host=app-{next}.team-{team}.svc.cluster.local
    cache.ttl=30s
"""

_APPLICATIONS_PER_FILE = 5
_FILES_PER_TEAM = 20


def make_tree(folder: Path, resources: int) -> Path:
    """Write manifests with that many resources (a multiple of 15) into a folder; what is there already stays."""
    if folder.is_dir():
        return folder
    for file in range(resources // (3 * _APPLICATIONS_PER_FILE)):
        team = file // _FILES_PER_TEAM
        documents = []
        for number in range(file * _APPLICATIONS_PER_FILE, (file + 1) * _APPLICATIONS_PER_FILE):
            last_of_file = number % _APPLICATIONS_PER_FILE == _APPLICATIONS_PER_FILE - 1
            names: dict[str, int | str] = {
                "number": number,
                "next": number if last_of_file else number + 1,
                "team": team,
                "minor": number % 9,
            }
            has_ingress = number % 2 == 0
            names["type"] = "NodePort" if has_ingress else "LoadBalancer"
            kinds = (_DEPLOYMENT, _SERVICE, _INGRESS if has_ingress else _CONFIG_MAP)
            documents += [template.format(**names) for template in kinds]
        path = folder / f"team-{team}" / f"apps-{file}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("---\n".join(documents), encoding="utf-8")
    return folder
