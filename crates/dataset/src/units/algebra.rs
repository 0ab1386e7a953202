//! Units through arithmetic.

use graticule_array::{Error, MathFn, Result, Scalar, ZipOp};
use graticule_units::Unit;

use super::convert::between;
use super::{DIFFERENCE, METADATA, UnitMode, are_differences, known, of};
use crate::attrs::{AttrValue, Attrs};
use crate::cf::NOTES;
use crate::note::NoteKind;
use crate::variable::Variable;

/// Where a number stands in an operation with a variable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// What becomes of the units.
#[allow(clippy::large_enum_variant)] // lives for one call
enum Outcome {
    /// As they stand in the attributes.
    Kept,
    /// Other ones.
    Unit(Unit),
    /// They cannot be told.
    Lost,
}

/// `a op b` with units checked as the mode says.
pub(crate) fn combined(mode: UnitMode, op: ZipOp, a: &Variable, b: &Variable) -> Result<Variable> {
    if mode == UnitMode::Off || a.dtype().is_temporal() || b.dtype().is_temporal() {
        return a.zipped(op, b);
    }
    let (ua, ub) = (read(mode, a)?, read(mode, b)?);
    let mut note = None;
    let mut b = b.clone();
    let outcome = match op {
        ZipOp::Mul | ZipOp::Div | ZipOp::FloorDiv => match (&ua, &ub) {
            (Some(x), Some(y)) => {
                let made = if op == ZipOp::Mul { x.times(y) } else { x.per(y) };
                made.map_or(Outcome::Lost, Outcome::Unit)
            }
            _ => Outcome::Lost,
        },
        ZipOp::Pow => match &ua {
            Some(x) if x.is_number() => Outcome::Unit(Unit::one()),
            None => Outcome::Lost,
            Some(x) if mode >= UnitMode::Convert => {
                return Err(Error::mismatch(format!(
                    "powers that vary from element to element have no units (the base is in \"{x}\")"
                ))
                .hint("divide by a reference value of the same units first"));
            }
            Some(_) => Outcome::Lost,
        },
        ZipOp::And | ZipOp::Or | ZipOp::Xor => Outcome::Lost,
        _ => {
            if let (Some(x), Some(y)) = (&ua, &ub)
                && !x.is_same_as(y)
            {
                let text = format!("the units \"{x}\" and \"{y}\" differ");
                match mode {
                    UnitMode::Convert => {
                        let apart = are_differences(b.attrs());
                        let conversion = between(y, x, apart)?;
                        b = b.converted(&conversion, false)?;
                        b = b.clone().with_attrs(b.attrs().clone().with("units", x.to_string()));
                    }
                    UnitMode::Strict => {
                        return Err(Error::mismatch(text)
                            .hint(format!("convert one: convert_units(\"{x}\")")));
                    }
                    _ => note = Some(text),
                }
            }
            match op {
                ZipOp::Atan2 => Outcome::Unit(super::parsed("radian")?),
                ZipOp::Eq | ZipOp::Ne | ZipOp::Lt | ZipOp::Le | ZipOp::Gt | ZipOp::Ge => {
                    Outcome::Lost
                }
                _ => Outcome::Kept,
            }
        }
    };
    let made = a.zipped(op, &b)?;
    let mut attrs = settled(made.attrs(), outcome);
    if let (Some(unit), true) = (&ua, op == ZipOp::Sub)
        && unit.has_offset()
    {
        attrs.set(METADATA, DIFFERENCE);
    }
    if let (Some(text), true) = (a.attrs().text("units"), attrs.has("units") || note.is_some())
        && matches!(
            op,
            ZipOp::Add | ZipOp::Sub | ZipOp::Rem | ZipOp::Min | ZipOp::Max | ZipOp::Hypot
        )
    {
        attrs.set("units", text);
    }
    let made = made.with_attrs(attrs);
    Ok(match note {
        Some(note) => noted(made, &note),
        None => made,
    })
}

/// The units of an operand; what cannot be read counts as none, except where modes are strict.
fn read(mode: UnitMode, var: &Variable) -> Result<Option<Unit>> {
    match (of(var), mode) {
        (Some(unit), UnitMode::Strict) => unit.map(Some),
        (None, UnitMode::Strict) => Err(Error::mismatch("one operand has no units")
            .hint("say them: with_attr(\"units\", \"...\"), \"1\" for pure numbers")),
        (unit, _) => Ok(unit.and_then(Result::ok)),
    }
}

