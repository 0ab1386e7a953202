//! cftime's rounding of float times to microseconds: the product in an 80-bit float (64 bits of
//! mantissa), then the nearest integer, ties to even.

const SECOND: i128 = 1_000_000;

/// Microseconds in `value` steps of `step` nanoseconds; `None` if they do not fit into 64 bits.
///
/// With `snaps`, a result one microsecond off a whole second is rounded towards that second's
/// side instead (down from ...000001, up from ...999999).
pub(super) fn microseconds(value: f64, step: i128, snaps: bool) -> Option<i128> {
    let (product, exponent) = product_in_80_bits(value, step)?;
    let negative = value < 0.0;
    let signed = |magnitude: u128| {
        let magnitude = i128::try_from(magnitude).ok()?;
        let value = if negative { -magnitude } else { magnitude };
        i64::try_from(value).ok().map(i128::from)
    };
    let Some(shift) = u32::try_from(-i64::from(exponent)).ok().filter(|s| *s > 0) else {
        // A whole number already; too large if it does not stay within 127 bits.
        let shift = u32::try_from(exponent).ok().filter(|s| *s <= product.leading_zeros())?;
        return signed(product << shift);
    };
    if shift >= 128 {
        return Some(0);
    }
    let below = product >> shift;
    let rest = product & ((1 << shift) - 1);
    let half = 1_u128 << (shift - 1);
    let up = rest > half || (rest == half && below & 1 == 1);
    let nearest = signed(below + u128::from(up))?;
    if !snaps || rest == 0 {
        return Some(nearest);
    }
    let (floor, ceil) = if negative {
        (signed(below + 1)?, signed(below)?)
    } else {
        (signed(below)?, signed(below + 1)?)
    };
    Some(match nearest.rem_euclid(SECOND) {
        1 => floor,
        999_999 => ceil,
        _ => nearest,
    })
}

/// |value| × step / 1000 as mantissa × 2^exponent, the mantissa rounded to 64 bits.
fn product_in_80_bits(value: f64, step: i128) -> Option<(u128, i32)> {
    let bits = value.to_bits();
    let biased = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
    // Steps of nanoseconds have no whole number of microseconds: scale after the product.
    let factor = u128::try_from(step).ok()?;
    let product = if factor % 1000 == 0 {
        u128::from(mantissa) * (factor / 1000)
    } else {
        return nanosecond_product(mantissa, exponent, factor);
    };
    Some(round_to_64_bits(product, exponent))
}

fn round_to_64_bits(product: u128, exponent: i32) -> (u128, i32) {
    let excess = (128 - product.leading_zeros()).saturating_sub(64);
    if excess == 0 {
        return (product, exponent);
    }
    let kept = product >> excess;
    let rest = product & ((1 << excess) - 1);
    let half = 1_u128 << (excess - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    (kept + u128::from(up), exponent + excess as i32)
}

/// cftime knows no nanoseconds: the nearest 1/2^40 of a microsecond is as good as any rounding.
fn nanosecond_product(mantissa: u64, exponent: i32, factor: u128) -> Option<(u128, i32)> {
    let scaled = u128::from(mantissa).checked_mul(factor)?.checked_shl(40)? / 1000;
    Some(round_to_64_bits(scaled, exponent - 40))
}
