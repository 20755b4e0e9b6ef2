//! What the code says about itself in its documentation.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Expr, ExprLit, Field, ImplItemFn, Item, ItemFn, Lit, Meta, MetaNameValue, visit::Visit};

use crate::sources::Sources;

/// The documentation in `attributes` of something in `file`; what it includes is read, too.
pub(crate) fn of(attributes: &[Attribute], file: &Path, sources: &Sources) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue { path, value, .. }) if path.is_ident("doc") => line(value, file, sources),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The text of an attribute such as `#[path = "…"]`.
pub(crate) fn value(attributes: &[Attribute], name: &str) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), .. }) => {
            path.is_ident(name).then(|| text.value())
        }
        _ => None,
    })
}

/// The documentation of all fields and functions.
pub(crate) fn of_members(items: &[Item]) -> Vec<String> {
    let mut members = Members(Vec::new());
    items.iter().for_each(|item| members.visit_item(item));
    members.0
}

/// The first sentence of a documentation, in one line.
pub(crate) fn first_sentence(docs: &str) -> String {
    let paragraph = docs.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = paragraph.split_inclusive(". ").next().unwrap_or_default().trim_end();
    sentence.strip_suffix(':').map_or(sentence.to_owned(), |begun| format!("{begun}."))
}

struct Members(Vec<String>);

impl Members {
    fn add(&mut self, attributes: &[Attribute]) {
        self.0.push(of(attributes, Path::new(""), &Sources::default()));
    }
}

impl<'ast> Visit<'ast> for Members {
    fn visit_field(&mut self, field: &'ast Field) {
        self.add(&field.attrs);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.add(&function.attrs);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.add(&function.attrs);
    }
}

fn line(value: &Expr, file: &Path, sources: &Sources) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            let text = text.value();
            Some(text.strip_prefix(' ').unwrap_or(&text).to_owned())
        }
        Expr::Macro(call) if call.mac.path.is_ident("include_str") => {
            let name = string(call.mac.tokens.clone())?;
            sources.get(file.parent()?.join(name)).map(str::to_owned)
        }
        _ => None,
    }
}

fn string(tokens: TokenStream) -> Option<String> {
    match tokens.into_iter().next()? {
        TokenTree::Literal(literal) => Some(literal.to_string().trim_matches('"').to_owned()),
        _ => None,
    }
}
