//! The corpus of queries: right ones with their answers, wrong ones with the mistake as drawn.

use super::console::check_corpus;
use super::tool::{Tool, root};

#[test]
fn every_query_of_the_corpus_prints_what_stands_below_it() {
    let tool = Tool::seeded();
    assert!(check_corpus(&root().join("tests/corpus/answers.txt"), &tool) >= 40);
}

#[test]
fn every_mistake_of_the_corpus_is_drawn_as_it_stands_below_it() {
    let tool = Tool::seeded();
    assert!(check_corpus(&root().join("tests/corpus/mistakes.txt"), &tool) >= 50);
}
