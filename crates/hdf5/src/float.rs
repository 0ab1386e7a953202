//! Floating-point formats: those of processors, and the others.

use graticule_array::DType;

use crate::message::datatype::FloatFormat;

/// The dtype of a format that needs no conversion.
pub(crate) fn standard(size: usize, f: &FloatFormat) -> Option<DType> {
    let is = |precision, sign, exponent, mantissa, bias| {
        f.offset == 0
            && f.norm == 2
            && (f.precision, f.sign, f.exponent, f.mantissa, f.bias)
                == (precision, sign, exponent, mantissa, bias)
    };
    match size {
        2 if is(16, 15, (10, 5), (0, 10), 15) => Some(DType::F16),
        4 if is(32, 31, (23, 8), (0, 23), 127) => Some(DType::F32),
        8 if is(64, 63, (52, 11), (0, 52), 1023) => Some(DType::F64),
        _ => None,
    }
}

/// The dtype whose numbers come nearest to those of another format.
pub(crate) fn nearest(size: usize, f: &FloatFormat) -> Option<DType> {
    let (exponent, mantissa) = (f.exponent.1, f.mantissa.1);
    if size > 16 || exponent == 0 || exponent > 15 || mantissa == 0 || mantissa > 120 {
        return None;
    }
    Some(if exponent <= 8 && mantissa <= 23 { DType::F32 } else { DType::F64 })
}

/// The value of a number in any such format, rounded to `f64`.
pub(crate) fn decode(bits: u128, f: &FloatFormat) -> f64 {
    let field = |(at, n): (u8, u8)| {
        let value = bits.checked_shr(at.into()).unwrap_or(0);
        if n >= 128 { value } else { value & ((1u128 << n) - 1) }
    };
    let (exponent, mantissa) = (field(f.exponent) as i64, field(f.mantissa));
    let negative = bits.checked_shr(f.sign.into()).unwrap_or(0) & 1 != 0;
    let width = i32::from(f.mantissa.1);
    let top = (1i64 << f.exponent.1) - 1;
    let bias = i64::from(f.bias);
    // The scale of the last bit of the mantissa.
    let scaled = |mantissa: u128, exponent: i64| {
        rounded(mantissa, exponent.clamp(-40_000, 40_000) as i32 - width)
    };
    let value = if exponent == top {
        let fraction = if f.norm == 2 { mantissa } else { mantissa & !(1u128 << (width - 1)) };
        if fraction == 0 { f64::INFINITY } else { f64::NAN }
    } else if f.norm == 2 {
        match exponent {
            0 => scaled(mantissa, 1 - bias),
            e => scaled(mantissa | 1u128 << width, e - bias),
        }
    } else {
        // The leading bit is stored: the mantissa is one bit shorter than it looks. Whether it is
        // always set, as the format may say, makes no difference to the value.
        scaled(mantissa, exponent.max(1) - bias + 1)
    };
    if negative { -value } else { value }
}

/// The float nearest to `mantissa` times two to the power of `power`, rounded once: to even where
/// two are as near.
fn rounded(mantissa: u128, power: i32) -> f64 {
    let bits = (128 - mantissa.leading_zeros()) as i32;
    // The last bit that a float of this size has.
    let last = (bits + power - 53).max(-1074);
    let over = last - power;
    if mantissa == 0 {
        return 0.0;
    }
    if over <= 0 {
        // In two steps, for the numbers whose power alone would be out of range.
        let half = power / 2;
        return mantissa as f64 * 2f64.powi(half) * 2f64.powi(power - half);
    }
    if over > bits {
        return 0.0;
    }
    let kept = mantissa.checked_shr(over as u32).unwrap_or(0);
    let (rest, middle) = (mantissa - kept.checked_shl(over as u32).unwrap_or(0), 1 << (over - 1));
    let up = rest > middle || (rest == middle && kept & 1 == 1);
    let kept = (kept + u128::from(up)) as f64;
    let half = last / 2;
    kept * 2f64.powi(half) * 2f64.powi(last - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(
        exponent: (u8, u8),
        mantissa: (u8, u8),
        sign: u8,
        bias: u32,
        norm: u8,
    ) -> FloatFormat {
        FloatFormat {
            offset: 0,
            precision: u16::from(sign) + 1,
            sign,
            exponent,
            mantissa,
            bias,
            norm,
        }
    }

    #[test]
    fn known_numbers() {
        let single = format((23, 8), (0, 23), 31, 127, 2);
        for v in [0.0f32, -1.5, 3.25e-40, f32::MAX, 1e-45] {
            assert_eq!(decode(u128::from(v.to_bits()), &single), f64::from(v));
        }
        // Files from C say that its leading bit may be anything.
        for norm in [0, 1] {
            let x87 = format((64, 15), (0, 64), 79, 16383, norm);
            assert_eq!(decode(0x3fff_8000_0000_0000_0000, &x87), 1.0);
            assert_eq!(decode(0xc000_c000_0000_0000_0000, &x87), -3.0);
            // A half of the last bit goes to even; just more than the half of the least float goes up.
            assert_eq!(decode(0x3fff_8000_0000_0000_0400, &x87), 1.0);
            assert_eq!(decode(0x3fff_8000_0000_0000_0c00, &x87), 1.0 + 2.0 * f64::EPSILON);
            assert_eq!(decode(0x3bcc_8000_0000_0000_0000, &x87), 0.0);
            assert_eq!(decode(0x3bcc_8000_0000_0000_0001, &x87), 5e-324);
            assert_eq!(decode(0x3c00_ffff_ffff_ffff_f800, &x87), f64::MIN_POSITIVE);
            // One rounding: to 52 bits, not to 53 and then to 52.
            assert_eq!(decode(0x3c00_8000_0000_0000_0bff, &x87).to_bits(), (1 << 51) + 1);
            assert_eq!(decode(0x43fe_ffff_ffff_ffff_fc00, &x87), f64::INFINITY);
            assert!(decode(0x7fff_c000_0000_0000_0000, &x87).is_nan());
            assert_eq!(decode(0x7fff_8000_0000_0000_0000, &x87), f64::INFINITY);
        }
    }
}
