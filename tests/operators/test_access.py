"""Who gets in, and who does not: log-in, sessions, roles, forms from elsewhere, foreign names."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from operators.accounts import NotPossible, Role
from operators.app import PAGES, STATIC
from operators.settings import Settings
from operators.visit import Site
from tests.operators.conftest import NAMES, PASSWORD, Client, Clock, client_of

CLOSED = [page for page in PAGES if page.role is not None]


def address_of(path: str) -> str:
    """Returns an address that a route serves."""
    path = path.replace("{topic}", "chitchat").replace("{number:int}", "1")
    if path.startswith("/tables"):
        row = "?key=11" if path.endswith("/row") else ""
        return path.replace("{table}", "websites") + row
    path = path.replace("{table}", "conversations").replace("{name}", "x")
    if path.endswith("/entry"):
        return "/words/answer/entry?list=terms&index=0"
    return f"{path}?field=chitchat.greet.text" if path.endswith("/edit") else path


@pytest.mark.parametrize("page", CLOSED, ids=lambda page: f"{page.method} {page.path}")
def test_nothing_but_the_page_to_log_in_works_without_a_log_in(client: Client, page) -> None:
    asked = client.get if page.method == "GET" else client.post
    answer = asked(address_of(page.path))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login"
    assert answer.text == ""


def test_what_is_open_is_the_page_to_log_in_its_look_and_health(client: Client) -> None:
    assert [page.path for page in PAGES if page.role is None] == ["/login", "/login"]
    for path in ("/login", *STATIC, "/health"):
        assert client.get(path).status_code == 200
    for path in ("/nothing", "/../settings.yml", "/templates/layout.html", "/pages.css/", "//"):
        assert client.get(path).status_code in (303, 404)
        assert "settings" not in client.get(path).text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("page", CLOSED, ids=lambda page: f"{page.method} {page.path}")
def test_a_role_opens_what_it_may_and_nothing_else(site: Site, page, name: str) -> None:
    client = client_of(site, name)
    site.history.notice("chitchat")
    allowed = NAMES[name].may(page.role)
    if page.method == "GET":
        answer = client.get(address_of(page.path))
        assert (answer.status_code in (200, 303)) == allowed
    else:
        answer = client.post(address_of(page.path))  # a form without its token
        assert answer.status_code == 403
        sentence = site.texts.not_there["old_form" if allowed else "not_allowed"]
        assert sentence in answer.text


def test_a_log_in_and_a_log_out(site: Site, client: Client) -> None:
    answer = client.log_in("zhang")
    assert answer.status_code == 303
    cookies = answer.headers.get_list("set-cookie")
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
        assert "Secure" not in cookie  # there is no HTTPS here
    session = client.http.cookies["zhaohui_session"]
    assert client.get("/accounts").status_code == 200
    assert client.post("/logout", {"form_token": client.token("/account")}).status_code == 303
    client.http.cookies.set("zhaohui_session", session, domain="127.0.0.1")
    assert client.get("/accounts").status_code == 303  # also for who kept the cookie


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("zhang", "wrong password"), ("nobody", PASSWORD), ("", ""), ("zhang", ""),
        ("zhang", "x" * 10_000), ("' OR 1=1 --", "x"), ("zhang\n", "x"),
    ],
)  # fmt: skip
def test_what_is_wrong_does_not_say_what(
    site: Site, client: Client, name: str, password: str
) -> None:
    answer = client.log_in(name, password)
    assert answer.status_code == 401
    assert site.texts.log_in.wrong in answer.text
    assert "zhaohui_session" not in client.http.cookies


def test_names_are_the_same_in_any_letters(site: Site, client: Client) -> None:
    assert client.log_in("  ＺＨａｎｇ ").status_code == 303
    with pytest.raises(NotPossible):
        site.accounts.add("Zhang", Role.READER, PASSWORD, "test")


def test_what_was_typed_as_a_name_is_not_kept(site: Site, client: Client) -> None:
    client.log_in(PASSWORD, "")
    assert site.journal.entries()[0].who == "?"
    dump = "\n".join(site.database._connection.iterdump())
    assert PASSWORD not in dump
    client.log_in("zhang")
    assert client.http.cookies["zhaohui_session"] not in "\n".join(
        site.database._connection.iterdump()
    )


def test_a_session_ends_when_idle_and_in_any_case(site: Site, clock: Clock) -> None:
    client = client_of(site, "li")
    clock.now += site.settings.idle_seconds - 1
    assert client.get("/account").status_code == 200
    clock.now += site.settings.idle_seconds + 1
    assert client.get("/account").status_code == 303
    client = client_of(site, "li")
    begun = clock.now
    while clock.now - begun < site.settings.max_seconds:
        assert client.get("/account").status_code == 200
        clock.now += site.settings.idle_seconds / 2
    clock.now += 1
    assert client.get("/account").status_code == 303


def test_a_session_that_was_planted_is_not_taken(site: Site, client: Client) -> None:
    client.http.cookies.set("zhaohui_session", "planted", domain="127.0.0.1")
    client.log_in("zhang")
    tokens = [c.value for c in client.http.cookies.jar if c.name == "zhaohui_session"]
    assert site.accounts.session("planted") is None
    assert any(site.accounts.session(token or "") for token in tokens)


def test_a_second_log_in_ends_the_first_of_the_browser(site: Site) -> None:
    client = client_of(site, "zhang")
    first = client.http.cookies["zhaohui_session"]
    fields = {"name": "li", "password": PASSWORD}
    other = Client(site)
    fields["form_token"] = other.token("/login")
    other.http.cookies.set("zhaohui_session", first, domain="127.0.0.1")
    assert other.post("/login", fields).status_code == 303
    assert site.accounts.session(first) is None


def test_a_new_password_ends_every_session(site: Site) -> None:
    client, other = client_of(site, "li"), client_of(site, "li")
    new = "Pferde, Esel, Maultiere"
    fields = {"form_token": client.token("/account"), "new": new, "repeated": new}
    assert client.post("/account/password", {**fields, "present": "wrong"}).status_code == 422
    weak = {**fields, "present": PASSWORD, "new": "123456789012", "repeated": "123456789012"}
    assert client.post("/account/password", weak).status_code == 422
    different = {**fields, "present": PASSWORD, "repeated": new + "!"}
    assert client.post("/account/password", different).status_code == 422
    assert other.get("/account").status_code == 200
    assert client.post("/account/password", {**fields, "present": PASSWORD}).status_code == 303
    assert other.get("/account").status_code == client.get("/account").status_code == 303
    assert Client(site).log_in("li").status_code == 401
    assert Client(site).log_in("li", new).status_code == 303


def test_other_sessions_can_be_ended(site: Site) -> None:
    client, other = client_of(site, "li"), client_of(site, "li")
    client.post("/account/sessions", {"form_token": client.token("/account")})
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    owner = client_of(site, "zhang")
    owner.post("/accounts/sessions", {"form_token": owner.token("/accounts"), "name": "li"})
    assert client.get("/account").status_code == 303


def test_who_is_disabled_is_out_at_once(site: Site) -> None:
    client = client_of(site, "li")
    site.accounts.set_disabled("li", True, "test")
    assert client.get("/account").status_code == 303
    assert Client(site).log_in("li").status_code == 401
    site.accounts.set_disabled("li", False, "test")
    assert Client(site).log_in("li").status_code == 303


def test_a_role_that_was_taken_away_is_gone_at_once(site: Site) -> None:
    site.accounts.set_role("wang", Role.OWNER, "test")
    client = client_of(site, "wang")
    assert client.get("/journal").status_code == 200
    site.accounts.set_role("wang", Role.READER, "test")
    assert client.get("/journal").status_code == 403


def test_an_owner_is_always_left(site: Site) -> None:
    with pytest.raises(NotPossible, match="no owner"):
        site.accounts.set_role("zhang", Role.EDITOR, "test")
    with pytest.raises(NotPossible, match="no owner"):
        site.accounts.set_disabled("zhang", True, "test")
    assert site.accounts.known("zhang").role is Role.OWNER


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:5005"},  # the demo page, the same site for a browser
        {"Origin": "http://127.0.0.1:50077"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused(site: Site, headers: dict[str, str]) -> None:
    client = client_of(site, "li")
    token = client.token("/account")
    given = {"Origin": client.base, **headers}
    answer = client.request("POST", "/logout", data={"form_token": token}, headers=given)
    assert answer.status_code == 403
    assert client.get("/account").status_code == 200


def test_a_form_without_an_origin_or_with_two_is_refused(site: Site) -> None:
    client = client_of(site, "li")
    token = client.token("/account")
    answer = client.request("POST", "/logout", data={"form_token": token})
    assert answer.status_code == 403
    two = [("Origin", client.base), ("Origin", "https://evil.example")]
    assert (
        client.request("POST", "/logout", data={"form_token": token}, headers=two).status_code
        == 403
    )


def test_the_token_of_another_session_is_refused(site: Site) -> None:
    client, other = client_of(site, "li"), client_of(site, "li")
    answer = client.post("/logout", {"form_token": other.token("/account")})
    assert answer.status_code == 403


def test_a_log_in_needs_the_form_of_this_browser(site: Site, client: Client) -> None:
    """Or a page elsewhere could log one in to an account that is not one's own."""
    token = Client(site).token("/login")
    client.get("/login")
    fields = {"form_token": token, "name": "li", "password": PASSWORD}
    assert client.post("/login", fields).status_code == 403
    assert client.post("/login", {**fields, "form_token": "ü"}).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost.evil.example:5007", ""]
)
def test_a_foreign_name_is_refused(client: Client, host: str) -> None:
    for path in ("/login", "/health", "/pages.css"):
        assert client.get(path, Host=host).status_code == 421


