//! The commands that run both as arguments of the program and at the prompt, each to its function.

use super::arguments::DatabaseCommand;
use super::session::Session;
use super::status::ExitStatus;
use super::{
    audit, database_status, export, feeds, head, impact, log, migrate, reconcile, recovery, replication,
    retract, salvage, saved_positions, verify,
};
use tierbook::render::aliases;

/// Runs one command.
pub fn run(session: &Session, command: &DatabaseCommand) -> ExitStatus {
    match command {
        DatabaseCommand::Load(arguments) => feeds::load(session, arguments),
        DatabaseCommand::Check(arguments) => feeds::check(session, arguments),
        DatabaseCommand::Retract(arguments) => retract::retract(session, arguments),
        DatabaseCommand::Unload(arguments) => retract::unload(session, arguments),
        DatabaseCommand::Supersede(arguments) => retract::supersede(session, arguments),
        DatabaseCommand::Reschedule(arguments) => retract::reschedule(session, arguments),
        DatabaseCommand::Correct(arguments) => retract::correct(session, arguments),
        DatabaseCommand::Undo(arguments) => retract::undo(session, arguments),
        DatabaseCommand::Log(arguments) => log::run(session, arguments),
        DatabaseCommand::Reconcile(arguments) => reconcile::run(session, arguments),
        DatabaseCommand::Audit(arguments) => audit::run(session, arguments),
        DatabaseCommand::Impact(arguments) => impact::run(session, arguments),
        DatabaseCommand::Positions(command) => saved_positions::run(session, command),
        DatabaseCommand::Export(arguments) => export::run(session, arguments),
        DatabaseCommand::Verify(arguments) => verify::run(session, arguments),
        DatabaseCommand::Migrate => migrate::run(session),
        DatabaseCommand::Backup(arguments) => recovery::backup(session, arguments),
        DatabaseCommand::Restore(arguments) => recovery::restore(session, arguments),
        DatabaseCommand::Salvage(arguments) => salvage::run(session, arguments),
        DatabaseCommand::Publish(arguments) => replication::publish(session, arguments),
        DatabaseCommand::Pull(arguments) => replication::pull(session, arguments),
        DatabaseCommand::Detach => replication::detach(session),
        DatabaseCommand::Witness(arguments) => replication::witness(session, arguments),
        DatabaseCommand::Rebuild => recovery::rebuild(session),
        DatabaseCommand::Status => database_status::run(session),
        DatabaseCommand::Head => head::run(session),
        DatabaseCommand::Aliases => {
            let style = session.console.answer_style();
            session.print(&aliases::text(&session.aliases, session.format, style));
            ExitStatus::OK
        }
    }
}
