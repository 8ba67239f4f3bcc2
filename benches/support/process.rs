//! Processes as the kernel sees them: their memory, and the CPU time of them and of their children.

use std::fs::read_to_string;

/// Ticks of `/proc/PID/stat` in a second: 100 on every Linux there is.
const TICKS: f64 = 100.0;

/// What one worker, or several in a row, have used.
#[derive(Debug, Default, Clone, Copy)]
pub struct Used {
    /// Highest resident memory (`VmHWM`) in KiB, of the one that had most.
    pub peak_kib: u64,
    /// CPU time of those that have ended.
    ended_seconds: f64,
    /// CPU time of the one that runs.
    running_seconds: f64,
}

impl Used {
    /// Looks at the running daemon. What cannot be read (it has just ended) changes nothing.
    pub fn look(&mut self) {
        if let Some(pid) = named("makegood").first() {
            self.look_at(pid);
        }
    }

    /// Looks at one process.
    pub fn look_at(&mut self, pid: &str) {
        if let Some(peak) = peak_kib(pid) {
            self.peak_kib = self.peak_kib.max(peak);
        }
        if let Some(seconds) = cpu_seconds(pid) {
            self.running_seconds = seconds;
        }
    }

    /// The daemon is about to end.
    pub fn ends(&mut self) {
        self.look();
        self.ended_seconds += std::mem::take(&mut self.running_seconds);
    }

    /// Highest resident memory in MiB.
    pub fn peak_mib(&self) -> f64 {
        self.peak_kib as f64 / 1024.0
    }

    /// CPU time of all.
    pub fn cpu_seconds(&self) -> f64 {
        self.ended_seconds + self.running_seconds
    }
}

/// CPU time of all processes on this machine whose name begins so, those included that they have outlived.
pub fn cpu_of(name: &str) -> f64 {
    everyone().filter(|pid| is_named(pid, name)).filter_map(|pid| cpu_with_children(&pid)).sum()
}

/// CPU time of this process alone.
pub fn cpu_of_bench() -> f64 {
    cpu_seconds("self").unwrap_or_default()
}

/// The children of this process of this name.
fn named(name: &str) -> Vec<String> {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return Vec::new() };
    let children = threads.flatten().filter_map(|thread| read_to_string(thread.path().join("children")).ok());
    let pids = children.flat_map(|pids| pids.split(' ').map(str::to_owned).collect::<Vec<_>>());
    pids.filter(|pid| is_named(pid, name)).collect()
}

fn everyone() -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.parse::<u32>().is_ok())
}

fn is_named(pid: &str, name: &str) -> bool {
    read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim().starts_with(name))
}

fn peak_kib(pid: &str) -> Option<u64> {
    let status = read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn cpu_seconds(pid: &str) -> Option<f64> {
    Some(ticks(pid, 11)? + ticks(pid, 12)?)
}

fn cpu_with_children(pid: &str) -> Option<f64> {
    Some(cpu_seconds(pid)? + ticks(pid, 13)? + ticks(pid, 14)?)
}

/// A field of the line behind the name, which ends with the last bracket: utime and stime are the 12th and 13th,
/// those of children that ended the next two (proc(5)).
fn ticks(pid: &str, at: usize) -> Option<f64> {
    let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    Some(fields.get(at)?.parse::<f64>().ok()? / TICKS)
}
