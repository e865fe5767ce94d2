"""Makes the target that a contact names: `console`, `file:PATH`, `mail:ADDRESS`, or a name of the people file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lowtide.errors import SettingsError
from lowtide.notify import smtp
from lowtide.notify.apprise.service import Service
from lowtide.notify.dingtalk import DingTalk
from lowtide.notify.feishu import Feishu
from lowtide.notify.file import Console, File
from lowtide.notify.mail import Mail
from lowtide.notify.target import Settings, Target
from lowtide.notify.webhook import Webhook
from lowtide.notify.wecom import WeCom
from lowtide.notify.wecom_app import WeComApp

_MADE: dict[str, Any] = {
    "wecom": WeCom, "wecom-app": WeComApp, "dingtalk": DingTalk, "feishu": Feishu, "lark": Feishu, "webhook": Webhook,
    "apprise": Service,
}  # fmt: skip
_BUILT_IN = ("mail", "file", "console")
KINDS = (*_MADE, *_BUILT_IN)
"""What `kind` of a target may be."""


def make(name: str, settings: Settings | None, folder: Path) -> Target:
    """The target of a contact, with `settings` from the people file; for `mail:ADDRESS` they are those of the mail server.

    `settings` None: the name says it all, and the mail server is that of `LOWTIDE_SMTP`.
    Raises SettingsError, which names the target, its file or its key, and never a secret.
    """
    kind, _, rest = name.partition(":")
    if settings is None or settings.kind == "mail":
        return _built_in(name, kind, rest, settings, folder)
    if settings.kind == "console":
        return Console(name)
    if settings.kind == "file":
        return _file(name, settings.path, folder)
    if settings.kind not in _MADE:
        raise SettingsError(
            f"target `{name}`: kind `{settings.kind}` is not known", f"A kind is one of: {', '.join(KINDS)}."
        )
    target: Target = _MADE[settings.kind](name, settings, folder)
    return target


def of_contact(name: str, known: Mapping[str, Settings], folder: Path) -> Target:
    """The target of a contact, among the `known` of a people file: `mail:ADDRESS` uses its mail server, if it has one.

    Raises SettingsError.
    """
    settings = known.get(name)
    if settings is None and name.startswith("mail:"):
        settings = next((one for one in known.values() if one.kind == "mail"), None)
    return make(name, settings, folder)


def _built_in(name: str, kind: str, rest: str, settings: Settings | None, folder: Path) -> Target:
    if kind == "mail" and rest:
        return Mail(
            name, rest, smtp.of_settings(name, settings, folder) if settings else smtp.of_environment(name)
        )
    if settings is not None:
        raise SettingsError(
            f"target `{name}` is a mail server, and not a person",
            "Name a person's mailbox as `mail:name@example.com`.",
        )
    if kind == "file" and rest:
        return _file(name, rest, folder)
    if name == "console":
        return Console(name)
    raise SettingsError(
        f"target `{name}` is not known",
        "Add it to `targets` of the people file, or write `mail:ADDRESS`, `file:PATH` or `console`.",
    )


def _file(name: str, path: str, folder: Path) -> Target:
    if not path:
        raise SettingsError(f"target `{name}` has no `path`", "Name the file to which messages are appended.")
    return File(name, folder / path)


class Targets(Mapping[str, Target]):
    """The targets of a people file by contact.

    Those of the file are made at once, so their mistakes end a start; `mail:…`, `file:…` and `console` at their first use.
    """

    def __init__(self, known: Mapping[str, Settings], folder: Path) -> None:
        self._known, self._folder = known, folder
        named = [name for name, one in known.items() if one.kind != "mail"]
        self._made = {name: make(name, known[name], folder) for name in named}
        for name, one in known.items():
            if one.kind == "mail":
                smtp.of_settings(name, one, folder)

    def __getitem__(self, name: str) -> Target:
        """The target of a contact. Raises KeyError for an unknown name, SettingsError for one that cannot be made."""
        if name not in self._made:
            if name.partition(":")[0] not in _BUILT_IN:
                raise KeyError(name)
            self._made[name] = of_contact(name, self._known, self._folder)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def close(self) -> None:
        """Close all that were made."""
        for target in self._made.values():
            target.close()
