"""Real processes with a canary in every place that settings allow: it appears nowhere but where a person put it.

Run, warehouse, intake and desk work together over HTTP, are asked everything that they answer, lose the warehouse, and
end. Whatever they said, and whatever the list of processes shows of them and of their children, is searched.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.launcher import python

CANARY = "canary-7c1f"
WRITER, READER, SMTP, BROKER, REGISTRY, WEBHOOK, GIVEN = (
    f"{CANARY}-{what}-{'x' * 16}"
    for what in ("writer", "reader", "smtp", "broker", "registry", "webhook", "given")
)
MOVEMENT = (
    '{"id":"%d","source":"till","kind":"sale","sku":"a","location":"330","quantity":1,'
    '"event_time":"2026-11-22T09:30:00Z"}\n'
)
PEOPLE = """
time_zone: UTC
targets:
  hook: {kind: webhook, url_file: hook.url, secret_file: hook.secret, allow: [127.0.0.1/32]}
people:
  chen: {name: Chen, contacts: [hook, "mail:chen@example.com"]}
routes: [{to: chen}]
"""


class Service:
    """A command of Lowtide that does not end by itself, all that it says, and where it listens."""

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        self.said: list[str] = []
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("LOWTIDE_", "KAFKA_"))
        }
        self.process = subprocess.Popen(
            [*python(), "-m", "lowtide", *arguments],
            cwd=folder, env={**kept, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="backslashreplace",
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)

    def wait_for(self, pattern: str) -> str:
        """The first group of the first line that has it."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            if found := re.search(pattern, "".join(self.said)):
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"`{pattern}` was not said: {''.join(self.said)}")

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
        self.process.kill()
        self._reader.join(30)


@contextmanager
def service(folder: Path, environment: dict[str, str], *arguments: str) -> Iterator[Service]:
    one = Service(folder, environment, *arguments)
    try:
        yield one
    finally:
        one.end()


def asked(address: str, path: str, body: bytes | None = None, **headers: str) -> str:
    """All of an answer: headers and body, also of a refusal."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"http://{address}{path}", body, names)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return f"{answer.status} {answer.headers} {answer.read().decode('utf-8', 'replace')}"
    except urllib.error.HTTPError as refused:
        return f"{refused.code} {refused.headers} {refused.read().decode('utf-8', 'replace')}"
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}"


def command_lines() -> str:
    """What the list of processes shows of everything that Lowtide runs here, and of what it started."""
    lines = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):
                lines.append(
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                )
    return "\n".join(line for line in lines if "lowtide" in line)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.yaml").write_text(PEOPLE)
    files = {"reader.token": READER, "hook.url": f"http://127.0.0.1:1/{WEBHOOK}", "hook.secret": WEBHOOK}
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n")
        (tmp_path / name).chmod(0o600)
    return tmp_path


def test_a_canary_in_every_setting_is_said_by_nobody(folder: Path) -> None:
    told: list[str] = []
    secrets = {
        "KAFKA_SASL_PASSWORD": BROKER, "SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO": f"me:{REGISTRY}",
        "LOWTIDE_SMTP": f"smtp://me:{SMTP}@127.0.0.1:1?from=stock@example.com", "SHOPIFY_SECRET": WEBHOOK,
    }  # fmt: skip
    shown = {"LOWTIDE_WRITER_TOKEN": WRITER, "LOWTIDE_READER_TOKEN_FILE": "reader.token", **secrets}
    with service(
        folder, shown, "warehouse", "--warehouse", "store", "--listen", "127.0.0.1:0", "--log"
    ) as store:
        house = store.wait_for(r"http://(?:\w+@)?(127\.0\.0\.1:\d+)")
        (folder / "lowtide.yaml").write_text(f"warehouse: http://writer:{WRITER}@{house}\n")
        over = {**secrets, "LOWTIDE_WAREHOUSE": f"http://writer:{WRITER}@{house}"}
        with (
            service(folder, secrets, "intake", "--listen", "127.0.0.1:0", "--log-requests") as intake,
            service(
                folder, over, "desk", "--people", "people.yaml", "--clock", "log", "--listen", "127.0.0.1:0"
            ) as desk,
        ):
            door = intake.wait_for(r"http://(127\.0\.0\.1:\d+)")
            page = desk.wait_for(r"http://(127\.0\.0\.1:\d+)")
            told += [asked(door, "/movements", MOVEMENT.encode() % 1, Content_Type="application/x-ndjson")]
            told += everything(door, page, house)
            arguments = (
                "run",
                "journal:.lowtide/journal",
                "--follow",
                "--state",
                "state",
                "--metrics",
                "127.0.0.1:0",
            )
            with service(folder, secrets, *arguments) as run:
                figures = run.wait_for(r"(127\.0\.0\.1:\d{2,})")
                told += [
                    asked(figures, path)
                    for path in ("/metrics", "/healthz", "/readyz", f"/{GIVEN}?x={GIVEN}")
                ]
                told.append(command_lines())
                asked(door, "/movements", MOVEMENT.encode() % 2, Content_Type="application/x-ndjson")
                store.end()
                asked(door, "/movements", MOVEMENT.encode() % 3, Content_Type="application/x-ndjson")
                run.wait_for(r"(warehouse_away|warehouse_lost|insert_failed|waiting|away)")
                told += [asked(figures, path) for path in ("/metrics", "/readyz")]
            with service(folder, secrets, "run", "journal:.lowtide/journal", "--state", "other") as late:
                late.process.wait(180)
            told += everything(door, page, house)
    told += ["".join(one.said) for one in (store, intake, desk, run, late)]
    assert "200" in told[0], told[0]
    found = [
        text[max(place.start() - 80, 0) : place.end() + 30]
        for text in told
        for place in re.finditer(CANARY, text)
    ]
    assert not found, "\n".join(found)


def everything(door: str, page: str, house: str) -> list[str]:
    """Questions of all kinds, right and wrong, with a password in each place where one may stand."""
    basic = "Basic " + b64encode(f"writer:{GIVEN}".encode()).decode()
    told = [
        asked(house, f"/?query=SELECT+1&user=writer&password={GIVEN}"),
        asked(house, "/?query=SELECT+nothing+FROM+nowhere", Authorization=basic),
        asked(house, "/?query=SELECT+1&user=writer", X_ClickHouse_Key=GIVEN),
        asked(house, f"/?x={GIVEN}"),
        asked(
            house,
            "/?query="
            + quote(f"SELECT * FROM url('http://u:{WRITER}@127.0.0.1:1/', CSV)").replace(WRITER, "x"),
        ),
    ]
    for path in (
        "/metrics",
        "/healthz",
        "/readyz",
        "/",
        "/queue",
        "/api/v1/alerts",
        f"/a/{GIVEN}",
        f"/x?token={GIVEN}",
    ):
        told += [
            asked(page, path, Authorization=f"Bearer {GIVEN}"),
            asked(page, path, Cookie=f"session={GIVEN}"),
        ]
    for path in ("/metrics", "/healthz", "/readyz", "/movements", f"/movements?token={GIVEN}", f"/{GIVEN}"):
        told += [
            asked(door, path, Authorization=f"Bearer {GIVEN}"),
            asked(door, path, b"{", Authorization=f"Bearer {GIVEN}", Content_Type="application/json"),
            asked(door, path, b"{}", X_Shopify_Hmac_Sha256=GIVEN, Content_Type="application/json"),
        ]
    told.append(asked(door, "/movements?map=shopify-orders", b"{}", X_Shopify_Hmac_Sha256=GIVEN))
    return told
