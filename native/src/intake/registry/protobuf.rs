//! A message of Protobuf becomes JSON with the names of its `.proto` file.
//!
//! A field that the message lacks is absent, if the schema can tell (`optional`, a message, a member of a oneof); otherwise it has its
//! default: a count of 0 is not on the wire at all. 64-bit numbers stay numbers, bytes are base64, a Timestamp is RFC 3339.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use crate::intake::registry::cursor::{Cursor, DEEPEST, Misfit, TOO_DEEP, TOO_LONG};
use crate::intake::registry::proto_schema::{Kind, MessageType, ProtoField, ProtoSchema, Shape};
use crate::intake::registry::text::{JsonText, LONGEST, twos_complement};
use crate::intake::registry::wire::{OTHER_WIRE_TYPE, Payload, next_entry};

impl ProtoSchema {
    /// Writes the message that `body` holds: the path of its type in the file, then its bytes.
    pub fn to_json(&self, body: &[u8], text: &mut JsonText) -> Result<(), Misfit> {
        let mut cursor = Cursor { rest: body };
        let at = self.type_at(&mut cursor)?;
        self.message(at, cursor.rest, text, 0)
    }

    /// The path is a count and as many numbers, each the place of a type among those at its level; a count of 0 is the path 0.
    fn type_at(&self, cursor: &mut Cursor<'_>) -> Result<usize, Misfit> {
        let unknown = || Misfit::new("it names a type that the schema does not have");
        let count = u64::try_from(cursor.zigzag()?).map_err(|_| unknown())?;
        let mut level = &self.top;
        let mut at = None;
        for _ in 0..count.max(1) {
            let number = if count == 0 { 0 } else { cursor.zigzag()? };
            let inner = *usize::try_from(number).ok().and_then(|number| level.get(number)).ok_or_else(unknown)?;
            (level, at) = (&self.messages[inner].nested, Some(inner));
        }
        at.ok_or_else(unknown)
    }

    fn message(&self, at: usize, bytes: &[u8], text: &mut JsonText, depth: usize) -> Result<(), Misfit> {
        if depth >= DEEPEST {
            return Err(Misfit::new(TOO_DEEP));
        }
        let message = &self.messages[at];
        let entries = entries(message, bytes)?;
        match message.shape {
            Shape::Object | Shape::Entry => {}
            Shape::Timestamp => return timestamp(&entries, text),
            Shape::Bare => match message.fields.first() {
                Some(field) if !entries.is_empty() || field.default.is_some() => {
                    return self.field(field, &entries, text, depth);
                }
                _ => {
                    text.raw(b"null");
                    return Ok(());
                }
            },
            Shape::Date => return date(&entries, text),
            Shape::Decimal => return decimal(&entries, text),
        }
        let mut left = &entries[..];
        let mut mark = b'{';
        for (place, field) in message.fields.iter().enumerate() {
            let length = left.iter().take_while(|(of, _)| *of as usize == place).count();
            let (own, later) = left.split_at(length);
            left = later;
            if own.is_empty() && field.default.is_none() {
                continue;
            }
            text.0.push(mark);
            mark = b',';
            text.raw(&field.key);
            self.field(field, own, text, depth).map_err(|misfit| misfit.within(&field.key))?;
        }
        if mark == b'{' {
            text.raw(b"{");
        }
        text.raw(b"}");
        if text.is_too_long() { Err(Misfit::new(TOO_LONG)) } else { Ok(()) }
    }

