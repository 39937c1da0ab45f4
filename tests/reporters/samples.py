"""Reports built by hand, from small files written here, for every test of the reporters."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from types import MappingProxyType

from tkelint.problem import Finding, RelatedPlace, Severity
from tkelint.report import FileState, FileStatus, Report, RuleCrash
from tkelint.rule import Reference, Rule, RuleTexts
from tkelint.source import Place, SourceFile, Span

PAGE = "https://cloud.tencent.com/document/product/457/80913"

SERVICE = SourceFile(
    "deploy/orders/service.yaml",
    dedent("""\
        # 订单服务：内网 CLB
        apiVersion: v1
        kind: Service
        metadata:
          name: orders
          namespace: prod
          annotations:
            service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-8a1b2c3d
        spec:
          type: LoadBalancer
          selector: {app: orders}
          ports:
            - name: http
              port: 80
              targetPort: htpp  # 应为 http
        """),
)
WORKER = SourceFile(
    "deploy/worker/deployment.yaml",
    dedent("""\
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: worker
          namespace: prod
        spec:
          template:
            spec:
              containers:
                - name: worker
                  image: worker:1.4
                  env:
                    - {name: 备注, value: "订单接口", ORDERS_URL: "http://10.0.0.12/orders"}
        """),
)
INGRESS = SourceFile(
    "deploy/ingress.yaml",
    dedent("""\
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: shop
          namespace: prod
        spec:
          rules:
            - host: shop.example.com
              http:
                paths:
                  - {path: /a, pathType: Prefix, backend: {service: {name: api-a, port: {number: 80}}}}
                  - {path: /b, pathType: Prefix, backend: {service: {name: api-b, port: {number: 80}}}}
                  - {path: /c, pathType: Prefix, backend: {service: {name: api-c, port: {number: 80}}}}
                  - {path: /d, pathType: Prefix, backend: {service: {name: api-d, port: {number: 80}}}}
                  - {path: /e, pathType: Prefix, backend: {service: {name: api-e, port: {number: 80}}}}
        """),
)
SECRET = SourceFile(
    "deploy/secret.yaml",
    dedent("""\
        apiVersion: v1
        kind: Secret
        metadata: {name: tls, namespace: prod}
        data:
          qcloud_cert_id: aHVudGVyMg==
        stringData:
          key: |
            -----BEGIN KEY-----
            c2VjcmV0LWxpbmU=
            -----END KEY-----
          note: swordfish
        """),
)


TRACEBACK = """\
  File "engine.py", line 123, in _apply
    for problem in rule.check(resource, workspace):
