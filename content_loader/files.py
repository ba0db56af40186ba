"""The files of `content/`, each declared once: the names in it, and what may stand under each.

`Text(60, "step")` is a text of at most 60 characters in which {step} may be filled in.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictStr

from content_loader.declare import Name, Once, Shape, Text, exactly, includes
from content_loader.shapes import (
    WAYS,
    Button,
    Choice,
    Explanation,
    Fact,
    FactName,
    KnownError,
    LocalFacts,
    LocalQuestion,
    Page,
    Reply,
    RoleWords,
    Screen,
    ScreenName,
    Spoken,
    System,
    Term,
    Trouble,
    Way,
    Words,
)


class Triage(Shape):
    """Around the choice of a way."""

    otherwise: Annotated[str, Text(60)]
    by_hand: Annotated[str, Text(60)]
    all: Annotated[str, Text(60)]
    none_left: Annotated[str, Text(100)]
    later: Annotated[str, Text(80, "way")]
    resumed: Annotated[str, Text(40, "step")]


class Recover(Shape):
    """The ways, the choice among them, and what pages say."""

    ways: Annotated[dict[str, Way], exactly(WAYS)]
    triage: Triage
    screens: dict[ScreenName, Screen]


class Diagnose(Shape):
    """The troubles; others may be added."""

    troubles: Annotated[
        dict[Name, Trouble],
        includes(
            "code_not_received code_rejected phone_forgotten phone_changed face_failed "
            "new_password_not_working username_forgotten account_locked entry_not_found "
            "login_failed device_changed identity_mismatch system_error"
        ),
    ]


class OtherSystems(Shape):
    """Around passwords of other systems."""

    unknown: Annotated[str, Text(200, "system")]
    which: Annotated[str, Text(100)]
    choices: Annotated[tuple[Choice, ...], Field(max_length=3)]
    after: Annotated[str, Text(60)]
    stay: Annotated[str, Text(120, "system")]
    done: Annotated[str, Text(60)]
    own_names: Annotated[tuple[Annotated[str, Text(20)], ...], Field(min_length=1)]


class Answer(Shape):
    """Answers to questions; others may be added."""

    answers: Annotated[
        dict[Name, Explanation],
        includes(
            "password_rules change_password update_contact_info avoid_face "
            "explain_verification explain_liaison official_source password_safety "
            "privacy_concern other_licence_service"
        ),
    ]
    practical: dict[Name, Explanation]
    practical_same: dict[Name, Name]
    terms: tuple[Term, ...]
    systems: tuple[System, ...]
    other_systems: OtherSystems


class Safety(Shape):
    """Warnings of secrets by their kind, and of fraud."""

    warnings: Annotated[
        dict[str, Annotated[str, Text(120)]],
        exactly("password code id_number bank_card phone credit_code paper contact unsure link"),
    ]
    scam: Spoken


class Card(Shape):
    """The lines of a bureau's card."""

    name: Annotated[str, Text(120, "bureau")]
    no_name: Annotated[str, Text(120, "place")]
    website: Annotated[str, Text(80, "website", "owner")]
    hotline: Annotated[str, Text(80, "code")]
    hotline_no_code: Annotated[str, Text(80)]
    complaints: Annotated[str, Text(60)]
    bring: Annotated[str, Text(100)]
    hours: Annotated[str, Text(80)]
    own_address: Annotated[str, Text(140, "address")]
    own_hours: Annotated[str, Text(140, "hours")]
    own_counter: Annotated[str, Text(100, "counter")]
    own_phone: Annotated[str, Text(80, "phone")]
    own_other: Annotated[str, Text(180, "other")]
    rest: Annotated[str, Text(80)]


