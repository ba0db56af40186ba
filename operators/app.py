"""The ASGI application: every page with who may see it, and the checks before all of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from channels.live_messages import FOLDER as CHANNELS
from content_loader.live import LiveContents
from content_loader.shapes import Content
from data_checks.review import NAME as REVIEW
from data_checks.review import Review
from operators import (
    alarm_pages,
    entry_list_pages,
    entry_pages,
    local_pages,
    number_pages,
    owner_pages,
    table_pages,
    texts,
    tryout_pages,
    unclear_pages,
    word_pages,
)
from operators.accounts import ALL, Accounts, Role
from operators.alarms import Alarms, Checks
from operators.assistant import Assistant
from operators.conversations import Conversations
from operators.database import Database
from operators.gate import HEALTH, Gate
from operators.history import History
from operators.journal import Journal
from operators.local_file import LocalFile
from operators.log_in import LogIn
from operators.meanings import Sorter
from operators.numbers import Numbers
from operators.reach import FOLDER as MODELS
from operators.reach import Reach
from operators.secret_key import SecretKey, same
from operators.settings import ROOT, BadSettings, Settings
from operators.tenant_words import TenantWords
from operators.tryouts import Tryouts
from operators.unclear import Unclear
from operators.visit import (
    FOLDER,
    Handler,
    Parts,
    Site,
    Tenants,
    Visit,
    make_templates,
)
from operators.webhook import Webhook
from operators.words import FOLDER as CONTENT
from operators.words import Words
from serving.tenants import (
    DEFAULT,
    BadTenant,
    content_of,
    folder_of_all,
    read_tenant,
)

logger = logging.getLogger(__name__)

_MAX_CONNECTIONS = 64
_MAX_HEAD_BYTES = 16 * 1024


@dataclass(frozen=True)
class Page:
    """One address.

    Attributes:
        method: GET or POST.
        path: as Starlette writes it.
        handler: what answers.
        role: which role one needs; None for the page to log in, which is for everybody.
    """

    method: str
    path: str
    handler: Handler
    role: Role | None


PAGES = (
    Page("GET", "/login", entry_pages.show_log_in, None),
    Page("POST", "/login", entry_pages.log_in, None),
    Page("GET", "/", entry_pages.show_first, Role.READER),
    Page("POST", "/logout", entry_pages.log_out, Role.READER),
    Page("POST", "/tenant", entry_pages.choose_tenant, Role.READER),
    Page("GET", "/account", entry_pages.show_account, Role.READER),
    Page("POST", "/account/password", entry_pages.change_password, Role.READER),
    Page("POST", "/account/sessions", entry_pages.end_other_sessions, Role.READER),
    Page("GET", "/words", word_pages.show_topics, Role.READER),
    Page("GET", "/words/{topic}", word_pages.show_topic, Role.READER),
    Page("GET", "/words/{topic}/history", word_pages.show_history, Role.READER),
    Page("GET", "/words/{topic}/edit", word_pages.show_field, Role.EDITOR),
    Page("POST", "/words/{topic}/look", word_pages.look, Role.EDITOR),
    Page("POST", "/words/{topic}/save", word_pages.save, Role.EDITOR),
    Page("GET", "/words/{topic}/entry", entry_list_pages.show_new, Role.EDITOR),
    Page("POST", "/words/{topic}/entry", entry_list_pages.save_new, Role.EDITOR),
    Page("POST", "/words/{topic}/entry/remove", entry_list_pages.remove, Role.EDITOR),
    Page("GET", "/tables/{table}", table_pages.show_table, Role.READER),
    Page("GET", "/tables/{table}/row", table_pages.show_row, Role.EDITOR),
    Page("POST", "/tables/{table}/row", table_pages.save_row, Role.EDITOR),
    Page("POST", "/tables/{table}/look", table_pages.look, Role.EDITOR),
    Page("POST", "/tables/{table}/remove", table_pages.remove_row, Role.EDITOR),
    Page("GET", "/versions/{number:int}", word_pages.show_version, Role.READER),
    Page("POST", "/versions/{number:int}", word_pages.restore, Role.EDITOR),
    Page("GET", "/numbers", number_pages.show_overview, Role.READER),
    Page("GET", "/numbers/wanted", number_pages.show_wanted, Role.READER),
    Page("GET", "/numbers/guides", number_pages.show_guides, Role.READER),
    Page("GET", "/numbers/troubles", number_pages.show_troubles, Role.READER),
    Page("GET", "/numbers/places", number_pages.show_places, Role.READER),
    Page("GET", "/numbers/quality", number_pages.show_quality, Role.READER),
    Page("GET", "/numbers/{table}.csv", number_pages.send_csv, Role.READER),
    Page("GET", "/alarms", alarm_pages.show_alarms, Role.READER),
    Page("POST", "/alarms/try", alarm_pages.try_webhook, Role.OWNER),
    Page("GET", "/unclear", unclear_pages.show_groups, Role.READER),
    Page("GET", "/unclear/decided", unclear_pages.show_decided, Role.READER),
    Page("GET", "/unclear/review", unclear_pages.show_review, Role.READER),
    Page("POST", "/unclear/review", unclear_pages.remove_from_review, Role.EDITOR),
    Page("GET", "/unclear/messages/{number:int}", unclear_pages.ask_reason, Role.EDITOR),
    Page("POST", "/unclear/messages/{number:int}", unclear_pages.open_conversation, Role.EDITOR),
    Page("GET", "/unclear/{number:int}", unclear_pages.show_group, Role.READER),
    Page("POST", "/unclear/{number:int}", unclear_pages.decide, Role.EDITOR),
    Page("POST", "/unclear/{number:int}/back", unclear_pages.give_back, Role.EDITOR),
    Page("GET", "/tryouts/{name}", tryout_pages.show, Role.EDITOR),
    Page("POST", "/tryouts/{name}", tryout_pages.say, Role.EDITOR),
    Page("GET", "/local", local_pages.show_questions, Role.READER),
    Page("GET", "/local/new", local_pages.show_new, Role.EDITOR),
    Page("GET", "/local/edit", local_pages.show_question, Role.EDITOR),
    Page("POST", "/local/look", local_pages.look, Role.EDITOR),
    Page("POST", "/local/save", local_pages.save, Role.EDITOR),
    Page("POST", "/local/delete", local_pages.delete, Role.EDITOR),
    Page("POST", "/local/restore", local_pages.restore, Role.EDITOR),
    Page("GET", "/local/places", local_pages.show_places, Role.READER),
    Page("GET", "/local/places/edit", local_pages.show_place, Role.EDITOR),
    Page("POST", "/local/places/save", local_pages.save_place, Role.EDITOR),
    Page("GET", "/accounts", owner_pages.show_accounts, Role.OWNER),
    Page("POST", "/accounts/sessions", owner_pages.end_sessions, Role.OWNER),
    Page("GET", "/journal", owner_pages.show_journal, Role.OWNER),
)
# The look of the page to log in; they hold nothing that is not in the repository.
STATIC = {
    "/pages.css": "text/css",
    "/pages.js": "text/javascript",
    "/icon.svg": "image/svg+xml",
}


def make_site(
    settings: Settings,
    folder: Path = ROOT,
    content: Path = CONTENT,
    clock: Callable[[], float] = time.time,
    models: Path = MODELS,
    tenants: Path | None = None,
    channels: Path = CHANNELS,
) -> Site:
    """Opens the database and the key in a folder, and makes both when they are not there.

    Args:
        settings: of the pages.
        folder: with the databases and files of these pages.
        content: the texts of the default.
        clock: returns the seconds since 1970.
        models: the folder with trained models.
        tenants: the folder with those of the tenants; the usual, if it is None.
        channels: the folder below which the channels' sentences stand.

    Raises:
        OSError: if a file cannot be opened.
        BadSettings: if the webhook's variable holds no address.
    """
    database = Database(folder / "operators.db")
    key = SecretKey.load(folder / ".operators_key")
    journal = Journal(database, key, folder / ".operators_journal")
    accounts = Accounts(database, journal, settings, clock)
    assistant = Path(settings.assistant_folder) if settings.assistant_folder else None
    said = texts.load()
    of_tenants = tenants or folder_of_all()
    current = live_content(content, of_tenants)
    rasa = Assistant(settings.assistant_url)
    conversations = Conversations(folder, assistant)

    def make_parts(tenant: str) -> Parts:
        words, home = Words(content, channels), folder
        webhook = Webhook.from_environment(settings.webhook_variable)
        if tenant != DEFAULT:
            words = TenantWords(content, content_of(tenant, of_tenants), channels)
            home = of_tenants / tenant
            webhook = tenant_webhook(tenant, of_tenants)
        own_journal = journal.of(tenant)
        history = History(database, own_journal, words, tenant)
        numbers = Numbers(folder, assistant, tenant)

        def own_content() -> Content:
            return current(tenant)

        checks = Checks(settings, numbers, rasa, own_content, folder, clock, tenant)
        sorter = Sorter(conversations, tenant=tenant)
        return Parts(
            journal=own_journal,
            words=words,
            history=history,
            numbers=numbers,
            alarms=Alarms(database, checks, webhook, said, clock, tenant),
            content=own_content,
            unclear=Unclear(
                conversations, sorter, Review(home / REVIEW), database, own_journal, clock, tenant
            ),
            local=LocalFile(words, history),
            tryouts=Tryouts(folder, words, rasa, clock, tenant),
        )

    parts = make_parts(DEFAULT)
    return Site(
        settings=settings,
        key=key,
        database=database,
        journal=parts.journal,
        accounts=accounts,
        log_in=LogIn(database, accounts, journal, key, clock),
        words=parts.words,
        numbers=parts.numbers,
        alarms=parts.alarms,
        content=parts.content,
        clock=clock,
        texts=said,
        unclear=parts.unclear,
        history=parts.history,
        local=parts.local,
        reach=Reach(models),
        tryouts=parts.tryouts,
        templates=make_templates(),
        tenants=Tenants(of_tenants, make_parts),
    )


def tenant_webhook(tenant: str, folder: Path) -> Webhook:
    """Returns where a tenant's alarms are sent: nowhere, where its file or variable is bad.

    That must not keep the others from their pages, so it only stands in the log.
    """
    variable = ""
    try:
        variable = read_tenant(tenant, folder).webhook_variable
        return Webhook.from_environment(variable)
    except (BadTenant, BadSettings) as error:
        logger.error("The alarms of the tenant %s are sent to nobody: %s", tenant, error)
        return Webhook("", variable)


def live_content(folder: Path, tenants: Path) -> Callable[[str], Content]:
    """Returns what gives a tenant's content as it is now; all is read when first asked for."""

    @lru_cache(maxsize=1)
    def loaded() -> LiveContents:
        return LiveContents(folder, tenants)

    return lambda tenant: loaded().current(tenant)


