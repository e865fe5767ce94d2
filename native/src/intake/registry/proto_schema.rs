//! The types of a Protobuf schema. Those that every program knows and a registry does not send, such as
//! `google.protobuf.Timestamp`, are built in.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Double,
    Float,
    Int64,
    UInt64,
    Int32,
    Fixed64,
    Fixed32,
    Bool,
    Text,
    /// The position of its type.
    Message(usize),
    Bytes,
    UInt32,
    /// The position of its type.
    Enum(usize),
    SFixed32,
    SFixed64,
    SInt32,
    SInt64,
}

/// How a message type is written where it is not an object of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Object,
    /// `google.protobuf.Timestamp`: RFC 3339 in UTC.
    Timestamp,
    /// A wrapper, or `google.type.Decimal`: the value of its only field.
    Bare,
    /// `google.type.Date`: a date.
    Date,
    /// `confluent.type.Decimal`: a number.
    Decimal,
    /// The entry of a `map<…>` field: fields 1 and 2 are key and value.
    Entry,
}

#[derive(Debug)]
pub struct ProtoField {
    pub number: u32,
    /// `"id":`
    pub key: Box<[u8]>,
    pub kind: Kind,
    pub repeated: bool,
    /// The oneof that it is a member of.
    pub oneof: Option<u32>,
    /// What is written where the message lacks the field; `None`: nothing.
    pub default: Option<Box<[u8]>>,
}

#[derive(Debug)]
pub struct MessageType {
    pub shape: Shape,
    pub fields: Vec<ProtoField>,
    /// Positions of the types that are declared inside, in their order.
    pub nested: Vec<usize>,
}

/// Names of an enum in quotes, by number.
pub type EnumType = Vec<(i32, Box<[u8]>)>;

/// All types of a schema and of the files that it imports.
#[derive(Debug, Default)]
pub struct ProtoSchema {
    pub messages: Vec<MessageType>,
    pub enums: Vec<EnumType>,
    /// Positions of the types at the top of the schema's own file.
    pub top: Vec<usize>,
}

/// How a type that has a name of its own is written.
pub fn shape_of(name: &str) -> Option<Shape> {
    Some(match name {
        ".google.protobuf.Timestamp" => Shape::Timestamp,
        ".google.type.Date" => Shape::Date,
        ".confluent.type.Decimal" => Shape::Decimal,
        ".google.type.Decimal" => Shape::Bare,
        _ if wrapped(name).is_some() => Shape::Bare,
        _ => return None,
    })
}

fn wrapped(name: &str) -> Option<Kind> {
    Some(match name.strip_prefix(".google.protobuf.")?.strip_suffix("Value")? {
        "Double" => Kind::Double,
        "Float" => Kind::Float,
        "Int64" => Kind::Int64,
        "UInt64" => Kind::UInt64,
        "Int32" => Kind::Int32,
        "UInt32" => Kind::UInt32,
        "Bool" => Kind::Bool,
        "String" => Kind::Text,
        "Bytes" => Kind::Bytes,
        _ => return None,
    })
}

/// The fields of a type that a registry does not send, numbered from 1.
pub fn built_in(name: &str) -> Option<Vec<(&'static str, Kind)>> {
    use Kind::{Bytes, Int32, Int64, Text, UInt32};
    Some(match name {
        ".google.protobuf.Timestamp" | ".google.protobuf.Duration" => vec![("seconds", Int64), ("nanos", Int32)],
        ".google.protobuf.Empty" => vec![],
        ".google.type.Date" => vec![("year", Int32), ("month", Int32), ("day", Int32)],
        ".google.type.Decimal" => vec![("value", Text)],
        ".google.type.Money" => vec![("currency_code", Text), ("units", Int64), ("nanos", Int32)],
        ".confluent.type.Decimal" => vec![("value", Bytes), ("precision", UInt32), ("scale", Int32)],
        _ => vec![("value", wrapped(name)?)],
    })
}
