//! Displays of a tree. None of them reads data.

use std::fmt;

use super::DataTree;
use crate::show::html;

/// Groups that are shown whole; of others only the paths.
const MOST: usize = 40;

fn lines(tree: &DataTree, front: &str, own: &str, left: &mut usize, out: &mut String) {
    out.push_str(&format!("\n{own}Group: {}", tree.path()));
    if *left == 0 {
        out.push_str("  ...");
    } else {
        *left -= 1;
        let set = if out.starts_with("<graticule.DataTree") && own.is_empty() {
            &tree.0.full
        } else {
            &tree.0.own
        };
        let bar = if tree.is_leaf() { "    " } else { "│   " };
        if set.variables().next().is_some() || !set.attrs().is_empty() || set.fault().is_some() {
            for line in set.to_string().lines().skip(1) {
                out.push_str(&format!("\n{front}{bar}{line}"));
            }
        }
    }
    let n = tree.0.children.len();
    for (at, child) in tree.0.children.values().enumerate() {
        let (mark, below) =
            if at + 1 == n { ("└── ", "    ") } else { ("├── ", "│   ") };
        lines(child, &format!("{front}{below}"), &format!("{front}{mark}"), left, out);
    }
}

/// The groups, each with its dimensions, variables and attributes; what a group inherits is
/// shown where it belongs.
impl fmt::Display for DataTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        let name = if name.is_empty() { "/" } else { name };
        let mut out = format!("<graticule.DataTree '{name}'>");
        lines(self, "", "", &mut MOST.clone(), &mut out);
        f.write_str(&out)
    }
}

/// The human display, because notebooks print `Debug`.
impl fmt::Debug for DataTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl DataTree {
    /// The display as HTML. Reads no data.
    #[must_use]
    pub fn to_html(&self) -> String {
        let faulted = self.subtree().iter().any(|t| t.0.own.fault().is_some());
        html::block(&self.to_string(), faulted)
    }

    /// Shows the value in an evcxr notebook.
    pub fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT text/html\n{}\nEVCXR_END_CONTENT", self.to_html());
    }

    /// Dimensions, variables and all attributes of all groups in the manner of `ncdump -h`.
    /// Reads nothing.
    #[must_use]
    pub fn info(&self, name: &str) -> String {
        let mut out = String::new();
        for node in self.subtree() {
            let name = if node.path() == "/" { name.to_owned() } else { node.path().to_owned() };
            out.push_str(&node.0.own.info(&name));
        }
        out
    }
}
