//! That coders are inverse to each other, over random values, types and attributes.

use graticule_array::{
    Array, Complex32, Complex64, DType, Field, RecordType, Scalar, Text, TimeType,
};
use graticule_cftime::{Calendar, TimeUnit};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::attrs::{AttrValue, Attrs};
use crate::combine::same_values;

fn list<T: graticule_array::Element>(values: Vec<T>) -> Array {
    Array::from_vec([values.len()], values).unwrap()
}

fn attr(value: &Scalar) -> AttrValue {
    AttrValue::new(value.fill(&[1]).unwrap())
}

/// Values and attributes as a file has them.
type Stored = (Array, Attrs);

/// `encode(decode(stored))` is `stored`: the same bits, the same type, the same attributes.
fn comes_back(stored: Stored) {
    comes_back_as(stored, &[]);
}

/// The same of integers whose values have names, which the encoding keeps.
fn comes_back_as((stored, attrs): Stored, names: &[(String, i64)]) {
    let dims: Vec<Name> = ["x", "width"].into_iter().take(stored.ndim()).map(Name::from).collect();
    let last = stored.shape().last().copied().unwrap_or(0);
    let mut draft =
        Draft::new("v".into(), dims.clone(), stored.dtype().clone(), last, attrs.clone());
    draft.values = Some(stored.clone());
    draft.encoding.enumeration = names.to_vec();
    let cx = Context { char_dims: vec!["width".into()], ..Context::default() };
    decode_variable(&mut draft, &cx).unwrap();
    encode_variable(&mut draft, &Target::default()).unwrap();
    let got = draft.values.as_ref().unwrap();
    assert_eq!((got.dtype(), got.shape()), (stored.dtype(), stored.shape()), "{attrs:?}");
    assert!(same_values(got, &stored), "{attrs:?}\n{stored:?}\n{got:?}");
    assert_eq!(draft.dims, dims);
    assert_eq!(draft.encoding.enumeration, names);
    for (name, value) in attrs.iter() {
        let held = match name.as_str() {
            "_FillValue" => draft.encoding.fill.as_ref().map(attr),
            _ => draft.attrs.get(name).cloned(),
        };
        let as_array = |v: &AttrValue| format!("{:?}", v.array().item().ok());
        match value.array().len() {
            1 => assert_eq!(held.as_ref().map(as_array), Some(as_array(value)), "{name}"),
            _ => assert_eq!(held.as_ref(), Some(value), "{name}"),
        }
    }
}

/// `decode(encode(values))` is `values`, missing ones included.
fn survives(values: &Array, target: &Target) {
    let dims = vec![Name::from("x")];
    let mut draft =
        Draft::new("v".into(), dims, values.dtype().clone(), values.len(), Attrs::new());
    draft.values = Some(values.clone());
    encode_variable(&mut draft, target).unwrap();
    let stored = draft.values.clone().unwrap();
    let mut attrs = draft.attrs.clone();
    if let Some(fill) = &draft.encoding.fill {
        attrs.set("_FillValue", attr(fill));
    }
    let last = stored.shape().last().copied().unwrap_or(0);
    let chars = draft.dims.iter().skip(1).cloned().collect();
    let mut back = Draft::new("v".into(), draft.dims, stored.dtype().clone(), last, attrs);
    back.values = Some(stored);
    decode_variable(&mut back, &Context { char_dims: chars, ..Context::default() }).unwrap();
    let got = back.values.unwrap();
    // Units may be coarser where that loses nothing, and text of one length is that of another.
    let got = got.cast(values.dtype()).unwrap();
    assert!(same_values(&got, values), "{values:?}\n{got:?}\n{:?}", back.attrs);
}

fn of_type(dtype: &DType, values: &[i64]) -> Array {
    list(values.to_vec()).cast(dtype).unwrap()
}

