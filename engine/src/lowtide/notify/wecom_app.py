"""The app of a company in WeCom, which writes to one person by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import orjson

from lowtide.errors import SettingsError
from lowtide.notify import wecom
from lowtide.notify.answer import Answer, Outcome
from lowtide.notify.document import MARK, prefixed, written
from lowtide.notify.endpoint import Endpoint
from lowtide.notify.guard import Reply
from lowtide.notify.letter import Letter
from lowtide.notify.robot import JSON, Robot, Way, own_secret
from lowtide.notify.target import Settings
from lowtide.notify.verdict import attempt, dead, judged, wait
from lowtide.secret import Secret

LARGEST = 2048
"""Bytes of the markdown of an app's message."""
EXPIRED = ("40014", "42001")
"""The codes of a token that has ended: one new token, one more try."""
CODES = {
    **wecom.CODES,
    40001: dead("the secret of the app is not valid"),
    40013: dead("the id of the company is not valid"),
    40014: wait("the token of the app is not valid"),
    42001: wait("the token of the app has ended"),
    60020: dead("WeCom does not trust the address of this machine: add it to the app's settings"),
    81013: dead("WeCom does not know the person, or the app may not write to them"),
}
_ROOM = len(f"> {MARK}\n".encode())


class WeComApp(Robot):
    """An app that writes to one person of the company."""

    codes = CODES
    most = LARGEST - _ROOM
    rate = ((25, 60_000),)

    def __init__(self, name: str, settings: Settings, folder: Path, way: Way | None = None) -> None:
        secret = own_secret(name, settings, folder)
        if secret is None or not (settings.corp_id and settings.agent_id and settings.user):
            raise SettingsError(
                f"target `{name}` lacks one of `corp_id`, `agent_id`, `secret_file` and `user`",
                "WeCom's administration shows the first three for the app; `user` is the account name of the person.",
            )
        place = Endpoint("https", wecom.HOST, 443, "/cgi-bin/message/send")
        super().__init__(name, settings, place, way or Way.usual())
        self.personal = True
        self._secret, self._corp, self._agent, self._user = (
            secret,
            settings.corp_id,
            settings.agent_id,
            settings.user,
        )
        self._token = Secret("")

    def marked(self, body: bytes) -> bytes:
        return prefixed(body, "markdown", "content", gap="\n")

    def _drawn(self, letter: Letter, title: str) -> bytes:
        markdown = orjson.loads(wecom.markdown(letter, title))
        return written({"touser": self._user, "agentid": self._agent, **markdown})

    def _size(self, body: bytes) -> int:
        return wecom.content_size(body)

    def send(self, body: bytes, notification_id: str, now: datetime) -> Answer:
        return attempt(lambda: self._sent(body, now))

    def _sent(self, body: bytes, now: datetime) -> Answer:
        """One try; where the token has ended, one more with a new one."""
        answer = self._once(body, now)
        if answer.code not in EXPIRED:
            return answer
        self._token = Secret("")
        return self._once(body, now)

    def _once(self, body: bytes, now: datetime) -> Answer:
        if not self._token:
            refused = self._renewed(now)
            if refused is not None:
                return refused
        place = replace(
            self._place, path=f"{self._place.path}?access_token={quote(self._token.reveal(), safe='')}"
        )
        reply = self._guard.post(place, body, JSON)
        return _named(judged(reply, self.field, self.codes, now), reply)

    def _renewed(self, now: datetime) -> Answer | None:
        """Ask for a token; if WeCom gives none, return its answer."""
        query = urlencode({"corpid": self._corp, "corpsecret": self._secret.text()})
        place = replace(self._place, path=f"/cgi-bin/gettoken?{query}")
        reply = self._guard.request("GET", place, b"", {})
        answer = judged(reply, self.field, self.codes, now)
        if answer.outcome is not Outcome.SENT:
            return replace(answer, may_have_arrived=False)
        self._token = Secret(str(orjson.loads(reply.body).get("access_token", "")))
        return None if self._token else Answer(Outcome.WAIT, "0", "WeCom gave no token")


def _named(answer: Answer, reply: Reply) -> Answer:
    """Code 0 with the person among `invaliduser` means that nobody got it."""
    if answer.outcome is not Outcome.SENT or not orjson.loads(reply.body).get("invaliduser"):
        return answer
    return Answer(Outcome.DEAD, "invaliduser", CODES[81013].sentence)
