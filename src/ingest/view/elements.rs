//! The elements of HTML, by what they do to the text in them.

/// Elements that start and end a line.
const BLOCKS: &str = "\
    address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset \
    figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav \
    ol optgroup option p pre search section summary table tbody td textarea tfoot th thead tr ul";

/// Elements within a line.
const INLINE: &str = "\
    a abbr acronym area b base basefont bdi bdo big blink button cite code col colgroup data del dfn em \
    embed font frame frameset i img input ins kbd label link map mark marquee meta meter nobr output \
    param picture progress q rp rt ruby s samp slot small source span strike strong sub sup time title \
    track tt u var wbr";

/// Elements whose text is not part of an announcement: programs, pictures, controls, and what a site puts
/// around its articles.
const OUTSIDE_ARTICLE: &str = "\
    aside audio canvas datalist footer iframe math nav noembed noframes noscript object script select \
    style svg template video";

/// Elements that have no end tag, or no text of their own.
const VOID: &str = "\
    area base basefont br col colgroup embed frame head hr img input link meta param source track wbr";

/// Elements that may end without an end tag.
const OPEN_ENDED: &str = "body dd dt html li optgroup option p tbody td tfoot th thead tr";

/// Parts of a table that may end without an end tag.
const PARTS_OF_TABLE: &str = "tbody td tfoot th thead tr";

/// Elements in which the end tag of an element around them means nothing.
const SCOPES: &str = "applet button marquee math object select svg table template";

/// Elements whose text is struck out.
const STRUCK: &str = "del s strike";

/// Whether a name, in small letters, is that of an element; `<Position` in a table is not one.
pub fn is_element(name: &str) -> bool {
    is_block(name) || is_outside_article(name) || is_in(INLINE, name) || name.contains(['-', ':'])
}

/// Whether an element starts and ends a line.
pub fn is_block(name: &str) -> bool {
    is_in(BLOCKS, name)
}

/// Whether the text in an element is not part of an announcement.
pub fn is_outside_article(name: &str) -> bool {
    is_in(OUTSIDE_ARTICLE, name)
}

/// Whether an element has no end tag, or no text of its own.
pub fn is_void(name: &str) -> bool {
    is_in(VOID, name)
}

/// Whether an element ends at its end tag only.
pub fn needs_end(name: &str) -> bool {
    !is_in(OPEN_ENDED, name) && !is_void(name)
}

/// Whether the text in an element is struck out.
pub fn is_struck(name: &str) -> bool {
    is_in(STRUCK, name)
}

/// Whether the end tag of an element around this one means nothing in it.
pub fn is_scope(name: &str) -> bool {
    is_in(SCOPES, name)
}

/// Whether an element is a part of a table that may end without an end tag.
pub fn is_part_of_table(name: &str) -> bool {
    is_in(PARTS_OF_TABLE, name)
}

/// Whether the end tag of an element ends a part of a table in it.
pub fn holds(outer: &str, part: &str) -> bool {
    match outer {
        "table" => true,
        "tbody" | "tfoot" | "thead" => matches!(part, "tr" | "td" | "th"),
        "tr" => matches!(part, "td" | "th"),
        _ => false,
    }
}

/// Whether a start tag may end an element without an end tag that is open.
pub fn may_end(open: &str, start: &str) -> bool {
    match open {
        "p" => is_block(start) && start != "br",
        "li" => start == "li",
        "dd" | "dt" => matches!(start, "dd" | "dt"),
        "optgroup" | "option" => matches!(start, "optgroup" | "option"),
        "td" | "th" => is_in(PARTS_OF_TABLE, start) || matches!(start, "caption" | "col" | "colgroup"),
        "tr" | "tbody" | "tfoot" | "thead" => start == open || ends_rows(start, open),
        _ => false,
    }
}

/// Whether a start tag in a table ends a row or a group that is open.
fn ends_rows(start: &str, open: &str) -> bool {
    let is_group = matches!(start, "tbody" | "tfoot" | "thead" | "caption" | "col" | "colgroup");
    is_group && is_in(PARTS_OF_TABLE, open)
}

fn is_in(names: &str, name: &str) -> bool {
    !name.is_empty() && names.split(' ').any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_table_after_a_sign_is_no_element() {
        assert!(is_element("td") && is_element("o:p") && is_element("my-row") && is_element("script"));
        assert!(!is_element("position") && !is_element("notional"));
    }

    #[test]
    fn a_row_ends_a_row_and_a_cell_and_no_cell_ends_a_row() {
        assert!(may_end("tr", "tr") && may_end("td", "tr") && may_end("tr", "tbody") && may_end("td", "th"));
        assert!(!may_end("tr", "td") && !may_end("tbody", "tr") && !may_end("div", "div"));
    }
}
