//! What a pull promises.

use std::fs;
use std::io::Write;

use serde_json::json;

use super::*;
use crate::ingest::read;
use crate::store::{CONFIG_FILE, Lane};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n[edge]\nfolder = \"web\"\n";

struct Desk {
    folder: tempfile::TempDir,
    store: Store,
    config: Config,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CONFIG_FILE), CONFIG).unwrap();
        fs::create_dir(folder.path().join("web")).unwrap();
        Self {
            store: Store::open(folder.path()).unwrap(),
            config: Config::parse(CONFIG).unwrap(),
            folder,
        }
    }

    /// Writes an object under its right name, and gives its path.
    fn object(&self, stem: &str, lines: &[String]) -> PathBuf {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        lines.iter().for_each(|line| writeln!(packer, "{line}").unwrap());
        let bytes = packer.finish().unwrap();
        let hash = hex::encode(&Sha256::digest(&bytes)[..16]);
        let path = self.folder.path().join(format!("web/{stem}-{hash}.ndjson.gz"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn shard(&self, shard: u32, lo: u64, hi: u64, lines: &[String]) -> PathBuf {
        self.object(&format!("seg/v1/{shard:02}/{lo:016}-{hi:016}"), lines)
    }

    fn try_pull(&mut self, change: impl FnOnce(&mut PullRequest<'_>)) -> Result<PullReport, PullError> {
        let mut request = PullRequest {
            suppressed: &|_, _| false,
            accept_gaps: false,
            progress: &|_| {},
        };
        change(&mut request);
        pull(&mut self.store, &self.config, &request)
    }

    fn pull(&mut self) -> PullReport {
        let report = self.try_pull(|_| {}).unwrap();
        assert_eq!(report.read, report.accepted + report.duplicate + report.rejected);
        report
    }

    fn days(&self, lane: Lane) -> Vec<&str> {
        self.store
            .log()
            .segments(lane)
            .map(|segment| segment.partition())
            .collect()
    }
}

fn event(id: &str, at: &str) -> String {
    json!({"lane": "consented", "type": "track", "event": "Product Viewed", "messageId": id, "anonymousId": "a1", "timestamp": at,
        "receivedAt": at, "site": "shop", "country": "CH", "device": "mobile", "bot": false, "userId": "u1"})
    .to_string()
}

fn hit(id: &str, at: &str) -> String {
    json!({"lane": "audience", "messageId": id, "timestamp": at, "receivedAt": at, "site": "shop", "name": "Page Viewed", "path": "/",
        "referrerHost": "", "country": "CH", "device": "mobile", "bot": false})
    .to_string()
}

const NOON: &str = "2026-11-19T12:00:00.000Z";
const NEXT_DAY: &str = "2026-11-20T00:00:00.000Z";

#[test]
fn every_event_is_taken_once_and_lies_in_the_partition_of_its_own_day() {
    let mut desk = Desk::new();
    desk.shard(0, 1, 2, &[event("m1", NOON), event("m2", NEXT_DAY), hit("h1", NOON)]);
    desk.shard(1, 1, 1, &[event("m1", NOON)]);
    desk.object("spill/v1/2026-11-19/b1", &[event("m2", NEXT_DAY), event("m3", NOON)]);
    let report = desk.pull();
    assert_eq!(
        (
            report.objects,
            report.read,
            report.accepted,
            report.events,
            report.duplicate
        ),
        (3, 6, 4, 3, 2)
    );
    assert_eq!(desk.days(Lane::Events), ["2026-11-19", "2026-11-20"]);
    assert_eq!(desk.days(Lane::Audience), ["2026-11-19"]);
    let again = desk.pull();
    assert_eq!((again.objects, again.read), (0, 0));
}

#[test]
fn a_later_pull_goes_on_behind_the_last_object_and_knows_the_messages_before() {
    let mut desk = Desk::new();
    desk.shard(0, 1, 2, &[event("m1", NOON)]);
    desk.object("spill/v1/2026-11-19/b9", &[event("m9", NOON)]);
    desk.pull();
    desk.shard(0, 3, 3, &[event("m1", NOON), event("m4", NOON)]);
    desk.object("spill/v1/2026-11-19/b1", &[event("m5", NOON)]);
    let report = desk.pull();
    assert_eq!((report.objects, report.accepted, report.duplicate), (2, 2, 1));
}

#[test]
fn a_missing_object_stops_its_shard_and_no_other() {
    let mut desk = Desk::new();
    desk.shard(0, 1, 2, &[event("m1", NOON)]);
    desk.shard(0, 4, 5, &[event("m2", NOON)]);
    desk.shard(1, 1, 1, &[event("m3", NOON)]);
    let report = desk.pull();
    assert_eq!(
        report.stopped,
        [Stop::Gap {
            shard: "seg/v1/00/".to_owned(),
            expected: 3,
            found: 4
        }]
    );
    assert_eq!(report.accepted, 2);
    let missing = desk.shard(0, 3, 3, &[event("m4", NOON)]);
    let report = desk.pull();
    assert_eq!((report.stopped.len(), report.accepted), (0, 2));
    fs::remove_file(missing).unwrap();
    desk.shard(0, 9, 9, &[event("m5", NOON)]);
    assert_eq!(desk.pull().stopped.len(), 1);
    let report = desk.try_pull(|request| request.accept_gaps = true).unwrap();
    assert_eq!((report.stopped.len(), report.accepted), (0, 1));
}

#[test]
fn an_object_whose_batches_were_read_before_stops_its_shard_even_where_gaps_are_accepted() {
    let mut desk = Desk::new();
    desk.shard(0, 1, 4, &[event("m1", NOON)]);
    desk.pull();
    let path = desk.shard(0, 3, 6, &[event("m2", NOON)]);
    desk.shard(0, 7, 7, &[event("m3", NOON)]);
    for accept_gaps in [false, true] {
        let report = desk.try_pull(|request| request.accept_gaps = accept_gaps).unwrap();
        assert!(
            matches!(&report.stopped[..], [Stop::Overlap { found: 3, last: 4, .. }]),
            "{:?}",
            report.stopped
        );
        assert_eq!(report.accepted, 0);
    }
    fs::remove_file(path).unwrap();
    desk.shard(0, 5, 6, &[event("m2", NOON)]);
    assert_eq!(desk.pull().accepted, 2);
}

/// A folder whose edge says how far it has written.
struct Telling(Folder, Ends);

impl Origin for Telling {
    fn flush(&self) -> Result<Ends, PullError> {
        Ok(self.1.clone())
    }

    fn prefixes(&self) -> Result<Vec<String>, PullError> {
        self.0.prefixes()
    }

    fn keys(&self, prefix: &str, after: &str) -> Result<Vec<String>, PullError> {
        self.0.keys(prefix, after)
    }

    fn object(&self, key: &str) -> Result<Vec<u8>, PullError> {
        self.0.object(key)
    }
}

#[test]
fn a_missing_last_object_is_reported_by_the_next_pull() {
    let mut desk = Desk::new();
    desk.shard(0, 1, 2, &[event("m1", NOON)]);
    let last = desk.shard(0, 3, 5, &[event("m2", NOON)]);
    fs::remove_file(last).unwrap();
    let folder = Folder::new(desk.folder.path().join("web"));
    let origin = Telling(folder, Ends::from([("seg/v1/00/".to_owned(), 5)]));
    let mut request = PullRequest {
        suppressed: &|_, _| false,
        accept_gaps: false,
        progress: &|_| {},
    };
    let missing = Stop::MissingEnd {
        shard: "seg/v1/00/".to_owned(),
        expected: 3,
        end: 5,
    };
    let report = pull_from(&mut desk.store, &desk.config, &origin, &request).unwrap();
    assert_eq!((report.accepted, report.stopped), (1, vec![missing]));
    request.accept_gaps = true;
    let report = pull_from(&mut desk.store, &desk.config, &origin, &request).unwrap();
    assert_eq!(report.stopped, []);
}

#[test]
fn a_damaged_object_stops_its_shard_and_is_read_once_it_is_sound() {
    let mut desk = Desk::new();
    let path = desk.shard(0, 1, 1, &[event("m1", NOON)]);
    let sound = fs::read(&path).unwrap();
    fs::write(&path, &sound[..sound.len() - 3]).unwrap();
    desk.shard(0, 2, 2, &[event("m2", NOON)]);
    let report = desk.pull();
    assert!(
        matches!(&report.stopped[..], [Stop::Damaged { .. }]),
        "{:?}",
        report.stopped
    );
    assert_eq!(report.accepted, 0);
    fs::write(&path, sound).unwrap();
    assert_eq!(desk.pull().accepted, 2);
}

#[test]
fn a_bad_line_among_good_ones_is_kept_aside() {
    let mut desk = Desk::new();
    desk.shard(
        0,
        1,
        1,
        &[
            event("m1", NOON),
            "{\"lane\":\"consented\"}".to_owned(),
            event("m2", NOON),
        ],
    );
    let report = desk.pull();
    assert_eq!((report.accepted, report.rejected), (2, 1));
    let kept = fs::read_to_string(&report.rejects[0]).unwrap();
    assert!(
        kept.contains("2,seg/v1/00/") && kept.contains("invalid_event"),
        "{kept}"
    );
}

#[test]
fn an_erased_visitor_does_not_come_back() {
    let mut desk = Desk::new();
    desk.shard(0, 1, 1, &[event("m1", NOON), hit("h1", NOON)]);
    let report = desk
        .try_pull(|request| request.suppressed = &|kind, value| (kind, value) == ("user_id", "u1"))
        .unwrap();
    assert_eq!((report.accepted, report.reasons[&RowReject::ErasedPerson]), (1, 1));
    assert!(!fs::read_to_string(&report.rejects[0]).unwrap().contains("u1"));
}

#[test]
fn an_alias_does_not_bring_an_erased_visitor_back_under_a_new_id() {
    let mut desk = Desk::new();
    let alias = json!({"lane": "consented", "type": "alias", "messageId": "m1", "anonymousId": "new", "previousId": "gone",
        "timestamp": NOON, "receivedAt": NOON, "site": "shop", "country": "CH", "device": "mobile", "bot": false});
    desk.shard(0, 1, 1, &[alias.to_string()]);
    let suppressed: [crate::ingest::Suppressed<'_>; 2] = [
        &|kind, value| (kind, value) == ("anonymous_id", "gone"),
        // What Segment calls the previous id is as often the customer's.
        &|kind, value| (kind, value) == ("user_id", "gone"),
    ];
    for suppressed in suppressed {
        let report = desk.try_pull(|request| request.suppressed = suppressed).unwrap();
        assert_eq!(report.reasons, BTreeMap::from([(RowReject::ErasedPerson, 1)]));
        assert_eq!(desk.days(Lane::Events).len(), 0);
        desk = Desk::new();
        desk.shard(0, 1, 1, &[alias.to_string()]);
    }
}

#[test]
fn what_is_not_there_is_told_with_the_way_out() {
    let mut desk = Desk::new();
    desk.config.edge = None;
    assert!(matches!(desk.try_pull(|_| {}), Err(PullError::NoEdge)));
    fs::remove_dir(desk.folder.path().join("web")).unwrap();
    desk.config = Config::parse(CONFIG).unwrap();
    assert!(
        desk.try_pull(|_| {})
            .unwrap_err()
            .to_string()
            .contains("check edge.folder")
    );
    let unset = CONFIG.replace(
        "folder = \"web\"",
        "url = \"http://127.0.0.1:9\"\ntoken_env = \"FIRSTHAND_NO_SUCH_TOKEN\"",
    );
    desk.config = Config::parse(&unset).unwrap();
    assert!(
        desk.try_pull(|_| {})
            .unwrap_err()
            .to_string()
            .contains("FIRSTHAND_NO_SUCH_TOKEN is not set")
    );
    let unreachable = Remote::new("http://127.0.0.1:9", "T", "t")
        .flush()
        .unwrap_err()
        .to_string();
    assert!(unreachable.contains("check edge.url and the network"), "{unreachable}");
}

/// Answers one request with a status and a body, and gives what was asked.
fn answer_once(status: &'static str, body: &'static str) -> (String, std::thread::JoinHandle<String>) {
    use std::io::{BufRead, BufReader};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
        let asked: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        asked.join("\n")
    });
    (url, asked)
}

#[test]
fn the_worker_is_asked_with_the_token_and_its_refusal_is_told() {
    let (url, asked) = answer_once("200 OK", r#"{"objects":[{"key":"seg/v1/00/x","size":1}],"more":false}"#);
    assert_eq!(
        Remote::new(&url, "T", "secret").keys("seg/v1/00/", "").unwrap(),
        ["seg/v1/00/x"]
    );
    let asked = asked.join().unwrap().to_lowercase();
    assert!(
        asked.contains("authorization: bearer secret") && asked.starts_with("get /v1/export/objects?prefix=seg"),
        "{asked}"
    );
    let (url, asked) = answer_once("401 Unauthorized", "");
    let refused = Remote::new(&url, "FIRSTHAND_EXPORT_TOKEN", "wrong")
        .flush()
        .unwrap_err()
        .to_string();
    asked.join().unwrap();
    assert!(
        refused.contains("FIRSTHAND_EXPORT_TOKEN must hold") && !refused.contains("wrong"),
        "{refused}"
    );
    let (url, asked) = answer_once("200 OK", "<html>");
    let strange = Remote::new(&url, "T", "t").prefixes().unwrap_err().to_string();
    asked.join().unwrap();
    assert!(
        strange.contains("check that edge.url is the worker's address"),
        "{strange}"
    );
}

#[test]
fn what_was_pulled_is_what_the_night_reads() {
    let mut desk = Desk::new();
    desk.shard(0, 1, 1, &[event("m1", NOON), event("m2", NEXT_DAY), hit("h1", NOON)]);
    desk.pull();
    let facts = read::read(desk.store.log(), &desk.config).unwrap();
    assert_eq!(
        (facts.records.len(), facts.activity.len(), facts.audience.len()),
        (1, 2, 1)
    );
}
