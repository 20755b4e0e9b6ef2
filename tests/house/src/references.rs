//! What the code of a module names.

use syn::{
    Attribute, Expr, ExprMethodCall, ImplItem, Item, ItemImpl, ItemUse, Macro, Meta, Path, Type, VisRestricted,
    visit::{self, Visit},
};

use crate::{
    paths::{self, Import, NamePath},
    test_code,
};

/// What the code of a module names, without its inner modules, its own `use` lines and its tests.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// Paths in code, types, patterns, macros and attributes.
    pub(crate) paths: Vec<NamePath>,
    /// `use` lines inside of functions.
    pub(crate) imports: Vec<Import>,
    /// Methods that a type's own methods call, each as the path of the type and the name of the method.
    pub(crate) own_methods: Vec<NamePath>,
    /// The type whose `impl` is being read.
    this: Option<NamePath>,
}

/// All that `items` name.
pub(crate) fn of(items: &[Item]) -> References {
    let mut references = References::default();
    items.iter().for_each(|item| references.visit_item(item));
    references
}

/// The path of a type that is one.
pub(crate) fn type_path(of: &Type) -> Option<NamePath> {
    match of {
        Type::Path(path) if path.qself.is_none() => Some(paths::of(&path.path)),
        Type::Reference(reference) => type_path(&reference.elem),
        _ => None,
    }
}

impl References {
    /// A path, with the type itself in place of `Self`.
    fn add(&mut self, mut path: NamePath) {
        if path.first().is_some_and(|first| first == "Self") {
            let Some(this) = &self.this else { return };
            path.splice(..1, this.iter().cloned());
            self.own_methods.push(path);
        } else {
            self.paths.push(path);
        }
    }
}

impl<'ast> Visit<'ast> for References {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Mod(_) => {}
            item if test_code::is_test(test_code::attributes(item)) => {}
            item => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, member: &'ast ImplItem) {
        if !test_code::is_test(test_code::member_attributes(member)) {
            visit::visit_impl_item(self, member);
        }
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        let outer = self.this.take();
        self.this = type_path(&block.self_ty);
        visit::visit_item_impl(self, block);
        self.this = outer;
    }

    /// Of a module's own `use` lines the module knows; here come those of functions.
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.imports.extend(paths::imports(&item.tree));
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let on_self = matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self"));
        if let (true, Some(this)) = (on_self, &self.this) {
            self.own_methods.push(this.iter().cloned().chain([call.method.to_string()]).collect());
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.add(paths::of(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.add(paths::of(&call.path));
        paths::in_tokens(call.tokens.clone()).into_iter().for_each(|path| self.add(path));
    }

    /// Serde names functions in strings.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            paths::in_tokens(list.tokens.clone()).into_iter().for_each(|path| self.add(path));
            paths::in_strings(list.tokens.clone()).into_iter().for_each(|path| self.add(path));
        }
    }

    /// `pub(in crate::app)` names no item.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}
}
