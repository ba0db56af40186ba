"""The shapes of what stands in `content/`, each file declared once.

What a field may hold stands behind it: `Text(60, "step")` is a text of at most 60 characters in
which {step} may be filled in. A field without a default has to be there.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StrictStr
from typing_extensions import TypedDict

from content_loader.declare import (
    PLACEHOLDER,
    Name,
    NotNothing,
    Once,
    OneOf,
    Shape,
    Text,
)
from gazetteer.places import Gazetteer

MENU = "menu"  # among names of buttons: all those of the menu
# Where an answer is another, beside ways and troubles.
DEVICE_GONE = "device_gone"  # the phone is lost or stolen
CLAIM = "claim"  # the licence is being received
WAYS = "phone face liaison application_liaison bureau"
Page = Annotated[StrictStr, Field(pattern="^[a-z_]+$")]
WayNames = Annotated[
    tuple[Annotated[str, OneOf("phone face liaison application_liaison")], ...], Once
]
Drawing = Annotated[str, OneOf("forgot_link face_pose blocked_sms")]
Words = Annotated[tuple[Annotated[str, Text(10)], ...], Field(min_length=1), Once]
RoleWords = Annotated[tuple[Annotated[str, Text(12)], ...], Once]
ScreenName = Annotated[
    str,
    OneOf(
        "same_as_old too_weak not_equal code_wrong code_expired code_too_often number_wrong "
        "option_missing other_options asks_face asks_id asks_old_password mismatch locked blank "
        "error download_page in_review no_reaction login_again success asks_scan captcha "
        "number_shown asks_number asks_region asks_consent not_supported"
    ),
]
CauseName = Annotated[
    str,
    OneOf(
        "app blocked busy cache card_renewed carrier case covered credit_code expired forgot_link "
        "identity light login_place look_alike mini_program network not_bound not_installed "
        "not_latest number_wrong other_person other_system password_forgotten phone_number "
        "posture registration_old reinstall representative_changed still_locked sync too_often "
        "typo username_wrong wrong_password"
    ),
]
FactName = Annotated[
    str,
    OneOf(
        "speaker number face representative liaison device platform received deadline "
        "new_representative tried licences changed"
    ),
]


class Step(Shape):
    """One step of a way: what to do, what one should then see, what can go wrong.

    `here` are the pages at which somebody has this step before them; `says` answers what the
    page says at this step, where that differs from `Content.screens`. Of options on a page, the
    way's own is called by one of `names`.
    """

    title: Annotated[str, Text(30)]
    do: Annotated[str, Text(200)]
    see: Annotated[str, Text(80)]
    if_not: Annotated[str, Text(120)]
    troubles: Annotated[tuple[Name, ...], Field(max_length=2), Once]
    picture: Annotated[Drawing | None, NotNothing] = None
    here: Annotated[tuple[Page, ...], Once] = ()
    says: dict[ScreenName, Annotated[str, Text(120)]] = Field(default_factory=dict)
    names: Annotated[tuple[Annotated[str, Text(12)], ...], Once] = ()


class Way(Shape):
    """One way to recover the password.

    `ask` is the question whether it suits the person, `ask_again` the same in other words,
    `unsure` says how to find out.
    """

    title: Annotated[str, Text(30)]
    short: Annotated[str, Text(12)]
    ask: Annotated[str, Text(60)] = ""
    ask_again: Annotated[str, Text(60)] = ""
    unsure: Annotated[str, Text(80)] = ""
    who: Annotated[str, Text(80)]
    needs: Annotated[str, Text(80)]
    differs: Annotated[str, Text(80)]
    finish: Annotated[str, Text(60)]
    failed: Annotated[Name | None, NotNothing] = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=20)]


class Cause(Shape):
    """One possible cause of a trouble and its remedy.

    By its `name` it is known when people speak of it (the acts `rules_out` and `points_to`). With
    `ask` it is asked whether this is the cause; without, whether the remedy has helped. What can
    only be put right `at_bureau` is not waited for.
    """

    name: CauseName = ""
    title: Annotated[str, Text(30)]
    remedy: Annotated[str, Text(160)]
    ask: Annotated[str, Text(40)] = ""
    at_bureau: StrictBool = False
    picture: Annotated[Drawing | None, NotNothing] = None


class After(TypedDict):
    """Where a guide goes on."""

    way: Annotated[str, OneOf(WAYS)]
    step: Annotated[int, Field(ge=1, strict=True)]


class Trouble(Shape):
    """A failure a person reports; `rules_out` names the ways that end with it.

    With `immediate` they end at once; `then` is where it leads at the end, `ways` or `bureau`;
    `after` the way and step that come next once it is solved; `says` answers what the page says
    while it is looked at, where that differs from `Content.screens`.
    """

    title: Annotated[str, Text(12)]
    says: dict[ScreenName, Annotated[str, Text(120)]] = Field(default_factory=dict)
    intro: Annotated[str, Text(120)]
    rules_out: WayNames
    immediate: StrictBool = False
    then: Annotated[str, OneOf("ways bureau")] = "ways"
    after: Annotated[After | None, NotNothing] = None
    last: Annotated[str, Text(120)]
    causes: tuple[Cause, ...]


class Spoken(Shape):
    """A fixed answer with the names of the buttons under it."""

    text: Annotated[str, Text(600)]
    buttons: Annotated[tuple[Name, ...], Field(max_length=3), Once]


class Explanation(Spoken):
    """The answer to a question that is asked beside the point.

    `at` says it otherwise by where the person is: on a way, at a trouble, or with the phone gone
    (DEVICE_GONE, CLAIM). `again` is for somebody who has just had the answer and asks on.
    """

    at: dict[Name, Annotated[str, Text(300)]] = Field(default_factory=dict)
    again: Annotated[str, Text(300)] = ""


def _day(given: Any) -> datetime.date:
    """Takes a day as YAML has it, and nothing that is more or less than a day.

    Raises:
        ValueError: if it is none.
    """
    if type(given) is not datetime.date:
        raise ValueError("is no day such as 2026-12-31")
    return given


Day = Annotated[datetime.date, BeforeValidator(_day)]
MIN_WORDINGS = 3


class LocalQuestion(Spoken):
    """A question of the operator's own, with its answer: live, without a training.

    It is known by its `wordings` (`nlu/local_questions.py`), and answered up to the day `until`;
    with more `strictness` a message has to be more like them.
    """

    wordings: Annotated[
        tuple[Annotated[str, Text(60)], ...], Field(min_length=MIN_WORDINGS, max_length=30), Once
    ]
    buttons: Annotated[tuple[Name, ...], Field(max_length=3), Once] = ()
    until: Annotated[Day | None, NotNothing] = None
    strictness: Annotated[float, Field(ge=0, le=4, strict=True)] = 0.0

    def is_over(self, today: datetime.date) -> bool:
        """Tells whether its last day has gone by."""
        return self.until is not None and self.until < today


class LocalFacts(Shape):
    """What the operator says of the bureau of one place; it stands on the bureau's card."""

    address: Annotated[str, Text(80)] = ""
    hours: Annotated[str, Text(80)] = ""
    counter: Annotated[str, Text(40)] = ""
    phone: Annotated[StrictStr, Field(pattern="^[0-9][0-9 +-]{2,24}[0-9]$|^$")] = ""
    other: Annotated[str, Text(120)] = ""
    until: Annotated[Day | None, NotNothing] = None

    def is_over(self, today: datetime.date) -> bool:
        """Tells whether its last day has gone by."""
        return self.until is not None and self.until < today


