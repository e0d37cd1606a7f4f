//! What a document without any margin rule is about, as far as its title tells.

/// What a document without any margin rule is about.
///
/// ```
/// use tierbook::{FileOutcome, LoadInput, LoadOptions};
/// # let folder = tempfile::tempdir()?;
/// # let database = tierbook::Database::create(folder.path().join("db"))?;
/// let text = "# Updates on Tick Size\n\nFellow readers,\n\nTick sizes change.\n\n2026-05-05\n";
/// let report = database.writer()?.load(LoadInput::bytes("a.txt", text), LoadOptions::default())?;
/// let FileOutcome::NoRule(_, Some(topic)) = &report.files[0].outcome else { panic!() };
/// assert_eq!((topic.name(), topic.words()), ("tick_size", "a change of tick sizes"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OtherTopic(&'static Topic);

#[derive(PartialEq, Eq, Debug)]
struct Topic {
    name: &'static str,
    words: &'static str,
    /// Each alternative is made of words that the title contains all of, in small letters.
    titles: &'static [&'static [&'static str]],
}

/// The topics; the first that fits a title counts.
const TOPICS: [Topic; 15] = [
    Topic { name: "tick_size", words: "a change of tick sizes", titles: &[&["tick size"]] },
    Topic { name: "price_precision", words: "a change of price precision", titles: &[&["price precision"]] },
    Topic {
        name: "funding_rate",
        words: "a change of funding rates",
        titles: &[&["funding rate"], &["funding interval"]],
    },
    Topic {
        name: "index_price",
        words: "a change of index or mark prices",
        titles: &[&["index price"], &["price index"], &["mark price"]],
    },
    Topic {
        name: "minimum_amount",
        words: "a change of minimum amounts",
        titles: &[&["minimum notional"], &["minimum trade amount"], &["minimum order"]],
    },
    Topic {
        name: "multi_assets",
        words: "margin assets of futures accounts",
        titles: &[&["multi-assets"], &["margin asset"]],
    },
    Topic { name: "postponement", words: "a postponement of a spot listing", titles: &[&["postpone"]] },
    Topic {
        name: "margin_removal",
        words: "a removal of margin pairs",
        titles: &[&["removal", "margin"], &["margin will delist"], &["margin will remove"]],
    },
    Topic {
        name: "loans",
        words: "loans and their collateral",
        titles: &[&["loan", "collateral"], &["loan", "delist"], &["loan", "asset"], &["loanable"]],
    },
    Topic {
        name: "margin_addition",
        words: "an addition of margin pairs",
        titles: &[&["margin will add"], &["margin will list"], &["margin adds"]],
    },
    Topic {
        name: "product_addition",
        words: "an addition of products for an asset",
        titles: &[&["will add", "margin"], &["will add", "earn"], &["will add", "convert"]],
    },
    Topic {
        name: "token_swap",
        words: "a token swap",
        titles: &[
            &["token swap"],
            &["mainnet swap"],
            &["will support", "rebranding"],
            &["will support", "redenomination"],
            &["contract swap"],
        ],
    },
    Topic { name: "token_delisting", words: "a delisting of tokens", titles: &[&["will delist"]] },
    Topic { name: "spot_removal", words: "a removal of spot pairs", titles: &[&["removal", "spot"]] },
    Topic {
        name: "spot_listing",
        words: "a listing on the spot market",
        titles: &[&["will list"], &["new trading pairs"]],
    },
];

impl OtherTopic {
    /// What a title tells of its document; `None` where it tells nothing that is known.
    pub(crate) fn of_title(title: &str) -> Option<OtherTopic> {
        let lower = title.to_lowercase();
        let fits =
            |topic: &&Topic| topic.titles.iter().any(|words| words.iter().all(|word| lower.contains(word)));
        TOPICS.iter().find(fits).map(OtherTopic)
    }

    /// Its name in machine-readable reports.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        self.0.words
    }

    /// Whether documents on it can end or start contracts in some of their paragraphs, so that one which is cut
    /// off may have lost a rule.
    pub(crate) fn can_contain_rules(self) -> bool {
        matches!(self.0.name, "token_swap" | "token_delisting" | "product_addition" | "multi_assets")
    }
}
