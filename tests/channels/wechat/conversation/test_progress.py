"""How far the answer to a message is: what may follow what, and what an earlier version kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from channels.transitions import ImpossibleTransition
from channels.wechat.conversation.conversations import (
    NEXT,
    Away,
    ConversationState,
    Progress,
    Sending,
    Stage,
)
from channels.wechat.protocol.outgoing import Part


@pytest.mark.parametrize("before", Stage)
@pytest.mark.parametrize("then", Stage)
def test_only_what_may_follow_follows(before: Stage, then: Stage) -> None:
    progress = Progress("k", before)
    if then in NEXT[before]:
        progress.advance(then)
        assert progress.stage is then
        return
    with pytest.raises(ImpossibleTransition, match=f"{then.name} cannot follow {before.name}"):
        progress.advance(then)
    assert progress.stage is before


def test_an_answer_is_not_said_twice() -> None:
    progress = Progress("k")
    progress.say([])
    with pytest.raises(ImpossibleTransition):
        progress.say([Sending(Part("twice"), "m")])
    assert progress.sendings == []


def test_what_is_done_keeps_its_keys_alone() -> None:
    progress = Progress("k", rasa_input="a text", joined=["l"])
    progress.say([Sending(Part("an answer"), "m")])
    assert progress.finished() == Progress("k", Stage.DONE, joined=["l"])


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_is_kept(stage: Stage) -> None:
    record = ConversationState(progress=Progress("k", stage, sendings=[Sending(Part("a"), "m")]))
    assert ConversationState.loads(record.dumps()) == record


@pytest.mark.parametrize(
    ("sendings", "stage"),
    [
        (None, Stage.ASKING),
        ([], Stage.SENDING),
        ([{"part": {"text": "a", "items": []}, "msgid": "m", "handoff": False}], Stage.SENDING),
    ],
)
def test_a_record_of_an_earlier_version_is_read(
    sendings: list[dict[str, Any]] | None, stage: Stage
) -> None:
    data = json.loads(ConversationState().dumps())
    del data["progress"]["stage"]
    kept = sendings and [{**sending, "numbers": [], "tail": ""} for sending in sendings]
    data["progress"].update(key="k", rasa_input="a text", sendings=kept)
    progress = ConversationState.loads(json.dumps(data)).progress
    assert (progress.key, progress.stage) == ("k", stage)
    assert [sending.part.text for sending in progress.sendings] == ["a"] * len(sendings or ())


@pytest.mark.parametrize(
    ("away", "served", "read"),
    [
        (False, False, Away.NO),
        (False, True, Away.NO),
        (True, False, Away.ASKED),
        (True, True, Away.SERVED),
    ],
)
def test_who_was_away_in_an_earlier_version_still_is(away: bool, served: bool, read: Away) -> None:
    data = json.loads(ConversationState().dumps())
    data.update(away=away, served=served)
    record = ConversationState.loads(json.dumps(data))
    assert record.away is read
    assert ConversationState.loads(record.dumps()) == record
