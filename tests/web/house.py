"""A whole desk over HTTP for tests: pages, API, links and sign-in as the server puts them together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lowtide.desk.store import Store
from lowtide.errors import WarehouseError
from lowtide.operation import Health
from lowtide.operation.proxy import DIRECT, Proxies
from lowtide.page.app import App
from lowtide.page.door import Door
from lowtide.people import Book
from lowtide.server.app import gate_of, made
from lowtide.service import Context, Role
from lowtide.settings import load_settings
from lowtide.web import passwords, user_file
from lowtide.web.place import Place
from lowtide.web.probe import Probe
from lowtide.web.users import Users
from tests.page.asgi import Reply, ask
from tests.page.desk import KEY, NOW, opened

PASSWORD = "sesame open 1"
COST = (passwords.TIME_COST, passwords.MEMORY_KIB)
passwords.TIME_COST, passwords.MEMORY_KIB = 1, 64  # the tests make hundreds of hashes
PEOPLE = """
time_zone: Asia/Shanghai
currency: ¥
calendars: {office: {work: {mon-fri: "09:00-18:00"}}}
people:
  zhao: {name: 赵敏, calendar: office, contacts: [console]}
  wang: {name: 王芳, lead: zhao, calendar: office, contacts: [console]}
  chen: {name: 陈晨, lang: zh, lead: wang, calendar: office, contacts: [console], approve_up_to: 5000}
  li: {name: Li Na, lead: wang, calendar: office, contacts: ["console", "mail:li@example.com"]}
  mo: {name: Mo, calendar: office, contacts: [console]}
teams:
  buyers: {members: [chen], lead: wang, fallback: wang, calendar: office}
  others: {members: [mo], fallback: mo, calendar: office}
routes: [{to: buyers}, {match: {type: negative_stock}, to: others}]
"""
FORM = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}


class Nowhere:
    """A warehouse that is away."""

    database = "lowtide"

    def __getattr__(self, name: str) -> Any:
        raise WarehouseError(
            "the warehouse `localhost:8123` cannot be reached: connection refused",
            "Check that it runs, and the address, user and password of `--warehouse`.",
        )


@dataclass
class House:
    """One desk; `wall` is its wall clock in milliseconds, `seconds` that of its limits."""

    folder: Path
    with_users: bool = True
    proxies: Proxies = DIRECT
    public_url: str | None = None
    wall: int = NOW
    seconds: float = 0.0
    store: Store = field(init=False)
    users: Path = field(init=False)

    def __post_init__(self) -> None:
        self.store = opened(self.folder / "desk")
        self.users = self.folder / "users.yaml"
        _route(self.store)
        if self.with_users:
            for login, role in (
                ("vi", Role.VIEWER),
                ("chen", Role.OPERATOR),
                ("mo", Role.OPERATOR),
                ("ada", Role.ADMIN),
            ):
                write_user(self.users, login, role)
        self.book = Book.read(PEOPLE)
        warehouse: Any = Nowhere()
        self.context = Context(
            self.store, warehouse, lambda: self.book, lambda: NOW, load_settings(), folder=self.folder
        )
        place = Place(self.public_url, self.proxies)
        users = Users(self.users if self.with_users else None)
        gate = gate_of(self.context, users, place, lambda: self.wall, "account")
        gate.seconds = lambda: self.seconds
        self.gate = gate
        links = App(
            Door(self.store, lambda: self.book, (KEY,), lambda: NOW), Probe(Health(needs=()), lambda: b"metrics 1\n"),
            public_url=self.public_url, proxies=self.proxies,
        )  # fmt: skip
        self.site = made(
            self.context, gate, links, lambda: self.public_url or "http://127.0.0.1:8080", lambda: self.wall
        )

    def ask(
        self, method: str, target: str, body: bytes = b"", client: str = "127.0.0.1", **headers: str
    ) -> Reply:
        """The reply to a request; every request is 13 seconds after the one before, so that no limit is met by chance."""
        self.seconds += 13
        return ask(self.site.asgi, method, target, body=body, client=client, **headers)

    def get(self, target: str, **headers: str) -> Reply:
        return self.ask("GET", target, **headers)

    def form(self, target: str, fields: Mapping[str, Any], **headers: str) -> Reply:
        return self.ask("POST", target, urlencode(fields, doseq=True).encode(), **{**FORM, **headers})

    def post(self, target: str, value: Any = None, **headers: str) -> Reply:
        """A POST of JSON."""
        body = b"" if value is None else json.dumps(value).encode()
        return self.ask("POST", target, body, **{"content_type": "application/json", **headers})

    def sign_in(self, login: str, password: str = PASSWORD, **headers: str) -> str:
        """The cookie of a new session."""
        reply = self.form("/login", {"login": login, "password": password}, **headers)
        assert reply.status == 303, reply.text
        return reply.headers["set-cookie"].partition(";")[0]

    def token(self, name: str, role: Role) -> str:
        """The header of a new token."""
        from datetime import date

        return f"Bearer {user_file.add_token(self.users, name, role, date(2100, 1, 1))}"

    def audit(self) -> list[dict[str, Any]]:
        """The rows of the audit that are on their way to the warehouse."""
        with self.store.read() as rows:
            found = rows.rows("SELECT row FROM ship WHERE table_name = 'audit' ORDER BY n")
        return [json.loads(row["row"]) for row in found]


def _route(store: Store) -> None:
    """Let chen of the buyers have all alerts."""
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO routed (alert_id, person, team, route, followers, owner, partition, because, because_of, caught, "
            "said_to, said_in, told_severity, told_to, last_step, used_ms, phase, phase_round) "
            "SELECT alert_id, 'chen', 'buyers', '0', '[]', 'chen', 'p', '', '', 0, '', '', '', '', 0, 0, '', 0 FROM alert"
        )


_HASHES: dict[str, str] = {}


def write_user(path: Path, login: str, role: Role) -> None:
    """A user whose person has the same name; the hash of the password is made once for all tests."""
    person = login if login in ("chen", "mo") else None
    if "hash" not in _HASHES:
        user_file.set_user(path, login, role=role, person=person, password=PASSWORD)
        from lowtide.web.users import read_users

        _HASHES["hash"] = read_users(path).users[login].password or ""
        return
    with user_file._changing(path) as file:
        from lowtide.web.user_model import UserFile

        file.users[login] = UserFile(role=role, person=person, password=_HASHES["hash"])
