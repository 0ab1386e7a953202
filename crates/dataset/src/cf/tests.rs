use super::*;
use crate::attrs::AttrValue;
use graticule_array::{Array, Element, Scalar, Text, TimeType};
use graticule_cftime::{Calendar, TimeUnit, format_short};

fn list<T: Element>(values: &[T]) -> Array {
    Array::from_vec([values.len()], values.to_vec()).unwrap()
}

/// Stored values and attributes through the coders.
fn decoded(values: Array, attrs: Attrs) -> Draft {
    decoded_with(values, attrs, &Context::default())
}

fn decoded_with(values: Array, attrs: Attrs, cx: &Context) -> Draft {
    let dims: Vec<Name> = ["x", "y", "z"].into_iter().take(values.ndim()).map(Name::from).collect();
    let last = values.shape().last().copied().unwrap_or(0);
    let mut draft = Draft::new("v".into(), dims, values.dtype().clone(), last, attrs);
    draft.values = Some(values.clone());
    decode_variable(&mut draft, cx).unwrap();
    // The recorded steps say the same as what was done to the values.
    let again = draft.apply_now(values).unwrap();
    let now = draft.values.as_ref().unwrap();
    assert!(crate::combine::same_values(&again, now), "{again:?} {now:?}");
    assert_eq!(now.dtype(), &draft.dtype);
    draft
}

fn values<T: Element>(draft: &Draft) -> Vec<T> {
    draft.values.as_ref().unwrap().to_flat::<T>().unwrap()
}

fn shown(draft: &Draft) -> Vec<String> {
    let DType::Time(TimeType { unit, calendar }) = draft.dtype else {
        panic!("{} {:?}", draft.dtype, draft.notes)
    };
    values::<i64>(draft).into_iter().map(|t| format_short(t, unit, calendar)).collect()
}

#[test]
fn fill_values_mask_as_in_xarray() {
    let gaps = |d: &Draft| -> Vec<bool> {
        let missing = d.values.as_ref().unwrap().is_missing().unwrap();
        missing.to_flat::<bool>().unwrap()
    };
    let shorts = || list(&[1i16, -9, -999]);
    let floats = || list(&[1.0f32, 1e20, f32::NAN]);
    let fill = |v: AttrValue| Attrs::new().with("_FillValue", v);
    let miss = |v: AttrValue| Attrs::new().with("missing_value", v);
    let both = fill(AttrValue::from(-9i16)).with("missing_value", vec![-999i16, 7]);
    let cases: Vec<(Array, Attrs, DType, [bool; 3])> = vec![
        (shorts(), Attrs::new(), DType::I16, [false, false, false]),
        (shorts(), fill((-9i16).into()), DType::F32, [false, true, false]),
        (shorts(), miss((-999i16).into()), DType::F32, [false, false, true]),
        (shorts(), both, DType::F32, [false, true, true]),
        // Another type matches by value, or not at all; there is room for gaps in any case.
        (shorts(), miss((-999.0f32).into()), DType::F32, [false, false, true]),
        (shorts(), miss((-999.5f64).into()), DType::F32, [false, false, false]),
        (shorts(), miss("none".into()), DType::F32, [false, false, false]),
        // Integers without an integer to mask are left alone.
        (shorts(), fill(f32::NAN.into()), DType::I16, [false, false, false]),
        (list(&[1i32, -9, 3]), fill((-9i32).into()), DType::F64, [false, true, false]),
        (list(&[1u8, 255, 3]), fill(255u8.into()), DType::F32, [false, true, false]),
        (floats(), fill(1e20f32.into()), DType::F32, [false, true, true]),
        (floats(), fill(f32::NAN.into()), DType::F32, [false, false, true]),
        // 1e20 in double precision is no f32.
        (floats(), miss(1e20f64.into()), DType::F32, [false, false, true]),
        (list(&[1.0f64, 5.0, 6.0]), fill(5.0f64.into()), DType::F64, [false, true, false]),
    ];
    for (stored, attrs, dtype, expected) in cases {
        let draft = decoded(stored.clone(), attrs.clone());
        assert_eq!(draft.dtype, dtype, "{stored:?} {attrs:?}");
        assert_eq!(gaps(&draft), expected, "{stored:?} {attrs:?}");
        assert!(draft.attrs.is_empty(), "{:?}", draft.attrs);
        assert_eq!(draft.encoding.dtype.as_ref(), Some(stored.dtype()));
    }
}