/// Packed integers of every width, with and without scale, offset and fill value.
fn packed() -> impl Strategy<Value = Stored> {
    let dtype = select(vec![DType::I8, DType::U8, DType::I16, DType::U16, DType::I32]);
    let scale = select(vec![None, Some(0.01), Some(0.5), Some(-0.25), Some(2.0), Some(1e-3)]);
    let offset = select(vec![None, Some(0.0), Some(10.0), Some(-273.15), Some(1000.0)]);
    let values = prop::collection::vec(0i64..128, 0..12);
    (dtype, scale, offset, values, any::<(bool, bool, bool)>(), 1i64..4).prop_map(
        |(dtype, scale, offset, values, (single, fill, missing), stretch)| {
            // Wider types have further values, as far as single precision tells them apart.
            let stretch = if dtype == DType::I8 || dtype == DType::U8 { 1 } else { stretch * 61 };
            let values: Vec<i64> = values.iter().map(|v| v * stretch).collect();
            let mut attrs = Attrs::new();
            let filler = of_type(&dtype, &[values.first().copied().unwrap_or(7)]);
            let filler = filler.get(&[0]).unwrap();
            if fill {
                attrs.set("_FillValue", attr(&filler));
            }
            if missing && fill {
                attrs.set("missing_value", attr(&filler));
            }
            let number = |v: f64| if single { Scalar::F32(v as f32) } else { Scalar::F64(v) };
            for (name, value) in [("scale_factor", scale), ("add_offset", offset)] {
                if let Some(value) = value {
                    attrs.set(name, attr(&number(value)));
                }
            }
            (of_type(&dtype, &values), attrs)
        },
    )
}

fn unsigned() -> impl Strategy<Value = Stored> {
    let values = prop::collection::vec(any::<i8>(), 0..12);
    (values, any::<bool>(), any::<bool>()).prop_map(|(values, wide, fill)| {
        let mut attrs = Attrs::new().with("_Unsigned", "true");
        if wide {
            let wide: Vec<i16> = values.iter().map(|v| i16::from(*v) * 200).collect();
            if fill {
                attrs.set("_FillValue", -200i16);
            }
            return (list(wide), attrs);
        }
        if fill {
            attrs.set("_FillValue", -1i8);
        }
        (list(values), attrs)
    })
}

const CALENDARS: [&str; 7] =
    ["standard", "proleptic_gregorian", "noleap", "365_day", "all_leap", "360_day", "julian"];
const UNITS: [&str; 7] = [
    "days since 2000-01-01",
    "hours since 1850-01-01 00:00:00",
    "seconds since 1970-01-01T00:00:00Z",
    "minutes since 1900-1-1",
    "milliseconds since 1999-12-31 12:30:15",
    "microseconds since 2000-01-01 06:00",
    "days since 1600-02-28 03:00:00",
];

fn times() -> impl Strategy<Value = Stored> {
    let values = prop::collection::vec(-40_000i32..40_000, 0..12);
    (values, select(CALENDARS.to_vec()), select(UNITS.to_vec()), 0..4, any::<bool>()).prop_map(
        |(values, calendar, units, kind, fill)| {
            let mut attrs = Attrs::new().with("units", units).with("calendar", calendar);
            let stored = match kind {
                0 => list(values),
                1 => list(values.into_iter().map(i64::from).collect()),
                2 => {
                    if fill {
                        attrs.set("_FillValue", -1i16);
                    }
                    list(values.into_iter().map(|v| (v / 2) as i16).collect())
                }
                // Times of the other calendars are rounded to microseconds, as cftime does.
                _ if units.starts_with("micro") => {
                    list(values.into_iter().map(f64::from).collect())
                }
                // Parts of a day or of an hour that binary fractions hold.
                _ => list(values.into_iter().map(|v| f64::from(v) / 8.0).collect()),
            };
            (stored, attrs)
        },
    )
}

fn declared() -> impl Strategy<Value = Stored> {
    let values = prop::collection::vec(0i64..1000, 0..12);
    (values, select(vec!["days", "hours", "minutes", "seconds", "milliseconds"]), any::<bool>())
        .prop_map(|(values, units, truth)| {
            if truth {
                let bytes = values.iter().map(|v| (v % 2) as i8).collect();
                return (list(bytes), Attrs::new().with("dtype", "bool"));
            }
            (list(values), Attrs::new().with("dtype", "timedelta64[ms]").with("units", units))
        })
}

