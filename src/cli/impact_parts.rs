//! `impact` for files of any length: as one account where the positions fit into memory, else part by part.

use super::session::Session;
use tierbook::positions::read::Parts;
use tierbook::positions::{Account, Position, PositionRow};
use tierbook::render::{AnswerWriter, Format};
use tierbook::text::counted;
use tierbook::{At, Error, Row, Snapshot, limits};

/// The positions of a command.
pub enum Positions {
    /// All, with what belongs to them.
    Account(Account),
    /// Those that were read, and the rest.
    Parts(Vec<Position>, Box<Parts>),
}

/// Reads positions until all are there, or there are too many.
///
/// # Errors
/// They cannot be read.
pub fn read(session: &Session, mut parts: Parts) -> Result<Positions, Error> {
    let mut positions = Vec::new();
    while let Some(part) = parts.next() {
        positions.extend(part?);
        if positions.len() > limits::POSITIONS {
            return Ok(Positions::Parts(positions, Box::new(parts)));
        }
    }
    session.notices(&parts.notices());
    let (wallet_balances, collateral) = parts.into_assets();
    Ok(Positions::Account(Account { positions, wallet_balances, collateral }))
}

/// Judges positions part by part, and prints each row once it is known; for people only those that are affected, and of
/// those not too many. Whether one is affected is the answer.
///
/// # Errors
/// The positions cannot be read or judged.
pub fn run(
    session: &Session,
    snapshot: &Snapshot,
    (first, parts): (Vec<Position>, Box<Parts>),
    at: At,
    change: &dyn Fn(Position) -> Result<Position, Error>,
) -> Result<bool, Error> {
    let is_for_people = session.format == Format::Table;
    if !is_for_people {
        let count = counted(limits::POSITIONS as u64, "position");
        session.notices(&[format!("there are more than {count}: the rows are in the order of the file")]);
    }
    let mut writer = AnswerWriter::of_one(session.format, session.console.answer_style());
    let (mut affected, mut shown) = (0_u64, 0);
    let mut take = |row: PositionRow| {
        affected += u64::from(row.is_affected);
        if !is_for_people || (row.is_affected && shown < limits::IMPACT_SHOWN) {
            shown += 1;
            session.console.print(&writer.row(Row::Position(Box::new(row))));
        }
        Ok(())
    };
    let all = std::iter::once(Ok(first)).chain(parts);
    let changed = all.map(|part| part?.into_iter().map(change).collect::<Result<Vec<_>, Error>>());
    let shared = snapshot.impact_in_parts(&Account::default(), changed, at, &mut take)?;
    let is_affected = shared.is_affected();
    for row in shared.positions {
        take(row)?;
    }
    let accounts = shared.accounts.into_iter().map(|row| writer.row(Row::Account(Box::new(row))));
    let rest: String = accounts.collect();
    session.console.print(&(rest + &writer.end_of_answer()));
    session.console.print(writer.end());
    session.console.message(&format!("{} affected\n", counted(affected, "position")));
    Ok(is_affected || affected > 0)
}
