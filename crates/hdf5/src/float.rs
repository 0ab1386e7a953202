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
        let power = exponent.clamp(-40_000, 40_000) as i32 - width;
        // In two steps, for the numbers whose power alone would be out of range.
        let half = power / 2;
        mantissa as f64 * 2f64.powi(half) * 2f64.powi(power - half)
    };
    let value = if exponent == top {
        let fraction = if f.norm == 1 { mantissa & !(1u128 << (width - 1)) } else { mantissa };
        if fraction == 0 { f64::INFINITY } else { f64::NAN }
    } else if f.norm == 2 {
        match exponent {
            0 => scaled(mantissa, 1 - bias),
            e => scaled(mantissa | 1u128 << width, e - bias),
        }
    } else {
        // The leading bit is stored: the mantissa is one bit shorter than it looks.
        scaled(mantissa, exponent.max(1) - bias + i64::from(f.norm == 1))
    };
    if negative { -value } else { value }
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
        let x87 = format((64, 15), (0, 64), 79, 16383, 1);
        assert_eq!(decode(0x3fff_8000_0000_0000_0000, &x87), 1.0);
        assert_eq!(decode(0xc000_c000_0000_0000_0000, &x87), -3.0);
        assert!(decode(0x7fff_c000_0000_0000_0000, &x87).is_nan());
        assert_eq!(decode(0x7fff_8000_0000_0000_0000, &x87), f64::INFINITY);
    }
}
