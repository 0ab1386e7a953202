use std::sync::Arc;

use graticule_array::{Array, ChunkGrid, DType, ndarray};
use graticule_lazy::LazyArray;
use graticule_storage::{CountingSource, MemorySource};

use crate::{DataArray, Dataset, DateRange, Inclusive, Variable, date_range, linspace};

#[test]
fn owned_values_are_not_copied() {
    let values = vec![1.0f64; 1000];
    let place = values.as_ptr();
    let x = DataArray::new("x", ["t", "y"], (values, [10, 100]));
    let held = x.to_array().unwrap();
    assert_eq!(held.as_slice::<f64>().unwrap().as_ptr(), place);
    let grid = ndarray::Array2::<f32>::zeros((30, 40));
    let place = grid.as_ptr();
    let ds = Dataset::new().with_var("g", ["y", "x"], grid);
    assert_eq!(ds["g"].to_array().unwrap().as_slice::<f32>().unwrap().as_ptr(), place);
    let again = ds.clone();
    assert_eq!(again["g"].to_array().unwrap().as_slice::<f32>().unwrap().as_ptr(), place);
    let text = DataArray::new("x", ["t", "y"], (vec![1.0; 5], [2, 3])).check().unwrap_err();
    let text = text.to_string();
    assert!(text.contains("5 values do not fill the shape [2, 3] of 6 elements"), "{text}");
    assert!(text.contains("as the data of (t, y)"), "{text}");
}

#[test]
fn clones_are_cheap() {
    let mut ds = Dataset::new();
    for i in 0..100 {
        ds = ds.with_var(format!("v{i}"), "x", vec![f64::from(i); 10]);
    }
    let copies: Vec<Dataset> = (0..10_000).map(|_| ds.clone()).collect();
    // A clone shares everything: there is one allocation for all.
    assert!(copies.iter().all(|c| Arc::ptr_eq(&c.0, &ds.0)));
}

#[test]
fn zeros_like_a_terabyte() {
    let source = CountingSource::new(Arc::new(MemorySource::with_grid(
        Array::zeros(&DType::F32, &[1, 4, 5]).unwrap(),
        ChunkGrid::even(&[1, 4, 5], &[1, 2, 5]),
    )));
    let small = Variable::new(["t", "y", "x"], LazyArray::read(Arc::new(source.clone()))).unwrap();
    let one = DataArray::from_variable("x", small).with_attr("units", "K");
    let large = DataArray::full("large", [("t", 1 << 38)], 1.0f32);
    let like = (&one.isel("t", 0) * &large).zeros_like().full_like(2.5);
    assert!(like.bytes() > 1 << 40);
    let corner = like.isel("t", -1).isel("x", 0);
    assert_eq!(corner.values::<f32>().unwrap(), [2.5; 4]);
    assert_eq!(source.reads(), 0);
    assert_eq!(one.ones_like().attrs().text("units"), Some("K"));
    let n = DataArray::new("n", "x", vec![1i16, 2]);
    assert_eq!(n.full_like(7).dtype(), DType::I16);
    let e = n.full_like(f64::NAN).check().unwrap_err();
    assert!(e.to_string().contains("int16 cannot hold"), "{e}");
}

#[test]
fn random_fields_do_not_depend_on_chunks() {
    let make = || DataArray::random_normal("r", [("t", 7), ("y", 11), ("x", 5)], 9);
    let whole = make().values::<f64>().unwrap();
    for rows in [1, 3, 7] {
        let mut parts = Vec::new();
        for start in (0..7).step_by(rows) {
            let part = make().isel("t", start..(start + rows as i64).min(7));
            parts.extend(part.values::<f64>().unwrap());
        }
        assert_eq!(parts, whole);
    }
    let other = DataArray::random_normal("r", [("t", 7), ("y", 11), ("x", 5)], 10);
    assert_ne!(other.values::<f64>().unwrap(), whole);
    let many = DataArray::random_normal("r", [("x", 100_000)], 1);
    let (mean, std) = (many.mean(..).item::<f64>().unwrap(), many.std(..).item::<f64>().unwrap());
    assert!(mean.abs() < 0.01 && (std - 1.0).abs() < 0.01, "{mean} {std}");
    let flat = DataArray::random_uniform("u", [("x", 100_000)], 1);
    let (low, high) = (flat.min(..).item::<f64>().unwrap(), flat.max(..).item::<f64>().unwrap());
    assert!((0.0..1e-3).contains(&low) && (0.999..1.0).contains(&high));
    assert!((flat.mean(..).item::<f64>().unwrap() - 0.5).abs() < 0.005);
}

