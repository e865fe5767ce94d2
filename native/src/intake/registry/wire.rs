//! The wire format of Protobuf: a message is a row of numbered entries, in any order.

use crate::intake::registry::cursor::{Cursor, DEEPEST, Misfit, TOO_DEEP};

/// What an entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    Varint(u64),
    Eight([u8; 8]),
    Four([u8; 4]),
    Bytes(&'a [u8]),
    /// A group, which is passed over.
    Group,
}

pub const OTHER_WIRE_TYPE: &str = "it is of another type than the schema says";

impl<'a> Payload<'a> {
    pub fn number(self) -> Result<u64, Misfit> {
        if let Payload::Varint(value) = self { Ok(value) } else { Err(Misfit::new(OTHER_WIRE_TYPE)) }
    }

    pub fn bytes(self) -> Result<&'a [u8], Misfit> {
        if let Payload::Bytes(bytes) = self { Ok(bytes) } else { Err(Misfit::new(OTHER_WIRE_TYPE)) }
    }

    pub fn eight(self) -> Result<[u8; 8], Misfit> {
        if let Payload::Eight(bytes) = self { Ok(bytes) } else { Err(Misfit::new(OTHER_WIRE_TYPE)) }
    }

    pub fn four(self) -> Result<[u8; 4], Misfit> {
        if let Payload::Four(bytes) = self { Ok(bytes) } else { Err(Misfit::new(OTHER_WIRE_TYPE)) }
    }
}

/// The next entry of a message: the number of its field and what it holds. `None` at the end.
#[inline]
pub fn next_entry<'a>(cursor: &mut Cursor<'a>) -> Result<Option<(u32, Payload<'a>)>, Misfit> {
    if cursor.rest.is_empty() {
        return Ok(None);
    }
    let (number, wire) = tag(cursor)?;
    Ok(Some((number, payload(cursor, number, wire, 0)?)))
}

#[inline]
fn tag(cursor: &mut Cursor<'_>) -> Result<(u32, u64), Misfit> {
    let tag = cursor.varint()?;
    let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number));
    Ok((number.ok_or_else(|| Misfit::new("an entry has the number of no field"))?, tag & 7))
}

#[inline]
fn payload<'a>(cursor: &mut Cursor<'a>, number: u32, wire: u64, depth: usize) -> Result<Payload<'a>, Misfit> {
    Ok(match wire {
        0 => Payload::Varint(cursor.varint()?),
        1 => Payload::Eight(cursor.array()?),
        2 => {
            let length = cursor.varint()?;
            Payload::Bytes(cursor.bytes(usize::try_from(length).unwrap_or(usize::MAX))?)
        }
        3 => {
            skip_group(cursor, number, depth)?;
            Payload::Group
        }
        5 => Payload::Four(cursor.array()?),
        _ => return Err(Misfit::new("an entry has a type that Protobuf does not have")),
    })
}

#[cold]
fn skip_group(cursor: &mut Cursor<'_>, number: u32, depth: usize) -> Result<(), Misfit> {
    if depth >= DEEPEST {
        return Err(Misfit::new(TOO_DEEP));
    }
    loop {
        let (inner, wire) = tag(cursor)?;
        if wire == 4 {
            return if inner == number { Ok(()) } else { Err(Misfit::new("a group ends that did not begin")) };
        }
        payload(cursor, inner, wire, depth + 1)?;
    }
}
