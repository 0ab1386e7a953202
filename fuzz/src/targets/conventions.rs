//! Texts of the CF conventions: units, cell methods, projections.

use graticule::{CellMethods, Crs, Unit};

use crate::{Target, Trace, seeds};

pub(super) const UNIT: Target = Target {
    name: "unit",
    what: "units of measure in the grammar of UDUNITS, printing and converting them",
    run: unit,
    seeds: || {
        seeds::texts(&[
            "m s-1",
            "kg m^-2 s^-1",
            "degC",
            "1e-3 g/kg",
            "K @ 273.15",
            "days since 2001-01-01",
            "lg(re 1 mW)",
            "(2 m)3",
            "µm",
            "%",
            "degrees_north",
            "W·m⁻²",
            "1/12 yr",
            "",
        ])
    },
    words: &[
        "m",
        "kg",
        "s",
        "^",
        "-",
        "2",
        "1e",
        ".",
        "*",
        "/",
        "per",
        " since ",
        "@",
        "(",
        ")",
        "lg",
        "re",
        "°",
        "µ",
        "⁻²",
        "9999999999",
        "hecto",
        "deka",
        "degF",
        "from",
    ],
};

pub(super) const CELL_METHODS: Target = Target {
    name: "cell-methods",
    what: "cell methods (\"time: mean (interval: 1 h)\")",
    run: cell_methods,
    seeds: || {
        seeds::texts(&[
            "time: mean",
            "lat: lon: standard_deviation",
            "time: maximum (interval: 1 hours)",
            "area: mean where land over all_area_types time: sum",
            "time: minimum within years time: mean over years",
            "lat: lon: mean (interval: 1 degree comment: weighted)",
        ])
    },
    words: &[
        "time", ":", " ", "mean", "(", ")", "interval", "comment", "where", "over", "within",
        "days", "years", "area", "1", "hours",
    ],
};

pub(super) const PROJ: Target = Target {
    name: "proj",
    what: "projections as PROJ texts",
    run: proj,
    seeds: || {
        seeds::texts(&[
            "+proj=longlat +datum=WGS84 +no_defs",
            "+proj=lcc +lat_1=30 +lat_2=60 +lat_0=45 +lon_0=10 +a=6371229 +b=6371229 +units=m",
            "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +k=1 +x_0=0 +y_0=0 +ellps=WGS84",
            "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=39.25 +lon_0=18",
        ])
    },
    words: &["+", "=", " ", "proj", "lat_1", "lon_0", "a", "rf", "ellps", "1e400", "nan", "-", ","],
};

fn unit(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let parsed = Unit::parse(&String::from_utf8_lossy(bytes));
    trace.note(&parsed);
    if let Ok(unit) = parsed {
        let shown = unit.to_string();
        trace.fact(unit.is_one());
        trace.fact(unit.dimension().to_string());
        trace.note(&Unit::parse(&shown));
        trace.note(&unit.times(&unit));
        trace.note(&unit.power(-3));
        trace.note(&unit.per(&unit));
        trace.fact(unit.root(2).is_some());
        trace.fact(unit.is_convertible_to(&unit.of_differences()));
    }
    trace.finish()
}

fn cell_methods(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let parsed = String::from_utf8_lossy(bytes).parse::<CellMethods>();
    trace.note(&parsed);
    if let Ok(methods) = parsed {
        trace.note(&methods.to_string().parse::<CellMethods>());
    }
    trace.finish()
}

fn proj(bytes: &[u8]) -> u64 {
    let mut trace = Trace::default();
    let parsed = Crs::from_proj(&String::from_utf8_lossy(bytes));
    trace.note(&parsed);
    if let Ok(crs) = parsed {
        trace.text(crs.grid_mapping_name());
        trace.fact(crs.ellipsoid().is_some());
        trace.note(&crs.to_proj());
        trace.note(&Crs::from_attrs(&crs.to_attrs()));
    }
    trace.finish()
}
