//! Makes small classic files byte by byte, independently of the reader.

/// The version byte of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Version {
    Cdf1 = 1,
    Cdf2 = 2,
    Cdf5 = 5,
}

/// A variable: name, dimension numbers, attributes (already encoded), type number, data.
/// The data of a record variable is one `Vec` per record.
pub struct Var {
    pub name: &'static str,
    pub dims: Vec<u64>,
    pub attrs: Vec<Vec<u8>>,
    pub kind: u32,
    pub data: Vec<Vec<u8>>,
}

/// A file to be made.
pub struct File {
    pub version: Version,
    pub records: u64,
    pub dims: Vec<(&'static str, u64)>,
    pub attrs: Vec<Vec<u8>>,
    pub vars: Vec<Var>,
}

pub fn pad(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

impl Version {
    pub fn count(self, n: u64) -> Vec<u8> {
        if self == Self::Cdf5 {
            n.to_be_bytes().to_vec()
        } else {
            (n as u32).to_be_bytes().to_vec()
        }
    }

    fn offset(self, n: u64) -> Vec<u8> {
        if self == Self::Cdf1 {
            (n as u32).to_be_bytes().to_vec()
        } else {
            n.to_be_bytes().to_vec()
        }
    }

    fn name(self, name: &str) -> Vec<u8> {
        [self.count(name.len() as u64), pad(name.as_bytes().to_vec())].concat()
    }

    pub fn attr(self, name: &str, kind: u32, n: u64, values: &[u8]) -> Vec<u8> {
        let head = [self.name(name), kind.to_be_bytes().to_vec(), self.count(n)].concat();
        [head, pad(values.to_vec())].concat()
    }

    fn list(self, tag: u32, items: &[Vec<u8>]) -> Vec<u8> {
        let tag = if items.is_empty() { 0 } else { tag };
        [tag.to_be_bytes().to_vec(), self.count(items.len() as u64), items.concat()].concat()
    }
}

impl File {
    fn header(&self, begins: &[u64]) -> Vec<u8> {
        let v = self.version;
        let dims: Vec<_> =
            self.dims.iter().map(|(n, l)| [v.name(n), v.count(*l)].concat()).collect();
        let vars = self.vars.iter().zip(begins).map(|(var, begin)| {
            let dims: Vec<_> = var.dims.iter().map(|d| v.count(*d)).collect();
            [
                v.name(var.name),
                v.count(var.dims.len() as u64),
                dims.concat(),
                v.list(12, &var.attrs),
                var.kind.to_be_bytes().to_vec(),
                v.count(u64::from(u32::MAX)),
                v.offset(*begin),
            ]
            .concat()
        });
        let vars: Vec<_> = vars.collect();
        let magic = [b"CDF".as_slice(), &[v as u8]].concat();
        let lists = [v.list(10, &dims), v.list(12, &self.attrs), v.list(11, &vars)].concat();
        [magic, v.count(self.records), lists].concat()
    }

    fn is_record(&self, var: &Var) -> bool {
        var.dims.first().is_some_and(|d| self.dims[*d as usize].1 == 0)
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let length = self.header(&vec![0; self.vars.len()]).len() as u64;
        let mut begins = vec![0; self.vars.len()];
        let mut data = Vec::new();
        for (var, begin) in self.vars.iter().zip(&mut begins) {
            if !self.is_record(var) {
                *begin = length + data.len() as u64;
                data.extend(pad(var.data.concat()));
            }
        }
        let records: Vec<usize> =
            (0..self.vars.len()).filter(|i| self.is_record(&self.vars[*i])).collect();
        let n = records.first().map_or(0, |i| self.vars[*i].data.len());
        for r in 0..n {
            for i in &records {
                if r == 0 {
                    begins[*i] = length + data.len() as u64;
                }
                let record = self.vars[*i].data[r].clone();
                data.extend(if records.len() == 1 { record } else { pad(record) });
            }
        }
        [self.header(&begins), data].concat()
    }
}

/// A file with the most common features: fixed and record variables of several types.
pub fn sample(version: Version) -> File {
    let be16 = |n: std::ops::Range<i16>| n.flat_map(i16::to_be_bytes).collect::<Vec<u8>>();
    let f64s = |v: &[f64]| v.iter().flat_map(|x| x.to_be_bytes()).collect::<Vec<u8>>();
    File {
        version,
        records: 3,
        dims: vec![("time", 0), ("y", 2), ("x", 5)],
        attrs: vec![
            version.attr("title", 2, 5, b"hello"),
            version.attr("latin", 2, 3, b"\xe9t\xe9"),
            version.attr("ends_with_nul", 2, 3, b"ab\0"),
            version.attr("nothing", 2, 0, b""),
            version.attr("one", 4, 1, &7i32.to_be_bytes()),
            version.attr("three", 3, 3, &be16(1..4)),
        ],
        vars: vec![
            Var {
                name: "x",
                dims: vec![2],
                attrs: vec![],
                kind: 6,
                data: vec![f64s(&[0., 1., 2., 3., 4.])],
            },
            Var {
                name: "short",
                dims: vec![0, 1, 2],
                attrs: vec![version.attr("_FillValue", 3, 1, &(-9i16).to_be_bytes())],
                kind: 3,
                data: (0..3).map(|r| be16(r * 10..r * 10 + 10)).collect(),
            },
            Var {
                name: "byte",
                dims: vec![0, 2],
                attrs: vec![],
                kind: 1,
                data: (0..3u8).map(|r| (r * 5..r * 5 + 5).collect()).collect(),
            },
            Var {
                name: "time",
                dims: vec![0],
                attrs: vec![],
                kind: 6,
                data: (0..3).map(|r| f64s(&[f64::from(r)])).collect(),
            },
            Var {
                name: "crs",
                dims: vec![],
                attrs: vec![],
                kind: 4,
                data: vec![5i32.to_be_bytes().to_vec()],
            },
            Var {
                name: "letters",
                dims: vec![1, 2],
                attrs: vec![],
                kind: 2,
                data: vec![b"abcdefghij".to_vec()],
            },
        ],
    }
}
