use graticule::{DType, DataArray, Dataset, open_dataset};

use crate::{assert_alike, empty, folder, raw};

/// A variable as a packed file has it: numbers, and attributes that say what they stand for.
fn packed(values: Vec<i16>, attrs: impl Fn(DataArray) -> DataArray) -> Dataset {
    let n = values.len() / 4;
    let t = attrs(DataArray::new("t", ["y", "x"], (values, [n, 4]))).with_attr("units", "degC");
    empty().with_variable("t", t.variable())
}

/// Written as it is, decoded, written again: the same bytes, attributes and types.
fn survives(set: &Dataset) -> Dataset {
    let folder = folder();
    let (first, second) = (folder.path().join("a.nc"), folder.path().join("b.nc"));
    set.write(&first).unwrap();
    assert_alike(&raw(&first), set);
    let decoded = open_dataset(&first).unwrap();
    decoded.write(&second).unwrap();
    assert_alike(&raw(&second), &raw(&first));
    decoded.compute().unwrap()
}

fn all_i16() -> Vec<i16> {
    (i16::MIN..=i16::MAX).collect()
}

#[test]
fn every_packed_number_survives_f32() {
    for (scale, offset) in [(0.01f32, 0.0f32), (0.01, 273.15), (0.001, -20.0), (0.5, 1.0)] {
        let set = packed(all_i16(), |t| {
            t.with_attr("_FillValue", -999i16)
                .with_attr("add_offset", offset)
                .with_attr("scale_factor", scale)
        });
        let decoded = survives(&set);
        assert_eq!(decoded["t"].dtype(), DType::F32);
        let found = decoded["t"].values::<f32>().unwrap();
        for (raw, found) in all_i16().into_iter().zip(found) {
            let wanted = if raw == -999 { f32::NAN } else { f32::from(raw) * scale + offset };
            assert_eq!(found.to_bits(), wanted.to_bits(), "{raw} x {scale} + {offset}");
        }
    }
}

#[test]
fn every_packed_number_survives_f64() {
    for (scale, offset) in [(0.01, 0.0), (1.0 / 3.0, 273.15), (1.862e-4, 5.0e5), (-0.1, 7.0)] {
        let set = packed(all_i16(), |t| {
            t.with_attr("scale_factor", scale)
                .with_attr("add_offset", offset)
                .with_attr("_FillValue", i16::MIN)
        });
        let found = survives(&set)["t"].values::<f64>().unwrap();
        for (raw, found) in all_i16().into_iter().zip(found) {
            let wanted = if raw == i16::MIN { f64::NAN } else { f64::from(raw) * scale + offset };
            assert_eq!(found.to_bits(), wanted.to_bits(), "{raw} x {scale} + {offset}");
        }
    }
}

#[test]
fn scale_or_offset_or_fill_alone_survives() {
    let rows: Vec<i16> = vec![1, -1, 300, -999, 0, 7, 8, 9];
    let scaled = survives(&packed(rows.clone(), |t| t.with_attr("scale_factor", 0.1)));
    assert_eq!(scaled["t"].values::<f64>().unwrap()[2], 300.0 * 0.1);
    let moved = survives(&packed(rows.clone(), |t| t.with_attr("add_offset", 0.1f32)));
    assert_eq!(moved["t"].values::<f64>().unwrap()[2], 300.0 + f64::from(0.1f32));
    let masked = survives(&packed(rows.clone(), |t| t.with_attr("_FillValue", -999i16)));
    assert_eq!(masked["t"].count(..).item::<i64>().unwrap(), 7);
    let both = |t: DataArray| t.with_attr("_FillValue", 7i16).with_attr("missing_value", 7i16);
    assert_eq!(survives(&packed(rows.clone(), both))["t"].count(..).item::<i64>().unwrap(), 7);
    assert_eq!(survives(&packed(rows.clone(), |t| t))["t"].values::<i16>().unwrap(), rows);
}

#[test]
fn unsigned_bytes_survive() {
    let t = DataArray::new("t", "x", (i8::MIN..=i8::MAX).collect::<Vec<_>>())
        .with_attr("_Unsigned", "true")
        .with_attr("_FillValue", -1i8)
        .with_attr("scale_factor", 0.5f32);
    let decoded = survives(&empty().with_variable("t", t.variable()));
    assert_eq!(decoded["t"].max(..).item::<f32>().unwrap(), 127.0, "254 x 0.5");
    assert_eq!(decoded["t"].count(..).item::<i64>().unwrap(), 255);
}
