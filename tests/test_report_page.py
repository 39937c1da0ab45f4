"""The HTML report in a browser: what it shows, what filters and keys do, that it prints, and that nothing runs in it."""

from __future__ import annotations

import functools
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from reporters.samples import SECRET, SERVICE, finding, place, related, report, rule, span
from reporters.samples import shop as samples

from tests.hostile_names import NAMES
from tkelint.engine import lint
from tkelint.problem import Repair, Replacement, Severity
from tkelint.report import FileState, FileStatus, Report
from tkelint.reporters import ReporterOptions, render
from tkelint.rule import Reference
from tkelint.run import Settings, read_sources, settle
from tkelint.source import SourceFile

PROJECT = Path(__file__).parents[1]


@functools.cache
def shop() -> Report:
    """The report of examples/shop: eight errors, six warnings, three of them with the path of a request."""
    settings = Settings(paths=(str(PROJECT / "examples" / "shop"),))
    config = settle(settings)
    sources, skipped = read_sources(settings, config, BytesIO())
    return lint(sources, config, skipped=skipped)


def show(page: Page, folder: Path, report: Report, language: str = "en") -> Path:
    path = folder / "report.html"
    options = ReporterOptions(language=language)
    path.write_text("".join(render("html", report, options)), encoding="utf-8")
    page.goto(path.as_uri())
    return path


def many(count: int) -> Report:
    source = place(SERVICE, "htpp")
    found = [
        finding(
            f"rule-{number % 7}",
            source,
            f"Number {number}",
            severity=list(Severity)[number % 3],
            fingerprint=f"{number:08x}",
        )
        for number in range(count)
    ]
    return report(tuple(found))


def test_every_finding_is_listed_worst_first(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())

    expect(page.locator("#list h2")).to_have_text(["errors8", "warnings6"])
    expect(page.locator(".row")).to_have_count(14)
    expect(page.locator("#details h2")).to_have_text("8 errors, 6 warnings in 6 of 7 files")
    expect(page.locator("#details .count")).to_have_count(13)


def test_details_tell_place_frame_remedy_and_page(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())

    page.locator(".row", has_text="port named 'htpp'").click()

    details = page.locator("#details")
    expect(details.locator("h2")).to_contain_text("sends to the port named 'htpp'")
    expect(details.locator("figcaption b")).to_have_text("storefront/storefront.yaml:40")
    expect(details.locator("mark")).to_have_text(["http", "htpp"])
    expect(details.locator(".label")).to_contain_text("└")
    expect(details.locator(".frame .key").first).to_have_text("image")
    expect(details.locator(".remedy")).to_contain_text("How to repair it")
    expect(details.locator(".references a").first).to_have_attribute(
        "href", "https://kubernetes.io/docs/concepts/services-networking/service/"
    )
    assert page.url.endswith("#" + page.evaluate("location.hash.slice(1)"))


def test_loopback_is_drawn(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())

    page.locator(".row", has_text="service-loopback").click()

    picture = page.locator("#details .picture")
    expect(picture.locator(".vertex.loop .name")).to_have_text(
        ["storefront", "inventory.shop.internal", "inventory", "inventory", "inventory", "inventory"]
    )
    expect(picture.locator(".edge.loop")).to_have_count(5)
    expect(picture.locator(".return")).to_have_count(1)
    expect(page.locator(".steps > li")).to_have_count(6)
    assert picture.locator("svg").get_attribute("aria-label") == (
        "The path of the request: Deployment shop/storefront → inventory.shop.internal → Service shop/inventory → "
        "internal CLB of Service shop/inventory → node ports of Service shop/inventory → Pods of Deployment shop/inventory"
    )


def test_filters_combine_and_are_cleared(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())
    rows = page.locator(".row")

    page.locator(".switch.error").click()
    expect(rows).to_have_count(6)
    page.select_option("#namespace", label="kube-system (4)")
    expect(rows).to_have_count(2)
    page.fill("#search", "HOSTS clb")
    expect(rows).to_have_count(1)
    expect(page.locator("#shown")).to_have_text("1 of 14 findings")
    page.fill("#search", "nothing is called so")
    expect(page.locator("#shown")).to_have_text("Nothing fits these filters.")
    page.click("#clear")
    expect(rows).to_have_count(14)
    page.select_option("#file", label="storefront/storefront.yaml (6)")
    expect(rows).to_have_count(6)
    page.select_option("#file", "all")
    page.select_option("#rule", label="service-loopback (1)")
    expect(rows).to_have_count(1)


def test_count_of_a_rule_leads_to_its_findings(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())

    page.locator(".count", has_text="workload-calls-own-clb").click()

    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator("#rule option:checked")).to_have_text("workload-calls-own-clb (2)")


