"""A request that is refused before any question is asked: who may not, from where, or how often.

The sentences stand in `words.web`: `refused.WHY` and, what to do, `refused.WHY_hint`.
"""

from __future__ import annotations

from lowtide.words import Language

STATUS = {
    "sign_in": 401, "token": 401, "password": 401, "role": 403, "foreign": 403, "foreign_host": 403, "second_person": 403,
    "no_role": 403, "provider": 502, "too_often": 429, "too_many": 429,
}  # fmt: skip
"""The status of each reason."""


class Refused(Exception):
    """The request is refused. A page shows the sentence, or for `sign_in` the page to sign in; the API says the same."""

    def __init__(self, why: str, retry_s: int | None = None, **values: object) -> None:
        super().__init__(why)
        self.why = why
        self.status = STATUS[why]
        self.retry_s = retry_s
        self._values = values

    def message(self, tell: Language) -> str:
        """What is wrong."""
        return tell.say(f"refused.{self.why}", **self._values)

    def hint(self, tell: Language) -> str:
        """What to do."""
        return tell.say(f"refused.{self.why}_hint", **self._values)

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer."""
        if self.retry_s is not None:
            return {"Retry-After": str(self.retry_s)}
        return {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}
