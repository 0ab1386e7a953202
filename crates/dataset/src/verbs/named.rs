//! The methods that several nouns spell alike, written once.

/// What a named reduction gives; `$of` says of what: "of each block".
macro_rules! reduction_doc {
    (count, $of:literal) => {
        concat!("The number of elements ", $of, " that are not missing.")
    };
    (sum, $of:literal) => {
        concat!("The sum ", $of, ".")
    };
    (prod, $of:literal) => {
        concat!("The product ", $of, ".")
    };
    (mean, $of:literal) => {
        concat!("The arithmetic mean ", $of, ".")
    };
    (min, $of:literal) => {
        concat!("The lowest element ", $of, ".")
    };
    (max, $of:literal) => {
        concat!("The highest element ", $of, ".")
    };
    (any, $of:literal) => {
        concat!("Whether any element ", $of, " is true.")
    };
    (all, $of:literal) => {
        concat!("Whether all elements ", $of, " are true.")
    };
    (var, $of:literal) => {
        concat!("The variance ", $of, ".")
    };
    (std, $of:literal) => {
        concat!("The standard deviation ", $of, ".")
    };
    (first, $of:literal) => {
        concat!("The first element ", $of, " that is not missing.")
    };
    (last, $of:literal) => {
        concat!("The last element ", $of, " that is not missing.")
    };
}

/// The named reductions of a pair of nouns that have `reduce`: what they take beside `self`, and
/// what they hand on beside the reduction.
macro_rules! named_reductions {
    ($set:ident, $array:ident, $of:literal, $($name:ident)*) => {
        named_reductions!($set, $array, $of, "", (), (), $($name)*);
    };
    (
        $set:ident, $array:ident, $of:literal, $more:literal, $takes:tt, $gives:tt, $($name:ident)*
    ) => {
        named_reductions!(@all $set -> Dataset, $of, $more, $takes, $gives, $($name)*);
        named_reductions!(@all $array -> DataArray, $of, $more, $takes, $gives, $($name)*);
    };
    (
        @all $noun:ident -> $made:ident, $of:literal, $more:literal, $takes:tt, $gives:tt,
        $($name:ident)*
    ) => {
        $(named_reductions!(@one $noun -> $made, $of, $more, $takes, $gives, $name);)*
    };
    (
        @one $noun:ident -> $made:ident, $of:literal, $more:literal,
        ($($takes:tt)*), ($($gives:tt)*), $name:ident
    ) => {
        impl $noun {
            #[doc = reduction_doc!($name, $of)]
            #[doc = $more]
            #[track_caller]
            pub fn $name(&self $($takes)*) -> $made {
                self.reduce($name() $($gives)*)
            }
        }
    };
}

/// Functions of two operands, as methods of both nouns.
macro_rules! functions_of_two {
    ($($(#[$doc:meta])* $name:ident, $op:ident;)*) => {
        impl DataArray {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, other: impl Into<Operand>) -> Self {
                self.zip(ZipOp::$op, stringify!($name), &other.into())
            }
        )*}

        impl Dataset {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, other: impl Into<Operand>) -> Self {
                self.zip(ZipOp::$op, stringify!($name), &other.into())
            }
        )*}
    };
}

pub(crate) use {named_reductions, reduction_doc};
