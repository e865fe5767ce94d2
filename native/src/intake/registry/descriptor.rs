//! The types of a Protobuf schema, read from the descriptor of its file (`google.protobuf.FileDescriptorProto`).
//!
//! A descriptor is a Protobuf message itself, so it is read with the same few functions.

use std::collections::HashMap;

use crate::intake::registry::cursor::{Cursor, DEEPEST, Misfit, TOO_DEEP};
use crate::intake::registry::proto_schema::{Kind, MessageType, ProtoField, ProtoSchema, Shape, built_in, shape_of};
use crate::intake::registry::text::JsonText;
use crate::intake::registry::wire::{Payload, next_entry};

impl ProtoSchema {
    /// Reads descriptors of files; each after those that it imports, the schema's own last.
    pub fn read<B: AsRef<[u8]>>(files: &[B]) -> Result<ProtoSchema, String> {
        let mut reader = Reader::default();
        for file in files {
            let own = reader
                .file(file.as_ref())
                .map_err(|misfit| format!("the descriptor of its file cannot be read: {}", misfit.what))?;
            reader.schema.top = own;
        }
        reader.link()?;
        Ok(reader.schema)
    }
}

/// A field as its descriptor says it, until all types are known.
#[derive(Default)]
struct Draft {
    name: String,
    number: u32,
    kind: u32,
    type_name: String,
    repeated: bool,
    oneof: Option<u32>,
    proto3_optional: bool,
    default: Option<String>,
    presence: Option<u64>,
}

#[derive(Default)]
struct Reader {
    schema: ProtoSchema,
    /// Positions by full name, with a dot before it.
    message_names: HashMap<String, usize>,
    enum_names: HashMap<String, usize>,
    drafts: Vec<(usize, Draft, bool)>,
}

fn text(payload: Payload<'_>) -> Result<String, Misfit> {
    Ok(String::from_utf8_lossy(payload.bytes()?).into_owned())
}

impl Reader {
    /// The positions of the types at the top of a file.
    fn file(&mut self, file: &[u8]) -> Result<Vec<usize>, Misfit> {
        let (mut package, mut implicit) = (String::new(), false);
        let (mut messages, mut enums) = (Vec::new(), Vec::new());
        let mut cursor = Cursor { rest: file };
        while let Some((number, payload)) = next_entry(&mut cursor)? {
            match number {
                2 => package = format!(".{}", text(payload)?),
                4 => messages.push(payload.bytes()?),
                5 => enums.push(payload.bytes()?),
                8 => implicit |= field_presence(payload.bytes()?, 50)? == Some(IMPLICIT),
                12 => implicit |= payload.bytes()? == b"proto3",
                _ => {}
            }
        }
        for one in enums {
            self.enum_type(one, &package)?;
        }
        messages.into_iter().map(|one| self.message_type(one, &package, implicit, 0)).collect()
    }

    fn message_type(&mut self, descriptor: &[u8], scope: &str, implicit: bool, depth: usize) -> Result<usize, Misfit> {
        if depth >= DEEPEST {
            return Err(Misfit::new(TOO_DEEP));
        }
        let at = self.schema.messages.len();
        self.schema.messages.push(MessageType { shape: Shape::Object, fields: Vec::new(), nested: Vec::new() });
        let (mut name, mut fields, mut nested, mut enums) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        let mut cursor = Cursor { rest: descriptor };
        while let Some((number, payload)) = next_entry(&mut cursor)? {
            match number {
                1 => name = format!("{scope}.{}", text(payload)?),
                2 => fields.push(field(payload.bytes()?)?),
                3 => nested.push(payload.bytes()?),
                4 => enums.push(payload.bytes()?),
                7 if is_entry(payload.bytes()?)? => self.schema.messages[at].shape = Shape::Entry,
                _ => {}
            }
        }
        for one in enums {
            self.enum_type(one, &name)?;
        }
        for one in nested {
            let inner = self.message_type(one, &name, implicit, depth + 1)?;
            self.schema.messages[at].nested.push(inner);
        }
        self.drafts.extend(fields.into_iter().map(|field| (at, field, implicit)));
        self.message_names.insert(name, at);
        Ok(at)
    }

