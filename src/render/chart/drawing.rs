//! A drawing of either kind: curves of a measure, or areas of whole tables.

use super::areas::Areas;
use super::picture::{Caption, Picture};

/// What is to be drawn.
pub enum Drawing {
    /// A measure over the notional or over valid time.
    Curves(Picture),
    /// Tables over valid time.
    Areas(Areas),
}

impl Drawing {
    /// What is drawn, of whom.
    pub fn title(&self) -> &str {
        match self {
            Drawing::Curves(picture) => &picture.title,
            Drawing::Areas(areas) => &areas.title,
        }
    }

    /// What the axes are, and how they are scaled.
    #[cfg(feature = "server")]
    pub fn axes(&self) -> &str {
        match self {
            Drawing::Curves(picture) => &picture.axes,
            Drawing::Areas(areas) => &areas.axes,
        }
    }

    /// The lines below it.
    pub fn captions(&self) -> &[Caption] {
        match self {
            Drawing::Curves(picture) => &picture.captions,
            Drawing::Areas(areas) => &areas.captions,
        }
    }
}
