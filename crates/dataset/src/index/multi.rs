//! The multi-index: several levels of labels along one dimension.

use std::collections::HashMap;
use std::sync::Arc;

use graticule_array::{Array, Error, Pick, Result, Selection};

use super::build::{BuildIndex, IndexCoords};
use super::{Found, Index, LabelIndex, Query, factorize};
use crate::select::Selector;

/// The code of a missing label.
const NONE: u32 = u32::MAX;

/// The code of a label by its position among those of its level; `None` is a missing label.
pub(crate) fn code_of(position: Option<usize>) -> u32 {
    position.and_then(|p| u32::try_from(p).ok()).unwrap_or(NONE)
}

/// Several levels of labels along one dimension; each level is an ordinary coordinate.
///
/// Labels of one level, of some or of all can be selected, also by range: the positions are
/// those whose label lies in the range, whatever their order. A level that one label was asked
/// of becomes a scalar; if one level is left then, the dimension takes its name.
///
/// ```
/// use graticule_dataset::DataArray;
/// let t = DataArray::new("t", ["y", "x"], (vec![1, 2, 3, 4, 5, 6], [2, 3]))
///     .with_coord("y", "y", vec!["a", "b"])
///     .with_coord("x", "x", vec![10, 20, 30])
///     .stack("z", ["y", "x"]);
/// assert_eq!(t.sel("x", 20..=30).values::<i32>()?, [2, 3, 5, 6]);
/// let b = t.sel("y", "b");
/// assert_eq!((b.dims().to_string(), b.values::<i32>()?), ("x".into(), vec![4, 5, 6]));
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MultiIndex {
    /// The distinct labels of each level.
    levels: Arc<[LabelIndex]>,
    rows: Rows,
    /// Which rows there are, and in which order; never a single one.
    pick: Pick,
}

/// Which label each row has on each level, as positions among the labels of the level.
#[derive(Clone, Debug)]
enum Rows {
    /// All combinations, the last level changing fastest; the lengths of the levels.
    Product(Arc<[usize]>),
    /// One list of codes per level.
    Codes(Arc<[Arc<[u32]>]>),
}

/// The recipe of a multi-index, for [`set_xindex`](crate::Dataset::set_xindex).
#[derive(Clone, Copy, Debug)]
pub struct MultiRecipe;

impl MultiIndex {
    /// The recipe for [`set_xindex`](crate::Dataset::set_xindex).
    #[must_use]
    pub fn recipe() -> MultiRecipe {
        MultiRecipe
    }

    /// All combinations of the labels of some levels; the last level changes fastest. Takes no
    /// memory for the combinations.
    ///
    /// # Errors
    /// If there are no levels, or more combinations than can be counted.
    pub fn product(levels: Vec<LabelIndex>) -> Result<Self> {
        let lens: Vec<usize> = levels.iter().map(Index::len).collect();
        let n = lens.iter().try_fold(1usize, |n, l| n.checked_mul(*l));
        let n = n.filter(|_| !levels.is_empty() && lens.iter().all(|l| *l < NONE as usize));
        let n =
            n.ok_or_else(|| Error::invalid(format!("no index of levels of {lens:?} labels")))?;
        Ok(Self { levels: levels.into(), rows: Rows::Product(lens.into()), pick: Pick::all(n) })
    }

    /// The rows of several coordinates of the same length.
    ///
    /// # Errors
    /// If there are none, their lengths differ, or their elements cannot be labels.
    pub fn from_arrays(arrays: &[Array]) -> Result<Self> {
        let n = arrays.first().map(Array::len);
        let n = n.ok_or_else(|| Error::invalid("a multi-index needs a level"))?;
        let (mut levels, mut codes) = (Vec::new(), Vec::new());
        for array in arrays {
            if array.ndim() != 1 || array.len() != n {
                return Err(Error::mismatch("the levels of a multi-index must be of one length"));
            }
            let unsuited =
                || Error::unsupported(format!("labels of type {} in a level", array.dtype()));
            let (own, firsts) = factorize(array).ok_or_else(unsuited)?;
            let labels = array.select(&Selection::new([Pick::List(firsts.into())]))?;
            levels.push(LabelIndex::new(&labels).ok_or_else(unsuited)?);
            codes.push(Arc::from(own));
        }
        Ok(Self { levels: levels.into(), rows: Rows::Codes(codes.into()), pick: Pick::all(n) })
    }

