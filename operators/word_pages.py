"""To read, search and change what the assistant says, and to go back."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from starlette.responses import Response

from channels.live_messages import FILES as MESSAGE_FILES
from operators import message_look, tryout_pages
from operators.entries import EntryList, entry_at, find
from operators.fields import BUTTONS, Field, Problem, fingerprint
from operators.history import Version
from operators.preview import difference, preview
from operators.tryouts import Subject
from operators.visit import Visit
from operators.words import Conflict, differences, search

_FOUND = 100  # on a page


def show_topics(visit: Visit) -> Response:
    """All topics; with `q`, the texts that hold it."""
    site = visit.site
    wanted = visit.request.query_params.get("q", "").strip()[:100]
    found = list(search(site.words, wanted)) if wanted else []
    for topic in (*site.words.topics, *site.words.tables):
        site.history.notice(topic)
    return visit.page(
        "topics.html",
        topics=_counted(visit, of_channels=False),
        channels=_counted(visit, of_channels=True),
        tables=site.words.tables,
        wanted=wanted,
        found=found[:_FOUND],
        count=len(found),
        broken=site.words.state(),
    )


def show_topic(visit: Visit) -> Response:
    """All texts of a topic."""
    topic = visit.request.path_params["topic"]
    site = visit.site
    if topic not in site.words.topics:
        return visit.not_there()
    site.history.notice(topic)
    return visit.page(
        "topic.html",
        topic=topic,
        introduction=site.words.introduction(topic),
        groups=_grouped(site.words.fields(topic)),
        lists=_lists(visit, topic),
        broken="" if site.words.fields(topic) else site.words.state(),
    )


def show_field(visit: Visit) -> Response:
    """One text, to be changed."""
    field = _field(visit, visit.request.query_params.get("field", ""))
    if field is None:
        return visit.not_there()
    visit.site.history.notice(field.topic)
    return _field_page(visit, field, field.text, field.fingerprint)


def look(visit: Visit) -> Response:
    """What a text would look like, as a part of a page; nothing is saved."""
    field = _field(visit, visit.form.get("field", ""))
    if field is None:
        return visit.not_there()
    text = _text(visit, field)
    return visit.page("look.html", **_look(visit, field, text))


def save(visit: Visit) -> Response:
    """Saves a text, or says what is in the way; `look` instead of `save` only shows it."""
    field = _field(visit, visit.form.get("field", ""))
    if field is None:
        return visit.not_there()
    text, base = _text(visit, field), visit.form.get("base", "")
    if "look" in visit.form:
        return _field_page(visit, field, text, base)
    site = visit.site
    if "try" in visit.form and site.words.may_try(field.topic):
        try:
            return tryout_pages.begin(visit, _subject(visit, field, text, base))
        except Problem as problem:
            return _field_page(visit, field, text, base, 422, problem)
    if text == field.text:
        return visit.go(f"/words/{field.topic}", "unchanged", field.path)
    site.history.notice(field.topic)
    try:
        site.history.save(field, text, base, visit.member.account.name)
    except Problem as problem:
        return _field_page(visit, field, text, base, 422, problem)
    except Conflict:
        field = _field(visit, field.path)
        if field is None:
            return visit.not_there()
        return _field_page(visit, field, text, field.fingerprint, 409, conflict=True)
    return visit.go(f"/words/{field.topic}", "saved", field.path)


def show_history(visit: Visit) -> Response:
    """Who changed what in a topic, and when."""
    topic = visit.request.path_params["topic"]
    if topic not in (*visit.site.words.topics, *visit.site.words.tables):
        return visit.not_there()
    visit.site.history.notice(topic)
    return visit.page("history.html", topic=topic, versions=_shown(visit, topic))


def show_version(visit: Visit) -> Response:
    """What would change by going back to a version."""
    version = visit.site.history.version(visit.request.path_params["number"])
    if version is None:
        return visit.not_there()
    return _version_page(visit, version)


def restore(visit: Visit) -> Response:
    """Goes back to a version."""
    version = visit.site.history.version(visit.request.path_params["number"])
    if version is None:
        return visit.not_there()
    visit.site.history.notice(version.topic)
    base, who = visit.form.get("base", ""), visit.member.account.name
    try:
        visit.site.history.restore(version, base, who)
    except Conflict:
        return _version_page(visit, version, 409, visit.site.texts.version.conflict)
    except Problem as problem:
        return _version_page(visit, version, 422, visit.sentence(problem))
    return visit.go(f"/words/{version.topic}/history", "restored")


def _counted(visit: Visit, of_channels: bool) -> list[tuple[str, int, str]]:
    """Returns topics with how many texts each has, and its file."""
    words = visit.site.words
    return [
        (topic, len(words.fields(topic)), words.file_name(topic))
        for topic in words.topics
        if (topic in MESSAGE_FILES) == of_channels
    ]


def _grouped(fields: list[Field]) -> list[tuple[str, list[Field]]]:
    """Returns the fields by what they are a part of, both in the order of the file."""
    groups: dict[str, list[Field]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(field)
    return list(groups.items())


def _lists(visit: Visit, topic: str) -> dict[str, tuple[str, int, str, str]]:
    """Returns by the path of an entry the list it is in, its position, and the list's base."""
    found: dict[str, tuple[str, int, str, str]] = {}
    known: dict[str, EntryList] = {}
    fields = visit.site.words.fields(topic)
    for path in dict.fromkeys(path for field in fields for path in (field.group, field.path)):
        at = entry_at(topic, path)
        if at:
            if at[0] not in known:
                known[at[0]] = find(visit.site.words, topic, at[0])
            some = known[at[0]]
            found[path] = (some.path, at[1], some.base, some.kind)
    return found