/// The attributes of an operation with a number, where they are others than the variable's.
pub(crate) fn of_number(
    mode: UnitMode,
    op: ZipOp,
    var: &Variable,
    value: &Scalar,
    side: Side,
) -> Option<Attrs> {
    if mode == UnitMode::Off || var.dtype().is_temporal() {
        return None;
    }
    let unit = known(var)?;
    let outcome = match (op, side) {
        (ZipOp::Pow, Side::Right) => raised(&unit, value.as_f64()?),
        (ZipOp::Pow, Side::Left) => Outcome::Unit(Unit::one()),
        (ZipOp::Div | ZipOp::FloorDiv, Side::Left) => {
            unit.power(-1).map_or(Outcome::Lost, Outcome::Unit)
        }
        (ZipOp::Eq | ZipOp::Ne | ZipOp::Lt | ZipOp::Le | ZipOp::Gt | ZipOp::Ge, _) => Outcome::Lost,
        _ => return None,
    };
    Some(settled(var.attrs(), outcome))
}

/// The attributes of a function of a variable.
///
/// # Errors
/// In the modes that are strict, if the function takes pure numbers and these are none.
pub(crate) fn through(mode: UnitMode, function: MathFn, var: &Variable) -> Result<Option<Attrs>> {
    if mode == UnitMode::Off || var.dtype().is_temporal() {
        return Ok(None);
    }
    let Some(unit) = known(var) else { return Ok(None) };
    let outcome = match function {
        MathFn::Sqrt => raised(&unit, 0.5),
        MathFn::Cbrt => unit.root(3).map_or(Outcome::Lost, Outcome::Unit),
        MathFn::Square => raised(&unit, 2.0),
        MathFn::Reciprocal => raised(&unit, -1.0),
        MathFn::Floor | MathFn::Ceil | MathFn::Trunc | MathFn::Round => Outcome::Kept,
        MathFn::Degrees => Outcome::Unit(super::parsed("degree")?),
        MathFn::Radians => Outcome::Unit(super::parsed("radian")?),
        MathFn::Sign | MathFn::IsFinite | MathFn::IsInf => Outcome::Lost,
        other if !unit.is_number() && mode >= UnitMode::Convert => {
            return Err(Error::mismatch(format!(
                "{other:?} takes pure numbers, these are in \"{unit}\""
            ))
            .hint("divide by a reference value of the same units first"));
        }
        _ => Outcome::Unit(Unit::one()),
    };
    Ok(Some(settled(var.attrs(), outcome)))
}

/// Whole powers, and halves where the root is a unit.
fn raised(unit: &Unit, power: f64) -> Outcome {
    let whole = |x: f64| {
        #[allow(clippy::cast_possible_truncation)] // checked
        (x.fract() == 0.0 && x.abs() < 1000.0).then_some(x as i16)
    };
    let made = match (whole(power), whole(power * 2.0)) {
        (Some(n), _) => unit.power(n).ok(),
        (None, Some(n)) => unit.power(n).ok().and_then(|u| u.root(2)),
        _ => None,
    };
    made.map_or(Outcome::Lost, Outcome::Unit)
}

/// Attributes with what has become of the units. A quantity of other units has another name.
fn settled(attrs: &Attrs, outcome: Outcome) -> Attrs {
    let mut attrs = attrs.clone();
    let units = match outcome {
        Outcome::Kept => return attrs,
        Outcome::Unit(unit) => Some(unit.to_string()),
        Outcome::Lost => None,
    };
    for stale in ["standard_name", "long_name", METADATA] {
        attrs.remove(stale);
    }
    match units {
        Some(text) => attrs.set("units", text),
        None => {
            attrs.remove("units");
        }
    }
    attrs
}

fn noted(var: Variable, note: &str) -> Variable {
    let mut encoding = var.encoding().clone();
    encoding.extra.set(NOTES, AttrValue::from(vec![NoteKind::Units.line(note).as_str()]));
    var.with_encoding(encoding)
}
