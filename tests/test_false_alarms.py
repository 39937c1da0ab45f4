"""What a naive linter gets wrong: real shapes of real repositories that must not be reported.

Each test is one kind of mistake, seen in public repositories. All rules run; nothing at `warning` or above may be said.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from tests.linting import lint_texts
from tkelint.problem import Severity
from tkelint.reader import FileState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.problem import Finding
    from tkelint.report import Report

IPVS: dict[str, Any] = {"cluster": {"kubeProxyMode": "ipvs"}}


def lint(files: str | Mapping[str, str], config: Mapping[str, Any] | None = None) -> Report:
    texts = (
        textwrap.dedent(files)
        if isinstance(files, str)
        else {path: textwrap.dedent(text) for path, text in files.items()}
    )
    report = lint_texts(texts, config)
    assert report.crashes == ()
    return report


def alarms(report: Report) -> list[str]:
    return [
        f"{_where(finding)} {finding.rule_id}: {finding.message['en']}"
        for finding in report.findings
        if _is_alarm(finding)
    ]


def _is_alarm(finding: Finding) -> bool:
    return finding.severity.rank <= Severity.WARNING.rank


def _where(finding: Finding) -> str:
    return f"{finding.place.source.path}:{finding.place.region.start_line}"


def states(report: Report) -> dict[str, tuple[FileState, str]]:
    return {status.path: (status.state, status.reason) for status in report.files}


def test_01_braces_do_not_make_a_template() -> None:
    report = lint(
        {
            "rules.yaml": """\
                apiVersion: monitoring.coreos.com/v1
                kind: PrometheusRule
                metadata: {name: disk, namespace: monitoring}
                spec:
                  groups:
                    - name: disk
                      rules:
                        - alert: DiskFull
                          expr: disk_free < 1
                          annotations: {summary: "Disk of {{ $labels.instance }} is full"}
                """,
            "workflow.yaml": """\
                apiVersion: argoproj.io/v1alpha1
                kind: Workflow
                metadata: {generateName: build-}
                spec: {entrypoint: main, templates: [{name: main, container: {image: "{{inputs.parameters.image}}"}}]}
                """,
            "policy.yaml": """\
                apiVersion: kyverno.io/v1
                kind: ClusterPolicy
                metadata: {name: registry}
                spec: {rules: [{name: a, validate: {message: "not {{request.object.metadata.name}}", pattern: {}}}]}
                """,
            "chart/templates/service.yaml": """\
                apiVersion: v1
                kind: Service
                metadata:
                  name: {{ include "web.fullname" . }}
                  {{- with .Values.annotations }}
                  annotations: {{- toYaml . | nindent 4 }}
                  {{- end }}
                """,
        }
    )

    assert alarms(report) == []
    assert states(report) == {
        "chart/templates/service.yaml": (FileState.UNREADABLE, "helm-template"),
        "policy.yaml": (FileState.LINTED, ""),
        "rules.yaml": (FileState.LINTED, ""),
        "workflow.yaml": (FileState.LINTED, ""),
    }


def test_02_selector_may_pick_pods_that_no_manifest_shows() -> None:
    report = lint("""\
        apiVersion: v1
        kind: Service
        metadata: {name: mysql, namespace: prod}
        spec: {selector: {mysql.oracle.com/cluster: mysql, component: mysqld}, ports: [{port: 3306}]}
        ---
        apiVersion: mysql.oracle.com/v2
        kind: InnoDBCluster
        metadata: {name: mysql, namespace: prod}
        spec: {instances: 3}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: kube-scheduler, namespace: kube-system, labels: {k8s-app: kube-scheduler}}
        spec: {clusterIP: None, selector: {component: kube-scheduler}, ports: [{name: http-metrics, port: 10251}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: database, namespace: prod}
        spec: {type: ExternalName, externalName: db.example.com}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: outside, namespace: prod}
        spec: {ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: redis-master, namespace: cache}
        spec: {selector: {app: redis, redis-role: master}, ports: [{port: 6379}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: redis, namespace: cache}
        spec:
          serviceName: redis
          selector: {matchLabels: {app: redis}}
          template: {metadata: {labels: {app: redis}}, spec: {containers: [{name: redis, image: "redis:7"}]}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: prod}
        spec:
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "web:1"}]}}
        """)

    assert alarms(report) == []


def test_03_missing_namespace_is_not_default() -> None:
    report = lint("""\
        ---
        # Source: shop/templates/service.yaml
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
        ---
        # Source: shop/templates/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1", ports: [{name: http, containerPort: 8080}]}]}
        ---
        # Source: shop/templates/ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, annotations: {ingress.cloud.tencent.com/tke-service-config: web}}
        spec:
          ingressClassName: qcloud
          rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]
        ---
        # Source: shop/templates/config.yaml
        apiVersion: cloud.tencent.com/v1alpha1
        kind: TkeServiceConfig
        metadata: {name: web, namespace: shop}
        spec: {loadBalancer: {l7Listeners: [{protocol: HTTP, port: 80}]}}
        ---
        # Source: shop/templates/default.yaml
        apiVersion: v1
        kind: Service
        metadata: {name: other, namespace: default}
        spec: {ports: [{port: 80}]}
        """)

    assert alarms(report) == []


def test_04_other_object_may_be_elsewhere() -> None:
    report = lint({
        "ingress.yaml": """\
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: shop
              namespace: shop
              annotations:
                kubernetes.io/ingress.class: qcloud
                ingress.cloud.tencent.com/tke-service-config: shop
            spec:
              tls: [{hosts: [shop.example.com], secretName: shop-cert}]
              rules:
                - host: shop.example.com
                  http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
            """,
        "monitoring.yaml": """\
            apiVersion: v1
            kind: Service
            metadata: {name: grafana, namespace: monitoring}
            spec: {selector: {app: grafana}, ports: [{port: 3000}]}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: grafana, namespace: monitoring}
            stringData: {password: example}
            """,
        "client.yaml": """\
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: client, namespace: shop}
            spec:
              template:
                metadata: {labels: {app: client}}
                spec:
                  containers:
                    - name: client
                      image: client:1
                      env: [{name: DB, value: "db.data.svc.cluster.local:5432"}]
                      envFrom: [{configMapRef: {name: elsewhere}}]
            """,
    })  # fmt: skip

    assert alarms(report) == []


def test_05_existing_clb_is_neither_internal_nor_public() -> None:
    report = lint(
        """\
        apiVersion: v1
        kind: Service
        metadata: {name: existing, namespace: prod, annotations: {service.kubernetes.io/tke-existed-lbid: lb-6swtabcd}}
        spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: plain, namespace: prod}
        spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: existing
          namespace: prod
          annotations: {kubernetes.io/ingress.class: qcloud, kubernetes.io/ingress.existLbId: lb-6swtabce}
        spec:
          rules:
            - host: web.example.com
              http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: plain, port: {number: 80}}}}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: prod}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1", env: [{name: API, value: "http://web.example.com"}]}]}
        """,
        IPVS,
    )

    assert alarms(report) == []


def test_06_tke_key_is_no_proof_of_class_qcloud() -> None:
    report = lint("""\
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: shop
          namespace: prod
          annotations:
            kubernetes.io/ingress.class: nginx
            kubernetes.io/ingress.rule-mix: "false"
            kubernetes.io/ingress.subnetId: subnet-5a6b7c8d
            nginx.ingress.kubernetes.io/rewrite-target: /
        spec:
          rules:
            - host: shop.example.com
            - host: shop.example.com
              http:
                paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: missing, port: {number: 80}}}}
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 1234}}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: prod}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        """)

    assert alarms(report) == []


@pytest.mark.parametrize(
    ("image", "command"),
    [
        ("ccr.ccs.tencentyun.com/tkeimages/hyperkube:v1.18.4-tke.1", "[kube-scheduler, --leader-elect=true]"),
        ("registry-vpc.cn-hangzhou.aliyuncs.com/acs/kube-proxy:v1.18.8-aliyun.1", "[kube-proxy, --proxy-mode=ipvs]"),
        (
            "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.18.9-eksbuild.6",
            "[kube-proxy, --proxy-mode=ipvs]",
        ),
        ("gke.gcr.io/kube-proxy-amd64:v1.18.17-gke.1662000", "[kube-proxy, --proxy-mode=ipvs]"),
        ("vke-cn-beijing.cr.volces.com/vke/kube-proxy:v1.20.15-vke.9", "[kube-proxy, --proxy-mode=ipvs]"),
        ("ccr.ccs.tencentyun.com/tkeimages/hyperkube:v1.14.3-tke.22.eks.1", "[kube-proxy, --proxy-mode=ipvs]"),
        ("ccr.ccs.tencentyun.com/tkeimages/hyperkube:v1.18.4-tke.14-eks.1-dirty", "[kube-proxy, --proxy-mode=ipvs]"),
        ("ccr.ccs.tencentyun.com/tkeimages/kube-proxy:v1.34.1-tke.5", "[kube-proxy, --proxy-mode=ipvs]"),
    ],
)
def test_07_image_is_no_component(image: str, command: str) -> None:
    name = "kube-proxy" if "kube-proxy" in command else "tke-scheduler"
    report = lint(f"""\
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {{name: {name}, namespace: kube-system}}
        spec:
          selector: {{matchLabels: {{k8s-app: {name}}}}}
          template:
            metadata: {{labels: {{k8s-app: {name}}}}}
            spec: {{containers: [{{name: {name}, image: "{image}", command: {command}}}]}}
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: web
          namespace: prod
          annotations:
            service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d
            service.cloud.tencent.com/prevent-loopback: "true"
        spec: {{type: LoadBalancer, selector: {{app: web}}, ports: [{{port: 80}}]}}
        """)

    assert alarms(report) == []


def test_08_same_object_twice_is_an_alternative() -> None:
    service = """\
        apiVersion: v1
        kind: Service
        metadata: {{name: web, annotations: {annotations}}}
        spec: {{type: LoadBalancer, selector: {{app: web}}, ports: [{{port: 80, targetPort: 8080, nodePort: 30080}}]}}
        """
    deployment = """\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1", ports: [{containerPort: 8080}]}]}
        """
    ingress = """\
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          ingressClassName: qcloud
          rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
        """
    report = lint(
        {
            "deploy/public.yaml": service.format(annotations="{}"),
            "deploy/internal.yaml": service.format(
                annotations="{service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d}"
            ),
            "deploy/existing.yaml": service.format(annotations="{service.kubernetes.io/tke-existed-lbid: lb-6swtabcd}"),
            "deploy/web.yaml": deployment,
            "deploy/ingress.yaml": ingress,
            "base/web.yaml": deployment,
            "overlays/prod/web.yaml": deployment,
        }
    )

    assert alarms(report) == []


def test_09_not_everything_is_kubernetes() -> None:
    report = lint(
        {
            "chart/values.yaml": "image: web\nservice:\n  type: LoadBalancer\n  port: '80'\n  annotations: [a]\n",
            "docker-compose.yml": "version: '3'\nservices:\n  web: {image: web, ports: ['80:80']}\n",
            ".github/workflows/ci.yml": "on: push\njobs: {build: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n",
            "playbook.yml": "- hosts: all\n  tasks: [{name: a, shell: date}]\n",
            "tsconfig.json": '{\n  // Options\n  "compilerOptions": {"strict": true,},\n}\n',
            "nginx.conf.template": "server { listen ${PORT}; location / { proxy_pass http://web; } }\n",
            "config.yaml": "apiVersion: 1\nproviders: [{name: default, type: file}]\n",
        }
    )

    assert report.findings == ()
    assert {state for state, _ in states(report).values()} <= {FileState.NOT_RESOURCES, FileState.UNREADABLE}


def test_10_shapes_of_objects_are_many() -> None:
    report = lint("""\
        apiVersion: v1
        kind: ServiceList
        items:
          - {apiVersion: v1, kind: Service, metadata: {name: a, annotations: null}, spec: {ports: [{port: 80}]}}
          - {apiVersion: v1, kind: Service, metadata: {generateName: b-}, spec: {ports: [{port: 80}]}, status: {}}
        ---
        {"apiVersion": "v1", "kind": "List", "items": []}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: services.example.com}
        spec: {names: {kind: Service}, versions: [{schema: {openAPIV3Schema: {properties: {spec: {type: object}}}}}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: patched}
        spec: {replicas: 3}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: "no-spec"}
        ---
        apiVersion: example.com/v1
        kind: Catalogue
        metadata: {name: c, annotations: [one]}
        ---
        apiVersion: cloud.tencent.com/v1alpha1
        kind: NginxIngress
        metadata: {name: public}
        spec:
          ingressClass: public
          service:
            type: LoadBalancer
            annotation: {service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d, direct: true}
        ---
        apiVersion: install.istio.io/v1alpha1
        kind: IstioOperator
        metadata: {name: istio, namespace: istio-system}
        spec:
          components:
            ingressGateways:
              - name: gateway
                k8s:
                  serviceAnnotations: {service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d}
        ---
        apiVersion: helm.cattle.io/v1
        kind: HelmChart
        metadata: {name: traefik, namespace: kube-system}
        spec:
          valuesContent: |-
            service:
              annotations:
                service.cloud.tencent.com/direct-access: true
                service.kubernetes.io/tke-existed-lbid：lb-6swtabcd
        """, IPVS)  # fmt: skip

    assert alarms(report) == []


SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: prod
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


@pytest.mark.parametrize(
    "text",
    [
        SERVICE.replace("\n", "\r\n"),
        SERVICE.replace("metadata:\n", "metadata:\r\n"),
        "\ufeff" + SERVICE,
        SERVICE.replace("web\n  namespace", "web # 名称：网站\u3000主站\n  namespace"),
        CONFIG_MAP + "data:\n  run: |\n    if true; then\n    \techo 1\n    fi\n",
        CONFIG_MAP + "data:\n  zh: |\n    名称：值\n    地址：http://a\u00a0b\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: &l {app: web}, annotations: {<<: *l, b: c}}\n",
        "",
        "# Nothing but a comment.\n",
        "---\n---\n# a\n---\n" + SERVICE,
    ],
    ids=["crlf", "mixed", "bom", "comment", "tabs", "full-width", "anchors", "empty", "only-comment", "separators"],
)
def test_11_bytes_are_read_as_they_come(text: str) -> None:
    assert lint_texts({"file.yaml": text}).findings == ()


def test_12_separator_may_carry_a_comment() -> None:
    report = lint_texts(SERVICE + "---#second\n" + SERVICE.replace("name: web", "name: api") + "---# third\n" + SERVICE)

    assert [status.resources for status in report.files] == [3]
    assert alarms(report) == []


# What some keys are always used together with.
COMPANIONS = {
    "ingress.cloud.tencent.com/enable-group": "kubernetes.io/ingress.existLbId: lb-6swt12ab",
    "service.cloud.tencent.com/lb-rs-weight": 'service.cloud.tencent.com/direct-access: "true"',
    "service.cloud.tencent.com/hybrid-type": (
        """service.cloud.tencent.com/snat-pro-info: '{"snatIps":[{"subnetId":"subnet-5a6b7c8d"}]}'"""
    ),
    "service.cloud.tencent.com/snat-pro-info": "service.cloud.tencent.com/hybrid-type: CCN",
}


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("Ingress", "ingress.cloud.tencent.com/enable-group", "true"),
        ("Ingress", "ingress.cloud.tencent.com/listen-ports", '[{"HTTP":80},{"HTTPS":443}]'),
        ("Ingress", "ingress.cloud.tencent.com/certificate", '[{"hosts":["a.example"],"qcloud_cert_id":["AbCd1234"]}]'),
        ("Ingress", "ingress.cloud.tencent.com/modification-protection", "true"),
        ("Ingress", "ingress.cloud.tencent.com/loadbalance-retain", "true"),
        ("Ingress", "kubernetes.io/ingress.rule-mix-both", "true"),
        ("Service", "service.cloud.tencent.com/lb-rs-weight", '{"defaultWeight":10}'),
        ("Service", "service.cloud.tencent.com/hybrid-type", "CCN"),
        ("Service", "service.cloud.tencent.com/snat-pro-info", '{"snatIps":[{"subnetId":"subnet-5a6b7c8d"}]}'),
        ("Service", "service.cloud.tencent.com/custom-weight", "1"),
        ("Service", "service.cloud.tencent.com/of-next-year", "true"),
    ],
)
def test_13_key_that_is_newer_than_the_list_is_no_mistake(kind: str, key: str, value: str) -> None:
    tls = "" if key.endswith("/certificate") else "tls: [{secretName: cert}], "
    api, spec = {
        "Ingress": ("networking.k8s.io/v1", f"{{ingressClassName: qcloud, {tls}rules: [%s]}}"),
        "Service": ("v1", "{type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}"),
    }[kind]
    backend = "{service: {name: web, port: {number: 80}}}"
    rule = f"{{host: a.example, http: {{paths: [{{path: /, pathType: Prefix, backend: {backend}}}]}}}}"

    report = lint_texts(f"""\
