"""A PostgreSQL server of its own for tests: made in a folder, on a Unix socket, without a password, gone afterwards.

python -m tests.intake.tables.cluster     starts one and prints its address, until Ctrl-C
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

import psycopg

_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "listen_addresses": "",
    "max_connections": "40",
    "shared_buffers": "16MB",
    "logging_collector": "off",
}


class Missing(Exception):
    """PostgreSQL is not there, or there is not a user under whom it may run."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises Missing, with what to install."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    found = [folder for folder in folders if (folder / "initdb").exists()]
    if not found and (initdb := shutil.which("initdb")) is not None:
        found = [Path(initdb).resolve().parent]
    if not found:
        raise Missing("PostgreSQL is needed (Debian: apt install postgresql)")
    return found[-1]


class Cluster:
    """A server with one database, `shop`."""

    def __init__(self) -> None:
        self._programs = programs()
        self._user = None
        if os.geteuid() == 0:  # initdb refuses to run as root
            try:
                self._user = pwd.getpwnam("postgres")
            except KeyError:
                raise Missing("PostgreSQL does not run as root, and there is no user `postgres`") from None
        self._home = Path(tempfile.mkdtemp(prefix="lt-pg-", dir="/tmp"))
        self.data = self._home / "data"
        if self._user is not None:
            os.chown(self._home, self._user.pw_uid, self._user.pw_gid)
        self._home.chmod(0o755)
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address for SQLAlchemy."""
        return f"postgresql+psycopg://shop@/shop?host={self._home}"

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection that commits each statement."""
        return psycopg.connect(host=str(self._home), dbname="shop", user="shop", autocommit=True)

    def __enter__(self) -> Self:
        made = self._run(
            "initdb", "-D", str(self.data), "-U", "shop", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        if made.returncode:
            shutil.rmtree(self._home, ignore_errors=True)
            raise Missing(f"initdb: {made.stderr.decode()[-500:]}")
        self.start()
        with psycopg.connect(host=str(self._home), dbname="postgres", user="shop", autocommit=True) as admin:
            admin.execute("CREATE DATABASE shop")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = [part for name, value in _FAST.items() for part in ("-c", f"{name}={value}")]
        command = [self._programs / "postgres", "-D", self.data, "-k", self._home, *settings]
        with (self._home / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(part) for part in command], stdout=log, stderr=log, cwd=self._home, **self._as_user()
            )
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(host=str(self._home), dbname="postgres", user="shop").close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self._server.poll() is not None:
                    raise Missing((self._home / "log").read_text()[-500:]) from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server; its data stay."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            self._server = None

    def reset_transactions(self, next_: int, epoch: int) -> None:
        """Let the next transaction have this number, as after so many; the server must be stopped."""
        segment = self.data / "pg_xact" / f"{next_ // (1 << 20):04X}"
        if not segment.exists():
            segment.write_bytes(bytes(1 << 18))
            if self._user is not None:
                os.chown(segment, self._user.pw_uid, self._user.pw_gid)
        done = self._run("pg_resetwal", "-f", "-x", str(next_), "-e", str(epoch), "-D", str(self.data))
        if done.returncode:
            raise RuntimeError(done.stderr.decode())

    def _run(self, program: str, *options: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self._programs / program), *options]
        return subprocess.run(command, capture_output=True, check=False, cwd=self._home, **self._as_user())

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def main() -> None:
    """Start a server until Ctrl-C."""
    with Cluster() as cluster:
        print(cluster.url, flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            sys.exit(0)


if __name__ == "__main__":
    main()
