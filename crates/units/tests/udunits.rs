//! The same texts mean the same as in UDUNITS-2 (`udunits.py` writes the table), and hostile
//! texts mean nothing.

use graticule_units::Unit;
use proptest::prelude::*;

/// Texts that are understood here and not there: what files of this field write, and powers with
/// a superscript minus.
const MORE: [&str; 3] = ["psu", "dB", "kg·m²·s⁻¹"];

/// Texts that are refused here although UDUNITS reads something out of them.
const LESS: [(&str, &str); 3] = [
    ("m1000", "no quantity has such a power"),
    ("m s)", "a parenthesis that was never opened"),
    ("kilohPa", "two prefixes"),
];

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 2e-14 * a.abs().max(b.abs())
}

#[test]
fn texts_mean_what_udunits_says() {
    let mut wrong = Vec::new();
    for line in include_str!("udunits.tsv").lines() {
        let (text, definition) = line.split_once('\t').unwrap();
        if MORE.contains(&text) || LESS.iter().any(|(t, _)| *t == text) {
            continue;
        }
        let same = match (Unit::parse(text), definition) {
            (Err(_), "ERR") => true,
            (Ok(ours), theirs) if theirs != "ERR" => {
                let theirs = Unit::parse(theirs).unwrap();
                ours.dimension() == theirs.dimension()
                    && close(ours.scale(), theirs.scale())
                    && close(ours.zero(), theirs.zero())
                    && ours.log_base() == theirs.log_base()
            }
            _ => false,
        };
        if !same {
            let ours = Unit::parse(text).map_or_else(|e| e.to_string(), |u| u.definition());
            wrong.push(format!("{text}: {ours}, in UDUNITS {definition}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn values_convert_as_they_should() {
    // From, to, value, expected: exact where the numbers are.
    let table = [
        ("degC", "K", 20.0, 293.15),
        ("K", "degC", 293.15, 293.15 - 273.15),
        ("degF", "degC", 212.0, 100.0),
        ("degC", "degF", 100.0, 212.0),
        ("degF", "K", 32.0, 273.15),
        ("hPa", "Pa", 1013.25, 101_325.0),
        ("Pa", "hPa", 101_325.0, 1013.25),
        ("mm", "m", 3.0, 3.0 / 1000.0),
        ("km/h", "m s-1", 36.0, 10.0),
        ("knots", "m/s", 1.0, 1852.0 / 3600.0),
        ("mm day-1", "m s-1", 86_400_000.0, 1.0),
        ("inch", "mm", 1.0, 25.4),
        ("%", "1", 50.0, 0.5),
        ("degrees", "arcmin", 1.0, 60.0),
        ("turn", "degree", 1.0, 360.0),
        ("degrees_east", "degrees_west", 10.0, -10.0),
        ("kg kg-1", "g kg-1", 0.5, 500.0),
        ("dBZ", "mm6 m-3", 30.0, 1000.0),
        ("mm^6 m^-3", "dBZ", 1000.0, 30.0),
        ("dBm", "W", 30.0, 1.0),
        ("dBm", "dBW", 30.0, 0.0),
        ("lb(re 1 m)", "m", 3.0, 8.0),
        ("days", "s", 2.0, 172_800.0),
        ("kW h", "MJ", 1.0, 3.6),
        ("K @ 273.15", "degC", 5.0, 5.0),
    ];
    for (from, to, value, expected) in table {
        let unit = |t: &str| Unit::parse(&t.replace("mm6", "mm^6")).unwrap();
        let conversion = unit(from).conversion_to(&unit(to)).unwrap();
        let got = conversion.apply(value);
        let tolerance = if conversion.as_affine().is_some() { 1e-15 } else { 1e-12 };
        assert!(
            (got - expected).abs() <= tolerance * expected.abs().max(1.0),
            "{value} {from} = {got} {to}, expected {expected} ({conversion:?})"
        );
        let back = unit(to).conversion_to(&unit(from)).unwrap().apply(got);
        assert!((back - value).abs() <= 1e-12 * value.abs().max(1.0), "{to} to {from}: {back}");
    }
}

#[test]
fn the_algebra_of_units() {
    let unit = |t: &str| Unit::parse(t).unwrap();
    assert_eq!(unit("kg m-2 s-1").times(&unit("s")).unwrap().to_string(), "kg m-2");
    assert_eq!(unit("m s-1").power(2).unwrap().to_string(), "m2 s-2");
    assert_eq!(unit("m2 s-2").root(2).unwrap().to_string(), "m s-1");
    assert_eq!(unit("J kg-1").root(2).unwrap().to_string(), "m s-1");
    assert!(unit("m").root(2).is_none());
    assert_eq!(unit("K").per(&unit("day")).unwrap().to_string(), "K day-1");
    assert_eq!(unit("degC").power(2).unwrap().definition(), "K2");
    assert_eq!(unit("m").per(&unit("m")).unwrap().to_string(), "1");
    assert!(unit("dBZ").times(&unit("m")).is_err());
    assert!(unit("s since 2000-01-01").conversion_to(&unit("s since 2001-01-01")).is_err());
    assert!(unit("m").conversion_to(&unit("s")).unwrap_err().to_string().contains("(m)"));
}

#[test]
fn hostile_texts_end_at_once() {
    let deep = "(".repeat(10_000);
    let long = "m ".repeat(100_000);
    let logs = "lg(re ".repeat(80);
    let powers = format!("km{}", "99".repeat(100));
    let many: String = (0..30).map(|_| "Ym99 ").collect();
    for text in
        [&*deep, &long, &logs, &powers, &many, "m^-99999", "1e99999", "Ym999", "\0", "m\u{301}"]
    {
        let _ = Unit::parse(text);
    }
    assert!(Unit::parse(&deep).is_err() && Unit::parse(&powers).is_err());
    assert!(Unit::parse("Ym99").is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = Unit::parse(&text);
    }

    #[test]
    fn no_text_made_of_pieces_panics(
        pieces in proptest::collection::vec(
            prop::sample::select(vec![
                "m", "kg", "s-1", "(", ")", "^", "**", "-", "+", "/", ".", "@", " ", "since", "1", "1e9",
                "lg(re", "re", "°", "²", "⁻", "99", "per", "degC", "e", "%",
            ]),
            0..12,
        ),
    ) {
        let text = pieces.concat();
        if let Ok(unit) = Unit::parse(&text) {
            // What prints reads back as the same unit.
            let again = Unit::parse(&unit.to_string());
            prop_assert!(again.as_ref().is_ok_and(|u| u.is_same_as(&unit)), "{} -> {} -> {:?}", text, unit, again);
            let again = Unit::parse(&unit.definition());
            prop_assert!(again.as_ref().is_ok_and(|u| u.is_same_as(&unit)), "{} -> {}", text, unit.definition());
        }
    }

    #[test]
    fn conversions_compose(value in -1e6f64..1e6, at in 0usize..5, to in 0usize..5) {
        let units = ["K", "degC", "degF", "0.1 degC", "degR"].map(|t| Unit::parse(t).unwrap());
        let (a, b) = (&units[at], &units[to]);
        let there = a.conversion_to(b).unwrap().apply(value);
        let back = b.conversion_to(a).unwrap().apply(there);
        prop_assert!((back - value).abs() <= 1e-9 * value.abs().max(1e3));
    }
}
