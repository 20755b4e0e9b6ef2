//! What Linux knows about a process.

use std::fs;

use anyhow::{Context, Result};

/// The most memory a process ever had at once, in MB as Lambda counts them (1024 × 1024 bytes).
pub fn peak_rss_mb(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| path.clone())?;
    let kb = peak_of(&status).with_context(|| format!("{path} has no VmHWM"))?;
    Ok(kb as f64 / 1024.0)
}

/// Lets the peak of a process be counted from now on.
pub fn reset_peak(pid: u32) -> Result<()> {
    let path = format!("/proc/{pid}/clear_refs");
    fs::write(&path, "5").with_context(|| path.clone())
}

/// Processor time of all threads of a process so far, in milliseconds.
pub fn cpu_ms(pid: u32) -> Result<f64> {
    let folder = format!("/proc/{pid}/task");
    let mut nanoseconds = 0;
    for thread in fs::read_dir(&folder).with_context(|| folder.clone())? {
        // A thread may end while we look.
        if let Ok(schedstat) = fs::read_to_string(thread?.path().join("schedstat")) {
            nanoseconds += on_processor(&schedstat).with_context(|| format!("{folder}/*/schedstat"))?;
        }
    }
    Ok(nanoseconds as f64 / 1e6)
}

fn peak_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn on_processor(schedstat: &str) -> Option<u64> {
    schedstat.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_found_among_the_rest() {
        assert_eq!(peak_of("Name:\tx\nVmPeak:\t  99 kB\nVmHWM:\t   12345 kB\nVmRSS:\t 1 kB\n"), Some(12345));
        assert_eq!(peak_of("Name:\tx\n"), None);
    }

    #[test]
    fn the_first_figure_is_the_time_on_a_processor() {
        assert_eq!(on_processor("2353943 17 4\n"), Some(2_353_943));
    }

    #[test]
    fn this_process_has_used_something() {
        let pid = std::process::id();
        assert!(peak_rss_mb(pid).unwrap() > 0.1);
        assert!(cpu_ms(pid).unwrap() > 0.0);
    }
}