fn characters() -> impl Strategy<Value = Stored> {
    let row = prop::collection::vec(select(b"ab Z09\0".to_vec()), 4);
    (prop::collection::vec(row, 1..6), any::<bool>()).prop_map(|(mut rows, utf8)| {
        // Decoded text is as wide as its longest; one fills the width. What stands behind a NUL is
        // padding, and padding is NULs.
        rows.insert(0, b"full".to_vec());
        for row in &mut rows {
            let end = row.iter().position(|c| *c == 0).unwrap_or(row.len());
            row.iter_mut().skip(end).for_each(|c| *c = 0);
        }
        let stored = Array::from_vec([rows.len(), 4], rows.concat()).unwrap();
        let attrs = if utf8 { Attrs::new().with("_Encoding", "utf-8") } else { Attrs::new() };
        (stored.with_dtype(DType::Char).unwrap(), attrs)
    })
}

/// Compound items of two floats of any bits, NaNs with payloads and signed zeros among them.
fn complex() -> impl Strategy<Value = Stored> {
    let names = select(vec![("r", "i"), ("real", "imag"), ("re", "im")]);
    let odd = [0x8000_0000_0000_0000u64, 0x7ff0_0000_0000_0001, 0xfff8_0000_dead_beef, 1];
    let bits = prop_oneof![3 => any::<u64>(), 1 => select(odd.to_vec())];
    (names, any::<bool>(), 1usize..4, prop::collection::vec(bits, 0..12)).prop_map(
        |((re, im), wide, columns, bits)| {
            let part = if wide { DType::F64 } else { DType::F32 };
            let size = part.size().unwrap();
            let field = |name: &str, offset| Field {
                name: name.to_owned(),
                offset,
                dtype: part.clone(),
                shape: Vec::new(),
            };
            let fields = vec![field(re, 0), field(im, size)];
            let item = 2 * size;
            let bytes: Vec<u8> = bits.iter().flat_map(|b| b.to_le_bytes()).collect();
            let rows = bytes.len() / (item * columns);
            let bytes = bytes[..rows * columns * item].to_vec();
            let stored = Array::from_vec([rows, columns, item], bytes).unwrap();
            let dtype = DType::Record(RecordType { fields, size: item }.into());
            (stored.with_dtype(dtype).unwrap(), Attrs::new().with("units", "V m-1"))
        },
    )
}

/// Integers of every type, some of them with names, some missing.
fn named() -> impl Strategy<Value = (Stored, Vec<(String, i64)>)> {
    let types = [
        DType::I8,
        DType::I16,
        DType::I32,
        DType::I64,
        DType::U8,
        DType::U16,
        DType::U32,
        DType::U64,
    ];
    let values = prop::collection::vec(any::<i64>(), 0..12);
    (select(types.to_vec()), values, any::<bool>(), 1usize..4).prop_map(
        |(dtype, mut values, fill, columns)| {
            // Missing values make floats of integers: these hold no more than 53 bits.
            if fill {
                values.iter_mut().for_each(|v| *v >>= 11);
            }
            if fill && dtype == DType::U64 {
                values.iter_mut().for_each(|v| *v = v.abs());
            }
            let rows = values.len() / columns;
            values.truncate(rows * columns);
            let flat = of_type(&dtype, &values);
            let held = flat.cast(&DType::I64).unwrap().to_flat::<i64>().unwrap();
            let names = held.iter().step_by(2).enumerate().map(|(i, v)| (format!("n{i}"), *v));
            let mut attrs = Attrs::new();
            if fill && !flat.is_empty() {
                attrs.set("_FillValue", attr(&flat.get(&[0]).unwrap()));
            }
            ((flat.reshape(&[rows, columns]).unwrap(), attrs), names.collect())
        },
    )
}

