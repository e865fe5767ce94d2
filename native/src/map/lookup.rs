//! Tables of a map: from texts in NFC to what they mean.

use std::borrow::Cow;

use hashbrown::HashTable;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use xxhash_rust::xxh3::xxh3_64;

/// So many texts are compared one after another; more are found by their hash.
const FEW: usize = 8;

/// Texts in NFC, each with what belongs to it.
#[derive(Debug, Default)]
pub struct Lookup<T> {
    entries: Vec<(Box<str>, T)>,
    by_hash: HashTable<usize>,
}

impl<T> Lookup<T> {
    /// The first of two equal texts holds.
    pub fn new(entries: impl IntoIterator<Item = (String, T)>) -> Lookup<T> {
        let mut lookup = Lookup { entries: Vec::new(), by_hash: HashTable::new() };
        for (text, value) in entries {
            let text = nfc(&text).into_owned().into_boxed_str();
            if lookup.find(&text).is_some() {
                continue;
            }
            let hash = xxh3_64(text.as_bytes());
            lookup.entries.push((text, value));
            let Lookup { entries, by_hash } = &mut lookup;
            by_hash.insert_unique(hash, entries.len() - 1, |at| xxh3_64(entries[*at].0.as_bytes()));
        }
        lookup
    }

    /// What belongs to a text that is in NFC.
    #[inline]
    pub fn find(&self, text: &str) -> Option<&T> {
        if self.entries.len() <= FEW {
            return self.entries.iter().find(|(known, _)| **known == *text).map(|(_, value)| value);
        }
        let at = self.by_hash.find(xxh3_64(text.as_bytes()), |at| *self.entries[*at].0 == *text)?;
        Some(&self.entries[*at].1)
    }
}

/// A text in NFC: texts compare, and are hashed, in this form.
#[inline]
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(is_settled) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Whether a letter neither changes in NFC nor joins the one before it: Latin, Han and Hangul.
#[inline]
fn is_settled(letter: char) -> bool {
    matches!(letter, '\0'..'\u{300}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_texts_are_found_in_nfc() {
        for count in [1usize, 8, 9, 500] {
            let lookup = Lookup::new((0..count).map(|at| (format!("Cafe\u{301} {at}"), at)));
            for at in 0..count {
                assert_eq!(lookup.find(&format!("Café {at}")), Some(&at));
            }
            assert_eq!(lookup.find("Café"), None);
        }
        assert_eq!(Lookup::new([("a".into(), 1), ("a".into(), 2)]).find("a"), Some(&1));
    }

    #[test]
    fn letters_that_are_settled_do_not_change_in_any_text() {
        for letter in ('\0'..='\u{d7ff}').filter(|letter| is_settled(*letter)) {
            assert_eq!(is_nfc_quick([letter].into_iter()), IsNormalized::Yes, "{letter:?}");
            let pair: String = ['a', letter].into_iter().collect();
            assert_eq!(pair.nfc().collect::<String>(), pair);
        }
    }
}