@pytest.mark.parametrize(
    ("order", "heading"), [("file", "checkout/checkout.yaml1"), ("rule", "corefile-hosts-points-to-clb1")]
)
def test_list_is_ordered_as_asked_for(page: Page, tmp_path: Path, order: str, heading: str) -> None:
    show(page, tmp_path, shop())

    page.select_option("#order", order)

    expect(page.locator("#list h2").first).to_have_text(heading)


def test_language_is_switched_without_losing_the_choice(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())
    page.locator(".row", has_text="service-loopback").click()
    page.fill("#search", "inventory")

    page.click("#language")

    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("h1")).to_have_text("tkelint 检查报告")
    expect(page.locator("#details h2")).to_contain_text("访问了本集群 'Service shop/inventory' 的内网 CLB")
    expect(page.locator(".row[aria-current]")).to_have_count(1)
    expect(page.locator(".picture .head").first).to_have_text("客户端")
    page.click("#language")
    expect(page.locator("h1")).to_have_text("tkelint report")


def test_language_begins_as_asked_for(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop(), "zh")

    expect(page.locator("#shown")).to_have_text("显示 14 个问题，共 14 个")


def test_keys_walk_through_the_list_and_back(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())
    page.locator(".row").first.focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".row[aria-current]")).to_contain_text("service-loopback")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("id", "details")
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_contain_text("service-loopback")
    page.keyboard.press("End")
    expect(page.locator(":focus")).to_contain_text("service-name-missing")
    page.keyboard.press("/")
    expect(page.locator(":focus")).to_have_attribute("id", "search")


def test_every_control_is_reached_by_tab_and_has_a_name(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))

    assert [each for each in reached if each] == [
        "switch error",
        "switch warning",
        "search",
        "rule",
        "namespace",
        "file",
        "language",
        "order",
        "row error",
    ]
    for kind in ("button", "select", "input"):
        for control in page.locator(kind).all():
            assert control.evaluate(
                "each => each.getAttribute('aria-label') || each.textContent.trim() || each.labels[0].textContent"
            )


def test_fix_is_shown_as_lines_that_go_and_come(page: Page, tmp_path: Path) -> None:
    repair = Repair((Replacement(place(SERVICE, "htpp"), "http"),), safe=True)
    show(page, tmp_path, report((finding("a-rule", place(SERVICE, "htpp"), repair=repair),)))

    page.locator(".row").click()

    expect(page.locator(".remedy")).to_contain_text("tkelint --fix does it, and nothing else changes.")
    expect(page.locator(".change del")).to_contain_text("targetPort: htpp  # 应为 http")
    expect(page.locator(".change ins")).to_contain_text("targetPort: http  # 应为 http")


def test_address_leads_to_its_finding(page: Page, tmp_path: Path) -> None:
    path = show(page, tmp_path, many(250))

    page.goto(f"{path.as_uri()}#{249:08x}")
    page.reload()

    expect(page.locator("#details h2")).to_have_text("Number 249")
    expect(page.locator(".row[aria-current]")).to_contain_text("Number 249")


def test_ten_thousand_findings_are_paged(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, many(10_000))

    expect(page.locator(".row")).to_have_count(100)
    expect(page.locator("#page")).to_have_text("1–100 of 10000")
    page.click("#later")
    expect(page.locator("#page")).to_have_text("101–200 of 10000")
    page.locator(".row").first.focus()
    page.keyboard.press("End")
    expect(page.locator("#page")).to_have_text("9901–10000 of 10000")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#details .walk span")).to_have_text("9999 of 10000")
    spent = page.evaluate(
        "(() => { const start = performance.now(); const box = document.getElementById('search'); box.value = '99';"
        " box.dispatchEvent(new Event('input')); return performance.now() - start })()"
    )
    expect(page.locator("#shown")).to_contain_text("of 10000 findings")
    assert spent < 1000


def test_clean_report_says_so(page: Page, tmp_path: Path) -> None:
    status = FileStatus(path="a.yaml", state=FileState.LINTED, resources=1)
    show(page, tmp_path, report()._replace(files=(status,)))

    expect(page.locator("#shown")).to_have_text("No problems found.")
    expect(page.locator("#details h2")).to_have_text("no problems in 1 file")


def test_what_was_not_looked_at_is_told(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, samples())

    expect(page.locator(".notices li")).to_have_count(4)
    expect(page.locator(".notices")).to_contain_text("deploy/broken.yaml was not looked at: not valid YAML or JSON.")