    /// The value of a field, of its entries in their order.
    fn field(&self, field: &ProtoField, own: &[Entry<'_>], text: &mut JsonText, depth: usize) -> Result<(), Misfit> {
        match own {
            [] => {
                text.raw(field.default.as_deref().unwrap_or_default());
                Ok(())
            }
            _ if field.repeated => self.repeated(field, own, text, depth),
            [(_, payload)] => self.value(field.kind, *payload, text, depth),
            [replaced @ .., (_, last)] => match field.kind {
                // Parts of one message: each is whole, and together they are the message.
                Kind::Message(at) => {
                    let mut whole = Vec::new();
                    for (_, payload) in own {
                        let part = payload.bytes()?;
                        entries(&self.messages[at], part)?;
                        whole.extend_from_slice(part);
                    }
                    self.message(at, &whole, text, depth + 1)
                }
                kind => {
                    let start = text.0.len();
                    for (_, payload) in replaced {
                        self.value(kind, *payload, text, depth)?;
                        text.0.truncate(start);
                    }
                    self.value(kind, *last, text, depth)
                }
            },
        }
    }

    fn repeated(&self, field: &ProtoField, own: &[Entry<'_>], text: &mut JsonText, depth: usize) -> Result<(), Misfit> {
        if let Kind::Message(at) = field.kind
            && self.messages[at].shape == Shape::Entry
        {
            return self.map(&self.messages[at], own, text, depth);
        }
        let mut mark = b'[';
        for (_, payload) in own {
            match (*payload, packed(field.kind)) {
                (Payload::Bytes(bytes), Some(width)) => {
                    let mut cursor = Cursor { rest: bytes };
                    while !cursor.rest.is_empty() {
                        let one = match width {
                            8 => Payload::Eight(cursor.array()?),
                            4 => Payload::Four(cursor.array()?),
                            _ => Payload::Varint(cursor.varint()?),
                        };
                        text.0.push(mark);
                        mark = b',';
                        self.value(field.kind, one, text, depth)?;
                        if text.is_too_long() {
                            return Err(Misfit::new(TOO_LONG));
                        }
                    }
                }
                (one, _) => {
                    text.0.push(mark);
                    mark = b',';
                    self.value(field.kind, one, text, depth)?;
                    if text.is_too_long() {
                        return Err(Misfit::new(TOO_LONG));
                    }
                }
            }
        }
        text.raw(if mark == b'[' { b"[]" } else { b"]" });
        Ok(())
    }

    /// An object of the entries of a map; of one key the last entry holds.
    fn map(&self, entry: &MessageType, own: &[Entry<'_>], text: &mut JsonText, depth: usize) -> Result<(), Misfit> {
        let [key_field, value_field] = &entry.fields[..] else {
            return Err(Misfit::new("a map has no key or no value"));
        };
        let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut length = 0;
        for (_, payload) in own {
            let inner = entries(entry, payload.bytes()?)?;
            let split = inner.partition_point(|(of, _)| *of == 0);
            let (mut key, mut value) = (JsonText::default(), JsonText::default());
            self.present(key_field, &inner[..split], &mut key, depth)?;
            self.present(value_field, &inner[split..], &mut value, depth)?;
            length += key.0.len() + value.0.len();
            if length > LONGEST {
                return Err(Misfit::new(TOO_LONG));
            }
            if !key.0.starts_with(b"\"") {
                key.0 = [b"\"", &key.0[..], b"\""].concat();
            }
            match known.get(&key.0) {
                Some(at) => pairs[*at].1 = value.0,
                None => {
                    known.insert(key.0.clone(), pairs.len());
                    pairs.push((key.0, value.0));
                }
            }
        }
        let mut mark = b'{';
        for (key, value) in pairs {
            text.0.push(mark);
            mark = b',';
            text.raw(&key);
            text.raw(b":");
            text.raw(&value);
        }
        text.raw(b"}");
        if text.is_too_long() { Err(Misfit::new(TOO_LONG)) } else { Ok(()) }
    }

    /// A key or a value of a map: one that is not there is its zero.
    fn present(&self, field: &ProtoField, own: &[Entry<'_>], text: &mut JsonText, depth: usize) -> Result<(), Misfit> {
        match (own, field.kind) {
            ([], Kind::Message(at)) => self.message(at, b"", text, depth + 1),
            _ => self.field(field, own, text, depth),
        }
    }

    fn value(&self, kind: Kind, payload: Payload<'_>, text: &mut JsonText, depth: usize) -> Result<(), Misfit> {
        match kind {
            Kind::Text => text.string(payload.bytes()?),
            Kind::Message(at) => return self.message(at, payload.bytes()?, text, depth + 1),
            Kind::Enum(at) => {
                let number = payload.number()? as i32;
                match self.enums[at].iter().find(|(known, _)| *known == number) {
                    Some((_, symbol)) => text.raw(symbol),
                    None => text.integer(number.into()),
                }
            }
            Kind::Int64 => text.integer(payload.number()? as i64),
            Kind::Int32 => text.integer((payload.number()? as i32).into()),
            Kind::UInt64 => text.natural(payload.number()?),
            Kind::UInt32 => text.natural((payload.number()? as u32).into()),
            Kind::SInt64 => {
                let value = payload.number()?;
                text.integer((value >> 1) as i64 ^ -((value & 1) as i64));
            }
            Kind::SInt32 => {
                let value = payload.number()? as u32;
                text.integer(((value >> 1) as i32 ^ -((value & 1) as i32)).into());
            }
            Kind::Bool => text.boolean(payload.number()? != 0),
            Kind::Double => text.float(f64::from_le_bytes(payload.eight()?)),
            Kind::Float => text.single_float(f32::from_le_bytes(payload.four()?)),
            Kind::Fixed64 => text.natural(u64::from_le_bytes(payload.eight()?)),
            Kind::SFixed64 => text.integer(i64::from_le_bytes(payload.eight()?)),
            Kind::Fixed32 => text.natural(u32::from_le_bytes(payload.four()?).into()),
            Kind::SFixed32 => text.integer(i32::from_le_bytes(payload.four()?).into()),
            Kind::Bytes => text.base64(payload.bytes()?),
        }
        Ok(())
    }
}

/// Place of the field in its message, and what an entry of it holds.
type Entry<'a> = (u32, Payload<'a>);

/// The entries of a message in the order of its fields; those of one field as they came, of a oneof only its last member.
fn entries<'a>(message: &MessageType, bytes: &'a [u8]) -> Result<Vec<Entry<'a>>, Misfit> {
    let mut entries: Vec<Entry<'a>> = Vec::with_capacity(message.fields.len());
    let mut cursor = Cursor { rest: bytes };
    let (mut next, mut sorted) = (0, true);
    // Of each oneof that was seen: its last member, and the entry from which on it holds.
    let mut oneofs: Vec<(u32, usize, usize)> = Vec::new();
    while let Some((number, payload)) = next_entry(&mut cursor)? {
        // A program writes the fields in their order, so the next one is looked for first.
        let fields = &message.fields;
        let ahead = fields.get(next).filter(|field| field.number == number).map(|_| next);
        let Some(place) = ahead.or_else(|| fields.iter().position(|field| field.number == number)) else { continue };
        if payload == Payload::Group {
            return Err(Misfit::new(OTHER_WIRE_TYPE).within(&fields[place].key));
        }
        if let Some(oneof) = fields[place].oneof {
            match oneofs.iter_mut().find(|(of, ..)| *of == oneof) {
                Some((_, member, _)) if *member == place => {}
                Some(other) => *other = (oneof, place, entries.len()),
                None => oneofs.push((oneof, place, 0)),
            }
        }
        sorted &= entries.last().is_none_or(|(last, _)| *last as usize <= place);
        entries.push((place as u32, payload));
        next = place + 1;
    }
    if oneofs.iter().any(|(_, _, from)| *from > 0) {
        let mut count = 0;
        entries.retain(|(place, _)| {
            count += 1;
            let oneof = message.fields[*place as usize].oneof;
            let last = oneofs.iter().find(|(of, ..)| Some(*of) == oneof);
            last.is_none_or(|(_, member, from)| count > *from && *member == *place as usize)
        });
    }
    if !sorted {
        entries.sort_by_key(|(place, _)| *place);
    }
    Ok(entries)
}

/// The width of the values of a list that may be packed into one entry; 0 for a number of any length.
fn packed(kind: Kind) -> Option<usize> {
    match kind {
        Kind::Double | Kind::Fixed64 | Kind::SFixed64 => Some(8),
        Kind::Float | Kind::Fixed32 | Kind::SFixed32 => Some(4),
        Kind::Text | Kind::Bytes | Kind::Message(_) => None,
        _ => Some(0),
    }
}

fn number_of(entries: &[Entry<'_>], place: u32) -> Result<i64, Misfit> {
    let last = entries.iter().rev().find(|(of, _)| *of == place);
    last.map_or(Ok(0), |(_, payload)| payload.number().map(|value| value as i64))
}

/// What a Timestamp may hold, in seconds since 1970.
const YEARS_1_TO_9999: RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

fn timestamp(entries: &[Entry<'_>], text: &mut JsonText) -> Result<(), Misfit> {
    let (seconds, nanos) = (number_of(entries, 0)?, number_of(entries, 1)?);
    if !YEARS_1_TO_9999.contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
        return Err(Misfit::new("a Timestamp is not within the years 1 to 9999"));
    }
    match nanos % 1_000_000 {
        0 => text.instant(seconds, nanos / 1_000_000, 3, true),
        _ => text.instant(seconds, nanos, 9, true),
    }
    Ok(())
}

fn date(entries: &[Entry<'_>], text: &mut JsonText) -> Result<(), Misfit> {
    let (year, month, day) = (number_of(entries, 0)?, number_of(entries, 1)?, number_of(entries, 2)?);
    text.string(format!("{year:04}-{month:02}-{day:02}").as_bytes());
    Ok(())
}

fn decimal(entries: &[Entry<'_>], text: &mut JsonText) -> Result<(), Misfit> {
    let bytes = match entries.iter().rev().find(|(of, _)| *of == 0) {
        Some((_, payload)) => payload.bytes()?,
        None => b"\0",
    };
    let scale = usize::try_from(number_of(entries, 2)?).ok().filter(|scale| *scale <= 38);
    match (twos_complement(bytes), scale) {
        (Some(value), Some(scale)) => text.decimal(value, scale),
        _ => return Err(Misfit::new("a decimal has no byte, or more than sixteen, or more than 38 places")),
    }
    Ok(())
}
