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

/// Elements that may end without an end tag, or that have none.
const OPEN_ENDED: &str = "\
    area base body br col colgroup dd dt embed frame head hr html img input li link meta optgroup option \
    p param source tbody td tfoot th thead tr track wbr";

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

/// Whether an element must have an end tag.
pub fn is_closed(name: &str) -> bool {
    !is_in(OPEN_ENDED, name)
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
}
