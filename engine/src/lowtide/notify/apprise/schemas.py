"""Which services of apprise may be used: those whose host nobody outside of its code chooses, and which are encrypted.

apprise opens its own connections, so the guarded client does not stand between it and the network. A service that takes a
host, a port or a proxy from its address could reach an inner one; such a service is refused, and `webhook` takes its place.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from lowtide.errors import SettingsError

SMS = (
    "46elks", "atalk", "bulksms", "bulkvs", "burstsms", "clickatell", "clicksend", "cm", "d7sms", "freemobile", "httpsms",
    "msg91", "msgbird", "octopush", "plivo", "seven", "smsc", "smsmgr", "sns", "telesign", "telnyx", "twilio",
    "voipms", "vonage",
)  # fmt: skip
PERSONAL_WECHAT = ("pushplus", "qq", "schan", "spugpush", "wpush", "wxpusher")
CHAT = (
    "discord", "flock", "gchat", "kook", "line", "slack", "tgram", "threema", "viber", "webex", "whatsapp", "wxteams",
    "zalo",
)  # fmt: skip
PHONE = ("onesignal", "pbul", "pover", "prowl", "pushy", "spush")
DUTY = (
    "firehydrant", "ilert", "incidentio", "opsgenie", "pagerduty", "pagertree", "signl4", "spike", "splunk", "squadcast",
    "victorops",
)  # fmt: skip
MAIL = ("brevo", "mailersend", "postmark", "resend", "sendgrid", "ses")
SCHEMAS = frozenset((*SMS, *PERSONAL_WECHAT, *CHAT, *PHONE, *DUTY, *MAIL))
"""The schemas that an address may begin with."""

PARAMETERS = frozenset(
    {"channel", "from", "name", "priority", "region", "sound", "source", "thread", "to", "topic"}
)
"""The parameters that an address may have. Others could name a file, another address, or switch certificates off."""

_SCHEMA = re.compile(r"[A-Za-z0-9_-]+")


def checked(url: str, target: str, where: str) -> str:
    """The schema of an address. Raises SettingsError, which names what is refused and not the address."""
    schema = url.partition("://")[0].lower()
    if "://" not in url or not _SCHEMA.fullmatch(schema):
        raise SettingsError(
            f"target `{target}`: the address in {where} does not begin with `SERVICE://`",
            f"Services that apprise may be used for: {', '.join(sorted(SCHEMAS))}.",
        )
    if schema not in SCHEMAS:
        raise SettingsError(
            f"target `{target}`: `{schema}://` is not a service whose host is fixed, so it is refused",
            f"Use `webhook` for an address of your own. Allowed services: {', '.join(sorted(SCHEMAS))}.",
        )
    unknown = {
        name.lower() for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)
    } - PARAMETERS
    if unknown:
        raise SettingsError(
            f"target `{target}`: the address in {where} has a parameter that is not allowed: {', '.join(sorted(unknown))}",
            f"Allowed are: {', '.join(sorted(PARAMETERS))}.",
        )
    return schema