    /// Rows by the positions of their labels among those of each level, as [`code_of`] gives them.
    pub(crate) fn from_codes(levels: Vec<LabelIndex>, codes: Vec<Vec<u32>>) -> Self {
        let codes: Arc<[Arc<[u32]>]> = codes.into_iter().map(Arc::from).collect();
        let n = codes.first().map_or(0, |c| c.len());
        Self { levels: levels.into(), rows: Rows::Codes(codes), pick: Pick::all(n) }
    }

    /// The number of levels.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The distinct labels of each level, whether a row has them or not.
    #[must_use]
    pub fn levels(&self) -> &[LabelIndex] {
        &self.levels
    }

    /// Whether the rows are all combinations of the labels, the last level changing fastest.
    #[must_use]
    pub fn is_product(&self) -> bool {
        matches!(self.rows, Rows::Product(_))
            && self.pick == Pick::all(self.pick.len())
            && self.levels.iter().fold(1, |n, l| l.len().saturating_mul(n)) == self.pick.len()
    }

    /// The position of a row's label among the labels of a level; `None` if it is missing.
    #[must_use]
    pub fn code(&self, level: usize, row: usize) -> Option<usize> {
        let row = self.pick.get(row)?;
        match &self.rows {
            Rows::Product(lens) => {
                let stride: usize = lens.iter().skip(level + 1).product();
                Some((row / stride.max(1)) % (*lens.get(level)?).max(1))
            }
            Rows::Codes(codes) => {
                let code = *codes.get(level)?.get(row)?;
                (code != NONE).then_some(code as usize)
            }
        }
    }

    /// The codes of a level, one per row.
    pub(crate) fn codes(&self, level: usize) -> impl Iterator<Item = Option<usize>> + '_ {
        (0..self.pick.len()).map(move |row| self.code(level, row))
    }

    /// The labels of a level, one per row.
    ///
    /// # Errors
    /// If there is no such level.
    pub fn values(&self, level: usize) -> Result<Array> {
        let Some(labels) = self.levels.get(level).and_then(Index::labels) else {
            return Err(Error::bug(format!("no level {level} in a multi-index")));
        };
        let mut labels = labels.clone();
        let missing = labels.len();
        if self.codes(level).any(|c| c.is_none()) {
            let dtype = labels.dtype().with_missing();
            labels = Array::concat(&[labels.cast(&dtype)?, Array::missing(&dtype, &[1])?], 0)?;
        }
        let picks = self.codes(level).map(|c| c.unwrap_or(missing));
        labels.select(&Selection::new([Pick::List(picks.collect())]))
    }

    /// Some of the levels, in this order; their labels keep the order they have.
    pub(crate) fn with_levels(&self, order: &[usize]) -> Self {
        let levels = order.iter().filter_map(|l| self.levels.get(*l).cloned());
        let codes = order
            .iter()
            .map(|l| self.codes(*l).map(|c| c.map_or(NONE, |c| c as u32)).collect::<Arc<[u32]>>());
        Self {
            levels: levels.collect(),
            rows: Rows::Codes(codes.collect()),
            pick: Pick::all(self.pick.len()),
        }
    }

    /// Which labels of a level a selector takes, and whether it asks for a single one.
    fn wanted(&self, level: usize, coord: &str, selector: &Selector) -> Result<(Vec<bool>, bool)> {
        let labels = self.levels.get(level);
        let labels = labels.ok_or_else(|| Error::bug("a level that does not exist"))?;
        if let Selector::List(mask) = selector
            && *mask.dtype() == graticule_array::DType::Bool
        {
            return Err(Error::unsupported(format!("a mask for the level \"{coord}\""))
                .hint("select by position: isel"));
        }
        let pick = labels.pick(coord, selector)?;
        let mut wanted = vec![false; labels.len()];
        for code in (0..pick.len()).filter_map(|k| pick.get(k)) {
            if let Some(flag) = wanted.get_mut(code) {
                *flag = true;
            }
        }
        Ok((wanted, matches!(pick, Pick::At(_))))
    }

    /// The rows of labels given level by level, list by list.
    fn rows_of(&self, query: &Query) -> Result<Vec<usize>> {
        let lists = query.all()?;
        let mut wanted: Vec<Vec<usize>> = Vec::new();
        for (level, selector) in lists.iter().enumerate() {
            let coord = query.name(level);
            let Some(labels) = self.levels.get(level) else { break };
            let pick = labels.pick(coord, selector)?;
            for k in 0..pick.len() {
                let code = pick.get(k).unwrap_or(0);
                match wanted.get_mut(k) {
                    Some(row) => row.push(code),
                    None => wanted.push(vec![code]),
                }
            }
        }
        let mut rows: HashMap<Vec<usize>, (usize, bool)> = HashMap::new();
        'row: for row in 0..self.pick.len() {
            let mut key = Vec::with_capacity(self.depth());
            for level in 0..self.depth() {
                let Some(code) = self.code(level, row) else { continue 'row };
                key.push(code);
            }
            rows.entry(key).and_modify(|seen| seen.1 = true).or_insert((row, false));
        }
        let show = |key: &[usize]| {
            let labels = key.iter().zip(self.levels.iter()).map(|(c, l)| l.show(*c));
            labels.collect::<Vec<_>>().join(", ")
        };
        let find = |key: &Vec<usize>| match rows.get(key) {
            Some((row, false)) if key.len() == self.depth() => Ok(*row),
            Some(_) => {
                Err(Error::invalid(format!("the labels ({}) occur more than once", show(key))))
            }
            None => Err(Error::not_found(format!("no row of the labels ({})", show(key)))),
        };
        wanted.iter().map(find).collect()
    }
}

