"""Settings come from `lowtide.yaml`, then `LOWTIDE_*`, then options; the later one wins, and each value knows its source."""

from __future__ import annotations

import codecs
import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from lowtide import strict
from lowtide.errors import SettingsError
from lowtide.secret import SecretAddress, shown

FILE = "lowtide.yaml"
_LONGEST = 100


class Settings(BaseSettings):
    """How a run works. The policy decides about alerts (`lowtide policy`)."""

    model_config = SettingsConfigDict(
        env_prefix="LOWTIDE_", extra="forbid", use_attribute_docstrings=True, env_ignore_empty=True
    )

    pipeline: Annotated[str, Field(min_length=1, max_length=64)] = "lowtide"
    """Name of the pipeline; part of every alert's identity."""
    policy: str | None = None
    """Policy file (YAML). None: the defaults."""
    catalogue: str | None = None
    """Catalogue file (CSV, spreadsheet or Parquet). None: names, categories and money at risk are not known."""
    locations: str | None = None
    """Locations file (CSV, spreadsheet or Parquet): names, regions and time zones of places. None: they are not known."""
    suppliers: str | None = None
    """Suppliers file (CSV, spreadsheet or Parquet): order days, delivery days and lead times. None: they are not known."""
    lanes: str | None = None
    """Lanes file (CSV, spreadsheet or Parquet): the ways from one place to another. None: they are not known."""
    inputs: str | None = None
    """Folder of inputs, as `lowtide learn` writes it, or one set of it (DIR/HASH). None: the run has no inputs."""
    warehouse: SecretAddress = SecretAddress("embedded:")
    """Where rows go: `embedded:` (the folder `.lowtide/warehouse`), `embedded:FOLDER`, `http://host:8123`, or `none`."""
    keep_days: Annotated[int, Field(ge=0, le=36_500)] | None = None
    """Days of history that the warehouse keeps, counted to today; 0: all. None: the setting of the warehouse, at first
    all."""
    state: str | None = None
    """Folder in which a run saves its state and from which the next run continues. None: each run starts from the
    beginning."""
    checkpoint_every: Annotated[float, Field(ge=0.05, le=3600)] = 10.0
    """Seconds between two checkpoints of the state. After a crash, at most this much input is read again. The result does
    not depend on it."""
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    """Worker threads. The result does not depend on it."""
    block_records: Annotated[int, Field(ge=0)] = 4096
    """Records handed to the core at once; 0: a whole file. The result does not depend on it."""
    memory_mb: Annotated[int, Field(ge=16, le=65_536)] = 256
    """MB of records that may wait in memory: messages from the broker, blocks on their way to key groups, records that are
    put in order. The result does not depend on it."""
    order: Literal["arrival", "event"] | None = None
    """Order in which the records of files are read: `arrival` (as they stand) or `event` (by event time). None: one file of
    JSON lines and standard input as they stand, every other source of files by event time."""
    encoding: str = "auto"
    """Encoding of text files that are not UTF-8 and have no byte order mark, such as `gb18030`. `auto`: they are refused."""
    map: str | None = None
    """Map with which sources are read that name none in their address: a map.yaml, or the name of a map (`lowtide map ls`).
    None: they hold movements."""
    maps: str | None = None
    """Folder of maps that are called by their names, beside the shipped ones. None: only those."""
    time_format: str | None = None
    """How the records write times that are not RFC 3339, such as `DD/MM/YYYY HH:mm` or `%d/%m/%Y %H:%M`. A time without an
    offset needs `naive_zone` in the policy. None: RFC 3339 or epoch milliseconds."""
    key_groups: Annotated[int, Field(ge=1, le=4096)] | None = None
    """Key groups into which the positions of a log are split. Workers share them. None: 16, shared among the partitions of
    a topic. A state folder keeps its number."""
    max_rejects: Annotated[int, Field(ge=0)] | None = None
    """Stop with exit code 1 after more rejects than this. None: never."""
    dead_letter: SecretAddress | None = None
    """Topic to which rejects are also sent, `kafka://host:port/topic`. `lowtide rejects retry` can read them there. None:
    off."""
    metrics: str | None = None
    """HOST:PORT on loopback for /metrics, /healthz, /readyz; `off` switches it off. None: 127.0.0.1:9464 with `--follow`,
    otherwise off. Process N of a cluster takes the Nth port from there."""
    log: Literal["auto", "console", "json"] = "auto"
    """Format of log lines on standard error; `auto`: text on a terminal, otherwise JSON."""
    lang: Literal["en", "zh", "en,zh"] = "en"
    """Language of what people read: `en`, `zh`, or for explanations both."""

    @property
    def memory_bytes(self) -> int:
        """`memory_mb` in bytes."""
        return self.memory_mb << 20

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            codecs.lookup("utf-8" if name == "auto" else name)
        except LookupError:
            raise ValueError("write the name of an encoding, such as gb18030 or cp1252, or auto") from None
        return name

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """`load_settings` collects all values and knows where each one came from."""
        return (init_settings,)


@dataclass(frozen=True)
class Setting:
    """One setting for a person: its value, where it came from, what it means."""

    name: str
    value: Any
    source: str
    meaning: str


def _file_values(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    hint = "It is YAML: one `name: value` a line."
    try:
        text = path.read_text(encoding="utf-8-sig")
        data: dict[str, Any] = strict.document(text, "this is not a list of settings").value
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"`{path}` cannot be read: {error}", hint) from error
    except strict.YamlFault as fault:
        line, column = fault.place
        raise SettingsError(f"`{path}`:{line}:{column}: {fault.message}", hint) from None
    for name in data:
        if name not in Settings.model_fields:
            close = difflib.get_close_matches(str(name), Settings.model_fields, 1)
            hint = (
                f"Did you mean `{close[0]}`?" if close else f"Known are {', '.join(Settings.model_fields)}."
            )
            raise SettingsError(f"`{path}`: unknown setting `{name}`", hint)
    return data


def _gather(options: dict[str, Any], file: Path) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {
        name: (value, f"`{file}`") for name, value in _file_values(file).items()
    }
    for name in Settings.model_fields:
        variable = f"LOWTIDE_{name.upper()}"
        if os.environ.get(variable):
            found[name] = (os.environ[variable], variable)
    found |= {name: (value, "option") for name, value in options.items() if value is not None}
    return found


def load_settings(*, file: Path = Path(FILE), **options: Any) -> Settings:
    """The settings in force; an option that is None was not given. Raises SettingsError."""
    found = _gather(options, file)
    try:
        return Settings(**{name: value for name, (value, _) in found.items()})
    except ValidationError as error:
        lines = []
        for detail in error.errors():
            name = str(detail["loc"][0])
            lines.append(
                f"`{name}` from {found[name][1]}: {detail['msg'].lower()} (it is {_told(detail['input'])})"
            )
        raise SettingsError(
            "\n".join(lines), "`lowtide settings` shows each setting and where it comes from."
        ) from None


def _told(value: Any) -> str:
    """A wrong value for an error: an address without its secrets, and of a long value its begin."""
    text = repr(value)
    text = shown(text) if "://" in text or "@" in text else text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def list_settings(*, file: Path = Path(FILE)) -> list[Setting]:
    """Every setting with its value, its source and its meaning."""
    found, settings = _gather({}, file), load_settings(file=file)
    return [
        Setting(
            name,
            getattr(settings, name),
            found[name][1] if name in found else "default",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
