//! Bytewax places a key on a worker by the hash of its name, so Lowtide chooses a name whose hash gives the right worker.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// Placement is right for every number of workers that divides this.
pub const PLACES: u64 = 32;

/// Bytewax's hash of a key: SipHash-1-3 with a zero key, over the text and a byte that ends it.
pub fn hash(key: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(key.as_bytes());
    hasher.write_u8(0xff);
    hasher.finish()
}

/// `name~n` with the least `n` whose hash is `place`, modulo [`PLACES`].
pub fn placed(name: &str, place: u64) -> String {
    let salted = (0u32..).map(|salt| format!("{name}~{salt}"));
    salted.into_iter().find(|key| hash(key) % PLACES == place % PLACES).expect("one name in 32 fits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_lands_where_it_was_meant_to() {
        for place in 0..64 {
            let key = placed("sales/00003/0001", place);
            assert_eq!(hash(&key) % PLACES, place % PLACES);
            assert_eq!(hash(&key) % 4, place % 4);
        }
    }
}
