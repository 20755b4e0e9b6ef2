use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use proptest::{collection::vec, prelude::*};

use crate::{
    domain::{
        Day, Message, Priority,
        prompt::{Aim, ChunkLimits, Cuts, KeptCut, Transcript},
    },
    testing::message_at,
};

const LIMITS: ChunkLimits = ChunkLimits { messages: 10, tokens: 60_000, members: 100, target: Duration::from_secs(6) };

fn day() -> Day {
    "2025-07-03".parse().unwrap()
}

/// Messages by the minute of the day, the channel and the author.
fn written(said: &[(u32, u32, u64)]) -> Vec<Message> {
    let message = |(minute, channel, author): &(u32, u32, u64)| {
        let time = format!("{:02}:{:02}", minute / 60, minute % 60);
        let mut message = message_at(day(), &time, 10 + author, &format!("P{author}"), "some words");
        message.channel = (u64::from(*channel) + 1).try_into().unwrap();
        message
    };
    said.iter().map(message).collect()
}

fn needed(limits: ChunkLimits) -> Cuts {
    Cuts { limits, aim: None }
}

fn transcript(said: &[(u32, u32, u64)]) -> Transcript {
    Transcript::new(day(), &written(said), &HashMap::new())
}

/// What each chunk is about, by channel and minute.
fn chunks(said: &[(u32, u32, u64)], limits: &ChunkLimits) -> Vec<Vec<(u32, u32)>> {
    let place = |line: usize| (said[line].1, said[line].0);
    let chunks = transcript(said).chunks(&needed(*limits), &KeptCut::default()).0;
    chunks.into_iter().map(|lines| lines.into_iter().map(place).collect()).collect()
}

#[test]
fn rule_33_a_conversation_is_cut_at_its_longest_silence_and_not_at_the_last_message_that_fits() {
    let minutes = [0, 1, 2, 3, 4, 5, 6, 30, 31, 32, 33, 34, 35];
    let said: Vec<_> = minutes.map(|minute| (minute, 0, u64::from(minute % 2))).into();
    let chunks = chunks(&said, &LIMITS);
    assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), [7, 6]);
    assert_eq!((chunks[0][6], chunks[1][0]), ((0, 6), (0, 30)));
}

#[test]
fn rule_33_a_silence_in_the_first_half_makes_no_small_chunk() {
    let minutes = [0, 1, 60, 61, 62, 63, 64, 66, 67, 68, 69, 70, 71];
    let said: Vec<_> = minutes.map(|minute| (minute, 0, 0)).into();
    assert_eq!(chunks(&said, &LIMITS)[0].len(), 7, "at 64, and not at 1");
}

#[test]
fn rule_33_channels_that_are_silent_are_closed_and_who_still_talks_is_not_torn_apart() {
    let garden = (0..6).map(|minute| (minute, 0, 0));
    let games = (10..20).map(|minute| (minute, 1, 1));
    let said: Vec<_> = garden.chain(games).collect();
    let chunks = chunks(&said, &LIMITS);
    assert_eq!(chunks.len(), 2);
    assert!(chunks[0].iter().all(|(channel, _)| *channel == 0) && chunks[1].iter().all(|(channel, _)| *channel == 1));
    assert_eq!((chunks[0].len(), chunks[1].len()), (6, 10));
}

#[test]
fn rule_33_interleaved_channels_come_apart() {
    let said: Vec<_> = (0..24).map(|minute| (minute, minute % 2, 0)).collect();
    for chunk in chunks(&said, &LIMITS).split_last().unwrap().1 {
        assert!(chunk.len() >= 5 && chunk.iter().all(|(channel, _)| *channel == chunk[0].0), "{chunk:?}");
    }
}

#[test]
fn rule_33_no_chunk_asks_about_more_members_than_allowed() {
    let said: Vec<_> = (0..120).map(|n| (n, 0, u64::from(n))).collect();
    let limits = ChunkLimits { messages: 800, members: 40, ..LIMITS };
    let sizes: Vec<usize> = chunks(&said, &limits).iter().map(Vec::len).collect();
    assert_eq!(sizes, [40, 40, 40]);
}

#[test]
fn rule_33_halves_keep_the_conversations_of_a_channel_together() {
    let said: Vec<_> = (0..8).map(|minute| (minute, minute % 2, 0)).collect();
    let transcript = transcript(&said);
    let everything: Vec<usize> = (0..8).collect();
    assert_eq!(transcript.halves(&everything), [vec![0, 2, 4, 6], vec![1, 3, 5, 7]]);
    assert_eq!(transcript.halves(&[3, 5, 7]), [vec![3], vec![5, 7]]);
}

/// A lively day: so many messages of people of whom each talks for a while.
fn lively(messages: u32) -> Vec<(u32, u32, u64)> {
    (0..messages).map(|n| (n, 0, u64::from(n / 15 * 7 + n % 15 % 5))).collect()
}

