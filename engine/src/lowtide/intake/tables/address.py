"""The address of a database becomes an engine of SQLAlchemy; what goes wrong is told without a password.

>>> driver_of("postgresql://lowtide:x@db/erp")
'postgresql+psycopg://lowtide:x@db/erp'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lowtide.errors import SettingsError
from lowtide.operation.secrets import hidden_text

if TYPE_CHECKING:
    from sqlalchemy import Engine

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mssql": "mssql+pymssql",
}
_LONGEST = 300


def driver_of(url: str) -> str:
    """The address with the driver that comes with `lowtide[databases]`, where it does not name one."""
    kind, colon, rest = url.partition(":")
    return _DRIVERS.get(kind, kind) + colon + rest


def engine_of(url: str, name: str) -> Engine:
    """An engine that connects when it is first used. Raises SettingsError where the address or a driver is wrong."""
    hint = "Install the drivers with `pip install 'lowtide[databases]'`; docs/folders-and-tables.md has addresses."
    try:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool
    except ModuleNotFoundError as error:
        raise SettingsError(f"table `{name}`: SQLAlchemy is not installed", hint) from error
    try:
        # A connection lives for one reading: a database that was away must not leave a dead one behind.
        return create_engine(driver_of(url), poolclass=NullPool)
    except ModuleNotFoundError as error:
        raise SettingsError(f"table `{name}`: the driver `{error.name}` is not installed", hint) from error
    except Exception as error:  # a wrong address raises errors of several libraries
        raise SettingsError(f"table `{name}`: the address is wrong: {reason_of(error)}", hint) from error


def reason_of(error: BaseException) -> str:
    """What a driver says in one line, without the statement, its values and any password."""
    cause = getattr(error, "orig", None) or error
    text = " ".join(hidden_text(str(cause)).split()) or type(cause).__name__
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
