"""What only an owner sees: the accounts and the journal."""

from __future__ import annotations

from starlette.responses import Response

from operators.accounts import ALL, Account, NotPossible
from operators.journal import COMMAND_LINE
from operators.log_in import UNKNOWN_NAME
from operators.visit import Visit
from serving.tenants import DEFAULT

_ENTRIES = 50  # on a page


def show_accounts(visit: Visit) -> Response:
    """The tenant's accounts, and how many sessions each has."""
    accounts = visit.site.accounts
    shown = [(account, accounts.session_count(account)) for account in _accounts(visit)]
    return visit.page("accounts.html", accounts=shown, all_tenants=ALL)


def end_sessions(visit: Visit) -> Response:
    """Logs an account out everywhere."""
    name = visit.form.get("name", "")
    if name not in [account.name for account in _accounts(visit)]:
        return visit.go("/accounts")
    try:
        visit.site.accounts.end_sessions_of(name, visit.member.account.name)
    except NotPossible:  # it went meanwhile
        return visit.go("/accounts")
    return visit.go("/accounts", "sessions_ended")


def _accounts(visit: Visit) -> list[Account]:
    """Returns the accounts that who asks may see: those for all tenants only see one another."""
    accounts, site = visit.site.accounts, visit.site
    shown = accounts.of(site.tenant)
    if site.tenant == DEFAULT and visit.member.account.tenant == ALL:
        shown += accounts.of(ALL)
    return sorted(shown, key=lambda account: account.name)


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