#[test]
fn packing_rounds_step_by_step_in_the_chosen_type() {
    let attrs = Attrs::new()
        .with("_FillValue", -32767i16)
        .with("scale_factor", 0.01f32)
        .with("add_offset", 273.15f32);
    let draft = decoded(list(&[-32767i16, 0, 1234]), attrs);
    assert_eq!(draft.steps().len(), 1, "mask and scale are one pass");
    let got = values::<f32>(&draft);
    assert!(got[0].is_nan());
    assert_eq!(got[1..], [273.15f32, 1234.0f32 * 0.01f32 + 273.15f32]);
    assert_eq!(draft.encoding.scale, Some(Scalar::F32(0.01)));

    // A NaN fill keeps f32; numpy multiplies in f64 and rounds, in place.
    let attrs = Attrs::new().with("_FillValue", f32::NAN).with("scale_factor", 0.1f64);
    let draft = decoded(list(&[3.3f32, 7.7]), attrs);
    let expected = [3.3f32, 7.7].map(|v| (f64::from(v) * 0.1f64) as f32);
    assert_eq!(values::<f32>(&draft), expected);

    // An integer factor alone keeps integers.
    let draft = decoded(list(&[3i16, 4]), Attrs::new().with("scale_factor", 10i32));
    assert_eq!(values::<i32>(&draft), [30, 40]);

    // A factor that is no number is left alone, with a note.
    let draft = decoded(list(&[3i16]), Attrs::new().with("scale_factor", "0.1"));
    assert!(draft.attrs.has("scale_factor") && draft.notes.len() == 1);
}

fn gaps(draft: &Draft) -> Vec<bool> {
    draft.values.as_ref().unwrap().is_missing().unwrap().to_flat::<bool>().unwrap()
}

#[test]
fn values_out_of_their_range_are_masked_on_request() {
    let cx = Context { valid_range: ValidRange::Mask, ..Context::default() };
    let with = |values: Array, attrs: Attrs| decoded_with(values, attrs, &cx);
    let packed = || Attrs::new().with("scale_factor", 0.5f32).with("add_offset", 10.0f32);
    // In the units of the stored numbers, before they are unpacked.
    let attrs = packed().with("valid_min", 0i16).with("valid_max", 100i16);
    let draft = with(list(&[-1i16, 0, 100, 101]), attrs.clone());
    assert_eq!((&draft.dtype, gaps(&draft)), (&DType::F32, vec![true, false, false, true]));
    assert_eq!(values::<f32>(&draft)[1..3], [10.0, 60.0]);
    assert_eq!(draft.attrs.len(), 2, "the range stays");
    assert_eq!(gaps(&decoded(list(&[-1i16, 101]), attrs.clone())), [false, false], "not unasked");
    let draft = with(list(&[-1i16, 50, 101, -9]), attrs.with("_FillValue", 50i16));
    assert_eq!((draft.steps().len(), gaps(&draft)), (2, vec![true, true, true, true]));
    // Floats beside packed integers are of the unpacked ones.
    let attrs = packed().with("valid_range", vec![10.0f32, 60.0]);
    let draft = with(list(&[-1i16, 0, 100, 101]), attrs);
    assert_eq!(gaps(&draft), [true, false, false, true]);
    // Without packing; of whole numbers; of the other signedness; of what is no range.
    let range = |v: AttrValue| Attrs::new().with("valid_range", v);
    let draft = with(list(&[1.5f32, f32::NAN, 9.0]), range(vec![0.0f64, 5.0].into()));
    assert_eq!((&draft.dtype, gaps(&draft)), (&DType::F32, vec![false, true, true]));
    let draft = with(list(&[i32::MAX, i32::MAX - 1]), Attrs::new().with("valid_max", i32::MAX - 1));
    assert_eq!((&draft.dtype, gaps(&draft)), (&DType::F64, vec![true, false]));
    let attrs = Attrs::new().with("_Unsigned", "true").with("valid_max", -2i8);
    let draft = with(list(&[-1i8, -2, 100]), attrs);
    assert_eq!((values::<f32>(&draft)[1..].to_vec(), gaps(&draft)[0]), (vec![254.0, 100.0], true));
    assert_eq!(with(list(&[1i16]), range(vec![1i16].into())).dtype, DType::I16);
    assert_eq!(with(list(&[1i16]), range("all".into())).dtype, DType::I16);
    let large = packed().with("valid_max", 16_777_217i32).with("_FillValue", -1i32);
    let draft = with(list(&[16_777_217i32, 16_777_218]), large);
    assert_eq!(gaps(&draft), [false, true], "compared as they are stored");
}

