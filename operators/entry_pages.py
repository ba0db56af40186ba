"""To log in and out, the first page, and what one may change of one's own account."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from operators import passwords
from operators.accounts import NotPossible
from operators.log_in import TooSoon
from operators.secret_key import same
from operators.visit import Visit
from serving.tenants import DEFAULT

SESSION_COOKIE = "session"
_FORM_COOKIE = "form"  # before there is a session, the form to log in belongs to a browser by it
_BROWSER_COOKIE = "browser"
_BROWSER_SECONDS = 400 * 24 * 3600  # as long as browsers keep a cookie
_PURPOSE = "form to log in"


def show_log_in(visit: Visit) -> Response:
    """The form to log in."""
    if visit.session:
        return visit.go("/")
    return _log_in_form(visit)


def log_in(visit: Visit) -> Response:
    """Looks at name and password."""
    texts = visit.site.texts
    form_cookie = visit.cookie(_FORM_COOKIE)
    given = visit.form.get("form_token", "")
    if not form_cookie or not visit.site.key.is_signed(_PURPOSE, form_cookie, given):
        return _log_in_form(visit, 403, texts.log_in.again)
    name, password = visit.form.get("name", ""), visit.form.get("password", "")
    browser = visit.cookie(_BROWSER_COOKIE)
    try:
        session = visit.site.log_in.attempt(name, password, visit.address, browser)
    except TooSoon as refused:
        answer = _log_in_form(
            visit, 429, texts.log_in.too_soon.format(seconds=refused.seconds), name
        )
        answer.headers["Retry-After"] = str(refused.seconds)
        return answer
    if session is None:
        return _log_in_form(visit, 401, texts.log_in.wrong, name)
    if visit.session:  # somebody else was logged in here
        visit.site.accounts.end_session(visit.session)
    answer = visit.go("/")
    visit.set_cookie(answer, SESSION_COOKIE, session.token, None)
    visit.set_cookie(answer, _FORM_COOKIE, "", 0)
    known = visit.site.log_in.known_browser(session.account)
    visit.set_cookie(answer, _BROWSER_COOKIE, known, _BROWSER_SECONDS)
    return answer


def log_out(visit: Visit) -> Response:
    """Ends the session."""
    visit.site.accounts.end_session(visit.member)
    answer = visit.go("/login", "logged_out")
    visit.set_cookie(answer, SESSION_COOKIE, "", 0)
    return answer


def choose_tenant(visit: Visit) -> Response:
    """Shows the pages of another tenant, to an account for all; the form says which."""
    wanted = visit.form.get("tenant", DEFAULT)
    if wanted not in visit.site.tenants.names():
        return visit.not_there()
    try:
        visit.site.accounts.choose(visit.member, wanted)
    except NotPossible:
        return visit.not_there()
    return visit.go("/")


def show_first(visit: Visit) -> Response:
    """Where one is led after a log-in."""
    return visit.go("/words")


def show_account(visit: Visit) -> Response:
    """One's own account."""
    return _account_page(visit)


def change_password(visit: Visit) -> Response:
    """Changes one's own password; who does must know the present one."""
    texts = visit.site.texts
    account = visit.member.account
    # Guesses by who found the page open are slowed down like those of a stranger.
    try:
        right = visit.site.log_in.confirm(account, visit.form.get("present", ""))
    except TooSoon as refused:
        problem = texts.log_in.too_soon.format(seconds=refused.seconds)
        return _account_page(visit, 429, present=problem)
    if not right:
        return _account_page(visit, 422, present=texts.account.present_wrong)
    new, repeated = visit.form.get("new", ""), visit.form.get("repeated", "")
    weakness = passwords.weakness(new, account.name)
    if weakness:
        problem = texts.weakness[weakness.value].format(min=passwords.MIN_LENGTH)
        return _account_page(visit, 422, new=problem)
    if not same(new, repeated):
        return _account_page(visit, 422, repeated=texts.account.not_repeated)
    visit.site.accounts.set_password(account.name, new, account.name)
    answer = visit.go("/login", "password_changed")
    visit.set_cookie(answer, SESSION_COOKIE, "", 0)
    return answer


def end_other_sessions(visit: Visit) -> Response:
    """Logs out everywhere else."""
    visit.site.accounts.end_other_sessions(visit.member)
    return visit.go("/account", "others_ended")


def _log_in_form(visit: Visit, status: int = 200, problem: str = "", name: str = "") -> Response:
    form_cookie = visit.cookie(_FORM_COOKIE) or secrets.token_urlsafe(24)
    answer = visit.page(
        "log_in.html",
        status,
        problem=problem,
        name=name[:64],
        form_token=visit.site.key.sign(_PURPOSE, form_cookie),
        is_first=not visit.site.accounts.all(),
    )
    visit.set_cookie(answer, _FORM_COOKIE, form_cookie, None)
    return answer


def _account_page(visit: Visit, status: int = 200, **problems: str) -> Response:
    account = visit.member.account
    return visit.page(
        "account.html",
        status,
        problems={"present": "", "new": "", "repeated": "", **problems},
        min_length=passwords.MIN_LENGTH,
        count=visit.site.accounts.session_count(account),
        recent=visit.site.journal.log_ins_of(account.name),
    )