class Reply(Spoken):
    """An answer to chitchat: shorter, with one more button."""

    text: Annotated[str, Text(400)]
    buttons: Annotated[tuple[Name, ...], Field(max_length=4), Once]


class System(Shape):
    """Another system whose password people mix up with the licence's."""

    title: Annotated[str, Text(40)]
    names: Annotated[tuple[Annotated[str, Text(20)], ...], Field(min_length=1), Once]
    text: Annotated[str, Text(300)]


class Screen(Shape):
    """What a page says: the answer, the page it is seen on, the trouble it becomes."""

    text: Annotated[str, Text(120)]
    page: Annotated[Page | None, NotNothing] = None
    trouble: Annotated[Name | None, NotNothing] = None


class KnownError(Shape):
    """What an error on a picture means: a trouble, or `screen:` and a screen of `recover.yml`.

    Of each of the `words` one has to stand in it; they are apart by "|".
    """

    means: Annotated[StrictStr, Field(pattern="^(screen:)?[a-z_]+$")]
    words: Annotated[
        tuple[
            Annotated[
                StrictStr,
                Field(
                    max_length=300,
                    pattern=r"^[^|\s]([^|]*[^|\s])?(\|[^|\s]([^|]*[^|\s])?)*$",
                    json_schema_extra={"placeholders": []},
                ),
            ],
            ...,
        ],
        Field(min_length=1),
    ]

    def is_said(self, text: str) -> bool:
        """Tells whether a text is this error."""
        return all(any(word in text for word in words.split("|")) for words in self.words)


