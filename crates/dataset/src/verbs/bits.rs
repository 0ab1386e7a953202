//! Words of flags: integers whose bits have a meaning each.

use graticule_array::{Error, MapOp, Result, Scalar, ZipOp};

use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::variable::Variable;

/// Which bits of a mask a word must have.
#[derive(Clone, Copy)]
enum Which {
    Any,
    All,
}

fn tested(var: &Variable, mask: u64, which: Which) -> Result<Variable> {
    if !var.dtype().is_integer() {
        return Err(Error::unsupported(format!("elements of type {} have no bits", var.dtype()))
            .hint("flags are integers; open the file without decoding them, or cast"));
    }
    // The bits of a signed word count as they are.
    let bits = var.dtype().size().unwrap_or(8).saturating_mul(8);
    if bits < 64 && mask >> bits != 0 {
        return Err(Error::invalid(format!("{} has no bits of {mask:#x}", var.dtype())));
    }
    let word = Scalar::U64(mask).fill(&[])?.cast(var.dtype())?.item()?;
    let with = |op, scalar: Scalar| MapOp::With { op, scalar, scalar_first: false };
    let common = var.mapped(with(ZipOp::And, word.clone()))?;
    match which {
        Which::All => common.mapped(with(ZipOp::Eq, word)),
        Which::Any => {
            let none = graticule_array::Array::zeros(var.dtype(), &[])?.item()?;
            common.mapped(with(ZipOp::Ne, none))
        }
    }
}

macro_rules! verbs {
    ($($noun:ident)*) => {$(
        impl $noun {
            /// Where a word of flags has any of the bits of `mask`.
            #[track_caller]
            pub fn any_bits(&self, mask: u64) -> Self {
                self.verb(
                    || format!("any_bits({mask:#x})"),
                    |set| set.map_data(|var| tested(var, mask, Which::Any)),
                )
            }

            /// Where a word of flags has all of the bits of `mask`.
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let qc = DataArray::new("qc", "t", vec![0b000u8, 0b001, 0b101]);
            /// assert_eq!(qc.any_bits(0b101).values::<bool>()?, [false, true, true]);
            /// assert_eq!(qc.all_bits(0b101).values::<bool>()?, [false, false, true]);
            /// # Ok::<(), graticule_array::Error>(())
            /// ```
            #[track_caller]
            pub fn all_bits(&self, mask: u64) -> Self {
                self.verb(
                    || format!("all_bits({mask:#x})"),
                    |set| set.map_data(|var| tested(var, mask, Which::All)),
                )
            }
        }
    )*};
}

verbs!(DataArray Dataset);