    fn enum_type(&mut self, descriptor: &[u8], scope: &str) -> Result<(), Misfit> {
        let (mut name, mut values) = (String::new(), Vec::new());
        let mut cursor = Cursor { rest: descriptor };
        while let Some((number, payload)) = next_entry(&mut cursor)? {
            match number {
                1 => name = format!("{scope}.{}", text(payload)?),
                2 => {
                    let (mut symbol, mut value) = (JsonText::default(), 0);
                    let mut inner = Cursor { rest: payload.bytes()? };
                    while let Some((number, payload)) = next_entry(&mut inner)? {
                        match number {
                            1 => symbol.string(payload.bytes()?),
                            2 => value = payload.number()? as i32,
                            _ => {}
                        }
                    }
                    values.push((value, symbol.0.into()));
                }
                _ => {}
            }
        }
        self.enum_names.insert(name, self.schema.enums.len());
        self.schema.enums.push(values);
        Ok(())
    }

    /// Gives every field its type.
    fn link(&mut self) -> Result<(), String> {
        for (message, draft, implicit) in std::mem::take(&mut self.drafts) {
            let kind = self.kind(&draft)?;
            let oneof = draft.oneof.filter(|_| !draft.proto3_optional);
            let presence = draft.presence.map_or(implicit, |presence| presence == IMPLICIT);
            let always = presence && draft.oneof.is_none() || self.schema.messages[message].shape == Shape::Entry;
            let default = match (&draft.default, draft.repeated) {
                (_, true) if self.is_entry(kind) => Some(b"{}"[..].into()),
                (_, true) => Some(b"[]"[..].into()),
                (Some(default), false) => oneof.is_none().then(|| default_of(kind, default)),
                (None, false) if matches!(kind, Kind::Message(_)) => None,
                (None, false) => always.then(|| self.zero(kind)),
            };
            let (number, repeated) = (draft.number, draft.repeated);
            let key = JsonText::key(&draft.name);
            self.schema.messages[message].fields.push(ProtoField { number, key, kind, repeated, oneof, default });
        }
        Ok(())
    }

    fn is_entry(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Message(at) if self.schema.messages[at].shape == Shape::Entry)
    }

    fn zero(&self, kind: Kind) -> Box<[u8]> {
        match kind {
            Kind::Bool => b"false"[..].into(),
            Kind::Text | Kind::Bytes => b"\"\""[..].into(),
            Kind::Enum(at) => {
                self.schema.enums[at].first().map_or_else(|| b"0"[..].into(), |(_, symbol)| symbol.clone())
            }
            _ => b"0"[..].into(),
        }
    }

    fn kind(&mut self, draft: &Draft) -> Result<Kind, String> {
        Ok(match draft.kind {
            1 => Kind::Double,
            2 => Kind::Float,
            3 => Kind::Int64,
            4 => Kind::UInt64,
            5 => Kind::Int32,
            6 => Kind::Fixed64,
            7 => Kind::Fixed32,
            8 => Kind::Bool,
            9 => Kind::Text,
            11 => self.message(&draft.type_name),
            12 => Kind::Bytes,
            13 => Kind::UInt32,
            14 => {
                let at = self.enum_names.get(&draft.type_name);
                Kind::Enum(*at.ok_or_else(|| format!("it does not say what the type `{}` is", draft.type_name))?)
            }
            15 => Kind::SFixed32,
            16 => Kind::SFixed64,
            17 => Kind::SInt32,
            18 => Kind::SInt64,
            other => return Err(format!("the field `{}` has the type {other}: groups are not read", draft.name)),
        })
    }

    /// A type by its name: of the files, built in, or (of an import that nobody sends) as the bytes that it is.
    fn message(&mut self, name: &str) -> Kind {
        let shape = shape_of(name);
        if let Some(at) = self.message_names.get(name) {
            self.schema.messages[*at].shape = shape.unwrap_or(self.schema.messages[*at].shape);
            return Kind::Message(*at);
        }
        let Some(fields) = built_in(name) else { return Kind::Bytes };
        let fields = fields.iter().enumerate().map(|(at, (name, kind))| ProtoField {
            number: at as u32 + 1,
            key: JsonText::key(name),
            kind: *kind,
            repeated: false,
            oneof: None,
            default: Some(self.zero(*kind)),
        });
        let fields = fields.collect();
        let at = self.schema.messages.len();
        self.message_names.insert(name.to_owned(), at);
        let shape = shape.unwrap_or(Shape::Object);
        self.schema.messages.push(MessageType { shape, fields, nested: Vec::new() });
        Kind::Message(at)
    }
}

