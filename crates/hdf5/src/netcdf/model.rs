//! Puts groups, dimensions, variables and attributes together.

use std::sync::Arc;

use graticule_array::{Error, Result, Scalar};
use graticule_storage::{
    ByteSource, FileBytes, HandlePool, Location, OpenOptions, RawAttr, RawGroup, RawVar,
};

use super::attrs;
use super::dims::{Dims, shown_name};
use super::walk::{Node, Walk};
use crate::blueprint::Blueprints;
use crate::dataset::DatasetSource;
use crate::describe::View;
use crate::element::HeapReader;
use crate::external;
use crate::file::{FileHandle, Settings, begin};
use crate::header::Header;

/// Links into other files that one file may have followed.
const MOST_FILES: usize = 64;

/// Opens a file and describes everything in it.
///
/// # Errors
/// If it is not HDF5, or its root group cannot be read.
pub(crate) fn open(
    bytes: &Arc<dyn ByteSource>,
    options: &OpenOptions,
    settings: &Settings,
    known: &Blueprints,
) -> Result<RawGroup> {
    open_file(bytes, options, settings, known, true)
}

/// `follow`: whether links into other files are followed; those in such a file are not.
fn open_file(
    bytes: &Arc<dyn ByteSource>,
    options: &OpenOptions,
    settings: &Settings,
    known: &Blueprints,
    follow: bool,
) -> Result<RawGroup> {
    let (meta, address) = begin(bytes, settings)?;
    let (form, kept) = (meta.form, settings.clone());
    let file =
        Arc::new(FileHandle { bytes: bytes.clone(), form, settings: kept, paths: Arc::default() });
    let heap = HeapReader::new(&meta, file.paths.clone());
    let root = Header::read(&meta, address)?;
    let mut walk = Walk::new(&heap, address, View::Netcdf);
    let mut tree = walk.group(&root, "", "/")?;
    if walk.refused {
        walk = Walk::new(&heap, address, View::Plain);
        tree = walk.group(&root, "", "/")?;
    }
    let dims = Dims::find(&heap, &tree, walk.view);
    let mut builder = Builder {
        heap: &heap,
        file: &file,
        dims: &dims,
        options,
        known,
        groups: 0,
        follow: if follow { MOST_FILES } else { 0 },
        problems: walk.problems,
    };
    let mut out = builder.group(&mut tree);
    out.problems = builder.problems;
    Ok(out)
}

struct Builder<'a, 'b, 'c> {
    heap: &'c HeapReader<'a, 'b>,
    file: &'c Arc<FileHandle>,
    dims: &'c Dims,
    options: &'c OpenOptions,
    known: &'c Blueprints,
    groups: usize,
    /// How many links into other files may still be followed.
    follow: usize,
    problems: Vec<(String, graticule_array::Error)>,
}

impl Builder<'_, '_, '_> {
    fn group(&mut self, node: &mut Node) -> RawGroup {
        let group = self.groups;
        self.groups += 1;
        let mut out = RawGroup { name: node.name.clone(), ..RawGroup::default() };
        out.attrs = attrs::visible(self.heap, &node.attributes, &mut self.problems, &node.path);
        let mut used = self.dims.declared(group);
        for (place, leaf) in node.datasets.iter_mut().enumerate() {
            let name = shown_name(&leaf.name).to_owned();
            let only = &self.options.only;
            if Dims::is_dimension_only(leaf) || (!only.is_empty() && !only.contains(&name)) {
                continue;
            }
            let Some(description) = leaf.description.take() else { continue };
            let path = format!("{}/{}", node.path.trim_end_matches('/'), leaf.name);
            let attrs = attrs::visible(self.heap, &leaf.attributes, &mut self.problems, &path);
            let numbers = self.dims.of(group, place);
            let all = numbers.iter().filter_map(|d| self.dims.all.get(*d));
            let (names, shape): (Vec<String>, Vec<usize>) =
                all.map(|d| (d.dim.name.clone(), d.dim.len)).unzip();
            let beyond = beyond(&attrs);
            let (at, known) = (path.clone(), self.known);
            match DatasetSource::new(self.file, at, description, Some(&shape), beyond, known) {
                Ok(source) => {
                    for dim in numbers {
                        if !used.contains(dim) {
                            used.push(*dim);
                        }
                    }
                    let storage = source.storage();
                    let source = Arc::new(source);
                    out.vars.push(RawVar { name, dims: names, attrs, storage, source });
                }
                Err(e) => self.problems.push((path, e)),
            }
        }
        out.dims =
            used.iter().filter_map(|d| self.dims.all.get(*d)).map(|d| d.dim.clone()).collect();
        for child in &mut node.groups {
            let child = self.group(child);
            out.groups.push(child);
        }
        for (name, file, path) in &node.elsewhere {
            if let Err(e) = self.graft(&mut out, name, file, path) {
                let at = format!("{}/{name}", node.path.trim_end_matches('/'));
                self.problems.push((at, e));
            }
        }
        out
    }

    /// Puts an object of another file under a name of this group.
    fn graft(&mut self, to: &mut RawGroup, name: &str, file: &str, path: &str) -> Result<()> {
        if self.follow == 0 {
            return Err(Error::unsupported(format!("a link into the file \"{file}\"")));
        }
        self.follow -= 1;
        let found = external::beside(self.file.bytes.location(), file)?;
        let pool = Arc::new(HandlePool::new(2));
        let bytes = FileBytes::open(&Location::new(found), &pool)?;
        let bytes: Arc<dyn ByteSource> = Arc::new(bytes);
        let mut here = open_file(&bytes, self.options, &self.file.settings, self.known, false)?;
        let mut parts = path.split('/').filter(|p| !p.is_empty() && *p != ".").peekable();
        while let Some(part) = parts.next() {
            if let Some(at) = here.groups.iter().position(|g| g.name == part) {
                here = here.groups.swap_remove(at);
                continue;
            }
            let var = here.vars.iter().position(|v| v.name == part && parts.peek().is_none());
            let var = var
                .ok_or_else(|| Error::not_found(format!("no \"{path}\" in the file \"{file}\"")))?;
            let mut var = here.vars.swap_remove(var);
            for dim in here.dims.into_iter().filter(|d| var.dims.contains(&d.name)) {
                if !to.dims.iter().any(|d| d.name == dim.name) {
                    to.dims.push(dim);
                }
            }
            name.clone_into(&mut var.name);
            to.vars.push(var);
            return Ok(());
        }
        name.clone_into(&mut here.name);
        self.problems.append(&mut here.problems);
        to.groups.push(here);
        Ok(())
    }
}

/// What netCDF gives for records that one variable lacks and another has.
fn beyond(attrs: &[RawAttr]) -> Option<Scalar> {
    let fill = attrs.iter().find(|a| a.name == "_FillValue")?;
    fill.value.item().ok()
}
