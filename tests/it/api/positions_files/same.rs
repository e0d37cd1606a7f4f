//! One account in every form is read as one account, and that is the account that was written.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tierbook::Decimal;
use tierbook::positions::{Account, Holding, MarginMode, Position, Side, read};

/// A position or an asset, cell by cell in the order of [`COLUMNS`]; an empty cell is none.
type Cells = [String; COLUMNS.len()];

const COLUMNS: [&str; 13] = [
    "symbol",
    "side",
    "quantity",
    "notional",
    "entry_price",
    "mark_price",
    "leverage",
    "margin_mode",
    "isolated_margin",
    "wallet_balance",
    "contract_size",
    "asset",
    "amount",
];

/// Columns whose cells are numbers, and may be written without quotes.
fn is_number(column: usize) -> bool {
    (2..=6).contains(&column) || (8..=10).contains(&column) || column == 12
}

/// A number above 0 of at most 12 digits, so that a float of 64 bits has them all.
fn amount() -> impl Strategy<Value = Option<Decimal>> {
    prop::option::of(
        (1..999_999_999_999_i64, 0..9_u32).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
    )
}

fn position() -> impl Strategy<Value = Position> {
    let sizes = (amount(), amount(), amount(), amount());
    let margins = (0..3_u8, amount(), amount(), amount(), prop::option::of(1..150_u32));
    ("[A-Z]{2,5}(USDT|/USDT:USDT)", any::<bool>(), sizes, margins).prop_map(
        |(symbol, is_long, sizes, margins)| {
            let (quantity, notional, entry_price, mark_price) = sizes;
            let (mode, isolated_margin, wallet_balance, contract_size, leverage) = margins;
            let margin_mode = [None, Some(MarginMode::Isolated), Some(MarginMode::Cross)][usize::from(mode)];
            Position {
                quantity,
                notional,
                entry_price,
                mark_price,
                leverage,
                margin_mode,
                isolated_margin: isolated_margin.filter(|_| margin_mode == Some(MarginMode::Isolated)),
                wallet_balance,
                contract_size,
                ..Position::of(symbol, if is_long { Side::Long } else { Side::Short })
            }
        },
    )
}

fn account() -> impl Strategy<Value = Account> {
    let assets = prop::collection::btree_map("[A-Z]{3,4}", (amount(), any::<bool>()), 0..4);
    (prop::collection::vec(position(), 1..6), assets).prop_map(|(positions, assets)| {
        let mut account = Account { positions, ..Account::default() };
        for (asset, (amount, is_wallet)) in assets {
            let amount = -amount.unwrap_or_default();
            match is_wallet {
                true => drop(account.wallet_balances.insert(asset, amount)),
                false => account.collateral.push(Holding { asset, amount, price: None }),
            }
        }
        account
    })
}

fn rows(account: &Account) -> Vec<Cells> {
    let mut rows = Vec::new();
    let text = |number: Option<Decimal>| number.map(|it| it.to_string()).unwrap_or_default();
    for it in &account.positions {
        let mut cells = Cells::default();
        cells[0].clone_from(&it.symbol);
        cells[1] = it.side.name().to_string();
        for (place, number) in [
            (2, it.quantity),
            (3, it.notional),
            (4, it.entry_price),
            (5, it.mark_price),
            (8, it.isolated_margin),
        ] {
            cells[place] = text(number);
        }
        cells[6] = text(it.leverage.map(Decimal::from));
        cells[7] = it.margin_mode.map_or("", MarginMode::name).to_string();
        (cells[9], cells[10]) = (text(it.wallet_balance), text(it.contract_size));
        rows.push(cells);
    }
    for it in &account.collateral {
        let mut cells = Cells::default();
        (cells[11], cells[12]) = (it.asset.clone(), it.amount.to_string());
        rows.push(cells);
    }
    for (currency, balance) in &account.wallet_balances {
        let mut cells = Cells::default();
        (cells[11], cells[9]) = (currency.clone(), balance.to_string());
        rows.push(cells);
    }
    rows
}

/// The cells that are there as keys with values, separated as a form writes it; numbers in quotes or not.
fn fields(cells: &Cells, between: &str, separator: &str, key: impl Fn(&str) -> String, bare: bool) -> String {
    let written = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| {
        let quote = if bare && is_number(column) { "" } else { "\"" };
        format!("{}{between}{quote}{cell}{quote}", key(COLUMNS[column]))
    });
    written.collect::<Vec<_>>().join(separator)
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_string();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

