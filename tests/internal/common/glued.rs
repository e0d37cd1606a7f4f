//! Tables as a person writes them, and glued as announcements print them.
#![allow(dead_code)]

/// The columns of a table of tiers with both sides.
pub const TIER_COLUMNS: &str = "
    Previous Leverage and Margin Tiers | New Leverage and Margin Tiers
    Leverage Before Change | Position Before Change (Notional Value in USDT) | Maintenance Margin Rate Before Change \
    | Leverage After Change | Position After Change (Notional Value in USDT) | Maintenance Margin Rate After Change
";

/// Rows for these columns that violate no invariant.
pub const TIER_ROWS: &str = "
    2 - 5x | 0 < Position ≤ 7,500 | 10.00% | 2 - 5x | 0 < Position ≤ 5,000 | 10.00%
    1x | 7,500 < Position ≤ 15,000 | 50.00% | 1x | 5,000 < Position ≤ 10,000 | 50.00%
";

/// The columns of a table of flat ratios.
pub const FLAT_COLUMNS: &str = "Assets | Collateral Ratio (Before) | Collateral Ratio (After)\n";

/// The columns of a table of tiered ratios.
pub const PRO_COLUMNS: &str = "
    Asset (PM Pro) | Before | After
    Rank | Floor(USD) | Cap(USD) | Collateral Ratio | Rank | Floor(USD) | Cap(USD) | Collateral Ratio
";

/// The cells of a table with a line for each row and `|` between its cells, with nothing between them: as
/// announcements print them.
pub fn glued(table: &str) -> String {
    table.split(['|', '\n']).map(str::trim).collect()
}

/// A table of tiers with these rows.
pub fn tier_table(rows: &str) -> String {
    glued(TIER_COLUMNS) + &glued(rows)
}
