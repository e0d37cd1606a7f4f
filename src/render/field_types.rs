//! The types of the fields of rows, as the JSON contract has them (docs/formats.md).
//!
//! They are declared by name and never guessed from a value, so that the same question always has the same columns.
//! What is not declared is text.

/// What a field contains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldType {
    /// An amount in a currency, or a value in any unit.
    Amount,
    /// A fraction.
    Rate,
    /// A probability in two decimals.
    Holds,
    /// A whole number.
    Whole,
    /// An instant.
    Time,
    /// True or false.
    Flag,
    /// Words, names, and lists and objects as JSON.
    Text,
}

const TYPES: [(FieldType, &[&str]); 6] = [
    (
        FieldType::Amount,
        &[
            "value",
            "floor",
            "cap",
            "maintenance_amount",
            "over",
            "up_to",
            "value_over",
            "value_up_to",
            "certainty.other",
            "used",
            "right",
            "right_before",
            "known_then",
            "difference",
            "quantity",
            "entry_price",
            "mark_price",
            "notional",
            "maintenance_margin",
            "initial_margin",
            "max_position",
            "limit",
            "room",
            "room_ratio",
            "unrealized_profit",
            "liquidation_price",
            "liquidation_distance",
            "margin_balance",
            "margin_ratio",
            "uni_mmr",
            "maintenance_change",
            "size",
            "entry",
            "margin",
        ],
    ),
    (FieldType::Rate, &["mmr", "ratio", "rate"]),
    (FieldType::Holds, &["holds"]),
    (
        FieldType::Whole,
        &[
            "number",
            "position",
            "positions",
            "tier",
            "leverage",
            "line",
            "in_force_tx",
            "min_leverage",
            "max_leverage",
            "rank",
            "class",
            "tx",
            "state_tx",
            "undone_by",
            "version",
            "statement_number",
            "statements",
            "findings",
            "rollout_seconds",
            "notice_seconds",
            "changes",
            "tightened",
            "loosened",
            "mixed",
            "no_effect",
            "shortest_notice_seconds",
            "median_notice_seconds",
            "longest_notice_seconds",
            "retroactive",
            "unseen",
            "not_carried_out",
            "carried_out_otherwise",
        ],
    ),
    (
        FieldType::Time,
        &[
            "as_of",
            "change_at",
            "known_at",
            "recorded_by",
            "in_force_since",
            "seen_since",
            "changed_after",
            "last_confirmed_at",
            "next_change_at",
            "certainty.until",
            "certainty.after",
            "certainty.by",
            "published_at",
            "recorded_at",
            "valid_at",
            "postponed_from",
            "postponed_to",
            "first_at",
            "last_at",
            "seen_at",
            "from",
            "until",
            "after",
            "rolled_out_at",
            "certain_until",
            "valid_from",
            "valid_until",
            "known_from",
            "known_until",
            "effective_at",
            "time",
            "in_force_from",
            "in_force_published_at",
        ],
    ),
    (FieldType::Flag, &["has_rule", "affected", "is_cap"]),
];

/// The fields beside which `after` is an instant; elsewhere it is one of two sides.
const AFTER_A_TIME: [&str; 2] = ["effective_at", "against"];

/// The type of a field, by its name with dots; `has` tells whether its row has another field.
pub fn field_type(name: &str, has: impl Fn(&str) -> bool) -> FieldType {
    if name == "after" && !AFTER_A_TIME.into_iter().any(has) {
        return FieldType::Text;
    }
    // The figures of a position have the type that they have alone, now and then.
    let name = name.strip_prefix("now.").or(name.strip_prefix("then.")).unwrap_or(name);
    let declared = |name: &str| TYPES.iter().find(|(_, names)| names.contains(&name)).map(|(kind, _)| *kind);
    // The parts of a tier and of a source have the type that they have alone.
    let part = name.split_once('.').filter(|(outer, _)| *outer != "certainty").map(|(_, part)| part);
    declared(name).or_else(|| declared(part?)).unwrap_or(FieldType::Text)
}