/// Rising positions: as a range as long as they are evenly spaced, so that large parts of a
/// large index need no list.
fn pick_of(mut rows: impl Iterator<Item = usize>) -> Pick {
    let Some(first) = rows.next() else { return Pick::span(0, 0) };
    let Some(second) = rows.next() else { return Pick::span(first, 1) };
    let (step, mut len, mut last) = (second - first, 2usize, second);
    for row in rows.by_ref() {
        if row - last != step {
            let even = (0..len).map(|k| first + k * step);
            return Pick::List(even.chain([row]).chain(rows).collect());
        }
        (last, len) = (row, len + 1);
    }
    match isize::try_from(step) {
        Ok(step) => Pick::Range { start: first, step, len },
        Err(_) => Pick::List([first, second].into()),
    }
}

impl Index for MultiIndex {
    fn kind(&self) -> &'static str {
        "multi"
    }

    fn shape(&self) -> Vec<usize> {
        vec![self.pick.len()]
    }

    fn sel(&self, query: &Query) -> Result<Found> {
        if query.is_pointwise() {
            return Ok(Found::Points { axes: vec![self.rows_of(query)?], missing: Vec::new() });
        }
        let mut fixed = Vec::new();
        let mut tests: Vec<(usize, Vec<bool>)> = Vec::new();
        for (level, coord, selector) in query.asked() {
            let (wanted, single) = self.wanted(level, coord, selector)?;
            if single {
                fixed.push(level);
            }
            tests.push((level, wanted));
        }
        let kept = |row: &usize| {
            tests.iter().all(|(level, wanted)| {
                self.code(*level, *row).and_then(|c| wanted.get(c)).is_some_and(|w| *w)
            })
        };
        let rows = pick_of((0..self.pick.len()).filter(kept));
        if rows.is_empty() && !fixed.is_empty() {
            let asked = query.asked().map(|(_, name, s)| format!("{name} {s}"));
            return Err(Error::not_found(format!(
                "no row with {}",
                asked.collect::<Vec<_>>().join(" and ")
            )));
        }
        let pick = match (rows.len(), rows.get(0)) {
            (1, Some(one)) if fixed.len() == self.depth() => Pick::At(one),
            _ => rows,
        };
        if fixed.len() == self.depth() {
            fixed.clear();
        }
        Ok(Found::Picks { picks: vec![(0, pick)], fixed, labels: None })
    }

    fn isel(&self, picks: &[Pick]) -> Option<Arc<dyn Index>> {
        let pick = self.pick.then(picks.first()?).ok()?;
        if matches!(pick, Pick::At(_)) {
            return None;
        }
        let (levels, rows) = (self.levels.clone(), self.rows.clone());
        Some(Arc::new(Self { levels, rows, pick }))
    }

    fn difference(&self, other: &dyn Index) -> Option<String> {
        let Some(other) = (other as &dyn std::any::Any).downcast_ref::<Self>() else {
            return Some(format!("one is a multi-index, the other an index of {}", other.kind()));
        };
        if self.depth() != other.depth() {
            return Some(format!("they have {} and {} levels", self.depth(), other.depth()));
        }
        if self.len() != other.len() {
            return Some(format!("lengths are {} and {}", self.len(), other.len()));
        }
        let same_labels =
            self.levels.iter().zip(other.levels.iter()).all(|(a, b)| a.difference(b).is_none());
        let same_rows = match (&self.rows, &other.rows) {
            (Rows::Product(a), Rows::Product(b)) => a == b,
            (Rows::Codes(a), Rows::Codes(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        if same_labels && same_rows && self.pick == other.pick {
            return None;
        }
        for level in 0..self.depth() {
            let labels = |index: &Self| index.values(level).ok().and_then(|v| LabelIndex::new(&v));
            let (Some(a), Some(b)) = (labels(self), labels(other)) else {
                return Some(format!("level {level} differs"));
            };
            if let Some(why) = a.difference(&b) {
                return Some(format!("level {level}: {why}"));
            }
        }
        None
    }

    fn describe(&self) -> String {
        let lens: Vec<String> = self.levels.iter().map(|l| l.len().to_string()).collect();
        format!("multi-index ({} rows of {} labels)", self.pick.len(), lens.join(" x "))
    }

    fn reindex_like(&self, other: &dyn Index) -> Result<Vec<Option<usize>>> {
        let Some(other) = (other as &dyn std::any::Any).downcast_ref::<Self>() else {
            return Err(Error::unsupported(format!(
                "a multi-index cannot be reindexed like an index of {}",
                other.kind()
            )));
        };
        if self.depth() != other.depth() {
            return Err(Error::mismatch(self.difference(other).unwrap_or_default()));
        }
        // Rows of both over common levels.
        let both =
            (0..self.depth()).map(|l| Array::concat(&[self.values(l)?, other.values(l)?], 0));
        let joined = Self::from_arrays(&both.collect::<Result<Vec<_>>>()?)?;
        let key = |row: usize| (0..joined.depth()).map(|l| joined.code(l, row)).collect::<Vec<_>>();
        let mut rows = HashMap::new();
        for row in 0..self.len() {
            if rows.insert(key(row), row).is_some() {
                return Err(Error::invalid("rows that occur twice cannot be reindexed"));
            }
        }
        let n = self.len();
        Ok((0..other.len()).map(|row| rows.get(&key(n + row)).copied()).collect())
    }

    fn concat(&self, rest: &[Arc<dyn Index>], _axis: usize) -> Result<Arc<dyn Index>> {
        let mut arrays = Vec::new();
        for level in 0..self.depth() {
            let mut parts = vec![self.values(level)?];
            for other in rest {
                let other = (other.as_ref() as &dyn std::any::Any).downcast_ref::<Self>();
                let other = other.ok_or_else(|| Error::unsupported("indexes of two kinds"))?;
                parts.push(other.values(level)?);
            }
            arrays.push(Array::concat(&parts, 0)?);
        }
        Ok(Arc::new(Self::from_arrays(&arrays)?))
    }

    fn stack(&self) -> Option<LabelIndex> {
        None
    }
}

impl BuildIndex for MultiRecipe {
    fn build(&self, coords: &IndexCoords) -> Result<Arc<dyn Index>> {
        if coords.dims().len() != 1 {
            return Err(Error::invalid(format!(
                "the levels of a multi-index share one dimension; these have ({})",
                coords.dims()
            ))
            .hint("stack the dimensions first"));
        }
        let arrays: Vec<Array> = coords.coords().iter().map(|c| c.values.clone()).collect();
        let made = MultiIndex::from_arrays(&arrays)?;
        Ok(Arc::new(made))
    }
}
