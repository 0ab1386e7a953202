//! What every index must keep to, for the tests of those who write one.

use std::sync::Arc;

use graticule_array::{Error, Pick, Result};

use super::Index;

/// Checks the laws of indexes on one index: positions and lengths agree, selections follow each
/// other as they do on the data, what is concatenated is what was taken apart. What the index does
/// not support is left out.
///
/// ```
/// use std::sync::Arc;
/// use graticule_array::Array;
/// use graticule_dataset::{Index, LabelIndex, index_laws};
/// let labels = Array::from_vec([3], vec![30.0, 20.0, 10.0])?;
/// let index: Arc<dyn Index> = Arc::new(LabelIndex::new(&labels).unwrap());
/// index_laws(&index)?;
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// Naming the law that does not hold.
pub fn index_laws(index: &Arc<dyn Index>) -> Result<()> {
    let shape = index.shape();
    let law = |holds: bool, what: &str| {
        if holds {
            return Ok(());
        }
        Err(Error::invalid(format!("an index of {} breaks a law: {what}", index.kind())))
    };
    law(
        !index.kind().is_empty() && !index.describe().is_empty(),
        "kind and describe say something",
    )?;
    law(index.len() == shape.iter().product(), "len is the product of shape")?;
    law(index.equals(&**index), "an index equals itself")?;
    if let Some(labels) = index.labels() {
        law(labels.shape() == shape, "labels have its shape")?;
    }
    if let Ok(positions) = index.reindex_like(&**index)
        && shape.len() == 1
    {
        let own = positions.iter().enumerate().all(|(i, at)| *at == Some(i));
        law(own && positions.len() == index.len(), "reindexed like itself it stays as it is")?;
    }
    if let Ok(joined) = index.join(&**index, crate::combine::Join::Exact) {
        let same = joined.index.is_none_or(|i| i.equals(&**index));
        law(same, "joined with itself it stays as it is")?;
    }
    let all: Vec<Pick> = shape.iter().map(|n| Pick::all(*n)).collect();
    if let Some(whole) = index.isel(&all) {
        law(whole.equals(&**index), "all of it equals it")?;
    }
    for (axis, n) in shape.iter().enumerate().filter(|(_, n)| **n > 1) {
        let along = |pick: Pick| -> Vec<Pick> {
            let others = all.iter().enumerate();
            others.map(|(a, p)| if a == axis { pick.clone() } else { p.clone() }).collect()
        };
        let back = Pick::Range { start: n - 1, step: -1, len: *n };
        let tail = Pick::span(1, n - 1);
        let list = Pick::List([n - 1, 0].into());
        for first in [&back, &tail, &list] {
            let Some(once) = index.isel(&along(first.clone())) else { continue };
            law(once.shape().get(axis) == Some(&first.len()), "a selection has its length")?;
            let last = Pick::span(0, first.len() - 1);
            let (Some(twice), Some(both)) =
                (isel_along(&once, axis, &last), index.isel(&along(first.then(&last)?)))
            else {
                continue;
            };
            law(twice.equals(&*both), "selections one after the other are one")?;
        }
        let half = n / 2;
        let (low, high) = (Pick::span(0, half), Pick::span(half, n - half));
        if let (Some(low), Some(high)) = (index.isel(&along(low)), index.isel(&along(high)))
            && let Ok(joined) = low.concat(&[high], axis)
        {
            law(joined.equals(&**index), "what is concatenated is what was taken apart")?;
        }
    }
    Ok(())
}

fn isel_along(index: &Arc<dyn Index>, axis: usize, pick: &Pick) -> Option<Arc<dyn Index>> {
    let shape = index.shape();
    let all = shape.iter().enumerate();
    let picks: Vec<Pick> =
        all.map(|(a, n)| if a == axis { pick.clone() } else { Pick::all(*n) }).collect();
    index.isel(&picks)
}
