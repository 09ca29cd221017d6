//! What a program costs: wall time, peak memory, and what it printed.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Fault, house};

/// How long we sleep between two looks at a running program's memory.
const PAUSE: Duration = Duration::from_millis(2);

/// GNU time, which asks the kernel for the exact peak.
const GNU_TIME: &str = "/usr/bin/time";

/// One run of a program.
#[derive(Debug)]
pub(crate) struct Run {
    pub wall: Duration,
    /// Peak resident memory; unknown where neither GNU time nor `/proc` exists.
    pub peak_kib: Option<u64>,
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// Builds the release binary and says where it is; `PLUMB_BIN` names another one.
pub(crate) fn release_binary(root: &Path) -> Result<PathBuf, Fault> {
    if let Some(path) = std::env::var_os("PLUMB_BIN") {
        return Ok(PathBuf::from(path));
    }
    let mut build = house::cargo();
    build.current_dir(root).args(["build", "--release", "--locked", "-p", "plumb"]);
    if !build.status()?.success() {
        return Err("the release binary does not build".into());
    }
    let metadata = house::metadata(root, &["--no-deps"])?;
    let target = metadata["target_directory"].as_str().ok_or("cargo names no target directory")?;
    let binary = format!("plumb{}", std::env::consts::EXE_SUFFIX);
    Ok(Path::new(target).join("release").join(binary))
}

/// Runs a program to its end and measures it.
///
/// Output goes through files, so that a full pipe never slows what is measured.
pub(crate) fn run(program: &Path, args: &[&str]) -> Result<Run, Fault> {
    let folder = std::env::temp_dir().join(format!("plumb-xtask-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let [out, err, peak] = ["stdout", "stderr", "peak"].map(|name| folder.join(name));
    let with_time = Path::new(GNU_TIME).is_file();
    let mut command = if with_time {
        let mut time = Command::new(GNU_TIME);
        time.args(["-q", "-f", "%M", "-o"]).arg(&peak).arg("--").arg(program);
        time
    } else {
        Command::new(program)
    };
    command.args(args).stdin(Stdio::null());
    command.stdout(File::create(&out)?).stderr(File::create(&err)?);
    let start = Instant::now();
    let mut child =
        command.spawn().map_err(|e| format!("`{}` does not start: {e}", program.display()))?;
    let (status, mut peak_kib) = if with_time { (child.wait()?, None) } else { watch(&mut child)? };
    let wall = start.elapsed();
    if with_time {
        peak_kib = fs::read_to_string(&peak)?.lines().last().and_then(|n| n.trim().parse().ok());
    }
    let run = Run { wall, peak_kib, status, stdout: fs::read(&out)?, stderr: fs::read(&err)? };
    fs::remove_dir_all(&folder)?;
    Ok(run)
}

/// Waits for a program, looking at its peak memory now and then.
fn watch(child: &mut Child) -> Result<(ExitStatus, Option<u64>), Fault> {
    let status_file = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = None;
    loop {
        if let Ok(text) = fs::read_to_string(&status_file) {
            peak = peak.max(high_water(&text));
        }
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak));
        }
        thread::sleep(PAUSE);
    }
}

/// `VmHWM` of a `/proc/<pid>/status`, in KiB.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Mebibytes with one digit, or `?` when nobody knows.
pub(crate) fn mib(kib: Option<u64>) -> String {
    kib.map_or("?".to_owned(), |kib| format!("{}.{}", kib / 1024, kib % 1024 * 10 / 1024))
}

/// Least, middle and most of some durations.
pub(crate) fn spread(mut walls: Vec<Duration>) -> Option<(Duration, Duration, Duration)> {
    walls.sort();
    Some((*walls.first()?, *walls.get((walls.len() - 1) / 2)?, *walls.last()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read() {
        assert_eq!(high_water("Name:\tx\nVmHWM:\t    5120 kB\nVmRSS:\t 1 kB\n"), Some(5120));
        assert_eq!(high_water("Name:\tx\n"), None);
    }

    #[test]
    fn mebibytes_have_one_digit() {
        assert_eq!(mib(Some(1536)), "1.5");
        assert_eq!(mib(None), "?");
    }

    #[test]
    fn spread_takes_the_lower_middle() {
        let walls = [4, 1, 3, 2].map(Duration::from_millis).to_vec();
        let (least, middle, most) = spread(walls).unwrap();
        assert_eq!([least, middle, most].map(|d| d.as_millis()), [1, 2, 4]);
        assert_eq!(spread(vec![]), None);
    }
}