def _field(visit: Visit, path: str) -> Field | None:
    try:
        return visit.site.words.field(visit.request.path_params["topic"], path)
    except KeyError:
        return None


def _text(visit: Visit, field: Field) -> str:
    """What was typed: browsers end lines with CR LF, and blanks around it are not meant.

    Of a list of names, those that were chosen, one a line; an earlier state of it comes as `text`.
    """
    if field.names and "text" not in visit.form:
        chosen = [visit.form.get(f"name_{at}", "") for at in range(1, field.max_names + 1)]
        return "\n".join(dict.fromkeys(name for name in chosen if name))
    lines = visit.form.get("text", "").replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _subject(visit: Visit, field: Field, text: str, base: str) -> Subject:
    """Returns a text that is to be tried.

    Raises:
        Problem: if it cannot be used.
    """
    words = visit.site.words
    draft = words.draft(field.topic, words.with_text(field, text))
    fields = {"field": field.path, "base": base, "text": text}
    label = visit.site.texts.key.get(field.key, field.key)
    title = f"{visit.site.texts.topic[field.topic]} > {field.title or field.group} > {label}"
    said = words.text_above(field) if field.names else "" if field.is_list else text
    openings = openings_to(field.topic, field.path, visit.site.content().meanings)
    return Subject(title, draft, f"/words/{field.topic}/save", fields, said, openings)


def openings_to(topic: str, path: str, intents: Container[str]) -> list[str]:
    """Returns the payloads that lead to where a text is said; none if no way there is known."""
    names = path.split(".")
    table, name, rest = names[0], names[1] if len(names) > 1 else "", names[2:]
    if table == "ways":
        begin = f"/recover_by_{name}"
        way = begin if begin[1:] in intents else f'/recover_password{{"extent":"{name}"}}'
        steps = [f'/go_to_step{{"step_number":"{int(rest[1]) + 1}"}}'] if "steps" in rest else []
        return [way, *steps]
    if topic == "safety" and table == "scam":
        return ["/scam_concern"]
    is_said = table in ("answers", "chitchat", "troubles") and name in intents
    return [f"/{name}"] if is_said else []


def _look(visit: Visit, field: Field, text: str) -> dict[str, Any]:
    placeholders = visit.site.texts["placeholder"]
    examples = {name: placeholders[name]["example"] for name in field.placeholders}
    sentence = ""
    try:
        field.check(text)
    except Problem as problem:
        sentence = visit.sentence(problem)
    words = visit.site.words
    shown, said, names = None, text, field.buttons
    if field.names == BUTTONS:
        said, names = words.text_above(field), tuple(text.split())
    if field.topic in MESSAGE_FILES:
        shown = None if sentence else message_look.look_of(words, field, text, examples)
    elif said and (field.names == BUTTONS or not field.is_list):
        shown = preview(said, examples, words.button_titles(names))
    return {
        "field": field,
        "live_problem": sentence,
        "pieces": difference(readable_names(visit, field, field.text),
                             readable_names(visit, field, text)),
        "look": shown,
        "may_try": words.may_try(field.topic),
    }  # fmt: skip


def readable_names(visit: Visit, field: Field, text: str) -> str:
    """Returns what the names in a list are called, one a line; another text as it is."""
    if not field.names:
        return text
    menu = visit.site.texts.local.menu
    return "\n".join(field.options.get(name, name) or menu for name in text.split())


def _field_page(
    visit: Visit,
    field: Field,
    text: str,
    base: str,
    status: int = 200,
    problem: Problem | None = None,
    conflict: bool = False,
) -> Response:
    return visit.page(
        "field.html",
        status,
        **_look(visit, field, text),
        text=text,
        chosen=text.split(),
        base=base,
        problem=visit.sentence(problem) if problem else "",
        conflict=conflict,
        earlier=[
            (
                version,
                before,
                difference(
                    readable_names(visit, field, before), readable_names(visit, field, field.text)
                ),
            )
            for version, before in visit.site.history.of_text(field.topic, field.path)
        ],
    )


def _shown(visit: Visit, topic: str) -> list[tuple[Version, list[tuple[str, object]]]]:
    return [
        (version, [(path, difference(old, new)) for path, old, new in version.changes])
        for version in visit.site.history.versions(topic)
    ]


def _version_page(visit: Visit, version: Version, status: int = 200, problem: str = "") -> Response:
    present = visit.site.words.read(version.topic)
    return visit.page(
        "version.html",
        status,
        version=version,
        base=fingerprint(present),
        is_present=present == version.file,
        problem=problem,
        changes=[
            (path, difference(old, new))
            for path, old, new in differences(version.topic, present, version.file)
        ],
    )
