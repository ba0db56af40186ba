"""The alarms, and the group that hears of them."""

from __future__ import annotations

from starlette.responses import Response

from operators.journal import Deed
from operators.visit import Visit

_PAST = 50  # on the page


def show_alarms(visit: Visit) -> Response:
    """What is wrong now, what was, and whether somebody hears of it."""
    alarms = visit.site.alarms
    return visit.page(
        "alarms.html",
        present=[(alarm, alarms.sentence(alarm)) for alarm in alarms.open()],
        past=[(alarm, alarms.sentence(alarm)) for alarm in alarms.past(_PAST)],
        is_set=alarms.webhook.is_set,
        problem=alarms.problem,
        variable=alarms.webhook.variable,
    )


def try_webhook(visit: Visit) -> Response:
    """Sends a text to the group, to see whether it arrives."""
    if not visit.site.alarms.webhook.is_set:
        return visit.go("/alarms")
    with visit.site.database.transaction() as connection:
        visit.site.journal.note(connection, visit.member.account.name, Deed.WEBHOOK_TRIED)
    return visit.go("/alarms", "webhook_tried" if visit.site.alarms.try_webhook() else "")
