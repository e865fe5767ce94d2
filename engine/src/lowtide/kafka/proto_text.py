"""The text of a `.proto` file: what it says of how messages are written.

That is packages, messages, enums, oneofs, maps, labels and defaults. Options, services, extensions and reserved names are
passed over. What is not a `.proto` file, and groups, are refused.

    >>> file = parse_proto('syntax = "proto3"; package shop; message Sale { string id = 1; }')
    >>> file.package, file.root.messages[0].fields[0].type
    ('shop', 'string')
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

_TOKEN = re.compile(
    r"""
    \s+ | //[^\n]* | /\*.*?\*/ |
    (?P<token> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | \.?[A-Za-z_][\w.]* | [-+]?[\w.]+ | [^\s\w"'] )
    """,
    re.X | re.S,
)


class ProtoTextError(ValueError):
    """The text is not a `.proto` file that can be read."""


@dataclass
class ProtoField:
    """A field of a message."""

    name: str
    number: int
    type: str
    repeated: bool = False
    optional: bool = False
    oneof: int | None = None
    default: str | None = None


@dataclass
class ProtoEnum:
    """An enum, its values by name."""

    name: str
    values: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class ProtoMessage:
    """A message, with the types that are declared inside it."""

    name: str
    fields: list[ProtoField] = field(default_factory=list)
    messages: list[ProtoMessage] = field(default_factory=list)
    enums: list[ProtoEnum] = field(default_factory=list)
    oneofs: int = 0
    is_entry: bool = False


@dataclass
class ProtoFile:
    """A file."""

    package: str = ""
    syntax: str = "proto2"
    root: ProtoMessage = field(default_factory=lambda: ProtoMessage(""))
    """Holds what stands at the top of the file."""


def parse_proto(text: str) -> ProtoFile:
    """The types of a file. Raises ProtoTextError."""
    return _Parser(text).file()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def file(self) -> ProtoFile:
        file = ProtoFile()
        while self._at < len(self._tokens):
            match self._next():
                case "syntax":
                    self._expect("=")
                    file.syntax = ast.literal_eval(self._next())
                    self._expect(";")
                case "package":
                    file.package = self._next()
                    self._expect(";")
                case word:
                    self._member(word, file.root, file)
        return file

    def _member(self, word: str, message: ProtoMessage, file: ProtoFile) -> None:
        """One statement of a file or a message, whose first word was read."""
        match word:
            case "message":
                inner = ProtoMessage(self._next())
                message.messages.append(inner)
                self._body(partial(self._member, message=inner, file=file))
            case "enum":
                enum = ProtoEnum(self._next())
                message.enums.append(enum)
                self._body(partial(self._value, enum=enum))
            case "oneof":
                self._next()
                number, message.oneofs = message.oneofs, message.oneofs + 1
                self._body(lambda word: self._oneof_member(word, message, number))
            case ";":
                pass
            case "option" | "import" | "reserved" | "extensions" | "service" | "extend" | "edition":
                self._skip()
            case _ if message.name:
                self._field(word, message, file)
            case _:
                raise ProtoTextError(f"`{word}` is not the beginning of a part of a `.proto` file")

    def _body(self, member: Callable[[str], None]) -> None:
        self._expect("{")
        while (word := self._next()) != "}":
            member(word)

    def _oneof_member(self, word: str, message: ProtoMessage, number: int) -> None:
        if word == "option":
            self._skip()
        elif word != ";":
            message.fields.append(self._named(word, oneof=number))

    def _value(self, word: str, enum: ProtoEnum) -> None:
        if word in ("option", "reserved"):
            self._skip()
        elif word != ";":
            self._expect("=")
            enum.values.append((word, self._number()))
            self._options()

    def _field(self, word: str, message: ProtoMessage, file: ProtoFile) -> None:
        if word == "map":
            self._expect("<")
            key = self._next()
            self._expect(",")
            value = self._next()
            self._expect(">")
            one = self._named("", repeated=True)
            one.type = "".join(part.capitalize() for part in one.name.split("_")) + "Entry"
            entry = ProtoMessage(
                one.type, [ProtoField("key", 1, key), ProtoField("value", 2, value)], is_entry=True
            )
            message.messages.append(entry)
        elif word in ("optional", "required", "repeated"):
            one = self._named(self._next(), repeated=word == "repeated")
            if word == "optional" and file.syntax == "proto3":
                one.optional, one.oneof, message.oneofs = True, message.oneofs, message.oneofs + 1
        else:
            one = self._named(word)
        message.fields.append(one)

    def _named(self, type_: str, *, repeated: bool = False, oneof: int | None = None) -> ProtoField:
        if type_ == "group":
            raise ProtoTextError("groups are not read")
        name = self._next()
        self._expect("=")
        return ProtoField(name, self._number(), type_, repeated, oneof=oneof, default=self._options())

    def _options(self) -> str | None:
        """The default among the options of a field, and its end."""
        default, depth, before = None, 0, ("", "")
        while (token := self._next()) != ";" or depth:
            depth += (token in "[{(") - (token in "]})")
            if before == ("default", "="):
                default = ast.literal_eval(token) if token[0] in "\"'" else token
            before = (before[1], token)
        return default

    def _skip(self) -> None:
        """To the end of a statement, or of its braces."""
        depth = 0
        while (token := self._next()) != ";" or depth:
            depth += (token == "{") - (token == "}")
            if token == "}" and not depth:
                return

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise ProtoTextError("the text ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        found = self._next()
        if found != token:
            raise ProtoTextError(f"`{found}` stands where `{token}` belongs")

    def _number(self) -> int:
        token = self._next()
        try:
            return int(token, 0)
        except ValueError:
            raise ProtoTextError(f"`{token}` is not a number") from None


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ProtoTextError(f"`{text[at : at + 10]}` cannot be read")
        at = found.end()
        if found["token"] is not None:
            yield found["token"]
