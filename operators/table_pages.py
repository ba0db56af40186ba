"""The tables of places that are kept by hand: found, changed, added to, row by row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gazetteer.places import HOST, Gazetteer, Place
from gazetteer.tables import LEVELS, AliasKind
from operators import tables
from operators.fields import PLACEHOLDER, Problem, fingerprint
from operators.journal import Deed
from operators.places import find_places, gazetteer_of, named_exactly
from operators.preview import Preview, difference, preview
from operators.tables import TABLES
from operators.visit import Visit
from operators.words import Conflict
from operators.yaml_text import ODD

BUREAUS, WEBSITES, ALIASES = TABLES
#: What a row of names may have in the place of a code.
WIDE = (*LEVELS, "district")
_IN_NAMES = ("name", "parent")  # what is filled into a bureau's name
_SHOWN = 100  # rows on a page
_PLACES_SHOWN = 10  # without a row of their own
_MAX_LENGTHS = {"name": 60, "bureau": 60, "website": 100, "alias": 20}
_MAX_PLACES = 30  # that one name may mean
_WITHOUT_PLACES = (AliasKind.OUTSIDE.value, AliasKind.ZONE_WORD.value)
_Row = tuple[str, ...]


def show_table(visit: Visit) -> Response:
    """The rows of a table; with `q`, those that hold it, and places that have none."""
    table = visit.request.path_params["table"]
    if table not in visit.site.words.tables:
        return visit.not_there()
    visit.site.history.notice(table)
    gazetteer = gazetteer_of(visit.site)
    wanted = visit.request.query_params.get("q", "").strip()[:60]
    rows = tables.rows(table, visit.site.words.read(table))
    shown = [(row, _readable(visit, table, row, gazetteer)) for row in rows.values()]
    found = [(row, cells) for row, cells in shown if wanted in " ".join((*row, *cells))]
    places = find_places(gazetteer, wanted) if wanted and table != ALIASES else []
    return visit.page(
        "table.html",
        table=table,
        wanted=wanted,
        rows=[
            (row, called, list(zip(TABLES[table][1:], said, strict=True)))
            for row, (called, *said) in found[:_SHOWN]
        ],
        bases={row[0]: _base(row) for row, _ in found[:_SHOWN]},
        count=len(found),
        places=[place for place in places if place.code not in rows][:_PLACES_SHOWN],
        broken=visit.site.words.state() if not rows else "",
    )


def show_row(visit: Visit) -> Response:
    """One row, to be changed; a new one, of which the place may be given."""
    table, key = visit.request.path_params["table"], visit.request.query_params.get("key", "")
    if table not in visit.site.words.tables or not _may_have(visit, table, key):
        return visit.not_there()
    visit.site.history.notice(table)
    row = _row(visit, table, key)
    return _row_page(visit, table, key, _form_of(visit, table, row), _base(row))


def save_row(visit: Visit) -> Response:
    """Saves a row, or says what is in the way; with `look` it only shows it."""
    table, form = visit.request.path_params["table"], visit.form
    key, base = form.get("key", ""), form.get("base", "")
    words, history = visit.site.words, visit.site.history
    if table not in words.tables or not _may_have(visit, table, key):
        return visit.not_there()
    if "look" in form:
        return _row_page(visit, table, key, form, base)
    history.notice(table)
    present = _row(visit, table, key)
    if base != _base(present):
        return _row_page(visit, table, key, form, _base(present), 409, conflict=True)
    try:
        row = _row_of(visit, table, key, form)
        if row == present:
            return visit.go(
                f"/tables/{table}",
                "unchanged",
                row[0],
                q=row[0] if table == ALIASES else _title(visit, key),
            )
        _put(visit, table, key, row)
    except Problem as problem:
        return _row_page(visit, table, key, form, base, 422, problem)
    except Conflict:
        now = _base(_row(visit, table, key))
        return _row_page(visit, table, key, form, now, 409, conflict=True)
    done = "name_saved" if table == ALIASES else "saved"
    return visit.go(
        f"/tables/{table}", done, row[0], q=row[0] if table == ALIASES else _title(visit, key)
    )


def remove_row(visit: Visit) -> Response:
    """Takes a row out; the history has it."""
    table, form = visit.request.path_params["table"], visit.form
    if table not in visit.site.words.tables:
        return visit.not_there()
    key = form.get("key", "")
    present = _row(visit, table, key)
    if present is None or form.get("base", "") != _base(present):
        return visit.go(f"/tables/{table}", "entry_changed")
    try:
        visit.site.history.notice(table)
        _put(visit, table, key, None)
    except Problem:
        return visit.go(f"/tables/{table}", "entry_kept")
    except Conflict:
        return visit.go(f"/tables/{table}", "entry_changed")
    return visit.go(f"/tables/{table}", "entry_removed")


def look(visit: Visit) -> Response:
    """What a row would change, as a part of a page; nothing is saved."""
    table, key = visit.request.path_params["table"], visit.form.get("key", "")
    if table not in visit.site.words.tables or not _may_have(visit, table, key):
        return visit.not_there()
    return visit.page("look.html", **_look(visit, table, key, visit.form))


def _put(visit: Visit, table: str, key: str, row: _Row | None) -> None:
    """Saves a table with a row in it, once it has passed every check.

    Raises:
        Conflict: if somebody has changed the file meanwhile.
        Problem: if it has not.
    """
    site = visit.site
    before = site.words.read(table)
    if row and row[0] != key and row[0] in tables.rows(table, before):
        raise Problem("row_there", at=TABLES[table][0], name=row[0])
    file = tables.with_row(table, before, key, row)
    site.words.check(table, file)
    deed = Deed.TEXT_CHANGED if row and key else Deed.ENTRY_ADDED if row else Deed.ENTRY_REMOVED
    subject = f"{table} {key or (row[0] if row else '')}"
    site.history.put(table, before, file, visit.member.account.name, deed, subject)


def _row(visit: Visit, table: str, key: str) -> _Row | None:
    return tables.rows(table, visit.site.words.read(table)).get(key)


def _base(row: _Row | None) -> str:
    return fingerprint("\t".join(row)) if row else ""


def _may_have(visit: Visit, table: str, key: str) -> bool:
    """Tells whether there is such a row, or one may be added: of a place, or a new name."""
    if _row(visit, table, key):
        return True
    return key == "" if table == ALIASES else gazetteer_of(visit.site).by_code(key) is not None


def _row_of(visit: Visit, table: str, key: str, form: Mapping[str, str]) -> _Row:
    """Returns the row that a form describes.

    Raises:
        Problem: if it cannot be used; `at` among its values is the column.
    """
    given = {name: form.get(name, "").strip() for name in TABLES[table]}
    for name, text in given.items():
        line = text.replace("\r\n", "").replace("\n", "") if name == "codes" else text
        if ODD.search(line) or "\t" in line or "\n" in line:
            raise Problem("odd", at=name)
    if table == BUREAUS:
        notes = visit.site.content().texts
        if given["note"] and f"bureau.notes.{given['note']}" not in notes:
            raise Problem("no_option", at="note", name=given["note"])
        _check_name(given["name"], needed=key in WIDE)
        return key, given["name"], given["note"]
    if table == WEBSITES:
        _check_text("bureau", given["bureau"])
        _check_text("website", given["website"])
        website = re.sub(r"^https?://|/$", "", given["website"].casefold())
        if not HOST.fullmatch(website):
            raise Problem("no_host", at="website")
        return key, given["bureau"], website
    return _alias_of(visit, given)


def _alias_of(visit: Visit, given: Mapping[str, str]) -> _Row:
    _check_text("name", given["name"], _MAX_LENGTHS["alias"])
    if given["name"].startswith("#"):  # such a line would be a comment
        raise Problem("not_written", at="name")
    kind = given["kind"]
    if kind not in {one.value for one in AliasKind}:
        raise Problem("no_option", at="kind", name=kind)
    gazetteer, codes = gazetteer_of(visit.site), list[str]()
    for line in given["codes"].replace("\r\n", "\n").split("\n"):
        if not line.strip():
            continue
        places = named_exactly(gazetteer, line.strip())
        if not places:
            raise Problem("no_place", at="codes", name=line.strip())
        if len(places) > 1:
            names = [place.full_name for place in places[:_PLACES_SHOWN]]
            joined = visit.site.texts.numbers.separator.join(names)
            raise Problem("several_places", at="codes", name=line.strip(), names=joined)
        codes.append(places[0].code)
    if len(codes) > _MAX_PLACES:
        raise Problem("too_many", at="codes", count=len(codes), max=_MAX_PLACES)
    if (kind in _WITHOUT_PLACES) == bool(codes):
        raise Problem("no_places_here" if codes else "places_needed", at="codes")
    return given["name"], ";".join(dict.fromkeys(codes)), kind


def _check_name(text: str, needed: bool) -> None:
    if text or needed:
        _check_text("name", text)
    if "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
        raise Problem("brace", at="name")
    for name in PLACEHOLDER.findall(text):
        if name not in _IN_NAMES:
            raise Problem("placeholder", at="name", name=name)


def _check_text(at: str, text: str, longest: int = 0) -> None:
    if not text:
        raise Problem("empty", at=at)
    longest = longest or _MAX_LENGTHS[at]
    if len(text) > longest:
        raise Problem("too_long", at=at, count=len(text), max=longest)


def _title(visit: Visit, key: str) -> str:
    """Returns how what a row is about is called, by which the row is found."""
    place = gazetteer_of(visit.site).by_code(key)
    called: str = place.full_name if place else visit.site.texts.table.level.get(key, key)
    return called


def _form_of(visit: Visit, table: str, row: _Row | None) -> dict[str, str]:
    form = dict(zip(TABLES[table], row or (), strict=False))
    if form.get("codes"):
        gazetteer = gazetteer_of(visit.site)
        places = [gazetteer.by_code(code) for code in form["codes"].split(";")]
        form["codes"] = "\n".join(place.full_name for place in places if place)
    return form


def _readable(visit: Visit, table: str, row: _Row, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Returns what stands in a row, with places and kinds by their names."""
    texts = visit.site.texts.table

    def of(code: str) -> str:
        place = gazetteer.by_code(code)
        return place.full_name if place else texts.level.get(code, code)

    if table == ALIASES:
        name, codes, kind = row
        return (
            name,
            "\n".join(of(code) for code in codes.split(";") if code),
            texts.kind.get(kind, kind),
        )
    code, first, second = row
    if table == BUREAUS:
        notes = visit.site.content().texts
        return of(code), first or texts.no_name, notes.get(f"bureau.notes.{second}", second)
    return of(code), first, second


