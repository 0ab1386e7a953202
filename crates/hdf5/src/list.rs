//! A file as HDF5 sees it: objects and links, without any convention on top.

use std::sync::Arc;

use graticule_array::{Error, Result, Shape};
use graticule_storage::{ByteSource, ChunkSource, FilterSpec, OpenOptions};

use crate::blueprint::Blueprints;
use crate::dataset::DatasetSource;
use crate::describe::{Description, View};
use crate::element::HeapReader;
use crate::file::{FileHandle, Settings, begin};
use crate::filter::Codecs;
use crate::group;
use crate::header::Header;
use crate::message::link::{Link, Target};
use crate::meta::Meta;

/// Groups inside groups: deeper than any real file.
const MOST_DEEP: usize = 128;

/// An object or link of a file, under one of its paths.
#[derive(Clone, Debug)]
pub struct Object {
    /// The path from the root, which is `/` itself.
    pub path: String,
    /// The number of its attributes, those that only serve a format included.
    pub attributes: usize,
    /// What it is.
    pub kind: ObjectKind,
}

/// The kinds of objects and links.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A group, or one more path to a group above it.
    Group,
    /// A type that was given a name.
    NamedType,
    /// Data.
    Dataset(Box<DatasetFacts>),
    /// A link to a path of this file.
    SoftLink(String),
    /// A link to a path of another file.
    ExternalLink {
        /// The other file, as written.
        file: String,
        /// The path in it.
        path: String,
    },
    /// A link of a kind that only some application understands.
    UserLink(u8),
    /// Something that could not be read, and why.
    Broken(Error),
}

/// A dataset as HDF5 stores it.
#[derive(Clone, Debug)]
pub struct DatasetFacts {
    /// The number of its type class: 0 integer, 1 float, 2 time, 3 string, 4 bit field,
    /// 5 opaque, 6 compound, 7 reference, 8 enumeration, 9 variable length, 10 array,
    /// 11 complex.
    pub class: u8,
    /// The type of an element as it is stored, in words: `int16`, `long double (80 bits in 16
    /// bytes)`, `reference to an object`, `{a: int8, b: text}`. In memory it is the nearest dtype
    /// of the source.
    pub stored_type: String,
    /// The current lengths; `None` for a dataset without a dataspace of its own.
    pub shape: Option<Vec<u64>>,
    /// The lengths it may grow to, `None` without limit.
    pub max: Vec<Option<u64>>,
    /// `compact`, `contiguous`, `chunked` or `virtual`.
    pub layout: &'static str,
    /// The shape of a chunk.
    pub chunks: Option<Shape>,
    /// The filters in the order of writing.
    pub filters: Vec<FilterSpec>,
    /// Whether the data lie in other files.
    pub external: bool,
    /// Whether numbers are stored with the most significant byte first.
    pub big_endian: bool,
    /// Its data; axes of an array type come after those of the shape.
    pub source: Arc<dyn ChunkSource>,
}

/// Lists a file: the root first, then everything below it, link by link.
///
/// ```no_run
/// use std::sync::Arc;
/// use graticule_hdf5::{ObjectKind, list};
/// use graticule_storage::{ByteSource, FileBytes, HandlePool, Location, OpenOptions};
///
/// let pool = Arc::new(HandlePool::default());
/// let bytes: Arc<dyn ByteSource> = Arc::new(FileBytes::open(&Location::new("a.h5"), &pool)?);
/// for object in list(&bytes, &OpenOptions::default())? {
///     if let ObjectKind::Dataset(facts) = &object.kind {
///         println!("{} {} {:?}", object.path, facts.layout, facts.shape);
///     }
/// }
/// # Ok::<(), graticule_array::Error>(())
/// ```
///
/// # Errors
/// If the bytes are not HDF5, or the root group cannot be read.
pub fn list(bytes: &Arc<dyn ByteSource>, options: &OpenOptions) -> Result<Vec<Object>> {
    objects(bytes, &Settings { verify: options.verify, codecs: Codecs::default() })
}

