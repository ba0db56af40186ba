"""What only an owner sees: the accounts and the journal."""

from __future__ import annotations

from starlette.responses import Response

from operators.accounts import NotPossible
from operators.journal import COMMAND_LINE
from operators.log_in import UNKNOWN_NAME
from operators.visit import Visit

_ENTRIES = 50  # on a page


def show_accounts(visit: Visit) -> Response:
    """All accounts, and how many sessions each has."""
    accounts = visit.site.accounts
    shown = [(account, accounts.session_count(account)) for account in accounts.all()]
    return visit.page("accounts.html", accounts=shown)


def end_sessions(visit: Visit) -> Response:
    """Logs an account out everywhere."""
    try:
        visit.site.accounts.end_sessions_of(visit.form.get("name", ""), visit.member.account.name)
    except NotPossible:  # it went meanwhile
        return visit.go("/accounts")
    return visit.go("/accounts", "sessions_ended")


def show_journal(visit: Visit) -> Response:
    """Who did what and when, newest first."""
    given = visit.request.query_params.get("before", "")
    before = int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else None
    entries = visit.site.journal.entries(before, _ENTRIES)
    texts = visit.site.texts.journal
    names = {COMMAND_LINE: texts.command_line, UNKNOWN_NAME: texts.unknown_name}
    return visit.page(
        "journal.html",
        entries=entries,
        names=names,
        query=visit.request.url.query,
        broken=visit.site.journal.first_broken(),
        older=entries[-1].number if entries and entries[-1].number > 1 else None,
    )
