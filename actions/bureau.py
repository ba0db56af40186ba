"""Hand-off: the place, the probable bureau, and the note a person can copy for it."""

from __future__ import annotations

import datetime
from typing import Literal

from actions.explanations import BUREAU, is_new, note, remember, say_no_more, situations
from actions.memory import Memory
from actions.questions import Question, continue_interrupted
from actions.turn import ONCE_MORE, TopicAction, Turn
from content_loader.shapes import Content
from gazetteer.places import Place
from gazetteer.resolution import Resolution
from serving.message import MAX_BUTTONS

FOREIGN = "foreign"  # a value of the fact "representative"
SHOWN = "card"  # among the facts: the place whose card was shown last
MIN_WANTED = 0.75  # confidence from which on it is wanted, whatever is answered beside
MIN_WANTED_IN_ANGER = 0.6  # the same where nothing else is said but how somebody feels
MOODS = {"upset", "hurry"}
GIVING_UP = {"no", "unsure", "stuck", "failed", "leave", "another_way", "upset", "hurry"}
WIDE = ("province", "prefecture")  # levels of places that have others in them
MAX_LISTED = 30  # places of one name that still fit into a message


def show_bureau(turn: Turn) -> None:
    """Shows the bureau of the place, or asks for the place when it is unknown.

    Who has its card already is reminded of it; the card is there again on request.
    """
    place = turn.place()
    wants_again = turn.is_click or not ONCE_MORE.isdisjoint(turn.acts)
    if place and turn.memory.facts.get(SHOWN) == place.code and not wants_again:
        name_bureau(turn)
        name_hotline(turn)
        turn.say("bureau.card.rest" if own_facts(turn.content, place) else "bureau.card.hours")
        turn.offer("contact_bureau", "materials", "bureau_steps", "change_region")
    elif place:
        show_bureau_of(turn, place)
    else:
        ask_region(turn)


def is_wanted(turn: Turn) -> bool:
    """Tells whether the bureau is wanted, and what else is said at most gives a way up for it."""
    if turn.intent != "contact_bureau":
        return False
    if "alone" in turn.acts or turn.acts == ["matter"]:
        return True
    beside = {act for act in turn.acts if not act.startswith("fact")}
    minimum = MIN_WANTED_IN_ANGER if beside <= MOODS else MIN_WANTED
    return turn.confidence() >= minimum and bool(beside) and beside <= GIVING_UP


def request_agent(turn: Turn, reason: Literal["asked", "cannot_handle"]) -> None:
    """Lets a channel behind which people serve hand the conversation over, with a note."""
    turn.handoff = {"reason": reason, "note": write_note(turn.content, turn.memory)}


def ask_region(turn: Turn) -> None:
    """Asks where the licence was registered."""
    turn.add({"type": "paragraph", "text": turn.content.text("bureau.ask"), "asks": "place"})
    turn.pend(RegionQuestion())
    turn.offer("materials", "find_way")


def take_regions(turn: Turn) -> None:
    """Looks the named place up: shows its bureau, asks which one, or says there is none."""
    memory, gazetteer = turn.memory, turn.content.gazetteer
    mentions = turn.entities("region")
    resolution = turn.find_place()
    if memory.regions:  # the answer to "which one": its city or province may be all that is said
        asked = gazetteer.resolve(memory.regions)
        narrowed = turn.find_place(*memory.regions)
        if narrowed.place and (narrowed.place in asked.candidates or asked.zone):
            resolution = narrowed
    if resolution.place and _is_elsewhere(turn, resolution.place):
        _ask_where_registered(turn, turn.place(), resolution.place)
    elif resolution.place:
        if turn.pending_question.kind == RegionQuestion.kind:  # answered
            turn.pending_question = Question()
        if turn.interrupted.kind == RegionQuestion.kind:
            memory.interrupted = None
        memory.place, memory.regions = resolution.place.code, []
        _say_how_found(turn, resolution, resolution.place)
        show_bureau(turn)
    elif resolution.candidates:
        memory.regions = [] if resolution.moved else mentions[-1:]
        _ask_which(turn, mentions[-1], resolution)
    elif resolution.zone:
        memory.regions = [resolution.zone]
        _ask_again(turn, "bureau.which_zone", name=resolution.zone)
    elif resolution.outside:
        _ask_again(turn, "bureau.outside")
    else:
        _say_unknown(turn, resolution.unknown or mentions[-1])


