//! Heights of a ROMS grid against loops that spell the formulas out.

use graticule_array::Array;
use graticule_dataset::{Attrs, Dataset, Dims, Variable};

const TIMES: usize = 3;
const LEVELS: usize = 12;
const ROWS: usize = 4;
const COLUMNS: usize = 5;
const HC: f64 = 250.0;

/// The stretching of ROMS (`Vstretching = 4`): `theta_s` at the surface, `theta_b` at the bottom.
fn stretching(s: f64) -> f64 {
    let (surface, bottom) = (7.0f64, 2.0f64);
    let c = (1.0 - (surface * s).cosh()) / (surface.cosh() - 1.0);
    ((bottom * c).exp() - 1.0) / (1.0 - (-bottom).exp())
}

fn sigma(k: usize, at_w: bool) -> f64 {
    let shift = if at_w { 0.0 } else { 0.5 };
    (k as f64 + shift - LEVELS as f64) / LEVELS as f64
}

fn depth(j: usize, i: usize) -> f64 {
    40.0 + 1317.25 * (j as f64 + 0.3).sin().abs() + 811.5 * i as f64
}

fn zeta(t: usize, j: usize, i: usize) -> f64 {
    0.75 * (t as f64 - 1.0) + 0.01 * (j * COLUMNS + i) as f64 - 0.3
}

fn var(dims: &[&str], shape: &[usize], values: Vec<f64>, attrs: &[(&str, &str)]) -> Variable {
    let dims: Dims = dims.iter().copied().collect();
    let attrs: Attrs = attrs.iter().copied().collect();
    Variable::new(dims, Array::from_vec(shape.to_vec(), values).unwrap()).unwrap().with_attrs(attrs)
}

fn roms(transform: &str) -> Dataset {
    let levels = |at_w: bool| -> Vec<f64> {
        (0..LEVELS + usize::from(at_w)).map(|k| sigma(k, at_w)).collect()
    };
    let cells = || (0..ROWS).flat_map(|j| (0..COLUMNS).map(move |i| (j, i)));
    let surface = (0..TIMES).flat_map(|t| cells().map(move |(j, i)| zeta(t, j, i))).collect();
    let mut ds = Dataset::new()
        .with_variable(
            "zeta",
            var(
                &["ocean_time", "eta_rho", "xi_rho"],
                &[TIMES, ROWS, COLUMNS],
                surface,
                &[("units", "meter")],
            ),
        )
        .with_variable(
            "h",
            var(
                &["eta_rho", "xi_rho"],
                &[ROWS, COLUMNS],
                cells().map(|(j, i)| depth(j, i)).collect(),
                &[("units", "meter")],
            ),
        )
        .with_variable("hc", var(&[], &[], vec![HC], &[("units", "meter")]));
    for (grid, at_w) in [("rho", false), ("w", true)] {
        let (s, c) = (format!("s_{grid}"), format!("Cs_{}", if at_w { "w" } else { "r" }));
        let levels = levels(at_w);
        let stretched = levels.iter().map(|s| stretching(*s)).collect();
        let terms = format!("s: {s} C: {c} eta: zeta depth: h depth_c: hc");
        let n = levels.len();
        let attrs = [("standard_name", transform), ("formula_terms", &terms), ("positive", "up")];
        ds = ds
            .with_coord_variable(&*s, var(&[&s], &[n], levels, &attrs))
            .with_variable(&*c, var(&[&s], &[n], stretched, &[]));
    }
    ds
}

/// Compares z over (ocean_time, s, eta_rho, xi_rho) with the formula, relative to the depth.
fn check(ds: &Dataset, s: &str, at_w: bool, z: impl Fn(f64, f64, f64, f64) -> f64) {
    let made = ds.cf().vertical(s).transpose(["ocean_time", s, "eta_rho", "xi_rho"]);
    assert_eq!(made.attrs().text("positive"), Some("up"));
    let n = LEVELS + usize::from(at_w);
    assert_eq!(made.shape(), [TIMES, n, ROWS, COLUMNS]);
    let mut values = made.values::<f64>().unwrap().into_iter();
    for t in 0..TIMES {
        for k in 0..n {
            for j in 0..ROWS {
                for i in 0..COLUMNS {
                    let (found, h) = (values.next().unwrap(), depth(j, i));
                    let wanted = z(sigma(k, at_w), stretching(sigma(k, at_w)), zeta(t, j, i), h);
                    let apart = (found - wanted).abs();
                    assert!(
                        apart <= 1e-12 * wanted.abs().max(1.0),
                        "{s} {t} {k} {j} {i}: {found} {wanted}"
                    );
                }
            }
        }
    }
}

#[test]
fn z_of_both_transforms_at_rho_and_w() {
    let first = |s: f64, c: f64, zeta: f64, h: f64| {
        let z0 = (s - c) * HC + c * h;
        z0 + zeta * (1.0 + z0 / h)
    };
    let second = |s: f64, c: f64, zeta: f64, h: f64| {
        let z0 = (HC * s + h * c) / (HC + h);
        zeta + (zeta + h) * z0
    };
    let ds = roms("ocean_s_coordinate_g1");
    check(&ds, "s_rho", false, first);
    check(&ds, "s_w", true, first);
    let ds = roms("ocean_s_coordinate_g2");
    check(&ds, "s_rho", false, second);
    check(&ds, "s_w", true, second);
    // The surface and the bottom are where they are.
    let w = ds.cf().vertical("s_w").transpose(["s_w", "ocean_time", "eta_rho", "xi_rho"]);
    let ends = [(-1, ds["zeta"].values::<f64>().unwrap()), (0, ds["h"].values().unwrap())];
    for (at, wanted) in ends {
        let found = w.isel("s_w", at).values::<f64>().unwrap();
        for (i, found) in found.iter().enumerate() {
            let wanted = if at == 0 { -wanted[i % (ROWS * COLUMNS)] } else { wanted[i] };
            assert!((found - wanted).abs() <= 1e-12 * wanted.abs().max(1000.0), "{found} {wanted}");
        }
    }
}
