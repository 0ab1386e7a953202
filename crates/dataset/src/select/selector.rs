//! Labels along a dimension, as `sel` takes them.

use std::fmt;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use graticule_array::{Array, Error, Result, Scalar, Text, TimeType};
use graticule_cftime::TimeUnit;

use super::dates::Dates;
use crate::data_array::DataArray;
use crate::dims::Dims;

/// One label: a number, a text, a time, or a (partial) date as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Label(Scalar);

impl Label {
    /// The label as a value.
    #[must_use]
    pub fn value(&self) -> &Scalar {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Scalar::Str(text) => write!(f, "{:?}", text.as_str().unwrap_or("nan")),
            other => f.write_str(&crate::show::values::scalar_text(other)),
        }
    }
}

/// What to take where there is no equal label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Nothing: it is an error.
    #[default]
    Exact,
    /// The nearest label; of two equally near ones the larger.
    Nearest,
    /// The last label that is not after the one asked for.
    Pad,
    /// The first label that is not before the one asked for.
    Backfill,
}

/// Labels along one dimension: one, a range, a list, or those near some.
///
/// Ranges: `a..=b` includes both ends, `a..b` excludes the end for numbers and times; ranges of
/// text dates always include the whole of the end period. On a monotonic coordinate the ends
/// may come in either order.
///
/// ```
/// use graticule_dataset::{DataArray, near};
/// let t = DataArray::new("t", "lat", vec![1.0, 2.0, 3.0, 4.0])
///     .with_coord("lat", "lat", vec![60.0, 40.0, 20.0, 0.0]);
/// assert_eq!(t.sel("lat", 40.0).item::<f64>()?, 2.0);
/// assert_eq!(t.sel("lat", 20.0..=60.0).values::<f64>()?, [1.0, 2.0, 3.0]);
/// assert_eq!(t.sel("lat", near(43.0)).item::<f64>()?, 2.0);
/// assert!(t.sel("lat", near(43.0).within(1.0)).compute().is_err());
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Selector {
    /// One label. The dimension goes away, unless the label is a date that stands for a period,
    /// or is found more than once.
    One(Label),
    /// Labels between two, in the order of the coordinate.
    Range {
        /// The first label; the beginning by default.
        start: Option<Label>,
        /// The last label; the end by default.
        stop: Option<Label>,
        /// Whether `stop` itself belongs to the range.
        inclusive: bool,
    },
    /// These labels, in this order.
    List(Array),
    /// One label or a list of them, each replaced by one near it.
    Near(Near),
    /// Intervals in some relation to a value or to a range, for an
    /// [`IntervalIndex`](crate::IntervalIndex).
    Intervals(Relation, Label, Label),
    /// Instants by fields of their date, in any year: see [`dates`](crate::dates).
    Dates(Dates),
    /// The labels in an array, which has dimensions of its own: they take the place of those
    /// selected along. Arrays for several coordinates are taken together, point by point.
    Along(Box<DataArray>),
}

/// The labels from `a` to `b`, both included, as `a..=b`: for ends that come from high to low,
/// or are of different types.
///
/// ```
/// use graticule_dataset::{DataArray, between};
/// let t = DataArray::new("t", "lat", vec![1, 2, 3]).with_coord("lat", "lat", vec![60, 40, 20]);
/// assert_eq!(t.sel("lat", between(60, 30)).values::<i32>()?, [1, 2]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[must_use]
pub fn between(a: impl Into<Label>, b: impl Into<Label>) -> Selector {
    Selector::Range { start: Some(a.into()), stop: Some(b.into()), inclusive: true }
}

/// How an interval lies to a range; see [`contains`], [`overlaps`], [`touches`], [`inside`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It contains the value.
    Contains,
    /// They share more than an end.
    Overlaps,
    /// They share a point at least, be it an end.
    Touches,
    /// It lies within the range.
    Inside,
}

/// The intervals that contain a value; which of its ends belongs to an interval is said when
/// the index is built.
#[must_use]
pub fn contains(value: impl Into<Label>) -> Selector {
    let value = value.into();
    Selector::Intervals(Relation::Contains, value.clone(), value)
}

/// The intervals that share more than an end with the range from `a` to `b`.
#[must_use]
pub fn overlaps(a: impl Into<Label>, b: impl Into<Label>) -> Selector {
    Selector::Intervals(Relation::Overlaps, a.into(), b.into())
}

