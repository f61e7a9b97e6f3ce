//! Numbers for orders in files that number none: an order is known by what its row says, and by how many equal rows of the file stand
//! before it.
//!
//! So the rows may stand in any order, and of equal rows in overlapping files those count that the file with most of them has.

use rustc_hash::FxHashMap;

/// How often each row stood in the file so far: 12 to 25 bytes for each that differs from all others.
#[derive(Default)]
pub struct Numbering {
    /// By half of the hash. Where two rows share it by chance, in one of 370,000 files of ten million rows, they are two orders still,
    /// but their numbers depend on which of them stands first.
    seen: FxHashMap<u64, u32>,
}

impl Numbering {
    /// The number of an order whose row's cells have this hash.
    pub fn next(&mut self, cells: u128) -> String {
        let seen = self.seen.entry(cells as u64).or_default();
        *seen += 1;
        match *seen {
            1 => format!("row:{cells:032x}"),
            further => format!("row:{cells:032x}:{further}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::import::tests::Desk;
    use crate::ingest::undo;

    const TRANSACTIONS: &str = "source = \"till\"\nkind = \"orders\"\n[columns]\ncustomer = \"Customer\"\nordered_at = \"Date\"\n\
                                amount = \"Amount\"\n[traits]\nquantity = \"Quantity\"\n";

    /// A row: its customer, date, quantity and amount.
    type Row = [u8; 4];

    fn file(rows: &[Row]) -> String {
        let lines = rows.iter().map(|[customer, date, quantity, amount]| {
            format!("{customer:05},1997010{},{quantity},{amount}.50\n", date + 1)
        });
        "Customer,Date,Quantity,Amount\n".to_owned() + &lines.collect::<String>()
    }

    /// How often a file has each row.
    fn counts(rows: &[Row]) -> BTreeMap<Row, usize> {
        let mut counts = BTreeMap::new();
        rows.iter().for_each(|row| *counts.entry(*row).or_default() += 1);
        counts
    }

    fn desk() -> Desk {
        let desk = Desk::new();
        desk.map(TRANSACTIONS);
        desk
    }

    #[test]
    fn equal_transactions_are_as_many_orders_of_their_customer() {
        let mut desk = desk();
        let report = desk.import("cdnow.csv", file(&[[1, 0, 1, 9], [1, 0, 1, 9], [2, 3, 2, 9]]));
        assert_eq!((report.accepted, report.unnumbered), (3, true));
        let orders = desk.orders();
        let customers: Vec<_> = orders.iter().filter_map(|order| order.record_key.as_deref()).collect();
        assert_eq!(customers, ["00001", "00001", "00002"]);
        assert_eq!(orders[0].order_id.clone() + ":2", orders[1].order_id);
    }

    #[test]
    fn the_order_of_the_columns_makes_no_other_order() {
        let mut desk = desk();
        desk.import("a.csv", file(&[[1, 0, 1, 9]]));
        let report = desk.import("b.csv", "Amount,Date,Note,Quantity,Customer\n9.50,19970101,x,1,00001\n");
        assert_eq!((report.accepted, report.duplicate), (0, 1));
    }

    #[test]
    fn a_source_whose_orders_have_numbers_refuses_one_without() {
        let mut desk = Desk::new();
        desk.map(&TRANSACTIONS.replace("[traits]", "order_id = \"Nr\"\n[traits]"));
        let report = desk.import("a.csv", "Nr,Customer,Date,Quantity,Amount\n,1,19970101,1,9.50\n");
        assert_eq!((report.accepted, report.rejected), (0, 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn in_whatever_order_rows_stand_overlapping_files_count_each_as_often_as_the_fuller_one(
            first in prop::collection::vec([0..2_u8, 0..2, 1..3, 0..2], 1..12),
            second in prop::collection::vec([0..2_u8, 0..2, 1..3, 0..2], 1..12),
            shuffled in any::<prop::sample::Index>(),
            later in 0..2_i8,
        ) {
            let mut desk = desk();
            let id = desk.import("first.csv", file(&first)).id;
            prop_assert_eq!(desk.orders().len(), first.len());
            let mut again = first.clone();
            again.rotate_left(shuffled.index(first.len()));
            again.push(again[0]);
            let mut import = |name, rows: &[Row]| {
                let report = desk.try_import(name, file(rows), |request| request.as_of = Date::constant(2026, 11, 24 + later));
                (report.unwrap().accepted as usize, desk.orders().len())
            };
            prop_assert_eq!(import("again.csv", &again), (1, first.len() + 1), "one row more");
            let mut union = counts(&again);
            for (row, count) in counts(&second) {
                let known = union.entry(row).or_default();
                *known = count.max(*known);
            }
            prop_assert_eq!(import("second.csv", &second).1, union.values().sum::<usize>());
            undo::undo(&mut desk.store, &id).unwrap();
            prop_assert_eq!(desk.orders().len(), union.values().sum::<usize>(), "the later files tell them all");
        }
    }

    #[test]
    fn equal_rows_are_counted_and_others_are_not() {
        let mut numbering = Numbering::default();
        let numbers = [7, 8, 7].map(|cells| numbering.next(cells));
        assert_eq!(numbers[0], format!("row:{}7", "0".repeat(31)));
        assert_eq!(numbers[2], format!("{}:2", numbers[0]));
        assert!(numbers[1].ends_with('8'));
    }
}
