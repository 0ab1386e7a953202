//! From names to units.

use crate::factor::Factor;
use crate::table::{PREFIXES, UNITS};
use crate::unit::Unit;
use crate::{Base, parse};

/// The unit of a name or symbol, with at most one prefix. Symbols are case-sensitive; names are
/// not, and may be plurals.
pub(crate) fn find(name: &str) -> Option<Unit> {
    if let Some(unit) = direct(name) {
        return Some(unit);
    }
    let mut fitting: Vec<(&str, &str)> = Vec::new();
    for (number, long, symbols) in PREFIXES {
        let head = name.get(..long.len());
        if let (Some(head), Some(rest)) = (head, name.get(long.len()..))
            && head.eq_ignore_ascii_case(long)
        {
            fitting.push((number, rest));
        }
        for symbol in symbols.split(' ') {
            fitting.extend(name.strip_prefix(symbol).map(|rest| (*number, rest)));
        }
    }
    // The longest prefix first: the shortest rest.
    fitting.sort_by_key(|(_, rest)| rest.len());
    fitting.into_iter().find_map(|(number, rest)| {
        let unit = direct(rest)?;
        unit.prefixed(Factor::decimal(number)?, name).ok()
    })
}

/// The unit of a name or symbol without a prefix.
fn direct(name: &str) -> Option<Unit> {
    if name.is_empty() {
        return None;
    }
    if let Some(unit) = base_unit(name) {
        return Some(unit.called(name));
    }
    let entry = UNITS
        .iter()
        .find(|(_, _, symbols)| symbols.split(' ').any(|s| s == name))
        .or_else(|| by_name(name));
    let (definition, _, _) = entry?;
    Some(match *definition {
        "pi" => Unit::number(Factor::PI).called(name),
        text => parse::unit(text).ok()?.called(name),
    })
}

fn base_unit(name: &str) -> Option<Unit> {
    if let Some(base) = Base::ALL.iter().find(|b| b.symbol() == name) {
        return Some(Unit::base(*base));
    }
    let names: [(&str, Base); 9] = [
        ("meter", Base::Metre),
        ("metre", Base::Metre),
        ("kilogram", Base::Kilogram),
        ("second", Base::Second),
        ("ampere", Base::Ampere),
        ("kelvin", Base::Kelvin),
        ("mole", Base::Mole),
        ("candela", Base::Candela),
        ("radian", Base::Radian),
    ];
    let spellings = singulars(name);
    let (_, base) = names.iter().find(|(n, _)| spellings.iter().any(|s| s == n))?;
    Some(Unit::base(*base))
}

fn by_name(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    let spellings = singulars(name);
    spellings.iter().find_map(|spelling| {
        UNITS
            .iter()
            .find(|(_, names, _)| names.split(' ').any(|n| n.eq_ignore_ascii_case(spelling)))
    })
}

/// What a name may be the plural of, itself first, in lower case.
fn singulars(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let mut all = vec![name.clone()];
    for (plural, one) in [("degrees", "degree"), ("degs", "deg")] {
        all.extend(name.strip_prefix(plural).map(|rest| format!("{one}{rest}")));
    }
    for (plural, one) in [("feet", "foot"), ("ies", "y"), ("s", ""), ("es", "")] {
        all.extend(name.strip_suffix(plural).map(|rest| format!("{rest}{one}")));
    }
    all
}

/// The name that was probably meant.
pub(crate) fn nearest(name: &str) -> Option<String> {
    const WORDS: &str = "meter kilogram second ampere kelvin mole candela radian";
    // Only words: single letters are near to everything.
    let known = UNITS.iter().flat_map(|(_, names, _)| names.split(' ')).chain(WORDS.split(' '));
    let wanted: Vec<char> = name.to_lowercase().chars().take(64).collect();
    let limit = (wanted.len() / 3).clamp(1, 2);
    known
        .filter(|n| n.len() > 2)
        .map(|n| (distance(&wanted, n), n))
        .filter(|(d, _)| *d <= limit)
        .min_by_key(|(d, n)| (*d, n.len().abs_diff(wanted.len())))
        .map(|(_, n)| n.to_owned())
}

/// The number of letters to change, add, drop or swap.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let at = |r: &[usize], k: usize| r.get(k).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&above, j) + usize::from(ca != cb);
            let mut best = changed.min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(cb) && b.get(j - 1) == Some(ca) {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::UNITS;

    #[test]
    fn every_entry_of_the_table_means_something() {
        for (definition, names, symbols) in UNITS {
            for name in names.split(' ').chain(symbols.split(' ')).filter(|n| !n.is_empty()) {
                let unit = find(name).unwrap_or_else(|| panic!("{name} = {definition}"));
                assert!(unit.scale() != 0.0, "{name}");
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let mut seen = std::collections::HashSet::new();
        for (_, names, symbols) in UNITS {
            for name in names.split(' ').chain(symbols.split(' ')).filter(|n| !n.is_empty()) {
                assert!(seen.insert(name), "{name} is there twice");
            }
        }
    }

    #[test]
    fn slips_are_recognised() {
        assert_eq!(nearest("kelvn").as_deref(), Some("kelvin"));
        assert_eq!(nearest("degree_nroth").as_deref(), Some("degree_north"));
        assert_eq!(nearest("xyzzy"), None);
    }
}
