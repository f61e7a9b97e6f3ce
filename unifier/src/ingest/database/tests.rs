//! What the rows of a query promise. SQLite is tested each time; a server of the other two must be given by an
//! environment variable.

use std::path::PathBuf;

use super::*;
use crate::ingest::file::{Content, Encoding, Opening, Reader};

fn told(spool: Spool, scratch: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let (file, columns) = spool.finish().unwrap();
    let path = PathBuf::from("query");
    let opening = Opening {
        delimiter: None,
        declared: &columns,
        scratch,
    };
    let reader = Reader::open(Content::spooled(&path, &file), &opening).unwrap();
    let mut source = reader.rows(Encoding::Utf8).unwrap();
    let mut rows = Vec::new();
    while let Some(row) = source.next_row().unwrap() {
        rows.push(row.unwrap().fields().map(str::to_owned).collect());
    }
    (reader.columns().to_vec(), rows)
}

fn message<T>(result: Result<T, Failure>) -> String {
    match result.err() {
        Some(Failure::Connect(message) | Failure::Query(message)) => message,
        _ => String::new(),
    }
}

#[test]
fn a_query_of_sqlite_gives_its_columns_and_rows_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "create table people (id integer, mail text, paid real, note text, photo blob);
             insert into people values (9007199254740993, 'ann@example.org', 19.9, null, x'ff00'), (2, 'Zoë', 0, null, null);",
        )
        .unwrap();
    let spool = sqlite::rows(
        &path,
        "select id, mail, paid, note, photo from people order by mail desc",
        folder.path(),
    );
    let (columns, rows) = told(spool.ok().unwrap(), folder.path());
    assert_eq!(columns, ["id", "mail", "paid", "note", "photo"]);
    assert_eq!(rows[0], ["9007199254740993", "ann@example.org", "19.9", "", ""]);
    assert_eq!(rows[1], ["2", "Zoë", "0", "", ""]);
    assert!(message(sqlite::rows(&path, "delete from people returning id", folder.path())).contains("readonly"));
    assert!(message(sqlite::rows(&path, "select no_such_thing", folder.path())).contains("no such column"));
    assert!(
        message(sqlite::rows(&folder.path().join("none.db"), "select 1", folder.path())).contains("unable to open")
    );
}

#[test]
fn an_address_is_taken_from_the_environment_and_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database {
        url_env: "FIRSTHAND_TEST_NO_SUCH_DATABASE".to_owned(),
        query: "select 1".to_owned(),
        map: None,
        preset: None,
    };
    let refused = rows(&database, folder.path()).err().unwrap().to_string();
    assert!(
        refused.contains("FIRSTHAND_TEST_NO_SUCH_DATABASE is not set"),
        "{refused}"
    );
}

#[test]
fn an_error_never_repeats_a_value() {
    assert_eq!(
        said("42703", "column \"mail\" does not exist"),
        "column \"mail\" does not exist"
    );
    for state in ["22P02", "23505"] {
        let told = said(state, "invalid input: \"ann@example.org\"");
        assert!(told.contains(state) && !told.contains("ann"), "{told}");
    }
}

/// The same query on a server whose address the environment gives.
fn on_a_server(variable: &str, rows: fn(&str, &str, &Path) -> Result<Spool, Failure>) {
    let address = env::var(variable).expect("the variable that the test is ignored without");
    let folder = tempfile::tempdir().unwrap();
    let query = "select 7 as id, 'Zoë' as name, cast('2024-05-01 10:00:00' as char(19)) as since, null as note, 19.90 as paid \
                 union all select 8, 'Bob', null, null, 0 order by id";
    let spool = rows(&address, query, folder.path());
    let (columns, told) = match spool {
        Ok(spool) => told(spool, folder.path()),
        failed => panic!("{}", message(failed)),
    };
    assert_eq!(columns, ["id", "name", "since", "note", "paid"]);
    assert_eq!(told[0], ["7", "Zoë", "2024-05-01 10:00:00", "", "19.90"]);
    assert_eq!((told[1][0].as_str(), told[1][2].as_str()), ("8", ""));
    assert!(!message(rows(&address, "create table firsthand_test (id int)", folder.path())).is_empty());
    assert!(!message(rows(&address, "select nothing_of_the_kind", folder.path())).is_empty());
    let nobody = address.replace("://", "://nobody:wrong@127.0.0.1:1/x?y=");
    assert!(!message(rows(&nobody, "select 1", folder.path())).contains("wrong"));
}

#[test]
#[ignore = "needs a server: set FIRSTHAND_TEST_POSTGRES to its address, and ask for --ignored"]
fn a_query_of_postgresql_gives_its_columns_and_rows_and_changes_nothing() {
    on_a_server("FIRSTHAND_TEST_POSTGRES", postgres::rows);
    let (address, folder) = (
        env::var("FIRSTHAND_TEST_POSTGRES").unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let query = "select cast(mail as integer) from (values ('ann@example.org')) as t(mail)";
    let told = message(postgres::rows(&address, query, folder.path()));
    assert!(told.contains("22P02") && !told.contains("ann"), "{told}");
}

#[test]
#[ignore = "needs a server: set FIRSTHAND_TEST_MYSQL to its address, and ask for --ignored"]
fn a_query_of_mysql_gives_its_columns_and_rows_and_changes_nothing() {
    on_a_server("FIRSTHAND_TEST_MYSQL", mysql::rows);
    let (address, folder) = (env::var("FIRSTHAND_TEST_MYSQL").unwrap(), tempfile::tempdir().unwrap());
    let zone = mysql::rows(&address, "select @@session.time_zone as zone", folder.path());
    assert_eq!(
        told(zone.ok().unwrap(), folder.path()).1,
        [["+00:00"]],
        "moments are told in UTC"
    );
}
