//! Drives the built program on a store of its own, and reads what it says and leaves on disk.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The night after the example's recorded day.
pub const NOW: &str = "2026-11-20T03:00:00Z";
/// The day the example's exports were made.
pub const AS_OF: &str = "2026-11-19";

/// The program, ready for arguments.
pub fn unifier() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unifier"));
    command.env("NO_COLOR", "1");
    command
}

/// What a run said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    /// Everything it said, on either channel.
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The run must have ended with `code`.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.all());
        self
    }

    /// What it said on stdout, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// A store in a folder of its own.
pub struct TestStore {
    folder: tempfile::TempDir,
}

impl TestStore {
    /// A store with `config`.
    pub fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("store")).unwrap();
        let store = Self { folder };
        fs::write(store.path("unifier.toml"), config).unwrap();
        store
    }

    /// A store with the example's configuration and its recorded day of web events, and nothing imported yet.
    pub fn of_the_example() -> Self {
        let store = Self::new(&example_config());
        for path in files(&example("web")) {
            let name = path.strip_prefix(example("")).unwrap().to_str().unwrap().to_owned();
            store.file(&format!("store/{name}"), fs::read(path).unwrap());
        }
        store
    }

    /// The same store again, with what is beside it.
    pub fn copy(&self) -> Self {
        let copy = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for path in files(self.folder.path()) {
            let to = copy.folder.path().join(path.strip_prefix(self.folder.path()).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(path, to).unwrap();
        }
        copy
    }

    /// Runs a command on copies of the store, each killed at another moment of the time that the whole command takes, and hands
    /// each copy to `check`.
    pub fn killed_at(&self, points: u32, command: impl Fn(&Self) -> Command, check: impl Fn(&Self)) {
        let quiet = |store: &Self| {
            let mut command = command(store);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let began = Instant::now();
        assert!(quiet(&self.copy()).status().unwrap().code().is_some());
        let whole = began.elapsed();
        for point in 0..points {
            let store = self.copy();
            let mut run = quiet(&store).spawn().unwrap();
            std::thread::sleep(moment(whole, point, points));
            run.kill().unwrap();
            run.wait().unwrap();
            check(&store);
        }
    }

    /// The store's directory.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// A path in the store.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// A path beside the store.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file beside the store.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.beside(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// The program on this store, ready for a command.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = unifier();
        command.arg("-C").arg(self.root()).args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Said {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a command of which only the words matter.
    pub fn say(&self, line: &str) -> Said {
        self.run(line.split_whitespace())
    }

    /// Imports a file, with the mapping beside it when there is one.
    pub fn import(&self, file: &Path) -> Said {
        self.importing(file).output().unwrap().into()
    }

    /// The import of a file, ready to run.
    pub fn importing(&self, file: &Path) -> Command {
        let mapping = file.with_extension("map.toml");
        let mut command = self.command(["import", "--as-of", AS_OF]);
        command.arg(file);
        if mapping.is_file() {
            command.arg("--map").arg(mapping);
        }
        command
    }

    /// Runs the night of the example.
    #[track_caller]
    pub fn night(&self) {
        self.run(["run", "--now", NOW]).ended(0);
    }

    /// The files of the night in force, by name.
    pub fn tables(&self) -> BTreeMap<String, Vec<u8>> {
        let current = fs::read_to_string(self.path("tables/CURRENT")).unwrap();
        contents(&self.path("tables").join(current.trim()))
    }
}

/// A moment within the `point`th of `points` equal parts of `whole`. Where in the part changes from one point to the next, by the
/// golden ratio, so that the moments are not all at the same step of a loop.
fn moment(whole: Duration, point: u32, points: u32) -> Duration {
    let within = (f64::from(point) * 0.618_033_988_75).fract();
    whole.mul_f64((f64::from(point) + within) / f64::from(points))
}

/// Every file under `folder`, by its path within it.
pub fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in files(folder) {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        found.insert(name, fs::read(path).unwrap());
    }
    found
}

/// The paths of all files under `folder`.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A path of the example shop.
pub fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/shop")
        .join(path)
}

/// The example's exports.
pub fn exports() -> Vec<PathBuf> {
    let mut found = files(&example("exports"));
    found.retain(|path| path.extension() == Some(OsStr::new("csv")));
    found
}

/// The example's configuration.
pub fn example_config() -> String {
    fs::read_to_string(example("unifier.toml")).unwrap()
}
