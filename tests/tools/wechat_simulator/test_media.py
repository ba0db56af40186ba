"""The imitation's files: who gets one, how long, and what else is answered."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.tools.wechat_simulator.small_bot import Client
from tools.wechat_simulator import Clock, FakeWeChat
from tools.wechat_simulator.media import GET

PICTURE = b"\xff\xd8\xff picture"
DAYS_3 = 3 * 86400


def opened(fake: FakeWeChat, kind: str) -> Any:
    if kind == "kf":
        return fake.kf()
    return fake.mini_program() if kind == "mini_program" else fake.official_account()


@pytest.mark.parametrize("kind", ["official_account", "mini_program", "kf"])
def test_a_file_is_given_for_three_days_to_whom_it_was_sent(kind: str) -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1_750_000_000)) as fake, aiohttp.ClientSession() as http:
            account, other = opened(fake, kind), opened(fake, kind)
            file = account.media.add(PICTURE)
            client, stranger = Client(fake, account), Client(fake, other)
            await client.login()
            await stranger.login()
            query = {"access_token": client.token, "media_id": file.id}
            async with http.get(fake.url + GET, params=query) as response:
                assert await response.read() == PICTURE
                assert response.headers["Content-Type"] == "image/jpeg"
                name = f'attachment; filename="{file.id}.jpg"'
                assert response.headers["Content-disposition"] == name

            async def code(client: Client, **more: str) -> int:
                query = {"access_token": client.token, **more}
                return int((await client.get(GET, **query))["errcode"])

            assert await code(client) == 41006
            assert await code(client, media_id="nonsense") == 40007
            assert await code(stranger, media_id=file.id) == 40007
            posted = await client.post(f"{GET}?media_id={file.id}", b"{}")
            assert posted["errcode"] == 43001
            account.ip_allowed = False
            assert await code(client, media_id=file.id) == account.ip_refused
            account.ip_allowed = True
            assert (await client.get(GET, media_id=file.id))["errcode"] == 41001
            fake.clock.move(DAYS_3)
            assert await code(client, media_id=file.id) == 42001
            await client.login()
            assert await code(client, media_id=file.id) == 40007

    asyncio.run(main())


def test_a_picture_url_needs_no_token_and_ends_too() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1_750_000_000)) as fake, aiohttp.ClientSession() as http:
            account = fake.official_account(verified=False)
            file = account.media.add(PICTURE, "image/png")
            async with http.get(account.media.url(file)) as response:
                assert await response.read() == PICTURE
                assert response.content_type == "image/png"
            async with http.get(account.media.url(file).replace(file.name, "x")) as response:
                assert response.status == 404
            client = Client(fake, account)
            await client.login()
            query = {"access_token": client.token, "media_id": file.id}
            assert (await client.get(GET, **query))["errcode"] == 48001
            fake.clock.move(DAYS_3)
            async with http.get(account.media.url(file)) as response:
                assert response.status == 404

    asyncio.run(main())


def test_files_that_never_end_and_those_that_lead_elsewhere() -> None:
    async def main() -> None:
        async with FakeWeChat(Clock(1_750_000_000)) as fake, aiohttp.ClientSession() as http:
            fake.faults.endless(GET, 0)
            async with http.get(fake.url + GET) as response:
                assert len(await response.content.readexactly(100_000)) == 100_000
            fake.faults.redirect(GET, "http://localhost/1")
            async with http.get(fake.url + GET, allow_redirects=False) as response:
                assert response.status == 302
                assert response.headers["Location"] == "http://localhost/1"

    asyncio.run(main())
