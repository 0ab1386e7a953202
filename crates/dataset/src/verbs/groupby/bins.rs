//! Grouping by intervals of a coordinate.

use graticule_array::{Array, DType, Error, Result, Text};

use super::grouping::{Grouping, NO_GROUP, free_name, in_memory, key_dim};
use super::{DataArrayGroupBy, DatasetGroupBy, GroupKey};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;

/// Intervals to group by: their edges, or how many of one width.
///
/// Intervals are closed on the right, so that with the edges 0, 5, 10 the value 5 belongs to the
/// first. As many of one width as asked for cover all values; the open end is moved out by
/// 0.1 % of the range.
///
/// ```
/// use graticule_dataset::{DataArray, bins};
/// let x = DataArray::new("x", "t", vec![1.0, 2.0, 3.0, 4.0])
///     .with_coord("depth", "t", vec![5, 0, 10, 3]);
/// let by_depth = x.groupby_bins("depth", bins([0, 5, 10])).sum("t");
/// assert_eq!(by_depth.values::<f64>()?, [5.0, 3.0]);
/// let labels = by_depth["depth_bins"].texts()?;
/// assert_eq!(labels[0].as_deref(), Some("(0, 5]"));
///
/// let closed = bins([0, 5, 10]).include_lowest(true);
/// assert_eq!(x.groupby_bins("depth", closed).count("t").values::<i64>()?, [3, 1]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Bins {
    edges: Edges,
    right: bool,
    lowest: bool,
    precision: usize,
    labels: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Edges {
    /// So many of one width.
    Count(usize),
    /// The edges, and whether they were given as integers.
    Given(Vec<f64>, bool),
}

/// Intervals between these edges, or so many of one width; see [`Bins`].
pub fn bins(edges: impl Into<Bins>) -> Bins {
    edges.into()
}

impl Bins {
    fn new(edges: Edges) -> Self {
        Self { edges, right: true, lowest: false, precision: 3, labels: None }
    }

    /// Whether intervals are closed on the right (the default) or on the left.
    pub fn right(mut self, right: bool) -> Self {
        self.right = right;
        self
    }

    /// Whether the lowest edge belongs to the first interval.
    pub fn include_lowest(mut self, include: bool) -> Self {
        self.lowest = include;
        self
    }

    /// Decimals of the edges in labels, 3 by default; more where edges would look alike.
    pub fn precision(mut self, decimals: usize) -> Self {
        self.precision = decimals.min(19);
        self
    }

    /// Labels in place of intervals such as "(0, 5]".
    pub fn labels<T: Into<String>>(mut self, labels: impl IntoIterator<Item = T>) -> Self {
        self.labels = Some(labels.into_iter().map(Into::into).collect());
        self
    }
}

macro_rules! edges {
    ($($type:ty, $whole:literal;)*) => {$(
        impl From<Vec<$type>> for Bins {
            fn from(edges: Vec<$type>) -> Self {
                Self::new(Edges::Given(edges.into_iter().map(|e| e as f64).collect(), $whole))
            }
        }

        impl From<&[$type]> for Bins {
            fn from(edges: &[$type]) -> Self {
                Self::from(edges.to_vec())
            }
        }

        impl<const N: usize> From<[$type; N]> for Bins {
            fn from(edges: [$type; N]) -> Self {
                Self::from(edges.to_vec())
            }
        }
    )*};
}

edges!(f64, false; f32, false; i32, true; i64, true;);

impl From<usize> for Bins {
    fn from(count: usize) -> Self {
        Self::new(Edges::Count(count))
    }
}

impl From<i32> for Bins {
    fn from(count: i32) -> Self {
        Self::new(Edges::Count(usize::try_from(count).unwrap_or(0)))
    }
}

impl Bins {
    fn check(&self) -> Result<()> {
        match &self.edges {
            Edges::Count(0) => Err(Error::invalid("no intervals to group by")),
            Edges::Count(n) if *n > 1 << 24 => {
                Err(Error::invalid(format!("{n} intervals to group by")))
            }
            Edges::Given(edges, _) if edges.len() < 2 => {
                Err(Error::invalid(format!("{} edges make no interval", edges.len()))
                    .hint("give two or more, or a number of intervals"))
            }
            Edges::Given(edges, _) => {
                let rises = |(a, b): (&f64, &f64)| a < b;
                if edges.iter().zip(edges.iter().skip(1)).all(rises) {
                    return Ok(());
                }
                Err(Error::invalid(format!("the edges {edges:?} do not rise"))
                    .hint("sort them and leave out those that occur twice"))
            }
            Edges::Count(_) => Ok(()),
        }
    }