#[test]
fn default_fill_values_are_masked_on_request() {
    let cx = Context { default_fills: true, ..Context::default() };
    let with = |values: Array, attrs: Attrs| decoded_with(values, attrs, &cx);
    let none = Attrs::new;
    for (stored, dtype) in [
        (list(&[-32_767i16, 1]), DType::F32),
        (list(&[65_535u16, 1]), DType::F32),
        (list(&[-2_147_483_647i32, 1]), DType::F64),
        (list(&[4_294_967_295u32, 1]), DType::F64),
        (list(&[-9_223_372_036_854_775_806i64, 1]), DType::F64),
        (list(&[18_446_744_073_709_551_614u64, 1]), DType::F64),
        (list(&[9.969_21e36f32, 1.0]), DType::F32),
        (list(&[9.969_209_968_386_869e36f64, 1.0]), DType::F64),
    ] {
        let draft = with(stored.clone(), none());
        assert_eq!((&draft.dtype, gaps(&draft)), (&dtype, vec![true, false]), "{stored:?}");
        assert_eq!(decoded(stored.clone(), none()).dtype, *stored.dtype(), "not unasked");
        // What an attribute says goes first.
        let own = with(stored.clone(), none().with("_FillValue", attr_of(&stored, 1)));
        assert_eq!(gaps(&own), [false, true], "{stored:?}");
    }
    for bytes in [list(&[-127i8, -128]), list(&[255u8, 0])] {
        assert_eq!(with(bytes.clone(), none()).dtype, *bytes.dtype(), "bytes have none");
    }
    let draft = with(list(&[-32_767i16, -1]), none().with("_Unsigned", "true"));
    assert_eq!((gaps(&draft), values::<f32>(&draft)[1]), (vec![true, false], 65_535.0));
    let units = none().with("units", "days since 2000-01-01");
    assert_eq!(shown(&with(list(&[-2_147_483_647i32, 1]), units)), ["NaT", "2000-01-02"]);
}

fn attr_of(values: &Array, at: usize) -> AttrValue {
    AttrValue::new(values.get(&[at]).unwrap().fill(&[]).unwrap())
}

