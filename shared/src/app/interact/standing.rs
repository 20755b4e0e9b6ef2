//! Whether somebody is a moderator: decided here, for every command and every list of choices (DESIGN rule 27).

use jiff::Timestamp;

use crate::{
    domain::{Invoker, KeptRoles},
    ports::{KeepRoles, ReadGuildRoles, StoreError},
};

/// What somebody is in a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Has Manage Guild in the whole guild.
    Moderator,
    /// Has not.
    Member,
    /// Discord does not say. What is for moderators is not for them.
    Unknown,
}

/// By the roles as they are kept, if they are fresh; else as Discord says them now, which is kept. Only where nobody can ask
/// Discord does the request's own word count.
pub(super) async fn standing<S: KeepRoles, D: ReadGuildRoles>(
    store: &S,
    discord: Option<&D>,
    invoker: &Invoker,
    now: Timestamp,
) -> Result<Standing, StoreError> {
    let kept = store.kept_roles(invoker.guild).await?.filter(|kept| kept.are_fresh(now));
    match (kept, discord) {
        (Some(kept), _) => Ok(of(invoker.is_moderator(&kept.roles))),
        (None, Some(discord)) => asked(store, discord, invoker, now).await,
        (None, None) => Ok(of(invoker.may_manage_here())),
    }
}

async fn asked<S: KeepRoles, D: ReadGuildRoles>(
    store: &S,
    discord: &D,
    invoker: &Invoker,
    now: Timestamp,
) -> Result<Standing, StoreError> {
    let guild = invoker.guild;
    match discord.roles(guild).await {
        Ok(roles) => {
            let is_moderator = invoker.is_moderator(&roles);
            store.keep_roles(guild, &KeptRoles { roles, read_at: now }).await?;
            Ok(of(is_moderator))
        }
        Err(error) => {
            tracing::warn!(event = "roles_unknown", %guild, "{error}");
            Ok(Standing::Unknown)
        }
    }
}

fn of(is_moderator: bool) -> Standing {
    if is_moderator { Standing::Moderator } else { Standing::Member }
}