    /// The edges for these values, as `pandas.cut` finds them.
    fn edges(&self, values: &[f64]) -> Result<Vec<f64>> {
        let count = match &self.edges {
            Edges::Given(edges, _) => return Ok(edges.clone()),
            Edges::Count(count) => *count,
        };
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        let (Some(mut low), Some(mut high)) =
            (finite().reduce(f64::min), finite().reduce(f64::max))
        else {
            return Err(Error::invalid("no values to make intervals of"));
        };
        let single = low == high;
        if single {
            let by = |v: f64| if v == 0.0 { 0.001 } else { 0.001 * v.abs() };
            (low, high) = (low - by(low), high + by(high));
        }
        let step = (high - low) / count as f64;
        let mut edges: Vec<f64> = (0..=count).map(|i| low + step * i as f64).collect();
        if let Some(last) = edges.last_mut() {
            *last = high;
        }
        let beyond = if single { 0.0 } else { (high - low) * 0.001 };
        let outer = if self.right { edges.first_mut() } else { edges.last_mut() };
        if let Some(edge) = outer {
            *edge += if self.right { -beyond } else { beyond };
        }
        Ok(edges)
    }

    /// The interval of each value.
    fn codes(&self, values: &[f64], edges: &[f64]) -> Vec<u32> {
        let lowest = edges.first().copied();
        let code = |v: &f64| {
            let before = if self.right {
                edges.partition_point(|e| e < v)
            } else {
                edges.partition_point(|e| e <= v)
            };
            let number = if self.lowest && self.right && Some(*v) == lowest { 1 } else { before };
            if v.is_nan() || number == 0 || number >= edges.len() {
                NO_GROUP
            } else {
                (number - 1) as u32
            }
        };
        values.iter().map(code).collect()
    }

    /// Labels as pandas writes its intervals.
    fn texts(&self, edges: &[f64]) -> Result<Vec<String>> {
        let intervals = edges.len().saturating_sub(1);
        if let Some(labels) = &self.labels {
            if labels.len() != intervals {
                return Err(Error::mismatch(format!(
                    "{} labels for {intervals} intervals",
                    labels.len()
                )));
            }
            return Ok(labels.clone());
        }
        let whole = matches!(self.edges, Edges::Given(_, true));
        let decimals = (self.precision..20)
            .find(|p| {
                let rounded: Vec<f64> = edges.iter().map(|e| round_fraction(*e, *p)).collect();
                rounded.iter().zip(rounded.iter().skip(1)).all(|(a, b)| a != b)
            })
            .unwrap_or(self.precision);
        let mut shown: Vec<f64> = edges.iter().map(|e| round_fraction(*e, decimals)).collect();
        let moved = self.right && self.lowest;
        if let Some(first) = shown.first_mut().filter(|_| moved) {
            *first -= 10f64.powi(-(decimals as i32));
        }
        let text = |e: &f64| if whole && !moved { format!("{e}") } else { format!("{e:?}") };
        let (open, close) = if self.right { ("(", "]") } else { ("[", ")") };
        let pairs = shown.iter().zip(shown.iter().skip(1));
        Ok(pairs.map(|(a, b)| format!("{open}{}, {}{close}", text(a), text(b))).collect())
    }

    fn grouping(&self, set: &Dataset, key: &GroupKey) -> Result<Grouping> {
        self.check()?;
        let (name, by) = key.resolve(set)?;
        let dim = key_dim(set, &name, &by)?;
        let name = Name::from(format!("{name}_bins"));
        free_name(set, &name, &dim)?;
        let values = in_memory(&name, &by)?;
        if !values.dtype().is_real() {
            return Err(Error::unsupported(format!(
                "intervals of \"{name}\" of type {}; they are of numbers",
                values.dtype()
            )));
        }
        let values = values.cast(&DType::F64)?.to_flat::<f64>()?;
        let edges = self.edges(&values)?;
        let texts: Vec<Text> = self.texts(&edges)?.into_iter().map(Text::from).collect();
        let labels = Array::from_vec([texts.len()], texts)?;
        let codes = self.codes(&values, &edges);
        Ok(Grouping::of_codes(name, dim, codes, labels, by.attrs().clone()))
    }
}

