//! Seeded losses: every one is in the ledger, and strict combining refuses it.
#![allow(clippy::needless_pass_by_value)] // the table reads better so

use graticule::{
    AlignOptions, CombineAttrs, CombineOptions, Compat, DataArray, Dataset, Join, Lacking,
    LossKind, Losses, ManyOptions, Overlap, Result, Tolerance, align, combine, concat_with,
    merge_with,
};

use crate::pair;

use LossKind::{
    DroppedLabels, DroppedVariable, FilledCells, IgnoredAttribute, OverriddenVariable,
    ReplacedLabels,
};

/// What was made, or why it was refused.
type Made = Result<Losses>;

struct Case {
    name: &'static str,
    run: fn(CombineOptions) -> Made,
    expected: &'static [(LossKind, usize)],
}

fn merged(sets: &[Dataset], options: CombineOptions) -> Made {
    merge_with(sets, &options).map(|ds| ds.losses())
}

fn stacked(sets: &[Dataset], dim: &str, options: CombineOptions) -> Made {
    concat_with(sets, dim, &options).map(|ds| ds.losses())
}

fn ordered(sets: &[Dataset], options: CombineOptions) -> Made {
    combine(sets, &options).map(|ds| ds.losses())
}

/// `v` of 2 labels and `w` of another name over shifted labels.
fn shifted() -> [Dataset; 2] {
    [pair([1, 2], [1., 2.]), pair([2, 3], [20., 30.]).rename([("v", "w")])]
}

fn titled(set: Dataset, title: &str) -> Dataset {
    set.with_attr("title", title)
}

/// Two parts along x with a static `s` over y that differs in one, and attributes.
fn tiles(s: [i32; 2]) -> [Dataset; 2] {
    let tile = |x: [i32; 2], s: i32| {
        pair(x, [1., 2.]).with_coord("y", "y", vec![1, 2, 3]).with_var("s", "y", vec![s, 0, 0])
    };
    [tile([1, 2], s[0]), tile([3, 4], s[1])]
}

fn with_lat(x: [i32; 2], lat: [f64; 2]) -> Dataset {
    Dataset::new().with_coord("x", "x", x.to_vec()).with_coord("lat", "lat", lat.to_vec()).with_var(
        "v",
        ["x", "lat"],
        (vec![1., 2., 3., 4.], [2, 2]),
    )
}