def test_this_machine_has_three_names(client: Client) -> None:
    for host in ("127.0.0.1:5007", "localhost:5007", "[::1]:5007", "LOCALHOST:5007"):
        assert client.get("/login", Host=host).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    assert client.request(method, "/login").status_code == 405


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"a=1", "text/plain", 415),
        (b"a=1&a=2", "application/x-www-form-urlencoded", 400),
        (b"a=%00", "application/x-www-form-urlencoded", 400),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"a", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=" % n for n in range(300)), "application/x-www-form-urlencoded", 400),
        (b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_odd_forms_are_refused(client: Client, body: bytes, kind: str, status: int) -> None:
    headers = {"Origin": client.base, "Content-Type": kind}
    assert client.request("POST", "/login", content=body, headers=headers).status_code == status


def test_a_length_behind_many_zeros_is_too_large(client: Client) -> None:
    headers = {
        "Origin": client.base,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": "0" * 12 + "3",
    }
    assert client.request("POST", "/login", content=b"a=1", headers=headers).status_code == 413


def test_every_answer_has_the_headers(site: Site) -> None:
    client = client_of(site, "zhang")
    answers = [client.get(address_of(page.path)) for page in PAGES if page.method == "GET"]
    answers += [client.get("/login", Host="evil.example"), client.get("/nothing")]
    answers += [client.post("/logout"), client.request("DELETE", "/login")]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "server" not in answer.headers
        assert "<script>" not in answer.text and "style=" not in answer.text
        assert "onclick" not in answer.text


def test_behind_a_proxy_with_https(site: Site) -> None:
    settings = Settings(
        public_url="https://operators.example.gov.cn", address_header="X-Forwarded-For"
    )
    public = replace(site, settings=settings)
    assert Client(public).get("/login").status_code == 421
    assert Client(public).get("/health").status_code == 200
    client = Client(public, settings.public_url)
    answer = client.log_in("zhang")
    assert answer.status_code == 303
    for cookie in answer.headers.get_list("set-cookie"):
        assert cookie.startswith("__Host-zhaohui_") and "; Secure" in cookie
    assert "max-age" in client.get("/account").headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("header", "counted"), [("X-Forwarded-For", "address 9.9.9.9"), ("", "address 127.0.0.1")]
)
def test_whom_the_proxy_asks_for_is_what_it_has_added(
    site: Site, header: str, counted: str
) -> None:
    settings = Settings(public_url="https://operators.example.gov.cn", address_header=header)
    client = Client(replace(site, settings=settings), settings.public_url)
    fields = {"form_token": client.token("/login"), "name": "li", "password": "wrong"}
    answer = client.post("/login", fields, X_Forwarded_For="1.1.1.1, 9.9.9.9")
    assert answer.status_code == 401
    subjects = [row["subject"] for row in site.database.read("SELECT subject FROM failures")]
    assert [subject for subject in subjects if subject.startswith("address")] == [counted]


def test_an_error_says_nothing_of_the_inside(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(site, "zhang")

    def fail(*_: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(type(site.journal), "first_broken", fail)
    answer = client.get("/journal")
    assert answer.status_code == 500
    assert site.texts.not_there.broken in answer.text
    assert "secret" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_files_are_for_their_owner_only(site: Site, tmp_path: Path) -> None:
    client_of(site, "zhang")
    names = {path.name for path in tmp_path.iterdir()}
    assert {"operators.db", ".operators_key", ".operators_journal"} <= names
    for path in (path for path in tmp_path.iterdir() if path.is_file()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
