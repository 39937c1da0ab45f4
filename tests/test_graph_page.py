"""The page of the traffic graph in a browser: what it shows, what a click and a key do, and that nothing runs in it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.hostile_names import HOSTILE
from tests.linting import workspace_of
from tkelint.graph.build import graph_of
from tkelint.reporters import ReporterOptions
from tkelint.reporters.graph import View, render

PROJECT = Path(__file__).parents[1]
SHOP = {
    path.relative_to(PROJECT / "examples/shop").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(PROJECT.glob("examples/shop/*/*.yaml"))
}
CROWD = (PROJECT / "tests/fixtures/graph/crowd.yaml").read_text(encoding="utf-8")


def show(page: Page, folder: Path, files: str | dict[str, str], language: str = "en") -> None:
    view = View(graph_of(workspace_of(files)), folder, {})
    path = folder / "graph.html"
    path.write_text("".join(render("html", view, ReporterOptions(language=language))), encoding="utf-8")
    page.goto(path.as_uri())


def test_picture_shows_every_box_and_line(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)

    expect(page.locator(".vertex")).to_have_count(28)
    expect(page.locator("path.edge")).to_have_count(25)
    expect(page.locator(".edge.loop")).to_have_count(10)
    expect(page.locator(".return")).to_have_count(2)
    expect(page.locator("#heads span")).to_have_count(6)
    expect(page.locator("#details .row.loop")).to_have_count(2)


def test_screenshot_is_not_empty(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)
    full = page.locator("#picture").screenshot()
    page.fill("#host", "nothing-is-called-so")
    empty = page.locator("#canvas").screenshot()

    assert len(full) > 30_000
    assert len(empty) < len(full) / 2
    expect(page.locator("#empty")).to_be_visible()


def test_click_on_a_line_shows_file_line_and_reason(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)

    page.locator(".hop:has(.loop) .hit").first.click(force=True)

    details = page.locator("#details")
    expect(details.locator("h2")).to_have_text("Deployment shop/checkout → gateway.shop.internal")
    expect(details.locator("figcaption b")).to_have_text(["checkout/checkout.yaml:40", "checkout/checkout.yaml:10"])
    expect(details.locator("mark")).to_have_text(["checkout", "gateway.shop.internal"])
    expect(details).to_contain_text("'Deployment shop/checkout' calls 'gateway.shop.internal'")


def test_click_on_a_box_lights_up_what_requests_through_it_pass(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)

    page.get_by_role("button", name="pay.shop.internal", exact=True).click()

    expect(page.locator(".vertex.chosen")).to_have_count(5)
    expect(page.locator(".vertex.client.chosen")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".chosen")).to_have_count(0)


def test_loopback_tells_its_cures(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)

    page.locator("#details .row.loop").first.click()

    expect(page.locator(".edge.chosen")).to_have_count(5)
    expect(page.locator(".return.chosen")).to_have_count(1)
    expect(page.locator("#details li").first).to_have_text(
        "call payments.shop.svc.cluster.local instead: it never leaves for the CLB"
    )


def test_filters(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)

    page.check("#loops-only")
    expect(page.locator(".vertex")).to_have_count(12)
    page.uncheck("#loops-only")
    page.fill("#host", "GATEWAY")
    expect(page.locator(".vertex")).to_have_count(6)
    page.fill("#host", "")
    page.select_option("#namespace", label="shop")
    expect(page.locator(".vertex")).to_have_count(28)


def test_language_is_switched_without_losing_the_choice(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)
    page.locator("#details .row.loop").first.click()

    page.click("#language")

    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("h1")).to_have_text("流量图")
    expect(page.locator("#details h2")).to_have_text("Deployment shop/checkout 访问 gateway.shop.internal")
    expect(page.locator(".edge.chosen")).to_have_count(5)
    page.click("#language")
    expect(page.locator("h1")).to_have_text("Traffic graph")


def test_language_begins_as_asked_for(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP, "zh")

    expect(page.locator("#heads")).to_contain_text("域名与地址")


def test_keys_walk_along_a_request(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)
    page.get_by_role("button", name="Deployment shop/checkout", exact=True).focus()

    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    expect(page.locator("#details h2")).to_have_text("Pods of Deployment shop/payments")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "node ports of Service shop/payments")


def test_every_control_is_reached_by_tab(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('class')"))

    for control in ("namespace", "host", "loops-only", "fold", "zoom-in", "language"):
        assert control in reached
    assert sum("vertex" in each for each in reached) == 1


def test_zoom(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)
    before = page.locator("#picture svg").bounding_box()

    page.click("#zoom-in")

    after = page.locator("#picture svg").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(before["width"] * 1.2, rel=0.02)


def test_heads_stay_above_their_columns(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, CROWD)
    page.uncheck("#fold")
    page.locator("#canvas").evaluate("canvas => canvas.scrollTo(0, 1500)")

    head = page.locator("#heads span", has_text="Clients").bounding_box()
    column = page.locator(".vertex.client .box").first.bounding_box()
    canvas = page.locator("#canvas").bounding_box()

    assert head is not None
    assert column is not None
    assert canvas is not None
    assert head["x"] == pytest.approx(column["x"], abs=3)
    assert head["y"] - canvas["y"] < 30


def test_crowd_is_folded_by_namespace_and_unfolds(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, CROWD)

    expect(page.locator(".vertex.group").first).to_be_visible()
    folded = page.locator(".vertex").count()
    assert folded <= 24
    page.locator(".vertex.group").first.click()
    assert page.locator(".vertex").count() > folded
    page.uncheck("#fold")
    expect(page.locator(".vertex.group")).to_have_count(0)


def test_boxes_never_overlap(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, CROWD)
    page.uncheck("#fold")

    boxes = page.locator(".vertex .box").evaluate_all(
        "boxes => boxes.map(box => box.getBoundingClientRect()).map(({left, top, height}) => [left, top, height])"
    )
    by_column: dict[int, list[tuple[float, float]]] = {}
    for left, top, height in boxes:
        by_column.setdefault(round(left), []).append((top, height))
    for column in by_column.values():
        column.sort()
        assert all(top + height <= below for (top, height), (below, _) in itertools.pairwise(column))


def test_names_fit_into_their_boxes(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, {**SHOP, "long.yaml": CROWD.replace("name: s3,", f"name: {'very-long-' * 6}s3,")})
    page.uncheck("#fold")

    too_wide = page.locator(".vertex").evaluate_all(
        "all => all.filter(each => each.querySelector('.name').getBBox().width > each.querySelector('.box').getBBox().width - 20).length"
    )

    assert too_wide == 0


def test_nothing_of_a_manifest_runs(page: Page, tmp_path: Path) -> None:
    """Names, namespaces, labels, hosts and addresses that try; the page's policy is a second wall behind the first."""
    show(page, tmp_path, HOSTILE)
    page.uncheck("#fold")

    for vertex in page.locator(".vertex").all():
        vertex.dispatch_event("click")
    for hit in page.locator(".hit").all():
        hit.dispatch_event("click")
    page.click("#language")
    page.wait_for_timeout(100)

    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert page.locator("img, iframe, a, object, embed, foreignObject").count() == 0
    assert page.locator("[onload], [onerror], [href], [src]").count() == 0


def test_policy_lets_no_other_script_run(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, SHOP)
    path = tmp_path / "graph.html"
    text = path.read_text(encoding="utf-8")
    injected = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    path.write_text(text.replace("</main>", f"</main>{injected}"), encoding="utf-8")
    refused: list[str] = []
    context = page.context.browser.new_context() if page.context.browser else None
    assert context is not None
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
    show(page, tmp_path, SHOP)

    background = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert background == {"light": "rgb(251, 252, 253)", "dark": "rgb(17, 21, 27)"}[scheme]
    context.close()
