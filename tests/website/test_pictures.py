"""Screenshots in real Chromium, from the choice to what was read; another in the reader's place."""

from __future__ import annotations

import asyncio
import base64
import re
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect
from rasa.core.channels.channel import UserMessage

from channels import pictures as seeing
from screenshots.reading import Reading, TextLine
from screenshots.screen import Screen, ScreenKind
from tests.channels.website.small_server import small_server
from tests.website.chat import Chat
from tests.website.conftest import DESKTOP, PHONE
from tests.website.test_accessibility import violations

ERROR = "验证码已过期，请重新获取"
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
CAMERA = b"Exif\0\0"  # what precedes the notes of a camera


async def answer(message: UserMessage) -> None:
    """Says what it was asked."""
    buttons = [{"title": "是", "payload": "/affirm"}, {"title": "不是", "payload": "/deny"}]
    said = {"text": f"听到：{message.text}", "buttons": buttons}
    await message.output_channel.send_response(message.sender_id, said)


@dataclass
class Camera:
    """Keeps what comes, and reads the same on everything."""

    seconds: float = 0
    came: list[bytes] = field(default_factory=list)
    given_up: int = 0

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def read(self, picture: bytes) -> Reading:
        self.came.append(picture)
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return Reading((TextLine(ERROR, 0, 0, 100, 20, 1),), 100, 200)


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def site(
    tmp_path: Path, widget: Path, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A server whose demo page holds the window."""
    shown = Screen(ScreenKind.ERROR, ERROR)
    monkeypatch.setattr(seeing, "understand", lambda _: shown)
    with small_server(tmp_path, answer, camera, widget=str(widget)) as url:
        yield url


@pytest.fixture
def chat(page: Page, site: str) -> Chat:
    """The demo page with its widget opened; its content policy is the strict one."""
    chat = Chat(page, site)
    chat.visit()
    chat.open()
    return chat


def png(width: int = 300, height: int = 600) -> bytes:
    """Returns a grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\xc8" * width for _ in range(height)), 9)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def upload(content: bytes, name: str = "a.png", kind: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(chat: Chat, file: FilePayload | Path | None = None) -> None:
    """Chooses a file the way a person does."""
    with chat.page.expect_file_chooser() as chooser:
        chat.part("add-picture").click()
    chooser.value.set_files(file or upload(png()))


def sent_and_read(chat: Chat) -> None:
    expect(chat.own.last).to_contain_text("图片上的字：")
    expect(chat.own.last).to_contain_text(ERROR)
    expect(chat.last).to_contain_text(f"听到：{ERROR}")
    expect(chat.part("preview")).to_have_count(0)


BRING = """([name, content, kind, file]) => {
  const bytes = Uint8Array.from(atob(content), (it) => it.charCodeAt(0));
  const transfer = new DataTransfer();
  if (kind) transfer.items.add(new File([bytes], file, { type: kind }));
  else transfer.setData('text/plain', file);
  const root = document.querySelector('zhaohui-chat').shadowRoot;
  const place = root.querySelector(name === 'paste' ? '[data-part=input]' : '[role=log]');
  const init = { bubbles: true, cancelable: true, composed: true };
  const bring = (it) => place.dispatchEvent(name === 'paste'
    ? new ClipboardEvent(it, { ...init, clipboardData: transfer })
    : new DragEvent(it, { ...init, dataTransfer: transfer }));
  if (name !== 'paste') bring('dragover');
  return !bring(name);
}"""


def bring(chat: Chat, name: str, content: bytes, kind: str = "image/png", file: str = "a") -> bool:
    """Drops or pastes a file; tells whether the widget took it."""
    given = [name, base64.b64encode(content).decode(), kind, file]
    return bool(chat.page.evaluate(BRING, given))


def test_a_screenshot_is_chosen_looked_at_and_sent(chat: Chat, camera: Camera) -> None:
    errors: list[str] = []
    chat.page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    choose(chat)
    expect(chat.part("preview").locator("canvas")).to_be_visible()
    expect(chat.part("picture-status")).to_contain_text("不会保存")
    assert camera.came == []
    chat.part("send").click()
    sent_and_read(chat)
    assert chat.page.locator("zhaohui-chat img, zhaohui-chat canvas").count() == 0
    assert camera.came == [png()]  # small enough to go as it is
    assert errors == []  # the content policy was not in the way
    chat.page.reload()  # the history says the same
    expect(chat.own).to_have_count(1)
    sent_and_read(chat)


def test_the_picture_that_was_shown_is_seen_in_the_preview(chat: Chat) -> None:
    choose(chat)
    colour = (
        chat.part("preview")
        .locator("canvas")
        .evaluate("(it) => [...it.getContext('2d').getImageData(5, 5, 1, 1).data]")
    )
    assert colour == [200, 200, 200, 255]


@pytest.mark.parametrize("name", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted(chat: Chat, camera: Camera, name: str) -> None:
    assert bring(chat, name, png())
    expect(chat.part("preview")).to_be_visible()
    chat.part("send").click()
    sent_and_read(chat)
    assert len(camera.came) == 1


def test_a_picture_in_the_clipboard_is_pasted_by_its_keys(chat: Chat, camera: Camera) -> None:
    page = chat.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async (content) => {
          const bytes = Uint8Array.from(atob(content), (it) => it.charCodeAt(0));
          const blob = new Blob([bytes], { type: 'image/png' });
          await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
        }""",
        base64.b64encode(png()).decode(),
    )
    chat.part("input").focus()
    page.keyboard.press("Control+V")
    expect(chat.part("preview")).to_be_visible()
    page.keyboard.press("Enter")
    sent_and_read(chat)
    page.evaluate("() => navigator.clipboard.writeText('只是文字')")
    page.keyboard.press("Control+V")
    expect(chat.part("input")).to_have_value("只是文字")
    expect(chat.part("preview")).to_have_count(0)
    assert len(camera.came) == 1


def test_it_is_taken_back_before_it_is_sent(chat: Chat, camera: Camera) -> None:
    choose(chat)
    chat.part("remove-picture").click()
    expect(chat.part("preview")).to_have_count(0)
    expect(chat.part("add-picture")).to_be_focused()
    choose(chat)  # the same file again
    expect(chat.part("preview")).to_be_visible()
    chat.part("remove-picture").click()
    chat.part("send").click()
    chat.say("只有字")
    assert camera.came == []
    expect(chat.own).to_have_count(1)


def test_reading_is_said_and_can_be_cancelled(chat: Chat, camera: Camera) -> None:
    camera.seconds = 30
    choose(chat)
    chat.part("send").click()
    expect(chat.part("picture-state")).to_contain_text("正在看图")
    chat.part("cancel-picture").click()
    expect(chat.own).to_have_count(0)
    expect(chat.part("input")).to_be_focused()
    end = time.monotonic() + 10
    while not camera.given_up:  # the server stops as well
        assert time.monotonic() < end
        chat.page.wait_for_timeout(20)
    camera.seconds = 0
    assert "打字" in chat.say("我打字吧")
    expect(chat.own).to_have_count(1)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (upload(b"%PDF-1.7", "a.pdf", "application/pdf"), "不是图片"),
        (upload(b"not a picture", "a.png"), "打不开"),
        (upload(png()[:60], "a.png"), "打不开"),
        (upload(b"\0\0\0\x18ftypheic" + b"\0" * 100, "a.heic", "image/heic"), "存成 JPG"),
        (upload(b"\0\0\0\x18ftypheic" + b"\0" * 100, "a.jpg", "image/jpeg"), "存成 JPG"),
        (upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml"), "打不开"),
    ],
)
def test_what_is_no_picture_is_said_at_once(
    chat: Chat, camera: Camera, file: FilePayload, said: str
) -> None:
    choose(chat, file)
    expect(chat.part("picture-status")).to_contain_text(said)
    expect(chat.part("preview")).to_have_count(0)
    chat.part("send").click()
    chat.say("好吧")
    expect(chat.part("picture-status")).to_be_empty()
    assert camera.came == []


def test_a_picture_is_known_by_its_content(chat: Chat, camera: Camera) -> None:
    """Files of a messenger have no ending, and a browser goes by that alone."""
    assert bring(chat, "drop", png(), "application/octet-stream")
    expect(chat.part("preview")).to_be_visible()
    chat.part("send").click()
    sent_and_read(chat)
    [came] = camera.came
    assert came.startswith(JPEG)  # drawn anew


def test_that_others_come_first_is_said(chat: Chat, camera: Camera) -> None:
    camera.seconds = 30
    choose(chat)
    chat.part("send").click()
    expect(chat.part("picture-state")).to_contain_text("正在看图")
    expect(chat.part("picture-state")).to_contain_text("排队", timeout=10_000)
    chat.part("cancel-picture").click()
    expect(chat.own).to_have_count(0)


def test_what_is_too_large_is_said_at_once(chat: Chat, camera: Camera, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.write(PNG)
        file.truncate(26 * 1024 * 1024)
    choose(chat, large)
    expect(chat.part("picture-status")).to_contain_text("太大")
    expect(chat.part("preview")).to_have_count(0)
    assert camera.came == []


@pytest.mark.parametrize("size", [(3000, 4000), (1080, 9000), (500, 500)])
def test_a_photograph_is_made_smaller_and_loses_what_the_camera_wrote(
    chat: Chat, camera: Camera, size: tuple[int, int]
) -> None:
    content = base64.b64decode(
        chat.page.evaluate(
            """([width, height]) => {
              const canvas = Object.assign(document.createElement('canvas'), { width, height });
              canvas.getContext('2d').fillRect(0, 0, width / 2, height);
              return canvas.toDataURL('image/jpeg', 0.9).split(',')[1];
            }""",
            list(size),
        )
    )
    notes = CAMERA + b"II*\0\x08\0\0\0\0\0"
    marked = content[:2] + b"\xff\xe1" + struct.pack(">H", len(notes) + 2) + notes + content[2:]
    choose(chat, upload(marked, "DSC1.jpg", "image/jpeg"))
    chat.part("send").click()
    sent_and_read(chat)
    [came] = camera.came
    assert came.startswith(JPEG)
    assert CAMERA not in came
    frame = re.search(rb"\xff[\xc0\xc2]..\x08(..)(..)", came, re.DOTALL)
    assert frame
    [height], [width] = (struct.unpack(">H", group) for group in frame.groups())
    scale = min(1, 1440 / min(size))
    assert (width, height) == tuple(round(length * scale) for length in size)


def test_offline_in_the_middle_it_waits_and_goes_once(chat: Chat, camera: Camera) -> None:
    camera.seconds = 1
    choose(chat)
    chat.part("send").click()
    expect(chat.part("picture-state")).to_contain_text("正在看图")
    # Chromium's switch does not cut what is under way: a way that breaks does.
    chat.page.route("**/pictures*", lambda route: route.abort())
    chat.part("cancel-picture").click()
    choose(chat)
    chat.part("send").click()
    expect(chat.part("picture-state")).to_contain_text("还没有发出去")
    chat.page.context.set_offline(True)
    expect(chat.part("status")).to_contain_text("网络断开")
    chat.page.unroute("**/pictures*")
    chat.page.context.set_offline(False)
    sent_and_read(chat)
    expect(chat.own).to_have_count(1)
    expect(chat.answers).to_have_count(2)


def test_a_picture_that_a_reload_has_lost_is_told(chat: Chat, camera: Camera) -> None:
    camera.seconds = 30
    choose(chat)
    chat.part("send").click()
    expect(chat.part("picture-state")).to_contain_text("正在看图")
    chat.page.reload()
    expect(chat.part("status")).to_contain_text("没有发出去")
    camera.seconds = 0
    choose(chat)
    chat.part("send").click()
    sent_and_read(chat)
    chat.page.reload()
    expect(chat.own).to_have_count(1)
    expect(chat.part("status")).to_be_empty()


def test_a_refusal_is_in_the_servers_words_and_it_can_be_sent_again(chat: Chat) -> None:
    refusal = '{"error": "pictures_busy", "message": "请等 5 秒再发一次。", "retry_after": 5}'
    refusals: list[Route] = []

    def refuse(route: Route) -> None:
        refusals.append(route)
        route.fulfill(status=503, body=refusal, content_type="application/json")

    chat.page.route("**/pictures*", refuse)
    choose(chat)
    chat.part("send").click()
    expect(chat.own.last).to_contain_text("请等 5 秒再发一次。")
    chat.page.unroute("**/pictures*")
    chat.part("retry").click()
    sent_and_read(chat)
    assert len(refusals) == 1


def test_all_of_it_works_by_keyboard(chat: Chat, camera: Camera) -> None:
    page = chat.page
    # Listening all along, so that a key is never pressed before Chromium was told to hand over the
    # dialog: a dialog that opened unseen cannot be had any more.
    page.on("filechooser", lambda chooser: None)
    chat.part("input").focus()
    page.keyboard.press("Shift+Tab")
    expect(chat.part("add-picture")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([upload(png())])
    expect(chat.part("send")).to_be_focused()
    for part in ("input", "add-picture", "remove-picture"):
        page.keyboard.press("Shift+Tab")
        expect(chat.part(part)).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.part("add-picture")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files([upload(png())])
    expect(chat.part("send")).to_be_focused()
    camera.seconds = 30
    page.keyboard.press("Enter")
    chat.part("cancel-picture").focus()
    page.keyboard.press("Enter")
    expect(chat.part("input")).to_be_focused()
    expect(chat.own).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP, {"width": 320, "height": 568}])
def test_axe_finds_nothing_with_a_picture(
    browser: Browser, site: str, camera: Camera, size: Any, scheme: Literal["dark", "light"]
) -> None:
    context: BrowserContext = browser.new_context(
        viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="zh-CN"
    )
    chat = Chat(context.new_page(), site)
    chat.visit()
    chat.open()
    choose(chat, upload(b"x", "a.txt", "text/plain"))
    expect(chat.part("picture-status")).to_contain_text("不是图片")
    assert violations(chat) == []
    choose(chat)
    expect(chat.part("preview")).to_be_visible()
    assert violations(chat) == []
    for part in ("add-picture", "input", "send", "remove-picture"):
        box = chat.part(part).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= size["width"], part
        assert box["y"] + box["height"] <= size["height"], part
    camera.seconds = 1.5
    chat.part("send").click()
    expect(chat.part("picture-state")).to_contain_text("正在看图")
    assert violations(chat) == []
    sent_and_read(chat)
    assert violations(chat) == []
    context.close()
