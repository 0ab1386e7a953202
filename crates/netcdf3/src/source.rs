//! One variable's data.

use std::sync::Arc;

use graticule_array::{
    Array, ArrayMut, ByteOrder, ChunkGrid, Error, Region, Result, Scalar, go_on,
};
use graticule_storage::{ByteSource, ChunkSource, Limits, Recipe, SourceDescriptor, SourceInfo};

use crate::kind::Kind;
use crate::layout::Place;
use crate::recipe;
use crate::runs::{Runs, pieces};

/// How bytes are fetched.
#[derive(Clone, Copy, Debug)]
struct Fetch {
    /// Bytes that are fetched before they are turned into elements.
    piece: u64,
    /// Runs this close to each other are fetched together: reading over the gap costs less than
    /// another call.
    gap: u64,
}

/// Small enough for the cache.
const NEAR: Fetch = Fetch { piece: 256 << 10, gap: 4 << 10 };

/// Where each call is a round trip.
const FAR: Fetch = Fetch { piece: 4 << 20, gap: 512 << 10 };

/// The data of one variable of a classic file.
#[derive(Debug)]
pub(crate) struct Netcdf3Source {
    pub(crate) bytes: Arc<dyn ByteSource>,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    size: u64,
    info: SourceInfo,
}

impl Netcdf3Source {
    pub(crate) fn new(
        bytes: Arc<dyn ByteSource>,
        name: String,
        kind: Kind,
        place: Place,
        fill: Scalar,
    ) -> Self {
        let shape = place.shape.clone();
        let mut chunk = shape.clone();
        if let Some(first) = chunk.first_mut().filter(|_| place.by_record) {
            *first = 1;
        }
        let info = SourceInfo {
            dtype: kind.dtype(),
            grid: ChunkGrid::even(&shape, &chunk),
            shape,
            whole_chunks: false,
            fill: Some(fill),
        };
        Self { bytes, name, kind, place, size: kind.size(), info }
    }

    fn fetch(&self) -> Fetch {
        if self.bytes.is_near() { NEAR } else { FAR }
    }

    /// The runs of a box that is not empty, all of them within the file.
    fn runs(&self, region: &Region) -> Result<Runs> {
        let runs = Runs::new(self.place.begin, &self.place.strides, self.size, region);
        match runs {
            Some(runs) if runs.end() <= self.bytes.len() => Ok(runs),
            runs => Err(Error::corrupt(format!(
                "the data lies at bytes {} to {}, but the file ends at {}",
                self.place.begin,
                runs.map_or(u64::MAX, |r| r.end()),
                self.bytes.len()
            ))
            .hint("the file is truncated")),
        }
    }

    /// Appends the bytes of a box to `packed`.
    fn gather(&self, region: &Region, packed: &mut Vec<u8>, span: &mut Vec<u8>) -> Result<()> {
        let runs = self.runs(region)?;
        let Fetch { piece, gap } = self.fetch();
        let mut offsets = runs.offsets().peekable();
        while let Some(first) = offsets.next() {
            let mut last = first;
            let mut together = vec![];
            while let Some(next) = offsets.peek().copied() {
                if next.saturating_sub(last + runs.len) > gap || next + runs.len - first > piece {
                    break;
                }
                together.push(next - first);
                last = next;
                offsets.next();
            }
            if together.is_empty() {
                let from = packed.len();
                packed.resize(from + runs.len as usize, 0);
                self.bytes.read_at(first, packed.get_mut(from..).unwrap_or_default())?;
                continue;
            }
            span.resize((last - first + runs.len) as usize, 0);
            self.bytes.read_at(first, span)?;
            for at in std::iter::once(0).chain(together) {
                let run = span.get(at as usize..(at + runs.len) as usize);
                packed.extend_from_slice(run.unwrap_or_default());
            }
        }
        Ok(())
    }

    fn fill(&self, region: &Region, out: &mut ArrayMut<'_>) -> Result<()> {
        self.info.check_read(region, out)?;
        if region.is_empty() {
            return Ok(());
        }
        self.runs(region)?;
        let most = (self.fetch().piece / self.size) as usize;
        let (mut packed, mut span) = (Vec::new(), Vec::new());
        for piece in pieces(region, most) {
            packed.clear();
            go_on()?;
            self.gather(&piece, &mut packed, &mut span)?;
            let whole = Region::whole(&piece.len);
            let mut to = out.region(&piece.relative_to(&region.start))?;
            to.copy_packed(&packed, &piece.len, &whole, ByteOrder::Big)?;
        }
        Ok(())
    }

    fn place_error(&self, error: Error) -> Error {
        error.in_variable(&self.name).in_file(self.bytes.location().path())
    }
}

impl ChunkSource for Netcdf3Source {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.fill(region, &mut out).map_err(|e| self.place_error(e))
    }

    fn read(&self, region: &Region) -> Result<Array> {
        // Memory is taken only for what the file holds.
        let check = || {
            region.check_within(&self.info.shape)?;
            if region.is_empty() { Ok(()) } else { self.runs(region).map(|_| ()) }
        };
        check().map_err(|e| self.place_error(e))?;
        let mut out = Array::zeros(&self.info.dtype, &region.len)?;
        self.read_into(region, out.view_mut())?;
        Ok(out)
    }

    fn limits(&self) -> Limits {
        let elements = self.info.shape.iter().fold(self.size, |n, l| n.saturating_mul(*l as u64));
        Limits {
            scratch: 2 * elements.min(self.fetch().piece) as usize,
            stored: Some(elements),
            ..Limits::default()
        }
    }

    fn recipe(&self) -> Option<Recipe> {
        recipe::write(self)
    }

    fn descriptor(&self) -> Option<SourceDescriptor> {
        Some(SourceDescriptor {
            backend: crate::backend::NAME.into(),
            location: self.bytes.location().clone(),
            path: self.name.clone(),
            fingerprint: self.bytes.fingerprint(),
            verify: true,
            unpacked: self.bytes.len(),
        })
    }
}