def make_app(site: Site) -> ASGIApp:
    """Returns the application."""
    routes = [Route(page.path, _endpoint(site, page), methods=[page.method]) for page in PAGES]
    routes += [Route(path, _static(path, kind), methods=["GET"]) for path, kind in STATIC.items()]
    routes.append(Route(HEALTH, _health, methods=["GET"]))
    handlers = {404: _not_there(site, 404), 405: _not_there(site, 405), 500: _broken(site)}
    # A path with or without a slash at its end is not the same.
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Gate(app, site.settings)


def make_server(site: Site) -> uvicorn.Server:
    """Returns the server; `run` serves on the sockets that it is given."""
    config = uvicorn.Config(
        make_app(site),
        http="h11",  # refuses what is not plainly framed
        ws="none",
        lifespan="off",
        access_log=False,  # who did what is in the journal
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # `address_header` is read by us
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=_MAX_HEAD_BYTES,
    )
    return uvicorn.Server(config)


def _endpoint(site: Site, page: Page) -> Callable[[Request], Awaitable[Response]]:
    def answer(request: Request) -> Response:
        visit = _visit(site, request)
        if page.role is not None:
            if visit.session is None:
                return RedirectResponse("/login", 303)
            if not visit.session.account.role.may(page.role):
                return visit.page("not_there.html", 403, sentence=site.texts.not_there.not_allowed)
            if page.method == "POST" and not same(
                visit.session.form_token, visit.form.get("form_token", "")
            ):
                return visit.page("not_there.html", 403, sentence=site.texts.not_there.old_form)
        return page.handler(visit)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return endpoint


