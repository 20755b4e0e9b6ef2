//! The variables that each function reads, found in what its `main` calls of `config` and `telemetry`.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    Block, Expr, ExprCall, ExprMethodCall, ExprPath, ImplItem, Item, LitStr, Macro,
    visit::{self, Visit},
};

use crate::{
    docs, literals,
    modules::{Module, Workspace},
    paths::{self, NamePath},
    references,
};

/// Variables whose names are a single word, as other texts are, too.
const ONE_WORD: [&str; 1] = ["TODAY"];
/// Where variables are read.
const FOLDERS: [&str; 2] = ["shared/src/config", "shared/src/telemetry"];

/// The variables of each function, by its name.
#[must_use]
pub fn of_functions(workspace: &Workspace) -> BTreeMap<String, BTreeSet<String>> {
    let bodies = Bodies::of(workspace);
    let mains = workspace.under("functions").filter(|module| module.file.ends_with("src/main.rs"));
    mains
        .filter_map(|main| Some((main.file.iter().nth(1)?.to_string_lossy().into_owned(), bodies.read_by(main))))
        .collect()
}

/// What the code says about a variable: the first documentation in `config` or `telemetry` that names it.
#[must_use]
pub fn description(workspace: &Workspace, variable: &str) -> Option<String> {
    let quoted = format!("`{variable}`");
    let docs = modules(workspace).flat_map(|module| docs::of_members(&module.items));
    let found: Vec<String> = docs.filter(|text| text.contains(&quoted)).collect();
    let own = found.iter().find(|text| text.starts_with(&quoted)).or(found.first())?;
    let text = own.strip_prefix(&quoted).and_then(|rest| rest.split_once(": ")).map_or(own.as_str(), |(_, text)| text);
    Some(docs::first_sentence(text))
}

fn modules(workspace: &Workspace) -> impl Iterator<Item = &Module> {
    FOLDERS.iter().flat_map(|folder| workspace.under(folder))
}

/// What each function of these rooms says and calls, by the path others call it by: `Type::name` or `name`.
#[derive(Default)]
struct Bodies(BTreeMap<String, Vec<Body>>);

/// What is in the body of a function.
#[derive(Debug, Clone, Default)]
struct Body {
    variables: BTreeSet<String>,
    /// Paths of functions, and names of methods.
    calls: BTreeSet<String>,
}

impl Bodies {
    fn of(workspace: &Workspace) -> Self {
        let mut bodies = Self::default();
        for item in modules(workspace).flat_map(|module| &module.items) {
            match item {
                Item::Fn(function) => bodies.add(None, &function.sig.ident.to_string(), &function.block),
                Item::Impl(block) => {
                    let of = references::type_path(&block.self_ty).and_then(|path| path.last().cloned());
                    for member in &block.items {
                        if let ImplItem::Fn(function) = member {
                            bodies.add(of.as_deref(), &function.sig.ident.to_string(), &function.block);
                        }
                    }
                }
                _ => {}
            }
        }
        bodies
    }

    fn add(&mut self, of: Option<&str>, name: &str, block: &Block) {
        let mut body = Body::default();
        body.visit_block(block);
        let of_itself = |call: String| of.map_or(call.clone(), |of| call.replace("Self::", &format!("{of}::")));
        body.calls = body.calls.into_iter().map(of_itself).collect();
        let path = of.map_or(name.to_owned(), |of| format!("{of}::{name}"));
        let keys = [Some(path), of.map(|_| format!(".{name}"))];
        keys.into_iter().flatten().for_each(|key| self.0.entry(key).or_default().push(body.clone()));
    }

    /// The variables that the calls of `main` lead to.
    fn read_by(&self, main: &Module) -> BTreeSet<String> {
        let mut body = Body::default();
        main.items.iter().for_each(|item| body.visit_item(item));
        // The methods that `main` calls are those of adapters; of `config` it calls functions, by their paths.
        let mut next: Vec<String> = body.calls.into_iter().filter(|call| !call.starts_with('.')).collect();
        let (mut seen, mut variables) = (BTreeSet::new(), BTreeSet::new());
        while let Some(call) = next.pop() {
            if !seen.insert(call.clone()) {
                continue;
            }
            for body in self.0.get(&call).into_iter().flatten() {
                variables.extend(body.variables.iter().cloned());
                next.extend(body.calls.iter().cloned());
            }
        }
        variables
    }
}

impl<'ast> Visit<'ast> for Body {
    fn visit_lit_str(&mut self, literal: &'ast LitStr) {
        self.say(literal.value());
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        literals::in_tokens(call.tokens.clone()).into_iter().for_each(|text| self.say(text));
        paths::in_tokens(call.tokens.clone()).iter().for_each(|path| self.call(path));
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        self.call(&paths::of(&path.path));
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.calls.insert(format!(".{}", call.method));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(path) = &*call.func {
            self.call(&paths::of(&path.path));
        }
        visit::visit_expr_call(self, call);
    }
}

impl Body {
    fn say(&mut self, text: String) {
        let is_named = text.contains('_') || ONE_WORD.contains(&text.as_str());
        let is_variable = is_named && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        if is_variable {
            self.variables.insert(text);
        }
    }

    fn call(&mut self, path: &NamePath) {
        let inside = path.len().saturating_sub(2);
        let last = &path[inside..];
        let is_of_a_type = last.len() == 2 && last[0].starts_with(char::is_uppercase);
        let name = if is_of_a_type { last.join("::") } else { path.last().cloned().unwrap_or_default() };
        self.calls.insert(name);
    }
}