class Note(Shape):
    """The note that one can copy for the bureau."""

    opening: Annotated[str, Text(80)]
    opening_trouble: Annotated[str, Text(80, "trouble")]
    opening_never: Annotated[str, Text(80)]
    opening_new: Annotated[str, Text(80)]
    tried: Annotated[str, Text(60, "ways")]
    unusable: Annotated[str, Text(40, "ways")]
    way_step: Annotated[str, Text(60, "way", "step", "title")]
    ruled_out: Annotated[str, Text(60, "trouble", "causes")]
    facts: Annotated[str, Text(40, "facts")]
    closing: Annotated[str, Text(60)]
    rewritten: Annotated[str, Text(80)]


class Materials(Shape):
    """What to bring; `dead` if the representative has died; `online` amid a guide on the phone.

    `more` is for somebody who has had the list and asks on.
    """

    online: Annotated[str, Text(200, "needs")]
    text: Annotated[str, Text(400)]
    more: Annotated[str, Text(100)]
    dead: Annotated[str, Text(200)]


class Bureau(Shape):
    """Which bureau is meant, and what is said of it."""

    ask: Annotated[str, Text(100)]
    which: Annotated[str, Text(60, "name")]
    which_one: Annotated[str, Text(60, "name")]
    registered_where: Annotated[str, Text(40)]
    separator: Annotated[str, Text(4)]
    finer: Annotated[str, Text(60)]
    which_more: Annotated[str, Text(2000, "name", "count", "example", "names")]
    which_many: Annotated[str, Text(100, "name", "count")]
    which_zone: Annotated[str, Text(100, "name")]
    moved: Annotated[str, Text(100)]
    outside: Annotated[str, Text(200)]
    divided: Annotated[str, Text(100, "old")]
    nickname: Annotated[str, Text(60, "name", "place")]
    nearest_town: Annotated[str, Text(100, "name", "place")]
    nearest_zone: Annotated[str, Text(120, "name", "place")]
    notes: dict[Name, Annotated[str, Text(100)]]
    roles: Annotated[
        dict[str, RoleWords],
        exactly(
            "joins skipped no_before before_before moved_before business_behind "
            "person_before person_behind registered_before registered_behind"
        ),
    ]
    unknown: Annotated[str, Text(150, "name")]
    unknown_unnamed: Annotated[str, Text(150)]
    renamed: Annotated[str, Text(60, "old", "new")]
    card: Card
    note: Note
    materials: Materials
    human: Annotated[str, Text(120)]


class Picture(Shape):
    """What is said to a picture, and how its sentences are known."""

    saw: Annotated[str, Text(80, "sentence")]
    saw_message: Annotated[str, Text(80, "sentence")]
    unknown: Annotated[str, Text(120, "sentence")]
    page_step: Annotated[str, Text(120, "page", "way", "step", "total", "title")]
    page: Annotated[str, Text(60, "page")]
    page_unknown: Annotated[str, Text(120, "sentence")]
    not_it: Annotated[str, Text(80)]
    fraud: Annotated[str, Text(60, "sentence")]
    other: Annotated[str, Text(120)]
    empty: Annotated[str, Text(120)]
    hidden: Annotated[str, Text(120)]
    invite: Annotated[str, Text(160)]
    unread: Annotated[
        dict[str, Annotated[str, Text(120)]],
        exactly("not_a_picture unsupported too_large damaged busy failed off"),
    ]
    pages: Annotated[
        dict[str, Annotated[str, Text(30)]],
        exactly(
            "app_open login_page forgot_page method_chosen number_entered code_received "
            "code_entered new_password_page password_set password_confirmed reset_success "
            "identity_page identity_entered face_page face_passed logged_in"
        ),
    ]
    placeholders: Annotated[
        dict[str, Annotated[str, Text(20)]],
        exactly("id_number credit_code bank_card phone code password paper contact other link"),
    ]
    telltales: Words
    frauds: Annotated[tuple[Words, ...], Field(min_length=1)]
    errors: tuple[KnownError, ...]
    troubles: dict[Name, Words]