fn texts(range: &DateRange) -> Vec<String> {
    let time = DataArray::new("time", "time", range).check().unwrap();
    let ticks = time.to_array().unwrap();
    let DType::Time(kind) = *ticks.dtype() else { panic!("{:?}", ticks.dtype()) };
    let flat = ticks.with_dtype(DType::I64).unwrap().to_flat::<i64>().unwrap();
    flat.iter().map(|t| graticule_cftime::format_short(*t, kind.unit, kind.calendar)).collect()
}

#[test]
fn date_ranges_in_every_way() {
    let months = date_range("2000-01-01").periods(360).freq("MS").calendar("noleap");
    let all = texts(&months);
    assert_eq!((all.len(), all.last().unwrap().as_str()), (360, "2029-12-01"));
    assert_eq!(
        texts(&date_range("2000-02-28").periods(3)),
        ["2000-02-28", "2000-02-29", "2000-03-01"]
    );
    assert_eq!(
        texts(&date_range("2000-02-28").periods(3).calendar("360_day")),
        ["2000-02-28", "2000-02-29", "2000-02-30"]
    );
    assert_eq!(
        texts(&DateRange::until("2001-03-31").periods(2).freq("ME")),
        ["2001-02-28", "2001-03-31"]
    );
    let ends = || date_range("2000-01-01").end("2000-01-03");
    assert_eq!(texts(&ends()).len(), 3);
    assert_eq!(texts(&ends().inclusive(Inclusive::Left)), ["2000-01-01", "2000-01-02"]);
    assert_eq!(texts(&ends().inclusive(Inclusive::Right)), ["2000-01-02", "2000-01-03"]);
    assert_eq!(texts(&ends().inclusive(Inclusive::Neither)), ["2000-01-02"]);
    let even = date_range("2000-01-01").end("2000-01-02").periods(5);
    assert_eq!(texts(&even)[1], "2000-01-01T06:00:00");
    let fine = DataArray::new("t", "t", date_range("2000-01-01").periods(3).freq("250ms"));
    assert_eq!(fine.dtype().to_string(), "datetime64[ms]");
    let far = DataArray::new("t", "t", date_range("9000-01-01").periods(2).freq("YS"));
    assert_eq!(far.dtype().to_string(), "datetime64[s]");
    for wrong in [
        date_range("2000-01-01"),
        date_range("2000-01-01").end("2001-01-01").periods(3).freq("D"),
        date_range("2000-01-01").periods(3).freq("fortnight"),
        date_range("2000-02-30").periods(3),
        date_range("2000-01-01").periods(3).calendar("mayan"),
        date_range("2000-01-01").periods(usize::MAX),
    ] {
        assert!(wrong.build().is_err(), "{wrong:?}");
    }
}

#[test]
fn ranges_end_where_numpy_ends_them() {
    let x = DataArray::new("x", "x", linspace(-90.0, 90.0, 181));
    assert_eq!(x.isel("x", -1).item::<f64>().unwrap(), 90.0);
    assert_eq!(DataArray::new("x", "x", linspace(2.0, 3.0, 1)).values::<f64>().unwrap(), [2.0]);
    assert_eq!(DataArray::new("x", "x", linspace(2.0, 3.0, 0)).len(), 0);
    let steps = DataArray::new("x", "x", crate::arange(0.0, 1.0, 0.1));
    assert_eq!(steps.len(), 10);
    assert_eq!(
        DataArray::new("x", "x", crate::arange(5i64, 0, -2)).values::<i64>().unwrap(),
        [5, 3, 1]
    );
    assert_eq!(DataArray::new("x", "x", crate::arange(5, 0, 2)).len(), 0);
    for wrong in [crate::arange(0.0, f64::INFINITY, 1.0), crate::arange(0.0, 1.0, f64::NAN)] {
        assert!(DataArray::new("x", "x", wrong).check().is_err());
    }
}