def _is_elsewhere(turn: Turn, place: Place) -> bool:
    """Tells whether a place is but where somebody is, while that of registration is known."""
    known, is_asked = turn.place(), turn.pending_question.kind == RegionQuestion.kind
    is_named = turn.intent == "inform_region"  # that says a place, and nothing else
    is_other = known is not None and known != place
    return is_other and not is_asked and not is_named and turn.names_place_aside()


def _ask_where_registered(turn: Turn, *places: Place) -> None:
    """Asks which of two places is that of registration."""
    names = [place.full_name for place in places]
    turn.say("bureau.registered_where")
    turn.add({"type": "list", "numbered": False, "items": names})
    for name in names:
        turn.offer("region", place=name)
    turn.pend(RegionQuestion())


def _say_how_found(turn: Turn, found: Resolution, place: Place) -> None:
    """Says by what other name the place was found, where that is not plain to see."""
    if found.renamed_from:
        turn.say("bureau.renamed", old=found.renamed_from, new=place.full_name)
    if found.nickname:
        turn.say("bureau.nickname", name=found.nickname, place=place.full_name)
    if found.zone:
        turn.say("bureau.nearest_zone", name=found.zone, place=place.full_name)
    elif found.town:
        turn.say("bureau.nearest_town", name=found.town, place=place.full_name)


def say_no_place(turn: Turn, named: str) -> None:
    """Says that a text given as a place holds none; `named` is quoted when it is short."""
    if turn.content.gazetteer.names_outside(named):
        _ask_again(turn, "bureau.outside")
        return
    _say_unknown(turn, named if len(named) <= 12 else "")


def show_bureau_of(turn: Turn, place: Place) -> None:
    """Shows the probable bureau with its numbers and the note to copy."""
    content, gazetteer = turn.content, turn.content.gazetteer
    name = gazetteer.bureau_name(place)
    # Where no authority was found, its province's site may be another authority's.
    website = gazetteer.website(place) if name else None
    code = gazetteer.area_code(place)
    facts = [
        content.text("bureau.card.name", bureau=name)
        if name
        else content.text("bureau.card.no_name", place=place.full_name)
    ]
    if place.code in gazetteer.notes:
        facts.append(content.text(f"bureau.notes.{gazetteer.notes[place.code]}"))
    if website:
        facts.append(
            content.text("bureau.card.website", website=website.website, owner=website.bureau)
        )
    facts.append(
        content.text("bureau.card.hotline", code=code)
        if code
        else content.text("bureau.card.hotline_no_code")
    )
    own = own_facts(content, place)
    facts += [content.text(f"bureau.card.{key}") for key in ("complaints", "bring")]
    facts += [*own, content.text("bureau.card.rest" if own else "bureau.card.hours")]
    hotlines = [f"{code}-12345" if code else "12345", "12315"]
    turn.add({"type": "bureau", "place": place.full_name, "facts": facts, "hotlines": hotlines})
    turn.add({"type": "note", "text": write_note(content, turn.memory)})
    if place.level in WIDE:
        turn.say("bureau.finer")
    turn.memory.facts[SHOWN] = place.code
    remember(turn, BUREAU)  # what is asked next is about that one
    if turn.memory.guide == {"way": "bureau", "step": 1}:
        turn.memory.guide = {"way": "bureau", "step": 2}  # which one it is, is known now
    turn.offer("materials", "bureau_steps", "change_region", "find_way")


def rewrite_note(turn: Turn) -> None:
    """Writes the note for the bureau once more, with what is known by now."""
    turn.say("bureau.note.rewritten")
    turn.add({"type": "note", "text": write_note(turn.content, turn.memory)})


