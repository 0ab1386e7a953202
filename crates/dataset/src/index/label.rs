//! The default index: the labels of a one-dimensional coordinate in memory.

use std::sync::{Arc, OnceLock};

use graticule_array::{Array, DType, Element, Error, Pick, Result, Selection, Text, f16};

use graticule_cftime::Resolution;

use super::column::{Column, Order};
use super::{Found, Index, Joined, Query, RangeIndex};
use crate::combine::Join;
use crate::select::{Label, Method, Selector};
use crate::show::values::element_text;

/// An index over labels in memory: numbers, truth values, text, times and durations.
///
/// Labels are looked up by binary search: in their own order if that is monotonic, else in a
/// sorted order that is made at the first lookup. Labels may be missing or repeated.
///
/// ```
/// use graticule_array::{Array, Pick};
/// use graticule_dataset::{Index, LabelIndex};
/// let index = LabelIndex::new(&Array::from_vec([3], vec![30.0, 20.0, 10.0])?).unwrap();
/// assert!(index.is_monotonic() && index.is_unique());
/// assert_eq!(index.pick("lat", &(15.0..=40.0).into())?, Pick::span(0, 2));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LabelIndex {
    pub(super) labels: Array,
    columns: Arc<OnceLock<Columns>>,
    /// The finest field of a date that some label needs, once it was asked for.
    pub(super) resolution: Arc<OnceLock<Resolution>>,
}

/// Labels by the type they are compared in: integers and ticks, reals, text.
#[derive(Debug)]
pub(super) enum Columns {
    Whole(Column<i64>),
    Real(Column<f64>),
    Text(Column<Text>),
}

impl LabelIndex {
    /// An index over an array of one axis; `None` if its elements cannot be labels.
    #[must_use]
    pub fn new(labels: &Array) -> Option<Self> {
        let dtype = labels.dtype();
        let suits = dtype.is_real() || dtype.is_temporal() || *dtype == DType::Str;
        (suits && labels.ndim() == 1).then(|| Self {
            labels: labels.clone(),
            columns: Arc::default(),
            resolution: Arc::default(),
        })
    }

    /// Whether the labels only rise, or only fall; equal neighbours allowed.
    #[must_use]
    pub fn is_monotonic(&self) -> bool {
        self.columns().order() != Order::None
    }

    /// Whether no label occurs twice.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        match self.columns() {
            Columns::Whole(c) => c.is_unique(),
            Columns::Real(c) => c.is_unique(),
            Columns::Text(c) => c.is_unique(),
        }
    }

    /// Whether the labels rise, fall, or neither.
    #[must_use]
    pub fn is_ascending(&self) -> bool {
        self.columns().order() == Order::Ascending
    }

    /// The distance from each label to the next, in the units of the labels (ticks, for times), if
    /// it is always the same and not zero. Such labels are held as a rule that makes them bit for
    /// bit, and are found without searching, in whatever file they stood.
    ///
    /// ```
    /// use graticule_array::Array;
    /// use graticule_dataset::LabelIndex;
    /// let lat: Vec<f64> = (0..721).map(|i| 90.0 - 0.25 * f64::from(i)).collect();
    /// let index = LabelIndex::new(&Array::from_vec([721], lat)?).unwrap();
    /// assert_eq!(index.step(), Some(-0.25));
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    #[must_use]
    pub fn step(&self) -> Option<f64> {
        match self.columns() {
            Columns::Whole(c) => c.step().map(|s| s as f64),
            Columns::Real(c) => c.step(),
            Columns::Text(_) => None,
        }
    }

    pub(super) fn columns(&self) -> &Columns {
        self.columns.get_or_init(|| columns(&self.labels))
    }

    /// The positions of the labels that are not missing, from the lowest to the highest.
    pub(super) fn positions_by_rank(&self) -> Vec<usize> {
        fn all<K: super::column::Key>(c: &Column<K>) -> Vec<usize> {
            (0..c.count()).filter_map(|rank| c.position(rank)).collect()
        }
        match self.columns() {
            Columns::Whole(c) => all(c),
            Columns::Real(c) => all(c),
            Columns::Text(c) => all(c),
        }
    }

    /// A label by its position, as messages show it.
    pub(crate) fn show(&self, position: usize) -> String {
        element_text(&self.labels, &[position])
    }
}

impl Columns {
    pub(super) fn order(&self) -> Order {
        match self {
            Self::Whole(c) => c.order(),
            Self::Real(c) => c.order(),
            Self::Text(c) => c.order(),
        }
    }
}

