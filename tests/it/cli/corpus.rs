//! The corpus of queries: right ones with their answers, wrong ones with the error as drawn.

use super::console::check_corpus;
use super::tool::{Tool, root};

/// A database with the seed, and a configuration with the aliases of the corpus.
fn tool() -> Tool {
    let tool = Tool::seeded();
    let folder = tool.dir().with_file_name(".config").join("tierbook");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(root().join("tests/corpus/config.toml"), folder.join("config.toml")).unwrap();
    tool
}

#[test]
fn every_query_of_the_corpus_prints_the_output_below_it() {
    assert!(check_corpus(&root().join("tests/corpus/answers.txt"), &tool()) >= 60);
}

#[test]
fn every_error_of_the_corpus_is_drawn_as_recorded_below_it() {
    for file in ["syntax.txt", "meaning.txt"] {
        assert!(check_corpus(&root().join("tests/corpus").join(file), &tool()) >= 80, "{file}");
    }
}
