//! Text displays like xarray's. None of them reads data.

use graticule_array::Array;

use super::options::DisplayOptions;
use super::values::{element_text, short_text};
use crate::attrs::Attrs;
use crate::data_array::{DataArray, MAIN};
use crate::dataset::Dataset;
use crate::name::Name;
use crate::variable::Variable;

pub(crate) fn dataset(ds: &Dataset, how: &DisplayOptions) -> String {
    let mut out = format!("<graticule.Dataset> Size: {}", size(ds.bytes()));
    let width = column(ds.variables().map(|(n, _)| n.as_str()));
    let dims: Vec<String> = ds.sizes().map(|(d, n)| format!("{d}: {n}")).collect();
    out.push_str(&format!("\n{:<width$}({})", "Dimensions:", dims.join(", ")));
    if ds.coord_vars().next().is_some() {
        variables(&mut out, "Coordinates", ds, &ds.coord_vars().collect::<Vec<_>>(), width, how);
    }
    variables(&mut out, "Data variables", ds, &ds.data_vars().collect::<Vec<_>>(), width, how);
    indexes(&mut out, ds, width);
    attributes(&mut out, ds.attrs(), how);
    fault(&mut out, ds);
    out
}

pub(crate) fn data_array(array: &DataArray, how: &DisplayOptions) -> String {
    let var = array.variable();
    let name = array.name().map(|n| format!(" '{n}'")).unwrap_or_default();
    let dims: Vec<String> = var.sizes().map(|(d, n)| format!("{d}: {n}")).collect();
    let dims = if dims.is_empty() { String::new() } else { format!(" ({})", dims.join(", ")) };
    let mut out = format!("<graticule.DataArray{name}{dims}> Size: {}\n", size(var.bytes()));
    out.push_str(&body(&var, how));
    let coords: Vec<(&Name, &Variable)> = array.set.coord_vars().collect();
    if !coords.is_empty() {
        let width = column(coords.iter().map(|(n, _)| n.as_str()));
        variables(&mut out, "Coordinates", &array.set, &coords, width, how);
        indexes(&mut out, &array.set, width);
    }
    attributes(&mut out, var.attrs(), how);
    fault(&mut out, &array.set);
    out
}

pub(crate) fn coords(ds: &Dataset, how: &DisplayOptions) -> String {
    let width = column(ds.coord_vars().map(|(n, _)| n.as_str()));
    let mut out = String::new();
    variables(&mut out, "Coordinates", ds, &ds.coord_vars().collect::<Vec<_>>(), width, how);
    out.trim_start().to_owned()
}

pub(crate) fn variable(var: &Variable, how: &DisplayOptions) -> String {
    let dims: Vec<String> = var.sizes().map(|(d, n)| format!("{d}: {n}")).collect();
    let mut out =
        format!("<graticule.Variable ({})> Size: {}\n", dims.join(", "), size(var.bytes()));
    out.push_str(&body(var, how));
    attributes(&mut out, var.attrs(), how);
    out
}

/// The width of the column of names.
fn column<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.filter(|n| *n != MAIN).map(|n| n.chars().count()).max().unwrap_or(0).max(7) + 6
}

/// The items of a list, those in the middle left out where there are too many.
fn rows<'a, T: Copy>(
    items: &'a [T],
    how: &DisplayOptions,
) -> impl Iterator<Item = Option<T>> + use<'a, T> {
    let (head, tail) = if items.len() > how.rows {
        (items.get(..how.rows / 2).unwrap_or(items), items.get(items.len() - how.rows / 2..))
    } else {
        (items, None)
    };
    let gap = tail.map(|_| None);
    head.iter().copied().map(Some).chain(gap).chain(tail.into_iter().flatten().copied().map(Some))
}

fn variables(
    out: &mut String,
    title: &str,
    ds: &Dataset,
    vars: &[(&Name, &Variable)],
    w: usize,
    how: &DisplayOptions,
) {
    out.push_str(&format!("\n{title}:"));
    if vars.len() > how.rows {
        out.push_str(&format!(" ({}/{})", how.rows, vars.len()));
    }
    if vars.is_empty() {
        out.push_str("\n    *empty*");
    }
    for row in rows(vars, how) {
        match row {
            Some((name, var)) => {
                out.push('\n');
                out.push_str(&line(name, var, ds.index(name).is_some(), w, how));
            }
            None => out.push_str("\n    ..."),
        }
    }
}

/// The indexes that are not the default ones.
fn indexes(out: &mut String, ds: &Dataset, width: usize) {
    let own = ds.0.indexes.iter().filter(|(_, i)| i.kind() != "labels");
    let own = own.map(|(name, index)| (name.to_string(), index.describe()));
    let joint = ds.0.joints.iter().map(|j| {
        let names: Vec<&str> = j.coords.iter().map(Name::as_str).collect();
        (names.join(", "), j.index.describe())
    });
    let all: Vec<(String, String)> = own.chain(joint).collect();
    if all.is_empty() {
        return;
    }
    out.push_str("\nIndexes:");
    for (names, text) in all {
        let named = format!("    {names} ");
        out.push_str(&format!("\n{named:<width$}{text}"));
    }
}