class StepTexts(Shape):
    """Around the steps of a guide."""

    opening: Annotated[str, Text(120, "way", "total", "who", "needs", "differs")]
    first: Annotated[str, Text(40)]
    last: Annotated[str, Text(40)]
    no_such: Annotated[str, Text(80, "total", "asked", "step")]
    not_here: Annotated[str, Text(80, "step")]
    set_ahead: Annotated[str, Text(80)]
    forgot_to_download: Annotated[str, Text(80)]
    which: Annotated[str, Text(60, "total")]
    stuck: Annotated[str, Text(100, "step", "title", "if_not")]
    stuck_which: Annotated[str, Text(60)]
    stuck_again: Annotated[str, Text(60)]
    restarted: Annotated[str, Text(40)]
    reached: Annotated[str, Text(60, "step")]
    brief: Annotated[str, Text(60, "step", "do")]
    present: Annotated[str, Text(60, "step", "do")]
    ahead: Annotated[str, Text(40, "total", "steps")]
    what_does_it_say: Annotated[str, Text(60)]


class CauseTexts(Shape):
    """Around the causes of a trouble."""

    question: Annotated[str, Text(40)]
    all: Annotated[str, Text(60, "trouble")]
    item: Annotated[str, Text(60, "number", "title", "remedy")]
    question_all: Annotated[str, Text(40)]
    none_left: Annotated[str, Text(40)]
    no_use: Annotated[str, Text(60)]
    not_it: Annotated[str, Text(40, "titles")]
    quoted: Annotated[str, Text(20, "title")]
    still: Annotated[str, Text(60, "title")]
    confirm: Annotated[str, Text(40)]
    is_it: Annotated[str, Text(60)]
    move_on: Annotated[str, Text(60)]


class SolvedTexts(Shape):
    """Around the end of a guide or a diagnosis."""

    back: Annotated[str, Text(40, "step")]
    which: Annotated[str, Text(60)]
    closing: Annotated[str, Text(300)]
    received: Annotated[str, Text(300)]
    trouble: Annotated[str, Text(60)]
    in_part: Annotated[str, Text(60)]
    question: Annotated[str, Text(40)]
    what_now: Annotated[str, Text(80)]
    inside: Annotated[str, Text(60)]
    by_trial: Annotated[str, Text(100)]
    next_trouble: Annotated[str, Text(40)]


class ReturnTexts(Shape):
    """The way back after a digression."""

    step: Annotated[str, Text(40, "step")]
    cause: Annotated[str, Text(40, "trouble")]
    question: Annotated[str, Text(40)]


class Navigate(Shape):
    """How one moves through a guide or a diagnosis."""

    step: StepTexts
    cause: CauseTexts
    solved: SolvedTexts
    not_started: Annotated[str, Text(40)]
    returning: Annotated[ReturnTexts, Field(alias="return")]
    which_trouble: Annotated[str, Text(60)]
    menu: Annotated[str, Text(60)]
    once_more: Annotated[str, Text(20)]
    maybe_local: Annotated[str, Text(80, "question")]
    perhaps: Annotated[str, Text(40)]
    not_caught: Annotated[str, Text(80)]
    not_caught_again: Annotated[str, Text(80)]
    no_more: Annotated[str, Text(80)]
    missed: Annotated[str, Text(60)]


class Sympathy(Shape):
    """Half a sentence for how somebody feels."""

    upset: Annotated[str, Text(40)]
    hurry: Annotated[str, Text(40)]


class Change(Shape):
    """Around a known password that is changed, and a bound number."""

    change_found: Annotated[str, Text(60)]
    change_then: Annotated[str, Text(100)]
    change_otherwise: Annotated[str, Text(80)]
    number_logs_in: Annotated[str, Text(60)]
    number_on_page: Annotated[str, Text(100)]
    number_then: Annotated[str, Text(80)]
    number_at_bureau: Annotated[str, Text(80)]
    number_otherwise: Annotated[str, Text(80)]