#[test]
fn the_float_type_can_be_asked_for() {
    let wide = Attrs::new().with("scale_factor", 0.1f64).with("add_offset", 273.15f64);
    let narrow = Attrs::new().with("scale_factor", 0.1f32).with("add_offset", 273.15f32);
    let packed = || list(&[-9i16, 7, 30_001]);
    for attrs in [wide, narrow] {
        for fill in [false, true] {
            let attrs = if fill { attrs.clone().with("_FillValue", -9i16) } else { attrs.clone() };
            let of = |unpacked| Context { unpacked, ..Context::default() };
            let single = decoded_with(packed(), attrs.clone(), &of(Unpacked::F32));
            let double = decoded_with(packed(), attrs.clone(), &of(Unpacked::F64));
            assert_eq!((&single.dtype, &double.dtype), (&DType::F32, &DType::F64));
            let (a, b) = (values::<f32>(&single), values::<f64>(&double));
            assert_eq!((a[0].is_nan(), b[0].is_nan()), (fill, fill));
            assert!((f64::from(a[2]) - b[2]).abs() < 1e-3);
            // They go back into the same numbers.
            for mut draft in [single, double] {
                encode_variable(&mut draft, &Target::default()).unwrap();
                assert_eq!(values::<i16>(&draft), [-9, 7, 30_001], "{attrs:?}");
            }
        }
    }
    let cx = Context { unpacked: Unpacked::F32, ..Context::default() };
    assert_eq!(decoded_with(list(&[1.5f64]), Attrs::new(), &cx).dtype, DType::F64, "not packed");
}

#[test]
fn unsigned_integers_keep_their_bits() {
    let attrs = Attrs::new().with("_Unsigned", "true").with("_FillValue", -1i8);
    let draft = decoded(list(&[-1i8, -2, 5]), attrs);
    let got = values::<f32>(&draft);
    assert!(got[0].is_nan());
    assert_eq!(got[1..], [254.0, 5.0]);
    assert_eq!(draft.encoding.fill, Some(Scalar::I8(-1)));
    let draft = decoded(list(&[255u8]), Attrs::new().with("_Unsigned", "false"));
    assert_eq!(values::<i8>(&draft), [-1]);
    let draft = decoded(list(&[1.5f32]), Attrs::new().with("_Unsigned", "true"));
    assert_eq!((values::<f32>(&draft), draft.attrs.len()), (vec![1.5], 0));
}

#[test]
fn times_decode_in_their_calendar_or_stay_numbers() {
    let with =
        |units: &str, calendar: &str| Attrs::new().with("units", units).with("calendar", calendar);
    let draft = decoded(list(&[0i32, 59, 60]), with("days since 2000-01-01", "360_day"));
    assert_eq!(shown(&draft), ["2000-01-01", "2000-02-30", "2000-03-01"]);
    assert!(draft.attrs.is_empty());
    assert_eq!(draft.encoding.time.as_ref().unwrap().text(), "days since 2000-01-01");

    // A fill among integers is no rounding through floats.
    let big = 1_600_000_000_123_456_789i64;
    let attrs = with("nanoseconds since 1970-01-01", "standard").with("_FillValue", -1i64);
    let draft = decoded(list(&[big, -1]), attrs);
    assert_eq!(values::<i64>(&draft), [big, i64::MIN]);

    let halves = decoded(list(&[0.5f64, f64::NAN]), with("days since 2000-01-01", "noleap"));
    assert_eq!(shown(&halves), ["2000-01-01T12:00:00", "NaT"]);
    let DType::Time(t) = halves.dtype else { panic!() };
    assert_eq!((t.unit, t.calendar), (TimeUnit::Second, Calendar::NoLeap));

    for (units, calendar) in [
        ("months since 2000-01-01", "standard"),
        ("days since 2000-13-01", "standard"),
        ("days since 2000-01-01", "lunar"),
    ] {
        let draft = decoded(list(&[1.0f64]), with(units, calendar));
        assert_eq!((&draft.dtype, draft.notes.len()), (&DType::F64, 1), "{units}");
        assert_eq!(draft.attrs.len(), 2);
    }
    // The default fill of netCDF is beyond all ticks.
    let draft = decoded(list(&[9.96921e36f64]), with("days since 2000-01-01", "standard"));
    assert_eq!((&draft.dtype, draft.notes.len()), (&DType::F64, 1));
}

