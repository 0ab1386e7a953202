//! The Rust types that elements can be read and written as.

use half::f16;
use ndarray::ArrayViewMutD;
use num_complex::{Complex32, Complex64};

use crate::array::Array;
use crate::array_mut::BufferMut;
use crate::buffer::{Buffer, Shared};
use crate::dtype::DType;
use crate::text::Text;

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that is the element of some [`DType`]. Sealed: the list is closed.
///
/// `i64` also gives access to the ticks of times and durations, `u8` to characters and (with
/// one more axis, over the bytes) to byte strings, opaque items and records.
#[allow(private_interfaces)]
pub trait Element: sealed::Sealed + Clone + Default + Send + Sync + 'static {
    /// The element type that this Rust type stands for by default.
    fn dtype() -> DType;
    #[doc(hidden)]
    fn wrap(data: Shared<Self>) -> Buffer;
    #[doc(hidden)]
    fn peek(buffer: &Buffer) -> Option<&Shared<Self>>;
    #[doc(hidden)]
    fn peek_mut(buffer: &mut Buffer) -> Option<&mut Shared<Self>>;
    #[doc(hidden)]
    fn view_mut<'a, 'b>(buffer: &'a mut BufferMut<'b>) -> Option<&'a mut ArrayViewMutD<'b, Self>>;
}

macro_rules! elements {
    ($($type:ty, $variant:ident, $dtype:expr;)*) => {$(
        impl sealed::Sealed for $type {}
        #[allow(private_interfaces)]
        impl Element for $type {
            fn dtype() -> DType {
                $dtype
            }
            fn wrap(data: Shared<Self>) -> Buffer {
                Buffer::$variant(data)
            }
            fn peek(buffer: &Buffer) -> Option<&Shared<Self>> {
                if let Buffer::$variant(data) = buffer { Some(data) } else { None }
            }
            fn peek_mut(buffer: &mut Buffer) -> Option<&mut Shared<Self>> {
                if let Buffer::$variant(data) = buffer { Some(data) } else { None }
            }
            fn view_mut<'a, 'b>(
                buffer: &'a mut BufferMut<'b>,
            ) -> Option<&'a mut ArrayViewMutD<'b, Self>> {
                if let BufferMut::$variant(data) = buffer { Some(data) } else { None }
            }
        }
    )*};
}

elements! {
    bool, Bool, DType::Bool;
    i8, I8, DType::I8;
    i16, I16, DType::I16;
    i32, I32, DType::I32;
    i64, I64, DType::I64;
    u16, U16, DType::U16;
    u32, U32, DType::U32;
    u64, U64, DType::U64;
    f16, F16, DType::F16;
    f32, F32, DType::F32;
    f64, F64, DType::F64;
    Complex32, C64, DType::C64;
    Complex64, C128, DType::C128;
    Text, Text, DType::Str;
    Array, List, DType::List(std::sync::Arc::new(DType::F64));
}

impl sealed::Sealed for u8 {}
#[allow(private_interfaces)]
impl Element for u8 {
    fn dtype() -> DType {
        DType::U8
    }
    fn wrap(data: Shared<Self>) -> Buffer {
        Buffer::U8(data)
    }
    fn peek(buffer: &Buffer) -> Option<&Shared<Self>> {
        if let Buffer::U8(data) | Buffer::Raw(data) = buffer { Some(data) } else { None }
    }
    fn peek_mut(buffer: &mut Buffer) -> Option<&mut Shared<Self>> {
        if let Buffer::U8(data) | Buffer::Raw(data) = buffer { Some(data) } else { None }
    }
    fn view_mut<'a, 'b>(buffer: &'a mut BufferMut<'b>) -> Option<&'a mut ArrayViewMutD<'b, Self>> {
        if let BufferMut::U8(data) | BufferMut::Raw(data) = buffer { Some(data) } else { None }
    }
}
