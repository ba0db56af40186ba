"""What was not understood: the groups, what is decided of them, and a message's conversation."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels.unclear import Reason
from data_checks.lines import TrainingLine, bare, read_lines, read_measured
from data_checks.review import DATA, MEASURED, BadReview, Finding, quick_findings
from operators.conversations import NotReadable
from operators.journal import Deed
from operators.settings import ROOT
from operators.unclear import DECISIONS, INTENT, OUT_OF_SCOPE, PAGE, QUESTION, Group
from operators.visit import Visit
from operators.yaml_text import ODD

# The page on which a new question is written, with its answer; it takes wordings as `wording`.
NEW_QUESTION = "/local/new"
MAX_OFFERED = 10  # wordings that it is given
_MAX_OFFERED_LENGTH = 60  # characters of each: they stand in the address
MAX_REASON = 200  # characters
MIN_REASON = 4
_MAX_PAGE = 10_000
_RULES = ROOT / "data" / "rules"
_MEANS = "means"  # the choice of an intent


def show_groups(visit: Visit) -> Response:
    """The groups, the largest first; with `reason`, of one reason only."""
    reason = _reason(visit)
    page = _page_number(visit)
    try:
        overview = visit.site.unclear.overview(page, reason)
    except NotReadable as problem:
        return visit.page("unclear.html", problem=problem.name)
    return visit.page(
        "unclear.html",
        problem="",
        overview=overview,
        reason=reason,
        reasons=list(Reason),
        page=page,
        pages=max(-(-overview.group_count // PAGE), 1),
        meanings=_meanings(visit),
        waiting=_waiting(visit),
    )


def show_group(visit: Visit) -> Response:
    """One group, with all its wordings, to be decided."""
    try:
        group = visit.site.unclear.group(visit.request.path_params["number"])
    except NotReadable:
        return visit.go("/unclear")
    return _group_page(visit, group) if group else visit.go("/unclear", "unclear_gone")


def decide(visit: Visit) -> Response:
    """Decides about the ticked wordings of a group."""
    number = visit.request.path_params["number"]
    texts = visit.site.texts.unclear
    ids = {
        int(name.removeprefix("line-"))
        for name in visit.form
        if re.fullmatch(r"line-[0-9]{1,12}", name)
    }
    choice, intent = visit.form.get("choice", ""), visit.form.get("intent", "")
    meanings = _meanings(visit)
    problems = {"line": "" if ids else texts.none_ticked, "choice": "", "intent": ""}
    if choice == _MEANS and intent not in meanings:
        problems["intent"] = texts.no_intent
    elif choice not in (_MEANS, *DECISIONS):
        problems["choice"] = texts.no_choice
    try:
        group = visit.site.unclear.group(number)
        if group is None:
            return visit.go("/unclear", "unclear_gone")
        if any(problems.values()):
            return _group_page(visit, group, 422, problems)
        decision = f"{INTENT}{intent}" if choice == _MEANS else choice
        who = visit.member.account.name
        label = _label(visit, decision, meanings)
        waiting = visit.site.unclear.decide(number, ids, decision, who, label)
    except NotReadable:
        return visit.go("/unclear")
    except BadReview as damaged:
        problems["choice"] = texts.bad_review.format(said=damaged)
        return _group_page(visit, group, 422, problems) if group else visit.go("/unclear")
    if choice == QUESTION and _has_page(visit, NEW_QUESTION):
        wordings = [
            wording.text
            for wording in group.wordings
            if wording.id in ids and wording.may_teach and len(wording.text) <= _MAX_OFFERED_LENGTH
        ]
        query = urlencode({"wording": wordings[:MAX_OFFERED]}, doseq=True)
        return RedirectResponse(f"{NEW_QUESTION}?{query}", 303)
    return visit.go("/unclear", "unclear_waits" if waiting else "unclear_decided")


def show_decided(visit: Visit) -> Response:
    """What was decided, the newest first."""
    page = _page_number(visit)
    try:
        found, more = visit.site.unclear.decided(page)
    except NotReadable as problem:
        return visit.page("unclear_decided.html", problem=problem.name)
    meanings = _meanings(visit)
    return visit.page(
        "unclear_decided.html",
        problem="",
        found=[
            (decision, _label(visit, decision.decision, meanings), wordings)
            for decision, wordings in found
        ],
        page=page,
        more=more,
    )


def give_back(visit: Visit) -> Response:
    """Takes a decision back."""
    decision = visit.form.get("decision", "")
    label = _label(visit, decision, _meanings(visit))
    number, who = visit.request.path_params["number"], visit.member.account.name
    try:
        done = visit.site.unclear.give_back(number, decision, who, label)
    except (NotReadable, BadReview):
        return visit.go("/unclear/review")  # says what is wrong
    return visit.go("/unclear/decided", "unclear_given_back" if done else "")


def show_review(visit: Visit) -> Response:
    """The lines that wait for the next training, with what the checks say of them."""
    try:
        lines = visit.site.unclear.review.lines()
    except BadReview as damaged:
        return visit.page("review.html", damaged=str(damaged))
    found = _findings(visit, lines)
    by_intent: dict[str, list[tuple[TrainingLine, Finding | None]]] = {}
    for line in lines:
        by_intent.setdefault(line.intent, []).append((line, found.get(line.location)))
    return visit.page(
        "review.html",
        damaged="",
        by_intent=by_intent,
        count=len(lines),
        meanings=_meanings(visit) | {OUT_OF_SCOPE: visit.site.texts.unclear.out_of_scope},
    )


def remove_from_review(visit: Visit) -> Response:
    """Has a line wait no longer."""
    line = visit.form.get("line", "")
    site = visit.site
    with site.database.transaction() as connection:
        try:
            known = {bare(waiting.text): waiting.intent for waiting in site.unclear.review.lines()}
        except BadReview:
            return visit.go("/unclear/review")
        if bare(line) in known:
            subject = _label(visit, f"{INTENT}{known[bare(line)]}", _meanings(visit))
            site.journal.note(connection, visit.member.account.name, Deed.REVIEW_REMOVED, subject)
            site.unclear.review.remove([line])
    return visit.go("/unclear/review", "review_removed")


def ask_reason(visit: Visit) -> Response:
    """Asks why a conversation is to be opened."""
    number = visit.request.path_params["number"]
    try:
        if visit.site.unclear.has(number):
            return visit.page("conversation.html", said=None, problem="", reason="")
    except NotReadable:
        return visit.go("/unclear")
    return visit.go("/unclear", "unclear_gone")


def open_conversation(visit: Visit) -> Response:
    """Shows the conversation of a message; who opens it, and why, is in the journal."""
    number = visit.request.path_params["number"]
    reason = " ".join(visit.form.get("reason", "").split())
    texts = visit.site.texts.conversation
    problem = ""
    if not MIN_REASON <= len(reason) <= MAX_REASON:
        problem = texts.no_reason.format(min=MIN_REASON, max=MAX_REASON)
    elif ODD.search(reason):
        problem = visit.site.texts.problem.odd
    if problem:
        return visit.page(
            "conversation.html", 422, said=None, problem=problem, reason=reason[:MAX_REASON]
        )
    try:
        said = visit.site.unclear.open_conversation(number, reason, visit.member.account.name)
    except NotReadable:
        return visit.go("/unclear")
    if not said:
        return visit.go("/unclear", "unclear_gone")
    return visit.page("conversation.html", said=said, problem="", reason=reason)


def _group_page(
    visit: Visit, group: Group, status: int = 200, problems: Mapping[str, str] | None = None
) -> Response:
    meanings = _meanings(visit)
    guesses = [name for name in group.guesses if name in meanings][:3]
    before = group.before
    if before and before.intent in meanings and before.intent not in guesses:
        guesses.insert(0, before.intent)
    return visit.page(
        "unclear_group.html",
        status,
        group=group,
        near=visit.site.unclear.near(group.id),
        problems=problems or {"line": "", "choice": "", "intent": ""},
        form=visit.form,
        topics=_by_topic(meanings),
        meanings=meanings,
        guesses=guesses,
        before=_label(visit, before.decision, meanings) if before else "",
        writes_questions=_has_page(visit, NEW_QUESTION),
    )


def _reason(visit: Visit) -> Reason | None:
    name = visit.request.query_params.get("reason", "").upper()
    return Reason[name] if name in Reason.__members__ else None


def _page_number(visit: Visit) -> int:
    given = visit.request.query_params.get("page", "")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 1
    return min(max(number, 1), _MAX_PAGE)


def _meanings(visit: Visit) -> dict[str, str]:
    """Returns the intents that can be meant, with the words for them in `content/buttons.yml`."""
    try:
        found = visit.site.words.values("buttons")
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return {
        str(path[1]): text
        for path, text in found.items()
        if len(path) == 2 and path[0] == "meanings" and path[1] != OUT_OF_SCOPE
    }


@functools.lru_cache(maxsize=1)
def _topics() -> Mapping[str, str]:
    """Returns the topic of each intent, by the files of `data/rules`."""
    found = {}
    for path in sorted(_RULES.glob("*.yml")):
        for intent in re.findall(r"(?m)^\s*- intent: (\w+)", path.read_text(encoding="utf-8")):
            found[intent] = path.stem
    return found


def _by_topic(meanings: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Returns the intents with their words, by topic."""
    found: dict[str, list[tuple[str, str]]] = {}
    for intent, words in meanings.items():
        found.setdefault(_topics().get(intent, "chitchat"), []).append((intent, words))
    return found