#[test]
fn durations_need_to_be_declared() {
    let days = Attrs::new().with("units", "days");
    let draft = decoded(list(&[1i32, 2]), days.clone());
    assert_eq!((values::<i32>(&draft), draft.attrs.text("units")), (vec![1, 2], Some("days")));

    let declared = days.clone().with("dtype", "timedelta64[s]");
    let draft = decoded(list(&[1i32, 2]), declared);
    assert_eq!(draft.dtype, DType::Duration(TimeUnit::Second));
    assert_eq!(values::<i64>(&draft), [86_400, 172_800]);
    assert!(draft.attrs.is_empty());

    let cx = Context { durations: Durations::All, ..Context::default() };
    let draft = decoded_with(list(&[1i32]), days.clone(), &cx);
    assert_eq!(draft.dtype, DType::Duration(TimeUnit::Nanosecond));

    // As in xarray: masked numbers of time units keep to integers.
    let draft = decoded(list(&[1i16, -9]), days.with("_FillValue", -9i16));
    assert_eq!(values::<i64>(&draft), [1, i64::MIN]);
}

fn chars(rows: &[&[u8]], attrs: Attrs, joins: bool) -> Draft {
    chars_with(rows, attrs, joins, TextEnd::Nuls)
}

fn chars_with(rows: &[&[u8]], attrs: Attrs, joins: bool, text_end: TextEnd) -> Draft {
    let width = rows[0].len();
    let array = Array::from_vec([rows.len(), width], rows.concat()).unwrap();
    let char_dims = if joins { vec!["y".into()] } else { Vec::new() };
    let cx = Context { char_dims, text_end, ..Context::default() };
    decoded_with(array.with_dtype(DType::Char).unwrap(), attrs, &cx)
}

#[test]
fn characters_become_strings() {
    let text = |s: &str| Text::from(s);
    let draft = chars(&[b"ab\0", b"c \0"], Attrs::new(), true);
    assert_eq!((&draft.dtype, draft.dims.len()), (&DType::Bytes(3), 1));
    assert_eq!(draft.encoding.extra.text("char_dim_name"), Some("y"));

    let draft = chars(&["ä".as_bytes(), b"c\0"], Attrs::new().with("_Encoding", "utf-8"), true);
    assert_eq!(values::<Text>(&draft), [text("ä"), text("c")]);

    // Blanks stay, except for one that equals the fill value.
    let draft = chars(&[b"ab", b"c ", b"  "], Attrs::new().with("_FillValue", " "), true);
    assert_eq!(values::<Text>(&draft), [text("ab"), text("c "), text("  ")]);
    let flags = chars(&[b"1 ", b"2\0"], Attrs::new().with("_FillValue", " "), false);
    let expected = [text("1"), Text::missing(), text("2"), text("")];
    assert_eq!((values::<Text>(&flags), flags.dims.len()), (expected.to_vec(), 2));
    let padded = chars(&[b"ab", b"\0\0"], Attrs::new().with("_FillValue", "\0"), true);
    assert_eq!(values::<Text>(&padded), [text("ab"), Text::missing()]);

    // Blanks at the end go on request, and those within stay.
    let rows: &[&[u8]] = &[b"a b ", b"c\0\0\0", b"    "];
    let draft = chars_with(rows, Attrs::new(), true, TextEnd::Blanks);
    assert_eq!(values::<Text>(&draft), [text("a b"), text("c"), text("")]);
    let mut back = draft.clone();
    encode_variable(&mut back, &Target::default()).unwrap();
    assert_eq!((values::<u8>(&back), back.attrs.len()), (b"a bc\0\0\0\0\0".to_vec(), 0));
    let filled = chars_with(rows, Attrs::new().with("_FillValue", "c"), true, TextEnd::Blanks);
    assert_eq!(values::<Text>(&filled), [text("a b"), Text::missing(), text("")]);

    let odd = chars(&[b"ab"], Attrs::new().with("_Encoding", "ebcdic"), true);
    assert_eq!((&odd.dtype, odd.notes.len()), (&DType::Bytes(2), 1));
}

