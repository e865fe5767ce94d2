"""A form: the file that another system imports, as texts with holes. A map in the other direction.

    columns:
      - {name: Material, text: "{sku}"}
      - {name: Ordered, text: "{ordered_on}", once: true}     # only in the first line of an order

`lowtide proposals export --form NAME|FILE` writes it. Shipped forms were written from what their systems are known to
take; none was read
back by one of them yet, so they are unconfirmed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lowtide import strict
from lowtide.errors import FormError
from lowtide.map.template import Hole, Text, template
from lowtide.propose.export.cells import one_line
from lowtide.propose.export.document import NAMES, document
from lowtide.propose.export.form_file import NUMBERS, FormFile, faults
from lowtide.propose.export.order import Order
from lowtide.strict import YamlFault
from lowtide.words.formula import guarded

_SHIPPED = resources.files("lowtide.propose.export") / "forms"
_HINT = "docs/proposals.md has the words of a form; `lowtide proposals export --help` names the shipped ones."


@dataclass(frozen=True)
class Form:
    """One form, as its file says."""

    name: str
    file: FormFile

    @property
    def confirmed(self) -> bool:
        """Whether an import of it was seen; shipped ones are unconfirmed."""
        return self.file.confirmed

    @property
    def suffix(self) -> str:
        """Of the file: csv or txt."""
        return self.file.write.suffix

    @property
    def media_type(self) -> str:
        """For a download."""
        kind = "text/csv" if self.suffix == "csv" else "text/plain"
        return f"{kind}; charset={self.file.write.encoding.removesuffix('-sig')}"

    def title(self, lang: str) -> str:
        """What it is, in a language."""
        return self.file.title.en if lang == "en" else self.file.title.zh

    def write(self, orders: Sequence[Order]) -> bytes:
        """The file. Raises FormError where an order is of a kind that it does not take, or a text does not fit its
        encoding."""
        how, text = self.file.write, io.StringIO(newline="")
        breaks = "\r\n" if how.newline == "crlf" else "\n"
        writer = csv.writer(
            text, delimiter="\t" if how.delimiter == "tab" else how.delimiter, lineterminator=breaks
        )
        columns = self.file.columns
        if how.header:
            writer.writerow([column.name for column in columns])
            if any(column.caption for column in columns):
                writer.writerow([column.caption for column in columns])
        for order in orders:
            writer.writerows(self._rows(order))
        return self._encoded(text.getvalue())

    def _rows(self, order: Order) -> list[list[str]]:
        if order.kind not in self.file.kinds:
            raise FormError(
                f"the form `{self.name}` takes {', '.join(self.file.kinds)}, and `{order.number}` is of kind {order.kind}",
                "Export it as csv or json, or name another form.",
            )
        values = [self._values(order, line) for line in document(order)["lines"]]
        return [
            ["" if column.once and at else self._cell(column.text, row) for column in self.file.columns]
            for at, row in enumerate(values)
        ]

    def _values(self, order: Order, line: dict[str, Any]) -> dict[str, str]:
        whole = {
            **line, "number": order.number, "kind": order.kind, "document": NAMES[order.kind], "supplier": order.supplier,
            "supplier_name": order.supplier_name, "from_location": order.from_location, "ship_to": order.ship_to,
            "ship_to_name": order.ship_to_name, "buyer": order.buyer, "approved_by": order.approved_by,
            "currency": order.currency, "ordered_on": order.day_of(order.ordered_at),
        }  # fmt: skip
        for name in ("ordered_on", "requested_on"):
            if whole[name]:
                whole[name] = date.fromisoformat(whole[name]).strftime(self.file.write.date)
        return {name: "" if value is None else one_line(str(value)) for name, value in whole.items()}

    def _cell(self, text: str, values: dict[str, str]) -> str:
        parts = template(text)
        cell = "".join(part.text if isinstance(part, Text) else values[part.name] for part in parts)
        is_number = len(parts) == 1 and isinstance(parts[0], Hole) and parts[0].name in NUMBERS
        return cell if is_number or self.file.write.formulas == "keep" else guarded(cell)

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self.file.write.encoding)
        except UnicodeEncodeError as error:
            wrong = text[error.start : error.end]
            raise FormError(
                f"the form `{self.name}` is written in {self.file.write.encoding}, which has no character `{wrong}`",
                "Change the text in the catalogue, or `encoding` in a copy of the form.",
            ) from None


def forms() -> tuple[str, ...]:
    """Names of the shipped forms."""
    return tuple(sorted(folder.name for folder in _SHIPPED.iterdir() if (folder / "form.yaml").is_file()))


def load_form(name: str | Path) -> Form:
    """A shipped form by name, or a form file of the shop. Raises FormError, which lists every mistake with its line."""
    if str(name) in forms():
        return read_form((_SHIPPED / str(name) / "form.yaml").read_text("utf-8"), str(name), str(name))
    path = Path(name)
    try:
        return read_form(path.read_text("utf-8-sig"), str(path), path.stem)
    except FileNotFoundError:
        raise FormError(
            f"there is no form `{name}`", f"Shipped are {', '.join(forms())}; or name a file."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FormError(f"`{path}` cannot be read: {error}", "A form is a YAML file in UTF-8.") from error


def shipped_form_text(name: str) -> str:
    """The file of a shipped form, to start one's own from. Raises FormError."""
    if name not in forms():
        raise FormError(f"there is no form `{name}`", f"Shipped are {', '.join(forms())}.")
    return (_SHIPPED / name / "form.yaml").read_text("utf-8")


def read_form(text: str, place: str, name: str) -> Form:
    """The form in a text; messages contain `place`. Raises FormError, which lists every mistake."""
    try:
        read = strict.document(
            text, "a form is a mapping, such as `write:` and `columns:`", lambda path: True
        )
    except YamlFault as fault:
        line, column = fault.place
        raise FormError(f"{place}:{line}:{column}: {fault.message}", _HINT) from None
    try:
        file = FormFile.model_validate(read.value)
    except ValidationError as error:
        found = [faults(detail, read) for detail in error.errors()]
        lines = [f"{place}:{line}:{column}: {message}" for (line, column), message in sorted(set(found))]
        raise FormError("\n".join(lines), _HINT) from None
    return Form(name, file)
