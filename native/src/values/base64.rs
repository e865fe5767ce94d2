//! Bytes as text in base64 (RFC 4648, with padding): what could not become a row, and numbers of Debezium.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes as text.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// The bytes of a text; `None` if it is not base64. The padding may be left out.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    each_byte(text, |byte| bytes.push(byte)).then_some(bytes)
}

/// Hands the bytes of a text to `take`; false if it is not base64.
#[inline]
pub fn each_byte(text: &str, mut take: impl FnMut(u8)) -> bool {
    let mut text = text.as_bytes();
    while let [rest @ .., b'='] = text {
        text = rest;
    }
    let (mut word, mut bits) = (0u32, 0);
    for byte in text {
        let Some(value) = value(*byte) else { return false };
        word = word << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            take((word >> bits) as u8);
            word &= (1 << bits) - 1;
        }
    }
    word == 0 && text.len() % 4 != 1
}

fn value(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_length_come_back() {
        for length in 0..40u8 {
            let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(89) ^ 0xa5).collect();
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
        assert_eq!(
            (encode(b"\x07\xd0"), decode("B9A="), decode("B9A")),
            ("B9A=".into(), Some(vec![7, 208]), Some(vec![7, 208]))
        );
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for text in ["B", "B9=A", "2.000", "B9 A", "-_", "B9B="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