fn csv(rows: &[Cells], separator: &str) -> String {
    let lines = rows.iter().map(|cells| cells.join(separator));
    [COLUMNS.join(separator)].into_iter().chain(lines).map(|line| line + "\r\n").collect()
}

/// The objects of JSON, with keys in camel case.
fn objects(rows: &[Cells], bare: bool) -> Vec<String> {
    let object =
        |cells| format!("{{{}}}", fields(cells, ": ", ", ", |name| format!("\"{}\"", camel(name)), bare));
    rows.iter().map(object).collect()
}

fn toml(rows: &[Cells], bare: bool) -> String {
    let table = |cells| format!("[[positions]]\n{}\n", fields(cells, " = ", "\n", str::to_string, bare));
    rows.iter().map(table).collect()
}

/// An object with its parts apart, as it is documented.
fn parts(account: &Account, rows: &[Cells]) -> String {
    let objects = objects(rows, true);
    let (positions, assets) = objects.split_at(account.positions.len());
    let balances: Vec<String> = account
        .wallet_balances
        .iter()
        .map(|(currency, balance)| format!("\"{currency}\": {balance}"))
        .collect();
    format!(
        "{{\"positions\": [{}],\n\"collateral\": [{}], \"wallet_balances\": {{{}}}}}",
        positions.join(","),
        assets[..account.collateral.len()].join(","),
        balances.join(",")
    )
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_account_is_the_same_in_every_form(account in account(), bare in any::<bool>()) {
        let rows = rows(&account);
        let texts = [
            csv(&rows, ","),
            csv(&rows, ";"),
            csv(&rows, "\t"),
            objects(&rows, bare).join("\n") + "\n",
            format!("[{}]", objects(&rows, bare).join(",\n")),
            parts(&account, &rows),
            toml(&rows, bare),
        ];
        for text in texts {
            let file = read::read(text.as_bytes(), None);
            prop_assert_eq!(file.map(|it| it.account), Ok(account.clone()), "{}", text);
        }
        #[cfg(feature = "columnar")]
        for (form, bytes) in columnar::files(&rows) {
            for form in [None, Some(form)] {
                let file = read::read(&bytes, form);
                prop_assert_eq!(file.map(|it| it.account), Ok(account.clone()), "{:?}", form);
            }
        }
    }
}

#[cfg(feature = "columnar")]
mod columnar {
    use std::sync::Arc;

    use arrow_array::types::Int32Type;
    use arrow_array::{
        ArrayRef, BooleanArray, Float32Array, Float64Array, ListArray, RecordBatch, StringArray,
    };
    use arrow_cast::cast;
    use arrow_ipc::writer::{FileWriter, StreamWriter};
    use arrow_schema::{DataType, Field, Schema};
    use parquet::arrow::ArrowWriter;
    use tierbook::positions::read::Parts;
    use tierbook::positions::{MarginMode, Position, PositionsForm};

    use super::{COLUMNS, Cells, Side, is_number, read};

    /// The rows as files, with numbers of each type.
    pub fn files(rows: &[Cells]) -> Vec<(PositionsForm, Vec<u8>)> {
        let types = [DataType::Utf8, DataType::LargeUtf8, DataType::Float64, DataType::Decimal128(38, 9)];
        types.iter().flat_map(|kind| written(&batch(rows, kind))).collect()
    }

    fn batch(rows: &[Cells], kind: &DataType) -> RecordBatch {
        let column = |place: usize| -> ArrayRef {
            let cells = rows.iter().map(|cells| Some(cells[place].as_str()).filter(|cell| !cell.is_empty()));
            let texts: StringArray = cells.collect();
            if is_number(place) { cast(&texts, kind).unwrap() } else { Arc::new(texts) }
        };
        RecordBatch::try_from_iter_with_nullable(
            COLUMNS.iter().enumerate().map(|(place, name)| (*name, column(place), true)),
        )
        .unwrap()
    }

    fn written(batch: &RecordBatch) -> [(PositionsForm, Vec<u8>); 3] {
        let schema = batch.schema();
        let mut parquet = ArrowWriter::try_new(Vec::new(), schema.clone(), None).unwrap();
        parquet.write(batch).unwrap();
        let mut file = FileWriter::try_new(Vec::new(), &schema).unwrap();
        file.write(batch).unwrap();
        let mut stream = StreamWriter::try_new(Vec::new(), &schema).unwrap();
        stream.write(batch).unwrap();
        [
            (PositionsForm::Parquet, parquet.into_inner().unwrap()),
            (PositionsForm::Arrow, file.into_inner().unwrap()),
            (PositionsForm::ArrowStream, stream.into_inner().unwrap()),
        ]
    }