class NewRepresentative(Shape):
    """Around a representative who has just changed."""

    ask: Annotated[str, Text(60)]
    never: Annotated[str, Text(80)]
    claim: Annotated[str, Text(250)]
    then: Annotated[str, Text(120)]
    download: Annotated[str, Text(80)]
    received_before: Annotated[str, Text(80)]
    received_unsure: Annotated[str, Text(100)]
    former: Annotated[str, Text(100)]
    still_former: Annotated[str, Text(120)]
    how_far: Annotated[str, Text(60)]
    go_on: Annotated[str, Text(60)]
    pending: Annotated[str, Text(120)]


class Meant(Shape):
    """How what was heard is asked back, and in what words."""

    one: Annotated[str, Text(60, "meaning")]
    two: Annotated[str, Text(60, "first", "second")]
    matter: Annotated[str, Text(20)]
    wish: Annotated[str, Text(12, "way")]
    drop: Annotated[str, Text(12, "way")]
    reached: dict[Page, Annotated[str, Text(20)]]
    screen: dict[ScreenName, Annotated[str, Text(20)]]


class Case(Shape):
    """What people tell about their case."""

    facts: dict[FactName, dict[Page, Fact]]
    sympathy: Sympathy
    beware: Annotated[str, Text(60)]
    unharmed: Annotated[str, Text(60)]
    corrected: Annotated[str, Text(40)]
    misheard: Annotated[str, Text(60)]
    correct_what: Annotated[str, Text(60)]
    known: Annotated[str, Text(40)]
    after_death: Annotated[str, Text(80)]
    who_died: Annotated[str, Text(80)]
    well_and_next: Annotated[str, Text(60)]
    noted_place: Annotated[str, Text(80, "place")]
    new: Annotated[str, Text(40)]
    noted: Annotated[str, Text(40)]
    noted_step: Annotated[str, Text(80, "step", "do")]
    wait_step: Annotated[str, Text(60, "step")]
    wait: Annotated[str, Text(40)]
    still_waiting: Annotated[str, Text(40)]
    here: Annotated[str, Text(40)]
    thanks: Annotated[str, Text(60)]
    aside_statement: Annotated[str, Text(40)]
    aside: Annotated[str, Text(60)]
    no_detours: Annotated[str, Text(60)]
    just_tell: Annotated[str, Text(60)]
    both_troubles: Annotated[str, Text(60, "first", "second")]
    shown: Annotated[str, Text(40, "facts")]
    struck: Annotated[str, Text(60, "fact")]
    shown_after: Annotated[str, Text(40)]
    nothing: Annotated[str, Text(40)]
    place_other: Annotated[str, Text(40)]
    meant: Meant
    new_representative: NewRepresentative
    change: Change


class Buttons(Shape):
    """The buttons, those of the menu, and the words for an intent on a button."""

    buttons: dict[Name, Button]
    menu: Annotated[tuple[Name, ...], Field(min_length=1, max_length=4), Once]
    meanings: dict[Name, Annotated[str, Text(14)]]


class Chitchat(Shape):
    """Greeting, thanks, mood, and what was not understood."""

    chitchat: Annotated[
        dict[str, Reply],
        exactly(
            "greet goodbye thank bot_challenge ask_capabilities complain out_of_scope "
            "out_of_scope_again cannot_handle cannot_handle_again clarify which_then "
            "empty stop fresh_start apology"
        ),
    ]


LocalName = Annotated[StrictStr, Field(pattern="^[a-z][a-z0-9_]*$")]
DivisionCode = Annotated[StrictStr, Field(pattern="^[0-9]{6,12}$")]


class Local(Shape):
    """The operator's own questions, and facts of bureaus by the division code of their place."""

    questions: dict[LocalName, LocalQuestion]
    bureaus: dict[DivisionCode, LocalFacts]


class Files(Shape):
    """The files, by their names."""

    recover: Recover
    diagnose: Diagnose
    answer: Answer
    safety: Safety
    bureau: Bureau
    navigate: Navigate
    chitchat: Chitchat
    case: Case
    picture: Picture
    buttons: Buttons
    local: Local
