//! The default index: the labels of a one-dimensional coordinate in memory.

use std::sync::{Arc, OnceLock};

use graticule_array::{Array, DType, Element, Error, Pick, Result, Selection, Text, f16};

use super::Index;
use super::column::{Column, Order};
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
/// assert_eq!(index.sel("lat", &(15.0..=40.0).into())?, Pick::span(0, 2));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LabelIndex {
    pub(super) labels: Array,
    columns: Arc<OnceLock<Columns>>,
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
        (suits && labels.ndim() == 1)
            .then(|| Self { labels: labels.clone(), columns: Arc::default() })
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

    pub(super) fn columns(&self) -> &Columns {
        self.columns.get_or_init(|| columns(&self.labels))
    }

    /// A label by its position, as messages show it.
    pub(super) fn show(&self, position: usize) -> String {
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

impl Index for LabelIndex {
    fn kind(&self) -> &'static str {
        "labels"
    }

    fn len(&self) -> usize {
        self.labels.len()
    }

    fn labels(&self) -> Option<&Array> {
        Some(&self.labels)
    }

    fn sel(&self, coord: &str, selector: &Selector) -> Result<Pick> {
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
        }
    }

    fn isel(&self, pick: &Pick) -> Option<Arc<dyn Index>> {
        let labels = self.labels.select(&Selection::new([pick.clone()])).ok()?;
        Self::new(&labels).map(|index| Arc::new(index) as Arc<dyn Index>)
    }

    fn difference(&self, other: &dyn Index) -> Option<String> {
        let Some(theirs) = other.labels() else {
            return Some(format!(
                "one is an index of {}, the other of {}",
                self.kind(),
                other.kind()
            ));
        };
        match super::query::difference(&self.labels, theirs) {
            Ok(difference) => difference,
            Err(error) => Some(error.to_string()),
        }
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
        let mut codes = vec![u32::MAX; column.keys().len()];
        let mut firsts: Vec<usize> = Vec::new();
        let mut last: Option<&K> = None;
        for rank in 0..column.count() {
            let (Some(position), Some(key)) = (column.position(rank), column.ranked(rank)) else {
                continue;
            };
            if last.is_none_or(|l| l.order(key).is_ne()) {
                firsts.push(position);
            }
            last = Some(key);
            if let Some(code) = codes.get_mut(position) {
                *code = (firsts.len() - 1) as u32;
            }
        }
        (codes, firsts)
    }
    Some(match LabelIndex::new(labels)?.columns() {
        Columns::Whole(c) => groups(c),
        Columns::Real(c) => groups(c),
        Columns::Text(c) => groups(c),
    })
}
