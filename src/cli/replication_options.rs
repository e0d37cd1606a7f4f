//! The arguments of `publish`, `pull` and `witness`, for clap.

use std::path::PathBuf;

use clap::Args;

/// The arguments of `publish`.
#[derive(Args, Debug)]
pub struct PublishArguments {
    /// The folder: a new one, or one where this database is published already
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// The arguments of `pull`.
#[derive(Args, Debug)]
pub struct PullArguments {
    /// The folder or the address of a publication [default: the one of the last time]
    #[arg(value_name = "ORIGIN")]
    pub origin: Option<String>,

    /// Go on with what is published from then on, until Ctrl-C
    #[arg(long)]
    pub follow: bool,

    /// How often to look, where the origin does not wait for something new by itself
    #[arg(long, value_name = "SECONDS", default_value = "0.5", value_parser = seconds, requires = "follow")]
    pub every: f64,

    #[command(flatten)]
    pub asking: AskingOptions,
}

/// The arguments of `witness`.
#[derive(Args, Debug)]
pub struct WitnessArguments {
    /// The folder or the address of a publication
    #[arg(value_name = "ORIGIN")]
    pub origin: String,

    /// The file of the heads that were seen, a line each; it is made where it is missing
    #[arg(long, value_name = "FILE")]
    pub log: PathBuf,

    /// Go on looking, until Ctrl-C
    #[arg(long)]
    pub follow: bool,

    /// How often to look
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds, requires = "follow")]
    pub every: f64,

    #[command(flatten)]
    pub asking: AskingOptions,
}

/// How an origin is asked.
#[derive(Args, Debug)]
pub struct AskingOptions {
    /// How long an answer of the origin may take
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub timeout: f64,

    /// A file with the token that the origin asks for, in its first line
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// A file of certificates, in PEM, of the authorities that are trusted instead of the usual ones
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds: &f64| (0.05..=86_400.0).contains(seconds));
    seconds.ok_or_else(|| "give seconds, from 0.05 to 86400".to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;
    use tierbook::limits;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        asking: AskingOptions,
    }

    #[test]
    fn an_origin_has_the_same_time_in_the_program_as_in_the_library() {
        let Command { asking } = Command::parse_from(["pull"]);
        assert_eq!(Duration::from_secs_f64(asking.timeout), Duration::from_secs(limits::ORIGIN_SECONDS));
    }
}