/// The objects of a file, as [`list`] shows them.
pub(crate) fn objects(bytes: &Arc<dyn ByteSource>, settings: &Settings) -> Result<Vec<Object>> {
    let located = |e: Error| e.in_file(bytes.location().path());
    let (meta, root) = begin(bytes, settings).map_err(located)?;
    let settings = settings.clone();
    let file = Arc::new(FileHandle {
        bytes: bytes.clone(),
        form: meta.form,
        settings,
        paths: Arc::default(),
    });
    let heap = HeapReader::new(&meta, file.paths.clone());
    let header = Header::read(&meta, root).map_err(located)?;
    let mut lister =
        Lister { heap: &heap, meta: &meta, file: &file, above: Vec::new(), out: Vec::new() };
    let attributes = lister.attributes(&header);
    lister.out.push(Object { path: "/".into(), attributes, kind: ObjectKind::Group });
    lister.group(&header, "").map_err(located)?;
    Ok(lister.out)
}

struct Lister<'a, 'b> {
    heap: &'a HeapReader<'a, 'b>,
    meta: &'a Meta<'b>,
    file: &'a Arc<FileHandle>,
    above: Vec<u64>,
    out: Vec<Object>,
}

impl Lister<'_, '_> {
    fn attributes(&self, header: &Header) -> usize {
        group::attributes(self.meta, header).map_or(0, |(good, bad)| good.len() + bad.len())
    }

    fn group(&mut self, header: &Header, path: &str) -> Result<()> {
        self.above.push(header.address);
        let links = group::links(self.meta, header);
        for link in links? {
            let path = format!("{path}/{}", link.name);
            if let Err(e) = self.link(&link, &path) {
                self.out.push(Object { path, attributes: 0, kind: ObjectKind::Broken(e) });
            }
        }
        self.above.pop();
        Ok(())
    }

    fn link(&mut self, link: &Link, path: &str) -> Result<()> {
        self.meta.charge(1024)?;
        let mut push = |attributes, kind| {
            self.out.push(Object { path: path.to_owned(), attributes, kind });
        };
        let address = match &link.target {
            Target::Hard(address) => *address,
            Target::Soft(to) => {
                push(0, ObjectKind::SoftLink(to.clone()));
                return Ok(());
            }
            Target::External { file, path } => {
                let (file, path) = (file.clone(), path.clone());
                push(0, ObjectKind::ExternalLink { file, path });
                return Ok(());
            }
            Target::User(kind) => {
                push(0, ObjectKind::UserLink(*kind));
                return Ok(());
            }
        };
        let header = Header::read(self.meta, address)?;
        let attributes = self.attributes(&header);
        if header.is_dataset() {
            let facts = self.dataset(&header, path)?;
            let kind = ObjectKind::Dataset(Box::new(facts));
            self.out.push(Object { path: path.to_owned(), attributes, kind });
        } else if header.is_group() {
            let kind = ObjectKind::Group;
            self.out.push(Object { path: path.to_owned(), attributes, kind });
            if !self.above.contains(&address) && self.above.len() < MOST_DEEP {
                let depth = self.above.len();
                let inner = self.group(&header, path);
                self.above.truncate(depth);
                if let (Err(e), Some(last)) = (inner, self.out.last_mut())
                    && last.path == path
                {
                    last.kind = ObjectKind::Broken(e);
                }
            }
        } else {
            let kind = ObjectKind::NamedType;
            self.out.push(Object { path: path.to_owned(), attributes, kind });
        }
        Ok(())
    }

    fn dataset(&self, header: &Header, path: &str) -> Result<DatasetFacts> {
        let description = Description::read(self.meta, self.heap, header, View::Plain)?;
        let class = description.datatype.class_number();
        let stored_type = description.datatype.words();
        let shape = description.shape();
        let max = description.max.clone();
        let layout = description.layout.name();
        let external = description.external.is_some();
        let source = DatasetSource::new(
            self.file,
            path.to_owned(),
            description,
            None,
            None,
            &Blueprints::default(),
        )?;
        let storage = source.storage();
        Ok(DatasetFacts {
            class,
            stored_type,
            shape,
            max,
            layout,
            chunks: storage.chunks,
            filters: storage.filters,
            external,
            big_endian: storage.big_endian,
            source: Arc::new(source),
        })
    }
}