apiVersion: {api}
kind: {kind}
metadata:
  name: web
  namespace: prod
  annotations:
    {key}: '{value}'
    {COMPANIONS.get(key, "")}
spec: {spec.replace("%s", rule)}
""")

    assert alarms(report) == []


def test_14_placeholders_are_no_values() -> None:
    report = lint(
        """\
        apiVersion: v1
        kind: Service
        metadata:
          name: ${NAME}
          namespace: prod
          annotations:
            service.kubernetes.io/tke-existed-lbid: lb-xxxxxxxx
            service.cloud.tencent.com/prevent-loopback: <true-or-false>
            service.cloud.tencent.com/tke-service-config: ${CONFIG}
            service.cloud.tencent.com/tke-service-config-auto: "{{ auto }}"
        spec:
          type: LoadBalancer
          selector: {app: "${APP}"}
          ports: [{port: 80, targetPort: <target-port>, nodePort: "${NODE_PORT}"}]
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: web
          namespace: prod
          annotations:
            kubernetes.io/ingress.class: qcloud
            kubernetes.io/ingress.existLbId: <your-lb-id>
            ingress.cloud.tencent.com/tke-service-config: your-config
            ingress.cloud.tencent.com/security-groups: sg-xxxxxx,sg-xxxxxx
        spec:
          rules:
            - host: ${HOST}
              http:
                paths: [{path: /, pathType: Prefix, backend: {service: {name: "<service>", port: {name: "${PORT}"}}}}]
        ---
        apiVersion: cloud.tencent.com/v1alpha1
        kind: TkeServiceConfig
        metadata: {name: web, namespace: prod}
        spec: {loadBalancer: {l7Listeners: [{protocol: HTTP, port: 80, keepaliveEnable: "${KEEPALIVE}"}]}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: prod}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "${IMAGE}", env: [{name: API, value: "http://${HOST}:80"}]}]}
        """,
        IPVS,
    )

    assert alarms(report) == []


def test_15_unquoted_boolean_is_said_once_and_nothing_else_of_it() -> None:
    report = lint("""\
        apiVersion: v1
        kind: Service
        metadata:
          name: web
          namespace: prod
          annotations:
            service.cloud.tencent.com/direct-access: true
            service.cloud.tencent.com/tke-service-config-auto: true
        spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
        """)

    assert [
        (finding.rule_id, finding.place.region.start_line) for finding in report.findings if _is_alarm(finding)
    ] == [
        ("annotation-value-not-string", 7),
        ("annotation-value-not-string", 8),
    ]


def test_16_hosts_entry_may_point_at_anything() -> None:
    coredns = """\
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: coredns, namespace: kube-system}
        data:
          Corefile: |2-
                .:53 {
                    errors
                    health
                    kubernetes cluster.local in-addr.arpa ip6.arpa {
                        pods insecure
                        fallthrough in-addr.arpa ip6.arpa
                    }
                    hosts {
                        10.1.2.3 legacy.corp.example
                        fallthrough
                    }
                    forward . /etc/resolv.conf
                    cache 30
                    reload
                }
        """
    client = """\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: prod}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "web:1", env: [{name: API, value: "http://legacy.corp.example"}]}]}
        """
    internal = """\
        apiVersion: v1
        kind: Service
        metadata:
          name: server
          namespace: prod
          annotations:
            service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d
            service.cloud.tencent.com/prevent-loopback: "true"
        spec: {type: LoadBalancer, selector: {app: server}, ports: [{port: 80}]}
        """

    assert alarms(lint({"coredns.yaml": coredns, "client.yaml": client, "server.yaml": internal}, IPVS)) == []
