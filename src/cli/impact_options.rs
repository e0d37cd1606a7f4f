//! The arguments of `impact` and `positions`, for clap.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What follows the options of `impact`.
pub const AFTER_HELP: &str = "\
Example:
  tierbook impact seed/account.csv --as-of 2026-02-05
  tierbook impact account.json --if announcement.txt --price 'BTCUSDT=-20%'

A file by hand:
  symbol,side,quantity,entry_price,mark_price,leverage,margin_mode,isolated_margin
  ACTUSDT,long,3000000,0.0201,0.02,5,isolated,12000
  IPUSDT,short,1000000,2.05,2,5,cross,

Columns (a missing one leaves out the figures that need it, which are named):
  symbol           ACTUSDT, ACT/USDT:USDT
  side             long or short; else the sign of the size
  quantity         units of the base, or contracts of contract_size
  mark_price       what the exchange values the quantity at
  notional         in place of both: the size in the currency of the table
  leverage         the leverage that is set: 5 or 5x
  entry_price, margin_mode     for the liquidation price: isolated or cross
  isolated_margin  the wallet of an isolated position, without profit
  wallet_balance   that of the cross positions, or --wallet USDT=25000

Saved replies of positionRisk and account, and fetchPositions of ccxt as JSON, are read as they are.
What is announced must be loaded (tierbook load FILE), or be given by --if.
Exit codes: 5 a change affects a position, 0 none does.";

/// The arguments of `impact`.
#[derive(Args, Debug)]
pub struct ImpactArguments {
    /// The positions: CSV, JSON, JSON lines, TOML, Parquet or Arrow, or an account reply of the exchange or ccxt; `-` for
    /// standard input; or the name of a saved set
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The time that counts as now [default: now]
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    pub as_of: Option<String>,

    /// Only what was published by then [default: everything that is recorded]
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    pub known_at: Option<String>,

    /// Only what was recorded by then
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    pub recorded_by: Option<String>,

    /// Compare with the rules of this time, instead of with each announced change
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    pub vs: Option<String>,

    /// Compare with what was published by this time
    #[arg(long, value_name = "TIME", help_heading = "Times")]
    pub vs_known_at: Option<String>,

    /// Compare with the database as it would be with this announcement, which is not loaded; may be given several times
    #[arg(long = "if", value_name = "FILE", help_heading = "What if", conflicts_with_all = ["vs", "vs_known_at", "recorded_by"])]
    pub with: Vec<PathBuf>,

    /// Positions so many times as large: 2x, 0.5x
    #[arg(long, value_name = "FACTOR", help_heading = "What if")]
    pub scale: Option<String>,

    /// Another mark price: BTCUSDT=60000, BTCUSDT=-20%, '*=-20%'; may be given several times
    #[arg(long, value_name = "NAME=PRICE", help_heading = "What if", allow_hyphen_values = true)]
    pub price: Vec<String>,

    /// The wallet of the cross positions in a currency, without profit, where the file has none or another:
    /// USDT=25000; may be given several times
    #[arg(long, value_name = "NAME=AMOUNT", help_heading = "What if")]
    pub wallet: Vec<String>,

    /// Show the margins of each position, and how far the price may move, at sizes from this range: 10k..1m
    #[arg(long, value_name = "FROM..TO", help_heading = "What if", conflicts_with_all = ["vs", "vs_known_at", "with", "watch", "scale", "price", "wallet"])]
    pub sizes: Option<String>,

    /// Load what arrives in this folder, and report each position that it affects, until Ctrl-C
    #[arg(long, value_name = "DIR", help_heading = "Watching", conflicts_with_all = ["as_of", "known_at", "recorded_by", "vs", "vs_known_at", "with"])]
    pub watch: Option<PathBuf>,

    /// Run this command of the shell with the rows of affected positions, JSON lines, as its input
    #[arg(long, value_name = "COMMAND", help_heading = "Watching", requires = "watch")]
    pub exec: Option<String>,
}

/// What `positions` does.
#[derive(Subcommand, Debug)]
pub enum PositionsCommand {
    /// Save positions under a name, beside the configuration; never in a database
    #[command(after_help = "Example:\n  tierbook positions save mine docs/examples/account.toml")]
    Save {
        /// The name
        #[arg(value_name = "NAME")]
        name: String,
        /// The positions, as for `impact`
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// List the saved sets
    List,
    /// Print a saved set as it was saved
    Show {
        /// The name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Remove a saved set
    Remove {
        /// The name
        #[arg(value_name = "NAME")]
        name: String,
    },
}
