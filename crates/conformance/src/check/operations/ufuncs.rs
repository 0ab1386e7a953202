//! NumPy's functions under our names.

use graticule::DataArray;
use graticule::dataset::Operand;

use super::verbs::{arithmetic, unknown};

/// NumPy's functions of one argument under our names.
macro_rules! ufunc {
    ($on:expr, $name:expr) => {
        Ok(Some(match $name {
            "abs" | "absolute" => $on.abs(),
            "fabs" => $on.fabs(),
            "cbrt" => $on.cbrt(),
            "exp2" => $on.exp2(),
            "reciprocal" => $on.reciprocal(),
            "arcsinh" => $on.asinh(),
            "arccosh" => $on.acosh(),
            "arctanh" => $on.atanh(),
            "rint" => $on.rint(),
            "signbit" => $on.signbit(),
            "isinf" => $on.isinf(),
            "negative" => -$on,
            "logical_not" => $on.logical_not(),
            "invert" | "bitwise_not" => $on.not(),
            "bitwise_count" => $on.bitwise_count(),
            "real" => $on.real(),
            "imag" => $on.imag(),
            "conj" | "conjugate" => $on.conj(),
            "angle" => $on.angle(),
            "sqrt" => $on.sqrt(),
            "square" => $on.square(),
            "exp" => $on.exp(),
            "expm1" => $on.expm1(),
            "log" => $on.ln(),
            "log2" => $on.log2(),
            "log10" => $on.log10(),
            "log1p" => $on.log1p(),
            "sin" => $on.sin(),
            "cos" => $on.cos(),
            "tan" => $on.tan(),
            "arcsin" => $on.asin(),
            "arccos" => $on.acos(),
            "arctan" => $on.atan(),
            "sinh" => $on.sinh(),
            "cosh" => $on.cosh(),
            "tanh" => $on.tanh(),
            "floor" => $on.floor(),
            "ceil" => $on.ceil(),
            "trunc" => $on.trunc(),
            "sign" => $on.sign(),
            "deg2rad" | "radians" => $on.radians(),
            "rad2deg" | "degrees" => $on.degrees(),
            "isfinite" => $on.isfinite(),
            "isnan" => $on.isnull(),
            other => return Err(unknown(other, "numbers")),
        }))
    };
}

pub(crate) use ufunc;

/// A function of an array and something else.
pub(crate) fn of_two(array: &DataArray, name: &str, other: Operand) -> Result<DataArray, String> {
    Ok(match name {
        "maximum" => array.maximum(other),
        "minimum" => array.minimum(other),
        "arctan2" => array.atan2(other),
        "hypot" => array.hypot(other),
        "power" => array.pow(other),
        "add" => arithmetic!(array, +, other),
        "subtract" => arithmetic!(array, -, other),
        "multiply" => arithmetic!(array, *, other),
        "divide" | "true_divide" => arithmetic!(array, /, other),
        "remainder" | "mod" => arithmetic!(array, %, other),
        "floor_divide" => array.floor_div(other),
        "float_power" => array.float_power(other),
        "fmod" => array.fmod(other),
        "fmin" => array.fmin(other),
        "fmax" => array.fmax(other),
        "copysign" => array.copysign(other),
        "nextafter" => array.nextafter(other),
        "logaddexp" => array.logaddexp(other),
        "logaddexp2" => array.logaddexp2(other),
        "heaviside" => array.heaviside(other),
        "ldexp" => array.ldexp(other),
        "gcd" => array.gcd(other),
        "lcm" => array.lcm(other),
        "bitwise_and" => array.and(other),
        "bitwise_or" => array.or(other),
        "bitwise_xor" => array.xor(other),
        "left_shift" => arithmetic!(array, <<, other),
        "right_shift" => arithmetic!(array, >>, other),
        "logical_and" => array.logical_and(other),
        "logical_or" => array.logical_or(other),
        "logical_xor" => array.logical_xor(other),
        "equal" => array.eq_(other),
        "not_equal" => array.ne_(other),
        "less" => array.lt(other),
        "less_equal" => array.le(other),
        "greater" => array.gt(other),
        "greater_equal" => array.ge(other),
        "isclose" => array.isclose(other, 1e-5, 1e-8),
        name => return Err(unknown(name, "pairs of numbers")),
    })
}
