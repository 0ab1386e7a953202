//! An index of a third party: a radar's gates, found by where they are on the ground.

use std::any::Any;
use std::sync::Arc;

use graticule_array::{Array, DType, Error, Pick, Result};
use graticule_dataset::{
    BuildIndex, DataArray, Dataset, Found, Index, IndexCoords, Query, Selector, index_laws, near,
};

/// Azimuths in degrees and ranges in metres; asked for `x` and `y` in metres.
#[derive(Debug)]
struct Gates {
    azimuths: Vec<f64>,
    ranges: Vec<f64>,
}

impl Gates {
    fn nearest(labels: &[f64], wanted: f64, period: Option<f64>) -> usize {
        let far = |v: &f64| match period {
            Some(p) => {
                let d = (v - wanted).rem_euclid(p);
                d.min(p - d)
            }
            None => (v - wanted).abs(),
        };
        let all = labels.iter().enumerate().min_by(|a, b| far(a.1).total_cmp(&far(b.1)));
        all.map_or(0, |(i, _)| i)
    }
}

impl Index for Gates {
    fn kind(&self) -> &'static str {
        "gates"
    }
    fn shape(&self) -> Vec<usize> {
        vec![self.azimuths.len(), self.ranges.len()]
    }
    /// Labels are (x, y) on the ground, given for (azimuth, range).
    fn sel(&self, query: &Query) -> Result<Found> {
        let number = |s: &Selector| match s {
            Selector::One(label) => {
                label.value().as_f64().ok_or_else(|| Error::invalid("no number"))
            }
            _ => Err(Error::unsupported("anything but one gate")),
        };
        let all = query.all()?.into_iter().map(number).collect::<Result<Vec<_>>>()?;
        let (x, y) = (all[0], all[1]);
        let azimuth = x.atan2(y).to_degrees().rem_euclid(360.0);
        let ray = Self::nearest(&self.azimuths, azimuth, Some(360.0));
        let gate = Self::nearest(&self.ranges, x.hypot(y), None);
        Ok(Found::picks(vec![(0, Pick::At(ray)), (1, Pick::At(gate))]))
    }
    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
        let take = |labels: &[f64], pick: &Pick| -> Option<Vec<f64>> {
            (!matches!(pick, Pick::At(_)))
                .then(|| (0..pick.len()).map(|k| labels[pick.get(k).unwrap()]).collect())
        };
        let azimuths = take(&self.azimuths, &picks[0])?;
        Some(Arc::new(Self { azimuths, ranges: take(&self.ranges, &picks[1])? }))
    }
    fn difference(&self, other: &dyn Index) -> Option<String> {
        let other = (other as &dyn Any).downcast_ref::<Self>();
        let same = other.is_some_and(|o| o.azimuths == self.azimuths && o.ranges == self.ranges);
        (!same).then(|| "other gates".into())
    }
}

#[derive(Debug)]
struct Radar;

impl BuildIndex for Radar {
    fn build(&self, coords: &IndexCoords) -> Result<Arc<dyn Index>> {
        let [azimuth, range] = coords.coords() else {
            return Err(Error::invalid("a radar has azimuths and ranges"));
        };
        let values = |a: &Array| a.cast(&DType::F64)?.to_flat::<f64>();
        let (azimuths, ranges) = (values(&azimuth.values)?, values(&range.values)?);
        Ok(Arc::new(Gates { azimuths, ranges }))
    }
}

fn sweep() -> Dataset {
    let (rays, gates) = (36, 5);
    let data: Vec<i32> = (0..rays * gates).collect();
    Dataset::new()
        .with_coord(
            "azimuth",
            "azimuth",
            (0..rays).map(|i| f64::from(i) * 10.0).collect::<Vec<_>>(),
        )
        .with_coord(
            "range",
            "range",
            (1..=gates).map(|i| f64::from(i) * 1000.0).collect::<Vec<_>>(),
        )
        .with_var("dbz", ["azimuth", "range"], (data, [36, 5]))
        .set_xindex(["azimuth", "range"], Radar)
}

#[test]
fn a_single_gate_by_its_place_on_the_ground() {
    let at =
        |ds: &Dataset, x: f64, y: f64| ds.sel_many([("azimuth", x.into()), ("range", y.into())]);
    let ds = sweep();
    // East is an azimuth of 90 degrees: ray 9; 2.9 km away is gate 2.
    assert_eq!(at(&ds, 2900.0, 10.0)["dbz"].item::<i32>().unwrap(), 9 * 5 + 2);
    assert_eq!(at(&ds, -10.0, 1000.0)["dbz"].item::<i32>().unwrap(), 0, "across north");
    // It follows selections, renaming and arithmetic, and goes where it must.
    let half = ds.isel("azimuth", 5..20).rename([("azimuth", "ray")]);
    let gate = half.sel_many([("ray", 2900.0.into()), ("range", 10.0.into())]);
    assert_eq!(gate["dbz"].item::<i32>().unwrap(), 9 * 5 + 2);
    let twice = at(&(&ds * 2), 2900.0, 10.0);
    assert_eq!(twice["dbz"].item::<i32>().unwrap(), 2 * (9 * 5 + 2));
    let ray = ds.isel("azimuth", 3);
    assert!(ray.index("azimuth").is_none());
    assert_eq!(ray.notes().len(), 1, "the index was dropped, and that was noted");
    assert!(ray.notes()[0].text().contains("gates index of azimuth, range was dropped"));
}

#[test]
fn what_it_does_not_support_says_so() {
    let ds = sweep();
    let e = ds.sel("azimuth", 10.0).check().unwrap_err().to_string();
    assert!(e.contains("indexed together with azimuth, range") && e.contains("sel_many"), "{e}");
    let e = ds.sel_many([("azimuth", near(1.0).into()), ("range", 2.0.into())]);
    assert!(e.check().unwrap_err().is_unsupported());
    let index = ds.index("azimuth").unwrap().clone();
    assert!(index.concat(&[], 0).unwrap_err().is_unsupported());
    let fewer = ds.isel("range", 1..);
    let other = fewer.index("range").unwrap();
    assert!(index.join(&**other, graticule_dataset::Join::Inner).is_err());
    assert!(!index.equals(&**other) && index.equals(&*index));
    assert_eq!(index.describe(), "gates (180)");
    assert!(format!("{ds}").contains("gates (180)"), "{ds}");
    index_laws(&index).unwrap();
    let plain = DataArray::new("v", "range", vec![1.0; 5]).set_xindex("range", Radar);
    assert!(plain.fault().is_some());
}
