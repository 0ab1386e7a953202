//! The bounds of groups: of times put into bins those of each bin, of the groups of a climatology
//! those of the years that it runs over.

use graticule_array::{Array, DType, MapOp, Pick, ReduceParams, Result, Selection, reduction};
use graticule_lazy::LazyArray;

use super::Grouping;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::roles;
use crate::variable::Variable;
use crate::verbs::eager;
use crate::verbs::gather::gather;

/// What the bounds of a climatology are called (CF 7.4).
const CLIMATOLOGY: &str = "climatology_bounds";

/// The coordinate that labels the groups; and if the grouped times have bounds that are
/// coordinates (`decode_coords`), the bounds of the groups. Groups that are no bins get the times
/// back as another coordinate: the middle of the first interval that each one covers.
pub(super) fn labels(
    set: &Dataset,
    grouping: &Grouping,
    bounds: bool,
) -> Result<Vec<(Name, Variable)>> {
    let label = grouping.coord()?;
    let bare = |label: Variable| Ok(vec![(grouping.name.clone(), label)]);
    let mut times = set.coord_vars().filter_map(|(name, coord)| {
        let along = coord.dims().first() == Some(&grouping.dim);
        let of_times = matches!(coord.dtype(), DType::Time(_));
        let (bounds_name, held) = roles::intervals(set, coord).filter(|_| along && of_times)?;
        Some((name, coord, bounds_name, held, held.dims().last()?.clone()))
    });
    let (Some((name, coord, bounds_name, held, vertex)), true) = (times.next(), bounds) else {
        return bare(label);
    };
    let [mut low, mut high] = grouping.extent(held.data())?;
    if let (Some(cells), true) = (&grouping.cells, grouping.filled.is_some()) {
        [low, high] = filled([low, high], cells)?;
    }
    let column = |end: &LazyArray| end.broadcast(&[Some(0), None], &[grouping.len(), 1]);
    let both = LazyArray::concat(&[column(&low)?, column(&high)?], 1)?;
    let dims: Dims = [grouping.name.clone(), vertex].into_iter().collect();
    let whole = held.changed(dims, both)?;
    if *name == grouping.name {
        let label = named(label, "bounds", bounds_name);
        return Ok(vec![(name.clone(), label), (bounds_name.clone(), whole)]);
    }
    let first = grouping.first_runs();
    let apart = first.iter().flatten().any(|run| run.more);
    let climatology = !grouping.periods().is_empty();
    // Neither an interval nor a climatology: its bounds would tell of times it does not hold.
    if grouping.name == grouping.dim || (apart && !climatology) || set.has(CLIMATOLOGY) {
        return bare(label);
    }
    let (attr, to) = match climatology {
        true => ("climatology", Name::from(CLIMATOLOGY)),
        false => ("bounds", bounds_name.clone()),
    };
    let start: Vec<_> = first.iter().map(|run| run.map(|r| r.first)).collect();
    let end: Vec<_> = first.iter().map(|run| run.map(|r| r.last)).collect();
    let ends = [
        side(&gather(held.data(), 0, &start)?, "min")?,
        side(&gather(held.data(), 0, &end)?, "max")?,
    ];
    let middle = roles::middle(&ends, coord.dtype())?;
    let point = coord.changed(Dims::from(&grouping.name), middle)?;
    let point = named(point, attr, &to);
    Ok(vec![(grouping.name.clone(), label), (name.clone(), point), (to, whole)])
}

/// A coordinate that names its bounds by this attribute, and by no other.
fn named(coord: Variable, attr: &str, bounds: &Name) -> Variable {
    let mut encoding = coord.encoding().clone();
    let mut attrs = coord.attrs().clone();
    for other in roles::BOUNDS_ATTRS {
        attrs.remove(other);
        encoding.extra.remove(other);
    }
    encoding.extra.set(attr, bounds.as_str());
    coord.with_attrs(attrs).with_encoding(encoding)
}

/// The lowest or highest vertex of each cell.
fn side(cells: &LazyArray, by: &str) -> Result<LazyArray> {
    cells.reduce(reduction(by, &ReduceParams::default())?, &[1])
}

/// The ends of bins without times.
fn filled(ends: [LazyArray; 2], cells: &Array) -> Result<[LazyArray; 2]> {
    let Ok(cells) = cells.cast(ends[0].dtype()) else { return Ok(ends) };
    let fill = |end: &LazyArray, at: usize| -> Result<LazyArray> {
        let column = Selection::new([Pick::all(end.len()), Pick::At(at)]);
        let own = LazyArray::constant(cells.select(&column)?);
        eager::choose(&eager::map(end, MapOp::IsMissing)?, &own, end)
    };
    Ok([fill(&ends[0], 0)?, fill(&ends[1], 1)?])
}

/// Elements of a group that follow each other.
#[derive(Clone, Copy)]
struct Run {
    /// The first and the last of the first of its runs.
    first: usize,
    last: usize,
    /// Whether there are further runs.
    more: bool,
}

impl Grouping {
    /// The lowest and the highest bound of each group.
    fn extent(&self, bounds: &LazyArray) -> Result<[LazyArray; 2]> {
        let end = |by: &str| -> Result<LazyArray> {
            let of = reduction(by, &ReduceParams::default())?;
            self.reduce(&side(bounds, by)?, &of, 0, &[], true)
        };
        Ok([end("min")?, end("max")?])
    }

    /// The first run of each group.
    fn first_runs(&self) -> Vec<Option<Run>> {
        let mut runs: Vec<Option<Run>> = vec![None; self.len()];
        let original = |i: usize| match &self.copies {
            Some(copies) => copies.get(i).copied().unwrap_or(i),
            None => i,
        };
        for (i, code) in self.codes.iter().enumerate() {
            let Some(run) = runs.get_mut(*code as usize) else { continue };
            match run {
                None => *run = Some(Run { first: i, last: i, more: false }),
                Some(run) if !run.more && original(run.last) + 1 == original(i) => run.last = i,
                Some(run) => run.more = true,
            }
        }
        runs
    }
}
