//! Plans: a plan follows from the expressions and a few numbers, so these are what travels. What
//! it says is compared, because another version might plan otherwise.

use graticule_array::{Error, Result};
use serde::{Deserialize, Serialize};

use super::expression::Form;
use super::{Kind, pack, unpack};
use crate::plan::{Plan, Sizes};
use crate::session::Session;

#[derive(Serialize, Deserialize)]
struct PlanForm {
    outputs: Form,
    budget: u64,
    threads: usize,
    block: usize,
    run: usize,
    /// What the plan says.
    text: String,
}

impl Session {
    /// A plan as bytes: to keep it, or to run it elsewhere as it was made here.
    ///
    /// ```
    /// use graticule_array::{Array, MapOp};
    /// use graticule_lazy::{LazyArray, Session};
    /// let x = LazyArray::constant(Array::from_vec([2], vec![1.0f64, -2.0])?);
    /// let session = Session::builder().threads(2).build();
    /// let plan = session.plan(&[x.map(MapOp::Abs)?])?;
    /// let again = session.decode_plan(&session.encode_plan(&plan)?)?;
    /// assert_eq!(again.to_string(), plan.to_string());
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it writes to sinks, which belong to this process, and as [`encode`](Self::encode).
    pub fn encode_plan(&self, plan: &Plan) -> Result<Vec<u8>> {
        if plan.writes() {
            return Err(Error::unsupported("a plan that writes to sinks of this process")
                .hint("send the tasks, and write here what they make"));
        }
        let form = PlanForm {
            outputs: Form::of(&plan.roots, self.names())?,
            budget: plan.budget,
            threads: plan.threads,
            block: plan.sizes.block,
            run: plan.sizes.run,
            text: plan.to_string(),
        };
        pack(Kind::Plan, &form)
    }

    /// The plan that [`encode_plan`](Self::encode_plan) made bytes of, with the budget and the
    /// threads that it was made for.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), and if this version plans otherwise.
    pub fn decode_plan(&self, bytes: &[u8]) -> Result<Plan> {
        let form = unpack::<PlanForm>(Kind::Plan, bytes)?;
        let outputs = form.outputs.build(self)?;
        if form.threads == 0 || form.threads > 1 << 16 || form.block == 0 || form.run == 0 {
            return Err(Error::corrupt("a plan for no threads or no blocks"));
        }
        let sizes = Sizes { block: form.block, run: form.run };
        let plan = self.plan_as(&outputs, form.budget, form.threads, sizes)?;
        if plan.to_string() == form.text {
            return Ok(plan);
        }
        Err(Error::unsupported(format!(
            "this process plans otherwise than the one that sent the plan:\n{plan}\ninstead of\n{}",
            form.text
        ))
        .hint("use one version on both sides"))
    }
}
