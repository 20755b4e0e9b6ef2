//! Paths of names, such as `crate::domain::Day`.

use proc_macro2::{TokenStream, TokenTree};
use syn::UseTree;

/// The segments of a path, without their generic arguments.
pub(crate) type NamePath = Vec<String>;

/// A name that a `use` brings in; `*` for all of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) path: NamePath,
}

/// A path of syn's, as names.
pub(crate) fn of(path: &syn::Path) -> NamePath {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// What a `use` brings in, one by one.
pub(crate) fn imports(tree: &UseTree) -> Vec<Import> {
    let mut imports = Vec::new();
    flatten(tree, &mut Vec::new(), &mut imports);
    imports
}

fn flatten(tree: &UseTree, prefix: &mut NamePath, imports: &mut Vec<Import>) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, imports);
            prefix.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, prefix, imports)),
        UseTree::Glob(_) => imports.push(Import { name: "*".to_owned(), path: prefix.clone() }),
        UseTree::Name(name) => imports.push(import(prefix, &name.ident.to_string(), None)),
        UseTree::Rename(rename) => {
            imports.push(import(prefix, &rename.ident.to_string(), Some(rename.rename.to_string())));
        }
    }
}

fn import(prefix: &[String], ident: &str, rename: Option<String>) -> Import {
    let mut path = prefix.to_vec();
    if ident != "self" || path.is_empty() {
        path.push(ident.to_owned());
    }
    let name = rename.or_else(|| path.last().cloned()).unwrap_or_default();
    Import { name, path }
}

/// All paths in the tokens of a macro or an attribute. What follows a dot is a field or a method, and no path.
pub(crate) fn in_tokens(tokens: TokenStream) -> Vec<NamePath> {
    let mut paths = Vec::new();
    let mut previous = [None, None];
    for tree in tokens {
        let mut this = None;
        match tree {
            TokenTree::Group(group) => paths.extend(in_tokens(group.stream())),
            TokenTree::Ident(ident) => {
                let last = paths.last_mut();
                match (previous, last) {
                    ([Some('.'), before], _) if before != Some('.') => {}
                    ([Some(':'), Some(':')], Some(path)) => path.push(ident.to_string()),
                    _ => paths.push(vec![ident.to_string()]),
                }
            }
            TokenTree::Punct(punct) => this = Some(punct.as_char()),
            TokenTree::Literal(_) => {}
        }
        previous = [this, previous[0]];
    }
    paths
}

/// All paths that are the text of a string: serde's `with = "crate::hash"`.
pub(crate) fn in_strings(tokens: TokenStream) -> Vec<NamePath> {
    let literal = |tree| match tree {
        TokenTree::Literal(literal) => Some(literal.to_string()),
        _ => None,
    };
    let texts = tokens.into_iter().filter_map(literal);
    let paths = texts.filter_map(|text| syn::parse_str::<syn::Path>(text.trim_matches('"')).ok());
    paths.map(|path| of(&path)).collect()
}
