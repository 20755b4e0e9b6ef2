//! What came of the chunks of a day.

use std::collections::BTreeMap;

use guild_memory::{
    domain::{
        ChunkOutcome, KeptChunk, Usage,
        batch::Change,
        prompt::{ChunkSize, KeptCut, Soon},
    },
    ports::{LeaseOn, StoreError},
};

use super::{
    fixtures::{LONG, apply, day, expiry, guild, lease, message, now, owner, user},
    sides::{MemorySide, MessagesSide},
};

fn kept(outcome: ChunkOutcome) -> KeptChunk {
    let usage = Usage {
        prompt_tokens: 400,
        cached_tokens: 300,
        output_tokens: 12,
        thought_tokens: 7,
        calls: 2,
        retries: 1,
        failures: 1,
        hedges: 1,
    };
    KeptChunk { outcome, usage, kept_at: now() }
}

fn summarized(text: &str) -> KeptChunk {
    let texts = BTreeMap::from([(user(10), text.to_owned()), (user(11), "Ben slept.".to_owned())]);
    kept(ChunkOutcome::Summarized { texts, model: "gemini:a".to_owned() })
}

pub(crate) async fn rule_15_a_chunk_is_kept_under_its_hash(messages: &impl MessagesSide, memory: &impl MemorySide) {
    apply(messages, &[Change::Store(message(1, "hi"))], expiry()).await.unwrap();
    assert!(memory.acquire(guild(), &LeaseOn::Day(day()), &lease(1, LONG), now()).await.unwrap());
    let chunks = [
        summarized("Ann sailed."),
        kept(ChunkOutcome::Blocked { messages: 3 }),
        kept(ChunkOutcome::Split { blocked: true }),
    ];
    for (n, chunk) in chunks.iter().enumerate() {
        memory.keep_chunk(guild(), day(), &format!("hash {n}"), chunk, 1, &owner(1)).await.unwrap();
    }
    for (n, chunk) in chunks.iter().enumerate() {
        let found = memory.kept_chunk(guild(), day(), &format!("hash {n}")).await.unwrap();
        assert!(found.as_ref() == Some(chunk), "{n}: {found:?}");
    }
    assert!(memory.kept_chunk(guild(), day(), "another").await.unwrap().is_none());
    assert!(memory.kept_chunk(guild(), day().days_before(1), "hash 0").await.unwrap().is_none());
}

pub(crate) async fn rule_33_how_a_day_is_cut_is_kept(_: &impl MessagesSide, memory: &impl MemorySide) {
    assert!(memory.kept_cut(guild(), day()).await.unwrap().is_empty());
    let soon = [Soon::Never, Soon::Members { members: 4, tokens_each: 60 }, Soon::Tokens(5_000)];
    let sizes = soon.into_iter().enumerate().map(|(n, soon)| (n as i64, ChunkSize { members: 40 + n, soon }));
    for count in [2, 3] {
        let cut = KeptCut(sizes.clone().take(count).collect());
        memory.keep_cut(guild(), day(), &cut, now()).await.unwrap();
        assert_eq!(memory.kept_cut(guild(), day()).await.unwrap(), cut);
    }
    assert!(memory.kept_cut(guild(), day().days_before(1)).await.unwrap().is_empty());
}

pub(crate) async fn rule_19_a_deletion_fences_chunks_and_a_purge_leaves_none(
    messages: &impl MessagesSide,
    memory: &impl MemorySide,
) {
    apply(messages, &[Change::Store(message(1, "hi")), Change::Store(message(2, "ho"))], expiry()).await.unwrap();
    let keep = async |hash: &str, version, n| {
        memory.keep_chunk(guild(), day(), hash, &summarized("hi"), version, &owner(n)).await
    };
    assert_eq!(keep("no lease", 1, 1).await, Err(StoreError::Conflict));
    assert!(memory.acquire(guild(), &LeaseOn::Day(day()), &lease(1, LONG), now()).await.unwrap());
    assert_eq!(keep("another's lease", 1, 2).await, Err(StoreError::Conflict));
    memory.note_reading(guild(), day(), 1, &owner(1)).await.unwrap();
    keep("from before", 1, 1).await.unwrap();
    apply(messages, &[Change::Delete(message(2, "").id)], expiry()).await.unwrap();
    assert_eq!(keep("late", 1, 1).await, Err(StoreError::Conflict), "it was asked about what is deleted");
    keep("from after", 2, 1).await.unwrap();

    for _ in 0..2 {
        memory.purge_day(guild(), day(), 2).await.unwrap();
        for (hash, is_there) in [("from before", false), ("late", false), ("from after", true)] {
            let kept = memory.kept_chunk(guild(), day(), hash).await.unwrap();
            assert_eq!(kept.is_some(), is_there, "{hash}");
        }
    }
}
