//! Complex numbers stored as compound items.

use graticule_array::{DType, MapOp, Result};

use super::{Coder, Context, Draft, Target};

/// Compound items of two floats under the names of a real and an imaginary part are complex
/// numbers, as h5py and nc-complex have them.
#[derive(Debug)]
pub(super) struct Complex;

impl Coder for Complex {
    fn name(&self) -> &'static str {
        "complex"
    }

    fn decode(&self, draft: &mut Draft, _: &Context) -> Result<()> {
        let DType::Record(record) = draft.dtype.clone() else { return Ok(()) };
        let Some(complex) = record.complex() else { return Ok(()) };
        draft.encoding.dtype = Some(draft.dtype.clone());
        draft.map(MapOp::Cast(complex))
    }

    /// Numbers from a file keep the names of their parts; others become `r` and `i`.
    fn encode(&self, draft: &mut Draft, _: &Target) -> Result<()> {
        let Some(DType::Record(record)) = &draft.encoding.dtype else { return Ok(()) };
        if record.complex().as_ref() != Some(&draft.dtype) {
            return Ok(());
        }
        let to = DType::Record(record.clone());
        draft.map(MapOp::Cast(to))
    }
}
