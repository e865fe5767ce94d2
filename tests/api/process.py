"""A whole desk in a process of its own for the battery of requests: real warehouse, real people, a token of an admin.

    python -m tests.api.process FOLDER        prints the port; ends with SIGTERM

Only the limit of 50 requests a second is lifted, because the battery sends thousands with one token.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from lowtide.server.server import DeskServer
from lowtide.server.setup import InForce, Options
from lowtide.service import Role
from lowtide.settings import load_settings
from lowtide.web import gate, user_file
from tests.web.house import PEOPLE


def main() -> None:
    """Serve until a signal."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    gate.A_SECOND = 10**9
    people, users = folder / "people.yaml", folder / "users.yaml"
    people.write_text(PEOPLE.replace('"mail:li@example.com"', "console"), "utf-8")  # there is no mail server
    if not users.exists():
        (folder / "token").write_text(user_file.add_token(users, "battery", Role.ADMIN, date(2100, 1, 1)))
    options = Options(people, "127.0.0.1:0", "wall", folder / "desk", users=users)
    settings = load_settings(warehouse=f"embedded:{folder / 'warehouse'}")

    def ready(address: str, in_force: InForce) -> None:
        print(address, flush=True)

    DeskServer(options, settings, "battery").run(ready)


if __name__ == "__main__":
    main()
