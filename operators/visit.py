"""One request to a page: who asks, what the form says, and how it is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from content_loader.shapes import Content
from operators import texts
from operators.accounts import ALL, Accounts, Role, Session
from operators.alarms import Alarms
from operators.database import Database
from operators.fields import Problem
from operators.history import History
from operators.journal import Journal
from operators.local_file import LocalFile
from operators.log_in import LogIn
from operators.numbers import Numbers
from operators.reach import Reach
from operators.secret_key import SecretKey
from operators.settings import Settings
from operators.texts import Texts
from operators.tryouts import Tryouts
from operators.unclear import Unclear
from operators.words import Words
from serving.tenants import DEFAULT, BadTenant, names, read_tenant

FOLDER = Path(__file__).resolve().parent
_DEMO = "/webhooks/website/demo"  # the page of an imagined bureau, with the widget
# What, once done, the next message shows.
_LIVE = ("saved", "restored", "question_saved", "question_restored", "facts_saved", "entry_added")


@dataclass(frozen=True)
class Site:
    """Everything that the pages of a tenant need, put together in `app.py`.

    What belongs to a tenant sees nothing of another: no page has to ask whose something is.
    """

    settings: Settings
    key: SecretKey
    database: Database
    journal: Journal
    accounts: Accounts
    log_in: LogIn
    words: Words
    history: History
    numbers: Numbers
    alarms: Alarms
    content: Callable[[], Content]
    clock: Callable[[], float]
    unclear: Unclear
    local: LocalFile
    reach: Reach
    tryouts: Tryouts
    texts: Texts
    templates: jinja2.Environment
    tenants: Tenants
    tenant: str = DEFAULT

    def of(self, tenant: str) -> Site:
        """Returns the same for the pages of a tenant."""
        if tenant == self.tenant:
            return self
        parts = self.tenants.parts(tenant)
        own = {field.name: getattr(parts, field.name) for field in fields(parts)}
        return replace(self, tenant=tenant, **own)


@dataclass(frozen=True)
class Parts:
    """What a tenant has for itself: of `Site`, the fields of the same names."""

    journal: Journal
    words: Words
    history: History
    numbers: Numbers
    alarms: Alarms
    content: Callable[[], Content]
    unclear: Unclear
    local: LocalFile
    tryouts: Tryouts


class Tenants:
    """The tenants that there are, each with its parts, which are made when first asked for."""

    def __init__(self, folder: Path, make: Callable[[str], Parts]) -> None:
        """Takes where they are and how the parts of one are made."""
        self.folder = folder
        self._make = make
        self._parts: dict[str, Parts] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Returns the ids of those whose folder is there, with the default first."""
        return [DEFAULT, *names(self.folder)]

    def titles(self) -> list[tuple[str, str]]:
        """Returns the ids of the same with what they are called; empty for the default."""
        return [(tenant, name_of(tenant, self.folder)) for tenant in self.names()]

    def parts(self, tenant: str) -> Parts:
        """Returns what a tenant has for itself."""
        with self._lock:
            if tenant not in self._parts:
                self._parts[tenant] = self._make(tenant)
            return self._parts[tenant]


def name_of(tenant: str, folder: Path) -> str:
    """Returns what a tenant is called; its id, where its file does not say."""
    if tenant == DEFAULT:
        return ""
    try:
        return read_tenant(tenant, folder).name
    except BadTenant:
        return tenant


@dataclass(frozen=True)
class Visit:
    """One request.

    Attributes:
        site: what all pages share.
        request: as Starlette has it.
        form: the fields of a form; empty for a GET.
        session: who is logged in; None on the page to log in.
    """

    site: Site
    request: Request
    form: Mapping[str, str]
    session: Session | None

    @property
    def member(self) -> Session:
        """The session, on pages that are not served without one."""
        if self.session is None:
            raise RuntimeError("this page is served to those who are logged in")
        return self.session

    @property
    def address(self) -> str:
        """From where the request comes, as far as that is known."""
        header = self.site.settings.address_header
        forwarded = self.request.headers.getlist(header) if header else []
        if forwarded:  # what the proxy in front has added stands last
            return forwarded[-1].rpartition(",")[2].strip()[:64]
        return self.request.client.host if self.request.client else ""

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Answers with a page."""
        shown = self.site.templates.get_template(template).render(
            t=self.site.texts,
            session=self.session,
            roles={role.value: role for role in Role},
            done=self._done(),
            demo=self._demo(),
            path=self.request.url.path,
            can_try=self.site.tryouts.is_possible,
            open_alarms=len(self.site.alarms.open()) if self.session else 0,
            tenant=self.site.tenant,
            tenant_name=name_of(self.site.tenant, self.site.tenants.folder),
            choices=self._choices(),
            **values,
        )
        return HTMLResponse(shown, status)

    def not_there(self) -> Response:
        """Says that there is no such page."""
        sentence = self.site.texts.not_there.not_there
        return self.page("not_there.html", 404, sentence=sentence)

    def sentence(self, problem: Problem) -> str:
        """Returns what says why a text cannot be used."""
        said: str = self.site.texts["problem"][problem.name]
        return said.format(**problem.values)

    def go(self, path: str, done: str = "", anchor: str = "", **more: str) -> Response:
        """Sends the browser on after a form, so that to load the page again repeats nothing.

        Args:
            path: of the page.
            done: what was done, as a name in `texts.yml`.
            anchor: where on the page.
            more: what the page is asked beside.
        """
        asked = {**({"done": done} if done else {}), **more}
        query = f"?{urlencode(asked)}" if asked else ""
        return RedirectResponse(f"{path}{query}{f'#{quote(anchor)}' if anchor else ''}", 303)

    def set_cookie(self, answer: Response, name: str, value: str, seconds: int | None) -> None:
        """Sets a cookie that scripts cannot read and other sites cannot send; '' deletes it."""
        answer.set_cookie(
            self.cookie_name(name),
            value,
            max_age=seconds if value else 0,
            path="/",
            secure=self.site.settings.secure,
            httponly=True,
            samesite="strict",
        )

    def cookie(self, name: str) -> str:
        """Returns a cookie of ours; empty if there is none."""
        return self.request.cookies.get(self.cookie_name(name), "")

    def cookie_name(self, name: str) -> str:
        """Over HTTPS the name forbids that another host sets it (RFC 6265bis, `__Host-`)."""
        return f"__Host-zhaohui_{name}" if self.site.settings.secure else f"zhaohui_{name}"

    def _choices(self) -> list[tuple[str, str]]:
        """Returns the tenants whose pages may be chosen; none where there is nothing to choose."""
        if self.session is None or self.session.account.tenant != ALL:
            return []
        titles = self.site.tenants.titles()
        return titles if len(titles) > 1 else []

    def _demo(self) -> str:
        """Where what has just been saved can be seen, for who sits at the assistant's machine."""
        settings = self.site.settings
        is_live = self.request.query_params.get("done") in _LIVE
        is_here = bool(settings.assistant_url) and not settings.secure
        is_here = is_here and self.site.tenant == DEFAULT  # whose words that page says
        return f"{settings.assistant_url}{_DEMO}" if is_live and is_here else ""

    def _done(self) -> str:
        """What has just been done, as a sentence; names that are none say nothing."""
        sentence: str = self.site.texts["done"].get(self.request.query_params.get("done", ""), "")
        return sentence


Handler = Callable[[Visit], Response]


def make_templates() -> jinja2.Environment:
    """Returns the templates; whatever is put into one is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = texts.fill
    environment.filters["moment"] = texts.moment
    environment.filters["short"] = texts.short
    environment.filters["readable"] = texts.readable
    return environment
