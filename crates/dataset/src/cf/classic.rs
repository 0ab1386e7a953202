//! Types that the classic netCDF formats lack.

use graticule_array::{DType, Error, MapOp, Result};

use super::{Coder, Context, Draft, Target, numbers};

/// Integers of 64 bits and unsigned ones are stored as the nearest classic type that holds
/// their values.
#[derive(Debug)]
pub(super) struct Classic;

impl Coder for Classic {
    fn name(&self) -> &'static str {
        "classic"
    }

    fn decode(&self, _: &mut Draft, _: &Context) -> Result<()> {
        Ok(())
    }

    fn encode(&self, draft: &mut Draft, cx: &Target) -> Result<()> {
        if !cx.is_classic() {
            return Ok(());
        }
        if let Some(wanted) = &draft.encoding.dtype {
            draft.encoding.dtype = nearest(wanted, cx);
        }
        let to = match nearest(&draft.dtype, cx) {
            Some(to) => to,
            None if draft.dtype.is_temporal() || draft.dtype.is_text() => return Ok(()),
            None => {
                return Err(Error::unsupported(format!(
                    "the classic netCDF formats cannot store {}",
                    draft.dtype
                ))
                .hint("write a NetCDF-4 file"));
            }
        };
        if to == draft.dtype || draft.dtype == DType::Bool {
            return Ok(());
        }
        draft.encoding.fill = draft.encoding.fill.take().and_then(|f| numbers::exactly(&f, &to));
        draft.encoding.unsigned = None;
        let name = draft.name.as_str().into();
        draft.map(MapOp::Encode { scale: None, offset: None, fill: None, to, name })
    }
}

/// The type of the format nearest to one.
fn nearest(dtype: &DType, cx: &Target) -> Option<DType> {
    if dtype.is_integer() && !cx.is_narrow() { Some(dtype.clone()) } else { classic(dtype) }
}

/// The classic type nearest to one; `None` for those without a number in them.
fn classic(dtype: &DType) -> Option<DType> {
    Some(match dtype {
        DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::F32 | DType::F64 => {
            dtype.clone()
        }
        DType::U8 => DType::I16,
        DType::U16 | DType::I64 | DType::U64 | DType::U32 => DType::I32,
        DType::F16 => DType::F32,
        _ => return None,
    })
}
