//! The name of a type, as it is stored.

use super::datatype::{Class, Datatype, FloatFormat, Pointing};
use crate::float;

/// Members of a compound that are named.
const MOST_NAMED: usize = 16;

impl Datatype {
    /// What an element is in the file, whatever it becomes in memory.
    pub(crate) fn words(&self) -> String {
        let bits = self.size.saturating_mul(8);
        let used = |precision: u16| match usize::from(precision) {
            precision if precision == bits => String::new(),
            precision => format!(" of which {precision} bits count"),
        };
        match &self.class {
            Class::Integer { signed: true, precision, .. } => {
                format!("int{bits}{}", used(*precision))
            }
            Class::Integer { precision, .. } => format!("uint{bits}{}", used(*precision)),
            Class::Float { format, .. } => of_float(self.size, format),
            Class::Time => format!("time of {bits} bits"),
            Class::String { .. } => format!("text of {} bytes", self.size),
            Class::Text { .. } => "text".into(),
            Class::Bits { precision, .. } => format!("{precision} single bits"),
            Class::Opaque => format!("{} opaque bytes", self.size),
            Class::Compound { members } => {
                let named = members.iter().take(MOST_NAMED);
                let mut words: Vec<String> =
                    named.map(|m| format!("{}: {}", m.name, m.datatype.words())).collect();
                if members.len() > MOST_NAMED {
                    words.push(format!("{} more", members.len() - MOST_NAMED));
                }
                format!("{{{}}}", words.join(", "))
            }
            Class::Reference(Pointing::Object) => "reference to an object".into(),
            Class::Reference(Pointing::Region) => "reference to a part of a dataset".into(),
            Class::Reference(Pointing::Any) => "reference".into(),
            Class::Enum { base, .. } => format!("enumeration of {}", base.words()),
            Class::Sequence { base } => format!("sequence of {}", base.words()),
            Class::Array { base, dims } => format!("{} {dims:?}", base.words()),
            Class::Complex { base } => format!("complex of {}", base.words()),
        }
    }
}

fn of_float(size: usize, format: &FloatFormat) -> String {
    if let Some(dtype) = float::standard(size, format) {
        return dtype.to_string();
    }
    match (format.exponent.1, format.mantissa.1) {
        // What C calls it on most machines; NumPy names it after the bytes that it takes.
        (15, 64) => format!("long double (80 bits in {size} bytes)"),
        (15, 112) => "float128".into(),
        (8, 7) => "bfloat16".into(),
        (exponent, mantissa) => {
            format!("float of {exponent} bits of exponent and {mantissa} of mantissa")
        }
    }
}
