"""The numbers as pages, charts and files: what they say, what they do not, and how fast."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from playwright.sync_api import Browser, expect

from bench.operator_numbers import MAX_SECONDS, addresses, generate, keep
from channels import counts
from channels.counting import _SAME
from channels.counts import Figure, Increments
from content_loader.load import load
from operators.number_tables import Question, bound_of, seconds, share
from operators.numbers import ALL, SPANS, Numbers, Span, Unreadable
from operators.visit import Site
from tests.actions.actor import INTENTS
from tests.channels.inbox.postgres import missing, running_postgres
from tests.conftest import Assistant, Conversation
from tests.operators.conftest import Client, Clock, asked_acts, client_of
from tests.operators.test_pages import LOOKS, Scheme, fits, log_in, violations
from tests.website.conftest import DESKTOP

TODAY = datetime.date(2026, 11, 29)
NOON = time.mktime((2026, 11, 29, 12, 0, 0, 0, 0, -1))
DAY = 20261129
PARTS = ("", "/wanted", "/guides", "/troubles", "/places", "/quality")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


def some_numbers() -> tuple[Increments, Increments]:
    """Returns few numbers whose sums one can do in one's head, and judgements."""
    numbers, judged = Increments(), Increments()
    for day, channel, count in (
        (DAY, "website", 6),
        (20261128, "wechat", 4),
        (20261025, "rest", 3),
    ):
        numbers.count(Figure.CONVERSATIONS, day, channel, by=count)
        numbers.count(Figure.MESSAGES, day, channel, by=10 * count)
    numbers.count(Figure.ENDED, DAY, "website", "solved", by=4)
    numbers.count(Figure.ENDED, DAY, "website", "guide", by=6)
    numbers.count(Figure.WANTED, DAY, "website", "ask:cost", by=5)
    numbers.count(Figure.WANTED, DAY, "website", "face_failed", by=2)
    for step, count in enumerate((8, 8, 5, 5, 5, 4, 4, 4, 4), 1):
        numbers.count(Figure.REACHED, DAY, "website", "phone", str(step), by=count)
    for last, count in (("2", 3), ("5", 1), ("solved", 4)):
        numbers.count(Figure.LAST, DAY, "website", "phone", last, by=count)
    numbers.count(Figure.ASKED_AT, DAY, "website", "phone", "2 ask:cost", by=2)
    numbers.count(Figure.ASKED_AT, DAY, "website", "phone", "2 stuck")
    numbers.count(Figure.TROUBLES, DAY, "website", "face_failed", by=3)
    for title, count in (("光线不够或太强", 3), ("=HYPERLINK(1)", 2)):
        numbers.count(Figure.CAUSES, DAY, "website", "face_failed", title, by=count)
    numbers.count(Figure.HELPED, DAY, "website", "face_failed", "光线不够或太强")
    numbers.count(Figure.BUREAUS, DAY, "website", "330110", by=2)
    numbers.count(Figure.HANDOFFS, DAY, "website", "330106", "asked")
    numbers.count(Figure.HANDOFFS, DAY, "website", "", "cannot_handle")
    numbers.count(Figure.NOT_UNDERSTOOD, DAY, "website", "asked_back", by=3)
    numbers.count(Figure.NOT_UNDERSTOOD, DAY, "website", "nothing", by=2)
    for bound, count in (("0.2", 50), ("0.5", 40), ("more", 10)):
        numbers.count(Figure.ANSWER_SECONDS, DAY, "website", bound, by=count)
    judged.count(Figure.FEEDBACK, DAY, "website", "yes", by=3)
    judged.count(Figure.FEEDBACK, DAY, "website", "no")
    return numbers, judged


@pytest.fixture
def counted_site(site: Site, tmp_path: Path) -> Site:
    numbers, judged = some_numbers()
    keep(numbers, tmp_path / "conversations.db")
    keep(judged, tmp_path / "website.db")
    return site


@pytest.fixture
def reader(counted_site: Site) -> Client:
    return client_of(counted_site, "li")