/// The intervals that share a point, be it an end, with the range from `a` to `b`.
#[must_use]
pub fn touches(a: impl Into<Label>, b: impl Into<Label>) -> Selector {
    Selector::Intervals(Relation::Touches, a.into(), b.into())
}

/// The intervals that lie within the range from `a` to `b`.
#[must_use]
pub fn inside(a: impl Into<Label>, b: impl Into<Label>) -> Selector {
    Selector::Intervals(Relation::Inside, a.into(), b.into())
}

impl Selector {
    /// The array that the labels came in, if they have dimensions.
    pub(crate) fn array(&self) -> Option<&DataArray> {
        match self {
            Self::Along(array) => Some(array),
            Self::Near(near) => near.along.as_deref(),
            _ => None,
        }
    }

    /// The labels repeated over these dimensions, as a list of one axis.
    ///
    /// # Errors
    /// If the labels are a range or a list without dimensions.
    pub(super) fn flattened(&self, coord: &str, dims: &Dims, shape: &[usize]) -> Result<Self> {
        let spread = |own: &Dims, labels: &Array| -> Result<Array> {
            let axes: Vec<Option<usize>> = dims.iter().map(|d| own.axis(d)).collect();
            labels.spread(&axes, shape, 0..shape.iter().product())
        };
        Ok(match self {
            Self::One(label) => Self::List(spread(&Dims::none(), &label.0.fill(&[])?)?),
            Self::Along(array) => {
                Self::List(spread(&array.dims(), super::pointwise::in_memory(array)?)?)
            }
            Self::Near(near) if near.along.is_some() || near.labels.ndim() == 0 => {
                let own = near.along.as_ref().map_or_else(Dims::none, |a| a.dims());
                let each = near.tolerance.as_ref().filter(|t| t.ndim() > 0);
                let tolerance = each.map(|t| spread(&own, t)).transpose()?;
                Self::Near(Near {
                    labels: spread(&own, &near.labels)?,
                    along: None,
                    method: near.method,
                    tolerance: tolerance.or_else(|| near.tolerance.clone()),
                })
            }
            _ => {
                return Err(Error::unsupported(format!(
                    "the labels {self} of \"{coord}\" together with labels point by point"
                ))
                .hint("give an array with dimensions: DataArray::new(\"\", \"points\", ..)"));
            }
        })
    }
}

/// Labels together with the rule for what to take where there is no equal one. See [`near`].
#[derive(Clone, Debug)]
pub struct Near {
    pub(crate) labels: Array,
    /// The array that the labels came in, if they have dimensions.
    pub(crate) along: Option<Box<DataArray>>,
    pub(crate) method: Method,
    /// One for all labels, or one for each.
    pub(crate) tolerance: Option<Array>,
}

impl Near {
    /// Refuses labels that lie farther away than this, in units of the coordinate; a plain
    /// number counts seconds on a time coordinate.
    #[must_use]
    pub fn within(mut self, tolerance: impl Into<Label>) -> Self {
        // One value always fits in memory.
        self.tolerance = tolerance.into().0.fill(&[]).ok();
        self
    }

    /// Refuses labels that lie farther away than this, one distance for each label.
    #[must_use]
    pub fn within_each(mut self, tolerances: impl Into<Labels>) -> Self {
        self.tolerance = Some(tolerances.into().array);
        self
    }

    /// Takes the last label that is not after the one asked for.
    #[must_use]
    pub fn pad(mut self) -> Self {
        self.method = Method::Pad;
        self
    }

    /// Takes the first label that is not before the one asked for.
    #[must_use]
    pub fn backfill(mut self) -> Self {
        self.method = Method::Backfill;
        self
    }
}

/// The label nearest to this one, or to each of a list.
///
/// ```
/// use graticule_dataset::{DataArray, near};
/// let t = DataArray::new("t", "x", vec![10, 20, 30]).with_coord("x", "x", vec![1.0, 2.0, 3.0]);
/// assert_eq!(t.sel("x", near(1.5)).item::<i32>()?, 20); // a tie goes to the larger label
/// assert_eq!(t.sel("x", near(2.9).pad()).item::<i32>()?, 20);
/// assert_eq!(t.sel("x", near(vec![0.0, 9.0])).values::<i32>()?, [10, 30]);
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[must_use]
pub fn near(labels: impl Into<Labels>) -> Near {
    let Labels { array, along } = labels.into();
    Near { labels: array, along, method: Method::Nearest, tolerance: None }
}

