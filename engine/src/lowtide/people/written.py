"""A version of people as a file again: the keys in their usual order, lists that came from tables written out."""

from __future__ import annotations

from typing import Any

import yaml

from lowtide.people.model import PeopleFile
from lowtide.people.source import Source

_ORDER = [field.alias or name for name, field in PeopleFile.model_fields.items()]


def text_of(source: Source) -> str:
    """The file of a version as YAML. `lowtide.people.loading.read_over` reads it back as the same version."""
    known: dict[str, Any] = {key: source.value[key] for key in _ORDER if key in source.value}
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)
