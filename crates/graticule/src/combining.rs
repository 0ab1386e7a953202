//! Putting objects together and comparing them.

pub use graticule_dataset::{
    AlignOptions, ArrayOperand, CombineAttrs, ConcatDim, Difference, DifferenceKind, Differences,
    FillValues, Labelled, Loss, LossKind, Losses, Method, Nested, Overlap, Provenance,
    ReindexOptions, Schema, Tolerance, VariableSchema, Vars, align, broadcast, combine_by_coords,
    combine_nested, concat_with, merge, merge_with,
};