def _visit(site: Site, request: Request) -> Visit:
    visit = Visit(site, request, request.state.form, None)
    token = visit.cookie(entry_pages.SESSION_COOKIE)
    session = site.accounts.session(token) if token else None
    if session is None:
        return visit
    tenant = session.tenant
    # An account whose tenant is gone sees nothing of others; one for all goes on to the default.
    if session.account.tenant == ALL and tenant not in site.tenants.names():
        site.accounts.choose(session, DEFAULT)
        session = site.accounts.session(token) or session
        tenant = DEFAULT
    return Visit(site.of(tenant), request, visit.form, session)


def _static(path: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        answer = FileResponse(FOLDER / "static" / path.lstrip("/"), media_type=kind)
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    return endpoint


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _not_there(site: Site, status: int) -> Callable[[Request, Exception], Awaitable[Response]]:
    def answer(request: Request) -> Response:
        visit = _visit(site, request)
        if visit.session is None:
            return RedirectResponse("/login", 303)
        return visit.page("not_there.html", status, sentence=site.texts.not_there.not_there)

    async def handler(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(answer, request)

    return handler


def _broken(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, error: Exception) -> Response:
        # Starlette raises the error once more after this answer, and uvicorn logs it.
        visit = Visit(site, request, {}, None)
        return visit.page("not_there.html", 500, sentence=site.texts.not_there.broken)

    return handler
