//! The schema of an Avro message as nodes that the reader walks. Named types may refer to one another and to themselves.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::intake::registry::text::JsonText;

/// Position of a node.
pub type NodeAt = u32;

#[derive(Debug)]
pub enum Node {
    /// A named type whose parts are still being read.
    Open,
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    Text,
    /// Bytes of this length.
    Fixed(usize),
    Uuid,
    /// The symbols in quotes.
    Enum(Vec<Box<[u8]>>),
    Array(NodeAt),
    Map(NodeAt),
    Union(Vec<NodeAt>),
    /// The keys as they are written, `{"id":` first and `,"source":` later, with the first quote of a text, and the values.
    Record(Vec<(Box<[u8]>, NodeAt)>),
    Date,
    /// Places after the second.
    TimeOfDay(usize),
    /// Places after the second; whether it is in UTC.
    Time(usize, bool),
    /// The length if it is fixed, and the digits after the point.
    Decimal(Option<usize>, usize),
}

pub struct AvroSchema {
    pub nodes: Vec<Node>,
    pub root: NodeAt,
}

impl AvroSchema {
    /// Reads a schema; `references` are the schemas that it names types of, each after those that it needs itself.
    pub fn read(document: &str, references: &[String]) -> Result<AvroSchema, String> {
        let mut reader = Reader { nodes: Vec::new(), names: HashMap::new() };
        for reference in references {
            reader.document(reference)?;
        }
        let root = reader.document(document)?;
        Ok(AvroSchema { nodes: reader.nodes, root })
    }
}

struct Reader {
    nodes: Vec<Node>,
    /// Named types by their full name.
    names: HashMap<String, NodeAt>,
}

impl Reader {
    fn document(&mut self, text: &str) -> Result<NodeAt, String> {
        let document: Value = serde_json::from_str(text).or_else(|error| match text.trim() {
            name if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_') => Ok(name.into()),
            _ => Err(format!("it is not JSON: {error}")),
        })?;
        self.node(&document, "")
    }

    fn push(&mut self, node: Node) -> NodeAt {
        self.nodes.push(node);
        self.nodes.len() as NodeAt - 1
    }

    fn node(&mut self, schema: &Value, namespace: &str) -> Result<NodeAt, String> {
        match schema {
            Value::String(name) => self.named(name, namespace),
            Value::Array(branches) => {
                let branches: Result<Vec<_>, _> = branches.iter().map(|one| self.node(one, namespace)).collect();
                let branches = branches?;
                Ok(self.push(Node::Union(branches)))
            }
            Value::Object(object) => match object.get("type") {
                Some(Value::String(kind)) => self.object(kind, schema, namespace),
                Some(inner) => self.node(inner, namespace),
                None => Err("a part of it has no `type`".to_owned()),
            },
            _ => Err(format!("{schema} is not a type")),
        }
    }

    fn named(&mut self, name: &str, namespace: &str) -> Result<NodeAt, String> {
        let node = match name {
            "null" => Node::Null,
            "boolean" => Node::Boolean,
            "int" => Node::Int,
            "long" => Node::Long,
            "float" => Node::Float,
            "double" => Node::Double,
            "bytes" => Node::Bytes,
            "string" => Node::Text,
            _ => {
                let known = self.names.get(&full_name(name, namespace)).or_else(|| self.names.get(name));
                return known.copied().ok_or_else(|| format!("it does not say what the type `{name}` is"));
            }
        };
        Ok(self.push(node))
    }

    fn object(&mut self, kind: &str, schema: &Value, namespace: &str) -> Result<NodeAt, String> {
        match kind {
            "record" | "error" | "enum" | "fixed" => self.named_type(kind, schema, namespace),
            "array" => {
                let items = self.node(part(schema, "items")?, namespace)?;
                Ok(self.push(Node::Array(items)))
            }
            "map" => {
                let values = self.node(part(schema, "values")?, namespace)?;
                Ok(self.push(Node::Map(values)))
            }
            _ => match logical(kind, None, schema) {
                Some(node) => Ok(self.push(node)),
                None => self.named(kind, namespace),
            },
        }
    }

    fn named_type(&mut self, kind: &str, schema: &Value, namespace: &str) -> Result<NodeAt, String> {
        let name = part(schema, "name")?.as_str().ok_or("the `name` of a type is not a text")?;
        let inner = schema.get("namespace").and_then(Value::as_str).unwrap_or(namespace);
        let full = full_name(name, inner);
        let at = self.push(Node::Open);
        self.names.insert(full.clone(), at);
        self.nodes[at as usize] = match kind {
            "enum" => {
                let symbols = part(schema, "symbols")?.as_array().ok_or("the `symbols` of an enum are not a list")?;
                Node::Enum(symbols.iter().map(|symbol| symbol.to_string().into_bytes().into()).collect())
            }
            "fixed" => {
                let size = part(schema, "size")?.as_u64().ok_or("the `size` of a fixed type is not a number")?;
                let size = usize::try_from(size).map_err(|_| "the `size` of a fixed type is too large")?;
                logical(kind, Some(size), schema).unwrap_or(Node::Fixed(size))
            }
            _ => self.record(schema, full.rsplit_once('.').map_or("", |(namespace, _)| namespace))?,
        };
        Ok(at)
    }

    fn record(&mut self, schema: &Value, namespace: &str) -> Result<Node, String> {
        let fields = part(schema, "fields")?.as_array().ok_or("the `fields` of a record are not a list")?;
        let (mut read, mut names) = (Vec::with_capacity(fields.len()), HashSet::new());
        for field in fields {
            let name = part(field, "name")?.as_str().ok_or("the `name` of a field is not a text")?;
            if !names.insert(name) {
                return Err(format!("a record has two fields `{name}`"));
            }
            let node = self.node(part(field, "type")?, namespace)?;
            let mut key = vec![if read.is_empty() { b'{' } else { b',' }];
            key.extend_from_slice(&JsonText::key(name));
            if matches!(self.nodes[node as usize], Node::Text) {
                key.push(b'"');
            }
            read.push((key.into(), node));
        }
        Ok(Node::Record(read))
    }
}

/// What a logical type makes of the type that carries it; `None` if it does not fit: then the Avro rule is to pass over it.
fn logical(kind: &str, size: Option<usize>, schema: &Value) -> Option<Node> {
    let scale = || {
        let number = schema.get("scale").map_or(Some(0), Value::as_u64);
        number.filter(|scale| *scale <= 38).map(|scale| scale as usize)
    };
    Some(match (kind, schema.get("logicalType")?.as_str()?) {
        ("int", "date") => Node::Date,
        ("int", "time-millis") => Node::TimeOfDay(3),
        ("long", "time-micros") => Node::TimeOfDay(6),
        ("long", "timestamp-millis") => Node::Time(3, true),
        ("long", "timestamp-micros") => Node::Time(6, true),
        ("long", "timestamp-nanos") => Node::Time(9, true),
        ("long", "local-timestamp-millis") => Node::Time(3, false),
        ("long", "local-timestamp-micros") => Node::Time(6, false),
        ("long", "local-timestamp-nanos") => Node::Time(9, false),
        ("bytes" | "fixed", "decimal") => Node::Decimal(size, scale()?),
        ("fixed", "uuid") if size == Some(16) => Node::Uuid,
        _ => return None,
    })
}

fn part<'a>(schema: &'a Value, name: &str) -> Result<&'a Value, String> {
    schema.get(name).ok_or_else(|| format!("a part of it has no `{name}`"))
}

fn full_name(name: &str, namespace: &str) -> String {
    if name.contains('.') || namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") }
}
