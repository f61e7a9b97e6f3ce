//! What a page's bytes mean. The vectors in `tests/vectors` are bodies of released versions, in hexadecimal: an edge that
//! cannot read one of them any more has broken the pages that still send it.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use event_schema::wire::*;
use event_schema::{Batch as Judged, Event as Told, RejectReason, Timestamp, limits};
use proptest::prelude::*;
use serde_json::{Value, json};

/// 2026-11-24T08:00:00Z.
const NOW: i64 = 1_795_507_200_000;

fn judged(body: &[u8]) -> Vec<Result<Told, RejectReason>> {
    Judged::from_body(body, Timestamp::from_millis(NOW)).unwrap().events
}

fn visitor<'a>() -> Visitor<'a> {
    Visitor {
        anonymous: [0xa7; 16],
        user: "u-17",
        locale: "fr-CH",
        session: [1, 2, 3, 4, 5, 6, 7, 8],
        began: NOW - 60_000,
        dropped: 2,
        receipt: 3,
        answers: vec![
            Answer {
                purpose: Named::Known(0),
                granted: true,
            },
            Answer {
                purpose: Named::Known(3),
                granted: false,
            },
            Answer {
                purpose: Named::Other("loyalty"),
                granted: true,
            },
        ],
    }
}

fn scene<'a>(texts: &mut Texts<'a>) -> Scene<'a> {
    Scene {
        url: texts.text("https://shop.example/linen?product=lin-01&utm_source=news"),
        referrer: texts.text("https://search.example/"),
        title: texts.text("Linen"),
        campaign: vec![(1, texts.text("news%20letter")), (5, texts.text("Cj0K"))],
    }
}

/// Two events of one visitor on one page, with every kind of value.
fn consented() -> Vec<u8> {
    let mut texts = Texts::default();
    let scene = scene(&mut texts);
    let page = What::Page(texts.text(""));
    let viewed = What::Track(texts.text("Product Viewed"));
    let fields = vec![
        Token::Name(texts.text("product_id")),
        Token::Text(texts.text("LIN-01")),
        Token::Name(texts.text("price")),
        Token::Decimal(499, 1),
        Token::Name(texts.text("sizes")),
        Token::List,
        Token::Integer(-3),
        Token::Number("1.5e-7"),
        Token::Object,
        Token::Name(texts.text("price")),
        Token::Null,
        Token::End,
        Token::End,
        Token::Name(texts.text("new")),
        Token::True,
        Token::Name(texts.text("sold")),
        Token::False,
    ];
    let events = vec![
        Event {
            visitor: Some(visitor()),
            scene: Some(scene),
            sequence: 0,
            after: -250,
            what: page,
            fields: vec![],
        },
        Event {
            visitor: None,
            scene: None,
            sequence: 1,
            after: 1_000,
            what: viewed,
            fields,
        },
    ];
    let lane = Lane::Consented(events);
    Batch {
        write_key: "wk_9f2c1b7e",
        sent_at: NOW - 50_000,
        lane,
    }
    .to_bytes()
}

fn audience() -> Vec<u8> {
    let mut texts = Texts::default();
    let (name, path, referrer) = (
        texts.text(""),
        texts.text("/linen"),
        texts.text("https://search.example"),
    );
    // A click's id is not for this lane, whoever writes it there.
    let campaign = vec![(1, texts.text("news")), (5, texts.text("Cj0K"))];
    let hits = vec![Hit {
        id: [7; 16],
        ago: 2_000,
        name,
        path,
        referrer,
        campaign,
    }];
    Batch {
        write_key: "wk_9f2c1b7e",
        sent_at: NOW,
        lane: Lane::Audience(hits),
    }
    .to_bytes()
}

