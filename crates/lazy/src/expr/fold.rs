//! Factors and summands folded into what decodes the stored numbers.

use std::sync::Arc;

use graticule_array::{DType, MapOp, Result, Scalar};

use super::{LazyArray, Op};

impl LazyArray {
    /// Each element times `scale`, plus `offset`, folded into the decoding of packed numbers where
    /// there is one: a single operation, that rounds once where two would round twice. Elements
    /// of other types than floating point become `f64`.
    ///
    /// ```
    /// use graticule_array::{Array, DType, MapOp, Scalar};
    /// use graticule_lazy::{LazyArray, Session};
    /// let packed = LazyArray::constant(Array::from_vec([2], vec![0i16, 100])?);
    /// let kelvin = packed.map(MapOp::Decode {
    ///     values: [].into(),
    ///     to: DType::F64,
    ///     scale: Some(Scalar::F64(0.5)),
    ///     offset: Some(Scalar::F64(273.15)),
    /// })?;
    /// let celsius = kelvin.fold_affine(1.0, -273.15)?;
    /// let values = Session::default().compute(&[celsius])?[0].to_flat::<f64>()?;
    /// assert_eq!(values, [0.0, 50.0]);
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the elements are no real numbers.
    pub fn fold_affine(&self, scale: f64, offset: f64) -> Result<Self> {
        match self.op() {
            Op::Select(_) | Op::Permute(_) | Op::Broadcast { .. } | Op::Concat { .. } => {
                let fold = |input: &LazyArray| input.fold_affine(scale, offset);
                let inputs = self.inputs().iter().map(fold).collect::<Result<Vec<_>>>()?;
                self.with_inputs(&inputs)
            }
            Op::Map(op) => match folded(op, scale, offset) {
                Some(op) => self.input()?.map(op),
                None => self.append(scale, offset),
            },
            _ => self.append(scale, offset),
        }
    }

    fn append(&self, scale: f64, offset: f64) -> Result<Self> {
        let to = if self.dtype().is_float() { self.dtype().clone() } else { DType::F64 };
        self.map(decode(Arc::from([]), &to, scale, offset))
    }
}

fn folded(op: &MapOp, by: f64, plus: f64) -> Option<MapOp> {
    match op {
        MapOp::Mask { values, to } if is_simple(to) => Some(decode(values.clone(), to, by, plus)),
        MapOp::Decode { values, to, scale, offset } if is_simple(to) => {
            let number = |s: &Option<Scalar>, absent: f64| match s {
                Some(s) => s.as_f64(),
                None => Some(absent),
            };
            let (scale, offset) = (number(scale, 1.0)?, number(offset, 0.0)?);
            Some(decode(values.clone(), to, scale * by, offset * by + plus))
        }
        _ => None,
    }
}

fn is_simple(to: &DType) -> bool {
    matches!(to, DType::F32 | DType::F64)
}

fn decode(values: Arc<[Scalar]>, to: &DType, scale: f64, offset: f64) -> MapOp {
    #[allow(clippy::cast_possible_truncation)] // rounded to the type of the result
    let typed = |x: f64| if *to == DType::F32 { Scalar::F32(x as f32) } else { Scalar::F64(x) };
    let is = |x: f64, what: f64| x.total_cmp(&what).is_eq();
    MapOp::Decode {
        values,
        to: to.clone(),
        scale: (!is(scale, 1.0)).then(|| typed(scale)),
        offset: (!is(offset, 0.0)).then(|| typed(offset)),
    }
}
