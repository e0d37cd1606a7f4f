//! Letters without size: an element may state none, and one in it a size again, as tables of e-mails do.

use super::elements;
use super::style;
use super::tokens::Tag;

/// The elements that state a size of letters and are open, from the outside to the inside.
#[derive(Default, Debug)]
pub struct Sizes {
    open: Vec<Size>,
}

#[derive(Debug)]
struct Size {
    name: String,
    /// How many of its name are open.
    count: usize,
    /// In how many tables it is.
    tables: usize,
    is_zero: bool,
}

impl Sizes {
    /// Whether text has no size here.
    pub fn are_zero(&self) -> bool {
        self.open.last().is_some_and(|size| size.is_zero)
    }

    /// Takes a start tag, in so many tables.
    pub fn open(&mut self, tag: &Tag, tables: usize) {
        if elements::is_void(&tag.name) {
            return;
        }
        self.leave_tables(tables);
        if let Some(last) = self.open.last_mut().filter(|last| last.name == tag.name && last.tables == tables)
        {
            // Where the end of a piece with a size is not certain, it ends early; one without size ends late.
            if last.is_zero || elements::needs_end(&tag.name) {
                last.count += 1;
            } else {
                self.open.pop();
            }
        }
        if let Some(is_zero) = tag.attribute("style").and_then(style::is_sizeless) {
            self.open.push(Size { name: tag.name.clone(), count: 1, tables, is_zero });
        }
    }

    /// Takes an end tag, in so many tables.
    pub fn close(&mut self, name: &str, tables: usize) {
        self.leave_tables(tables);
        if let Some(last) = self.open.last_mut().filter(|last| last.name == name && last.tables == tables) {
            last.count -= 1;
            if last.count == 0 {
                self.open.pop();
            }
        }
    }

    fn leave_tables(&mut self, tables: usize) {
        while self.open.pop_if(|last| last.tables > tables).is_some() {}
    }
}
