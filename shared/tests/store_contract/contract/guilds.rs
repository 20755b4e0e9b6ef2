//! What concerns a guild as a whole: its settings, how far it was read, and what was asked in it.

use super::*;

pub(crate) async fn an_interaction_is_claimed_once_until_its_claim_runs_out<S: MessagesSide, M: MemorySide>(
    _: &S,
    memory: &M,
) {
    let (first, end) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T13:00:00Z"));
    let [one, other] = ["5", "6"].map(|id| id.parse().unwrap());
    assert_eq!(memory.claim(one, first, end).await, Ok(true));
    assert_eq!(memory.claim(one, end - SignedDuration::from_secs(1), end).await, Ok(false));
    assert_eq!(memory.claim(other, first, end).await, Ok(true));
    assert_eq!(memory.claim(one, end, at("2026-11-22T14:00:00Z")).await, Ok(true), "rule 3: expired, swept or not");
}

pub(crate) async fn settings_change_only_at_the_revision_that_was_seen<S: MessagesSide, M: MemorySide>(
    messages: &S,
    memory: &M,
) {
    let undecided = memory.settings(guild()).await.unwrap();
    assert_eq!(undecided, GuildSettings::default());
    let decided = GuildSettings {
        channels: ["7".parse().unwrap(), "8".parse().unwrap()].into(),
        teachers: Teachers::Oneself,
        viewers: Viewers::Anyone,
        retention_days: Some(14),
        ..undecided.clone()
    };
    memory.replace_settings(guild(), &decided).await.unwrap();
    assert_eq!(memory.replace_settings(guild(), &undecided).await, Err(StoreError::Conflict));
    let there = messages.settings(guild()).await.unwrap();
    assert_eq!(there, GuildSettings { revision: 1, ..decided.clone() });
    let again = GuildSettings { channels: BTreeSet::new(), retention_days: None, ..there };
    memory.replace_settings(guild(), &again).await.unwrap();
    assert_eq!(memory.replace_settings(guild(), &again).await, Err(StoreError::Conflict));
    assert_eq!(memory.settings(guild()).await.unwrap(), GuildSettings { revision: 2, ..again });
    assert_eq!(memory.settings("2".parse().unwrap()).await.unwrap(), undecided, "another guild");
}

pub(crate) async fn a_cursor_never_goes_back<S: MessagesSide, M: MemorySide>(messages: &S, _: &M) {
    let channel = |n: u64| ChannelId::try_from(n).unwrap();
    let at_id = |n: u64| Cursor { after: MessageId::try_from(n).unwrap(), ..Cursor::new(None, now(), 7) };
    let full = Cursor {
        parent: Some(channel(7)),
        complete_at: Some(MessageId::try_from(101).unwrap()),
        review: Some(Review { begun_at: now(), after: MessageId::try_from(50).unwrap() }),
        forbidden_until: Some(at("2026-11-21T12:00:00Z")),
        ..at_id(100)
    };
    for (n, cursor) in [(8, at_id(99)), (8, full.clone()), (8, at_id(9)), (9, at_id(1_000)), (10, at_id(5))] {
        messages.keep_cursor(guild(), channel(n), &cursor).await.unwrap();
    }
    messages.forget_cursor(guild(), channel(10)).await.unwrap();
    let expected = BTreeMap::from([(channel(8), full), (channel(9), at_id(1_000))]);
    assert_eq!(messages.cursors(guild()).await.unwrap(), expected);
    assert!(messages.cursors("2".parse().unwrap()).await.unwrap().is_empty(), "another guild");
}