/// One label, a list of labels, or an array of them with dimensions, for [`near`].
#[derive(Clone, Debug)]
pub struct Labels {
    array: Array,
    along: Option<Box<DataArray>>,
}

impl Labels {
    /// The values, which must be in memory if they come in an array.
    pub(crate) fn values(&self) -> Result<&Array> {
        match &self.along {
            Some(array) => super::pointwise::in_memory(array),
            None => Ok(&self.array),
        }
    }

    fn bare(array: Array) -> Self {
        Self { array, along: None }
    }
}

impl From<&DataArray> for Labels {
    fn from(array: &DataArray) -> Self {
        let missing = || Array::scalar(f64::NAN);
        let values = array.variable().in_memory().cloned().unwrap_or_else(missing);
        Self { array: values, along: Some(Box::new(array.clone())) }
    }
}

impl From<DataArray> for Labels {
    fn from(array: DataArray) -> Self {
        (&array).into()
    }
}

impl From<&DataArray> for Selector {
    /// Labels, or truth values along the dimension that is selected along: a mask.
    fn from(array: &DataArray) -> Self {
        Self::Along(Box::new(array.clone()))
    }
}

impl From<DataArray> for Selector {
    fn from(array: DataArray) -> Self {
        Self::Along(Box::new(array))
    }
}

impl From<Near> for Selector {
    fn from(near: Near) -> Self {
        Self::Near(near)
    }
}

impl From<Label> for Selector {
    fn from(label: Label) -> Self {
        Self::One(label)
    }
}

impl From<Scalar> for Label {
    fn from(value: Scalar) -> Self {
        Self(value)
    }
}

impl From<Scalar> for Selector {
    fn from(value: Scalar) -> Self {
        Self::One(Label(value))
    }
}

impl From<Array> for Selector {
    fn from(labels: Array) -> Self {
        match labels.item() {
            Ok(value) if labels.ndim() == 0 => Self::One(Label(value)),
            _ => Self::List(labels),
        }
    }
}

impl From<Array> for Labels {
    fn from(labels: Array) -> Self {
        Self::bare(labels)
    }
}

impl From<RangeFull> for Selector {
    fn from(_: RangeFull) -> Self {
        Self::Range { start: None, stop: None, inclusive: true }
    }
}

impl From<std::time::Duration> for Label {
    fn from(d: std::time::Duration) -> Self {
        let nanos = i64::try_from(d.as_nanos()).unwrap_or(i64::MAX);
        Self(Scalar::Duration(nanos, TimeUnit::Nanosecond))
    }
}

impl Label {
    /// An instant given by its tick.
    #[must_use]
    pub fn time(tick: i64, of: TimeType) -> Self {
        Self(Scalar::Time(tick, of))
    }
}

fn one_axis<T: graticule_array::Element>(values: Vec<T>) -> Array {
    Array::new(graticule_array::ndarray::Array1::from_vec(values).into_dyn())
}

