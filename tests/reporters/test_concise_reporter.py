from __future__ import annotations

from samples import LOOPBACK, TARGET_PORT, report, shop

from tkelint.reporters import ReporterOptions, render


def test_each_finding_is_one_line() -> None:
    output = "".join(render("concise", report((LOOPBACK, TARGET_PORT)), ReporterOptions(quiet=True)))

    assert output == (
        "deploy/orders/service.yaml:8:5: warning service-loopback: Deployment `prod/worker` reaches Service "
        "`prod/orders` by its internal CLB: in IPVS mode the connection is unstable, and dead with a single node\n"
        "deploy/orders/service.yaml:15:19: error service-target-port-missing: Service `prod/orders` sends port 80 to "
        "`htpp`, which no container of Deployment `worker` names\n"
    )


def test_severity_is_english_in_every_language() -> None:
    output = "".join(render("concise", report((TARGET_PORT,)), ReporterOptions(language="zh", quiet=True)))

    assert output.startswith("deploy/orders/service.yaml:15:19: error service-target-port-missing: Service")
    assert "的容器没有该端口" in output


def test_summary_follows_unless_quiet() -> None:
    output = "".join(render("concise", shop(), ReporterOptions(width=200)))

    assert output.splitlines()[-1].startswith("1 error, 6 warnings in 2 of 4 files")
    assert "deploy/broken.yaml" in output