const CASES: &[Case] = &[
    Case {
        name: "merge inner",
        expected: &[(DroppedLabels, 2)],
        run: |o| merged(&shifted(), o.join(Join::Inner)),
    },
    Case {
        name: "merge outer",
        expected: &[(FilledCells, 2)],
        run: |o| merged(&shifted(), o.join(Join::Outer)),
    },
    Case {
        name: "merge left",
        expected: &[(DroppedLabels, 1), (FilledCells, 1)],
        run: |o| merged(&shifted(), o.join(Join::Left)),
    },
    Case {
        name: "merge right",
        expected: &[(DroppedLabels, 1), (FilledCells, 1)],
        run: |o| merged(&shifted(), o.join(Join::Right)),
    },
    Case {
        name: "merge override labels",
        expected: &[(ReplacedLabels, 2)],
        run: |o| merged(&shifted(), o.join(Join::Override)),
    },
    Case {
        name: "merge within a tolerance",
        expected: &[(ReplacedLabels, 2)],
        run: |o| {
            let a = with_lat([1, 2], [10.0, 20.0]);
            let b = with_lat([1, 2], [10.0, 20.0 + 1e-9]).rename([("v", "w")]);
            merged(&[a, b], o.tolerance(Tolerance::Abs(1e-6)))
        },
    },
    Case {
        name: "merge override a variable",
        expected: &[(OverriddenVariable, 1)],
        run: |o| {
            let sets = [pair([1, 2], [1., 2.]), pair([1, 2], [1., 3.])];
            merged(&sets, o.compat(Compat::Override))
        },
    },
    Case {
        name: "merge drops conflicts",
        expected: &[(DroppedVariable, 2)],
        run: |o| {
            let sets = [pair([1, 2], [1., 2.]), pair([1, 2], [1., 3.])];
            merged(&sets, o.compat(Compat::Minimal))
        },
    },
    Case {
        name: "merge overrides attributes",
        expected: &[(IgnoredAttribute, 1)],
        run: |o| {
            let b = pair([1, 2], [1., 2.]).rename([("v", "w")]);
            merged(&[titled(pair([1, 2], [1., 2.]), "a"), titled(b, "b")], o)
        },
    },
    Case {
        name: "merge drops attributes",
        expected: &[(IgnoredAttribute, 2)],
        run: |o| {
            let b = pair([1, 2], [1., 2.]).rename([("v", "w")]);
            let sets = [titled(pair([1, 2], [1., 2.]), "a"), titled(b, "b")];
            merged(&sets, o.combine_attrs(CombineAttrs::Drop))
        },
    },
    Case {
        name: "merge drops conflicting attributes",
        expected: &[(IgnoredAttribute, 2)],
        run: |o| {
            let b = pair([1, 2], [1., 2.]).rename([("v", "w")]);
            let sets = [titled(pair([1, 2], [1., 2.]), "a"), titled(b, "b")];
            merged(&sets, o.combine_attrs(CombineAttrs::DropConflicts))
        },
    },
    Case {
        name: "attributes of a variable",
        expected: &[(IgnoredAttribute, 1)],
        run: |o| {
            let at = |x: [i32; 2], long: &str| {
                let v = DataArray::new("v", "x", vec![1.0, 2.0]).with_attr("long_name", long);
                Dataset::new().with_coord("x", "x", x.to_vec()).with_variable("v", v.variable())
            };
            stacked(&[at([1, 2], "one"), at([3, 4], "two")], "x", o)
        },
    },
    Case {
        name: "concat overrides a variable",
        expected: &[(OverriddenVariable, 1)],
        run: |o| stacked(&tiles([1, 2]), "x", o.compat(Compat::Override)),
    },
    Case {
        name: "concat drops a variable that differs",
        expected: &[(DroppedVariable, 2)],
        run: |o| stacked(&tiles([1, 2]), "x", o.compat(Compat::Minimal)),
    },
    Case {
        name: "concat fills a variable",
        expected: &[(FilledCells, 2)],
        run: |o| {
            let full = pair([1, 2], [1., 2.]).with_var("n", "x", vec![1, 2]);
            stacked(&[full, pair([3, 4], [3., 4.])], "x", o.lacking(Lacking::Fill))
        },
    },
    Case {
        name: "concat drops a variable",
        expected: &[(DroppedVariable, 1)],
        run: |o| {
            let full = pair([1, 2], [1., 2.]).with_var("n", "x", vec![1, 2]);
            stacked(&[full, pair([3, 4], [3., 4.])], "x", o.lacking(Lacking::Drop))
        },
    },
    Case {
        name: "concat inner",
        expected: &[(DroppedLabels, 2)],
        run: |o| {
            let sets = [with_lat([1, 2], [10., 20.]), with_lat([3, 4], [20., 30.])];
            stacked(&sets, "x", o.join(Join::Inner))
        },
    },
    Case {
        name: "concat outer",
        expected: &[(FilledCells, 4)],
        run: |o| {
            let sets = [with_lat([1, 2], [10., 20.]), with_lat([3, 4], [20., 30.])];
            stacked(&sets, "x", o.join(Join::Outer))
        },
    },
    Case {
        name: "concat override labels",
        expected: &[(ReplacedLabels, 2)],
        run: |o| {
            let sets = [with_lat([1, 2], [10., 20.]), with_lat([3, 4], [20., 30.])];
            stacked(&sets, "x", o.join(Join::Override))
        },
    },
    Case {
        name: "by coords inner",
        expected: &[(DroppedLabels, 2)],
        run: |o| {
            let sets = [with_lat([1, 2], [10., 20.]), with_lat([3, 4], [10.0, 20.0 + 1e-9])];
            ordered(&sets, o.join(Join::Inner))
        },
    },
    Case {
        name: "keep first of an overlap",
        expected: &[(DroppedLabels, 1)],
        run: |o| {
            let sets = [pair([1, 2], [1., 2.]), pair([2, 3], [2., 3.])];
            ordered(&sets, o.overlap(Overlap::KeepFirst))
        },
    },
    Case {
        name: "keep last of an overlap",
        expected: &[(DroppedLabels, 1)],
        run: |o| {
            let sets = [pair([1, 2], [1., 2.]), pair([2, 3], [2., 3.])];
            ordered(&sets, o.overlap(Overlap::KeepLast))
        },
    },
    Case {
        name: "average an overlap",
        expected: &[(DroppedLabels, 1)],
        run: |o| {
            let sets = [pair([1, 2], [1., 2.]), pair([2, 3], [2., 3.])];
            ordered(&sets, o.overlap(Overlap::Average))
        },
    },
    Case {
        name: "by coords overrides attributes",
        expected: &[(IgnoredAttribute, 1)],
        run: |o| {
            let sets = [titled(pair([1, 2], [1., 2.]), "a"), titled(pair([3, 4], [3., 4.]), "b")];
            ordered(&sets, o)
        },
    },
    Case {
        name: "several losses at once",
        expected: &[(DroppedLabels, 2), (IgnoredAttribute, 1)],
        run: |o| {
            let [a, b] = shifted();
            merged(&[titled(a, "a"), titled(b, "b")], o.join(Join::Inner))
        },
    },
];

