"""What ours encrypts, other implementations decrypt, and the reverse; whole answers included.

They are wechatpy 1.8.18, WeRoBot 1.13.1, and the platform's own @wecom/crypto 1.0.1 for Node.js.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any, NamedTuple

import pytest
import xmltodict  # type: ignore[import-untyped]

from channels.wechat.protocol.codec import read_json, read_xml, write_json, write_xml
from channels.wechat.protocol.crypto import Crypto, sign
from channels.wechat.protocol.push import Mode, WebhookVerifier
from scripts.console import ROOT
from tests.channels.wechat.protocol.envelopes import NONCE, NOW, dumped, query, xml
from tests.channels.wechat.protocol.vectors import KEY, OLD_KEY, RECEIVER, TOKEN

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wechatpy import parse_message  # type: ignore[import-untyped]
    from wechatpy.crypto import WeChatCrypto  # type: ignore[import-untyped]
    from wechatpy.replies import deserialize_reply  # type: ignore[import-untyped]
    from werobot.crypto import MessageCrypt  # type: ignore[import-untyped]
    from werobot.parser import parse_user_msg  # type: ignore[import-untyped]

pytestmark = pytest.mark.filterwarnings("ignore")
TIMESTAMP = str(int(NOW))
ENCRYPTED: list[Mode] = ["compatible", "safe", "kf"]
WIDGET = ROOT / "widget"
NODE = """
const { decrypt, encrypt, getSignature } = require("@wecom/crypto");
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { key, id, token, timestamp, nonce, work } = input;
const done = work.map(([act, text]) => {
  if (act === "sign") return getSignature(token, timestamp, nonce, text);
  if (act === "encrypt") return encrypt(key, text, id);
  const opened = decrypt(key, text);
  if (opened.id !== id || opened.random.length !== 16) throw new Error("not for this receiver");
  return opened.message;
});
process.stdout.write(JSON.stringify(done));
"""


def node(work: list[tuple[str, str]], key: str = KEY) -> list[str]:
    """Has @wecom/crypto do all of `work`, each an act and a text."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("without Node.js there is no @wecom/crypto to compare with")
    assert (WIDGET / "node_modules" / "@wecom" / "crypto").is_dir(), (
        "@wecom/crypto is not installed: run `make test`, or `npm ci` in widget/"
    )
    given = {"key": key, "id": RECEIVER, "token": TOKEN, "timestamp": TIMESTAMP, "nonce": NONCE}
    done = subprocess.run(
        [program, "--input-type=commonjs", "-e", NODE],
        cwd=WIDGET,
        input=json.dumps(given | {"work": work}),
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    results: list[str] = json.loads(done.stdout)
    return results


def ours(key: str = KEY) -> Crypto:
    return Crypto(TOKEN, [key], RECEIVER)


def messages() -> Iterator[str]:
    """Random ones: Chinese, emoji, nearly empty, and of every length around the blocks."""
    source = random.Random(2024)
    alphabet = [
        "密",
        "码",
        "营业执照",
        "😀",
        "👨‍👩‍👧",
        "\U00020000",
        "é",
        "<",
        "&",
        "]]>",
        '"',
        "\n",
        "0",
    ]
    yield from ["0", " ", "\n", "中", "😀", "]]>", "<xml></xml>", "{}"]
    for length in range(1, 100):
        yield "x" * length
    for _ in range(150):
        yield "".join(source.choices(alphabet, k=source.randrange(1, 60)))
    yield "长" * 10_000


MESSAGES = list(messages())


def their_envelope(text: str) -> dict[str, str]:
    fields: dict[str, str] = xmltodict.parse(text)["xml"]
    return fields


class Oracle(NamedTuple):
    """How another implementation encrypts and signs a message, and how it opens an envelope."""

    seal: Callable[[str], dict[str, str]]
    unseal: Callable[[str, str, str, str], str]


def wechatpy_of(key: str = KEY) -> Oracle:
    theirs = WeChatCrypto(TOKEN, key, RECEIVER)
    return Oracle(
        lambda text: their_envelope(theirs.encrypt_message(text, NONCE, TIMESTAMP)),
        lambda encrypted, right, timestamp, nonce: theirs.decrypt_message(
            {"Encrypt": encrypted}, right, timestamp, nonce
        ),
    )


def werobot_of(key: str = KEY) -> Oracle:
    theirs = MessageCrypt(TOKEN, key, RECEIVER)
    return Oracle(
        lambda text: their_envelope(theirs.encrypt_message(text, TIMESTAMP, NONCE)),
        lambda encrypted, right, timestamp, nonce: theirs.decrypt_message(
            timestamp, nonce, right, encrypted
        ).decode(),
    )


ORACLES = {"wechatpy": wechatpy_of, "WeRoBot": werobot_of}


def test_the_oracles_are_those_that_are_meant() -> None:
    assert (version("wechatpy"), version("werobot")) == ("1.8.18", "1.13.1")
    package = json.loads((WIDGET / "package.json").read_text(encoding="utf-8"))
    assert package["devDependencies"]["@wecom/crypto"] == "1.0.1"
    lock = (WIDGET / "package-lock.json").read_text(encoding="utf-8")
    assert json.loads(lock)["packages"]["node_modules/@wecom/crypto"]["version"] == "1.0.1"
    assert '"resolved"' not in lock


@pytest.mark.parametrize("name", ORACLES)
def test_python_oracles_open_what_ours_encrypts_and_the_reverse(name: str) -> None:
    oracle = ORACLES[name]()
    for message in MESSAGES:
        sealed = ours().envelope(message.encode(), TIMESTAMP, NONCE)
        assert oracle.unseal(sealed.encrypt, sealed.signature, TIMESTAMP, NONCE) == message
        theirs = oracle.seal(message)
        assert ours().signed(theirs["MsgSignature"], TIMESTAMP, NONCE, theirs["Encrypt"])
        assert ours().decrypt(theirs["Encrypt"]).decode() == message


def test_the_platforms_crypto_opens_what_ours_encrypts_and_the_reverse() -> None:
    sealed = [ours().encrypt(message.encode()) for message in MESSAGES]
    assert node([("decrypt", sealed_text) for sealed_text in sealed]) == MESSAGES
    assert node([("sign", sealed_text) for sealed_text in sealed]) == [
        sign(TOKEN, TIMESTAMP, NONCE, sealed_text) for sealed_text in sealed
    ]
    theirs = node([("encrypt", message) for message in ["", *MESSAGES]])
    assert [ours().decrypt(answer).decode() for answer in theirs] == ["", *MESSAGES]


def bodies(mode: Mode, encrypted: str, is_json: bool) -> bytes:
    plain: dict[str, Any] = {"Content": "the plain copy"} if mode == "compatible" else {}
    fields = {"ToUserName": "gh_1", **plain, "Encrypt": encrypted}
    return (dumped if is_json else xml)(fields)


def said(message: str, is_json: bool) -> tuple[str, dict[str, Any]]:
    """A push with this text: its body, and its fields as they must arrive."""
    fields: dict[str, Any] = {"FromUserName": "o_1", "MsgType": "text", "Content": message}
    body = write_json(fields) if is_json else write_xml(fields)
    return body.decode(), fields


def arguments_of(mode: Mode, encrypted: str, right: str) -> dict[str, str]:
    if mode == "kf":
        return {"timestamp": TIMESTAMP, "nonce": NONCE, "msg_signature": right}
    return query(encrypt_type="aes", msg_signature=right)


@pytest.mark.parametrize("is_json", [False, True])
@pytest.mark.parametrize("mode", ENCRYPTED)
@pytest.mark.parametrize("key", [KEY, OLD_KEY])
def test_whole_pushes_of_oracles_and_whole_answers_to_them(
    mode: Mode, is_json: bool, key: str
) -> None:
    """Each encrypts a push, ours opens it and answers, and each opens the answer."""
    verifier = WebhookVerifier(TOKEN, [KEY, OLD_KEY], RECEIVER, mode, lambda: NOW)
    oracles = [oracle(key) for oracle in ORACLES.values()]
    reader = read_json if is_json else read_xml
    sample = MESSAGES[::7]
    by_platform = node([("encrypt", said(message, is_json)[0]) for message in sample], key)
    answers, wanted = [], []
    for message, of_platform in zip(sample, by_platform, strict=True):
        text, fields = said(message, is_json)
        seals = [oracle.seal(text) for oracle in oracles]
        pushes = [(seal["Encrypt"], seal["MsgSignature"]) for seal in seals]
        pushes.append((of_platform, sign(TOKEN, TIMESTAMP, NONCE, of_platform)))
        for encrypted, right in pushes:
            body = bodies(mode, encrypted, is_json)
            opened = verifier.open(arguments_of(mode, encrypted, right), body)
            assert (opened.fields, opened.json) == (fields, is_json)
            answer = {"ToUserName": "o_1", "CreateTime": 1, "MsgType": "text", "Content": message}
            outer = reader(verifier.reply(opened, answer)[0])
            timestamp, nonce = str(outer["TimeStamp"]), outer["Nonce"]
            for oracle in oracles:
                plain = oracle.unseal(outer["Encrypt"], outer["MsgSignature"], timestamp, nonce)
                assert reader(plain.encode())["Content"] == message
        answers.append(outer["Encrypt"])
        wanted.append((message, outer["MsgSignature"]))
    plain_of_node = node([("decrypt", other_answer) for other_answer in answers], key)
    assert [reader(other_text.encode())["Content"] for other_text in plain_of_node] == [
        pair[0] for pair in wanted
    ]
    assert node([("sign", other_answer) for other_answer in answers], key) == [
        pair[1] for pair in wanted
    ]


def test_whole_encrypted_answers_are_read_by_the_oracles_from_their_own_bodies() -> None:
    verifier = WebhookVerifier(TOKEN, [KEY], RECEIVER, "safe", lambda: NOW)
    theirs = WeChatCrypto(TOKEN, KEY, RECEIVER)
    for message in MESSAGES[::5]:
        seal = wechatpy_of().seal(said(message, False)[0])
        opened = verifier.open(
            query(encrypt_type="aes", msg_signature=seal["MsgSignature"]),
            bodies("safe", seal["Encrypt"], False),
        )
        answer = {"ToUserName": "o_1", "FromUserName": "gh_1", "CreateTime": int(NOW)}
        body, _ = verifier.reply(opened, answer | {"MsgType": "text", "Content": message})
        right = xmltodict.parse(body)["xml"]["MsgSignature"]
        plain = theirs.decrypt_message(body.decode(), right, TIMESTAMP, NONCE)
        reply = deserialize_reply(plain)
        assert (reply.type, reply.target, reply.source) == ("text", "o_1", "gh_1")
        # wechatpy strips a text, which ours does not.
        assert reply.content.strip() == message.strip()


def test_plain_answers_are_read_by_the_oracles() -> None:
    verifier = WebhookVerifier(TOKEN, [], "", "plain", lambda: NOW)
    pushed = {"ToUserName": "gh_1", "FromUserName": "o_1", "CreateTime": int(NOW)}
    pushed |= {"MsgType": "text", "Content": "你好 😀", "MsgId": 1234567890123456}
    body = xml(pushed)
    opened = verifier.open(query(), body)
    for theirs in (parse_message(body), parse_user_msg(body)):
        assert str(theirs.id if hasattr(theirs, "id") else theirs.message_id) == "1234567890123456"
        assert theirs.source == opened.fields["FromUserName"]
        assert theirs.content == opened.fields["Content"]
    answer = {"ToUserName": "o_1", "FromUserName": "gh_1", "CreateTime": int(NOW)}
    over = answer | {"MsgType": "transfer_customer_service"}
    assert deserialize_reply(verifier.reply(opened, over)[0]).type == "transfer_customer_service"
    to_one = over | {"TransInfo": {"KfAccount": "a@gh_1"}}
    assert xmltodict.parse(verifier.reply(opened, to_one)[0])["xml"]["TransInfo"] == {
        "KfAccount": "a@gh_1"
    }
