"""To read, search and change what the assistant says, and to go back."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from operators.history import Version
from operators.preview import difference, preview
from operators.visit import Visit
from operators.words import TOPICS, Conflict, Field, Problem, differences, fingerprint, search

_FOUND = 100  # on a page


def show_topics(visit: Visit) -> Response:
    """All topics; with `q`, the texts that hold it."""
    site = visit.site
    wanted = visit.request.query_params.get("q", "").strip()[:100]
    found = list(search(site.words, wanted)) if wanted else []
    for topic in TOPICS:
        site.history.notice(topic)
    return visit.page(
        "topics.html",
        topics=[(topic, len(site.words.fields(topic))) for topic in TOPICS],
        wanted=wanted,
        found=found[:_FOUND],
        count=len(found),
        broken=site.words.state(),
    )


def show_topic(visit: Visit) -> Response:
    """All texts of a topic."""
    topic = visit.request.path_params["topic"]
    if topic not in TOPICS:
        return visit.not_there()
    site = visit.site
    site.history.notice(topic)
    return visit.page(
        "topic.html",
        topic=topic,
        introduction=site.words.introduction(topic),
        groups=_grouped(site.words.fields(topic)),
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
    text = _text(visit)
    return visit.page("look.html", **_look(visit, field, text))


def save(visit: Visit) -> Response:
    """Saves a text, or says what is in the way; `look` instead of `save` only shows it."""
    field = _field(visit, visit.form.get("field", ""))
    if field is None:
        return visit.not_there()
    text, base = _text(visit), visit.form.get("base", "")
    if "look" in visit.form:
        return _field_page(visit, field, text, base)
    if text == field.text:
        return visit.go(f"/words/{field.topic}", "unchanged", field.path)
    site = visit.site
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
    if topic not in TOPICS:
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
        return _version_page(visit, version, 422, _sentence(visit, problem))
    return visit.go(f"/words/{version.topic}/history", "restored")


def _grouped(fields: list[Field]) -> list[tuple[str, list[Field]]]:
    """Returns the fields by what they are a part of, both in the order of the file."""
    groups: dict[str, list[Field]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(field)
    return list(groups.items())


def _field(visit: Visit, path: str) -> Field | None:
    try:
        return visit.site.words.field(visit.request.path_params["topic"], path)
    except KeyError:
        return None


def _text(visit: Visit) -> str:
    """What was typed: browsers end lines with CR LF, and blanks around it are not meant."""
    lines = visit.form.get("text", "").replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _sentence(visit: Visit, problem: Problem) -> str:
    sentence: str = visit.site.texts["problem"][problem.name]
    return sentence.format(**problem.values)


def _look(visit: Visit, field: Field, text: str) -> dict[str, Any]:
    placeholders = visit.site.texts["placeholder"]
    examples = {name: placeholders[name]["example"] for name in field.placeholders}
    sentence = ""
    try:
        field.check(text)
    except Problem as problem:
        sentence = _sentence(visit, problem)
    buttons = visit.site.words.button_titles(field.buttons)
    return {
        "field": field,
        "live_problem": sentence,
        "pieces": difference(field.text, text),
        "look": None if field.is_list else preview(text, examples, buttons),
    }


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
        base=base,
        problem=_sentence(visit, problem) if problem else "",
        conflict=conflict,
        earlier=[
            (version, before, difference(before, field.text))
            for version, before in visit.site.history.of_field(field)
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
            (path, difference(old, new)) for path, old, new in differences(present, version.file)
        ],
    )
