//! Masking, scaling and offset in one pass, each step still rounded on its own.

use graticule_array::{DType, MapOp, Result, Scalar, ZipOp};

use super::{Context, Rule};
use crate::expr::{LazyArray, Op};

/// `mask`, then `× scale`, then `+ offset` become one `decode`.
pub(crate) struct FuseDecode;

impl Rule for FuseDecode {
    fn name(&self) -> &'static str {
        "fuse_decode"
    }

    fn apply(&self, node: &LazyArray, _: &Context) -> Result<Option<LazyArray>> {
        let Op::Map(after) = node.op() else { return Ok(None) };
        let MapOp::With { op, scalar, .. } = &**after else { return Ok(None) };
        let inner = node.input()?;
        let Op::Map(before) = inner.op() else { return Ok(None) };
        let Some(fused) = fuse(before, *op, scalar, node.dtype()) else { return Ok(None) };
        inner.input()?.map(fused).map(Some)
    }
}

/// Only steps that round in the very type that the values are decoded to can be fused.
fn fuse(before: &MapOp, op: ZipOp, scalar: &Scalar, result: &DType) -> Option<MapOp> {
    if scalar.dtype() != *result || !matches!(result, DType::F32 | DType::F64) {
        return None;
    }
    let (values, to, scale) = match before {
        MapOp::Mask { values, to } => (values, to, None),
        MapOp::Decode { values, to, scale, offset: None } => (values, to, scale.clone()),
        _ => return None,
    };
    if to != result {
        return None;
    }
    let (scale, offset) = match op {
        ZipOp::Mul if scale.is_none() => (Some(scalar.clone()), None),
        ZipOp::Add => (scale, Some(scalar.clone())),
        _ => return None,
    };
    Some(MapOp::Decode { values: values.clone(), to: to.clone(), scale, offset })
}
