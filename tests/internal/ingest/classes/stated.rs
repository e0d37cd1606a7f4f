//! What the shared texts state, as read by hand.

/// The tiers of the classes; the three texts print the same.
const CLASSES: [(u32, &str); 5] = [
    (
        6,
        "0-800,000:100.00 800,000-1,200,000:95.00 1,200,000-2,000,000:85.00 2,000,000-2,500,000:50.00 \
         2,500,000-4,000,000:20.00 4,000,000-6,000,000:10.00 6,000,000-100,000,000,000:0.00",
    ),
    (
        7,
        "0-200,000:100.00 200,000-400,000:80.00 400,000-800,000:70.00 800,000-1,000,000:50.00 \
         1,000,000-3,000,000:20.00 3,000,000-4,000,000:10.00 4,000,000-100,000,000,000:0.00",
    ),
    (
        8,
        "0-100,000:100.00 100,000-250,000:80.00 250,000-500,000:60.00 500,000-700,000:30.00 \
         700,000-1,000,000:10.00 1,000,000-100,000,000,000:0.00",
    ),
    (
        9,
        "0-100,000:100.00 100,000-150,000:80.00 150,000-200,000:60.00 200,000-400,000:30.00 \
         400,000-600,000:10.00 600,000-100,000,000,000:0.00",
    ),
    (10, "0-100,000:100.00 100,000-100,000,000,000:0.00"),
];

/// Assets by time and classes.
type Lists = &'static [(&'static str, u32, u32, &'static str)];

const AUGUST: Lists = &[
    ("2025-08-15T06:00:00Z", 6, 7, "ENA"),
    ("2025-08-15T06:00:00Z", 9, 10, "JUV BAR ACM RIF NMR CITY DCR ONT ATM GNS OSMO SANTOS"),
    ("2025-08-22T06:00:00Z", 9, 10, "DATA UTK STORJ PIVX GTC SYS ALCX PORTO MTL GHST IQ QKC REQ BNT"),
];

const OCTOBER: Lists = &[
    ("2025-11-07T06:00:00Z", 5, 6, "WIF"),
    ("2025-11-07T06:00:00Z", 6, 8, "JTO OP NEO"),
    ("2025-11-07T06:00:00Z", 7, 8, "CFX RAY ALGO TIA POL W LDO"),
    ("2025-11-07T06:00:00Z", 7, 9, "A DYDX RUNE ORDI STX"),
    (
        "2025-11-07T06:00:00Z",
        9,
        10,
        "1000CHEEMS ACE ACX CHR CTK DGB DUSK ENJ FIO FLUX FORTH GLMR GUN HEI HOT ILV LRC ME MOVR OGN ONG POLYX QTUM RAD \
         RDNT RLC RPL RVN SXP ZIL",
    ),
    ("2025-11-14T06:00:00Z", 7, 9, "VET NEIRO"),
    ("2025-11-14T06:00:00Z", 8, 9, "LUNC GMT GRT C98 PEOPLE MEME IO BOME ARKM ZEN STRK"),
    ("2025-11-14T06:00:00Z", 8, 10, "FLOW CKB WIN G LQTY TNSR MASK"),
    (
        "2025-11-14T06:00:00Z",
        9,
        10,
        "ACA AMP AUCTION BAND BAT BICO DEGO NEWT NEXO NIL PARTI PYR SCR TLM TOWNS YFI ZRX",
    ),
];

const JANUARY: Lists = &[
    ("2026-01-12T06:00:00Z", 6, 7, "ARB"),
    ("2026-01-12T06:00:00Z", 4, 5, "ADA"),
    ("2026-01-12T06:00:00Z", 8, 9, "CFX"),
    ("2026-01-12T06:00:00Z", 7, 6, "TRX"),
    ("2026-01-12T06:00:00Z", 8, 7, "ASTER ZEC"),
    ("2026-01-12T06:00:00Z", 9, 8, "XPL"),
];

/// The lines of a text: its lists, and its classes from `first` on.
fn lines(lists: Lists, first: u32) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, old, new, names) in lists {
        for name in names.split_whitespace() {
            lines.push(format!("cross:{name} {at} within 30 min {new}"));
            lines.push(format!("cross:{name} before {at} {old}"));
        }
    }
    let classes = CLASSES.iter().filter(|(number, _)| *number >= first);
    lines.extend(classes.map(|(number, tiers)| format!("cross:class-{number} seen {tiers}")));
    lines.sort();
    lines
}

/// The stamp of each text, and its lines.
pub fn all() -> Vec<(&'static str, Vec<String>)> {
    let futures = [
        "pm-pro:RWUSD seen 0-1,200,000:99.9 1,200,000-2,000,000:97.5 2,000,000--:0",
        "pm:RWUSD seen 0-:99.9",
    ];
    vec![
        ("20250808T060003Z", lines(AUGUST, 6)),
        ("20251031T050003Z", lines(OCTOBER, 6)),
        ("20260108T050003Z", lines(JANUARY, 8)),
        ("20251111T030008Z", futures.map(str::to_string).to_vec()),
    ]
}
