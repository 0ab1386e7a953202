//! Dropping the labels for which a condition never holds.

use std::sync::Arc;

use graticule_array::{DType, Error, Pick, Result};
use graticule_lazy::Memory;

use crate::compute::compute;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::name::Name;
use crate::note::NoteKind;
use crate::verbs::Operand;

impl Dataset {
    /// Keeps values where a condition holds, and drops the labels along its dimensions for which
    /// it holds nowhere (xarray's `where(cond, drop=True)`).
    ///
    /// Which labels these are is not known before the condition is evaluated, so this reads what
    /// the condition needs, and nothing else, when it is called; `cond.estimate()` says before how
    /// much that is, and [`notes`](Self::notes) say it of the result. The values are read when they
    /// are computed.
    ///
    /// # Errors
    /// If the condition is faulted, is not of truth values, or cannot be computed.
    pub fn where_drop(&self, cond: impl Into<DataArray>) -> Result<Self> {
        let cond = cond.into();
        let is_lazy = cond.fault().is_none() && cond.variable().data().is_lazy();
        let cost = if is_lazy { Some(cond.estimate()?) } else { None };
        let kept = held(&cond)?;
        let (mut ds, mut mask) = (self.clone(), cond);
        crate::verbs::align::check_exact(&ds, &mask.set)?;
        for (dim, list) in kept {
            let pick = Pick::List(list);
            mask.set = mask.set.picked(&dim, &pick)?;
            if ds.size_of(&dim).is_some() {
                ds = ds.picked(&dim, &pick)?;
            }
        }
        let mut made = ds.where_(Operand::from(mask)).check()?;
        if let Some(cost) = cost {
            let text = format!(
                "where_drop evaluated its condition at once: {} in {} chunks",
                Memory::new(cost.bytes_read),
                cost.chunks
            );
            Arc::make_mut(&mut made.0).note(NoteKind::EarlyRead, text);
        }
        Ok(made)
    }
}

impl DataArray {
    /// Keeps values where a condition holds, and drops the labels along its dimensions for which
    /// it holds nowhere; see [`Dataset::where_drop`].
    ///
    /// ```
    /// use graticule_dataset::DataArray;
    /// let x = DataArray::new("x", "t", vec![1.0, 5.0, 2.0, 7.0]);
    /// assert_eq!(x.where_drop(x.gt(2.0))?.values::<f64>()?, [5.0, 7.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If this array or the condition is faulted, the condition is not of truth values, or it
    /// cannot be computed.
    pub fn where_drop(&self, cond: impl Into<DataArray>) -> Result<Self> {
        let set = self.set.where_drop(cond).map_err(|e| self.named(e))?;
        Ok(Self { set, name: self.name.clone() })
    }
}

/// For each dimension of a condition, the positions where it holds somewhere.
fn held(cond: &DataArray) -> Result<Vec<(Name, Arc<[usize]>)>> {
    cond.set.sound()?;
    if cond.dtype() != DType::Bool {
        return Err(Error::mismatch(format!("a condition must be bool, found {}", cond.dtype())));
    }
    let dims = cond.dims();
    let along = |dim: &Name| cond.any(dims.without(std::slice::from_ref(dim)));
    // All in one run, so that the condition is read once.
    let any = compute(dims.iter().map(along).collect::<Vec<_>>())?;
    let mut kept = Vec::with_capacity(dims.len());
    for (dim, flags) in dims.iter().zip(any) {
        let flags = flags.values::<bool>()?;
        let on = flags.iter().enumerate().filter(|(_, on)| **on).map(|(i, _)| i);
        kept.push((dim.clone(), on.collect()));
    }
    Ok(kept)
}
