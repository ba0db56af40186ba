"""The KF interfaces of WeCom.

- `sync_msg`: see `kf_log`. A limit above 1000 is refused; without a Token it is strictly limited.
- `send_msg`: in states 0 and 1 only (95018 while an agent or the pool has the person, 95013
  after the end), 5 messages in 48 h (95002, 95001), a msgid of at most 32 of [0-9a-zA-Z_-] and
  never twice.
  errcode 0 is not delivery (wechat.md, "Limits"). A refused message does not use its msgid up.
- `send_msg_on_event`: codes work once; a welcome 20 s (text, menu), a reply in pool or with an
  agent 48 h (text), an end 20 s (text, menu), the latter two only in the state they were given for
  (the page on event messages). These messages do not count. Which code a bad one gets is not said;
  here 40029.
- `service_state/trans`: 0 to 1, 2, 3; 1 to 2, 3; 2 to 3; 3 to 3, 4 (the table of the page on
  assigning sessions; its drawing may allow more), else 95016. State 3 needs an agent on duty
  (95014). The first change to 2 or 3 in a session, and one to 4, bring a `msg_code`.
"""

from __future__ import annotations

import re
from typing import Any

from tools.wechat_simulator import bodies
from tools.wechat_simulator.account import random_letters
from tools.wechat_simulator.bodies import Sent
from tools.wechat_simulator.customer import BOT, ENDED, HUMAN, NEW, QUEUE, Customer
from tools.wechat_simulator.errors import Refusal, answer
from tools.wechat_simulator.kf import Kf

SYNC = "/cgi-bin/kf/sync_msg"
SEND = "/cgi-bin/kf/send_msg"
SEND_ON_EVENT = "/cgi-bin/kf/send_msg_on_event"
STATE = "/cgi-bin/kf/service_state/get"
TRANS = "/cgi-bin/kf/service_state/trans"
MSGID = re.compile(r"[0-9a-zA-Z_-]{1,32}", re.A)
MAX_LIMIT = 1000
ALLOWED = {NEW: {BOT, QUEUE, HUMAN}, BOT: {QUEUE, HUMAN}, QUEUE: {HUMAN}, HUMAN: {HUMAN, ENDED}}
OVER_TIME, OVER_COUNT, REFUSED = 4, 6, 10


def sync_msg(account: Kf, fields: dict[str, Any]) -> dict[str, Any]:
    """Reads messages and events."""
    open_kfid = _open_kfid(account, fields)
    log = account.log(open_kfid)
    token, cursor, limit = fields.get("token", ""), fields.get("cursor", ""), fields.get("limit", 0)
    if not isinstance(token, str) or not isinstance(cursor, str) or not isinstance(limit, int):
        raise Refusal(40035)
    if not 0 <= limit <= MAX_LIMIT:
        raise Refusal(40058)
    if token and not log.good_token(token):
        raise Refusal(95007)
    if not token:
        _count_tokenless(account)
    count = min(limit or MAX_LIMIT, account.page)
    empty = account.empty_pages > 0
    if empty:
        account.empty_pages -= 1
    items, next_cursor, more = log.read(cursor, 0 if empty else count)
    has_more = int(more or empty)
    return answer(0, next_cursor=next_cursor, msg_list=items, has_more=has_more)


def _count_tokenless(account: Kf) -> None:
    now = account.clock.now()
    account.tokenless = [time for time in account.tokenless if time > now - 60.0]
    if len(account.tokenless) >= account.tokenless_per_minute:
        raise Refusal(45009)
    account.tokenless.append(now)


def send_msg(account: Kf, fields: dict[str, Any]) -> dict[str, Any]:
    """Sends a message."""
    person = _person(account, fields, "touser")
    msgid = _msgid(account, fields, person)
    sent = bodies.read("kf", fields)
    failure = _over(account, person)
    if failure is None:
        person.quota_windows.spend()
        if person.refuses:
            failure = REFUSED
        elif account.fail_next:
            failure = account.fail_next.pop(0)
    _deliver(account, person, msgid, sent, "api", failure)
    return answer(0, msgid=msgid)