"""


def span(source: SourceFile, needle: str, occurrence: int = 1) -> Span:
    """Where a text stands in a source."""
    start = -1
    for _ in range(occurrence):
        start = source.text.index(needle, start + 1)
    return Span(start, start + len(needle))


def place(source: SourceFile, needle: str, occurrence: int = 1) -> Place:
    return Place(source, span(source, needle, occurrence))


def rule(rule_id: str, severity: Severity = Severity.ERROR, **changes: object) -> Rule:
    values = {
        "id": rule_id,
        "folder": "service",
        "since": "0.1.0",
        "severities": {"certain": severity},
        "confidence": "high",
        "kinds": ("Service",),
        "check_name": "service.check",
    }
    texts = {
        "title": {"en": f"Title of {rule_id}", "zh": f"{rule_id} 的标题"},
        "messages": {"": {"en": "message", "zh": "消息"}},
        "why": {"en": "Because it fails.", "zh": "因为会失败。"},
        "remedy": {"en": "Repair it.", "zh": "修复它。"},
        "references": (Reference(PAGE),),
        "roles": {},
        "limits": None,
    }
    said = RuleTexts(**{**texts, **{key: value for key, value in changes.items() if key in texts}})
    other = {key: value for key, value in changes.items() if key not in texts}
    return Rule(**{**values, **other, "read_texts": lambda: said})


def finding(
    rule_id: str, where: Place, en: str = "Something is wrong", zh: str | None = None, **changes: object
) -> Finding:
    values = {
        "rule_id": rule_id,
        "severity": Severity.ERROR,
        "confidence": "high",
        "message": {"en": en, "zh": zh or en},
        "place": where,
        "subject": "Service prod/orders",
        "field": "spec.ports[0].targetPort",
        "template": None,
        "fingerprint": f"{rule_id}-0a1b2c3d",
    }
    return Finding(**{**values, **changes})


def related(where: Place, label: str, en: str, zh: str | None = None) -> RelatedPlace:
    return RelatedPlace(where, {"en": en, "zh": zh or en}, label)


def report(findings: tuple[Finding, ...] = (), rules: tuple[Rule, ...] = (), **changes: object) -> Report:
    known = {finding.rule_id for finding in findings} - {rule.id for rule in rules}
    paths = sorted({finding.place.source.path for finding in findings})
    values = {
        "findings": findings,
        "suppressed": (),
        "files": tuple(FileStatus(path=path, state=FileState.LINTED, resources=1) for path in paths),
        "crashes": (),
        "rules": (*rules, *(rule(name) for name in sorted(known))),
        "facts": MappingProxyType({}),
        "root": Path("/srv/shop"),
        "secrets": {},
    }
    return Report(**{**values, **changes})


LOOPBACK_RULE = rule(
    "service-loopback",
    severities={"certain": Severity.ERROR, "likely": Severity.WARNING, "possible": Severity.NOTE},
    title={
        "en": "Pods reach an internal CLB of their own cluster in IPVS mode",
        "zh": "IPVS 模式下集群内 Pod 访问本集群内网 CLB",
    },
    why={
        "en": "In TKE's IPVS mode a packet for the CLB address really leaves for the CLB. The CLB sends it on to a\n"
        "node without changing its source; when that is the client's own node, Linux drops the packet.\n\n"
        "- With several nodes the connection is unstable.\n- With one node it never works.",
        "zh": "TKE 的 IPVS 模式下，访问 CLB IP 的报文会真正到达 CLB。CLB 转发到后端 RS 时不做 SNAT，\n"
        "如果转发到 Client 所在节点，源目的 IP 都在同一节点内，报文会被丢弃。\n\n"
        "- 多个节点时联通不稳定。\n- 只有一个节点时完全不通。",
    },
    remedy={
        "en": "Call the Service by its DNS name `orders.prod.svc.cluster.local`, or add the annotation\n"
        '`service.cloud.tencent.com/prevent-loopback: "true"` with a kube-proxy that supports it.',
        "zh": "改用 Service 的 DNS 名称 `orders.prod.svc.cluster.local` 访问；或升级 kube-proxy 并添加注解\n"
        '`service.cloud.tencent.com/prevent-loopback: "true"`。',
    },
    references=(
        Reference(
            PAGE,
            "避免四层回环问题",
            "IPVS 模式下，集群内访问本集群 LoadBanacer 类型的内网 Service 出现完全不通，或者联通不稳定。",
        ),
        Reference("https://cloud.tencent.com/document/product/457/9315"),
    ),
    limits={
        "en": "A client whose calls no manifest shows is not seen.",
        "zh": "清单中看不到其访问关系的 Client 无法发现。",
    },
    codes=("Service E5003",),
    facts=("kubeProxyMode", "kubeProxyVersion"),
    tags=("loopback",),
    aliases=("clb-loopback",),
)
PORT_RULE = rule(
    "service-target-port-missing",
    title={
        "en": "A Service sends traffic to a port that no container has",
        "zh": "Service 的 targetPort 在容器中不存在",
    },
    remedy={"en": "Use the name or number of a container port.", "zh": "使用容器端口的名称或端口号。"},
)
BACKEND_RULE = rule(
    "ingress-backend-service-missing",
    Severity.WARNING,
    folder="ingress",
    kinds=("Ingress",),
    codes=("Ingress E4041",),
    title={"en": "An Ingress forwards to a Service that does not exist", "zh": "Ingress 的后端 Service 不存在"},
    remedy={"en": "Create the Service or name one that exists.", "zh": "创建该 Service，或改为已有的 Service。"},
)

LOOPBACK = finding(
    "service-loopback",
    place(SERVICE, "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid"),
    severity=Severity.WARNING,
    field="metadata.annotations[service.kubernetes.io/qcloud-loadbalancer-internal-subnetid]",
    en="Deployment `prod/worker` reaches Service `prod/orders` by its internal CLB: in IPVS mode the connection "
    "is unstable, and dead with a single node",
    zh="Deployment `prod/worker` 通过内网 CLB 访问 Service `prod/orders`："
    "IPVS 模式下联通不稳定，只有一个节点时完全不通",
    fingerprint="11111111aaaaaaaa",
    flow=(
        related(
            place(WORKER, "http://10.0.0.12/orders"),
            "Deployment prod/worker",
            "the Pod calls the address of the CLB",
            "Pod 访问 CLB 地址",
        ),
        related(
            place(SERVICE, "LoadBalancer"),
            "Service prod/orders",
            "the CLB forwards to a NodePort of any node",
            "CLB 转发到任一节点的 NodePort",
        ),
        related(
            place(SERVICE, "{app: orders}"),
            "Service prod/orders",
            "kube-proxy sends it to a Pod behind the Service",
            "kube-proxy 转发到后端 Pod",
        ),
    ),
    assumed=("kubeProxyMode=ipvs",),
    codes=("Service E5003",),
)
TARGET_PORT = finding(
    "service-target-port-missing",
    place(SERVICE, "htpp"),
    en="Service `prod/orders` sends port 80 to `htpp`, which no container of Deployment `worker` names",
    zh="Service `prod/orders` 的 80 端口转发到 `htpp`，而 Deployment `worker` 的容器没有该端口",
    fingerprint="22222222bbbbbbbb",
    related=(
        related(place(SERVICE, "port: 80"), "Service prod/orders", "the listener", "监听端口"),
        related(
            place(WORKER, "worker:1.4"),
            "Deployment prod/worker",
            "the only container, without `ports`",
            "唯一的容器，没有声明 `ports`",
        ),
    ),
    template="shop/templates/orders.yaml",
)


def backend_missing(letter: str) -> Finding:
    return finding(
        "ingress-backend-service-missing",
        place(INGRESS, f"api-{letter}"),
        severity=Severity.WARNING,
        subject="Ingress prod/shop",
        field=f"spec.rules[0].http.paths[{ord(letter) - ord('a')}].backend.service.name",
        en=f"Ingress backend names Service `api-{letter}`, but the 2 Services of namespace prod are orders and web",
        zh=f"Ingress 后端引用的 Service `api-{letter}` 不存在：命名空间 prod 中的 2 个 Service 为 orders、web",
        fingerprint=f"33333333ccccccc{letter}",
        codes=("Ingress E4041",),
    )


def shop() -> Report:
    """A report with some of everything."""
    return report(
        (*map(backend_missing, "abcde"), LOOPBACK, TARGET_PORT),
        (BACKEND_RULE, LOOPBACK_RULE, PORT_RULE),
        suppressed=(finding("service-target-port-missing", place(SERVICE, "port: 80"), suppressed="moved in May"),),
        files=(
            FileStatus(path="Chart.yaml", state=FileState.NOT_RESOURCES, reason="chart-metadata"),
            FileStatus(path="deploy/broken.yaml", state=FileState.UNREADABLE, reason="syntax-error"),
            FileStatus(path="deploy/ingress.yaml", state=FileState.LINTED, resources=1),
            FileStatus(path="deploy/orders/service.yaml", state=FileState.LINTED, resources=1),
            FileStatus(path="deploy/part.yaml", state=FileState.UNREADABLE, reason="helm-template", resources=2),
            FileStatus(path="deploy/worker/deployment.yaml", state=FileState.LINTED, resources=1),
            FileStatus(
                path="dump.bin",
                state=FileState.UNREADABLE,
                reason="not-text",
                parameters={"detail": "byte 0xff at offset 0"},
            ),
            FileStatus(path="platform/coredns.yaml", state=FileState.CONTEXT, resources=3),
            FileStatus(path="values-prod.yaml", state=FileState.NOT_RESOURCES, reason="values-file"),
            FileStatus(path="values-staging.yaml", state=FileState.NOT_RESOURCES, reason="values-file"),
            FileStatus(path="values.yaml", state=FileState.NOT_RESOURCES, reason="values-file"),
        ),
        crashes=(
            RuleCrash(
                rule_id="service-hairpin",
                subject="Service prod/orders",
                path="deploy/orders/service.yaml",
                error="KeyError",
                traceback=TRACEBACK,
                times=2,
            ),
        ),
    )