fn columns(labels: &Array) -> Columns {
    fn read<T: Element, K>(labels: &Array, to: impl Fn(T) -> K) -> Vec<K> {
        labels.to_flat::<T>().unwrap_or_default().into_iter().map(to).collect()
    }
    macro_rules! whole {
        ($type:ty) => {
            Columns::Whole(Column::new(read::<$type, i64>(labels, i64::from)))
        };
    }
    match labels.dtype() {
        DType::Bool => whole!(bool),
        DType::I8 => whole!(i8),
        DType::I16 => whole!(i16),
        DType::I32 => whole!(i32),
        DType::U8 => whole!(u8),
        DType::U16 => whole!(u16),
        DType::U32 => whole!(u32),
        DType::I64 | DType::Time(_) | DType::Duration(_) => whole!(i64),
        DType::U64 => match labels.to_flat::<u64>().unwrap_or_default() {
            v if v.iter().all(|x| i64::try_from(*x).is_ok()) => {
                Columns::Whole(Column::new(v.into_iter().map(|x| x as i64).collect()))
            }
            v => Columns::Real(Column::new(v.into_iter().map(|x| x as f64).collect())),
        },
        DType::F16 => Columns::Real(Column::new(read::<f16, f64>(labels, f64::from))),
        DType::F32 => Columns::Real(Column::new(read::<f32, f64>(labels, f64::from))),
        DType::F64 => Columns::Real(Column::new(read::<f64, f64>(labels, |v| v))),
        _ => Columns::Text(Column::new(read::<Text, Text>(labels, |v| v))),
    }
}

impl LabelIndex {
    /// The positions that a selector asks for; `coord` is what messages call the coordinate.
    ///
    /// # Errors
    /// If a label does not exist, or the selector does not suit the labels. The message names
    /// the nearest labels.
    pub fn pick(&self, coord: &str, selector: &Selector) -> Result<Pick> {
        match selector {
            Selector::One(label) => self.one(coord, label.value()),
            Selector::Range { start, stop, inclusive } => {
                let (start, stop) = (start.as_ref(), stop.as_ref());
                self.range(coord, start.map(Label::value), stop.map(Label::value), *inclusive)
            }
            Selector::List(labels) => self.list(coord, labels, Method::Exact, None),
            Selector::Near(near) => {
                self.list(coord, &near.labels, near.method, near.tolerance.as_ref())
            }
            Selector::Intervals(..) => Err(Error::invalid(format!(
                "{selector} asks for intervals, and \"{coord}\" has labels without any"
            ))
            .hint("set_xindex([coordinate, bounds], IntervalIndex::closed(..))")),
            Selector::Dates(dates) => dates.pick(coord, &self.labels),
            Selector::Along(_) => Err(Error::bug("labelled labels reached an index")),
        }
    }

    fn labels_of<'a>(&self, other: &'a dyn Index) -> Result<&'a Array> {
        other.labels().ok_or_else(|| {
            Error::unsupported(format!(
                "one is an index of {}, the other of {}",
                self.kind(),
                other.kind()
            ))
        })
    }
}

impl Index for LabelIndex {
    fn kind(&self) -> &'static str {
        "labels"
    }

    fn shape(&self) -> Vec<usize> {
        vec![self.labels.len()]
    }

    fn labels(&self) -> Option<&Array> {
        Some(&self.labels)
    }

    fn sel(&self, query: &Query) -> Result<Found> {
        let (coord, selector) = query.only()?;
        self.pick(coord, selector).map(Found::pick)
    }

    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
        let labels = self.labels.select(&Selection::new(picks)).ok()?;
        Self::new(&labels).map(|index| Arc::new(index) as Arc<dyn Index>)
    }

    fn difference(&self, other: &dyn Index) -> Option<String> {
        if let Some(range) = (other as &dyn std::any::Any).downcast_ref::<RangeIndex>() {
            return range.difference(self);
        }
        match self.labels_of(other).and_then(|l| super::query::difference(&self.labels, l)) {
            Ok(difference) => difference,
            Err(error) => Some(error.to_string()),
        }
    }

    fn describe(&self) -> String {
        let order = match self.columns().order() {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
            Order::None => "not sorted",
        };
        let unique = if self.is_unique() { "" } else { ", some repeated" };
        let even = if self.step().is_some() { ", evenly spaced" } else { "" };
        format!("labels ({}, {order}{unique}{even})", self.labels.len())
    }

    /// Labels in the order of the left side for those it has, then those of the right.
    fn join(&self, other: &dyn Index, how: Join) -> Result<Joined> {
        let theirs = self.labels_of(other)?;
        let same = self.difference(other).is_none();
        if same || how == Join::Override {
            return Ok(Joined { index: None, left: None, right: None });
        }
        if how == Join::Exact {
            let why = self.difference(other).unwrap_or_default();
            return Err(Error::mismatch(why));
        }
        let right = Self::new(theirs).ok_or_else(|| Error::unsupported("labels of this type"))?;
        let (mine_there, theirs_here) = (right.reindex_like(self)?, self.reindex_like(&right)?);
        let mine = mine_there.iter().enumerate();
        let mut pairs: Vec<(Option<usize>, Option<usize>)> = match how {
            Join::Right => theirs_here.iter().enumerate().map(|(j, at)| (*at, Some(j))).collect(),
            Join::Inner => {
                mine.filter(|(_, at)| at.is_some()).map(|(i, at)| (Some(i), *at)).collect()
            }
            _ => mine.map(|(i, at)| (Some(i), *at)).collect(),
        };
        if how == Join::Outer {
            let fresh = theirs_here.iter().enumerate().filter(|(_, at)| at.is_none());
            pairs.extend(fresh.map(|(j, _)| (None, Some(j))));
        }
        let n = self.labels.len();
        let picks = pairs.iter().filter_map(|(i, j)| i.or(j.map(|j| j + n)));
        let dtype = graticule_array::promote(self.labels.dtype(), theirs.dtype())?;
        let all = Array::concat(&[self.labels.cast(&dtype)?, theirs.cast(&dtype)?], 0)?;
        let labels = all.select(&Selection::new([Pick::List(picks.collect())]))?;
        let (left, right) = pairs.into_iter().unzip();
        let index = Self::new(&labels).map(|i| Arc::new(i) as Arc<dyn Index>);
        Ok(Joined { index, left: Some(left), right: Some(right) })
    }

    fn reindex_like(&self, other: &dyn Index) -> Result<Vec<Option<usize>>> {
        let wanted = self.labels_of(other)?;
        if !self.is_unique() {
            return Err(Error::invalid("labels that occur twice cannot be reindexed")
                .hint("drop_duplicates first"));
        }
        let place = |i: usize| {
            let label = wanted.get(&[i])?;
            match self.exact("labels", &label) {
                Ok(pick) => Ok(pick.get(0)),
                Err(e) if e.is_not_found() => Ok(None),
                Err(e) => Err(e),
            }
        };
        (0..wanted.len()).map(place).collect()
    }

    fn concat(&self, rest: &[Arc<dyn Index>], _axis: usize) -> Result<Arc<dyn Index>> {
        let mut all = vec![self.labels.clone()];
        for other in rest {
            all.push(self.labels_of(&**other)?.clone());
        }
        let index = Self::new(&Array::concat(&all, 0)?);
        index
            .map(|i| Arc::new(i) as Arc<dyn Index>)
            .ok_or_else(|| Error::unsupported("labels of this type"))
    }

    fn stack(&self) -> Option<Self> {
        Some(self.clone())
    }
}