#[test]
fn every_loss_is_in_the_ledger_and_refused_by_strict() {
    assert!(CASES.len() >= 25);
    for case in CASES {
        let losses =
            (case.run)(CombineOptions::new()).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        let all = [
            DroppedLabels,
            ReplacedLabels,
            FilledCells,
            OverriddenVariable,
            DroppedVariable,
            IgnoredAttribute,
            LossKind::SkippedFile,
        ];
        for kind in all {
            let expected = case.expected.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n);
            assert_eq!(losses.count(kind), expected, "{}: {}: {losses}", case.name, kind.words());
        }
        let refused = (case.run)(CombineOptions::strict()).unwrap_err().to_string();
        assert!(refused.contains("which strict() refuses"), "{}: {refused}", case.name);
    }
}

#[test]
fn nothing_lost_is_nothing_reported() {
    let strict = CombineOptions::strict;
    let parts = [pair([1, 2], [1., 2.]), pair([3, 4], [3., 4.])];
    assert!(combine(&parts, &strict()).unwrap().losses().is_empty());
    assert!(concat_with(&parts, "x", &strict()).unwrap().losses().is_empty());
    let other = pair([1, 2], [1., 2.]).rename([("v", "w")]);
    assert!(merge_with(&[parts[0].clone(), other], &strict()).unwrap().losses().is_empty());
}

#[test]
fn arithmetic_and_alignment_keep_the_account() {
    let at =
        |x: [i32; 2]| DataArray::new("v", "x", vec![1.0, 2.0]).with_coord("x", "x", x.to_vec());
    let sum = at([1, 2]).with_join(Join::Inner) + at([2, 3]);
    assert_eq!(sum.losses().count(DroppedLabels), 2);
    assert_eq!(
        sum.losses().to_string(),
        "2 dropped labels: dimension \"x\" of the left operand and 1 more (Join::Inner)\n"
    );
    // What follows remembers.
    assert_eq!(sum.sqrt().mean("x").losses().len(), 1);
    let outer = align(&[at([1, 2]), at([2, 3])], &AlignOptions::new(Join::Outer)).unwrap();
    assert_eq!(outer[0].losses().count(FilledCells), 1);
}

#[test]
fn presets_say_what_they_do() {
    let parts = tiles([1, 2]).map(|t| t.with_attr("title", "same"));
    assert!(concat_with(&parts, "x", &CombineOptions::strict()).is_err());
    let fast = concat_with(&parts, "x", &CombineOptions::fast_trusted()).unwrap();
    assert_eq!(fast["s"].values::<i32>().unwrap(), [1, 0, 0]);
    assert_eq!(fast.losses().count(OverriddenVariable), 1);
    let old = concat_with(&parts, "x", &CombineOptions::like_xarray_old()).unwrap();
    assert_eq!(old["s"].dims().to_string(), "x, y");
}

#[test]
fn files_have_a_ledger_too() {
    let folder = tempfile::tempdir().unwrap();
    for (name, x, title) in
        [("a.nc", [1, 2], "one"), ("b.nc", [3, 4], "two"), ("c.nc", [5, 6], "one")]
    {
        let ds = titled(pair(x, [1., 2.]), title).with_session(&graticule::session());
        ds.write(folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join("d.nc"), b"no file").unwrap();
    let pattern = folder.path().join("*.nc").to_str().unwrap().to_owned();
    let open = |options: ManyOptions| {
        graticule::open_mfdataset_with(pattern.as_str(), &options, &graticule::session())
    };
    let ds = open(ManyOptions::new().skip_bad(1)).unwrap();
    let losses = ds.losses();
    assert_eq!(losses.count(IgnoredAttribute), 1, "{losses}");
    assert_eq!(losses.count(LossKind::SkippedFile), 1, "{losses}");
    let entry = losses.iter().find(|l| l.kind() == IgnoredAttribute).unwrap();
    assert!(entry.name() == "title" && entry.first_operand().ends_with("b.nc"), "{losses}");
    for attrs in [CombineAttrs::Override, CombineAttrs::DropConflicts, CombineAttrs::NoConflicts] {
        let strict = CombineOptions::strict().combine_attrs(attrs);
        assert!(open(ManyOptions::new().skip_bad(1).combine(strict)).is_err(), "{attrs:?}");
    }
    let told = ds.provenance("v").unwrap();
    assert_eq!((told.rule(), told.sources().count()), ("concatenated along \"x\"", 3));
    std::fs::remove_file(folder.path().join("d.nc")).unwrap();
    std::fs::remove_file(folder.path().join("b.nc")).unwrap();
    let strict = ManyOptions::new().combine(CombineOptions::strict());
    assert!(open(strict).unwrap().losses().is_empty());
}
