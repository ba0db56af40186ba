"""Draws the pictures with the machine's Chromium, and keeps each as its variant has it."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from bench.browser import running_browser
from bench.pictures.photographs import Rng, photograph
from bench.pictures.specs import FOLDER, Picture

MARGIN = 28  # points around an error to which a screenshot is cropped
PHOTO_QUALITY = 82


def draw_all(pictures: Iterable[Picture], folder: Path) -> list[Path]:
    """Writes the pictures into a folder; returns their files in the same order."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    with running_browser() as browser:
        for picture in pictures:
            content = draw(browser, picture)
            is_png = content.startswith(b"\x89PNG")
            files.append(folder / f"{picture.name}.{'png' if is_png else 'jpg'}")
            files[-1].write_bytes(content)
    return files


def draw(browser: Browser, picture: Picture) -> bytes:
    """Returns the bytes of a picture."""
    phone = picture.phone
    page = browser.new_page(
        viewport={"width": phone["width"], "height": phone["height"]},
        device_scale_factor=phone["scale"],
    )
    try:
        page.goto((FOLDER / picture.of_set / "html" / "index.html").as_uri())
        page.evaluate("spec => window.draw(spec)", dict(picture.drawn))
        page.evaluate("() => document.fonts.ready")
        shot = _screenshot(page, picture)
    finally:
        page.close()
    with Image.open(BytesIO(shot)) as opened:
        screen = opened.convert("RGB")
    return _clean(screen, picture.taken) if picture.is_clean else _photo(screen, picture)


def _screenshot(page: Page, picture: Picture) -> bytes:
    boxes = [target.bounding_box() for target in page.locator(".target").all()]
    shown = [box for box in boxes if box]
    if picture.taken.get("crop") and shown:
        left = max(0.0, min(box["x"] for box in shown) - MARGIN)
        top = max(0.0, min(box["y"] for box in shown) - MARGIN)
        right = max(box["x"] + box["width"] for box in shown) + MARGIN
        bottom = max(box["y"] + box["height"] for box in shown) + MARGIN
        width = min(right, picture.phone["width"]) - left
        clip: Any = {"x": left, "y": top, "width": width, "height": bottom - top}
        return page.screenshot(clip=clip)
    if picture.drawn.get("screen") == "bare":  # a paper ends where nothing more is on it
        return page.locator(".main").screenshot()
    return page.screenshot(full_page=bool(picture.taken.get("long")))


def _clean(screen: Image.Image, taken: Any) -> bytes:
    """Returns a screenshot as it came through: smaller, compressed once or twice."""
    width = taken.get("width")
    if taken.get("shorter"):  # as chats do it: a wide screen stays as high as a phone is wide
        width = round(taken["shorter"] * screen.width / min(screen.size))
    if width and width < screen.width:
        height = round(screen.height * width / screen.width)
        screen = screen.resize((width, height), Image.Resampling.LANCZOS)
    if taken.get("again"):
        with Image.open(BytesIO(_jpeg(screen, taken["again"]))) as opened:
            screen = opened.convert("RGB")
    if taken["quality"]:
        return _jpeg(screen, taken["quality"])
    kept = BytesIO()
    screen.save(kept, "PNG")
    return kept.getvalue()


def _photo(screen: Image.Image, picture: Picture) -> bytes:
    rng = Rng(picture.seed)
    frame = "none" if picture.drawn.get("screen") == "bare" else picture.phone["system"]
    photo = photograph(screen, picture.taken, frame, rng)
    if not picture.taken.get("exif"):
        return _jpeg(photo, PHOTO_QUALITY)
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright, kept lying
    return _jpeg(photo.transpose(Image.Transpose.ROTATE_90), PHOTO_QUALITY, exif)


def _jpeg(image: Image.Image, quality: int, exif: Image.Exif | None = None) -> bytes:
    kept = BytesIO()
    image.save(kept, "JPEG", quality=quality, **({"exif": exif} if exif else {}))
    return kept.getvalue()
