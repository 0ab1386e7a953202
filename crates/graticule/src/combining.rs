//! Putting objects together and comparing them.

pub use graticule_dataset::{
    AlignOptions, ArrayOperand, AxisReport, CombineAttrs, ConcatDim, Difference, DifferenceKind,
    Differences, Disorder, Duplicate, FillValues, Gap, Labelled, Loss, LossKind, Losses, Method,
    Nested, Overlap, Provenance, ReindexOptions, Schema, Tolerance, VariableSchema, Vars, align,
    axis_report, broadcast, combine_by_coords, combine_datatrees, combine_nested, concat_with,
    merge, merge_with, survey_mfdataset,
};

#[cfg(feature = "testing")]
pub use graticule_dataset::testing;