fn instants() -> impl Strategy<Value = Array> {
    let ticks = prop_oneof![9 => -4_000_000_000_000i64..4_000_000_000_000, 1 => Just(i64::MIN)];
    let ticks = prop::collection::vec(ticks, 1..12);
    (ticks, select(TimeUnit::ALL.to_vec()), select(Calendar::ALL.to_vec()), 0usize..4).prop_map(
        |(ticks, unit, calendar, coarse)| {
            // Whole days, hours and seconds take shorter units.
            let step = [1i64, 1000, 3_600_000, 86_400_000][coarse];
            let near = |t: i64| if t == i64::MIN { t } else { t / step * step / 1000 };
            let ticks: Vec<i64> = ticks.into_iter().map(near).collect();
            list(ticks).with_dtype(DType::Time(TimeType { unit, calendar })).unwrap()
        },
    )
}

/// Attributes of a group, its variables, and how the values of these are stored.
type Group = (Attrs, Vec<Draft>);

/// Times with cells, and data that names its coordinates and what else describes it.
fn groups() -> impl Strategy<Value = Group> {
    let cells = select(vec![None, Some("bounds"), Some("climatology")]);
    let numbers = prop::collection::vec(-40_000i32..40_000, 4);
    let units = (select(CALENDARS.to_vec()), select(UNITS.to_vec()));
    (cells, numbers, units, any::<(bool, bool, bool, bool)>()).prop_map(
        |(cells, numbers, (calendar, units), (own, mapped, measured, global))| {
            let var = |name: &str, dims: &[&str], values: Array, attrs: Attrs| {
                let dims: Vec<Name> = dims.iter().map(|d| Name::from(*d)).collect();
                let last = values.shape().last().copied().unwrap_or(0);
                let mut draft = Draft::new(name.into(), dims, values.dtype().clone(), last, attrs);
                draft.values = Some(values);
                draft
            };
            let mut time = Attrs::new().with("units", units).with("calendar", calendar);
            if let Some(cells) = cells {
                time.set(cells, "time_bnds");
            }
            let mut data = Attrs::new();
            if own {
                data.set("coordinates", "lat2d height");
            }
            if mapped {
                data.set("grid_mapping", "crs: lat2d");
            }
            if measured {
                data.set("cell_measures", "area: area");
            }
            let mut file = Attrs::new().with("title", "a group");
            if global {
                file.set("coordinates", "height");
            }
            let edges = Array::from_vec([2, 2], numbers.clone()).unwrap();
            let middle = list(numbers[..2].to_vec());
            // What nothing names is data, which gets all coordinates that fit.
            let named = |v: &Draft| match v.name.as_str() {
                "time_bnds" => cells.is_some(),
                "area" => measured,
                "crs" => mapped,
                _ => true,
            };
            let mut vars = vec![
                var("time", &["time"], middle, time),
                var("time_bnds", &["time", "nv"], edges, Attrs::new()),
                var("t", &["time", "y"], Array::from_vec([2, 1], vec![1.5f32, 2.5]).unwrap(), data),
                var("lat2d", &["y"], list(vec![5.0f32]), Attrs::new()),
                var("area", &["y"], list(vec![7.0f64]), Attrs::new()),
                var("height", &[], Array::scalar(2i32), Attrs::new()),
                var("crs", &[], Array::scalar(0i32), Attrs::new().with("earth_radius", 6.4e6)),
            ];
            vars.retain(named);
            (file, vars)
        },
    )
}

fn group_comes_back((attrs, vars): &Group, coords: CoordNames) {
    let mut set = SetDraft { attrs: attrs.clone(), vars: vars.clone(), ..SetDraft::default() };
    decode_set(&mut set, &SetContext { coords, ..SetContext::default() }).unwrap();
    let file = set.stored_coordinates.clone();
    name_coordinates(&mut set, file.as_deref());
    inherit_units(&mut set.vars);
    for var in &mut set.vars {
        let is_coord = var.dims.contains(&var.name);
        encode_variable(var, &Target { is_coord, ..Target::default() }).unwrap();
    }
    shed_units(&mut set.vars);
    let sorted = |a: &Attrs| {
        let mut all: Vec<String> = a.iter().map(|(n, v)| format!("{n} = {v}")).collect();
        all.sort();
        all
    };
    assert_eq!(sorted(&set.attrs), sorted(attrs), "{coords:?}");
    for (found, stored) in set.vars.iter().zip(vars) {
        assert_eq!(sorted(&found.attrs), sorted(&stored.attrs), "{} {coords:?}", stored.name);
        let (a, b) = (found.values.as_ref().unwrap(), stored.values.as_ref().unwrap());
        assert!(a.dtype() == b.dtype() && same_values(a, b), "{}: {a:?} {b:?}", stored.name);
    }
}

