//! The same rows are the same facts, whatever the format of their file.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray};
use arrow::array::{TimestampMicrosecondArray, types};
use arrow::datatypes::{DataType, Field as ArrowField};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use super::tests::Desk;
use super::*;
use crate::ingest::Field;

const MAP: &str = "source = \"till\"\nrecord_key = \"Card\"\n[columns]\ngiven_name = \"First\"\nemail = \"Mail\"\n\
                   birth_date = \"Born\"\ncreated_at = \"Since\"\nphone = \"Phone\"\n[consents]\nemail_marketing = \"News\"\n";
const ROWS: [[&str; 7]; 3] = [
    [
        "1",
        "Ann",
        "ann@example.org",
        "1980-02-29",
        "2024-05-01T10:00:00",
        "true",
        "41791112233",
    ],
    [
        "2",
        "Zoë \"Z\"",
        "zoe@example.org",
        "1990-12-24",
        "2024-05-02T11:30:00",
        "false",
        "41791112244",
    ],
    ["3", "Line\nend", "", "", "", "", ""],
];
const COLUMNS: [&str; 7] = ["Card", "First", "Mail", "Born", "Since", "News", "Phone"];

fn delimited(delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(COLUMNS).unwrap();
    ROWS.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

fn json_lines() -> Vec<u8> {
    let line = |row: &[&str; 7]| {
        // Objects need not have every key.
        let fields = COLUMNS.iter().zip(row).filter(|(_, value)| !value.is_empty());
        let fields: serde_json::Map<String, serde_json::Value> = fields
            .map(|(name, value)| {
                (
                    (*name).to_owned(),
                    serde_json::from_str(value).unwrap_or((*value).into()),
                )
            })
            .collect();
        serde_json::to_string(&fields).unwrap() + "\n"
    };
    ROWS.iter().map(line).collect::<String>().into_bytes()
}

fn parquet(compression: Compression) -> Vec<u8> {
    let texts = |column: usize| -> ArrayRef {
        Arc::new(StringArray::from_iter(
            ROWS.iter().map(|row| Some(row[column]).filter(|text| !text.is_empty())),
        ))
    };
    let moments = TimestampMicrosecondArray::from(vec![Some(1_714_557_600_000_000), Some(1_714_649_400_000_000), None]);
    let columns: [(&str, ArrayRef); 7] = [
        ("Card", Arc::new(Int64Array::from(vec![1, 2, 3]))),
        ("First", texts(1)),
        ("Mail", texts(2)),
        (
            "Born",
            Arc::new(Date32Array::from(vec![Some(3_711), Some(7_662), None])),
        ),
        ("Since", Arc::new(moments.with_timezone("Europe/Zurich"))),
        (
            "News",
            Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
        ),
        ("Phone", texts(6)),
    ];
    written(
        RecordBatch::try_from_iter(columns.map(|(name, array)| (name, array))).unwrap(),
        compression,
    )
}

fn written(batch: RecordBatch, compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn workbook(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/formats")
            .join(name),
    )
    .unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// What a file says, whatever its lines.
fn told(name: &str, bytes: &[u8]) -> Vec<RecordRow> {
    let mut desk = Desk::new();
    desk.map(MAP);
    let report = desk.import(name, bytes);
    assert_eq!((report.accepted, report.rejected, report.consents), (3, 0, 2), "{name}");
    let mut rows = desk.records();
    rows.iter_mut().for_each(|row| (row.line, row.row_hash) = (0, 0));
    rows
}

#[test]
fn any_format_in_any_packing_tells_the_same() {
    let files = [
        ("people.csv", delimited(b',')),
        ("people.tsv", delimited(b'\t')),
        ("semicolons.csv", delimited(b';')),
        ("bars.txt", delimited(b'|')),
        ("people.jsonl", json_lines()),
        ("snappy.parquet", parquet(Compression::SNAPPY)),
        ("lz4.parquet", parquet(Compression::LZ4_RAW)),
        ("gzip.parquet", parquet(Compression::GZIP(Default::default()))),
        ("zstd.parquet", parquet(Compression::ZSTD(Default::default()))),
        ("people.xlsx", workbook("people.xlsx")),
        ("people.xls", workbook("people.xls")),
        ("people.ods", workbook("people.ods")),
    ];
    let expected = told("expected.csv", &delimited(b','));
    assert_eq!(expected[0].get(Field::BirthDate), Some("1980-02-29"));
    for (name, bytes) in files {
        let packings = [
            bytes.clone(),
            gzip(&bytes),
            zstd::encode_all(bytes.as_slice(), 0).unwrap(),
        ];
        for packed in packings {
            assert_eq!(told(name, &packed), expected, "{name}");
        }
    }
}

#[test]
fn a_preset_reads_json_lines_and_parquet_as_it_reads_csv() {
    let json =
        "{\"id\":\"__export__.res_partner_42_a1\",\"name\":\"Ann Smith\",\"email\":\"ann@example.org\",\"vat\":null}\n";
    let mut desk = Desk::new();
    assert_eq!(desk.import("res.partner.jsonl", json).layout, "odoo-partners");
    let text = |value: &str| -> ArrayRef { Arc::new(StringArray::from(vec![value])) };
    let columns = [
        ("id", text("__export__.res_partner_42_a1")),
        ("name", text("Ann Smith")),
        ("email", text("ann@example.org")),
        ("vat", text("")),
    ];
    let bytes = written(RecordBatch::try_from_iter(columns).unwrap(), Compression::SNAPPY);
    assert_eq!(desk.import("res.partner.parquet", bytes).layout, "odoo-partners");
}

#[test]
fn nested_columns_have_names_and_a_loaders_notes_are_no_columns() {
    let mut desk = Desk::new();
    desk.map("source = \"till\"\nrecord_key = \"id\"\n[columns]\ncity = \"address.city\"\n[traits]\ntags = \"tags\"\n");
    let json = "{\"id\":1,\"address\":{\"city\":\"Zürich\"},\"tags\":[\"vip\",\"early\"],\"_dlt_load_id\":\"17\"}\n";
    desk.import("people.jsonl", json);
    let city = ArrowField::new("city", DataType::Utf8, true);
    let city: ArrayRef = Arc::new(StructArray::from(vec![(
        Arc::new(city),
        Arc::new(StringArray::from(vec!["Zürich"])) as ArrayRef,
    )]));
    let tags: ArrayRef = Arc::new(ListArray::from_iter_primitive::<types::Int32Type, _, _>([Some(vec![
        Some(1),
        Some(2),
    ])]));
    let id: ArrayRef = Arc::new(Int64Array::from(vec![2]));
    let noted: ArrayRef = Arc::new(StringArray::from(vec!["18"]));
    let batch = RecordBatch::try_from_iter([("id", id), ("address", city), ("tags", tags), ("_sdc_sequence", noted)]);
    desk.import("people.parquet", written(batch.unwrap(), Compression::UNCOMPRESSED));
    let told: Vec<_> = desk
        .records()
        .iter()
        .map(|row| {
            (
                row.record_key.clone(),
                row.get(Field::City).map(str::to_owned),
                row.traits["tags"].clone(),
            )
        })
        .collect();
    let zurich = Some("Zürich".to_owned());
    let mut told = told;
    told.sort();
    assert_eq!(
        told,
        [
            ("1".to_owned(), zurich.clone(), "vip, early".to_owned()),
            ("2".to_owned(), zurich, "1, 2".to_owned())
        ]
    );
    let again = json.replace("\"17\"", "\"99\"");
    assert_eq!(
        desk.import("again.jsonl", again).duplicate,
        1,
        "loaded again, the row is the same"
    );
}

#[test]
fn a_broken_line_of_json_costs_no_good_one() {
    let mut desk = Desk::new();
    desk.map("source = \"till\"\nrecord_key = \"id\"\n[columns]\nemail = \"mail\"\n");
    let json = "{\"id\":1,\"mail\":\"ann@example.org\"}\n{\"id\":2,\n[3]\n{\"id\":4,\"mail\":\"dan@example.org\"}\n";
    let report = desk.import("people.jsonl", json);
    assert_eq!((report.accepted, report.reasons[&RowReject::InvalidJson]), (2, 2));
    assert_eq!(report.first_lines[&RowReject::InvalidJson], 2);
    assert!(desk.rejects(&report).contains("3,,row,invalid_json,[3]"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_behind_a_known_beginning_panic(which in 0_usize..7, cut in 0_usize..400, junk in prop::collection::vec(any::<u8>(), 0..64)) {
        let whole = [
            parquet(Compression::SNAPPY), workbook("people.xlsx"), workbook("people.xls"), workbook("people.ods"),
            gzip(&json_lines()), zstd::encode_all(delimited(b';').as_slice(), 0).unwrap(), json_lines(),
        ];
        let mut bytes = whole[which].clone();
        let place = cut * bytes.len() / 400;
        let end = (place + junk.len()).min(bytes.len());
        bytes.splice(place..end, junk);
        let mut desk = Desk::new();
        desk.map(MAP);
        // Either it is imported, and every row is accounted for, or it says why not.
        match desk.try_import("people", bytes, |_| {}) {
            Ok(report) => prop_assert_eq!(report.read, report.accepted + report.duplicate + report.rejected),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