def _look(visit: Visit, table: str, key: str, form: Mapping[str, str]) -> dict[str, Any]:
    gazetteer = gazetteer_of(visit.site)
    present, sentence, row = _row(visit, table, key), "", None
    try:
        row = _row_of(visit, table, key, form)
    except Problem as problem:
        sentence = visit.sentence(problem)
    before, after = (
        "\n".join(_readable(visit, table, one, gazetteer)) if one else "" for one in (present, row)
    )
    return {
        "live_problem": sentence if form.get("form_token") else "",
        "pieces": difference(before, after) if row else [("kept", before)],
        "look": _card(visit, table, row, gazetteer.by_code(key)) if row else None,
    }


def _card(visit: Visit, table: str, row: _Row, place: Place | None) -> Preview | None:
    """Returns the line of a place's card that a row makes."""
    texts = visit.site.content().texts
    if table == WEBSITES:
        said = texts["bureau.card.website"].format(website=row[2], owner=row[1])
    elif table == BUREAUS and place:
        parent = place.parent.name if place.parent else ""
        name = row[1].format(name=place.name, parent=parent)
        key = "bureau.card.name" if name else "bureau.card.no_name"
        said = texts[key].format(bureau=name, place=place.full_name)
        if row[2]:
            said = f"{said}\n{texts[f'bureau.notes.{row[2]}']}"
    else:
        return None
    return preview(said, {}, [])


def _row_page(
    visit: Visit,
    table: str,
    key: str,
    form: Mapping[str, str],
    base: str,
    status: int = 200,
    problem: Problem | None = None,
    conflict: bool = False,
) -> Response:
    gazetteer, texts = gazetteer_of(visit.site), visit.site.content().texts
    place = gazetteer.by_code(key) if table != ALIASES else None
    website = gazetteer.website(place) if place else None
    prefix = "bureau.notes."
    notes = {name.removeprefix(prefix): said for name, said in texts.items()
             if name.startswith(prefix)}  # fmt: skip
    return visit.page(
        "table_row.html",
        status,
        table=table,
        key=key,
        form=form,
        base=base,
        place=place,
        is_wide=table == BUREAUS and key in WIDE,
        bureau=(gazetteer.bureau_name(place) or "") if place else "",
        website=website,
        notes=notes,
        earlier_columns=TABLES[table][1:],
        problem=visit.sentence(problem) if problem else "",
        problem_at=problem.values.get("at", TABLES[table][1]) if problem else "",
        conflict=conflict,
        present=_row(visit, table, key),
        earlier=visit.site.history.of_text(table, key) if key else [],
        **_look(visit, table, key, form),
    )