class Fact(Shape):
    """Something a person has told, and what follows for the ways.

    `heard` is what is said to it, `title` what stands in a note to the bureau, `trouble` what is
    looked into when the fact is the answer to a way. Whether the ways that it `doubts` can be gone
    is still open: `ask` is how it is asked then. Where a way of `no_remedy` has failed, no cause is
    looked for.
    """

    title: Annotated[str, Text(20)]
    heard: Annotated[str, Text(100)] = ""
    trouble: Annotated[Name | None, NotNothing] = None
    excludes: WayNames = ()
    postpones: WayNames = ()
    allows: WayNames = ()
    doubts: WayNames = ()
    no_remedy: WayNames = ()
    ask: Annotated[str, Text(60)] = ""


class Term(Shape):
    """A word that people ask about, and what it means."""

    names: Annotated[tuple[Annotated[str, Text(20)], ...], Field(min_length=1)]
    text: Annotated[str, Text(100)]


class Choice(TypedDict):
    """A system that is offered as a button."""

    title: Annotated[str, Text(12)]
    name: Annotated[str, Text(20)]


class Button(TypedDict):
    """A button: what stands on it, and what a click says."""

    title: Annotated[str, Text(20, "step", "place", "title")]
    payload: Annotated[StrictStr, Field(pattern=r"^/[a-z_]+(\{.*\})?$")]


@dataclass(frozen=True)
class Content:
    """Everything in `content/`; `texts` holds single sentences by their dotted path."""

    ways: Mapping[str, Way]
    troubles: Mapping[str, Trouble]
    answers: Mapping[str, Explanation]
    chitchat: Mapping[str, Spoken]
    scam: Spoken
    systems: Sequence[System]
    system_choices: Sequence[Choice]
    warnings: Mapping[str, str]
    buttons: Mapping[str, Button]
    menu: Sequence[str]
    meanings: Mapping[str, str]
    local_questions: Mapping[str, LocalQuestion]
    local_facts: Mapping[str, LocalFacts]
    practical: Mapping[str, Explanation]
    practical_same: Mapping[str, str]
    terms: Sequence[Term]
    own_names: Sequence[str]
    screens: Mapping[str, Screen]
    facts: Mapping[str, Mapping[str, Fact]]
    telltales: Sequence[str]
    frauds: Sequence[Sequence[str]]
    known_errors: Sequence[KnownError]
    trouble_words: Mapping[str, Sequence[str]]
    place_roles: Mapping[str, Sequence[str]]
    texts: Mapping[str, str]
    gazetteer: Gazetteer = field(repr=False)

    def text(self, key: str, **values: object) -> str:
        """Returns the sentence at `key` with its {placeholders} filled in.

        Raises:
            KeyError: if no file has that sentence.
        """
        return fill(self.texts[key], **values)


def fill(template: str, **values: object) -> str:
    """Replaces every {name} of `template` that is in `values`; other braces stay."""
    return PLACEHOLDER.sub(lambda m: str(values.get(m[1], m[0])), template)
