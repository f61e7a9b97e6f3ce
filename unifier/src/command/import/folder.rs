//! A folder in place of a file: the files in it, as loaders lay them down, one folder a table.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Endings of files that are read. Others in a folder are passed over: loaders keep their own notes there.
const ENDINGS: [&str; 11] = [
    "csv", "tsv", "txt", "jsonl", "ndjson", "json", "parquet", "xlsx", "xls", "ods", "xlsb",
];
const PACKINGS: [&str; 3] = ["gz", "zst", "zstd"];

/// The file, or the files of a folder in the order of their names, each with its table: the folder it lies in. The tables in `skip`
/// and those in which a loader keeps its own notes are left out.
///
/// # Errors
/// What the file system says.
pub(super) fn files(path: &Path, skip: &[String]) -> anyhow::Result<Vec<(PathBuf, Option<String>)>> {
    if !path.is_dir() {
        return Ok(vec![(path.to_owned(), None)]);
    }
    let mut found = Vec::new();
    walk(path, skip, &mut found).with_context(|| format!("{}", path.display()))?;
    anyhow::ensure!(
        !found.is_empty(),
        "{}: the folder holds no file that is read",
        path.display()
    );
    Ok(found)
}

fn walk(folder: &Path, skip: &[String], found: &mut Vec<(PathBuf, Option<String>)>) -> std::io::Result<()> {
    let table = name(folder);
    let mut entries = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    for path in entries {
        let name = name(&path);
        if name.starts_with(['.', '_']) || skip.contains(&name) {
            continue;
        }
        if path.is_dir() {
            walk(&path, skip, found)?;
        } else if is_read(&path) {
            found.push((path, Some(table.clone())));
        }
    }
    Ok(())
}

fn is_read(path: &Path) -> bool {
    let ending = |path: &Path| path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let last = ending(path).unwrap_or_default();
    let ending = match PACKINGS.contains(&last.as_str()) {
        true => ending(Path::new(path.file_stem().unwrap_or_default())).unwrap_or_default(),
        false => last,
    };
    ENDINGS.contains(&ending.as_str())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loaders_folder_gives_its_tables_and_not_its_notes() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "people/17.a.jsonl.gz",
            "people/16.b.parquet",
            "people__tags/17.c.jsonl",
            "orders/17.d.csv.zst",
            "_dlt_loads/17.jsonl",
            "people/init",
            "people/.part.jsonl",
        ];
        for name in names {
            fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = files(folder.path(), &["people__tags".to_owned()]).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|(path, table)| (name(path), table.clone().unwrap()))
            .collect();
        let expected = [
            ("17.d.csv.zst", "orders"),
            ("16.b.parquet", "people"),
            ("17.a.jsonl.gz", "people"),
        ];
        assert_eq!(told, expected.map(|(file, table)| (file.to_owned(), table.to_owned())));
        assert!(files(&folder.path().join("_dlt_loads"), &[]).is_ok());
        fs::create_dir(folder.path().join("empty")).unwrap();
        assert!(files(&folder.path().join("empty"), &[]).is_err());
    }
}