/// The two events of [`consented`], as a page of version 2 writes them.
fn consented_2() -> Vec<u8> {
    let steps = "1Product Viewed|:product_id|'LIN-01|:price|#49.9|:sizes|[|#-3|#1.5e-7|{|:price|~|}|}|:new|+|:sold|-|\
        :url|@http://shop.example/size?product=1\u{e}winter\u{13}Cj0K";
    let lines = b"u-17\nfr-CH\n2\n3\n+\n-email_marketing\n+loyalty";
    let scene = [
        "shop.example/linen?product=lin-01#/top\u{f}news%20letter\u{13}Cj0K",
        "search.example/",
        "Linen",
    ];
    let mut writer = Writer::new(CONSENTED, b"wk_9f2c1b7e", NOW - 50_000);
    for (sequence, ago, steps) in [(0, 10_250, "0"), (1, 9_000, steps)] {
        if sequence == 0 {
            writer.number(lines.len() as u64 + 1);
            writer.hexadecimal("a7".repeat(16).as_bytes());
            writer.hexadecimal(b"05060708");
            writer.raw(lines);
        } else {
            writer.byte(0);
        }
        writer.signed(ago);
        writer.number(sequence);
        writer.number(3 + steps.split('|').count() as u64);
        scene
            .iter()
            .copied()
            .chain(steps.split('|'))
            .for_each(|text| writer.text(text.as_bytes()));
    }
    writer.finish()
}