def plain(html: str) -> str:
    """Returns what a page says, in one line."""
    return " ".join(re.sub(r"<title>.*?</title>|<[^>]+>", " ", html).split())


def table(client: Client, name: str, query: str = "") -> list[list[str]]:
    answer = client.get(f"/numbers/{name}.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}-20')
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_first_page_says_how_much_and_how_it_ended(reader: Client) -> None:
    said = plain(reader.get("/numbers").text)
    assert "对话 10 隔了 24 小时以上再来，算另一次 上一段同样长的时间：3" in said
    assert "自己说解决了 40%" in said
    assert "没听懂的消息 5%" in said
    assert "点了“有用” 75% 网站上 4 次评价" in said
    assert "一半的回答不超过 0.2 秒 95% 的回答不超过 60 秒以上" in said
    assert "手机验证码找回 停得最多的一步：第 2 步 点“登录”或“我的” 8 4 3" in said


def test_a_guide_is_a_funnel_with_what_was_asked(reader: Client) -> None:
    said = plain(reader.get("/numbers/guides").text)
    assert "开始 8 次，走完并说解决了 4 次（50%）。停得最多的一步：第 2 步" in said
    rows = table(reader, "guide-phone")
    assert rows[2] == ["第 2 步 点“登录”或“我的”", "8", "100%", "3", "要不要钱 2、说卡住了 1"]
    assert rows[-1] == ["走完并说解决了", "4", "50%", "", ""]
    assert len(rows) == 1 + 9 + 1
    assert table(reader, "asked-phone")[1:] == [
        ["第 2 步 点“登录”或“我的”", "要不要钱", "2"],
        ["第 2 步 点“登录”或“我的”", "说卡住了", "1"],
    ]


def test_a_trouble_shows_which_remedy_helped(reader: Client) -> None:
    said = plain(reader.get("/numbers/troubles").text)
    assert "刷脸通不过 排查过 3 次。" in said
    assert "光线不够或太强 3 1 33%" in said
    rows = table(reader, "trouble-face_failed")
    assert ["脸被挡住了", "0", "0", ""] in rows
    assert ["'=HYPERLINK(1)", "2", "0", "0%"] in rows  # no formula in a spreadsheet


def test_places_have_their_names(reader: Client) -> None:
    assert table(reader, "places")[1:] == [
        ["浙江省杭州市余杭区", "2", "0", "0"],
        ["没有说是哪里", "0", "0", "1"],
        ["浙江省杭州市西湖区", "0", "1", "0"],
    ]
    assert ["浙江省", "2", "1", "0"] in table(reader, "provinces")


def test_wishes_and_answers_are_said_in_plain_words(reader: Client) -> None:
    assert table(reader, "wanted")[1:] == [["要不要钱", "5", "50%"], ["刷脸通不过", "2", "20%"]]
    said = plain(reader.get("/numbers/quality").text)
    assert "两种意思里问是哪一种 3 3%" in said
    assert "0.1 到 0.2 秒 50 50%" in said
    assert "60 秒以上 10 10%" in said


def test_one_looks_back_for_days_or_months_and_at_one_channel(reader: Client) -> None:
    days = table(reader, "conversations", "?span=days7")
    assert days[0] == ["日期", "网站", "微信", "合计"]
    assert len(days) == 1 + 7
    assert days[-1] == ["2026-11-29", "6", "0", "6"]
    assert table(reader, "conversations", "?span=days7&channel=wechat")[-2] == ["2026-11-28", "4"]
    months = table(reader, "conversations", "?span=months12")
    assert months[-2:] == [["2026-10", "0", "0", "3", "3"], ["2026-11", "6", "4", "0", "10"]]
    assert len(months) == 1 + 12
    assert len(table(reader, "conversations", "?span=all")) == 1 + 2
    assert table(reader, "endings", "?channel=wechat")[1] == ["自己说解决了", "0", ""]


@pytest.mark.parametrize("query", ["?span=x&channel=y", "?span=all&span=all", "?channel=%00'--"])
def test_a_query_that_cannot_be_meant_is_taken_for_the_usual(reader: Client, query: str) -> None:
    assert reader.get(f"/numbers{query}").status_code == 200
    assert reader.get(f"/numbers/wanted.csv{query}").status_code == 200


@pytest.mark.parametrize("name", ["x", "guide-x", "guide", "..%2fx", "guide-phone.csv"])
def test_a_table_that_is_none_is_not_there(reader: Client, name: str) -> None:
    assert reader.get(f"/numbers/{name}.csv").status_code == 404


def test_before_anything_was_counted_that_is_said(site: Site, tmp_path: Path) -> None:
    client = client_of(site, "li")
    for part in PARTS:
        answer = client.get(f"/numbers{part}")
        assert answer.status_code == 200
        assert site.texts.numbers.none in answer.text
    assert not (tmp_path / "conversations.db").exists()  # nothing is made by looking
    sa.create_engine(f"sqlite:///{tmp_path}/conversations.db").connect().close()
    assert site.texts.numbers.none in client.get("/numbers?span=all").text  # of an earlier version


@pytest.mark.parametrize("file", ["conversations.db", "website.db"])
def test_a_database_that_cannot_be_read_is_said(
    counted_site: Site, tmp_path: Path, file: str
) -> None:
    (tmp_path / file).write_bytes(b"no database" * 1000)
    answer = client_of(counted_site, "li").get("/numbers")
    assert answer.status_code == 503
    assert counted_site.texts.numbers.unreadable in answer.text


def test_looking_writes_nothing(reader: Client, tmp_path: Path) -> None:
    before = (tmp_path / "conversations.db").read_bytes()
    for part in PARTS:
        reader.get(f"/numbers{part}")
    assert (tmp_path / "conversations.db").read_bytes() == before


def test_what_the_content_no_longer_names_is_still_counted(counted_site: Site) -> None:
    folder = counted_site.words.folder
    (folder / "recover.yml").write_text("ways: [", encoding="utf-8")
    client = client_of(counted_site, "li")
    assert "phone" in plain(client.get("/numbers/guides").text)
    assert client.get("/numbers/places").status_code == 200


def test_spans_have_their_periods() -> None:
    week = Span.of("days7", datetime.date(2026, 3, 2))
    assert week.periods == (20260224, 20260225, 20260226, 20260227, 20260228, 20260301, 20260302)
    before = week.before()
    assert before is not None
    assert (before.periods[0], before.periods[-1]) == (20260217, 20260223)
    year = Span.of("months12", datetime.date(2026, 1, 31))
    assert (year.periods[0], year.periods[-1], len(year.periods)) == (202502, 202601, 12)
    before = year.before()
    assert before is not None
    assert before.periods[-1] == 202501
    assert Span.of(ALL, TODAY, 202511).periods[0] == 202511
    assert Span.of(ALL, TODAY).periods == (202611,)
    assert Span.of(ALL, TODAY).before() is None


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(0, 0, ""), (0, 9, "0%"), (1, 900, "<1%"), (1, 3, "33%")]
)
def test_a_share_is_said(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


def test_half_of_the_answers_is_found(site: Site, tmp_path: Path) -> None:
    numbers, _ = some_numbers()
    keep(numbers, tmp_path / "conversations.db")
    span = Span.of("days7", TODAY)
    question = Question(site.numbers, span, "", site.texts, None)
    assert [bound_of(question, part) for part in (0.5, 0.51, 0.9, 0.91)] == [
        *("0.2", "0.5", "0.5", "more"),
    ]
    assert sum(int(row[1]) for row in seconds(question).rows) == 100


def test_every_topic_has_plain_words(site: Site) -> None:
    """What a message may be counted as: acts that are learnt, practical questions, intents."""
    acts = {f"ask:{name}" for name in asked_acts()}
    span = Span.of("days7", TODAY)
    question = Question(site.numbers, span, "", site.texts, load())
    topics = {*(_SAME.get(act, act) for act in acts), *INTENTS, "stuck", "not_understood"}
    assert [topic for topic in sorted(topics) if question.topic(topic) == topic] == []


@pytest.fixture(scope="module")
def postgres() -> Any:
    if missing():
        pytest.skip(f"numbers in PostgreSQL were not tested: {missing()}")
    with running_postgres() as server:
        yield server


def test_numbers_are_read_from_postgresql(
    postgres: Any, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, judged = some_numbers()
    engine = sa.create_engine(postgres.url)
    counts.create(engine)
    with engine.begin() as connection:
        counts.add(connection, numbers)
        counts.add(connection, judged)
        counts.add(connection, judged)
    engine.dispose()
    monkeypatch.setenv("ZHAOHUI_TEST_DATABASE", postgres.url)
    store = {
        "type": "channels.conversation_store.RedactingSQLTrackerStore",
        "dialect": "postgresql",
        "url": "${ZHAOHUI_TEST_DATABASE}",
    }
    (tmp_path / "endpoints.yml").write_text(yaml.safe_dump({"tracker_store": store}))
    channel = {"channels.website.channel.WebsiteChannel": {"database": postgres.url}}
    (tmp_path / "credentials.yml").write_text(yaml.safe_dump(channel))
    client = client_of(site, "li")
    said = plain(client.get("/numbers").text)
    assert "对话 10 " in said
    assert "75% 网站上 8 次评价" in said
    assert table(client, "conversations", "?span=months12")[-1] == ["2026-11", "6", "4", "0", "10"]
    host = postgres.url.partition("host=")[2]
    apart = {**store, "db": "postgres", "username": "zhaohui", "query": {"host": host}, "url": ""}
    (tmp_path / "endpoints.yml").write_text(yaml.safe_dump({"tracker_store": apart}))
    assert "对话 10 " in plain(client.get("/numbers").text)


def test_databases_are_where_the_assistants_settings_say(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path)
    keep(some_numbers()[0], tmp_path / "elsewhere.db")
    store = {"type": "channels.conversation_store.RedactingSQLTrackerStore", "db": "elsewhere.db"}
    (tmp_path / "endpoints.yml").write_text(yaml.safe_dump({"tracker_store": store}))
    assert numbers.first_month() == 202610
    store["type"] = "InMemoryTrackerStore"
    (tmp_path / "endpoints.yml").write_text(yaml.safe_dump({"tracker_store": store}))
    assert numbers.first_month() is None
    for broken in (
        "tracker_store: [",
        "\tx",
        "tracker_store: {type: aRedactingSQLTrackerStore, url: 'x://y z'}",
    ):
        (tmp_path / "endpoints.yml").write_text(broken)
        with pytest.raises(Unreadable) as raised:
            numbers.first_month()
        assert "y z" not in str(raised.value)


def test_settings_may_stand_in_a_folder_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(some_numbers()[0], tmp_path / "elsewhere.db")
    settings = tmp_path / "etc"
    settings.mkdir()
    store = {"type": "channels.conversation_store.RedactingSQLTrackerStore", "db": "${DATABASE}"}
    given = {"tracker_store": store, "action_endpoint": {"url": "${NOBODY_ASKS}"}}
    (settings / "endpoints.yml").write_text(yaml.safe_dump(given))
    numbers = Numbers(tmp_path, settings)
    with pytest.raises(Unreadable, match="DATABASE"):
        numbers.first_month()
    monkeypatch.setenv("DATABASE", "elsewhere.db")
    assert numbers.first_month() == 202610


def test_a_database_that_is_away_is_said_in_time(site: Site, tmp_path: Path) -> None:
    store = {
        "type": "channels.conversation_store.RedactingSQLTrackerStore",
        "dialect": "postgresql",
        "url": "127.0.0.1:1",
        "password": "hidden-from-the-log",
    }
    (tmp_path / "endpoints.yml").write_text(yaml.safe_dump({"tracker_store": store}))
    answer = client_of(site, "li").get("/numbers")
    assert answer.status_code == 503
    assert "hidden-from-the-log" not in answer.text


def test_pages_are_quick_with_a_year_of_numbers(site: Site, tmp_path: Path) -> None:
    """`python -m bench.operator_numbers` does the same with a million conversations."""
    numbers, judged = generate(4_000, 365, NOON)
    keep(numbers, tmp_path / "conversations.db")
    keep(judged, tmp_path / "website.db")
    client = client_of(site, "li")
    client.get("/numbers")
    for path in addresses():
        for span in SPANS:
            begin = time.perf_counter()
            assert client.get(f"{path}?span={span}").status_code == 200
            assert time.perf_counter() - begin < MAX_SECONDS, (path, span)


def test_generated_conversations_add_up() -> None:
    numbers, _ = generate(500, 60, NOON)

    def total(figure: Figure, detail: str | None = None) -> int:
        return sum(
            count
            for key, count in numbers.items()
            if key[0] == figure.value and detail in (None, key[4])
        )

    assert total(Figure.CONVERSATIONS) == total(Figure.ENDED)
    assert total(Figure.REACHED, "1") == total(Figure.LAST) > 0
    assert total(Figure.CAUSES) >= total(Figure.TROUBLES) >= total(Figure.HELPED) > 0


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing_and_charts_fit(
    browser: Browser, counted_site: Site, address: str, size: Any, scheme: Scheme
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text))
    log_in(page, address, "li")
    for part in PARTS:
        page.goto(f"{address}/numbers{part}")
        for summary in page.locator("summary").all():
            summary.click()
        assert violations(page) == []
        assert fits(page), page.url
    assert refused == []
    context.close()


def test_a_chart_is_drawn_and_read(browser: Browser, counted_site: Site, address: str) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    log_in(page, address, "li")
    page.get_by_role("link", name="数字").click()
    page.get_by_label("看多久").select_option("最近 7 天")
    page.get_by_role("button", name="看", exact=True).click()
    expect(page).to_have_url(re.compile("span=days7"))
    chart = page.get_by_role("img", name="每天多少次对话")
    expect(chart).to_be_visible()
    rects = chart.locator("rect.part0, rect.part1")
    expect(rects).to_have_count(2)
    heights = [rects.nth(n).evaluate("rect => rect.getBoundingClientRect().height") for n in (0, 1)]
    assert sorted(heights)[0] / sorted(heights)[1] == pytest.approx(4 / 6, rel=0.05)
    page.get_by_text("看数字").first.click()
    expect(page.get_by_role("row", name="2026-11-28 0 4 4")).to_be_visible()
    page.get_by_role("link", name="一步步找回").click()
    expect(page).to_have_url(re.compile("/numbers/guides.*span=days7"))
    step = page.get_by_role("row", name=re.compile("第 2 步"))
    expect(step).to_contain_text("在这一步问得多的：要不要钱 2、说卡住了 1")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载表格（CSV）：手机验证码找回").click()
    assert download.value.suggested_filename == "guide-phone-20261123-20261129.csv"
    context.close()


def test_a_conversation_with_the_assistant_is_counted(
    assistant: Assistant, conversation: Conversation
) -> None:
    if assistant.database is None:
        pytest.skip("the database of the assistant that runs is not known")
    numbers, span = Numbers(assistant.database.parent), Span.of("days7", datetime.date.today())

    def number(figure: Figure, *key: str) -> int:
        return numbers.sums(figure, span, "rest").get(key, 0)

    asked = (
        (Figure.CONVERSATIONS, "", ""),
        (Figure.REACHED, "phone", "3"),
        (Figure.LAST, "phone", "solved"),
        (Figure.ENDED, "solved", ""),
        (Figure.ASKED_AT, "phone", "2 ask:cost"),
        (Figure.CAUSES, "code_not_received", "手机号填错了"),
    )
    before = {key: number(*key) for key in asked}
    conversation.say("用手机验证码找回")
    conversation.click("好了，下一步")
    conversation.say("这个要钱吗")
    conversation.say("/go_to_step" + json.dumps({"step_number": "3"}))
    conversation.say("收不到验证码")
    conversation.say("/go_to_step" + json.dumps({"step_number": "9"}))
    conversation.click("好了，下一步")
    conversation.click("能登录了")
    assert {key: number(*key) - before[key] for key in asked} == dict.fromkeys(asked, 1)
    assert sum(numbers.sums(Figure.ANSWER_SECONDS, span, "rest").values()) >= 8