#[test]
fn truth_values_are_declared_by_an_attribute() {
    let draft = decoded(list(&[0i8, 1]), Attrs::new().with("dtype", "bool"));
    assert_eq!((values::<bool>(&draft), draft.attrs.len()), (vec![false, true], 0));
    assert_eq!(decoded(list(&[false, true]), Attrs::new()).dtype, DType::I8);
}

fn var(name: &str, dims: &[&str], attrs: Attrs) -> Draft {
    let dims = dims.iter().map(|d| Name::from(*d)).collect();
    Draft::new(name.into(), dims, DType::F64, 2, attrs)
}

#[test]
fn coordinates_are_those_that_attributes_name() {
    let sst = Attrs::new().with("coordinates", "lat2d nothing").with("grid_mapping", "crs");
    let time = Attrs::new().with("units", "days since 2000-01-01").with("bounds", "time_bnds");
    let mut set = SetDraft {
        attrs: Attrs::new().with("coordinates", "height"),
        vars: vec![
            var("sst", &["time", "y"], sst),
            var("lat2d", &["y"], Attrs::new()),
            var("crs", &[], Attrs::new()),
            var("height", &[], Attrs::new()),
            var("time", &["time"], time),
            var("time_bnds", &["time", "nv"], Attrs::new()),
        ],
        coords: IndexSet::new(),
        ..SetDraft::default()
    };
    let mut all = set.clone();
    decode_set(&mut set, &SetContext::default()).unwrap();
    let names: Vec<&str> = set.coords.iter().map(Name::as_str).collect();
    assert_eq!(names, ["time", "lat2d", "height"]);
    assert!(!set.attrs.has("coordinates") && !set.vars[0].attrs.has("coordinates"));
    assert_eq!(set.vars[0].encoding.extra.text("coordinates"), Some("lat2d nothing"));
    // Bounds take the units of what they bound, and stay data.
    assert!(matches!(set.vars[5].dtype, DType::Time(_)));

    decode_set(&mut all, &SetContext { coords: CoordNames::All, ..SetContext::default() }).unwrap();
    let names: Vec<&str> = all.coords.iter().map(Name::as_str).collect();
    assert_eq!(names, ["time", "lat2d", "crs", "time_bnds", "height"]);

    name_coordinates(&mut all, None);
    assert_eq!(all.vars[0].attrs.text("coordinates"), Some("lat2d nothing"));
    assert_eq!(all.vars[4].attrs.text("bounds"), Some("time_bnds"));
    assert_eq!(all.attrs.text("coordinates"), Some("height"));
}

/// `encode(decode(stored)) == stored`, attributes included, for everything that is decoded.
#[test]
fn encoding_gives_back_what_was_decoded() {
    let time = |units: &str| Attrs::new().with("units", units).with("calendar", "noleap");
    let packed = Attrs::new().with("scale_factor", 0.25f64).with("add_offset", 10.0f64);
    let cases: Vec<(Array, Attrs)> = vec![
        (list(&[1i32, 2]), Attrs::new().with("units", "K")),
        (list(&[1i16, -9, 300]), Attrs::new().with("_FillValue", -9i16)),
        (list(&[1i16, -9, 300]), packed.clone().with("_FillValue", -9i16)),
        (list(&[1i16, -9]), packed.clone().with("missing_value", -9i16)),
        (list(&[1u8, 255]), packed),
        (list(&[1.5f32, 1e20]), Attrs::new().with("_FillValue", 1e20f32)),
        (list(&[-1i8, -2, 5]), Attrs::new().with("_Unsigned", "true").with("_FillValue", -1i8)),
        (list(&[0i32, 31]), time("days since 2000-01-01")),
        (list(&[0.0f64, 0.5]), time("days since 2000-01-01")),
        (list(&[0i16, -1, 7]), time("hours since 1850-01-01").with("_FillValue", -1i16)),
        (list(&[0i64, 3]), Attrs::new().with("dtype", "timedelta64[s]").with("units", "hours")),
        (list(&[0i8, 1]), Attrs::new().with("dtype", "bool")),
    ];
    for (stored, attrs) in cases {
        let mut draft = decoded(stored.clone(), attrs.clone());
        encode_variable(&mut draft, &Target::default()).unwrap();
        let got = draft.values.as_ref().unwrap();
        assert!(crate::combine::same_values(got, &stored), "{attrs:?}: {draft:?}");
        assert_eq!(got.dtype(), stored.dtype(), "{attrs:?}");
        if let Some(fill) = attrs.get("_FillValue") {
            assert_eq!(draft.encoding.fill, Some(fill.array().item().unwrap()));
        }
        for (name, value) in attrs.iter().filter(|(n, _)| *n != "_FillValue") {
            assert_eq!(draft.attrs.get(name), Some(value), "{attrs:?}");
        }
    }
}

