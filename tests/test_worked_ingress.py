"""One Ingress with everything around it, first full of mistakes and then as it should be."""

from __future__ import annotations

from tests.linting import lint_texts

BAD = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: prod
  annotations: {kubernetes.io/ingress.class: qcloud, nginx.ingress.kubernetes.io/use-regex: "true"}
spec:
  tls: [{hosts: [Shop.example.com], secretName: shop-tls}]
  rules:
    - host: Shop.example.com
      http:
        paths:
          - path: "/api(/|$)(.*)"
            pathType: ImplementationSpecific
            backend: {service: {name: api, port: {number: 8080}}}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: prod}
spec: {selector: {app: api}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Secret
metadata: {name: shop-tls, namespace: prod}
type: kubernetes.io/tls
data: {tls.crt: "", tls.key: ""}
"""
GOOD = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: prod
  annotations:
    kubernetes.io/ingress.subnetId: subnet-3swgntkk
    ingress.cloud.tencent.com/tke-service-config: shop-l7
    ingress.cloud.tencent.com/pass-to-target: "true"
    ingress.cloud.tencent.com/rewrite-support: "true"
    ingress.cloud.tencent.com/auto-rewrite: "true"
spec:
  ingressClassName: qcloud
  tls: [{hosts: [shop.example.com], secretName: shop-cert}]
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /api
            pathType: ImplementationSpecific
            backend: {service: {name: api, port: {number: 80}}}
---
apiVersion: cloud.tencent.com/v1alpha1
kind: TkeServiceConfig
metadata: {name: shop-l7, namespace: prod}
spec:
  loadBalancer:
    l7Listeners:
      - {protocol: HTTP, port: 80, keepaliveEnable: 1}
      - protocol: HTTPS
        port: 443
        keepaliveEnable: 1
        defaultServer: shop.example.com
        domains:
          - domain: shop.example.com
            rules:
              - url: /api
                scheduler: WRR
                healthCheck: {enable: true, intervalTime: 10, timeout: 5, httpCode: 6, httpCheckPath: /healthz}
---
apiVersion: v1
kind: Secret
metadata: {name: shop-cert, namespace: prod}
type: Opaque
stringData: {qcloud_cert_id: AbCd1234}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: prod}
spec: {type: NodePort, selector: {app: api}, ports: [{port: 80, targetPort: 8080}]}
"""


def test_every_mistake_is_told_once() -> None:
    report = lint_texts(BAD)

    assert sorted(finding.rule_id for finding in report.findings) == [
        "ingress-backend-port-missing",
        "ingress-backend-without-node-port",
        "ingress-host-invalid",
        "ingress-nginx-annotation-ignored",
        "ingress-path-regular-expression",
        "ingress-tls-secret-unusable",
    ]


def test_what_is_as_it_should_be_is_silent() -> None:
    assert lint_texts(GOOD).findings == ()
