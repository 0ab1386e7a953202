//! Arithmetic, types, functions of one's own.

use graticule::{Array, DType, DataArray, Scalar, broadcast};

use crate::counted;

#[test]
fn e1_dimensions_stand_in_order_of_appearance() {
    let xy = DataArray::new("a", ["x", "y"], (vec![1.0; 6], [2, 3]));
    let yz = DataArray::new("b", ["y", "z"], (vec![1.0; 12], [3, 4]));
    assert_eq!((&xy * &yz).dims().to_string(), "x, y, z");
    assert_eq!((&yz * &xy).dims().to_string(), "y, z, x");
    let one = DataArray::new("c", "x", vec![1.0]);
    assert!((&xy + &one).check().is_err(), "a length of 1 is not stretched");
    // A product of a terabyte is but described.
    let long = |dim: &str| {
        let one = DataArray::new("", (), 1.0f64);
        let data = one.variable().data().broadcast(&[None], &[400_000]).unwrap();
        DataArray::new("v", dim, data)
    };
    let product = &long("x") * &long("y");
    assert!(product.bytes() > 1 << 40);
    assert_eq!(product.isel("x", 3).isel("y", 5).item::<f64>().unwrap(), 1.0);
    let wide = broadcast(&[long("x"), long("y")]).unwrap();
    assert_eq!(wide[1].dims().to_string(), "x, y");
}

#[test]
fn f2_and_f4_types_stay_where_they_can() {
    let x = |dtype: DType| DataArray::new("x", "x", vec![1i8, 2]).astype(dtype);
    let half = x(DType::F32);
    for made in [&half * 2.0, 2.0 - &half, half.clone() / 3, half.pow(2), half.clip(0.0, 1.5)] {
        assert_eq!(made.dtype(), DType::F32);
    }
    let ints = x(DType::I16);
    assert_eq!((&ints * 2).dtype(), DType::I16);
    assert_eq!((&ints / 2).dtype(), DType::F64);
    assert_eq!((&x(DType::I32) / &x(DType::I32)).dtype(), DType::F64);
    let mask = ints.gt(1);
    assert_eq!(ints.where_(&mask).dtype(), DType::F32, "missing ones need a float");
    assert_eq!(ints.where_else(&mask, 0).dtype(), DType::I16);
    assert_eq!(ints.where_else(&mask, &ints * 2).dtype(), DType::I16);
    assert_eq!(half.fillna(0.0).dtype(), DType::F32);
    // Integers wrap like numpy's.
    let big = DataArray::new("x", "x", vec![i8::MAX]);
    assert_eq!((&big + 1).values::<i8>().unwrap(), [i8::MIN]);
    assert!(ints.scalar().is_err());
    assert_eq!(ints.isel("x", 0).scalar().unwrap(), Scalar::I16(1));
}

#[test]
fn f6_a_trend_is_the_same_however_it_is_chunked() {
    let (nt, n) = (40usize, 6usize);
    let values: Vec<f64> =
        (0..nt * n).map(|i| (i / n) as f64 * (i % n) as f64 + ((i * 7919) % 13) as f64).collect();
    let slope = graticule::UserFn::of_lines("slope", |args, out| {
        let line = &args[0];
        let m = line.len() as f64;
        let mean = line.sum() / m;
        let centre = (m - 1.0) / 2.0;
        let (mut above, mut below) = (0.0, 0.0);
        for (i, v) in line.iter().enumerate() {
            above += (i as f64 - centre) * (v - mean);
            below += (i as f64 - centre) * (i as f64 - centre);
        }
        out[[]] = above / below;
    })
    .input("time");
    let made = |chunks: [usize; 2]| {
        let (data, source) = counted(Array::from_vec([nt, n], values.clone()).unwrap(), &chunks);
        let t = DataArray::new("t", ["time", "x"], data);
        let trend = graticule::apply_ufunc(&slope, [&t]);
        assert_eq!(source.reads(), 0);
        let bits: Vec<u64> = trend.values::<f64>().unwrap().iter().map(|v| v.to_bits()).collect();
        assert_eq!(source.elements(), (nt * n) as u64, "each element once");
        bits
    };
    let whole = made([nt, n]);
    for chunks in [[1, n], [nt, 1], [7, 4]] {
        assert_eq!(made(chunks), whole, "{chunks:?}");
    }
}

