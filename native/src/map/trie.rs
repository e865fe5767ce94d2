//! The paths that a map names, as a tree of keys: a scanner of JSON follows it and passes over everything else.

/// What a key is, beside a column of the map.
pub type Marks = u16;

/// The value is a record, or a list of records.
pub const RECORD: Marks = 1;
/// The value is the list of `each`.
pub const EACH: Marks = 1 << 1;
/// The record is wrapped: it has a schema beside it.
pub const SCHEMA: Marks = 1 << 2;
/// The record is a CloudEvent.
pub const EVENT: Marks = 1 << 3;
/// `op` of a change event.
pub const OP: Marks = 1 << 4;
/// An image of a change event.
pub const IMAGE: Marks = 1 << 5;
/// What only messages about the database itself have.
pub const ABOUT: Marks = 1 << 6;
/// The time that a heartbeat has and nothing else.
pub const CLOCK: Marks = 1 << 7;

/// A key below a node, and the node that it leads to.
#[derive(Clone, Debug)]
struct Child {
    /// See [`digest`].
    digest: u64,
    name: Box<str>,
    node: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Node {
    children: Vec<Child>,
    /// Bit n is set if a child's key has n bytes; bit 63 stands for all longer ones.
    lengths: u64,
    /// The cell that the value goes to.
    pub cell: Option<usize>,
    pub marks: Marks,
}

impl Node {
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// The child of a key. Records mostly have their keys in one order, so the search begins where it was successful last.
    #[inline]
    pub fn child(&self, key: &str, from: &mut usize) -> Option<usize> {
        if self.lengths & bit_of(key) == 0 {
            return None;
        }
        let digest = digest(key.as_bytes());
        let is = |child: &Child| child.digest == digest && child.name.len() == key.len() && is_rest(&child.name, key);
        let at = match self.children.get(*from) {
            Some(next) if is(next) => *from,
            _ => self.children.iter().position(is)?,
        };
        *from = at + 1;
        Some(self.children[at].node)
    }
}

fn bit_of(key: &str) -> u64 {
    1 << key.len().min(63)
}

/// Eight bytes of a key. Keys of one length up to 8 are equal if these are.
#[inline]
fn digest(key: &[u8]) -> u64 {
    let word = |at: usize| u64::from(u32::from_le_bytes(key[at..at + 4].try_into().expect("four bytes")));
    match key.len() {
        4.. => word(0) | word(key.len() - 4) << 32,
        length => key.iter().fold(length as u64, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Whether keys of one length with equal digests are equal.
#[inline]
fn is_rest(name: &str, key: &str) -> bool {
    key.len() <= 8 || *name == *key
}

/// A tree of keys; its root is node 0.
#[derive(Clone, Debug)]
pub struct Trie {
    nodes: Vec<Node>,
}

impl Default for Trie {
    fn default() -> Trie {
        Trie { nodes: vec![Node::default()] }
    }
}

impl Trie {
    #[inline]
    pub fn node(&self, at: usize) -> &Node {
        &self.nodes[at]
    }

    /// The node of a path below `from`, made where it is not there yet.
    pub fn path<'k>(&mut self, from: usize, keys: impl IntoIterator<Item = &'k str>) -> usize {
        keys.into_iter().fold(from, |node, key| {
            self.nodes[node].child(key, &mut 0).unwrap_or_else(|| {
                self.nodes.push(Node::default());
                let child = Child { digest: digest(key.as_bytes()), name: key.into(), node: self.nodes.len() - 1 };
                let number = child.node;
                self.nodes[node].lengths |= bit_of(key);
                self.nodes[node].children.push(child);
                number
            })
        })
    }

    pub fn mark(&mut self, node: usize, marks: Marks) {
        self.nodes[node].marks |= marks;
    }

    pub fn set_cell(&mut self, node: usize, cell: usize) {
        self.nodes[node].cell = Some(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_length_are_found_and_only_they() {
        let keys: Vec<String> = (0..80)
            .flat_map(|length| {
                ["a", "b"]
                    .map(|letter| format!("{}{letter}{}", "x".repeat(length / 2), "x".repeat(length - length / 2)))
            })
            .collect();
        let mut trie = Trie::default();
        let nodes: Vec<usize> = keys.iter().step_by(2).map(|key| trie.path(0, [&**key])).collect();
        for (at, key) in keys.iter().enumerate() {
            let right = (at % 2 == 0).then(|| nodes[at / 2]);
            for from in [0, at / 2, 1000] {
                assert_eq!(trie.node(0).child(key, &mut { from }), right, "{key}");
            }
        }
        assert_eq!(trie.node(0).child("", &mut 0), None);
        assert!(trie.node(nodes[0]).is_leaf());
    }
}
