"""The one message of a turn, as an action sends it: blocks, buttons, and perhaps a handoff.

The action server makes it, the Rasa server makes its text (`channels/rendering.py`), the website's
widget draws it (`widget/src/protocol.ts` has the same shapes). `docs/messages.md` writes the shape
down; tests on both sides hold it.
"""

from typing import Literal

from typing_extensions import NotRequired, TypedDict  # that know which keys may be left out

#: The response under which an action's blocks reach Rasa, which has them made into text.
RESPONSE = "utter_blocks"
#: How many buttons a message has at most; a phone shows no more at once.
MAX_BUTTONS = 4
MAX_TITLE = 20  # characters of what stands on a button


class Progress(TypedDict):
    """Where a guide stands: at step `number` of `total`."""

    way: str
    number: int
    total: int


class ParagraphBlock(TypedDict):
    """Something said; a line that begins with "· " is an item of a list.

    `progress`: which step of a guide it helps with. `asks`: what is to be typed as the answer,
    where that is no free text. `tone`: a happy end.
    """

    type: Literal["paragraph"]
    text: str
    progress: NotRequired[Progress]
    asks: NotRequired[Literal["place"]]
    tone: NotRequired[Literal["success"]]


class WarningBlock(TypedDict):
    """A warning of what stands in the person's own message, or of fraud."""

    type: Literal["warning"]
    about: Literal["message", "fraud"]
    text: str


class ListBlock(TypedDict):
    """A list, with numbers or without, perhaps under a title."""

    type: Literal["list"]
    numbered: bool
    items: list[str]
    title: NotRequired[str]


class StepBlock(TypedDict):
    """A step of a guide: what to do, what one should see, what to do if not.

    `picture` names a drawing of the website.
    """

    type: Literal["step"]
    way: str
    number: int
    total: int
    title: str
    do: str
    see: str
    if_not: str
    picture: str | None


class CauseBlock(TypedDict):
    """A possible cause of a trouble, and its remedy. `picture` names a drawing of the website."""

    type: Literal["cause"]
    trouble: str
    number: int
    total: int
    title: str
    remedy: str
    picture: str | None


class WayItem(TypedDict):
    """One of the ways to choose from, and who can use it."""

    title: str
    who: str


class WaysBlock(TypedDict):
    """The ways to choose from; one is chosen by its number, from 1."""

    type: Literal["ways"]
    ways: list[WayItem]


class BureauBlock(TypedDict):
    """The probable bureau of a place: what is known of it, and the numbers to dial."""

    type: Literal["bureau"]
    place: str
    facts: list[str]
    hotlines: list[str]


class NoteBlock(TypedDict):
    """A note for the bureau, to be copied as it stands."""

    type: Literal["note"]
    text: str


Block = (
    ParagraphBlock
    | WarningBlock
    | ListBlock
    | StepBlock
    | CauseBlock
    | WaysBlock
    | BureauBlock
    | NoteBlock
)


class Button(TypedDict):
    """A reply to click: its words, and the intent it stands for."""

    title: str
    payload: str


class Handoff(TypedDict):
    """That a human shall take over: why, and what was tried."""

    reason: Literal["asked", "cannot_handle"]
    note: str


#: What a person has just said of the end: that a remedy helped, or that all is well.
Outcome = Literal["helped", "solved"]


class Message(TypedDict):
    """All that goes out in a turn."""

    blocks: list[Block]
    buttons: list[Button]
    handoff: NotRequired[Handoff]
    outcome: NotRequired[Outcome]
