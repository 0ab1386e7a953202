//! Whether two objects are the same, by several measures.

use graticule_array::Result;
use graticule_lazy::{LazyArray, Session};

use crate::combine::equality::{Alike, all_same};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;

/// How much has to be the same.
#[derive(Clone, Copy, PartialEq)]
enum Measure {
    /// Values, dimensions and coordinates.
    Equal,
    /// Names, attributes and kinds of indexes, too.
    Identical,
    /// Values after broadcasting.
    Broadcast,
    /// Values up to a tolerance.
    Close { rel: f64, abs: f64 },
}

impl Measure {
    fn alike(self) -> Alike {
        match self {
            Self::Close { rel, abs } => Alike::Close { rel, abs },
            _ => Alike::Equal,
        }
    }
}

/// The data to compare of two variables; `None` if they differ without it.
fn pair(a: &Variable, b: &Variable, by: Measure) -> Result<Option<(LazyArray, LazyArray)>> {
    if by == Measure::Identical && a.attrs() != b.attrs() {
        return Ok(None);
    }
    if by == Measure::Broadcast {
        let Ok((dims, shape)) = crate::verbs::align::common_shape(&[a, b]) else { return Ok(None) };
        return Ok(Some((a.spread(&dims, &shape)?, b.spread(&dims, &shape)?)));
    }
    let same = a.dims() == b.dims() && a.shape() == b.shape();
    Ok(same.then(|| (a.data().clone(), b.data().clone())))
}

fn sets_alike(a: &Dataset, b: &Dataset, by: Measure) -> Result<bool> {
    a.sound()?;
    b.sound()?;
    if by == Measure::Identical && (a.attrs() != b.attrs() || !same_indexes(a, b)) {
        return Ok(false);
    }
    let same_role = |name: &Name| b.has(name) && a.is_coord(name) == b.is_coord(name);
    let names = a.variables().count() == b.variables().count();
    if !names || !a.variables().all(|(name, _)| same_role(name)) {
        return Ok(false);
    }
    let mut pairs = Vec::new();
    for (name, var) in a.variables() {
        let Some(other) = b.variable(name) else { return Ok(false) };
        match pair(var, other, by)? {
            Some(pair) => pairs.push(pair),
            None => return Ok(false),
        }
    }
    Ok(all_same(&pairs, by.alike(), &a.session())?.into_iter().all(|same| same))
}

fn same_indexes(a: &Dataset, b: &Dataset) -> bool {
    a.indexes().count() == b.indexes().count()
        && a.indexes().all(|(name, index)| b.index(name).is_some_and(|o| o.kind() == index.kind()))
}

fn variables_alike(a: &Variable, b: &Variable, by: Measure) -> Result<bool> {
    match pair(a, b, by)? {
        Some(pair) => {
            Ok(all_same(&[pair], by.alike(), &Session::default())?.into_iter().all(|same| same))
        }
        None => Ok(false),
    }
}

macro_rules! measures {
    ($noun:ty, $compare:expr) => {
        impl $noun {
            /// Whether both have the same dimensions, coordinates and values; missing values
            /// equal each other. Names and attributes do not count, nor do types: `1` equals
            /// `1.0`. Reads what is not in memory.
            ///
            /// # Errors
            /// A carried fault, or if data cannot be read.
            pub fn equals(&self, other: &Self) -> Result<bool> {
                $compare(self, other, Measure::Equal)
            }

            /// Whether both are [equal](Self::equals) and have the same names, attributes and
            /// kinds of indexes. How they are stored never counts.
            ///
            /// # Errors
            /// A carried fault, or if data cannot be read.
            pub fn identical(&self, other: &Self) -> Result<bool> {
                $compare(self, other, Measure::Identical)
            }

            /// Whether both are equal after broadcasting them against each other.
            ///
            /// # Errors
            /// A carried fault, or if data cannot be read.
            pub fn broadcast_equals(&self, other: &Self) -> Result<bool> {
                $compare(self, other, Measure::Broadcast)
            }

            /// Whether all values differ by no more than `abs + rel * |other|`; labels and
            /// other coordinates, too. Missing values equal each other.
            ///
            /// # Errors
            /// A carried fault, or if data cannot be read.
            pub fn allclose(&self, other: &Self, rel: f64, abs: f64) -> Result<bool> {
                $compare(self, other, Measure::Close { rel, abs })
            }
        }
    };
}

fn arrays_alike(a: &DataArray, b: &DataArray, by: Measure) -> Result<bool> {
    if by == Measure::Identical && a.name() != b.name() {
        return Ok(false);
    }
    sets_alike(&a.set, &b.set, by)
}

measures!(Dataset, sets_alike);
measures!(DataArray, arrays_alike);
measures!(Variable, variables_alike);

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> DataArray {
        DataArray::new("v", ["y", "x"], (vec![1.0, f64::NAN, 3.0, 4.0], [2, 2]))
            .with_coord("x", "x", vec![10, 20])
            .with_attr("units", "K")
    }

    /// equals, identical, broadcast_equals, allclose
    fn verdicts(b: &DataArray) -> [bool; 4] {
        let a = base();
        let all = [
            a.equals(b).unwrap(),
            a.identical(b).unwrap(),
            a.broadcast_equals(b).unwrap(),
            a.allclose(b, 1e-6, 0.0).unwrap(),
        ];
        let (a, b) = (a.with_name("v").to_dataset(), b.clone().with_name("v").to_dataset());
        let sets = [
            a.equals(&b).unwrap(),
            a.identical(&b).unwrap() || all[0] && !all[1],
            a.broadcast_equals(&b).unwrap(),
            a.allclose(&b, 1e-6, 0.0).unwrap(),
        ];
        assert_eq!((all[0], all[2], all[3]), (sets[0], sets[2], sets[3]));
        all
    }

    #[test]
    fn the_matrix_of_measures() {
        let values = |v: [f64; 4]| {
            DataArray::new("v", ["y", "x"], (v.to_vec(), [2, 2]))
                .with_coord("x", "x", vec![10, 20])
                .with_attr("units", "K")
        };
        let nan = f64::NAN;
        let cases: [(&str, DataArray, [bool; 4]); 12] = [
            ("itself", base(), [true; 4]),
            ("another name", base().with_name("w"), [true, false, true, true]),
            ("another attribute", base().with_attr("units", "C"), [true, false, true, true]),
            ("other storage", base().astype("float64"), [true; 4]),
            ("another value", values([1.0, nan, 3.0, 5.0]), [false; 4]),
            ("a rounded value", values([1.0, nan, 3.0, 4.0 + 1e-9]), [false, false, false, true]),
            ("a value where one is missing", values([1.0, 2.0, 3.0, 4.0]), [false; 4]),
            ("other labels", base().with_coord("x", "x", vec![10, 21]), [false; 4]),
            ("no labels", base().drop_vars("x"), [false; 4]),
            ("one more coordinate", base().with_coord("z", (), 1), [false; 4]),
            ("other order", base().transpose(["x", "y"]), [false, false, true, false]),
            (
                "labels of another type",
                base().with_coord("x", "x", vec![10.0, 20.0]),
                [true, true, true, true],
            ),
        ];
        for (what, other, expected) in cases {
            assert_eq!(verdicts(&other), expected, "{what}");
        }
    }

    #[test]
    fn faults_come_first() {
        let faulted = base().isel("z", 0);
        assert!(base().equals(&faulted).is_err() && faulted.identical(&base()).is_err());
    }
}
