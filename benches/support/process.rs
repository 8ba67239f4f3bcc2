//! The daemon's process as the kernel sees it.

use std::fs::read_to_string;

/// Ticks of `/proc/PID/stat` in a second: 100 on every Linux there is.
const TICKS: f64 = 100.0;

/// What one process, or several in a row, have used.
#[derive(Debug, Default, Clone, Copy)]
pub struct Used {
    /// Highest resident memory (VmHWM) in KiB, of the one that had most.
    pub peak_kib: u64,
    /// CPU time of those that have ended.
    ended_seconds: f64,
    /// CPU time of the one that runs.
    running_seconds: f64,
}

impl Used {
    /// Looks at the running daemon. What cannot be read (it has just ended) changes nothing.
    pub fn look(&mut self) {
        let Some(pid) = daemon() else { return };
        if let Some(peak) = peak_kib(&pid) {
            self.peak_kib = self.peak_kib.max(peak);
        }
        if let Some(seconds) = cpu_seconds(&pid) {
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

/// The child of this process that is the daemon.
fn daemon() -> Option<String> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    let children = threads.flatten().filter_map(|thread| read_to_string(thread.path().join("children")).ok());
    let pids: Vec<String> = children.flat_map(|pids| pids.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    let named = |pid: &String| read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "makegood");
    pids.into_iter().find(named)
}

fn peak_kib(pid: &str) -> Option<u64> {
    let status = read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn cpu_seconds(pid: &str) -> Option<f64> {
    let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the name, which ends with the last bracket, utime and stime are the 12th and 13th field.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}