/// Rounded to decimals of the fraction, or for numbers below 1 to significant digits.
fn round_fraction(x: f64, precision: usize) -> f64 {
    if !x.is_finite() || x == 0.0 {
        return x;
    }
    let digits = if x.trunc() == 0.0 {
        precision as i32 - 1 - x.abs().log10().floor() as i32
    } else {
        precision as i32
    };
    let scale = 10f64.powi(digits);
    let rounded = (x * scale).round_ties_even() / scale;
    if rounded.is_finite() { rounded } else { x }
}

impl Dataset {
    /// Groups the elements along a dimension by intervals of a coordinate or variable of numbers,
    /// or of a field of times. The groups are called `<key>_bins`, and labelled by their
    /// intervals as text: "(0, 5]". Values outside of all intervals are left out; intervals
    /// without values are missing.
    #[track_caller]
    pub fn groupby_bins(&self, key: impl Into<GroupKey>, bins: impl Into<Bins>) -> DatasetGroupBy {
        let (key, bins) = (key.into(), bins.into());
        self.grouped(|| format!("groupby_bins({key}, ..)"), |set| bins.grouping(set, &key))
    }
}

impl DataArray {
    /// Groups the elements along a dimension by intervals; see [`Dataset::groupby_bins`].
    #[track_caller]
    pub fn groupby_bins(
        &self,
        key: impl Into<GroupKey>,
        bins: impl Into<Bins>,
    ) -> DataArrayGroupBy {
        DataArrayGroupBy { groups: self.set.groupby_bins(key, bins), name: self.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(by: &Bins, values: &[f64]) -> Vec<String> {
        by.texts(&by.edges(values).unwrap()).unwrap()
    }

    // Expected values are those of pandas 3.1.
    #[test]
    fn labels_are_those_of_pandas() {
        let values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(labels(&bins(3), &values), ["(-0.006, 2.0]", "(2.0, 4.0]", "(4.0, 6.0]"]);
        let left = bins(3).right(false);
        assert_eq!(labels(&left, &values), ["[0.0, 2.0)", "[2.0, 4.0)", "[4.0, 6.006)"]);
        let lowest = bins([0.0, 2.5, 4.0]).include_lowest(true);
        assert_eq!(labels(&lowest, &values), ["(-0.001, 2.5]", "(2.5, 4.0]"]);
        assert_eq!(labels(&bins([-90, 0, 90]), &values), ["(-90, 0]", "(0, 90]"]);
        assert_eq!(labels(&bins([0.0, 1.00001, 1.00002]), &[])[1], "(1.00001, 1.00002]");
    }

    #[test]
    fn ends_belong_to_one_interval() {
        let edges = [0.0, 1.0, 2.0];
        let values = [-0.5, 0.0, 0.5, 1.0, 2.0, 2.5, f64::NAN];
        let n = NO_GROUP;
        assert_eq!(bins(edges).codes(&values, &edges), [n, n, 0, 0, 1, n, n]);
        assert_eq!(bins(edges).right(false).codes(&values, &edges), [n, 0, 0, 1, n, n, n]);
        assert_eq!(bins(edges).include_lowest(true).codes(&values, &edges)[1], 0);
    }

    #[test]
    fn empty_intervals_are_missing_and_count_nothing() {
        let x = DataArray::new("v", "t", (0..7).collect::<Vec<i32>>()).with_coord(
            "aux",
            "t",
            (0..7).collect::<Vec<i32>>(),
        );
        let by = x.groupby_bins("aux", [0, 2, 4, 10, 20]);
        let sums = by.sum("t").values::<f64>().unwrap();
        assert_eq!(sums[..3], [3.0, 7.0, 11.0]);
        assert!(sums[3].is_nan());
        assert_eq!(by.count("t").values::<i64>().unwrap(), [2, 2, 2, 0]);
        assert!(by.max("t").values::<f64>().unwrap()[3].is_nan());
        let named = x.groupby_bins("aux", bins([0, 2, 4]).labels(["a", "b"])).mean("t");
        assert_eq!(named["aux_bins"].texts().unwrap()[1].as_deref(), Some("b"));
        let e = x.groupby_bins("aux", [3, 1]).mean("t").check().unwrap_err();
        assert!(e.to_string().contains("do not rise"), "{e}");
        assert!(x.groupby_bins("aux", 0).mean("t").check().is_err());
    }
}