#[test]
fn text_goes_back_to_characters() {
    let draft = chars(&[b"ab\0", b"c  "], Attrs::new().with("_FillValue", " "), true);
    let mut back = draft.clone();
    encode_variable(&mut back, &Target::default()).unwrap();
    assert_eq!((&back.dtype, back.dims.last()), (&DType::Char, Some(&Name::from("y"))));
    assert_eq!(values::<u8>(&back), b"ab\0c  ");
    assert_eq!(back.encoding.fill, Some(Scalar::Char(b' ')));
    // Longer text needs another width, and a dimension of its own name.
    let mut longer = draft;
    longer.encoding.extra.set("char_dim_name", "string3");
    longer.values = Some(list(&[Text::from("abcde"), Text::from("f")]));
    encode_variable(&mut longer, &Target::default()).unwrap();
    assert_eq!(longer.dims.last().unwrap(), &"string5");
}

#[test]
fn new_values_get_sensible_forms() {
    let encoded = |values: Array, target: &Target| {
        let mut draft =
            Draft::new("v".into(), vec!["x".into()], values.dtype().clone(), 2, Attrs::new());
        draft.values = Some(values);
        encode_variable(&mut draft, target).map(|()| draft)
    };
    let plain = Target::default();
    let days = list(&[86_400i64, 172_800])
        .with_dtype(DType::Time(TimeType { unit: TimeUnit::Second, calendar: Calendar::Standard }));
    let draft = encoded(days.unwrap(), &plain).unwrap();
    assert_eq!(draft.attrs.text("units"), Some("days since 1970-01-02 00:00:00"));
    assert_eq!(values::<i64>(&draft), [0, 1]);

    let draft = encoded(list(&[1.0f32, f32::NAN]), &plain).unwrap();
    assert!(matches!(draft.encoding.fill, Some(Scalar::F32(v)) if v.is_nan()));
    let coord = Target { is_coord: true, ..plain.clone() };
    assert_eq!(encoded(list(&[1.0f32]), &coord).unwrap().encoding.fill, None);

    let classic = Target { types: graticule_storage::StoredTypes::Classic, ..plain };
    assert_eq!(values::<i32>(&encoded(list(&[1i64, -2]), &classic).unwrap()), [1, -2]);
    let error = encoded(list(&[1i64 << 40]), &classic).unwrap_err();
    assert!(error.to_string().contains("\"v\""), "{error}");
    let draft = encoded(list(&[Text::from("ab"), Text::from("ä")]), &classic).unwrap();
    assert_eq!((&draft.dtype, draft.attrs.text("_Encoding")), (&DType::Char, Some("utf-8")));
    assert_eq!(draft.dims.last().unwrap(), &"string2");
}

#[test]
fn a_value_outside_the_packing_is_an_error_that_names_the_variable() {
    let mut draft = decoded(list(&[1i8]), Attrs::new().with("scale_factor", 0.5f32));
    draft.values = Some(list(&[1e6f32]));
    let error = encode_variable(&mut draft, &Target::default()).unwrap_err();
    assert!(error.to_string().contains("\"v\""), "{error}");
}
