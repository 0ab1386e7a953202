//! Arrays in memory that the stages of a plan make for each other and for the caller.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use graticule_array::{Array, Error, Region, Result};

use crate::expr::NodeId;
use crate::plan::{Action, Output, Plan, Stage};

/// The slots of a plan and what is in them.
pub(crate) struct Slots<'p> {
    plan: &'p Plan,
    slots: Vec<Mutex<Option<Array>>>,
}

impl<'p> Slots<'p> {
    /// Nothing made yet.
    pub(crate) fn new(plan: &'p Plan) -> Self {
        Self { plan, slots: plan.slots.iter().map(|_| Mutex::new(None)).collect() }
    }

    /// Copies values into a box of a slot.
    pub(crate) fn store(&self, slot: usize, region: &Region, values: &Array) -> Result<()> {
        let lost = || Error::bug("a slot was lost");
        let place = self.slots.get(slot).ok_or_else(lost)?;
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(array) = place.as_mut() {
            return array.view_mut().region(region)?.assign(values);
        }
        let plan = self.plan.slots.get(slot).ok_or_else(lost)?;
        let mut array = Array::zeros(&plan.dtype, &plan.shape)?;
        array.view_mut().region(region)?.assign(values)?;
        *place = Some(array);
        Ok(())
    }

    /// As [`store`](Self::store), of values that nobody else will change.
    pub(crate) fn put(&self, slot: usize, region: &Region, values: Array) -> Result<()> {
        let plan = self.plan.slots.get(slot).ok_or_else(|| Error::bug("a slot was lost"))?;
        let axes: Vec<Option<usize>> = (0..plan.shape.len()).map(Some).collect();
        let all = region.len == plan.shape
            && *values.dtype() == plan.dtype
            && values.lies_under(&axes, &plan.shape);
        if !all {
            return self.store(slot, region, &values);
        }
        let place = self.slots.get(slot).ok_or_else(|| Error::bug("a slot was lost"))?;
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(values);
        Ok(())
    }

    /// Takes the values of a box for what keeps or writes them.
    pub(crate) fn take(&self, action: &Action, region: &Region, values: &Array) -> Result<()> {
        match action {
            Action::Collect(slot) => self.store(*slot, region, values),
            Action::Write(sink, _) => sink.write(region, values),
            Action::Reduce(..) => Err(Error::bug("a reduction keeps no values")),
        }
    }

    /// The finished reductions and kept values that a stage needs.
    pub(crate) fn results(&self, stage: &Stage) -> Result<HashMap<NodeId, Array>> {
        let mut out = HashMap::new();
        for slot in &stage.needs {
            let plan = self.plan.slots.get(*slot).ok_or_else(|| Error::bug("a slot was lost"))?;
            if plan.on_disk {
                continue;
            }
            out.insert(plan.id, self.peek(*slot)?);
        }
        Ok(out)
    }

    /// The array in a slot; one that nothing was stored in is empty.
    fn peek(&self, slot: usize) -> Result<Array> {
        let lost = || Error::bug("a slot was lost");
        let place = self.slots.get(slot).ok_or_else(lost)?;
        let place = place.lock().unwrap_or_else(PoisonError::into_inner);
        match place.as_ref() {
            Some(array) => Ok(array.clone()),
            None => {
                let plan = self.plan.slots.get(slot).ok_or_else(lost)?;
                Array::zeros(&plan.dtype, &plan.shape)
            }
        }
    }

    /// Drops the arrays that no stage from this one on reads.
    pub(crate) fn release(&self, stage: usize) {
        for (plan, slot) in self.plan.slots.iter().zip(&self.slots) {
            if plan.last_use.is_some_and(|last| last < stage) {
                slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            }
        }
    }

    /// What the caller asked for, except what went to sinks.
    pub(crate) fn outputs(&self) -> Result<Vec<Array>> {
        let mut out = Vec::with_capacity(self.plan.outputs.len());
        for output in &self.plan.outputs {
            match output {
                Output::Ready(array) => out.push(array.clone()),
                Output::Slot(slot) => out.push(self.peek(*slot)?),
                Output::Stored => {}
            }
        }
        Ok(out)
    }
}