def _label(visit: Visit, decision: str, meanings: Mapping[str, str]) -> str:
    """Returns the words for a decision."""
    texts = visit.site.texts.unclear
    if decision.startswith(INTENT):
        name = decision.removeprefix(INTENT)
        if name == OUT_OF_SCOPE:
            return str(texts.out_of_scope)
        return str(texts.means.format(meaning=meanings.get(name, name)))
    return str(texts[decision]) if decision in DECISIONS else ""


def _has_page(visit: Visit, path: str) -> bool:
    """Tells whether a page is served."""
    routes = visit.request.app.routes
    return any(isinstance(route, Route) and route.path == path for route in routes)


def _waiting(visit: Visit) -> int:
    try:
        return len(visit.site.unclear.review.lines())
    except BadReview:
        return 0


@functools.lru_cache(maxsize=1)
def _trained(state: tuple[Any, ...]) -> list[TrainingLine]:
    """Returns the training lines; `state` tells whether they are still the same."""
    return list(read_lines(DATA))


def _findings(visit: Visit, lines: Sequence[TrainingLine]) -> Mapping[str, Finding]:
    if not lines or not DATA.is_dir() or not MEASURED.is_dir():
        return {}
    paths: list[Path] = sorted(DATA.glob("*.yml"))
    state = tuple((path.name, path.stat().st_mtime_ns) for path in paths)
    return quick_findings(lines, _trained(state), read_measured(MEASURED))
