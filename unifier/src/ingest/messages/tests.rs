//! What taking messages promises.

use proptest::prelude::*;

use super::*;

/// The streams of a drain with their rows, and its state.
type Drained = (Vec<(String, u64)>, Option<String>);

fn received(protocol: Protocol, lines: &str) -> (Vec<Drained>, Result<Received, MessageError>) {
    let folder = tempfile::tempdir().unwrap();
    let skip = ["noise".to_owned()];
    let mut drains = Vec::new();
    let told = Receiver::new(protocol, folder.path(), &skip).receive(&mut lines.as_bytes(), &mut |drain: Drain| {
        let streams = drain.streams.iter().map(|(name, spool)| (name.clone(), spool.rows()));
        drains.push((streams.collect(), drain.state));
        Ok::<(), MessageError>(())
    });
    (drains, told)
}

#[test]
fn records_are_parted_by_stream_and_the_last_state_is_given_back() {
    let (drains, told) = received(
        Protocol::Singer,
        "{\"type\":\"SCHEMA\",\"stream\":\"a\",\"schema\":{\"properties\":{\"id\":{},\"at\":{\"properties\":{\"city\":{}}}}},\"key_properties\":[]}\n\
         {\"type\":\"record\",\"stream\":\"a\",\"record\":{\"id\":1}}\n{\"type\":\"STATE\",\"value\":{\"n\":1}}\n\
         {\"type\":\"RECORD\",\"stream\":\"b\",\"record\":{\"id\":2}}\n{\"type\":\"RECORD\",\"stream\":\"noise\",\"record\":{}}\n\
         {\"type\":\"ACTIVATE_VERSION\",\"stream\":\"a\",\"version\":7}\n{\"type\":\"HEARTBEAT\"}\n{\"type\":\"STATE\",\"value\":[2]}\n",
    );
    assert_eq!(
        drains,
        [(vec![("a".to_owned(), 1), ("b".to_owned(), 1)], Some("[2]".to_owned()))]
    );
    let expected = Received {
        records: 3,
        skipped: 1,
        replaced: vec!["a".to_owned()],
    };
    assert_eq!(told.unwrap(), expected);
}

#[test]
fn the_columns_of_nested_schemas_have_a_point() {
    let schema = serde_json::json!({"properties": {"id": {}, "at": {"properties": {"city": {}}}}});
    assert_eq!(singer::columns(Some(&schema)), ["at.city", "id"]);
}

#[test]
fn airbytes_records_and_states_are_taken_and_its_failure_is_one() {
    let lines = "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"x\"}}\n\
                 {\"type\":\"RECORD\",\"record\":{\"stream\":\"a\",\"data\":{\"id\":1},\"emitted_at\":1}}\n\
                 {\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\"}}\n";
    let (drains, told) = received(Protocol::Airbyte, lines);
    assert_eq!(told.unwrap().records, 1);
    assert_eq!(
        drains,
        [(vec![("a".to_owned(), 1)], Some("{\"type\":\"STREAM\"}".to_owned()))]
    );
    let (drains, told) = received(
        Protocol::Airbyte,
        &format!("{lines}{{\"type\":\"TRACE\",\"trace\":{{\"type\":\"ERROR\"}}}}\n"),
    );
    assert!(matches!(told, Err(MessageError::SourceFailed(4))) && drains.is_empty());
}

#[test]
fn a_line_that_is_no_message_is_told_without_its_content() {
    let (drains, told) = received(Protocol::Singer, "{\"type\":\"STATE\",\"value\":1}\nann@example.org\n");
    let told = told.unwrap_err().to_string();
    assert!(told.contains("line 2") && !told.contains("ann@"), "{told}");
    assert!(drains.is_empty(), "nothing may be given back");
}

#[test]
fn a_batch_is_read_from_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    std::fs::write(&path, "{\"id\":1}\n\n{\"id\":2}\n").unwrap();
    let line = |uri: &str, format: &str| {
        format!(
            "{{\"type\":\"BATCH\",\"stream\":\"a\",\"encoding\":{{\"format\":\"{format}\",\"compression\":\"none\"}},\"manifest\":[\"{uri}\"]}}\n"
        )
    };
    let uri = format!("file://{}", path.display());
    let (drains, _) = received(Protocol::Singer, &line(&uri, "jsonl"));
    assert_eq!(drains[0].0, [("a".to_owned(), 2)]);
    assert!(received(Protocol::Singer, &line("s3://x/y", "jsonl")).1.is_err());
    assert!(
        received(Protocol::Singer, &line(&uri, "avro"))
            .1
            .unwrap_err()
            .to_string()
            .contains("avro")
    );
}

proptest! {
    #[test]
    fn no_line_panics(lines in prop::collection::vec("[\\{\\}\":,a-zA-Z_ ]{0,40}", 0..6), singer in any::<bool>()) {
        let protocol = if singer { Protocol::Singer } else { Protocol::Airbyte };
        let _ = received(protocol, &lines.join("\n"));
    }
}
