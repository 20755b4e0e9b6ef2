//! What somebody decided about what is kept of a person: `people` does it (DESIGN rules 20 and 41), and it is told here what
//! was done.

use super::deps::Deps;
use crate::{
    app::AppError,
    contract::{Decision, DeferredInteraction, ErrorType, Export, ExportFile, PeopleOp, PeopleRequest, PeopleResponse},
    domain::{Day, ReplyContent, ReplyFile, UserId},
    ports::{AskPeople, Clock},
};

/// The name of the file that somebody takes along.
const FILE: &str = "memory.json";
/// Bytes of it after which no further part is asked for. A part has about 3 MB, and Discord takes files of 10 MiB.
const MAX_BYTES: usize = 5_000_000;

/// Has it done, and tells what was. Whoever asks has checked that the asker may.
pub(super) async fn decided<S, M, F: AskPeople, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    decision: Decision,
    person: UserId,
    from: Option<Day>,
) -> Result<ReplyContent, AppError> {
    let (guild, language) = (interaction.guild_id, interaction.language);
    let op = match decision {
        Decision::OptOut => PeopleOp::OptOut,
        Decision::OptIn => PeopleOp::OptIn,
        Decision::Erase => PeopleOp::Erase,
        Decision::EndUnasked => PeopleOp::EndUnasked,
        Decision::Export => return export(deps, interaction, person, from).await,
    };
    match deps.functions.people(&PeopleRequest::new(guild, person, op)).await? {
        PeopleResponse::Consent { opted_out: true, erased, .. } => {
            Ok(language.opted_out_now(&erased.unwrap_or_default()).into())
        }
        PeopleResponse::Consent { opted_out: false, changed, .. } => Ok(language.opted_in_now(changed).into()),
        PeopleResponse::Erased(erased) if decision == Decision::EndUnasked => {
            Ok(language.unasked_ended(&erased).into())
        }
        PeopleResponse::Erased(erased) => Ok(language.erased_now(person, &erased).into()),
        _ => Err(unexpected()),
    }
}

/// All that is kept in one file, or as much as fits into one, and where the rest begins.
async fn export<S, M, F: AskPeople, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    person: UserId,
    from: Option<Day>,
) -> Result<ReplyContent, AppError> {
    let guild = interaction.guild_id;
    let mut whole: Option<Export> = None;
    loop {
        let from = whole.as_ref().map_or(from, |whole| whole.next);
        let request = PeopleRequest { from, ..PeopleRequest::new(guild, person, PeopleOp::Export) };
        let PeopleResponse::Exported(part) = deps.functions.people(&request).await? else { return Err(unexpected()) };
        let export = match whole.take() {
            Some(earlier) => earlier.followed_by(*part),
            None => *part,
        };
        let next = export.next;
        let file = ExportFile { guild_id: guild, user_id: person, exported_at: deps.clock.now(), export };
        let text = serde_json::to_string_pretty(&file).map_err(|_| unexpected())?;
        if next.is_none() || text.len() >= MAX_BYTES {
            let files = vec![ReplyFile { name: FILE.to_owned(), text }];
            return Ok(ReplyContent { files, ..ReplyContent::from(interaction.language.exported(next)) });
        }
        whole = Some(file.export);
    }
}

fn unexpected() -> AppError {
    AppError::new(ErrorType::Internal, "people answered something else than it was asked")
}
