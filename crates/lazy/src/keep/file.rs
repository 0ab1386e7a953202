//! A temporary file of pieces that are written once and read once.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use graticule_array::{Array, ArrayMut, ByteOrder, ChunkGrid, DType, Error, Region, Result};
use graticule_storage::{ChunkSink, ChunkSource, Limits, SinkInfo, SourceInfo};

/// Names that are tried for a temporary file.
const MAX_TRIES: u32 = 1000;

/// An array in a temporary file, cut into pieces of one size. The file is made when the first
/// piece is written, and gone when this is dropped.
#[derive(Debug)]
pub(crate) struct SpillFile {
    source: SourceInfo,
    sink: SinkInfo,
    folder: PathBuf,
    /// Bytes from one piece to the next.
    stride: u64,
    open: Mutex<Option<Arc<Open>>>,
}

/// The file, and its name where the system cannot do without.
#[derive(Debug)]
struct Open {
    file: File,
    path: Option<PathBuf>,
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // It is in the folder for temporary files: someone else will remove it.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl SpillFile {
    /// A place for an array in `folder`; `None` if its elements have no fixed size.
    pub(crate) fn new(dtype: &DType, pieces: ChunkGrid, folder: &Path) -> Option<Self> {
        Array::zeros(dtype, &[1]).ok()?.to_packed()?;
        let lens = pieces.largest();
        let stride = lens.iter().try_fold(dtype.size()?, |n, l| n.checked_mul(*l))?;
        pieces.counts().iter().try_fold(stride, |n, c| n.checked_mul(*c))?;
        let shape = pieces.shape();
        let sink = SinkInfo { dtype: dtype.clone(), shape: shape.clone(), grid: pieces.clone() };
        let source = SourceInfo {
            dtype: dtype.clone(),
            shape,
            grid: pieces,
            whole_chunks: true,
            fill: None,
        };
        let (stride, open) = (stride as u64, Mutex::new(None));
        Some(Self { source, sink, folder: folder.to_owned(), stride, open })
    }

    /// How the array is cut.
    pub(crate) fn pieces(&self) -> &ChunkGrid {
        &self.source.grid
    }

    /// Bytes of the largest piece.
    pub(crate) fn piece_bytes(&self) -> usize {
        self.stride as usize
    }

    fn offset(&self, index: &[usize]) -> u64 {
        let flat = index.iter().zip(self.pieces().counts());
        flat.fold(0u64, |n, (i, count)| n * count as u64 + *i as u64) * self.stride
    }

    fn opened(&self, create: bool) -> Result<Arc<Open>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = &*open {
            return Ok(open.clone());
        }
        if !create {
            return Err(Error::bug("a temporary file is read before it is written"));
        }
        let made = Arc::new(self.create()?);
        *open = Some(made.clone());
        Ok(made)
    }

    fn create(&self) -> Result<Open> {
        let (process, place) = (std::process::id(), std::ptr::from_ref(self) as usize);
        for attempt in 0..MAX_TRIES {
            let path = self.folder.join(format!("graticule-{process}-{place:x}-{attempt}.tmp"));
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
            match file {
                Ok(file) => {
                    // Without a name it cannot stay behind, whatever happens.
                    let gone = cfg!(unix) && std::fs::remove_file(&path).is_ok();
                    return Ok(Open { file, path: (!gone).then_some(path) });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(self.refused("make", e)),
            }
        }
        Err(Error::io(format!("no name is left for a temporary file in {}", self.folder.display())))
    }

    fn refused(&self, what: &str, e: io::Error) -> Error {
        let folder = self.folder.display();
        Error::io(format!("cannot {what} a temporary file in {folder}"))
            .hint("allow more memory, or choose another folder for temporary files (TMPDIR)")
            .caused_by(e)
    }
}

impl ChunkSink for SpillFile {
    fn info(&self) -> &SinkInfo {
        &self.sink
    }

    /// A piece, as its bytes.
    fn limits(&self) -> Limits {
        Limits { scratch: self.piece_bytes(), ..Limits::default() }
    }

    fn write(&self, region: &Region, block: &Array) -> Result<()> {
        let open = self.opened(true)?;
        for index in self.pieces().covering(region).iter() {
            let piece = self.pieces().region(&index);
            let part = block.region(&piece.relative_to(&region.start))?;
            let bytes = part.to_packed();
            let bytes = bytes.ok_or_else(|| Error::bug("elements without a fixed size"))?;
            write_at(&open.file, self.offset(&index), &bytes)
                .map_err(|e| self.refused("write", e))?;
        }
        Ok(())
    }
}

impl ChunkSource for SpillFile {
    fn info(&self) -> &SourceInfo {
        &self.source
    }

    fn read_into(&self, region: &Region, mut out: ArrayMut<'_>) -> Result<()> {
        self.source.check_read(region, &out)?;
        let open = self.opened(false)?;
        let mut bytes = vec![0; self.piece_bytes()];
        for index in self.pieces().covering(region).iter() {
            let piece = self.pieces().region(&index);
            let size = piece.count().saturating_mul(self.source.dtype.size().unwrap_or(0));
            let bytes = bytes.get_mut(..size).ok_or_else(|| Error::bug("a piece is too large"))?;
            read_at(&open.file, self.offset(&index), bytes).map_err(|e| self.refused("read", e))?;
            let Some(wanted) = piece.intersect(region) else { continue };
            let mut to = out.region(&wanted.relative_to(&region.start))?;
            to.copy_packed(
                bytes,
                &piece.len,
                &wanted.relative_to(&piece.start),
                ByteOrder::Little,
            )?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn write_at(file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(not(unix))]
fn write_at(file: &File, mut at: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        if n == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        at += n as u64;
        bytes = bytes.get(n..).unwrap_or(&[]);
    }
    Ok(())
}

#[cfg(not(unix))]
fn read_at(file: &File, mut at: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_read(file, bytes, at)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        at += n as u64;
        bytes = bytes.get_mut(n..).unwrap_or(&mut []);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_again_and_leave_nothing_behind() {
        let folder = std::env::temp_dir().join(format!("graticule-spill-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let shape = [7, 11];
        let data = Array::from_vec(shape, (0..77i16).collect()).unwrap();
        let pieces = ChunkGrid::even(&shape, &[3, 4]);
        let file = SpillFile::new(&DType::I16, pieces.clone(), &folder).unwrap();
        let all = Region::whole(&shape);
        let mut out = Array::zeros(&DType::I16, &shape).unwrap();
        assert!(file.read_into(&all, out.view_mut()).unwrap_err().is_bug());
        for index in pieces.covering(&all).iter() {
            let region = pieces.region(&index);
            file.write(&region, &data.region(&region).unwrap()).unwrap();
        }
        file.read_into(&all, out.view_mut()).unwrap();
        assert_eq!(out, data);
        let part = Region::new([2, 3], [4, 6]);
        let mut out = Array::zeros(&DType::I16, &part.len).unwrap();
        file.read_into(&part, out.view_mut()).unwrap();
        assert_eq!(out, data.region(&part).unwrap());
        drop(file);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir(&folder).unwrap();
        let nowhere = SpillFile::new(&DType::I16, pieces.clone(), &folder).unwrap();
        let error = nowhere.write(&Region::new([0, 0], [3, 4]), &data).unwrap_err();
        assert!(error.to_string().contains("temporary file"), "{error}");
        assert!(SpillFile::new(&DType::Str, pieces, &folder).is_none());
    }
}
