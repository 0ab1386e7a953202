//! All groups and datasets of a file, as a tree.

use graticule_array::{Error, Result};

use super::refused;
use crate::describe::{Description, View};
use crate::element::HeapReader;
use crate::group;
use crate::header::{Header, kind};
use crate::lookup::Seen;
use crate::message::attribute::Attribute;
use crate::message::datatype::Datatype;
use crate::message::link::{Link, Target};

/// Groups inside groups: deeper than any real file.
const MOST_DEEP: usize = 128;
/// What an object costs of the effort that a file may ask for.
const EFFORT: u64 = 1024;

/// A group.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) attributes: Vec<Attribute>,
    pub(super) datasets: Vec<Leaf>,
    pub(super) groups: Vec<Node>,
    /// Links into other files: name, file, path.
    pub(super) elsewhere: Vec<(String, String, String)>,
}

/// A dataset.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) name: String,
    /// Where its header lies: what references point at.
    pub(super) address: u64,
    pub(super) attributes: Vec<Attribute>,
    /// Taken when the source is made.
    pub(super) description: Option<Description>,
}

impl Leaf {
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// The stored lengths.
    pub(super) fn lengths(&self) -> Vec<u64> {
        self.description.as_ref().map(|d| d.space.dims().to_vec()).unwrap_or_default()
    }

    /// The largest lengths.
    pub(super) fn most(&self) -> Vec<Option<u64>> {
        self.description.as_ref().map(|d| d.max.clone()).unwrap_or_default()
    }
}

pub(super) struct Walk<'a, 'b, 'c> {
    pub(super) heap: &'c HeapReader<'a, 'b>,
    pub(super) root: u64,
    pub(super) problems: Vec<(String, Error)>,
    pub(super) view: View,
    /// Whether the netCDF library would not show all of this file.
    pub(super) refused: bool,
    /// The groups above the current one.
    above: Vec<u64>,
    /// Groups that soft links led through.
    seen: Seen,
}

impl<'a, 'b, 'c> Walk<'a, 'b, 'c> {
    pub(super) fn new(heap: &'c HeapReader<'a, 'b>, root: u64, view: View) -> Self {
        Self {
            heap,
            root,
            problems: Vec::new(),
            view,
            refused: false,
            above: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// Reads a group and everything below it.
    ///
    /// # Errors
    /// If the group itself cannot be read; what fails below it goes to the problems.
    pub(super) fn group(&mut self, header: &Header, name: &str, path: &str) -> Result<Node> {
        let meta = self.heap.meta;
        let mut node = Node { name: name.into(), path: path.into(), ..Node::default() };
        match group::attributes(meta, header) {
            Ok((attributes, problems)) => {
                self.refused |= attributes.iter().any(refused::attribute);
                node.attributes = attributes;
                self.problems.extend(problems.into_iter().map(|e| (path.to_owned(), e)));
            }
            Err(e) => self.problems.push((path.to_owned(), e)),
        }
        self.above.push(header.address);
        for link in group::links(meta, header)? {
            let child = format!("{}/{}", path.trim_end_matches('/'), link.name);
            if let Err(e) = self.child(&mut node, header, &link, &child) {
                self.problems.push((child, e));
            }
        }
        self.above.pop();
        Ok(node)
    }

    fn child(&mut self, node: &mut Node, parent: &Header, link: &Link, path: &str) -> Result<()> {
        let meta = self.heap.meta;
        meta.charge(EFFORT)?;
        let address = match &link.target {
            Target::Hard(address) => *address,
            Target::Soft(to) => match self.seen.find(meta, self.root, parent.address, to)? {
                Some(address) => address,
                None => return Ok(()),
            },
            Target::External { file, path } => {
                self.refused |= refused::link_to_file(meta.bytes.location(), file);
                node.elsewhere.push((link.name.clone(), file.clone(), path.clone()));
                return Ok(());
            }
            Target::User(kind) => {
                self.refused = true;
                return Err(Error::unsupported(format!("a link of user-defined kind {kind}")));
            }
        };
        if self.above.contains(&address) {
            return Ok(());
        }
        let header = Header::read(meta, address)?;
        if header.is_dataset() {
            let description = Description::read(meta, self.heap, &header, self.view)?;
            let (attributes, problems) = group::attributes(meta, &header)?;
            self.refused |=
                refused::dataset(&description) || attributes.iter().any(refused::attribute);
            self.problems.extend(problems.into_iter().map(|e| (path.to_owned(), e)));
            node.datasets.push(Leaf {
                name: link.name.clone(),
                address,
                attributes,
                description: Some(description),
            });
        } else if header.is_group() {
            if self.above.len() >= MOST_DEEP {
                return Err(Error::corrupt("groups are nested too deeply"));
            }
            let group = self.group(&header, &link.name, path)?;
            node.groups.push(group);
        } else if let Some(body) = header.body(meta, kind::DATATYPE)? {
            self.refused |= refused::named_type(&Datatype::parse(&mut body.cursor())?);
        }
        Ok(())
    }
}