/// The error for labels that must be monotonic and are not.
pub(super) fn not_monotonic(coord: &str) -> Error {
    Error::invalid(format!(
        "a range of labels needs a monotonic coordinate, and \"{coord}\" is not sorted"
    ))
    .hint("sort by it first, or select by a list of labels")
}

/// The group of each label (equal labels form one, missing ones none: `u32::MAX`), groups in
/// ascending order of their labels, and the position where each group first occurs. `None` if
/// the elements cannot be labels.
pub(crate) fn factorize(labels: &Array) -> Option<(Vec<u32>, Vec<usize>)> {
    fn groups<K: super::column::Key>(column: &Column<K>) -> (Vec<u32>, Vec<usize>) {
        let mut codes = vec![u32::MAX; column.len()];
        let mut firsts: Vec<usize> = Vec::new();
        let mut last: Option<std::borrow::Cow<'_, K>> = None;
        for rank in 0..column.count() {
            let (Some(position), Some(key)) = (column.position(rank), column.ranked(rank)) else {
                continue;
            };
            if last.as_ref().is_none_or(|l| l.order(&key).is_ne()) {
                firsts.push(position);
            }
            last = Some(key);
            if let Some(code) = codes.get_mut(position) {
                *code = (firsts.len() - 1) as u32;
            }
        }
        (codes, firsts)
    }
    if let Some(found) = counted(labels) {
        return Some(found);
    }
    // Characters of a fixed length compare as the text they hold.
    let text = match labels.dtype() {
        DType::Char | DType::Bytes(_) => labels.cast(&DType::Str).ok(),
        _ => None,
    };
    Some(match LabelIndex::new(text.as_ref().unwrap_or(labels))?.columns() {
        Columns::Whole(c) => groups(c),
        Columns::Real(c) => groups(c),
        Columns::Text(c) => groups(c),
    })
}

/// [`factorize`] of integers that lie close to each other (months, years, hours, flags): counted
/// instead of sorted.
fn counted(labels: &Array) -> Option<(Vec<u32>, Vec<usize>)> {
    const WIDEST: i64 = 1 << 16;
    if !labels.dtype().is_integer() || *labels.dtype() == DType::U64 || labels.ndim() != 1 {
        return None;
    }
    let values = labels.cast(&DType::I64).ok()?.to_flat::<i64>().ok()?;
    let (low, high) = (values.iter().min()?, values.iter().max()?);
    let width = high.checked_sub(*low).filter(|w| *w < WIDEST)?;
    let place = |v: &i64| usize::try_from(v - low).unwrap_or(0);
    let mut first = vec![None; usize::try_from(width).ok()? + 1];
    for (i, value) in values.iter().enumerate() {
        if let Some(slot) = first.get_mut(place(value)) {
            slot.get_or_insert(i);
        }
    }
    let mut codes = vec![u32::MAX; first.len()];
    let mut firsts = Vec::new();
    for (code, at) in codes.iter_mut().zip(&first) {
        if let Some(at) = at {
            *code = u32::try_from(firsts.len()).ok()?;
            firsts.push(*at);
        }
    }
    let of = |v: &i64| codes.get(place(v)).copied().unwrap_or(u32::MAX);
    Some((values.iter().map(of).collect(), firsts))
}
