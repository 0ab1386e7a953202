//! What a dataset is made of, without its values.

use std::fmt;

use graticule_array::DType;

use super::differences::{DifferenceKind, Differences};
use crate::attrs::Attrs;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;

/// What is known of a variable without its values.
#[derive(Clone, Debug, PartialEq)]
pub struct VariableSchema {
    /// The name.
    pub name: Name,
    /// Whether it is a coordinate.
    pub coord: bool,
    /// The names of the axes.
    pub dims: Dims,
    /// The type of the elements.
    pub dtype: DType,
    /// The chunk shape it was stored in, if it was in chunks.
    pub chunks: Option<Vec<usize>>,
    /// The attributes.
    pub attrs: Attrs,
}

/// What a dataset is made of: names, dimensions, lengths, types, chunks, attributes.
///
/// ```
/// use graticule_dataset::Dataset;
/// let a = Dataset::new().with_var("v", ["t", "x"], (vec![0.0f32; 6], [2, 3])).schema();
/// let b = Dataset::new().with_var("v", ["t", "x"], (vec![0.0f64; 8], [2, 4])).schema();
/// assert_eq!(
///     a.differences(&b).to_string(),
///     "2 differences between left and right:\n  \
///      dimension \"x\": 3 and 4\n  \
///      \"v\": type float32 and float64\n"
/// );
/// ```
#[derive(Clone, PartialEq)]
pub struct Schema {
    /// Dimensions and their lengths.
    pub sizes: Vec<(Name, usize)>,
    /// The variables, coordinates included, in order.
    pub variables: Vec<VariableSchema>,
    /// The attributes of the whole.
    pub attrs: Attrs,
}

impl Schema {
    pub(crate) fn of(set: &Dataset) -> Self {
        let variable = |(name, var): (&Name, &crate::variable::Variable)| VariableSchema {
            name: name.clone(),
            coord: set.is_coord(name),
            dims: var.dims().clone(),
            dtype: var.dtype().clone(),
            chunks: var.encoding().chunks.clone(),
            attrs: var.attrs().clone(),
        };
        Self {
            sizes: set.sizes().map(|(d, n)| (d.clone(), n)).collect(),
            variables: set.variables().map(variable).collect(),
            attrs: set.attrs().clone(),
        }
    }

    /// A variable by its name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&VariableSchema> {
        self.variables.iter().find(|v| v.name == *name)
    }

    /// The length of a dimension.
    #[must_use]
    pub fn size_of(&self, dim: &str) -> Option<usize> {
        self.sizes.iter().find(|(d, _)| d == dim).map(|(_, n)| *n)
    }

    /// Every difference to another schema.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Differences {
        use DifferenceKind as Kind;
        let mut found = Differences::default();
        attributes(&mut found, "", &self.attrs, &other.attrs);
        for (dim, len) in &self.sizes {
            if let Some(n) = other.size_of(dim).filter(|n| n != len) {
                found.push(Kind::Length, dim, format!("{len} and {n}"));
            }
        }
        for var in self.variables.iter().filter(|v| other.variable(&v.name).is_none()) {
            found.push(Kind::OnlyLeft, &var.name, "only on the left");
        }
        for var in other.variables.iter().filter(|v| self.variable(&v.name).is_none()) {
            found.push(Kind::OnlyRight, &var.name, "only on the right");
        }
        for a in &self.variables {
            let Some(b) = other.variable(&a.name) else { continue };
            if a.coord != b.coord {
                let role = |coord| if coord { "a coordinate" } else { "a data variable" };
                let what = format!("{} and {}", role(a.coord), role(b.coord));
                found.push(Kind::Role, &a.name, what);
            }
            if a.dims != b.dims {
                found.push(
                    Kind::Dims,
                    &a.name,
                    format!("dimensions {:?} and {:?}", a.dims, b.dims),
                );
            }
            if a.dtype != b.dtype {
                found.push(Kind::DType, &a.name, format!("type {} and {}", a.dtype, b.dtype));
            }
            if a.chunks != b.chunks {
                let text = |c: &Option<Vec<usize>>| {
                    c.as_ref().map_or_else(|| "none".to_owned(), |c| format!("{c:?}"))
                };
                let what = format!("chunks {} and {}", text(&a.chunks), text(&b.chunks));
                found.push(Kind::Chunks, &a.name, what);
            }
            attributes(&mut found, &a.name, &a.attrs, &b.attrs);
        }
        found
    }
}

fn attributes(found: &mut Differences, at: &str, a: &Attrs, b: &Attrs) {
    let kind = DifferenceKind::Attribute;
    for (name, value) in a.iter() {
        match b.get(name) {
            Some(other) if other == value => {}
            Some(other) => {
                let what = format!("attribute \"{name}\": \"{value}\" and \"{other}\"");
                found.push(kind, at, what);
            }
            None => {
                found.push(kind, at, format!("attribute \"{name}\" only on the left: \"{value}\""));
            }
        }
    }
    for (name, value) in b.iter().filter(|(n, _)| !a.has(n)) {
        found.push(kind, at, format!("attribute \"{name}\" only on the right: \"{value}\""));
    }
}

/// The human display, because notebooks print `Debug`.
impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes.iter().map(|(d, n)| format!("{d}: {n}")).collect();
        writeln!(f, "({})", sizes.join(", "))?;
        for var in &self.variables {
            let mark = if var.coord { '*' } else { ' ' };
            writeln!(f, "{mark} {} ({}) {}", var.name, var.dims, var.dtype)?;
        }
        Ok(())
    }
}

impl Dataset {
    /// What the dataset is made of, without its values.
    #[must_use]
    pub fn schema(&self) -> Schema {
        Schema::of(self)
    }
}