/// The hit of [`audience`], as a page of version 2 writes it.
fn audience_2() -> Vec<u8> {
    let mut writer = Writer::new(AUDIENCE, b"wk_9f2c1b7e", NOW);
    writer.hexadecimal("07".repeat(16).as_bytes());
    writer.signed(2_000);
    // A click's id is not for this lane, whoever writes it there.
    for text in ["", "/linen\u{f}news\u{13}Cj0K", "search.example"] {
        writer.text(text.as_bytes());
    }
    writer.finish()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u32> = hexadecimal.trim().chars().map(|c| c.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

#[test]
fn the_vectors_of_version_1_are_still_written_and_still_read() {
    for (name, vector, written) in [
        ("consented", include_str!("vectors/consented.1.hex"), consented()),
        ("audience", include_str!("vectors/audience.1.hex"), audience()),
    ] {
        assert_eq!(hexadecimal(&written), vector.trim(), "{name}");
        insta::assert_json_snapshot!(name, to_segment(&bytes(vector)).unwrap());
    }
}

#[test]
fn the_vectors_of_version_2_are_still_written_and_still_read() {
    for (name, vector, written) in [
        ("consented_2", include_str!("vectors/consented.2.hex"), consented_2()),
        ("audience_2", include_str!("vectors/audience.2.hex"), audience_2()),
    ] {
        assert_eq!(hexadecimal(&written), vector.trim(), "{name}");
        insta::assert_json_snapshot!(name, to_segment(&bytes(vector)).unwrap());
    }
}

#[test]
fn both_versions_say_the_same() {
    let (first, second) = (judged(&consented()), judged(&consented_2()));
    assert_eq!(first.len(), second.len());
    for (first, second) in first.iter().zip(&second) {
        let (first, second) = (first.as_ref().unwrap(), second.as_ref().unwrap());
        assert_eq!(
            (&first.anonymous_id, &first.user_id),
            (&second.anonymous_id, &second.user_id)
        );
        assert_eq!((first.timestamp, first.name()), (second.timestamp, second.name()));
        assert_eq!(first.context.consent, second.context.consent);
        assert_eq!(first.context.campaign, second.context.campaign);
    }
    let (hit, other) = (to_segment(&audience()), to_segment(&audience_2()));
    assert_eq!(hit, other);
}

#[test]
fn two_visitors_of_one_session_number_have_different_messages() {
    let body = consented_2();
    let at = body.windows(16).position(|window| window == [0xa7; 16]).unwrap();
    let mut other = body.clone();
    other[at] = 0xa8;
    let id = |body: &[u8]| judged(body)[0].as_ref().unwrap().message_id.clone();
    assert_ne!(id(&body), id(&other));
}

#[test]
fn a_body_that_means_more_than_it_is_is_refused_alone() {
    let long = format!("@shop.example/{}", "x".repeat(1_900));
    let mut writer = Writer::new(CONSENTED, b"k", NOW);
    for steps in [100_000, 0] {
        writer.number(if steps > 0 { 8 } else { 0 });
        if steps > 0 {
            writer.raw(&[1; 20]);
            writer.raw(b"\n\n0\n0\n+");
        }
        writer.signed(0);
        writer.number(0);
        writer.number(4 + steps);
        for text in ["", "", "", "1Seen"] {
            writer.text(text.as_bytes());
        }
        (0..steps).for_each(|_| writer.text(long.as_bytes()));
    }
    let body = writer.finish();
    assert!(body.len() < limits::BODY_BYTES);
    let verdicts = judged(&body);
    assert_eq!(verdicts[0], Err(RejectReason::NotAnObject));
    assert!(verdicts[1].is_ok(), "{:?}", verdicts[1]);
}

#[test]
fn the_json_of_the_version_before_is_still_read() {
    let body = include_bytes!("vectors/consented.0.json");
    let verdicts = judged(body);
    assert!(verdicts.iter().all(Result::is_ok), "{verdicts:?}");
}

#[test]
fn an_event_of_a_page_is_what_the_same_event_in_json_is() {
    let events = judged(&consented());
    let event = events[1].as_ref().unwrap();
    let same = json!({"type": "track", "event": "Product Viewed", "messageId": "0102030405060708-1",
        "anonymousId": "a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7", "userId": "u-17", "timestamp": "2026-11-24T07:59:01Z",
        "properties": {"product_id": "LIN-01", "price": 49.9, "sizes": [-3, 1.5e-7, {"price": null}], "new": true, "sold": false},
        "context": {
            "page": {"url": "https://shop.example/linen?product=lin-01&utm_source=news", "path": "/linen",
                "referrer": "https://search.example/", "title": "Linen"},
            "campaign": {"source": "news letter", "clickIdName": "gclid", "clickId": "Cj0K"},
            "consent": {"categoryPreferences": {"analytics": true, "email_marketing": false, "loyalty": true},
                "receipt": "a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7.3"},
            "locale": "fr-CH", "session": {"id": "0102030405060708", "sequence": 1, "dropped": 2}}});
    assert_eq!(event, &Told::validate(same, Timestamp::from_millis(NOW)).unwrap());
}

#[test]
fn a_body_of_the_audience_lane_has_nowhere_an_id() {
    let text = [audience(), audience_2()]
        .map(|body| to_segment(&body).unwrap().to_string())
        .concat();
    for forbidden in [
        "anonymousId",
        "userId",
        "session",
        "traits",
        "properties",
        "Cj0K",
        "consent",
    ] {
        assert!(!text.contains(forbidden), "{forbidden} in {text}");
    }
}

#[test]
fn an_event_without_end_is_refused_alone() {
    let mut texts = Texts::default();
    let large = "x".repeat(limits::EVENT_BYTES);
    let (name, first, then) = (texts.text("a"), texts.text(&large), texts.text(&large));
    let deep = vec![Token::Name(name); 1]
        .into_iter()
        .chain(vec![Token::List; 5_000])
        .chain(vec![Token::End; 5_000]);
    let mut events: Vec<Event<'_>> = Vec::new();
    for fields in [
        vec![
            Token::Name(name),
            Token::Text(first),
            Token::Name(name),
            Token::Text(then),
        ],
        deep.collect(),
        vec![Token::Name(name), Token::True],
    ] {
        let at = events.len();
        let (visitor, scene) = if at == 0 {
            let scene = Scene {
                url: name,
                referrer: name,
                title: name,
                campaign: vec![],
            };
            (Some(visitor()), Some(scene))
        } else {
            (None, None)
        };
        let what = What::Track(if at == 0 { Text::New("a") } else { Text::Again(0) });
        events.push(Event {
            visitor,
            scene,
            sequence: at as u32,
            after: 0,
            what,
            fields,
        });
    }
    // The texts in the order in which they are read.
    let scene = events[0].scene.as_mut().unwrap();
    (scene.url, scene.referrer, scene.title) = (Text::New("a"), Text::Again(0), Text::Again(0));
    events[0].fields[0] = Token::Name(Text::Again(0));
    let fields = [Token::Name(Text::Again(0)), Token::Name(Text::Again(0))];
    events[1].fields[0] = fields[0].clone();
    events[2].fields[0] = fields[1].clone();
    let body = Batch {
        write_key: "k",
        sent_at: NOW,
        lane: Lane::Consented(events),
    }
    .to_bytes();
    let verdicts = judged(&body);
    assert_eq!(verdicts[0], Err(RejectReason::NotAnObject));
    assert_eq!(verdicts[1], Err(RejectReason::NotAnObject));
    assert!(verdicts[2].is_ok(), "{:?}", verdicts[2]);
}

#[test]
fn an_event_whose_tokens_lead_nowhere_is_refused_alone() {
    let mut texts = Texts::default();
    let scene = scene(&mut texts);
    let name = texts.text("a");
    let event = |sequence, fields| Event {
        visitor: (sequence == 0).then(visitor),
        scene: (sequence == 0).then(|| scene.clone()),
        sequence,
        after: 0,
        what: What::Track(Text::Again(0)),
        fields,
    };
    let stray = vec![
        Token::Name(name),
        Token::True,
        Token::End,
        Token::End,
        Token::Name(Text::New("later")),
    ];
    let open = vec![Token::Name(Text::Again(5)), Token::Object];
    let sound = vec![Token::Name(Text::Again(6)), Token::True];
    let lane = Lane::Consented(vec![event(0, stray), event(1, open), event(2, sound)]);
    let verdicts = judged(
        &Batch {
            write_key: "k",
            sent_at: NOW,
            lane,
        }
        .to_bytes(),
    );
    assert_eq!(verdicts[0], Err(RejectReason::NotAnObject));
    assert_eq!(verdicts[1], Err(RejectReason::NotAnObject));
    assert_eq!(verdicts[2].as_ref().unwrap().properties().unwrap()["later"], true);
}

#[test]
fn what_is_damaged_or_of_another_time_is_refused_as_a_whole() {
    let body = consented();
    assert_eq!(to_segment(&[0xf4, 0, 0]), Err(WireError::UnknownVersion));
    for body in [consented_2(), audience_2()] {
        assert_eq!(to_segment(&body[..body.len() - 1]), Err(WireError::Damaged));
        assert_eq!(to_segment(&[body.as_slice(), &[0]].concat()), Err(WireError::Damaged));
    }
    assert_eq!(to_segment(&body[..body.len() - 1]), Err(WireError::Damaged));
    assert_eq!(to_segment(&[body.as_slice(), &[0]].concat()), Err(WireError::Damaged));
    assert!(is_wire(&body) && is_wire(&[0xf2]) && !is_wire(b"{\"batch\":[]}") && !is_wire(&[0x1f, 0x8b]));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..200), sound in any::<bool>(), at in 0_usize..200, flip in 1_u8..) {
        for first in [VERSION_1, CONSENTED, AUDIENCE] {
            let _ = to_segment(&[&[first], body.as_slice()].concat());
        }
        let bodies = if sound { [consented(), consented_2()] } else { [audience(), audience_2()] };
        for mut damaged in bodies {
            let at = at % damaged.len();
            damaged[at] ^= flip;
            let _ = Judged::from_body(&damaged, Timestamp::from_millis(NOW));
        }
    }

    #[test]
    fn numbers_arrive_as_they_were(number in prop_oneof![any::<i32>().prop_map(f64::from), (-1e6..1e6_f64).prop_map(|n| (n * 100.0).round() / 100.0)]) {
        let text = number.to_string();
        let token = match text.split_once('.') {
            None => Token::Integer(text.parse().unwrap()),
            Some((whole, part)) => Token::Decimal(format!("{whole}{part}").parse().unwrap_or(0), part.len() as u8),
        };
        prop_assume!(!text.starts_with("-0"));
        let what = What::Track(Text::New("a"));
        let fields = vec![Token::Name(Text::Again(0)), token];
        let scene = Scene { url: Text::New("a"), referrer: Text::Again(0), title: Text::Again(0), campaign: vec![] };
        let what = if let What::Track(_) = what { What::Track(Text::Again(0)) } else { what };
        let event = Event { visitor: Some(visitor()), scene: Some(scene), sequence: 0, after: 0, what, fields };
        let body = Batch { write_key: "k", sent_at: NOW, lane: Lane::Consented(vec![event]) }.to_bytes();
        let sent = to_segment(&body).unwrap();
        prop_assert_eq!(sent["batch"][0]["properties"]["a"].as_f64(), Some(number));
        let _: &Value = &sent;
    }
}