def _over(account: Kf, person: Customer) -> int | None:
    """Returns the later failure of a message over the quota; None if it is within.

    Raises:
        Refusal: It may not be sent at all.
    """
    state = person.state
    if person.written and not person.quota_windows.open:
        if account.late_failures:
            return OVER_TIME
        raise Refusal(95002)
    if state == ENDED:
        raise Refusal(95013)
    if state not in (NEW, BOT):
        raise Refusal(95018)
    if person.quota_windows.left:
        return None
    if account.late_failures:
        return OVER_COUNT
    raise Refusal(95001)


def send_msg_on_event(account: Kf, fields: dict[str, Any]) -> dict[str, Any]:
    """Sends the message that an event allows."""
    if not account.api_enabled:
        raise Refusal(95017)
    code = account.codes.get(str(fields.get("code", "")))
    if code is None or account.clock.now() >= code.ends:
        raise Refusal(40029)
    if code.state is not None and code.person.state != code.state:
        raise Refusal(95018)
    if fields.get("msgtype") not in code.kinds:
        raise Refusal(40008)
    msgid = _msgid(account, fields, code.person)
    sent = bodies.read("kf", fields)
    del account.codes[str(fields["code"])]
    if code.state is None:
        code.person.welcomed_at = account.clock.now()
    failure = REFUSED if code.person.refuses else None
    _deliver(account, code.person, msgid, sent, "event", failure)
    return answer(0, msgid=msgid)


def _deliver(
    account: Kf, person: Customer, msgid: str, sent: Sent, via: str, failure: int | None
) -> None:
    account.msgids.add((person.open_kfid, msgid))
    if failure is None:
        person.shown("account", sent.kind, sent.text, items=sent.items, via=via, msgid=msgid)
        return
    what = {"fail_msgid": msgid, "fail_type": failure}
    account.spawn(account.event(person, "msg_send_fail", **what))


def get_state(account: Kf, fields: dict[str, Any]) -> dict[str, Any]:
    """Tells a session's state."""
    person = _person(account, fields, "external_userid")
    return answer(0, service_state=person.state, servicer_userid=person.servicer)


def trans(account: Kf, fields: dict[str, Any]) -> dict[str, Any]:
    """Changes a session's state."""
    person = _person(account, fields, "external_userid")
    wanted = fields.get("service_state")
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise Refusal(40058)
    if wanted not in ALLOWED.get(person.state, set()):
        raise Refusal(95016)
    servicer = ""
    if wanted == HUMAN:
        servicer = str(fields.get("servicer_userid") or "")
        if not servicer:
            raise Refusal(40058)
        if not account.servicers.on_duty.get(servicer):
            raise Refusal(95014)
    person.change(wanted, servicer)
    more = {}
    if wanted == ENDED or (wanted in (QUEUE, HUMAN) and wanted not in person.coded):
        person.coded.add(wanted)
        more["msg_code"] = account.servicers.code(person, wanted)
    return answer(0, **more)


def _open_kfid(account: Kf, fields: dict[str, Any]) -> str:
    open_kfid = fields.get("open_kfid")
    if open_kfid not in account.open_kfids:
        raise Refusal(95004)
    if not account.api_enabled:
        raise Refusal(95017)
    return str(open_kfid)


def _person(account: Kf, fields: dict[str, Any], name: str) -> Customer:
    open_kfid = _open_kfid(account, fields)
    person = account.people.get((open_kfid, str(fields.get(name, ""))))
    if person is None:
        raise Refusal(40096)
    return person


def _msgid(account: Kf, fields: dict[str, Any], person: Customer) -> str:
    msgid = fields.get("msgid", "")
    if msgid == "":
        return random_letters(32)
    if not isinstance(msgid, str) or not MSGID.fullmatch(msgid):
        raise Refusal(40058)
    if (person.open_kfid, msgid) in account.msgids:
        raise Refusal(account.repeated_msgid)
    return msgid