fn tokens(transcript: &Transcript, chunks: &[Vec<usize>], aim: &Aim) -> u64 {
    let cost = |lines: &Vec<usize>| {
        let asked = transcript.prompt(lines, Priority::Normal);
        asked.prompt.estimated_tokens() + asked.members.len() as u64 * aim.tokens_per_member
    };
    chunks.iter().map(cost).sum()
}

const AIM: Aim = Aim { members: 8, chunks: usize::MAX, extra: None, tokens: u64::MAX, tokens_per_member: 60 };
const HOURS: ChunkLimits = ChunkLimits { messages: 800, members: 1_000, ..LIMITS };

#[test]
fn rule_33_a_long_day_is_cut_into_chunks_that_are_answered_soon() {
    let transcript = transcript(&lively(1_200));
    let needed = transcript.chunks(&needed(HOURS), &KeptCut::default()).0;
    let sooner = transcript.chunks(&Cuts { limits: HOURS, aim: Some(AIM) }, &KeptCut::default()).0;
    let largest = |chunks: &[Vec<usize>]| chunks.iter().map(Vec::len).max().unwrap();
    assert!(largest(&sooner) * 2 < largest(&needed), "{} of {}", largest(&sooner), largest(&needed));
    assert!(tokens(&transcript, &sooner, &AIM) * 100 <= tokens(&transcript, &needed, &AIM) * 115);
    let few = transcript.chunks(&Cuts { limits: HOURS, aim: Some(Aim { chunks: 4, ..AIM }) }, &KeptCut::default()).0;
    assert!((needed.len()..=4).contains(&few.len()), "{}", few.len());
    let spent =
        transcript.chunks(&Cuts { limits: HOURS, aim: Some(Aim { tokens: 1_000, ..AIM }) }, &KeptCut::default()).0;
    assert_eq!(spent, needed, "there is no room for more");
}

/// A build every fifty messages: each pays for what is new, and for the chunk that was open. With few calls, the chunks have to
/// grow with the day, and some are paid again.
#[test]
fn rule_33_an_open_day_that_grows_stays_cut_as_it_is() {
    let said = lively(1_200);
    for (aim, again) in [(AIM, 2), (Aim { chunks: 4, ..AIM }, 20)] {
        let cuts = Cuts { limits: HOURS, aim: Some(aim) };
        let mut paid = BTreeSet::new();
        let (mut builds, mut last) = (0, 0);
        for until in (50..=1_200).step_by(50) {
            let transcript = transcript(&said[..until]);
            let chunks = transcript.chunks(&cuts, &KeptCut::default()).0;
            (builds, last) = (builds + 1, chunks.len());
            paid.extend(chunks.iter().map(|lines| transcript.prompt(lines, Priority::Normal).prompt.data));
        }
        assert!(paid.len() <= builds + last + again, "{} in {builds} builds, {last} at the end", paid.len());
    }
}

#[test]
fn rule_33_a_short_day_is_one_call_as_it_would_cost_much_more_otherwise() {
    let chunks = transcript(&lively(60)).chunks(&Cuts { limits: HOURS, aim: Some(AIM) }, &KeptCut::default()).0;
    assert_eq!(chunks.len(), 1);
}

/// A day on which everybody writes in turn, in three channels: no part of it is about fewer people than the whole.
fn in_turn(messages: u32) -> Vec<(u32, u32, u64)> {
    (0..messages).map(|n| (n * 1_439 / messages, n * 7 % 5 % 3, u64::from(n % 7))).collect()
}

#[test]
fn rule_33_a_day_is_cut_into_the_chunks_that_a_request_can_afford() {
    for (messages, percent) in [(17, 85), (118, 73), (200, 65), (532, 54)] {
        let transcript = transcript(&in_turn(messages));
        let lengths = |aim: Aim| {
            let (chunks, _) = transcript.chunks(&Cuts { limits: HOURS, aim: Some(aim) }, &KeptCut::default());
            chunks.iter().map(Vec::len).collect::<Vec<_>>()
        };
        let aim = Aim { extra: Some(1), ..AIM };
        let two = lengths(aim);
        assert_eq!(two.len(), 2, "{messages}");
        assert!(two.iter().all(|length| length * 100 <= messages as usize * percent), "{two:?} of {messages}");
        assert_eq!(lengths(Aim { extra: Some(0), ..AIM }).len(), 1, "{messages}: there is nothing left for it");
        assert_eq!(lengths(Aim { members: 14, ..aim }).len(), 1, "{messages}: it is answered soon as it is");
        assert_eq!(lengths(Aim { chunks: 1, ..aim }).len(), 1, "{messages}: no more calls may be made");
        let few = lengths(Aim { chunks: 3, extra: Some(9), ..aim }).len();
        assert!((2..=3).contains(&few), "{messages}: {few}, as many calls as may be made");
    }
}

