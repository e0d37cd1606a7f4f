//! What should be known of how a file was read, in words: notices, which stop nothing.

/// Times without a zone.
pub fn without_zone(column: &str) -> String {
    format!("the times of column `{column}` have no zone and were read as UTC (--zone names another)")
}

/// A column of answers whose name the file has too.
pub fn renamed(column: &str) -> String {
    format!("the file has a column of that name already: the answers are in `{column}`")
}

/// A column that was taken for its name, which may mean something else; `sure` and `other` say how to choose.
pub fn guessed_notional(column: &str, is_of_assets: bool, (sure, other): (&str, &str)) -> String {
    let what = match is_of_assets {
        true => "the amount of the asset",
        false => "the notional in the currency of the contract, not as a quantity",
    };
    format!("the column `{column}` is taken as {what} (say so by {sure}, or name another by {other})")
}

/// A column that is named and that no measure needs.
pub fn unused(option: &str, column: &str) -> String {
    format!("`{option} {column}` is not used: no measure that is asked needs it")
}

/// Rows that may be answered by what was not known at their time; `known` and `all` say how to choose.
pub fn unbounded(known: &str, all: &str) -> String {
    format!(
        "answers may use what was published after the time of a row (for a backtest: {known}; where it is meant: {all})"
    )
}