#[test]
fn f7_a_block_that_breaks_its_promise_is_named() {
    let (data, _) = counted(Array::zeros(&DType::F64, &[4, 4]).unwrap(), &[2, 4]);
    let t = DataArray::new("t", ["y", "x"], data);
    let cut = t.map_blocks("float64", |block| Ok(block.isel("x", 1..)));
    let text = cut.values::<f64>().unwrap_err().to_string();
    assert!(text.contains("[2, 3]") && text.contains("[2, 4]"), "{text}");
    assert!(text.contains("block"), "{text}");
    let other = t.map_blocks("float64", |block| Ok(block.astype("int32")));
    let text = other.values::<f64>().unwrap_err().to_string();
    assert!(text.contains("int32") && text.contains("float64"), "{text}");
}

#[test]
fn f8_a_laplacian_on_a_periodic_grid_is_bit_equal() {
    use graticule::OverlapBoundary;
    let (ny, nx) = (12usize, 10usize);
    let values: Vec<f64> = (0..ny * nx).map(|i| ((i * 7919) % 101) as f64 * 0.1).collect();
    let at = |y: usize, x: usize| values[(y % ny) * nx + x % nx];
    let expected: Vec<f64> = (0..ny * nx)
        .map(|i| {
            let (y, x) = (i / nx + ny, i % nx + nx);
            at(y - 1, x) + at(y + 1, x) + at(y, x - 1) + at(y, x + 1) - 4.0 * at(y, x)
        })
        .collect();
    for chunks in [[ny, nx], [5, 3], [1, nx], [2, 2]] {
        let (data, _) = counted(Array::from_vec([ny, nx], values.clone()).unwrap(), &chunks);
        let t = DataArray::new("t", ["y", "x"], data);
        // The function gives a block of the size it was given; its rim is cut off.
        let made =
            t.map_overlap([("y", 1), ("x", 1)], OverlapBoundary::Periodic, "float64", |block| {
                let (ny, nx) = (block.shape()[0], block.shape()[1]);
                let v = block.to_flat::<f64>()?;
                let at = |y: usize, x: usize| v[y * nx + x];
                let cell = |i: usize| match (i / nx, i % nx) {
                    (y, x) if y == 0 || x == 0 || y == ny - 1 || x == nx - 1 => 0.0,
                    (y, x) => {
                        at(y - 1, x) + at(y + 1, x) + at(y, x - 1) + at(y, x + 1) - 4.0 * at(y, x)
                    }
                };
                Array::from_vec([ny, nx], (0..ny * nx).map(cell).collect::<Vec<f64>>())
            });
        assert_eq!(made.values::<f64>().unwrap(), expected, "{chunks:?}");
    }
}

#[test]
fn f9_one_pass_over_the_chunks() {
    let (a, sa) = counted(Array::zeros(&DType::F32, &[100, 100]).unwrap(), &[10, 100]);
    let (b, sb) = counted(Array::zeros(&DType::F32, &[100, 100]).unwrap(), &[10, 100]);
    let (a, b) = (DataArray::new("a", ["y", "x"], a), DataArray::new("b", ["y", "x"], b));
    let made = &a * 2.0 + b.where_(a.ge(0.0));
    let plan = made.explain().unwrap();
    let text = plan.to_string();
    assert_eq!(text.matches("stage ").count(), 1, "{text}");
    let _ = made.compute().unwrap();
    assert_eq!((sa.elements(), sb.elements()), (10_000, 10_000), "each chunk once");
}