/// What `docs/performance.md` shows of what a chunk does not see.
#[test]
fn rule_33_the_prompts_of_a_conversation_that_was_cut() {
    let said = [
        ("09:14", 10, "Ann", "I bought a boat!"),
        ("09:15", 11, "Ben", "the blue one from the harbour?"),
        ("09:16", 10, "Ann", "that one, she needs new sails"),
        ("13:40", 12, "Cem", "who is coming to the lake on Saturday?"),
        ("13:41", 11, "Ben", "me, if Ann brings her along"),
        ("13:43", 10, "Ann", "only if you sew the sails"),
    ];
    let mut messages = crate::testing::messages(day(), &said);
    messages[4].body.reply_to = Some(messages[3].id);
    messages[3].body.reply_to = Some(messages[0].id);
    let transcript = Transcript::new(day(), &messages, &HashMap::new());
    let chunks = transcript.chunks(&needed(ChunkLimits { messages: 4, ..LIMITS }), &KeptCut::default()).0;
    let prompts: Vec<String> =
        chunks.iter().map(|lines| transcript.prompt(lines, Priority::Normal).prompt.data).collect();
    insta::assert_snapshot!(prompts.join("\n"));
}

/// A day of up to 300 messages in up to 5 channels by up to 30 people, in the order of their time.
fn days() -> impl Strategy<Value = Vec<(u32, u32, u64)>> {
    vec((0u32..1440, 0u32..5, 0u64..30), 1..300).prop_map(|mut said| {
        said.sort_unstable();
        said
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rule_33_every_message_is_in_one_chunk_within_its_limits(said in days(), messages in 1usize..60, members in 1usize..12) {
        let limits = ChunkLimits { messages, tokens: 4_000, members, ..LIMITS };
        let transcript = transcript(&said);
        let chunks = transcript.chunks(&needed(limits), &KeptCut::default()).0;
        for lines in &chunks {
            let prompt = transcript.prompt(lines, Priority::Normal);
            prop_assert!(lines.is_sorted() && lines.len() <= messages && prompt.members.len() <= members);
            prop_assert!(lines.len() == 1 || prompt.prompt.estimated_tokens() <= limits.tokens);
        }
        prop_assert!(chunks.is_sorted(), "in the order of their first messages");
        let mut all = chunks.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..said.len()).collect::<Vec<_>>());
    }

    #[test]
    fn rule_33_sooner_costs_a_share_more_at_the_most(said in days(), members in 1usize..12) {
        let (limits, aim) = (ChunkLimits { messages: 200, ..LIMITS }, Aim { members, ..AIM });
        let transcript = transcript(&said);
        let sooner = tokens(&transcript, &transcript.chunks(&Cuts { limits, aim: Some(aim) }, &KeptCut::default()).0, &aim);
        let needed = tokens(&transcript, &transcript.chunks(&needed(limits), &KeptCut::default()).0, &aim);
        prop_assert!(sooner * 100 <= needed * 116, "{sooner} instead of {needed}");
    }

    #[test]
    fn rule_15_whatever_is_written_later_all_chunks_but_one_stay_as_they_are(said in days(), until in 1usize..300) {
        let limits = ChunkLimits { messages: 20, members: 9, ..LIMITS };
        let until = until.min(said.len());
        let (now, later) = (transcript(&said[..until]), transcript(&said));
        let prompts = |transcript: &Transcript| -> BTreeSet<String> {
            transcript.chunks(&needed(limits), &KeptCut::default()).0.iter().map(|lines| transcript.prompt(lines, Priority::Normal).prompt.data).collect()
        };
        let (now, later) = (prompts(&now), prompts(&later));
        prop_assert!(now.difference(&later).count() <= 1, "{} of {}", now.difference(&later).count(), now.len());
    }

    /// A model turns out to be faster or slower than it was thought, and another request can afford more or less.
    #[test]
    fn rule_33_what_was_cut_stays_as_it_is_whatever_is_known_by_then(
        said in days(),
        until in 1usize..300,
        (members, other) in (1usize..12, 1usize..12),
        (extra, another) in (proptest::option::of(0usize..4), proptest::option::of(0usize..4)),
    ) {
        let cuts = |members, extra| Cuts {
            limits: ChunkLimits { messages: 40, members: 12 + members, ..LIMITS },
            aim: Some(Aim { members, extra, ..AIM }),
        };
        let (now, later) = (transcript(&said[..until.min(said.len())]), transcript(&said));
        let prompts = |transcript: &Transcript, chunks: &[Vec<usize>]| -> BTreeSet<String> {
            chunks.iter().map(|lines| transcript.prompt(lines, Priority::Normal).prompt.data).collect()
        };
        let (first, kept) = now.chunks(&cuts(members, extra), &KeptCut::default());
        let (again, unchanged) = now.chunks(&cuts(other, another), &kept);
        prop_assert!(kept.is_empty() || (again == first && unchanged == kept));
        let (second, _) = later.chunks(&cuts(other, another), &kept);
        let (before, after) = (prompts(&now, &first), prompts(&later, &second));
        let lost = before.difference(&after).count();
        prop_assert!(lost <= 1, "{lost} of {}", before.len());
    }
}