def test_paper_has_every_finding_that_passes_the_filters(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, shop())
    page.locator(".switch.error").click()

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")

    expect(page.locator("#paper article")).to_have_count(6)
    expect(page.locator("#paper article").first).to_be_visible()
    expect(page.locator("#bar")).to_be_hidden()
    expect(page.locator("main")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#paper article")).to_have_count(0)


def test_paper_explains_each_rule_once(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, samples())

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")

    expect(page.locator("#paper article")).to_have_count(7)
    expect(page.locator("#paper .references")).to_have_count(3)


def test_paper_of_very_many_findings_is_bounded(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, many(1000))

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")

    expect(page.locator("#paper article")).to_have_count(300)
    expect(page.locator("#paper > ul > li")).to_have_count(700)


def test_nothing_of_a_manifest_runs(page: Page, tmp_path: Path) -> None:
    """Messages, objects, fields, files and lines of source that try; the policy is a second wall behind the first."""
    found = []
    for number, name in enumerate(NAMES):
        source = SourceFile(f"{name}.yaml", f"a: {name}\nb: `{name}`\n")
        where = place(source, "a: ")
        others = (related(place(source, "b"), name, name),)
        changes = {"subject": name, "field": name, "template": name, "assumed": (name,), "codes": (name,)}
        found.append(
            finding(
                f"rule {name}",
                where,
                name,
                related=others,
                flow=others,
                namespace=name,
                fingerprint=f"{number}",
                **changes,
            )
        )  # type: ignore[arg-type]
    status = FileStatus(path=NAMES[1], state=FileState.UNREADABLE, reason="not-text", parameters={"detail": NAMES[2]})
    show(page, tmp_path, report(tuple(found))._replace(files=(status,)))

    for row in page.locator(".row").all():
        row.click()
    page.select_option("#order", "file")
    page.click("#language")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.wait_for_timeout(100)

    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert page.locator("img, iframe, object, embed, foreignObject, form").count() == 0
    assert page.locator("[onload], [onerror], [src], [style]").count() == 0
    assert {each.get_attribute("href") for each in page.locator("[href]").all()} <= {
        "https://cloud.tencent.com/document/product/457/80913"
    }


def test_address_of_a_rule_that_is_none_of_the_web_is_no_link(page: Page, tmp_path: Path) -> None:
    found = (finding("a-rule", place(SERVICE, "htpp")),)
    references = (Reference("javascript:window.hacked=1"),)
    show(page, tmp_path, report(found, (rule("a-rule", references=references),)))

    page.locator(".row").click()

    expect(page.locator(".references li")).to_have_text("javascript:window.hacked=1")
    expect(page.locator(".references a")).to_have_count(0)


def test_secret_data_is_masked_in_frames(page: Page, tmp_path: Path) -> None:
    masked = report((finding("a-rule", place(SECRET, "swordfish")),))._replace(
        secrets={SECRET.path: (span(SECRET, "swordfish"),)}
    )
    path = show(page, tmp_path, masked)

    page.locator(".row").click()

    expect(page.locator(".frame mark")).to_have_text("***")
    assert "swordfish" not in path.read_text(encoding="utf-8")


def test_policy_lets_no_other_script_run(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    text = "".join(render("html", samples(), ReporterOptions()))
    injected = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    path.write_text(text.replace("</main>", f"</main>{injected}"), encoding="utf-8")
    refused: list[str] = []
    context = browser.new_context()
    other = context.new_page()
    other.on("console", lambda message: refused.append(message.text))

    other.goto(path.as_uri())

    assert other.evaluate("window.hacked") is None
    assert any("Content Security Policy" in message for message in refused)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_follows_the_color_scheme(browser: Browser, tmp_path: Path, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    show(page, tmp_path, samples())

    background = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert background == {"light": "rgb(251, 252, 253)", "dark": "rgb(17, 21, 27)"}[scheme]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_contrast(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """At least 4.5 to 1, as WCAG 2.2 (1.4.3) wants it, for every colour of text on the grounds it stands on."""
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    show(page, tmp_path, samples())

    ratios = page.evaluate(CONTRAST)

    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}
    context.close()


CONTRAST = """() => {
  const style = getComputedStyle(document.body);
  const luminance = (name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    const parts = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = {};
  const grounds = ["--ground", "--box"];
  const texts = ["--text", "--faint", "--error", "--warning", "--note", "--key", "--string", "--literal", "--comment", "--template", "--chosen", "--good"];
  for (const ground of grounds) for (const text of texts) {
    const [dark, light] = [luminance(ground), luminance(text)].sort((one, other) => one - other);
    found[`${text} on ${ground}`] = (light + 0.05) / (dark + 0.05);
  }
  return found;
}"""
