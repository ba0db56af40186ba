"""To add an entry to a list in `content/`, and to remove one."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from operators import entries, tryout_pages
from operators.entries import EntryList
from operators.fields import Field, Problem
from operators.tryouts import Subject
from operators.visit import Visit
from operators.word_pages import openings_to
from operators.words import Conflict

_SAID = ("do", "remedy", "text")  # what of an entry is said as it stands


def show_new(visit: Visit) -> Response:
    """An empty form for an entry behind another one."""
    some, index = _list(visit, visit.request.query_params)
    return _form_page(visit, some, index, {}, some.base) if some else visit.not_there()


def save_new(visit: Visit) -> Response:
    """Adds the entry, or says what is in the way; `try` instead of saving tries it."""
    form, site = visit.form, visit.site
    some, index = _list(visit, form)
    if some is None:
        return visit.not_there()
    texts = {part.key: _text(form, part) for part in some.parts}
    base = form.get("base", "")
    if "look" in form:
        return _form_page(visit, some, index, texts, base)
    try:
        entry = some.entry_of(texts)
        if "try" in form:
            file = entries.with_entry(site.words, some, index, entry)
            subject = _subject(visit, some, index, texts, site.words.draft(some.topic, file))
            return tryout_pages.begin(visit, subject)
        who = visit.member.account.name
        entries.add(site.words, site.history, some, index, entry, base, who)
    except Problem as problem:
        return _form_page(visit, some, index, texts, base, 422, problem)
    except Conflict:
        return _form_page(visit, some, index, texts, some.base, 409, conflict=True)
    return visit.go(f"/words/{some.topic}", "entry_added", f"entry-{some.path}.{index + 1}")


def remove(visit: Visit) -> Response:
    """Removes an entry; the history has it."""
    some, index = _list(visit, visit.form)
    if some is None:
        return visit.not_there()
    base, who = visit.form.get("base", ""), visit.member.account.name
    try:
        entries.remove(visit.site.words, visit.site.history, some, index, base, who)
    except Problem:
        return visit.go(f"/words/{some.topic}", "entry_kept")
    except Conflict:
        return visit.go(f"/words/{some.topic}", "entry_changed")
    return visit.go(f"/words/{some.topic}", "entry_removed")


def _list(visit: Visit, given: Mapping[str, str]) -> tuple[EntryList | None, int]:
    """Returns the list that is named, and the position in it; no list if there is none."""
    index = given.get("index", "")
    if not (index.isascii() and index.isdecimal() and len(index) <= 3):
        return None, 0
    topic = visit.request.path_params["topic"]
    try:
        some = entries.find(visit.site.words, topic, given.get("list", ""))
    except KeyError:
        return None, 0
    return some, int(index)


def _text(form: Mapping[str, str], part: Field) -> str:
    if part.names:
        chosen = [form.get(f"part_{part.key}_{at}", "") for at in range(1, part.max_names + 1)]
        return "\n".join(dict.fromkeys(name for name in chosen if name))
    lines = form.get(f"part_{part.key}", "").replace("\r\n", "\n").split("\n")
    text = "\n".join(line.strip() if part.is_list else line.rstrip() for line in lines).strip()
    return "\n".join(line for line in text.split("\n") if line) if part.is_list else text


def _subject(
    visit: Visit, some: EntryList, index: int, texts: Mapping[str, str], draft: str
) -> Subject:
    fields = {name: value for name, value in visit.form.items() if name.startswith("part_")}
    fields |= {"list": some.path, "index": str(index), "base": visit.form.get("base", "")}
    said = next((texts[part.key] for part in some.parts if part.key in _SAID), "")
    named = visit.site.texts.entries[some.kind]
    title = " > ".join(filter(None, (visit.site.texts.topic[some.topic], some.title, named)))
    openings = openings_to(some.topic, f"{some.path}.{index + 1}.do", visit.site.content().meanings)
    return Subject(title, draft, f"/words/{some.topic}/entry", fields, said, openings)


def _form_page(
    visit: Visit,
    some: EntryList,
    index: int,
    texts: Mapping[str, str],
    base: str,
    status: int = 200,
    problem: Problem | None = None,
    conflict: bool = False,
) -> Response:
    sentence = ""
    if problem:
        sentence = visit.sentence(problem)
    return visit.page(
        "entry.html",
        status,
        some=some,
        index=index,
        texts=texts,
        base=base,
        problem=sentence,
        problem_at=problem.values.get("at", some.parts[0].key) if problem else None,
        conflict=conflict,
    )
