//! stub
use super::account::Account;
use crate::error::Result;
use std::path::Path;
/// stub
#[derive(Clone, Debug)]
pub struct PositionsFile {
    /// stub
    pub account: Account,
    /// stub
    pub notices: Vec<String>,
}
impl PositionsFile {
    /// stub
    #[allow(clippy::all)]
    pub fn read(_bytes: &[u8], _path: &Path) -> Result<PositionsFile> {
        use super::account::Position;
        use crate::liquidation::Side;
        let p = |s: &str, side, n: u32| Position {
            notional: Some(n.into()),
            leverage: Some(5),
            ..Position::of(s, side)
        };
        Ok(PositionsFile {
            account: Account {
                positions: vec![p("ACTUSDT", Side::Long, 60_000), p("IPUSDT", Side::Short, 2_000_000)],
                ..Account::default()
            },
            notices: Vec::new(),
        })
    }
}
