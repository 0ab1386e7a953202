//! Bounds of cells that touch each other, as the vertices between them, and back.

use graticule_array::{Array, DType, Error, Pick, Result, Selection};

use super::Cf;
use crate::data_array::DataArray;
use crate::dataset::Dataset;
use crate::dims::Dims;
use crate::name::Name;
use crate::variable::Variable;

/// What the dimensions of vertices are called behind that of their cells.
const VERTICES: &str = "_vertices";

impl Cf {
    /// The vertices of the cells of a coordinate, of which neighbours share theirs: one more along
    /// each dimension than there are cells. The bounds are those of a line (two each) or of a grid
    /// of quadrangles (four each, in either sense of rotation); they are computed.
    ///
    /// ```
    /// use graticule_dataset::Dataset;
    /// let ds = Dataset::new().with_coord("x", "x", vec![0.0, 1.0, 3.0]).add_bounds("x");
    /// let edges = ds.cf().vertices("x")?;
    /// assert_eq!(edges.values::<f64>()?, [-0.5, 0.5, 2.0, 4.0]);
    /// assert_eq!(edges.dims().to_string(), "x_vertices");
    /// # Ok::<(), graticule_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are no bounds, or cells do not touch their neighbours.
    pub fn vertices(&self, key: &str) -> Result<DataArray> {
        let bounds = self.bounds(key)?;
        let name = bounds.name().unwrap_or(key).to_owned();
        let cells = bounds.to_array()?;
        let apart = || {
            Error::invalid(format!("the cells of \"{name}\" do not touch each other"))
                .hint("vertices are shared only where bounds are contiguous")
        };
        let corners = match cells.shape() {
            [_, 2] => line(&cells)?.ok_or_else(apart)?,
            [_, _, 4] => {
                let turned = quadrangles(&cells, [0, 1, 2, 3])?;
                let found = match turned {
                    Some(found) => Some(found),
                    None => quadrangles(&cells, [0, 3, 2, 1])?,
                };
                found.ok_or_else(apart)?
            }
            other => {
                return Err(Error::unsupported(format!(
                    "vertices of bounds of shape {other:?}: cells of a line have two, of a grid four"
                )));
            }
        };
        let dims: Dims = bounds
            .dims()
            .iter()
            .take(corners.ndim())
            .map(|d| Name::from(format!("{d}{VERTICES}")))
            .collect();
        let made = Variable::new(dims, corners)?.with_attrs(bounds.attrs().clone());
        Ok(DataArray::from_variable(format!("{name}{VERTICES}"), made))
    }
}

/// A part of an array along its first axes, one position along the last.
fn part(cells: &Array, mut picks: Vec<Pick>, vertex: usize) -> Result<Array> {
    picks.push(Pick::At(vertex));
    cells.select(&Selection::new(picks))
}

fn line(cells: &Array) -> Result<Option<Array>> {
    let n = cells.shape().first().copied().unwrap_or(0);
    if n == 0 {
        return Ok(None);
    }
    let upper = part(cells, vec![Pick::span(0, n - 1)], 1)?;
    if upper != part(cells, vec![Pick::span(1, n - 1)], 0)? {
        return Ok(None);
    }
    let first = part(cells, vec![Pick::all(n)], 0)?;
    let last = part(cells, vec![Pick::span(n - 1, 1)], 1)?;
    Ok(Some(Array::concat(&[first, last], 0)?))
}

/// The vertices of quadrangles whose vertices are in this order, counterclockwise from the one
/// before both neighbours.
fn quadrangles(cells: &Array, order: [usize; 4]) -> Result<Option<Array>> {
    let [rows, columns, _] = *cells.shape() else { return Ok(None) };
    if rows == 0 || columns == 0 {
        return Ok(None);
    }
    let at = |y: Pick, x: Pick, vertex: usize| part(cells, vec![y, x], vertex);
    let (all_y, all_x) = (|| Pick::all(rows), || Pick::all(columns));
    let [own, right, far, up] = order;
    let touching = at(all_y(), Pick::span(0, columns - 1), right)?
        == at(all_y(), Pick::span(1, columns - 1), own)?
        && at(all_y(), Pick::span(0, columns - 1), far)?
            == at(all_y(), Pick::span(1, columns - 1), up)?
        && at(Pick::span(0, rows - 1), all_x(), up)? == at(Pick::span(1, rows - 1), all_x(), own)?
        && at(Pick::span(0, rows - 1), all_x(), far)?
            == at(Pick::span(1, rows - 1), all_x(), right)?;
    if !touching {
        return Ok(None);
    }
    let end_x = || Pick::span(columns - 1, 1);
    let end_y = || Pick::span(rows - 1, 1);
    let top = Array::concat(&[at(all_y(), all_x(), own)?, at(all_y(), end_x(), right)?], 1)?;
    let bottom = Array::concat(&[at(end_y(), all_x(), up)?, at(end_y(), end_x(), far)?], 1)?;
    Ok(Some(Array::concat(&[top, bottom], 0)?))
}

impl Dataset {
    /// Gives a coordinate the bounds of cells whose vertices are these, one more along each of its
    /// dimensions: pairs, or four counterclockwise (cf-xarray's `vertices_to_bounds`). They become
    /// a coordinate `NAME_bnds`, as in [`add_bounds`](Self::add_bounds).
    #[track_caller]
    pub fn add_bounds_of_vertices(&self, coord: &str, vertices: &DataArray) -> Self {
        self.verb(
            || format!("add_bounds_of_vertices({coord:?}, ..)"),
            |set| {
                let var = set.find(coord)?.clone();
                let corners = vertices.to_array()?;
                let expected: Vec<usize> = var.shape().iter().map(|n| n + 1).collect();
                if corners.shape() != expected || !matches!(expected.len(), 1 | 2) {
                    return Err(Error::mismatch(format!(
                        "vertices of shape {:?} for \"{coord}\" of shape {:?}",
                        corners.shape(),
                        var.shape()
                    ))
                    .hint("there is one more along each dimension, and one or two dimensions"));
                }
                let name = format!("{coord}_bnds");
                let bounds = Variable::new(
                    var.dims().union(&Dims::from("bnds")),
                    cells(&corners, var.dtype())?,
                )?;
                let mut encoding = var.encoding().clone();
                encoding.extra.set("bounds", name.as_str());
                set.clone()
                    .with_coord_variable(coord, var.with_encoding(encoding))
                    .with_coord_variable(&*name, bounds)
                    .check()
            },
        )
    }
}

/// The cells between vertices.
fn cells(corners: &Array, dtype: &DType) -> Result<Array> {
    let spans: Vec<[Pick; 2]> =
        corners.shape().iter().map(|n| [Pick::span(0, n - 1), Pick::span(1, n - 1)]).collect();
    let picked: Vec<Vec<Pick>> = match &*spans {
        [[low, high]] => vec![vec![low.clone()], vec![high.clone()]],
        [[bottom, top], [left, right]] => vec![
            vec![bottom.clone(), left.clone()],
            vec![bottom.clone(), right.clone()],
            vec![top.clone(), right.clone()],
            vec![top.clone(), left.clone()],
        ],
        _ => return Err(Error::bug("cells of too many dimensions")),
    };
    let mut parts = Vec::with_capacity(picked.len());
    for picks in picked {
        let one = corners.select(&Selection::new(picks))?;
        let shape: Vec<usize> = one.shape().iter().copied().chain([1]).collect();
        parts.push(one.reshape(&shape)?);
    }
    let made = Array::concat(&parts, spans.len())?;
    if made.dtype() != dtype && dtype.is_float() { made.cast(dtype) } else { Ok(made) }
}
