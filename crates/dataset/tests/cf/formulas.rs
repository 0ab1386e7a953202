//! The formulas of Appendix D against loops that spell them out.

use graticule_dataset::{Attrs, Dataset, Dims, Variable};

const N: usize = 2;
const K: usize = 3;
const X: usize = 2;

const LEVELS: [f64; K] = [-0.9, -0.5, -0.1];
const SURFACE: [f64; N * X] = [0.5, -0.25, 1.0, 0.0];
const DEPTH: [f64; X] = [100.0, 40.0];

/// Name, dimensions, values and units of a variable.
type Term = (&'static str, &'static [&'static str], Vec<f64>, &'static str);

/// A dataset with a coordinate `lev` of a formula, and terms by dimensions.
fn model(name: &str, terms: &str, vars: &[Term]) -> Dataset {
    let attrs = Attrs::new().with("standard_name", name).with("formula_terms", terms);
    let lev = Variable::new("lev", LEVELS.to_vec()).unwrap().with_attrs(attrs);
    let mut ds = Dataset::new().with_coord_variable("lev", lev);
    for (name, dims, values, units) in vars {
        let shape: Vec<usize> = dims
            .iter()
            .map(|d| {
                if *d == "t" {
                    N
                } else if *d == "lev" {
                    K
                } else {
                    X
                }
            })
            .collect();
        let array = graticule_array::Array::from_vec(shape, values.clone()).unwrap();
        let dims: Dims = dims.iter().copied().collect();
        let var = Variable::new(dims, array).unwrap();
        ds = ds.with_variable(*name, var.with_attrs(Attrs::new().with("units", *units)));
    }
    ds
}

/// Compares with a function of time, level and place.
fn check(ds: &Dataset, dims: &[&str], expected: impl Fn(usize, usize, usize) -> f64) -> Attrs {
    let made = ds.cf().vertical("lev").check().unwrap_or_else(|e| panic!("{e}"));
    let made = made.transpose(dims.iter().copied().collect::<Dims>());
    let mut want = Vec::new();
    let len = |d: &str, n: usize| if dims.contains(&d) { n } else { 1 };
    for n in 0..len("t", N) {
        for k in 0..K {
            for i in 0..len("x", X) {
                want.push(expected(n, k, i));
            }
        }
    }
    let got = made.values::<f64>().unwrap();
    assert_eq!(got.len(), want.len());
    for (g, w) in got.iter().zip(&want) {
        assert!((g - w).abs() <= 1e-12 * w.abs().max(1.0), "{got:?}\n{want:?}");
    }
    made.attrs()
}

const TKX: [&str; 3] = ["t", "lev", "x"];

fn eta() -> Term {
    ("eta", &["t", "x"], SURFACE.to_vec(), "m")
}

fn depth() -> Term {
    ("depth", &["x"], DEPTH.to_vec(), "m")
}

fn number(name: &'static str, value: f64, units: &'static str) -> Term {
    (name, &[], vec![value], units)
}

fn levels(name: &'static str, values: [f64; K], units: &'static str) -> Term {
    (name, &["lev"], values.to_vec(), units)
}

fn surface_pressure(n: usize, i: usize) -> f64 {
    1000.0 + SURFACE[n * X + i]
}

fn ps() -> Term {
    ("ps", &["t", "x"], SURFACE.iter().map(|s| 1000.0 + s).collect(), "hPa")
}

#[test]
fn pressures() {
    let ds = model(
        "atmosphere_ln_pressure_coordinate",
        "p0: p0 lev: lev",
        &[number("p0", 1000.0, "hPa")],
    );
    check(&ds, &["lev"], |_, k, _| 1000.0 * (-LEVELS[k]).exp());

    let ds = model(
        "atmosphere_sigma_coordinate",
        "sigma: lev ps: ps ptop: ptop",
        &[ps(), number("ptop", 1000.0, "Pa")],
    );
    let made = check(&ds, &TKX, |n, k, i| 10.0 + LEVELS[k] * (surface_pressure(n, i) - 10.0));
    assert_eq!(made.text("units"), Some("hPa"));

    let a = [0.5, 0.25, 0.0];
    let b = [0.0, 0.5, 1.0];
    let name = "atmosphere_hybrid_sigma_pressure_coordinate";
    let vars = [ps(), levels("a", a, "1"), levels("b", b, "1"), number("p0", 1e5, "Pa")];
    let ds = model(name, "a: a b: b ps: ps p0: p0", &vars);
    check(&ds, &TKX, |n, k, i| a[k] * 1000.0 + b[k] * surface_pressure(n, i));

    let vars = [ps(), levels("ap", a.map(|a| a * 1e5), "Pa"), levels("b", b, "1")];
    let ds = model(name, "ap: ap b: b ps: ps", &vars);
    let made = check(&ds, &TKX, |n, k, i| a[k] * 1000.0 + b[k] * surface_pressure(n, i));
    assert_eq!(made.text("standard_name"), Some("air_pressure"));

    let name = "atmosphere_hybrid_sigma_ln_pressure_coordinate";
    let eta = [0.2, 0.6, 1.0];
    let vars = [ps(), levels("e", eta, "1"), levels("b", b, "1"), number("p0", 1e5, "Pa")];
    let ds = model(name, "eta: e b: b ps: ps p0: p0", &vars);
    check(&ds, &TKX, |n, k, i| 1000.0 * eta[k] * (surface_pressure(n, i) / 1000.0).powf(b[k]));
}

#[test]
fn heights_over_ground() {
    let (a, b) = ([10.0, 100.0, 1000.0], [1.0, 0.5, 0.0]);
    let vars = [depth(), levels("a", a, "m"), levels("b", b, "1")];
    let ds = model("atmosphere_hybrid_height_coordinate", "a: a b: b orog: depth", &vars);
    let made = check(&ds, &["lev", "x"], |_, k, i| a[k] + b[k] * DEPTH[i]);
    assert_eq!(made.text("units"), Some("m"));
    assert_eq!(made.text("positive"), Some("up"));

    let vars = [
        levels("a", b, "1"),
        levels("b1", [0.1, 0.2, 0.3], "1"),
        levels("b2", [0.3, 0.2, 0.1], "1"),
        number("top", 20_000.0, "m"),
        depth(),
        eta(),
    ];
    let terms = "a: a b1: b1 b2: b2 ztop: top zsurf1: depth zsurf2: eta";
    let ds = model("atmosphere_sleve_coordinate", terms, &vars);
    check(&ds, &TKX, |n, k, i| {
        b[k] * 20_000.0 + [0.1, 0.2, 0.3][k] * DEPTH[i] + [0.3, 0.2, 0.1][k] * SURFACE[n * X + i]
    });
}

#[test]
fn oceans() {
    let at = |n: usize, i: usize| SURFACE[n * X + i];
    let ds = model("ocean_sigma_coordinate", "sigma: lev eta: eta depth: depth", &[eta(), depth()]);
    check(&ds, &TKX, |n, k, i| at(n, i) + LEVELS[k] * (DEPTH[i] + at(n, i)));

    let omitted = model("ocean_sigma_coordinate", "sigma: lev depth: depth", &[depth()]);
    check(&omitted, &["lev", "x"], |_, k, i| LEVELS[k] * DEPTH[i]);

    let (a, b, hc) = (5.0, 0.4, 20.0);
    let vars = [eta(), depth(), number("a", a, "1"), number("b", b, "1"), number("hc", hc, "m")];
    let ds =
        model("ocean_s_coordinate", "s: lev eta: eta depth: depth a: a b: b depth_c: hc", &vars);
    check(&ds, &TKX, |n, k, i| {
        let s = LEVELS[k];
        let c = (1.0 - b) * (a * s).sinh() / a.sinh()
            + b * ((a * (s + 0.5)).tanh() / (2.0 * (0.5 * a).tanh()) - 0.5);
        at(n, i) * (1.0 + s) + hc * s + (DEPTH[i] - hc) * c
    });

    let c = [-0.8, -0.3, -0.02];
    let vars = [eta(), depth(), levels("C", c, "1"), number("hc", 2000.0, "cm")];
    let terms = "s: lev C: C eta: eta depth: depth depth_c: hc";
    let ds = model("ocean_s_coordinate_g1", terms, &vars);
    check(&ds, &TKX, |n, k, i| {
        let s = hc * LEVELS[k] + (DEPTH[i] - hc) * c[k];
        s + at(n, i) * (1.0 + s / DEPTH[i])
    });
    let ds = model("ocean_s_coordinate_g2", terms, &vars);
    check(&ds, &TKX, |n, k, i| {
        let s = (hc * LEVELS[k] + DEPTH[i] * c[k]) / (hc + DEPTH[i]);
        at(n, i) + (at(n, i) + DEPTH[i]) * s
    });
}

#[test]
fn oceans_in_two_parts() {
    let at = |n: usize, i: usize| SURFACE[n * X + i];
    let nan = f64::NAN;
    let vars = [
        eta(),
        depth(),
        levels("sigma", [-0.2, -0.8, nan], "1"),
        levels("z", [nan, nan, -75.0], "m"),
        number("dc", 50.0, "m"),
    ];
    let terms = "sigma: sigma eta: eta depth: depth depth_c: dc zlev: z";
    let expected = |n: usize, k: usize, i: usize| match k {
        2 => -75.0,
        _ => at(n, i) + [-0.2, -0.8][k] * (DEPTH[i].min(50.0) + at(n, i)),
    };
    check(&model("ocean_sigma_z_coordinate", terms, &vars), &TKX, expected);
    let vars = [
        eta(),
        depth(),
        levels("sigma", [-0.2, -0.8, 0.0], "1"),
        levels("z", [0.0, 0.0, -75.0], "m"),
        number("dc", 50.0, "m"),
        number("ns", 2.0, "1"),
    ];
    let terms = "sigma: sigma eta: eta depth: depth depth_c: dc zlev: z nsigma: ns";
    check(&model("ocean_sigma_z_coordinate", terms, &vars), &TKX, expected);

    let (z1, z2, a, href) = (10.0, 30.0, 5.0, 60.0);
    let sigma = [0.4, 1.0, 1.7];
    let vars = [
        depth(),
        levels("sigma", sigma, "1"),
        number("z1", z1, "m"),
        number("z2", z2, "m"),
        number("a", a, "m"),
        number("href", href, "m"),
        number("kc", 2.0, "1"),
    ];
    let terms = "sigma: sigma depth: depth z1: z1 z2: z2 a: a href: href k_c: kc";
    let ds = model("ocean_double_sigma_coordinate", terms, &vars);
    check(&ds, &["lev", "x"], |_, k, i| {
        let f =
            0.5 * (z1 + z2) + 0.5 * (z1 - z2) * (2.0 * a / (z1 - z2) * (DEPTH[i] - href)).tanh();
        if k < 2 { sigma[k] * f } else { f + (sigma[k] - 1.0) * (DEPTH[i] - f) }
    });
}

#[test]
fn bounds_have_formulas_of_their_own() {
    let ap = levels("ap", [1.0, 2.0, 3.0], "hPa");
    let name = "atmosphere_hybrid_sigma_pressure_coordinate";
    let ds = model(name, "ap: ap b: b ps: ps", &[ps(), ap, levels("b", [0.0, 0.5, 1.0], "1")]);
    let lev = ds.variable("lev").unwrap().clone();
    let lev = lev.clone().with_attrs(lev.attrs().clone().with("bounds", "lev_bnds"));
    let edges = |f: fn(f64) -> f64| (vec![f(0.0), f(1.0), f(1.0), f(2.0), f(2.0), f(3.0)], [3, 2]);
    let bounds = Variable::new(["lev", "nv"], edges(|x| x))
        .unwrap()
        .with_attrs(Attrs::new().with("formula_terms", "ap: ap_bnds b: b_bnds ps: ps"));
    let ds = ds
        .with_coord_variable("lev", lev)
        .with_coord_variable("lev_bnds", bounds)
        .with_var("ap_bnds", ["lev", "nv"], edges(|x| x))
        .with_var("b_bnds", ["lev", "nv"], edges(|x| x / 10.0));
    let made = ds.cf().vertical_bounds("lev").transpose(["t", "lev", "nv", "x"]);
    let values = made.values::<f64>().unwrap();
    assert_eq!(values.len(), N * K * 2 * X);
    assert!((values[2] - (1.0 + 0.1 * surface_pressure(0, 0))).abs() < 1e-9);
}

#[test]
fn what_is_missing_is_told() {
    let ds = model("ocean_s_coordinate_g2", "s: lev C: C", &[]);
    let e = ds.cf().vertical("lev").check().unwrap_err().to_string();
    assert!(e.contains("needs the term \"depth\"") && e.contains("s, C"), "{e}");
    let ds = model("ocean_sigma_coordinate", "sigma: lev depth: nothing", &[]);
    assert!(ds.cf().vertical("lev").check().unwrap_err().to_string().contains("\"nothing\""));
    let ds = model("ocean_sgima_coordinate", "sigma: lev", &[]);
    let e = ds.cf().vertical("lev").check().unwrap_err().to_string();
    assert!(e.contains("did you mean \"ocean_sigma_coordinate\"?"), "{e}");
    let plain = Dataset::new().with_coord("lev", "lev", vec![1.0]);
    assert!(plain.cf().vertical("lev").check().unwrap_err().to_string().contains("formula_terms"));
    assert_eq!(ds.cf().parametric(), ["lev"]);
}
