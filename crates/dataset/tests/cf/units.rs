//! Units through verbs.

use graticule_dataset::{Attrs, DataArray, Dataset, UnitMode, Variable, std, var};

fn of(units: &str, values: Vec<f64>) -> DataArray {
    DataArray::new("x", "t", values).with_attr("units", units)
}

fn units(x: &DataArray) -> Option<String> {
    assert!(x.fault().is_none(), "{:?}", x.fault());
    x.attrs().text("units").map(str::to_owned)
}

#[test]
fn conversion_keeps_the_type_and_drops_stale_ranges() {
    let packed = DataArray::new("t", "x", vec![300.0f32, f32::NAN])
        .with_attr("units", "K")
        .with_attr("valid_max", 330.0f32);
    let made = packed.convert_units("degC");
    let values = made.values::<f32>().unwrap();
    assert_eq!(values[0], 300.0f32 - 273.15);
    assert!(values[1].is_nan());
    assert_eq!(made.attrs().names().collect::<Vec<_>>(), ["units"]);
    let whole = DataArray::new("p", "x", vec![1000i32]).with_attr("units", "hPa");
    assert_eq!(whole.convert_units("bar").values::<f64>().unwrap(), [1.0]);
}

#[test]
fn differences_of_temperatures_convert_without_an_offset() {
    let bias = of("K", vec![1.5]).with_attr("units_metadata", "temperature: difference");
    assert_eq!(bias.convert_units("degC").item::<f64>().unwrap(), 1.5);
    assert_eq!(bias.convert_units("degF").item::<f64>().unwrap(), 2.7);
}

#[test]
fn bounds_are_converted_with_their_coordinate() {
    let attrs = Attrs::new().with("units", "hPa").with("bounds", "lev_bnds");
    let ds = Dataset::new()
        .with_coord_variable(
            "lev",
            Variable::new("lev", vec![10.0, 20.0]).unwrap().with_attrs(attrs),
        )
        .with_var("lev_bnds", ["lev", "b"], (vec![5.0, 15.0, 15.0, 25.0], [2, 2]))
        .convert_units("lev", "Pa");
    assert_eq!(ds["lev"].values::<f64>().unwrap(), [1000.0, 2000.0]);
    assert_eq!(ds["lev_bnds"].values::<f64>().unwrap(), [500.0, 1500.0, 1500.0, 2500.0]);
    assert!(ds.index("lev").is_some());
}

#[test]
fn reductions_say_what_their_units_are() {
    let speed = of("m s-1", vec![1.0, 3.0]);
    assert_eq!(units(&speed.mean("t")).as_deref(), Some("m s-1"));
    assert_eq!(units(&speed.var("t")).as_deref(), Some("m2 s-2"));
    assert_eq!(units(&speed.std("t")).as_deref(), Some("m s-1"));
    assert_eq!(units(&speed.count("t")).as_deref(), Some("1"));
    assert_eq!(units(&speed.prod("t")), None);
    let warm = of("degC", vec![1.0, 3.0]);
    let spread = warm.reduce(std(), "t");
    assert_eq!(spread.attrs().text("units_metadata"), Some("temperature: difference"));
    assert_eq!(spread.convert_units("K").item::<f64>().unwrap(), 1.0);
    assert_eq!(units(&speed.reduce(var().cell_methods(false), "t")).as_deref(), Some("m s-1"));
}

#[test]
fn modes_decide_about_arithmetic() {
    let (m, km, s) = (of("m", vec![1.0]), of("km", vec![2.0]), of("s", vec![4.0]));
    let warn = |x: &DataArray| x.with_unit_mode(UnitMode::Warn);
    let strict = |x: &DataArray| x.with_unit_mode(UnitMode::Strict);
    let convert = |x: &DataArray| x.with_unit_mode(UnitMode::Convert);

    assert_eq!((&m + &km).item::<f64>().unwrap(), 3.0);
    let noted = warn(&m) + &km;
    assert_eq!(noted.item::<f64>().unwrap(), 3.0);
    let note = noted.encoding().extra.get("notes").unwrap().to_string();
    assert!(note.contains("\"m\" and \"km\" differ"), "{note}");
    assert!((strict(&m) + &km).check().is_err());
    assert!((&m + strict(&km)).check().is_err(), "the stricter operand decides");
    let sum = convert(&m) + &km;
    assert_eq!((sum.item::<f64>().unwrap(), units(&sum).as_deref()), (2001.0, Some("m")));
    assert!(convert(&m).gt(&km).values::<bool>().unwrap() == [false]);
    assert!((convert(&m) + &s).check().unwrap_err().to_string().contains("cannot be converted"));

    assert_eq!(units(&(warn(&m) / &s)).as_deref(), Some("m s-1"));
    assert_eq!(units(&(warn(&m) * &m)).as_deref(), Some("m2"));
    assert_eq!(units(&(warn(&m) * &m).sqrt()).as_deref(), Some("m"));
    assert_eq!(units(&warn(&m).pow(3)).as_deref(), Some("m3"));
    assert_eq!(units(&warn(&m).pow(0.5)), None);
    assert_eq!(units(&(1.0 / warn(&s))).as_deref(), Some("s-1"));
    assert_eq!(units(&(warn(&m) * 2.0)).as_deref(), Some("m"));
    assert!(strict(&m).exp().check().is_err());
    assert!((strict(&m) + DataArray::new("x", "t", vec![1.0])).check().is_err());

    let apart = warn(&of("degC", vec![20.0])) - of("degC", vec![5.0]);
    assert_eq!(apart.attrs().text("units_metadata"), Some("temperature: difference"));
    assert_eq!(apart.convert_units("K").item::<f64>().unwrap(), 15.0);
}

#[test]
fn datasets_and_verbs_keep_the_mode() {
    let ds = Dataset::new()
        .with_variable("a", of("m", vec![1.0, 2.0]).variable())
        .with_unit_mode(UnitMode::Strict);
    assert_eq!(ds["a"].isel("t", 0).unit_mode(), UnitMode::Strict);
    let other = Dataset::new().with_variable("a", of("s", vec![1.0, 2.0]).variable());
    assert!((&ds + &other).check().is_err());
    assert_eq!(units(&(&ds * &other)["a"]).as_deref(), Some("m s"));
}

#[test]
fn conversions_fold_into_the_decoding_on_request() {
    use graticule_array::{Array, DType, MapOp, Scalar};
    use graticule_lazy::LazyArray;
    let packed: Vec<i16> = (0..10_000).map(|i| (i - 5000) as i16).collect();
    let stored = LazyArray::constant(Array::from_vec([10_000], packed).unwrap());
    let kelvin = stored
        .map(MapOp::Decode {
            values: [Scalar::I16(-5000)].into(),
            to: DType::F64,
            scale: Some(Scalar::F64(0.01)),
            offset: Some(Scalar::F64(273.15)),
        })
        .unwrap();
    let t = DataArray::new("t", "x", kelvin).with_attr("units", "K").isel("x", 0..9000);
    let (plain, folded) = (t.convert_units("degF"), t.convert_units_folded("degF"));
    let plan = folded.explain().unwrap().to_string();
    assert!(plan.contains("decode") && !plan.contains(" 5 "), "{plan}");
    let (a, b) = (plain.values::<f64>().unwrap(), folded.values::<f64>().unwrap());
    assert!(a[0].is_nan() && b[0].is_nan());
    assert!(a.iter().zip(&b).skip(1).all(|(a, b)| (a - b).abs() < 1e-10));
}
