"""The operator's own questions and facts of bureaus, in forms: live with the next message."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from content_loader.shapes import MENU, LocalQuestion
from data_checks.review import BadReview
from gazetteer.places import Place
from nlu.local_questions import Entry
from operators import tryout_pages
from operators.conversations import NotReadable
from operators.fields import BUTTONS, Problem
from operators.local_file import (
    FACTS,
    MAX_BUTTONS,
    MAX_WORDING,
    TOPIC,
    facts_of,
    fingerprint,
    question_of,
)
from operators.places import find_places, gazetteer_of
from operators.preview import preview
from operators.reach import Known
from operators.recent import Message, recent_messages
from operators.tryouts import Subject
from operators.unclear import QUESTION, Group
from operators.visit import Visit
from operators.words import Conflict

_MAX_OFFERED = 10  # wordings of what was not understood
_MAX_SHOWN = 12  # questions of a list that is not the page itself
_DELETED_SHOWN = 20


def show_questions(visit: Visit) -> Response:
    """All questions, and those that were deleted."""
    site, today = visit.site, datetime.date.today()
    site.history.notice(TOPIC)
    local = site.local.read()
    deleted = [
        (version, name, question)
        for (version, name, question), _ in zip(
            site.local.deleted(), range(_DELETED_SHOWN), strict=False
        )
    ]
    return visit.page(
        "local_questions.html",
        questions=[
            (name, question, question.is_over(today))
            for name, question in (local.questions.items() if local else ())
        ],
        deleted=deleted,
        broken="" if local else site.words.state(),
    )


def show_new(visit: Visit) -> Response:
    """An empty form; with `group`, what was not understood stands in it, or some `line`s of it."""
    query = visit.request.query_params
    group = _group(visit, query.get("group", ""))
    if group is None:
        return _form_page(visit, "", {}, "")
    chosen = set(query.getlist("line")) or {str(wording.id) for wording in group.wordings}
    wordings = [wording for wording in group.wordings if str(wording.id) in chosen]
    fit = [one.text for one in wordings if one.may_teach and len(one.text) <= MAX_WORDING]
    lines = ",".join(str(wording.id) for wording in wordings)
    given = {"wordings": "\n".join(fit[:_MAX_OFFERED]), "group": str(group.id), "lines": lines}
    return _form_page(visit, "", given, "")


def show_question(visit: Visit) -> Response:
    """One question, to be changed."""
    name = visit.request.query_params.get("name", "")
    question = visit.site.local.questions().get(name)
    if question is None:
        return visit.go("/local")
    return _form_page(visit, name, _form_of(question), fingerprint(question))


def look(visit: Visit) -> Response:
    """What a question would look like and what it would take, as a part of a page."""
    return visit.page("local_look.html", **_look(visit, visit.form.get("name", ""), visit.form))


def save(visit: Visit) -> Response:
    """Saves a question, or says what is in the way; with `look` it only shows it."""
    form, site = visit.form, visit.site
    name, base = form.get("name", ""), form.get("base", "")
    if "look" in form:
        return _form_page(visit, name, form, base)
    try:
        question = question_of(form, _strictness(visit, name, form))
        if "try" in form:
            return tryout_pages.begin(visit, _subject(visit, name, question))
        site.local.save_question(name, question, base, visit.member.account.name)
    except Problem as problem:
        return _form_page(visit, name, form, base, 422, problem)
    except Conflict:
        present = site.local.questions().get(name)
        return _form_page(visit, name, form, fingerprint(present), 409, conflict=True)
    _take_off_the_list(visit)
    return visit.go("/local", "question_saved")


def _group(visit: Visit, number: str) -> Group | None:
    """Returns a group of what was not understood; None if there is none, or it cannot be read."""
    if not (number.isascii() and number.isdecimal() and len(number) <= 12):
        return None
    try:
        return visit.site.unclear.group(int(number))
    except NotReadable:
        return None


def _take_off_the_list(visit: Visit) -> None:
    """Takes off the list what was not understood, now that it has an answer."""
    group = _group(visit, visit.form.get("group", ""))
    if group is None:
        return
    ids = {int(line) for line in re.findall(r"[0-9]{1,12}", visit.form.get("lines", ""))}
    who, label = visit.member.account.name, visit.site.texts.unclear[QUESTION]
    with contextlib.suppress(NotReadable, BadReview):  # it stays there, and can be decided by hand
        visit.site.unclear.decide(group.id, ids, QUESTION, who, label)


def delete(visit: Visit) -> Response:
    """Takes a question away; it can be put back."""
    form = visit.form
    name, who = form.get("name", ""), visit.member.account.name
    try:
        visit.site.local.delete_question(name, form.get("base", ""), who)
    except Problem as problem:
        return _form_page(visit, name, form, form.get("base", ""), 422, problem)
    except Conflict:
        return visit.go("/local", "question_changed")
    return visit.go("/local", "question_deleted")


def restore(visit: Visit) -> Response:
    """Puts a question back that was deleted."""
    form = visit.form
    number = form.get("number", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        return visit.not_there()
    who = visit.member.account.name
    try:
        done = visit.site.local.restore_question(form.get("name", ""), int(number), who)
    except (Problem, Conflict):
        done = False
    return visit.go("/local", "question_restored" if done else "question_changed")


def show_places(visit: Visit) -> Response:
    """The places whose bureaus something is said of; with `q`, others by their names."""
    gazetteer = gazetteer_of(visit.site)
    wanted = visit.request.query_params.get("q", "").strip()[:60]
    found = find_places(gazetteer, wanted) if wanted else []
    today = datetime.date.today()
    given = [
        (code, gazetteer.places[code].full_name, facts, facts.is_over(today))
        for code, facts in visit.site.local.facts().items()
        if code in gazetteer.places
    ]
    return visit.page("local_places.html", given=given, wanted=wanted, found=found)


def show_place(visit: Visit) -> Response:
    """What is said of the bureau of one place, to be changed."""
    place = gazetteer_of(visit.site).by_code(visit.request.query_params.get("code", ""))
    if place is None:
        return visit.go("/local/places")
    facts = visit.site.local.facts().get(place.code)
    given = facts.model_dump(mode="json") if facts else {}
    return _place_page(visit, place, {k: v or "" for k, v in given.items()}, fingerprint(facts))


def save_place(visit: Visit) -> Response:
    """Saves what is said of a bureau; an empty form takes it away."""
    form = visit.form
    place = gazetteer_of(visit.site).by_code(form.get("code", ""))
    if place is None:
        return visit.not_there()
    base, who = form.get("base", ""), visit.member.account.name
    try:
        facts = facts_of(form)
        visit.site.local.save_facts(place.code, facts, base, who, place.full_name)
    except Problem as problem:
        return _place_page(visit, place, form, base, 422, problem)
    except Conflict:
        present = fingerprint(visit.site.local.facts().get(place.code))
        return _place_page(visit, place, form, present, 409, conflict=True)
    return visit.go("/local/places", "facts_saved" if facts else "facts_deleted")


def _subject(visit: Visit, name: str, question: LocalQuestion) -> Subject:
    """Returns a question that is to be tried.

    Raises:
        Problem: if it cannot be used.
    """
    site, form = visit.site, visit.form
    draft = site.words.draft(TOPIC, site.local.with_question(name, question))
    buttons = [f"button_{number}" for number in range(1, MAX_BUTTONS + 1)]
    names = ("name", "base", "group", "lines", "wordings", "text", "until", "wide", *buttons)
    fields = {key: form[key] for key in names if key in form}
    title = site.texts.tryout.question.format(wording=question.wordings[0])
    return Subject(title, draft, "/local/save", fields, question.text, question.wordings[:1])


def _form_of(question: LocalQuestion) -> dict[str, str]:
    form = {
        "wordings": "\n".join(question.wordings),
        "text": question.text,
        "until": question.until.isoformat() if question.until else "",
        "wide": "" if question.strictness else "1",
    }
    return form | {
        f"button_{number}": name for number, name in enumerate(question.buttons, start=1)
    }


def _lines(form: Mapping[str, str]) -> list[str]:
    lines = form.get("wordings", "").replace("\r\n", "\n").split("\n")
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))[:30]


def _others(visit: Visit, name: str) -> list[Entry]:
    questions = visit.site.local.questions().items()
    return [Entry(other, one.wordings, one.until) for other, one in questions if other != name]


def _strictness(visit: Visit, name: str, form: Mapping[str, str]) -> float:
    """Returns the strictness with which the draft takes nothing from a better answer."""
    reached = visit.site.reach.of(_lines(form), _others(visit, name), bool(form.get("wide")))
    return reached.strictness if reached else 0.0


def _look(visit: Visit, name: str, form: Mapping[str, str]) -> dict[str, Any]:
    site = visit.site
    text = form.get("text", "").replace("\r\n", "\n").strip()
    names = [form.get(f"button_{number}", "") for number in range(1, MAX_BUTTONS + 1)]
    buttons = site.words.button_titles(tuple(dict.fromkeys(name for name in names if name)))
    messages = recent_messages(site.unclear.conversations, tenant=site.tenant)
    reached = site.reach.of(_lines(form), _others(visit, name), bool(form.get("wide")), messages)
    return {
        "look": preview(text, {}, buttons) if text else None,
        "reached": reached,
        "is_ready": site.reach.is_ready(),
        "taken": _shown(visit, reached.taken) if reached else [],
        "spared": _shown(visit, reached.spared) if reached else [],
        "recent": _shown(visit, reached.recent) if reached else [],
        "has_messages": bool(messages),
        "shown": _MAX_SHOWN,
        "wordings": _lines(form),
    }


def _shown(visit: Visit, known: Sequence[Known | Message]) -> list[tuple[str, str, bool]]:
    """Returns questions, by what they are answered today, and whether that is right."""
    titles = visit.site.texts.local.answers
    intents = [one.intent for one in known[:_MAX_SHOWN]]
    names = dict(zip(intents, visit.site.words.button_titles(tuple(intents)), strict=True))
    return [
        (
            one.text,
            titles.get(one.intent, names[one.intent]),
            isinstance(one, Known) and one.is_right,
        )
        for one in known[:_MAX_SHOWN]
    ]


def _form_page(
    visit: Visit,
    name: str,
    form: Mapping[str, str],
    base: str,
    status: int = 200,
    problem: Problem | None = None,
    conflict: bool = False,
) -> Response:
    present = visit.site.local.questions().get(name)
    return visit.page(
        "local_question.html",
        status,
        **_look(visit, name, form),
        name=name if present else "",
        form=form,
        base=base,
        options=_buttons(visit),
        numbers=range(1, MAX_BUTTONS + 1),
        problem=visit.sentence(problem) if problem else "",
        problem_at=problem.values.get("at", "wordings") if problem else "",
        conflict=conflict,
        present=present,
        present_base=fingerprint(present),
        today=datetime.date.today().isoformat(),
    )


def _buttons(visit: Visit) -> list[tuple[str, str]]:
    """Returns the buttons that an answer may have, with what stands on each."""
    fixed = visit.site.words.options(BUTTONS).items()
    return [(MENU, visit.site.texts.local.menu), *sorted(fixed, key=lambda one: one[1])]


def _place_page(
    visit: Visit,
    place: Place,
    form: Mapping[str, str],
    base: str,
    status: int = 200,
    problem: Problem | None = None,
    conflict: bool = False,
) -> Response:
    return visit.page(
        "local_place.html",
        status,
        place=place,
        form=form,
        base=base,
        fields=FACTS,
        problem=visit.sentence(problem) if problem else "",
        problem_at=problem.values.get("at", "") if problem else "",
        conflict=conflict,
        today=datetime.date.today().isoformat(),
    )