macro_rules! labels {
    ($($type:ty => $element:ty, $wrap:expr, $scalar:expr;)*) => {$(
        impl From<$type> for Label {
            fn from(value: $type) -> Self {
                let element: $element = $wrap(value);
                Self($scalar(element))
            }
        }

        impl From<$type> for Selector {
            fn from(value: $type) -> Self {
                Self::One(value.into())
            }
        }

        impl From<$type> for Labels {
            fn from(value: $type) -> Self {
                let element: $element = $wrap(value);
                Self::bare(Array::scalar(element))
            }
        }

        impl From<Vec<$type>> for Labels {
            fn from(values: Vec<$type>) -> Self {
                Self::bare(one_axis(values.into_iter().map($wrap).collect::<Vec<$element>>()))
            }
        }

        impl<const N: usize> From<[$type; N]> for Labels {
            fn from(values: [$type; N]) -> Self {
                Self::bare(one_axis(values.into_iter().map($wrap).collect::<Vec<$element>>()))
            }
        }

        impl From<Vec<$type>> for Selector {
            fn from(values: Vec<$type>) -> Self {
                Self::List(Labels::from(values).array)
            }
        }

        impl<const N: usize> From<[$type; N]> for Selector {
            fn from(values: [$type; N]) -> Self {
                Self::List(Labels::from(values).array)
            }
        }

        impl From<RangeInclusive<$type>> for Selector {
            fn from(r: RangeInclusive<$type>) -> Self {
                let (start, stop) = r.into_inner();
                Self::Range { start: Some(start.into()), stop: Some(stop.into()), inclusive: true }
            }
        }

        impl From<Range<$type>> for Selector {
            fn from(r: Range<$type>) -> Self {
                let (start, stop) = (Some(r.start.into()), Some(r.end.into()));
                Self::Range { start, stop, inclusive: false }
            }
        }

        impl From<RangeFrom<$type>> for Selector {
            fn from(r: RangeFrom<$type>) -> Self {
                Self::Range { start: Some(r.start.into()), stop: None, inclusive: true }
            }
        }

        impl From<RangeTo<$type>> for Selector {
            fn from(r: RangeTo<$type>) -> Self {
                Self::Range { start: None, stop: Some(r.end.into()), inclusive: false }
            }
        }

        impl From<RangeToInclusive<$type>> for Selector {
            fn from(r: RangeToInclusive<$type>) -> Self {
                Self::Range { start: None, stop: Some(r.end.into()), inclusive: true }
            }
        }
    )*};
}

labels! {
    &str => Text, Text::from, Scalar::Str;
    String => Text, Text::from, Scalar::Str;
    Text => Text, std::convert::identity, Scalar::Str;
    i32 => i32, std::convert::identity, Scalar::I32;
    i64 => i64, std::convert::identity, Scalar::I64;
    u32 => u32, std::convert::identity, Scalar::U32;
    usize => u64, |v: usize| v as u64, Scalar::U64;
    f32 => f32, std::convert::identity, Scalar::F32;
    f64 => f64, std::convert::identity, Scalar::F64;
    bool => bool, std::convert::identity, Scalar::Bool;
}

/// As it is written in a call.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |l: &Option<Label>| l.as_ref().map(ToString::to_string).unwrap_or_default();
        match self {
            Self::One(label) => write!(f, "{label}"),
            Self::Range { start, stop, inclusive } => {
                let eq = if *inclusive && stop.is_some() { "=" } else { "" };
                write!(f, "{}..{eq}{}", end(start), end(stop))
            }
            Self::List(labels) => f.write_str(&listed(labels)),
            Self::Near(n) => {
                match &n.along {
                    Some(array) => write!(f, "near({})", named(array))?,
                    None => write!(f, "near({})", listed(&n.labels))?,
                }
                match n.method {
                    Method::Pad => f.write_str(".pad()")?,
                    Method::Backfill => f.write_str(".backfill()")?,
                    Method::Nearest | Method::Exact => {}
                }
                match &n.tolerance {
                    Some(t) => write!(f, ".within({})", listed(t)),
                    None => Ok(()),
                }
            }
            Self::Along(array) => f.write_str(&named(array)),
            Self::Dates(dates) => write!(f, "{dates}"),
            Self::Intervals(Relation::Contains, a, _) => write!(f, "contains({a})"),
            Self::Intervals(relation, a, b) => {
                let name = format!("{relation:?}").to_lowercase();
                write!(f, "{name}({a}, {b})")
            }
        }
    }
}

/// `stations(n: 5)`.
pub(super) fn named(array: &DataArray) -> String {
    let var = array.variable();
    let dims: Vec<String> = var.sizes().map(|(d, n)| format!("{d}: {n}")).collect();
    format!("{}({})", array.name().unwrap_or("array"), dims.join(", "))
}

fn listed(labels: &Array) -> String {
    let show = |i: usize| labels.get(&[i]).map_or_else(|e| e.to_string(), |s| Label(s).to_string());
    match (labels.ndim(), labels.len()) {
        (0, _) => labels.item().map_or_else(|e| e.to_string(), |s| Label(s).to_string()),
        (1, n @ 0..=6) => format!("[{}]", (0..n).map(show).collect::<Vec<_>>().join(", ")),
        (1, n) => {
            let head = (0..5).map(show).collect::<Vec<_>>().join(", ");
            format!("[{head}, .. {n} labels]")
        }
        _ => format!("[{} labels]", labels.len()),
    }
}
