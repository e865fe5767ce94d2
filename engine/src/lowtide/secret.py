"""What carries a password, a token or a key: it is used, and cannot print itself in a log, an error, JSON or a traceback.

>>> secret = Secret("hunter2")
>>> print(secret, [secret], f"{secret:>5}")
*** [***]   ***
>>> SecretAddress("kafka://me:hunter2@a:9092/sales?kafka.sasl.password=hunter2&start=latest")
kafka://***@a:9092/sales?kafka.sasl.password=***&start=***
>>> secret.reveal()
'hunter2'
"""

from __future__ import annotations

import hmac
import re
from typing import Any, Generic, NoReturn, TypeVar

Value = TypeVar("Value", covariant=True)
SHOWN = "***"


class Secret(Generic[Value]):
    """A value that prints as `***`. JSON, pickle and copies of objects do not get at it; `reveal` does."""

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        self._value = value

    def reveal(self) -> Value:
        """The value itself, where it is used."""
        return self._value

    def text(self) -> str:
        """The value as text, for an address or a form."""
        return self._value.decode() if isinstance(self._value, bytes) else str(self._value)

    def __repr__(self) -> str:
        return SHOWN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, its = self._value, other._value
        if isinstance(mine, str | bytes) and isinstance(its, str | bytes):
            return type(mine) is type(its) and hmac.compare_digest(_bytes(mine), _bytes(its))
        return bool(mine == its)

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Secret[Value]:
        return self

    def __deepcopy__(self, _: Any) -> Secret[Value]:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not stored")


class SecretAddress(Secret[str]):
    """An address that may hold a user, a password or a key: it prints without them, and without values of its options."""

    __slots__ = ()

    def __repr__(self) -> str:
        return shown(self._value)

    __str__ = __repr__

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            cls._validated, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def _validated(cls, value: Any) -> SecretAddress:
        if isinstance(value, SecretAddress):
            return value
        if not isinstance(value, str):
            raise ValueError("write an address or a folder")
        return cls(value)


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:?/{1,2}|[A-Za-z][A-Za-z0-9+.-]*:(?=[^/])")


def shown(address: str) -> str:
    """An address, right or wrong, without what may be secret in it: all before an `@`, and the values of its options.

    >>> shown("http//me:pass/word@store:8123"), shown("embedded:folder"), shown("kafka://a/b/c?pasword=x")
    ('http//***@store:8123', 'embedded:folder', 'kafka://a/b/c?pasword=***')
    """
    before, at, rest = address.rpartition("@")
    if at:
        scheme = _SCHEME.match(before)
        return f"{scheme[0] if scheme else ''}{SHOWN}@{_options(rest)}"
    return _options(address)


def _options(text: str) -> str:
    """Text whose options behind `?` have no values."""
    place, mark, options = text.partition("?")
    names = [option.partition("=")[0] + f"={SHOWN}" * ("=" in option) for option in options.split("&")]
    return place + mark + "&".join(names)


def _bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