def own_facts(content: Content, place: Place) -> list[str]:
    """Returns what the operator says of the bureau of a place, as lines; none after its last day.

    Each line says who says it: nobody else vouches for it.
    """
    own = content.local_facts.get(place.code)
    if own is None or own.is_over(datetime.date.today()):
        return []
    given = own.model_dump(exclude={"until"})
    return [
        content.text(f"bureau.card.own_{name}", **{name: text})
        for name, text in given.items()
        if text
    ]


def has_own_facts(turn: Turn) -> bool:
    """Tells whether the operator says something of the bureau of the place that was named."""
    place = turn.place()
    return place is not None and bool(own_facts(turn.content, place))


def list_materials(turn: Turn) -> bool:
    """Says what to bring; tells whether that was not all said a moment ago.

    Where a way that needs no papers is spoken of, what it does need comes first; of a foreigner,
    what they bring. Of somebody who has died nothing can be brought.
    """
    way = next((name for name in situations(turn) if name in turn.content.ways), "")
    if turn.memory.facts.get("representative") == "dead":
        names = ["dead"]
    else:
        names = ["online", "text", "more"] if way in ("phone", "face") else ["text", "more"]
    says_more = turn.memory.facts.get("representative") == FOREIGN and is_new(turn, FOREIGN)
    if says_more:
        turn.say_text(turn.content.practical["foreign_rep"].text)
        note(turn, FOREIGN)
    for name in names:
        if is_new(turn, f"papers {name}"):
            if name == "online":
                turn.say("bureau.materials.online", needs=turn.content.ways[way].needs)
            else:
                turn.say_text(turn.content.text(f"bureau.materials.{name}"))
                remember(turn, BUREAU)  # of which is spoken from here on
            note(turn, f"papers {name}")
            return True
    return says_more


def name_bureau(turn: Turn) -> None:
    """Says which bureau it probably is, without its card, and what the operator says of it."""
    place = turn.place()
    name = turn.content.gazetteer.bureau_name(place)
    if name:
        turn.say("bureau.card.name", bureau=name)
    for line in own_facts(turn.content, place):
        turn.say_text(line)


def name_hotline(turn: Turn) -> None:
    """Says how the hotline of the remembered place is called from elsewhere."""
    place = turn.place()
    code = turn.content.gazetteer.area_code(place) if place else None
    if code:
        turn.say("bureau.card.hotline", code=code)
    else:
        turn.say("bureau.card.hotline_no_code")


def write_note(content: Content, memory: Memory) -> str:
    """Returns a note for the bureau: what was tried, where it failed, what was ruled out."""
    ways = []
    is_dead = memory.facts.get("representative") == "dead"  # no way was ever open
    for name, step in memory.attempts.items():
        way = content.ways.get(name)
        if way and not is_dead and step > 1:  # else it was but shown
            title = way.steps[min(step, len(way.steps)) - 1].title
            values = {"way": way.title, "step": step, "title": title}
            ways.append(content.text("bureau.note.way_step", **values))
    asked = [name for name in memory.obstacles if name in content.ways and content.ways[name].ask]
    unusable = [
        content.ways[name].title
        for name in asked  # the others follow from these
        if name not in memory.attempts and not is_dead
    ]
    lines = [_opening(content, memory)]
    if ways:
        lines.append(content.text("bureau.note.tried", ways=in_a_row(content, ways)))
    if unusable:
        lines.append(content.text("bureau.note.unusable", ways=in_a_row(content, unusable)))
    facts = [
        fact.title
        for name, values in content.facts.items()
        for value, fact in values.items()
        if value == memory.facts.get(name) and name not in ("platform", "deadline")
    ]
    if facts:
        lines.append(content.text("bureau.note.facts", facts=in_a_row(content, facts)))
    for name, causes in memory.ruled_out.items():
        trouble = content.troubles.get(name)
        titles = (
            [trouble.causes[i].title for i in causes if i < len(trouble.causes)] if trouble else []
        )
        if trouble and titles:
            values = {"trouble": trouble.title, "causes": in_a_row(content, titles)}
            lines.append(content.text("bureau.note.ruled_out", **values))
    lines.append(content.text("bureau.note.closing"))
    return "".join(lines)


