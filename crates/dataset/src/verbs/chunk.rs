//! Along which blocks data is computed.

use std::fmt;

use graticule_array::{ChunkGrid, DimChunks, Error, Result};
use graticule_lazy::{LazyArray, Memory};

use super::resample::{Every, lengths_of};
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::no_dimension;
use crate::variable::Variable;

/// Blocks of about this many bytes are made unless others are asked for.
const AUTO: u64 = 32 << 20;

/// How a dimension is cut: into blocks of a length (`10`), not at all (`-1`), into blocks of given
/// lengths (`[31, 28, 31]`), into blocks as large as is good (`"auto"`) or of about so many bytes
/// (`"50MB"`), or by months, years... of its times (`every("MS")`).
#[derive(Clone, Debug)]
pub struct Chunks(Cut);

#[derive(Clone, Debug)]
enum Cut {
    Len(i64),
    Lens(Vec<usize>),
    Text(String),
    Every(Every),
}

impl Chunks {
    /// Bytes of the blocks, if the length along this dimension follows from that.
    fn bytes(&self) -> Result<Option<u64>> {
        match &self.0 {
            Cut::Text(text) if text == "auto" => Ok(Some(AUTO)),
            Cut::Text(text) => match text.parse::<Memory>() {
                Ok(memory) if memory.bytes() > 0 => Ok(Some(memory.bytes())),
                _ => Err(Error::invalid(format!("\"{text}\" is no size of chunks")).hint(
                    "write a length, -1 for one chunk, \"auto\", an amount of memory (\"50MB\"), or \
                     every(\"MS\")",
                )),
            },
            _ => Ok(None),
        }
    }
}

impl fmt::Display for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cut::Len(n) => write!(f, "{n}"),
            Cut::Lens(lens) => write!(f, "{lens:?}"),
            Cut::Text(text) => write!(f, "\"{text}\""),
            Cut::Every(every) => write!(f, "every(\"{every}\")"),
        }
    }
}

macro_rules! lengths {
    ($($type:ty)*) => {$(
        impl From<$type> for Chunks {
            fn from(len: $type) -> Self {
                Self(Cut::Len(i64::try_from(len).unwrap_or(i64::MAX)))
            }
        }
    )*};
}

lengths!(i32 i64 usize);

impl From<Vec<usize>> for Chunks {
    fn from(lens: Vec<usize>) -> Self {
        Self(Cut::Lens(lens))
    }
}

impl<const N: usize> From<[usize; N]> for Chunks {
    fn from(lens: [usize; N]) -> Self {
        Self(Cut::Lens(lens.to_vec()))
    }
}

impl From<&str> for Chunks {
    fn from(text: &str) -> Self {
        Self(Cut::Text(text.into()))
    }
}

impl From<Every> for Chunks {
    fn from(every: Every) -> Self {
        Self(Cut::Every(every))
    }
}

/// A dimension that is cut, and how.
struct Wanted {
    dim: String,
    /// The cuts, or about how many bytes blocks have.
    how: std::result::Result<DimChunks, u64>,
}

fn wanted(set: &Dataset, dim: &str, chunks: &Chunks) -> Result<Wanted> {
    let Some(n) = set.size_of(dim) else { return Err(no_dimension(dim, set.sizes())) };
    let how = match (&chunks.0, chunks.bytes()?) {
        (_, Some(bytes)) => Err(bytes),
        (Cut::Len(-1), _) => Ok(DimChunks::even(n.max(1), n)),
        (Cut::Len(len), _) => match usize::try_from(*len) {
            Ok(len) if len > 0 => Ok(DimChunks::even(len, n)),
            _ => {
                let text = format!("chunks of length {len} along \"{dim}\" of length {n}");
                return Err(Error::invalid(text).hint("write -1 for a single chunk"));
            }
        },
        (Cut::Lens(lens), _) => {
            let total = lens.iter().try_fold(0usize, |sum, l| sum.checked_add(*l));
            if total != Some(n) || lens.contains(&0) {
                let text = format!(
                    "chunks of lengths {lens:?} along \"{dim}\": expected lengths of at least 1 \
                     that add up to {n}"
                );
                return Err(
                    Error::mismatch(text).hint("a single length cuts all but the last alike")
                );
            }
            Ok(DimChunks::from_lengths(lens))
        }
        (Cut::Every(every), _) => Ok(DimChunks::from_lengths(&lengths_of(set, dim, every)?)),
        (Cut::Text(text), None) => return Err(Error::bug(format!("\"{text}\" has no bytes"))),
    };
    Ok(Wanted { dim: dim.into(), how })
}

