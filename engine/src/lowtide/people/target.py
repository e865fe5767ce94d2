"""The settings of a target: where messages go and which files hold its secrets. Paths are relative to the file of people."""

from __future__ import annotations

from dataclasses import dataclass

ROBOTS = ("wecom", "dingtalk", "feishu", "lark")
KIND_KEYS: dict[str, tuple[str, ...]] = {
    "wecom": ("url_file",),
    "dingtalk": ("url_file", "secret_file", "keyword"),
    "feishu": ("url_file", "secret_file", "keyword"),
    "lark": ("url_file", "secret_file", "keyword"),
    "wecom-app": ("corp_id", "agent_id", "secret_file", "user"),
    "mail": ("host", "port", "tls", "user", "password_file", "from", "allow", "ca_file"),
    "webhook": ("url", "url_file", "secret_file", "allow", "ca_file"),
    "apprise": ("url_file",),
    "file": ("path",),
    "console": (),
}
"""The keys of each kind, besides `kind` and `personal`."""
NEEDED: dict[str, tuple[str, ...]] = {
    "wecom": ("url_file",),
    "dingtalk": ("url_file",),
    "feishu": ("url_file",),
    "lark": ("url_file",),
    "wecom-app": ("corp_id", "agent_id", "secret_file", "user"),
    "mail": ("host", "from"),
    "webhook": ("secret_file",),
    "apprise": ("url_file",),
    "file": ("path",),
    "console": (),
}
"""Those that a target of the kind cannot do without. A webhook also needs `url` or `url_file`."""
PERSONAL = ("mail", "wecom-app", "file", "console")
"""Kinds that reach one person, where the file does not say otherwise."""


@dataclass(frozen=True)
class Target:
    """One target of the file, or one that a contact names by its address. Empty: the key is not given."""

    kind: str
    name: str = ""
    personal: bool = False
    """Whether exactly one person reads it; only then a link carries a person."""
    url: str = ""
    url_file: str = ""
    secret_files: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    keyword: str = ""
    ca_file: str = ""
    host: str = ""
    port: int = 0
    tls: str = "starttls"
    user: str = ""
    password_file: str = ""
    sender: str = ""
    corp_id: str = ""
    agent_id: int = 0
    path: str = ""
