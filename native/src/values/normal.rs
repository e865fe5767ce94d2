//! The standard normal distribution, with the same bits on every machine.

/// The upper tail: the chance of more than `z` standard deviations.
pub fn upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z / core::f64::consts::SQRT_2)
}

/// The quantile of a chance, by a hundred bisections of the tail (exact to 1e-12). It costs some microseconds, so it is not for
/// the hot loop: terms remember it.
pub fn quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if 1.0 - upper_tail(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The loss G(z): what is expected beyond z, in standard deviations.
pub fn loss(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * core::f64::consts::PI) - z * upper_tail(z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_where_its_tail_begins() {
        for (p, z) in
            [(0.5, 0.0), (0.9, 1.281_551_566), (0.95, 1.644_853_627), (0.99, 2.326_347_874), (0.025, -1.959_963_985)]
        {
            let found = quantile(p);
            assert!((found - z).abs() < 1e-9, "{found} is not {z}");
            assert!((1.0 - upper_tail(found) - p).abs() < 1e-12, "the tail of {p}");
        }
    }
}