/// So many whole chunks together as `most` elements hold, at least one.
fn grouped(dim: &DimChunks, most: usize) -> DimChunks {
    match dim {
        DimChunks::Even { size, offset: 0, len } => {
            let together = (most / (*size).max(1)).max(1).saturating_mul(*size);
            DimChunks::even(together.clamp(1, (*len).max(1)), *len)
        }
        _ => {
            let (mut lens, mut open) = (Vec::new(), 0usize);
            for (_, n) in (0..dim.count()).map(|i| dim.chunk(i)) {
                if open > 0 && open + n > most {
                    lens.push(open);
                    open = 0;
                }
                open += n;
            }
            lens.extend((open > 0).then_some(open));
            DimChunks::from_lengths(&lens)
        }
    }
}

fn cut(data: &LazyArray, var: &Variable, wanted: &[Wanted]) -> Result<LazyArray> {
    let find = |axis: usize| {
        let dim = var.dims().get(axis)?;
        wanted.iter().find(|w| *dim == *w.dim).map(|w| &w.how)
    };
    let stored = data.grid().dims();
    let whole = data.reads_whole_chunks();
    let mut dims: Vec<DimChunks> = Vec::with_capacity(stored.len());
    for (axis, dim) in stored.iter().enumerate() {
        dims.push(match find(axis) {
            Some(Ok(cuts)) => cuts.clone(),
            // Where boxes are as cheap as chunks, blocks are made of single elements.
            Some(Err(_)) if !whole => DimChunks::even(1, dim.len()),
            _ => dim.clone(),
        });
    }
    // From the fastest axis on.
    for axis in (0..dims.len()).rev() {
        let Some(Err(bytes)) = find(axis) else { continue };
        let others = dims.iter().enumerate().filter(|(a, _)| *a != axis);
        let others = others.map(|(_, d)| d.longest().max(1)).fold(1usize, usize::saturating_mul);
        let each = others.saturating_mul(data.dtype().planned_size()).max(1);
        let most = usize::try_from(*bytes).unwrap_or(usize::MAX) / each;
        if let Some(dim) = dims.get_mut(axis) {
            *dim = grouped(dim, most);
        }
    }
    data.rechunk(ChunkGrid::new(dims))
}

impl Dataset {
    fn try_chunk(&self, sizes: &[(&str, Chunks)]) -> Result<Self> {
        let wanted = sizes.iter().map(|(dim, chunks)| wanted(self, dim, chunks));
        let wanted = wanted.collect::<Result<Vec<_>>>()?;
        self.map_data(|var| {
            if !wanted.iter().any(|w| var.dims().has(&w.dim)) {
                return Ok(var.clone());
            }
            var.clone().with_data(cut(var.data(), var, &wanted)?)
        })
    }
}

fn step(sizes: &[(&str, Chunks)]) -> String {
    match sizes {
        [(dim, chunks)] => format!("chunk(\"{dim}\", {chunks})"),
        _ => "chunk_many(..)".into(),
    }
}

macro_rules! verbs {
    ($($noun:ident)*) => {$(
        impl $noun {
            /// The same values, computed in other blocks along a dimension: see [`Chunks`] for how
            /// they can be given. Values never depend on it; functions of
            /// [`map_blocks`](Self::map_blocks) see these blocks, and new files get chunks like
            /// them. `"auto"` joins whole chunks of the file to blocks of some 32 MiB.
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", ["t", "y"], (vec![0.0; 700], [70, 10]));
            /// let y = x.chunk("t", 30);
            /// assert_eq!(y.variable().data().grid().counts(), [3, 1]);
            /// assert!(x.chunk("t", [30, 30]).fault().is_some());
            /// ```
            #[track_caller]
            pub fn chunk(&self, dim: &str, chunks: impl Into<Chunks>) -> Self {
                self.chunk_many([(dim, chunks.into())])
            }

            /// [`chunk`](Self::chunk) along several dimensions at once, which share the bytes of
            /// a block.
            ///
            /// ```
            /// use graticule_dataset::DataArray;
            /// let x = DataArray::new("x", ["t", "y"], (vec![0.0; 700], [70, 10]));
            /// let y = x.chunk_many([("t", 30.into()), ("y", (-1).into())]);
            /// assert_eq!(y.variable().data().grid().counts(), [3, 1]);
            /// ```
            #[track_caller]
            pub fn chunk_many<'a>(
                &self,
                sizes: impl IntoIterator<Item = (&'a str, Chunks)>,
            ) -> Self {
                let sizes: Vec<_> = sizes.into_iter().collect();
                self.verb(|| step(&sizes), |set| set.try_chunk(&sizes))
            }
        }
    )*};
}

verbs!(Dataset DataArray);