def _opening(content: Content, memory: Memory) -> str:
    """Returns what the note is about: a password, unless what was reported is something else."""
    if memory.facts.get("received") == "never":
        return content.text("bureau.note.opening_never")
    if memory.facts.get("new_representative"):
        return content.text("bureau.note.opening_new")
    running = (memory.diagnosis or {}).get("trouble")
    names = [running] if running else list(memory.ruled_out)
    troubles = [content.troubles[name] for name in names if name in content.troubles]
    if troubles and not memory.attempts and not any(trouble.rules_out for trouble in troubles):
        return content.text("bureau.note.opening_trouble", trouble=troubles[-1].title)
    return content.text("bureau.note.opening")


def in_a_row(content: Content, items: list[str]) -> str:
    """Returns the items in one line, as Chinese lists them."""
    return content.text("bureau.separator").join(items)


def _ask_which(turn: Turn, name: str, found: Resolution) -> None:
    names = [place.full_name for place in found.candidates]
    turn.pend(RegionQuestion())
    if len(names) > MAX_LISTED:
        turn.say("bureau.which_many", name=name, count=len(names))
        return
    if len(names) > MAX_BUTTONS:
        listed = in_a_row(turn.content, names)
        values = {"name": name, "count": len(names), "example": names[0], "names": listed}
        turn.say("bureau.which_more", **values)
    else:
        if found.moved:
            turn.say("bureau.moved")
        elif found.renamed_from:
            turn.say("bureau.divided", old=found.renamed_from)
        else:
            turn.say("bureau.which" if len(names) > 1 else "bureau.which_one", name=name)
        turn.add({"type": "list", "numbered": False, "items": names})
    for full_name in names:
        turn.offer("region", place=full_name)
    turn.pend(RegionQuestion())


def _say_unknown(turn: Turn, name: str) -> None:
    if name:
        _ask_again(turn, "bureau.unknown", name=name)
    else:
        _ask_again(turn, "bureau.unknown_unnamed")


def _ask_again(turn: Turn, key: str, **values: object) -> None:
    """Says why no place was found; the question for it stays open."""
    turn.say(key, **values)
    turn.pend(RegionQuestion())
    turn.offer("materials", "find_way")


class RegionQuestion(Question):
    """Where the licence was registered."""

    kind = "region"
    passing = False

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        ask_region(turn)

    def on_no(self, turn: Turn) -> None:
        """Says what to do without it."""
        say_no_place(turn, "")

    def on_unsure(self, turn: Turn) -> None:
        """Says what to do without it."""
        say_no_place(turn, "")

    def on_yes(self, turn: Turn) -> None:
        """A yes names no place."""
        ask_region(turn)

    def on_next(self, turn: Turn) -> None:
        """Goes on with what ran before the question, if anything did."""
        if turn.memory.guide or turn.memory.diagnosis:
            continue_interrupted(turn)
        else:
            ask_region(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Says what to do without it."""
        say_no_place(turn, "")


class ActionShowBureau(TopicAction):
    """Answers who wants the local bureau."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_show_bureau"

    def act(self, turn: Turn) -> None:
        """Takes a named place, else uses the remembered one, else asks."""
        if turn.entities("region"):
            take_regions(turn)
        elif turn.entity("extent") == "change":
            ask_region(turn)
        else:
            show_bureau(turn)


class ActionTakeRegion(TopicAction):
    """Answers who names a place."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_take_region"

    def act(self, turn: Turn) -> None:
        """Shows the bureau of the place, asks which is meant, or says there is none."""
        if turn.entities("region"):
            take_regions(turn)
        else:
            say_no_place(turn, turn.text.strip())


class ActionListMaterials(TopicAction):
    """Answers what to bring."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_list_materials"

    def act(self, turn: Turn) -> None:
        """Lists the papers that are known, and where to ask for the others."""
        if not list_materials(turn):
            say_no_more(turn)
        turn.offer("contact_bureau", "find_way")


class ActionExplainHuman(TopicAction):
    """Answers who wants a human: says that there is none here and gives the bureau."""

    digression = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_explain_human"

    def act(self, turn: Turn) -> None:
        """Promises nobody; hands over to the bureau."""
        turn.say("bureau.human")
        show_bureau(turn)
        request_agent(turn, "asked")
