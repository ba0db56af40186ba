"""To try a change in a private conversation before it is saved."""

from __future__ import annotations

from starlette.responses import Response

from operators.assistant import NoAnswer
from operators.tryouts import Subject, Tryout
from operators.visit import Visit

_MAX_CHARACTERS = 500  # of what an editor types


def begin(visit: Visit, subject: Subject) -> Response:
    """Begins a conversation with a change that was checked."""
    tryout = visit.site.tryouts.start(visit.member.account.name, subject)
    return visit.go(f"/tryouts/{tryout.name}")


def show(visit: Visit) -> Response:
    """The conversation."""
    tryout = _tryout(visit)
    return _page(visit, tryout) if tryout else _over(visit)


def say(visit: Visit) -> Response:
    """Says what was typed or clicked; or begins anew."""
    tryout, form, tryouts = _tryout(visit), visit.form, visit.site.tryouts
    if tryout is None:
        return _over(visit)
    text, button = form.get("message", "").strip(), form.get("button", "")
    try:
        if "again" in form:
            tryouts.start_over(tryout)
        elif "open" in form:
            tryouts.open(tryout, visit.site.texts.tryout.opening)
        elif button.isascii() and button.isdecimal() and len(button) == 1:
            tryouts.click(tryout, int(button))
        elif text:
            tryouts.say(tryout, text[:_MAX_CHARACTERS])
    except NoAnswer as problem:
        sentence: str = visit.site.texts["tryout"]["problem"][problem.name]
        return _page(visit, tryout, 422, sentence, text)
    return visit.go(f"/tryouts/{tryout.name}", anchor="last")


def _tryout(visit: Visit) -> Tryout | None:
    name = visit.request.path_params["name"]
    return visit.site.tryouts.find(name, visit.member.account.name)


def _over(visit: Visit) -> Response:
    return visit.go("/words", "tryout_over")


def _page(
    visit: Visit, tryout: Tryout, status: int = 200, problem: str = "", text: str = ""
) -> Response:
    return visit.page("tryout.html", status, tryout=tryout, problem=problem, text=text)
