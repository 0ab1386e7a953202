//! Amounts of memory: as text, and what this process may use.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use graticule_array::{Error, Result};

/// Without any information from the system.
const FALLBACK: u64 = 2 << 30;

/// A number of bytes that a session may use.
///
/// ```
/// use graticule_lazy::Memory;
/// assert_eq!("256MB".parse::<Memory>()?.bytes(), 256_000_000);
/// assert_eq!("2GiB".parse::<Memory>()?.bytes(), 2 << 30);
/// assert_eq!("1.5 GB".parse::<Memory>()?.to_string(), "1.5 GB");
/// # Ok::<(), graticule_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Memory(u64);

impl Memory {
    /// A number of bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Half of what this process may use: the tightest of its control groups' limits and the
    /// memory that the machine has available.
    #[must_use]
    pub fn half_of_available() -> Self {
        let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let limit = cgroup_limit(&groups, Path::new("/sys/fs/cgroup"));
        let free = fs::read_to_string("/proc/meminfo").ok().and_then(|t| available(&t));
        Self([limit, free].into_iter().flatten().min().unwrap_or(FALLBACK) / 2)
    }

    /// The number of bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl From<u64> for Memory {
    fn from(bytes: u64) -> Self {
        Self(bytes)
    }
}

impl FromStr for Memory {
    type Err = Error;

    /// A number with an optional unit: `B`, `kB`, `MB`, `GB`, `TB` (powers of 1000), `KiB`,
    /// `MiB`, `GiB`, `TiB` (powers of 1024); case and spaces do not matter.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid(format!("\"{text}\" is not an amount of memory"))
                .hint("write for example \"256MB\", \"2GiB\" or a number of bytes")
        };
        let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '_').collect();
        let end = compact.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(compact.len());
        let (number, unit) = compact.split_at(end);
        let factor: u64 = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kb" => 1000,
            "m" | "mb" => 1_000_000,
            "g" | "gb" => 1_000_000_000,
            "t" | "tb" => 1_000_000_000_000,
            "kib" | "ki" => 1 << 10,
            "mib" | "mi" => 1 << 20,
            "gib" | "gi" => 1 << 30,
            "tib" | "ti" => 1 << 40,
            _ => return Err(wrong()),
        };
        if let Ok(whole) = number.parse::<u64>() {
            return whole.checked_mul(factor).map(Self).ok_or_else(wrong);
        }
        let bytes = number.parse::<f64>().map_err(|_| wrong())? * factor as f64;
        if bytes.is_finite() && bytes < u64::MAX as f64 {
            Ok(Self(bytes as u64))
        } else {
            Err(wrong())
        }
    }
}

/// Three significant digits and a decimal unit.
impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = self.0 as f64;
        let mut unit = "B";
        for next in ["kB", "MB", "GB", "TB", "PB"] {
            if value < 999.5 {
                break;
            }
            value /= 1000.0;
            unit = next;
        }
        let digits = if unit == "B" || value >= 99.95 { 0 } else { 1 };
        write!(f, "{value:.digits$} {unit}")
    }
}

/// `MemAvailable` of `/proc/meminfo`, in bytes.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The tightest memory limit along the process's control groups (versions 1 and 2).
fn cgroup_limit(groups: &str, root: &Path) -> Option<u64> {
    let read = |dir: &Path, file: &str| {
        // "max" does not parse; version 1 writes a huge number instead.
        fs::read_to_string(dir.join(file)).ok()?.trim().parse::<u64>().ok()
    };
    let mut tightest: Option<u64> = None;
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (base, file) = if controllers.is_empty() {
            (root.to_path_buf(), "memory.max")
        } else if controllers.split(',').any(|c| c == "memory") {
            (root.join("memory"), "memory.limit_in_bytes")
        } else {
            continue;
        };
        let leaf = base.join(path.trim_start_matches('/'));
        for dir in leaf.ancestors().take_while(|d| d.starts_with(&base)) {
            tightest = [tightest, read(dir, file)].into_iter().flatten().min();
        }
    }
    tightest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_parse() {
        let bytes = |t: &str| t.parse::<Memory>().map(Memory::bytes);
        assert_eq!(bytes("8 GB").unwrap(), 8_000_000_000);
        assert_eq!(bytes("0.5gib").unwrap(), 1 << 29);
        assert_eq!(bytes("1_000").unwrap(), 1000);
        for bad in ["", "MB", "1.2.3", "5 parsecs", "-1", "99999999999 TB", "1e400"] {
            assert!(bytes(bad).unwrap_err().is_invalid(), "{bad}");
        }
    }

    #[test]
    fn the_tightest_group_counts() {
        let root = std::env::temp_dir().join(format!("graticule-cgroup-{}", std::process::id()));
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/memory.max"), "5000\n").unwrap();
        fs::write(root.join("a/b/memory.max"), "max\n").unwrap();
        assert_eq!(cgroup_limit("0::/a/b\n", &root), Some(5000));
        assert_eq!(cgroup_limit("3:cpu,memory:/x\n", &root), None);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(available("MemTotal: 9 kB\nMemAvailable:   2 kB\n"), Some(2048));
    }
}
