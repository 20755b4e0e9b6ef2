//! The texts in the code.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Item, LitStr, Macro,
    visit::{self, Visit},
};

use crate::modules::Workspace;

/// All strings in code under `folder`, without tests and documentation, each with its file.
#[must_use]
pub fn under<'a>(workspace: &'a Workspace, folder: &'a str) -> Vec<(&'a Path, String)> {
    let modules = workspace.under(folder);
    modules.flat_map(|module| of(&module.items).into_iter().map(|text| (&*module.file, text))).collect()
}

fn of(items: &[Item]) -> Vec<String> {
    let mut literals = Literals(Vec::new());
    items.iter().for_each(|item| literals.visit_item(item));
    literals.0
}

/// All strings in the tokens of a macro.
pub(crate) fn in_tokens(tokens: TokenStream) -> Vec<String> {
    let texts = tokens.into_iter().flat_map(|tree| match tree {
        TokenTree::Group(group) => in_tokens(group.stream()),
        TokenTree::Literal(literal) => text(&literal.to_string()).into_iter().collect(),
        _ => Vec::new(),
    });
    texts.collect()
}

/// What a literal says, if it is a string.
pub(crate) fn text(literal: &str) -> Option<String> {
    syn::parse_str::<LitStr>(literal).ok().map(|literal| literal.value())
}

struct Literals(Vec<String>);

impl<'ast> Visit<'ast> for Literals {
    fn visit_lit_str(&mut self, literal: &'ast LitStr) {
        self.0.push(literal.value());
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.0.extend(in_tokens(call.tokens.clone()));
        visit::visit_macro(self, call);
    }

    /// Documentation and serde's names are no texts of the code.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}
