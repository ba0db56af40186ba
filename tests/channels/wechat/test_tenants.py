"""An account of a tenant's: whose conversations it has, and which sentences it says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage

from channels.bounds import BadSettings
from channels.live_messages import BadMessages
from channels.wechat.conversation.conversations import conversation_id_of
from channels.wechat.messages import (
    MESSAGES,
    messages_of,
    say,
    speaking_for,
    words,
)
from channels.wechat.settings import Settings
from serving.tenants import VARIABLE, tenant_of
from tests.channels.wechat.bot import Answer, Bot
from tests.tenant_folders import HALL, PORT, make_tenants
from tools.wechat_simulator import Clock, FakeWeChat

NOW = 1_750_000_000.0
VOICE = "余杭听不清语音，请打字。"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_tenants(tmp_path / "tenants")
    monkeypatch.setenv(VARIABLE, str(made))
    return made


def write(folder: Path, text: str) -> None:
    (folder / HALL / "wechat.yml").write_text(text, encoding="utf-8")


async def name_tenant(message: UserMessage) -> Answer:
    """Answers with the tenant that the conversation's id names."""
    return {"text": tenant_of(message.sender_id) or "default"}


@pytest.mark.parametrize("tenant", [HALL, ""])
def test_the_account_says_whose_conversation_it_is(
    tmp_path: Path, folder: Path, tenant: str
) -> None:
    write(folder, f"voice: {VOICE}\n")
    voice = VOICE if tenant else MESSAGES["voice"]
    fields = {"tenant": tenant} if tenant else None

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            account, kf = fake.official_account(), fake.kf()
            async with Bot(tmp_path, fake, {"a": account, "b": kf}, name_tenant, fields):
                for person in (account.person(), kf.person()):
                    assert (await person.ask("收不到验证码")).text == (tenant or "default")
                    await person.voice()
                    assert (await person.hears())[0].text.startswith(voice)

    asyncio.run(main())


def test_customer_service_accounts_of_one_company_may_be_of_two_tenants(
    tmp_path: Path, folder: Path
) -> None:
    write(folder, f"voice: {VOICE}\n")

    async def main() -> None:
        async with FakeWeChat(Clock(NOW)) as fake:
            kf = fake.kf()
            kf.open_kfids.append("wk" + "x" * 30)
            first, second = kf.open_kfids
            fields = {"tenant": PORT, "kf_tenants": {first: HALL}}
            async with Bot(tmp_path, fake, {"a": kf}, name_tenant, fields):
                for open_kfid, tenant in ((first, HALL), (second, PORT)):
                    person = kf.person(open_kfid=open_kfid)
                    assert (await person.ask("收不到验证码")).text == tenant
                    await person.voice()
                    voice = VOICE if tenant == HALL else MESSAGES["voice"]
                    assert (await person.hears())[0].text.startswith(voice)

    asyncio.run(main())


def test_the_same_person_has_two_conversations_with_two_tenants() -> None:
    ids = {conversation_id_of("a", "p", tenant) for tenant in ("", HALL, PORT)}
    assert {tenant_of(conversation) for conversation in ids} == {"", HALL, PORT}
    assert conversation_id_of("a", "p") == conversation_id_of("a", "p", "")


def test_a_tenant_says_some_sentences_otherwise(folder: Path) -> None:
    write(folder, f"voice: {VOICE}\npokes: [来了]\n")
    with speaking_for(HALL):
        assert say("voice") == VOICE
        assert words("pokes") == ["来了"]
        assert say("more") == MESSAGES["more"]
        with speaking_for(PORT):
            assert say("voice") == MESSAGES["voice"]
        assert say("voice") == VOICE
    assert say("voice") == MESSAGES["voice"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vioce: 听不清\n", "wechat.yml:1: vioce: is not known here"),
        ("unavailable: 不在\n", "wechat.yml:1: unavailable: is not known here"),
        ("quotes: {}\n", "quotes: is the same for every tenant"),
        ("voice: ''\n", "voice: '' is empty"),
        ("voice: ' '\n", "voice: is empty"),
        ("voice: [一]\n", "voice: is no text"),
        ("pokes: 一\n", "pokes: '一' is no list"),
        ("number_line: '{nummer}. {title}'\n", "unknown placeholder {nummer}"),
        ("more: 1\nnumber_line: '{title}'\n", "wechat.yml:2: number_line: {number} is missing"),
        ("voice: '{__class__}'\n", "unknown placeholder {__class__}"),
        ("voice: '听{不清'\n", "a single brace"),
        ("number_line: '{number.__class__}'\n", "a single brace"),
        ("- 1\n", "is no list of"),
        ("a: [\n", "not valid YAML"),
    ],
)
def test_sentences_that_cannot_be_used_stop_the_start(folder: Path, text: str, said: str) -> None:
    write(folder, text)
    with pytest.raises(BadMessages) as error:
        messages_of(HALL)
    assert said in str(error.value)
    assert str(error.value).startswith("tenants/hall/wechat.yml")
    account = {"kind": "official_account", "app_id": "wx123456", "mode": "plain"}
    account |= {"token_variable": "T_TOKEN", "verified": False, "tenant": HALL}  # type: ignore[dict-item]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("T_TOKEN", "token1")
        with pytest.raises(BadSettings, match=r"accounts\.a\.tenant"):
            Settings.from_credentials({"accounts": {"a": account}})


@pytest.mark.parametrize("tenants", [{"wk1": "gone"}, {"wk1": "../hall"}, ["hall"], {"wk1": 1}])
def test_a_customer_service_account_of_nobody_stops_the_start(
    folder: Path, tenants: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("T_TOKEN", "token1"), ("T_KEY", "k" * 43), ("T_SECRET", "secret")):
        monkeypatch.setenv(name, value)
    given = {"kind": "kf", "corp_id": "ww123456", "token_variable": "T_TOKEN"}
    given |= {"aes_key_variable": "T_KEY", "secret_variable": "T_SECRET"}
    Settings.from_credentials({"accounts": {"a": {**given, "kf_tenants": {"wk1": HALL}}}})
    with pytest.raises(BadSettings, match=r"accounts\.a\."):
        Settings.from_credentials({"accounts": {"a": {**given, "kf_tenants": tenants}}})


@pytest.mark.parametrize("tenant", ["gone", "../hall", "Hall", 1])
def test_an_account_of_nobody_stops_the_start(folder: Path, tenant: object) -> None:
    account = {"kind": "official_account", "app_id": "wx123456", "mode": "plain"}
    given = {**account, "token_variable": "T_TOKEN", "verified": False, "tenant": tenant}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("T_TOKEN", "token1")
        with pytest.raises(BadSettings, match="tenant"):
            Settings.from_credentials({"accounts": {"a": given}})


def test_a_file_that_becomes_bad_while_the_assistant_runs_stops_no_answer(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with speaking_for(HALL):
        assert say("voice") == MESSAGES["voice"]
        write(folder, "voice: '{__class__}'\n")  # the first there is
        assert [say("voice") for _ in range(3)] == [MESSAGES["voice"]] * 3
        write(folder, f"voice: {VOICE}\n")
        assert say("voice") == VOICE
        write(folder, "voice: ''\n")
        assert say("voice") == VOICE
        write(folder, "# nothing of its own any more\n")
        assert say("voice") == MESSAGES["voice"]
    assert len([line for line in caplog.records if line.levelname == "ERROR"]) == 2
