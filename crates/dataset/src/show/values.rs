//! Single values as text.

use graticule_array::{Array, MISSING_TICK, Scalar, TimeType};
use graticule_cftime::{DateTime, TimeUnit};

/// A value as it prints: numbers plain, text without quotes, times in ISO form.
pub(crate) fn scalar_text(value: &Scalar) -> String {
    match value {
        Scalar::Bool(v) => (if *v { "True" } else { "False" }).to_owned(),
        Scalar::I8(v) => v.to_string(),
        Scalar::I16(v) => v.to_string(),
        Scalar::I32(v) => v.to_string(),
        Scalar::I64(v) => v.to_string(),
        Scalar::U8(v) => v.to_string(),
        Scalar::U16(v) => v.to_string(),
        Scalar::U32(v) => v.to_string(),
        Scalar::U64(v) => v.to_string(),
        Scalar::F16(v) => float(v.to_f64(), &v.to_string()),
        Scalar::F32(v) => float(f64::from(*v), &v.to_string()),
        Scalar::F64(v) => float(*v, &v.to_string()),
        Scalar::C64(v) => format!("({}{:+}j)", v.re, v.im),
        Scalar::C128(v) => format!("({}{:+}j)", v.re, v.im),
        Scalar::Time(tick, of) => time_text(*tick, *of),
        Scalar::Duration(tick, unit) => duration_text(*tick, *unit),
        Scalar::Str(text) => text.to_string(),
        Scalar::Char(c) => char::from(*c).to_string(),
        Scalar::Bytes(bytes, _) => {
            let end = bytes.iter().rposition(|b| *b != 0).map_or(0, |i| i + 1);
            let shown: String = bytes
                .iter()
                .take(end.min(24))
                .flat_map(|b| b.escape_ascii())
                .map(char::from)
                .collect();
            format!("b'{shown}{}'", if end > 24 { "..." } else { "" })
        }
        Scalar::List(of) => format!("[{} values]", of.len()),
        _ => "?".to_owned(),
    }
}

/// The shortest text that reads back as the same number, without a long row of zeros.
fn float(v: f64, shortest: &str) -> String {
    let size = v.abs();
    if v.is_nan() {
        return "nan".to_owned();
    }
    if v.is_infinite() {
        return (if v > 0.0 { "inf" } else { "-inf" }).to_owned();
    }
    if v != 0.0 && !(1e-4..1e16).contains(&size) {
        return exponent(shortest, v);
    }
    if shortest.contains('.') { shortest.to_owned() } else { format!("{shortest}.0") }
}

/// `1e-07`, from the digits of the shortest text.
fn exponent(shortest: &str, v: f64) -> String {
    // The digits of the narrower type, not those that widening to f64 adds.
    let narrow = shortest.parse::<f64>().unwrap_or(v);
    let text = format!("{narrow:e}");
    match text.split_once('e') {
        Some((digits, power)) => {
            let (sign, power) = match power.strip_prefix('-') {
                Some(rest) => ('-', rest),
                None => ('+', power),
            };
            format!("{digits}e{sign}{power:0>2}")
        }
        None => text,
    }
}

/// A time of day is left out where it is midnight.
pub(crate) fn time_text(tick: i64, of: TimeType) -> String {
    match DateTime::from_ticks(tick, of.unit, of.calendar) {
        Some(date) if date.is_midnight() => {
            format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
        }
        Some(date) => {
            let iso = date.iso();
            iso.strip_suffix(".000000").unwrap_or(&iso).to_owned()
        }
        None => "NaT".to_owned(),
    }
}

fn duration_text(tick: i64, unit: TimeUnit) -> String {
    if tick == MISSING_TICK {
        return "NaT".to_owned();
    }
    let (per_day, per_second) = (unit.per_day(), unit.per_second());
    let (days, rest) = (tick.div_euclid(per_day), tick.rem_euclid(per_day));
    let (seconds, part) = (rest / per_second, rest % per_second);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (rest, part) {
        (0, _) => format!("{days} days"),
        (_, 0) => format!("{days} days {clock}"),
        _ => {
            let width = per_second.ilog10() as usize;
            format!("{days} days {clock}.{part:0width$}")
        }
    }
}

/// An element as it prints.
pub(crate) fn element_text(array: &Array, index: &[usize]) -> String {
    array.get(index).map_or_else(|_| "?".to_owned(), |value| scalar_text(&value))
}

/// An element of a row as the listing of variables shows it: floats with four digits, text in
/// quotes, times of a row of midnights as dates.
pub(crate) fn short_text(row: &Array, position: usize) -> String {
    match row.get(&[position]) {
        Ok(Scalar::F32(v)) => four_digits(f64::from(v)),
        Ok(Scalar::F64(v)) => four_digits(v),
        Ok(Scalar::F16(v)) => four_digits(v.to_f64()),
        Ok(Scalar::Str(text)) => {
            text.as_str().map_or_else(|| "nan".to_owned(), |t| format!("'{}'", t.escape_debug()))
        }
        Ok(other) => scalar_text(&other),
        Err(_) => "?".to_owned(),
    }
}

/// Like Python's `format(v, ".4")`.
fn four_digits(v: f64) -> String {
    if !v.is_finite() {
        return float(v, "");
    }
    let scientific = format!("{v:.3e}");
    let (digits, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    if (-4..3).contains(&power) || v == 0.0 {
        let decimals = usize::try_from(3 - power).unwrap_or(0);
        let fixed = format!("{v:.decimals$}");
        let cut = fixed.trim_end_matches('0');
        return if cut.ends_with('.') { format!("{cut}0") } else { cut.to_owned() };
    }
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", power.abs())
}
