//! The arguments of `backup`, `restore` and `salvage`, for clap.

use std::path::PathBuf;

use clap::Args;

use tierbook::{Sha256, TxId};

/// The arguments of `backup`.
#[derive(Args, Debug)]
pub struct BackupArguments {
    /// The folder of the backup: a new one, or one with an older backup of this database
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// The arguments of `restore`.
#[derive(Args, Debug)]
pub struct RestoreArguments {
    /// The folder of the backup
    #[arg(value_name = "BACKUP")]
    pub backup: PathBuf,

    /// Also where there is a database: it is kept in a folder inside its own
    #[arg(long)]
    pub replace: bool,
}

/// The arguments of `salvage`.
#[derive(Args, Debug)]
pub struct SalvageArguments {
    /// The folder of the new database; it is made where it is missing
    #[arg(value_name = "TO")]
    pub to: PathBuf,

    /// A folder with a backup, or another copy of the journal: what cannot be read is taken from it; may be given
    /// several times
    #[arg(long, value_name = "BACKUP")]
    pub with: Vec<PathBuf>,

    /// The hash of a transaction, which was noted before; may be given several times
    #[arg(long, value_name = "TX=DIGITS", value_parser = stated_hash)]
    pub hash: Vec<(TxId, Sha256)>,

    /// Keep nothing after this transaction
    #[arg(long, value_name = "TX")]
    pub up_to: Option<u64>,
}

fn stated_hash(text: &str) -> Result<(TxId, Sha256), String> {
    let parsed = text.split_once('=').and_then(|(tx, digits)| {
        Some((TxId(tx.trim().parse().ok()?), Sha256::parse(&digits.trim().to_lowercase())?))
    });
    parsed.ok_or_else(|| {
        "give the number, `=`, and the 64 hexadecimal digits that `tierbook head` printed".to_string()
    })
}
