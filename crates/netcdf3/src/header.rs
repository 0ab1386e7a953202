//! The header: dimensions, attributes, variables.

use graticule_array::{Error, Result};
use graticule_storage::{ByteSource, RawAttr};

use crate::attribute::read_attributes;
use crate::kind::Kind;
use crate::reader::{Reader, Version};

const DIMENSIONS: u32 = 0x0a;
const VARIABLES: u32 = 0x0b;

/// A dimension of the header; a length of 0 stands for the records.
#[derive(Clone, Debug)]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) len: u64,
}

impl Dimension {
    pub(crate) fn is_record(&self) -> bool {
        self.len == 0
    }
}

/// A variable of the header.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// Indices of dimensions, each of which exists.
    pub(crate) dims: Vec<usize>,
    pub(crate) attrs: Vec<RawAttr>,
    pub(crate) kind: Kind,
    /// Where the data begins.
    pub(crate) begin: u64,
}

/// Everything before the data.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    /// The number of records; `None` for files that were streamed and never counted.
    pub(crate) records: Option<u64>,
    pub(crate) dims: Vec<Dimension>,
    pub(crate) attrs: Vec<RawAttr>,
    pub(crate) vars: Vec<Variable>,
}

impl Header {
    /// Reads the header of a file.
    pub(crate) fn read(source: &dyn ByteSource) -> Result<Self> {
        let mut reader = Reader::new(source)?;
        let records = reader.count()?;
        let streaming = match reader.version() {
            Version::Cdf5 => u64::MAX,
            Version::Cdf1 | Version::Cdf2 => u64::from(u32::MAX),
        };
        let dims = read_dimensions(&mut reader)?;
        let attrs = read_attributes(&mut reader)?;
        let vars = read_variables(&mut reader, dims.len())?;
        Ok(Self { records: Some(records).filter(|n| *n != streaming), dims, attrs, vars })
    }
}

fn read_dimensions(reader: &mut Reader<'_>) -> Result<Vec<Dimension>> {
    let n = reader.list(DIMENSIONS, "dimensions", 12)?;
    let mut dims = Vec::new();
    for _ in 0..n {
        let name = reader.name()?;
        let len = reader.count()?;
        if len > i64::MAX as u64 {
            return Err(Error::corrupt(format!("the dimension \"{name}\" has the length {len}")));
        }
        dims.push(Dimension { name, len });
    }
    Ok(dims)
}

fn read_variables(reader: &mut Reader<'_>, dims: usize) -> Result<Vec<Variable>> {
    let n = reader.list(VARIABLES, "variables", 32)?;
    let mut vars = Vec::new();
    for _ in 0..n {
        let name = reader.name()?;
        let var = read_variable(reader, name.clone(), dims).map_err(|e| e.in_variable(name))?;
        vars.push(var);
    }
    Ok(vars)
}

fn read_variable(reader: &mut Reader<'_>, name: String, dims: usize) -> Result<Variable> {
    let rank = reader.count()?;
    if rank > reader.remaining() / 4 {
        return Err(Error::corrupt(format!("{rank} dimensions end beyond the file")));
    }
    let mut axes = Vec::new();
    for _ in 0..rank {
        let index = reader.count()?;
        let known = usize::try_from(index).ok().filter(|i| *i < dims);
        axes.push(known.ok_or_else(|| {
            Error::corrupt(format!("dimension number {index} does not exist, there are {dims}"))
        })?);
    }
    let attrs = read_attributes(reader)?;
    let kind = reader.kind()?;
    // The stored size is wrong by design above 4 GiB and is never needed: shapes tell more.
    let _size = reader.count()?;
    let begin = reader.offset()?;
    Ok(Variable { name, dims: axes, attrs, kind, begin })
}