/// One who adds a coder adds its law.
#[test]
fn every_coder_is_under_a_law() {
    let laws = [
        ("enumeration", "integers_with_names_come_back"),
        ("complex", "complex, numbers_survive"),
        ("chars", "characters, text_and_truth_survive"),
        ("strings", "text_and_truth_survive"),
        ("unsigned", "unsigned"),
        ("mask", "packed, times, integers_with_names_come_back"),
        // Nothing comes back of what is cut off or masked on request; by default nothing is.
        ("trim", "-"),
        ("valid_range", "-"),
        ("scale", "packed"),
        ("valid_range", "-"),
        ("duration", "declared, durations_survive"),
        ("time", "times, instants_survive"),
        ("boolean", "declared, text_and_truth_survive"),
        ("classic", "text_and_truth_survive"),
    ];
    assert!(CODERS.iter().map(|c| c.name()).eq(laws.iter().map(|(name, _)| *name)));
    let groups = ["bounds", "coordinates"];
    assert!(SET_CODERS.iter().map(|c| c.name()).eq(groups), "both by groups_come_back");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn stored_values_come_back(
        stored in prop_oneof![
            3 => packed().boxed(),
            1 => unsigned().boxed(),
            3 => times().boxed(),
            1 => declared().boxed(),
            1 => characters().boxed(),
            1 => complex().boxed(),
        ]
    ) {
        comes_back(stored);
    }

    #[test]
    fn integers_with_names_come_back((stored, names) in named()) {
        comes_back_as(stored, &names);
    }

    #[test]
    fn groups_come_back(group in groups(), coords in 0..3) {
        let coords = [CoordNames::Dimensions, CoordNames::Attribute, CoordNames::All][coords as usize];
        group_comes_back(&group, coords);
    }

    #[test]
    fn instants_survive(values in instants()) {
        survives(&values, &Target::default());
    }

    #[test]
    fn durations_survive(
        ticks in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 1..9),
        unit in select(TimeUnit::ALL.to_vec()),
    ) {
        survives(&list(ticks).with_dtype(DType::Duration(unit)).unwrap(), &Target::default());
    }

    #[test]
    fn text_and_truth_survive(
        texts in prop::collection::vec("[a-zäß€ ]{0,6}", 1..7),
        truth in prop::collection::vec(any::<bool>(), 1..7),
        classic in any::<bool>(),
    ) {
        let types = match classic {
            true => graticule_storage::StoredTypes::Classic,
            false => Target::default().types,
        };
        let target = Target { types, ..Target::default() };
        survives(&list(texts.iter().map(|t| Text::from(t.as_str())).collect()), &target);
        survives(&list(truth), &target);
    }

    #[test]
    fn numbers_survive(
        wide in prop::collection::vec(any::<f64>(), 1..9),
        whole in prop::collection::vec(any::<i32>(), 1..9),
    ) {
        survives(&list(wide.iter().map(|v| *v as f32).collect()), &Target::default());
        survives(&list(wide.iter().map(|v| Complex32::new(*v as f32, -0.0)).collect()), &Target::default());
        survives(&list(wide.iter().rev().map(|v| Complex64::new(-0.0, *v)).collect()), &Target::default());
        survives(&list(wide), &Target::default());
        let small = StoredTypes::Classic;
        let classic = Target { types: small, ..Target::default() };
        survives(&list(whole.iter().copied().map(i64::from).collect()), &classic);
        survives(&list(whole.iter().map(|v| *v as u16).collect()), &classic);
        survives(&list(whole), &Target::default());
    }
}
