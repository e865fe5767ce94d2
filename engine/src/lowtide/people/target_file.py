"""The keys of a target in `people.yaml`: its kind, its address, and the files that hold its secrets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lowtide.people.value import Texts
from lowtide.strict.fields import Strict

Kind = Literal[
    "wecom", "wecom-app", "dingtalk", "feishu", "lark", "mail", "webhook", "apprise", "file", "console"
]


class TargetFile(Strict):
    """Where messages go. Secrets stand in files of their own."""

    kind: Kind
    """How it is spoken to."""
    personal: bool | None = None
    """Whether exactly one person reads it. In a group chat a link leads to the login."""
    url: str = ""
    """Address of a webhook."""
    url_file: str = ""
    """File with the address: it holds a key."""
    secret_file: Texts = Field(default=[])
    """File with the key that signs; two while a key is changed."""
    keyword: str = ""
    """Word that the robot demands in each message."""
    allow: Texts = Field(default=[])
    """Networks that may be private, such as 10.2.0.0/16."""
    ca_file: str = ""
    """Certificates of your own authority."""
    host: str = ""
    """Mail server."""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Its port; 0: the usual one."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is protected."""
    user: str = ""
    """Login of the mail server; for `wecom-app` the member who gets the message."""
    password_file: str = ""
    """File with the password of the mail server."""
    from_: Annotated[str, Field(alias="from")] = ""
    """Sender of the mails."""
    corp_id: str = ""
    """Id of the company (`wecom-app`)."""
    agent_id: Annotated[int, Field(ge=0)] = 0
    """Id of the application (`wecom-app`)."""
    path: str = ""
    """File to which messages are appended, one JSON object a line."""