fn field(descriptor: &[u8]) -> Result<Draft, Misfit> {
    let mut draft = Draft::default();
    let mut cursor = Cursor { rest: descriptor };
    while let Some((number, payload)) = next_entry(&mut cursor)? {
        match number {
            1 => draft.name = text(payload)?,
            3 => draft.number = payload.number()? as u32,
            4 => draft.repeated = payload.number()? == 3,
            5 => draft.kind = payload.number()? as u32,
            6 => draft.type_name = text(payload)?,
            7 => draft.default = Some(text(payload)?),
            8 => draft.presence = field_presence(payload.bytes()?, 21)?,
            9 => draft.oneof = Some(payload.number()? as u32),
            17 => draft.proto3_optional = payload.number()? != 0,
            _ => {}
        }
    }
    Ok(draft)
}

/// The JSON of a default that the schema states.
fn default_of(kind: Kind, text: &str) -> Box<[u8]> {
    let mut json = JsonText::default();
    match (kind, text.parse::<f64>()) {
        (Kind::Bytes, _) => json.base64(&unescaped(text.as_bytes())),
        (Kind::Double | Kind::Float, Ok(value)) => json.float(value),
        (Kind::Text | Kind::Enum(_), _) => json.string(text.as_bytes()),
        _ if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => json.raw(text.as_bytes()),
        _ => json.string(text.as_bytes()),
    }
    json.0.into()
}

/// Bytes that a descriptor states as text, in the manner of C: `\n`, `\"`, `\001`.
fn unescaped(mut text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let [byte, rest @ ..] = text {
        text = rest;
        bytes.push(match (byte, rest) {
            (b'\\', [high @ b'0'..=b'3', middle @ b'0'..=b'7', low @ b'0'..=b'7', ..]) => {
                text = &rest[3..];
                (high - b'0') << 6 | (middle - b'0') << 3 | (low - b'0')
            }
            (b'\\', [letter, after @ ..]) => {
                text = after;
                b"abtnvfr".iter().position(|known| known == letter).map_or(*letter, |at| at as u8 + 7)
            }
            _ => *byte,
        });
    }
    bytes
}

/// `features.field_presence` of options, whose features have the number `features`.
fn field_presence(options: &[u8], features: u32) -> Result<Option<u64>, Misfit> {
    let mut presence = None;
    let mut cursor = Cursor { rest: options };
    while let Some((number, payload)) = next_entry(&mut cursor)? {
        if number == features {
            let mut inner = Cursor { rest: payload.bytes()? };
            while let Some((number, payload)) = next_entry(&mut inner)? {
                if number == 1 {
                    presence = Some(payload.number()?);
                }
            }
        }
    }
    Ok(presence)
}

/// The value of `features.field_presence` with which a field that is absent has its zero.
const IMPLICIT: u64 = 2;

/// Whether the options of a message say that it is the entry of a map.
fn is_entry(options: &[u8]) -> Result<bool, Misfit> {
    let mut cursor = Cursor { rest: options };
    while let Some((number, payload)) = next_entry(&mut cursor)? {
        if number == 7 {
            return Ok(payload.number()? != 0);
        }
    }
    Ok(false)
}
