//! Daily files laid out like those of a quarter-degree sea-surface temperature analysis.

use std::path::Path;

use graticule::{DataArray, Dataset, Encoding, FilterSpec, Result, Scalar, Session};

use super::field::{LAT, LON, Planet, latitude, longitude};

/// Days from 1978-01-01 to the first day of the archive, 1981-09-01.
const FIRST_DAY: usize = 1339;

/// Writes `days` files and gives back their size in bytes.
pub(crate) fn make(folder: &Path, days: usize, session: &Session) -> Result<u64> {
    let planet = Planet::new();
    let mut bytes = 0;
    for day in 0..days {
        let path = folder.join(format!("sst-day-{day:05}.nc"));
        dataset(&planet, day).with_session(session).write(path.as_path())?;
        bytes += std::fs::metadata(&path).map(|m| m.len()).unwrap_or(0);
    }
    Ok(bytes)
}

fn dataset(planet: &Planet, day: usize) -> Dataset {
    let fields = planet.day(day);
    let mut ds = Dataset::new()
        .with_attr("Conventions", "CF-1.6, ACDD-1.3")
        .with_attr("title", "Synthetic daily sea-surface temperature, 0.25 degree")
        .with_attr("source", "graticule demo");
    for (name, units, long_name, values) in [
        (
            "time",
            "days since 1978-01-01",
            "Centre time of the day",
            vec![(FIRST_DAY + day) as f32 + 0.5],
        ),
        ("zlev", "meters", "Sea surface height", vec![0.0]),
        ("lat", "degrees_north", "Latitude", (0..LAT).map(latitude).collect()),
        ("lon", "degrees_east", "Longitude", (0..LON).map(longitude).collect()),
    ] {
        let coord = DataArray::new(name, name, values).with_attr("long_name", long_name);
        ds = ds.with_coord_variable(name, coord.with_attr("units", units).variable());
    }
    for (name, units, long_name, values) in [
        ("sst", "Celsius", "Daily sea surface temperature", fields.sst),
        ("anom", "Celsius", "Daily sea surface temperature anomalies", fields.anom),
        ("err", "Celsius", "Estimated error standard deviation of analysed sst", fields.err),
        ("ice", "%", "Sea ice concentration", fields.ice),
    ] {
        let field =
            DataArray::new(name, ["time", "zlev", "lat", "lon"], (values, [1, 1, LAT, LON]))
                .with_attr("long_name", long_name)
                .with_attr("units", units)
                .with_encoding(packed());
        ds = ds.with_variable(name, field.variable());
    }
    ds
}

/// Hundredths in 16-bit integers, shuffled and deflated, one chunk a day.
fn packed() -> Encoding {
    Encoding {
        dtype: Some(graticule::DType::I16),
        fill: Some(Scalar::I16(-999)),
        scale: Some(Scalar::F32(0.01)),
        offset: Some(Scalar::F32(0.0)),
        chunks: Some(vec![1, 1, LAT, LON]),
        filters: vec![FilterSpec::shuffle(), FilterSpec::deflate(4)],
        ..Encoding::default()
    }
}