    fn one(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
        let [(_, parquet), ..] = written(&RecordBatch::try_from_iter(columns).unwrap());
        parquet
    }

    fn names() -> (&'static str, ArrayRef) {
        ("symbol", Arc::new(StringArray::from(vec!["A", "B"])))
    }

    #[test]
    fn flags_and_short_floats_are_read() {
        let bytes = one(vec![
            names(),
            ("quantity", Arc::new(Float32Array::from(vec![0.1, -0.2]))),
            ("isolated", Arc::new(BooleanArray::from(vec![true, false]))),
        ]);
        let expected = |symbol, side, quantity: &str, mode| Position {
            quantity: Some(quantity.parse().unwrap()),
            margin_mode: Some(mode),
            ..Position::of(symbol, side)
        };
        assert_eq!(
            read::read(&bytes, None).unwrap().account.positions,
            [
                expected("A", Side::Long, "0.1", MarginMode::Isolated),
                expected("B", Side::Short, "0.2", MarginMode::Cross),
            ]
        );
    }

    #[test]
    fn a_cell_that_is_no_number_is_named_by_its_row() {
        for (value, words) in [
            (f64::NAN, "`NaN` is not a number"),
            (f64::NEG_INFINITY, "`-inf` is not a number"),
            (1e300, "has more than 24 digits"),
        ] {
            let bytes = one(vec![names(), ("quantity", Arc::new(Float64Array::from(vec![5.0, value])))]);
            let wrong = read::read(&bytes, None).unwrap_err();
            assert!(wrong.message().starts_with("row 2 column `quantity`: "), "{wrong}");
            assert!(wrong.message().contains(words) && wrong.message().len() < 400, "{wrong}");
        }
    }

    #[test]
    fn a_column_of_lists_is_an_error_where_it_is_needed() {
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)]), None]);
        let lists: ArrayRef = Arc::new(lists);
        let side: ArrayRef = Arc::new(StringArray::from(vec!["long", "short"]));
        let bytes = one(vec![names(), ("side", side.clone()), ("tags", lists.clone())]);
        assert_eq!(read::read(&bytes, None).unwrap().notices, ["column `tags` is not read"]);
        let bytes = one(vec![names(), ("side", side), ("quantity", lists)]);
        assert!(
            read::read(&bytes, None).unwrap_err().message().contains("column `quantity` has the type List")
        );
    }

    #[test]
    fn damaged_files_are_named() {
        let symbols: ArrayRef = Arc::new(StringArray::from(vec!["A"; 100]));
        let files =
            written(&RecordBatch::try_from_iter([("symbol", symbols.clone()), ("side", symbols)]).unwrap());
        for (form, bytes) in files {
            for end in [6, 8, bytes.len() / 2, bytes.len() - 1] {
                let wrong = read::read(&bytes[..end], Some(form)).unwrap_err();
                assert_eq!(wrong.exit_code(), 4, "{form:?} {end}: {wrong}");
            }
        }
    }

    #[test]
    fn a_file_of_columns_is_read_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("positions.parquet");
        let schema = Arc::new(Schema::new(vec![
            Field::new("symbol", DataType::Utf8, false),
            Field::new("qty", DataType::Int64, false),
        ]));
        let symbols: ArrayRef = Arc::new(StringArray::from(vec!["ACTUSDT"; 200_000]));
        let sizes: ArrayRef = Arc::new(arrow_array::Int64Array::from_iter_values(0..200_000));
        let batch = RecordBatch::try_new(schema.clone(), vec![symbols, sizes]).unwrap();
        let mut writer = ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), schema, None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let mut parts = Parts::open(&path, None).unwrap();
        let sizes: Vec<usize> = parts.by_ref().map(|part| part.unwrap().len()).collect();
        // The first is of size 0.
        assert_eq!((sizes.iter().sum::<usize>(), sizes.len()), (199_999, 25));
        assert!(sizes.iter().all(|size| *size <= 8_192));
        assert!(parts.notices().contains(&"1 closed position of size 0 is left out".to_string()));
    }
}