/// `  * time     (time) datetime64[s] 48B 2000-01-01 2000-02-01 ... 2000-06-01`
fn line(name: &Name, var: &Variable, indexed: bool, width: usize, how: &DisplayOptions) -> String {
    let mark = if indexed { '*' } else { ' ' };
    let dims = if var.ndim() == 0 { String::new() } else { format!("({}) ", var.dims()) };
    let named = format!("  {mark} {name} ");
    let front = format!("{named:<width$}{dims}{} {} ", var.dtype(), size(var.bytes()));
    let room = how.width.saturating_sub(front.chars().count());
    let values = match var.in_memory() {
        Some(array) => flat(array, room),
        None => lazy(var),
    };
    format!("{front}{values}").trim_end().to_owned()
}

/// What stands for values that are not in memory: the shape of their chunks.
fn lazy(var: &Variable) -> String {
    let grid = var.data().grid();
    if var.ndim() == 0 || grid.count() <= 1 {
        return "...".to_owned();
    }
    let chunk: Vec<String> = grid.largest().iter().map(ToString::to_string).collect();
    format!("... chunks of ({})", chunk.join(", "))
}

/// As many of the first and last elements as fit.
fn flat(array: &Array, room: usize) -> String {
    let n = array.len();
    let Ok(row) = array.reshape(&[n]) else { return "...".to_owned() };
    let most = room.div_ceil(2).min(n).max(1);
    let (heads, tails) = (most.div_ceil(2), most / 2);
    // Front and back elements in turn, so that both ends get their share of the room.
    let mut texts: Vec<String> = Vec::with_capacity(most);
    let mut length = 0;
    let mut fitting = 0;
    for k in 0..most.min(n) {
        let (rank, back) = (k / 2, k % 2 == 1);
        if (back && rank >= tails) || (!back && rank >= heads) {
            break;
        }
        let text = short_text(&row, if back { n - 1 - rank } else { rank });
        length += text.chars().count() + usize::from(k > 0);
        let gap = if k + 1 < n { 4 } else { 0 };
        texts.push(text);
        if length + gap > room && fitting >= 2 {
            break;
        }
        fitting = k + 1;
    }
    texts.truncate(fitting);
    let front: Vec<&str> = texts.iter().step_by(2).map(String::as_str).collect();
    let mut back: Vec<&str> = texts.iter().skip(1).step_by(2).map(String::as_str).collect();
    back.reverse();
    let gap = match (fitting == n, n) {
        (_, 0) => return String::new(),
        (true, 1) => "",
        (true, _) => " ",
        (false, _) => " ... ",
    };
    format!("{}{gap}{}", front.join(" "), back.join(" "))
}

/// The elements of an array, nested by axis; long axes are cut in the middle.
fn body(var: &Variable, how: &DisplayOptions) -> String {
    let Some(array) = var.in_memory() else {
        let text = lazy(var);
        let more = text.strip_prefix("...").unwrap_or_default();
        let comma = if more.is_empty() { "" } else { "," };
        return format!("[{} values of {}{comma}{more}]", var.data().len(), var.dtype());
    };
    let edge = match var.ndim() {
        _ if array.len() <= how.elements => usize::MAX,
        0..=2 => 3,
        3 => 2,
        _ => 1,
    };
    let mut out = String::new();
    nested(array, &mut Vec::new(), edge, &mut out);
    out
}

fn nested(array: &Array, index: &mut Vec<usize>, edge: usize, out: &mut String) {
    let depth = index.len();
    let Some(n) = array.shape().get(depth).copied() else {
        out.push_str(&element_text(array, index));
        return;
    };
    let last = depth + 1 == array.ndim();
    let separator = if last {
        ", ".to_owned()
    } else {
        format!(",{}{}", "\n".repeat(array.ndim() - 1 - depth), " ".repeat(depth + 1))
    };
    out.push('[');
    let cut = edge != usize::MAX && n > 2 * edge;
    let shown = if cut { (0..edge).chain(n - edge..n) } else { (0..n).chain(0..0) };
    for (k, i) in shown.enumerate() {
        if k > 0 {
            out.push_str(&separator);
        }
        if cut && k == edge {
            out.push_str("...");
            out.push_str(&separator);
        }
        index.push(i);
        nested(array, index, edge, out);
        index.pop();
    }
    out.push(']');
}

fn attributes(out: &mut String, attrs: &Attrs, how: &DisplayOptions) {
    if attrs.is_empty() {
        return;
    }
    let width = column(attrs.names().map(|n| &**n));
    out.push_str("\nAttributes:");
    let all: Vec<_> = attrs.iter().collect();
    if all.len() > how.rows {
        out.push_str(&format!(" ({}/{})", how.rows, all.len()));
    }
    for row in rows(&all, how) {
        let Some((name, value)) = row else {
            out.push_str("\n    ...");
            continue;
        };
        let text = value.to_string().replace('\n', "\\n").replace('\t', "\\t");
        let named = format!("    {name}:");
        out.push('\n');
        out.push_str(&truncated(&format!("{named:<width$} {text}"), how.width));
    }
}

fn truncated(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    line.chars().take(width.saturating_sub(3)).chain("...".chars()).collect()
}

fn fault(out: &mut String, ds: &Dataset) {
    if let Some(fault) = ds.fault() {
        *out = format!("fault: {fault}\n\nbefore that:\n{out}");
    }
}

/// `280B`, `4kB`, `31MB`.
pub(crate) fn size(bytes: usize) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB", "TB"] {
        if value < 999.5 {
            return format!("{value:.0}{unit}");
        }
        value /= 1000.0;
    }
    format!("{value:.0}PB")
}
