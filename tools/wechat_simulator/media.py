"""The files that people sent, as the platform keeps them, and how they are fetched.

Official account and mini-program: GET /cgi-bin/media/get with access_token and media_id; the bytes
with `Content-Type` and `Content-disposition: attachment; filename="MEDIA_ID.jpg"`, or a JSON with
an errcode in their place, 40007 for an id that is not valid (the pages on getting temporary
material and "getTempMedia"). WeCom the same (its page 90254). Ids are good for three days. 41006
and 43001 stand in the lists of return codes. Accounts that are not verified have no right to the
call (48001, the page on rights).

A PicUrl needs no token. The pages promise nothing more of it; here it is good for as long.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.errors import Refusal

GET = "/cgi-bin/media/get"
PICTURES = "/mmbiz_jpg"
DAYS_3 = 3 * 86400.0
JPEG = "image/jpeg"
# A picture of one white pixel (PNG); what a file is, only its content says.
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class File:
    """One file: its content, and the type that the platform says it has."""

    id: str
    content: bytes
    type: str
    name: str
    ends: float


class Media:
    """The files of one account.

    Attributes:
        viewers: The headers of everybody who fetched a PicUrl.
        host: Where PicUrls are.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, File] = {}
        self.viewers: list[dict[str, str]] = []
        self.host: Callable[[], str] = lambda: "http://mmbiz.qpic.cn"

    def add(self, content: bytes, type_: str = JPEG) -> File:
        """Takes a file in."""
        id_, name = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        file = self._files[id_] = File(id_, content, type_, name, self._clock.now() + DAYS_3)
        return file

    def url(self, file: File) -> str:
        """Returns the PicUrl of a file."""
        return f"{self.host()}{PICTURES}/{file.name}/0"

    def find(self, id_: str) -> File | None:
        """Returns the file of an id; None after its three days, or if it is another account's."""
        file = self._files.get(id_)
        return file if file and self._clock.now() < file.ends else None

    def at(self, name: str) -> File | None:
        """Returns the file of a PicUrl."""
        found = [file for file in self._files.values() if file.name == name]
        return self.find(found[0].id) if found else None


def get(media: Media, method: str, query: dict[str, str], verified: bool) -> File:
    """Gives a file.

    Raises:
        Refusal: For one of the reasons above.
    """
    if method != "GET":
        raise Refusal(43001)
    if not verified:
        raise Refusal(48001)
    id_ = query.get("media_id", "")
    if not id_:
        raise Refusal(41006)
    file = media.find(id_)
    if file is None:
        raise Refusal(40007)
    return file
