//! Positions: what the rules, and announced changes of them, do to what an account holds.
//!
//! An [`Account`] is what the user states; nothing of it is stored in a database. [`Snapshot::impact`](crate::Snapshot::impact)
//! gives the figures of each position at a basis and after each announced change. docs/positions.md has the formulas and
//! their source.

mod account;
mod compared;
mod cross;
mod figures;
mod impact;
mod judged;
mod line;
mod notices;
mod own;
mod portfolio;
pub mod read;
mod rows;
mod shared;
mod size;
mod sizes;
mod stream;
mod sums;
mod table;
mod verdict;
mod what_if;

pub use crate::liquidation::Side;
pub use crate::query::rows::positions::{
    Absent, AccountFigures, AccountRow, Figures, PositionRow, PositionVerdict, SizeRow,
};
pub use account::{Account, Holding, MarginMode, Position};
pub use compared::Impact;
pub use read::{PositionsFile, PositionsForm};
pub use sizes::{SizeRange, into_rows};
pub use stream::Rest;
pub use what_if::{NewPrice, PriceChange};
