"""What was not understood, in real Chromium: found, opened, decided, without a document read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from channels.conversation_store import RedactingSQLTrackerStore
from operators.visit import Site
from tests.operators.test_pages import LOOKS, Scheme, context, fits, log_in, violations
from tests.operators.unclear_messages import DOMAIN, Speaker

__all__ = ["context"]  # a fixture
TABLET = ("平板能弄不", "平板能不能弄", "用平板能弄吗")
LONG = "我在办事大厅用平板打开小程序点了半天没有反应" * 8
REASON = "看看是哪一步没说清楚"


@pytest.fixture
def filled(site: Site, tmp_path: Path) -> Iterator[Site]:
    """Groups of three, with something hidden, something long, and something decided."""
    store = RedactingSQLTrackerStore(DOMAIN, db=str(tmp_path / "conversations.db"))
    speaker = Speaker(store)
    speaker.not_understood(*TABLET, LONG, "今天天气怎么样", "我的密码是Abc12345，怎么改密码啊")
    speaker.turn("营业执照丢了补办找谁", slots={"fallback_count": 1, "pending_question": "meaning"})
    site.unclear.sorter.start().join()
    weather = next(
        group for group in site.unclear.overview().groups if "天气" in group.wordings[0].text
    )
    ids = [wording.id for wording in weather.wordings]
    site.unclear.decide(weather.id, ids, "out_of_scope", "wang", "和我们无关")
    site.unclear.review.add("device_changed", ["换了新手机以后怎么登录"])
    yield site
    store.engine.dispose()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing_and_it_fits(
    browser: Browser, address: str, filled: Site, size: Any, scheme: Scheme
) -> None:
    context = browser.new_context(
        viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="zh-CN"
    )
    page = context.new_page()
    log_in(page, address)
    groups = filled.unclear.overview().groups
    paths = ["/unclear", "/unclear?reason=asked_back", "/unclear/decided", "/unclear/review"]
    paths += [f"/unclear/{group.id}" for group in groups]
    for path in paths:
        page.goto(f"{address}{path}")
        assert violations(page) == []
        assert fits(page), page.url
        page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        assert fits(page), f"{page.url} in large letters"
    page.goto(f"{address}/unclear/{groups[0].id}")
    page.locator("details").first.click()
    page.get_by_role("button", name="处理选中的话").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{address}/unclear/messages/{groups[0].wordings[0].id}")
    assert violations(page) == []
    page.get_by_label("为什么要打开").fill("看看")
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_label("为什么要打开")).to_be_focused()
    assert violations(page) == []
    page.get_by_label("为什么要打开").fill(REASON)
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_text(f"已记下：{REASON}")).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    context.close()


def test_an_editor_says_what_a_group_means(
    context: BrowserContext, address: str, filled: Site
) -> None:
    page = context.new_page()
    log_in(page, address, "wang")
    page.get_by_role("link", name="没听懂的").click()
    first = page.locator(".groups > li").first
    expect(first.get_by_role("heading")).to_contain_text("3 句")
    first.get_by_role("link", name="看看这一组").click()
    page.get_by_role("link", name="看当时的对话：“用平板能弄吗”").click()
    page.get_by_label("为什么要打开").fill(REASON)
    page.keyboard.press("Enter")
    expect(page.locator(".said .this")).to_contain_text("用平板能弄吗")
    page.go_back()
    page.go_back()
    page.get_by_label("平板能不能弄", exact=True).uncheck()
    page.get_by_label("是这个意思").check()
    page.get_by_role("button", name="处理选中的话").click()
    expect(page.get_by_label("哪个意思")).to_be_focused()
    expect(page.get_by_label("哪个意思")).to_have_accessible_description("请选一个意思。")
    expect(page.get_by_label("平板能不能弄", exact=True)).not_to_be_checked()
    expect(page.get_by_label("用平板能弄吗", exact=True)).to_be_checked()
    assert page.locator("optgroup").first.get_attribute("label") == "助手当时猜的"
    page.get_by_label("哪个意思").select_option("device_changed")
    page.get_by_role("button", name="处理选中的话").click()
    expect(page.get_by_role("status")).to_contain_text("等训练的话")
    page.get_by_role("link", name="等训练的话（4）").click()
    expect(page.locator("section", has_text="device_changed").locator("li")).to_have_count(3)
    page.get_by_role("button", name="拿掉“用平板能弄吗”").click()
    expect(page.get_by_role("status")).to_have_text("已拿掉，不会用来训练。")
    page.get_by_role("link", name="回到没听懂的").click()
    page.get_by_role("link", name="处理过的").click()
    page.get_by_role("button", name="放回去：“今天天气怎么样”这一组").click()
    expect(page.get_by_role("status")).to_contain_text("已放回")
    waiting = {line.text for line in filled.unclear.review.lines()}
    assert waiting == {"平板能弄不", "换了新手机以后怎么登录"}
    deeds = [entry.deed for entry in filled.journal.entries(count=4)]
    assert deeds == [
        "unclear_given_back", "review_removed", "unclear_decided", "conversation_opened",
    ]  # fmt: skip


def test_a_group_is_decided_without_a_mouse(
    context: BrowserContext, address: str, filled: Site
) -> None:
    page = context.new_page()
    log_in(page, address, "wang")
    page.goto(f"{address}/unclear")
    page.locator(".groups a.plain").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/unclear/*")
    page.get_by_label("是这个意思").focus()
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("不用管")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已处理")
    expect(page.get_by_text("平板能弄不")).to_have_count(0)


def test_a_new_question_begins_with_the_wordings_of_the_group(
    context: BrowserContext, address: str, filled: Site
) -> None:
    page = context.new_page()
    log_in(page, address, "wang")
    page.goto(f"{address}/unclear")
    page.locator(".groups a.plain").first.click()
    page.get_by_role("button", name="写回答").click()
    page.wait_for_url("**/local/new?*")
    given = page.locator("textarea").first.input_value().split("\n")
    assert set(given) == set(TABLET)
