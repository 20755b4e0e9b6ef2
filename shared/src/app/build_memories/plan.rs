//! What is to be done for one person, by what is known: pure.

use jiff::Timestamp;

use super::{person::PersonMemory, wants::Wants, week::Week};
use crate::{
    contract::Models,
    domain::{
        MergeInputs, Source, UserId,
        prompt::{MergePrompt, Prompt, merge_prompt},
    },
    ports::PersonRecord,
};

/// What is to be done.
pub(super) enum Plan<'r> {
    /// Nothing: no model is needed.
    Ready(PersonMemory),
    /// A merge, by a model.
    Merge(Merge<'r>),
}

/// A merge that is needed, of what goes into it.
pub(super) struct Merge<'r> {
    pub(super) record: &'r PersonRecord,
    pub(super) inputs: MergeInputs<'r>,
    pub(super) prompt: Prompt,
    pub(super) input_hash: String,
}

/// Nothing known, only facts, or a single text is served as it is, and what was merged of the same before, too (DESIGN
/// rules 9 and 12).
pub(super) fn plan<'r>(user: UserId, record: &'r PersonRecord, week: &Week, wants: Wants, now: Timestamp) -> Plan<'r> {
    if record.person.is_left_out() {
        return Plan::Ready(PersonMemory::nothing(user));
    }
    let inputs = MergeInputs::new(record.person.fact_texts(), week.texts_of(user), wants.today);
    if wants.models == Models::None {
        let text = inputs.unmerged();
        let source = if text.is_empty() { Source::None } else { Source::Verbatim };
        return Plan::Ready(PersonMemory::of(user, record, (!text.is_empty()).then_some(text), source));
    }
    if let Some((text, source)) = inputs.without_merge() {
        return Plan::Ready(PersonMemory::of(user, record, text, source));
    }
    let MergePrompt { prompt, input_hash } = merge_prompt(&record.person, &inputs, wants.priority);
    let merge = Merge { record, inputs, prompt, input_hash };
    match merge.cached_in(record, now) {
        Some(text) => {
            let text = merge.inputs.with_appended(text);
            Plan::Ready(PersonMemory::of(user, record, Some(text), Source::Cached))
        }
        None => Plan::Merge(merge),
    }
}

impl Merge<'_> {
    /// The memory in `record`, if it is the merge of these very inputs.
    pub(super) fn cached_in(&self, record: &PersonRecord, now: Timestamp) -> Option<String> {
        let memory = record.memory.as_ref().filter(|memory| memory.answers(&self.input_hash, now))?;
        Some(memory.text.clone())
    }
}
