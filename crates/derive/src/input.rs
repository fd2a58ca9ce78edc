//! Reads a struct's definition.

use std::iter::Peekable;

use proc_macro::token_stream::IntoIter;
use proc_macro::{Delimiter, TokenStream, TokenTree};

type Tokens = Peekable<IntoIter>;

/// The struct to be read.
pub(crate) struct Struct {
    pub(crate) name: String,
    /// The name of its type parameter, if it has one.
    pub(crate) parameter: Option<String>,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct Field {
    pub(crate) name: String,
    /// What it is called in JSON.
    pub(crate) key: String,
    pub(crate) r#type: String,
    pub(crate) missing: Missing,
    /// The function that reads it, if it is not the type's own.
    pub(crate) with: Option<String>,
}

/// What becomes of the field when it is missing.
pub(crate) enum Missing {
    /// `None`.
    None,
    /// What the function makes, else the type's default.
    Default(Option<String>),
    /// An error.
    Error,
}

impl Struct {
    pub(crate) fn parse(item: TokenStream) -> Result<Self, String> {
        let mut tokens = item.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(word) if word.to_string() == "struct" => break,
                TokenTree::Punct(hash) if hash.as_char() == '#' => {
                    if let Some((attribute, _)) = attributes(&mut tokens)?.into_iter().next() {
                        return Err(format!("`{attribute}` of a struct needs serde's own derive"));
                    }
                }
                _ => {}
            }
        }
        let name = ident(&mut tokens).ok_or("only structs are derived here")?;
        let mut parameter = None;
        if punct(&mut tokens, '<') {
            parameter = ident(&mut tokens);
            if parameter.is_none() || !punct(&mut tokens, '>') {
                return Err("one type parameter without bounds is all that is known here".into());
            }
        }
        match tokens.next() {
            Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
                Ok(Self { name, parameter, fields: fields(body.stream())? })
            }
            _ => Err("only structs with named fields are derived here".into()),
        }
    }
}

fn fields(body: TokenStream) -> Result<Vec<Field>, String> {
    let mut tokens = body.into_iter().peekable();
    let mut fields = Vec::new();
    while tokens.peek().is_some() {
        let (mut key, mut with, mut default) = (None, None, None);
        while punct(&mut tokens, '#') {
            for (attribute, value) in attributes(&mut tokens)? {
                match (attribute.as_str(), value) {
                    ("default", function) => default = Some(function),
                    ("deserialize_with", Some(function)) => with = Some(function),
                    ("rename", Some(name)) => key = Some(name),
                    _ => return Err(format!("`{attribute}` needs serde's own derive")),
                }
            }
        }
        let mut name = ident(&mut tokens);
        if name.as_deref() == Some("pub") {
            if matches!(tokens.peek(), Some(TokenTree::Group(_))) {
                tokens.next();
            }
            name = ident(&mut tokens);
        }
        let name = name.ok_or("a field without a name")?;
        if !punct(&mut tokens, ':') {
            return Err(format!("the field `{name}` without a type"));
        }
        let r#type = field_type(&mut tokens);
        let with = match with {
            Some(function) => Some(function),
            None => function_of(&name, &r#type)?,
        };
        let missing = match default {
            Some(function) => Missing::Default(function),
            None if is_option(&r#type) => Missing::None,
            None => Missing::Error,
        };
        let key = key.unwrap_or_else(|| name.trim_start_matches("r#").to_owned());
        fields.push(Field { name, key, r#type, missing, with });
    }
    Ok(fields)
}

/// What reads a list or a map, so that it counts against `hookstead_types::decode::Budget`. What
/// holds them deeper inside has to say itself how it is read.
fn function_of(name: &str, r#type: &str) -> Result<Option<String>, String> {
    let r#type: String = r#type.split_whitespace().collect();
    let list = r#type.strip_prefix("Option<").unwrap_or(&r#type);
    let (function, rest) = if let Some(item) = list.strip_prefix("Vec<") {
        (Some(if list == r#type { "items" } else { "optional_items" }), item)
    } else if let Some(entry) = list.strip_prefix("BTreeMap<String,") {
        (Some(if list == r#type { "entries" } else { "optional_entries" }), entry)
    } else {
        (None, r#type.as_str())
    };
    let words = rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let uncounted = ["Vec", "Map", "BTreeMap", "HashMap", "Value"];
    match words.into_iter().find(|word| uncounted.contains(word)) {
        Some(word) => Err(format!("the field `{name}` needs a function that counts its `{word}`")),
        None => Ok(function.map(|function| format!("::hookstead_types::decode::{function}"))),
    }
}

/// Told by its name alone, as serde's derive does it.
fn is_option(r#type: &str) -> bool {
    let path = r#type.split('<').next().unwrap_or_default();
    path.rsplit(':').next().is_some_and(|name| name.trim() == "Option")
}

/// What stands before the comma that ends the field.
fn field_type(tokens: &mut Tokens) -> String {
    let mut depth = 0_usize;
    let of_type = std::iter::from_fn(|| match tokens.next()? {
        TokenTree::Punct(comma) if comma.as_char() == ',' && depth == 0 => None,
        token => {
            match &token {
                TokenTree::Punct(angle) if angle.as_char() == '<' => depth += 1,
                TokenTree::Punct(angle) if angle.as_char() == '>' => {
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
            Some(token)
        }
    });
    of_type.collect::<TokenStream>().to_string()
}

/// The items of one attribute, whose `#` was read, if it is serde's.
fn attributes(tokens: &mut Tokens) -> Result<Vec<(String, Option<String>)>, String> {
    let Some(TokenTree::Group(attribute)) = tokens.next() else {
        return Err("an attribute without brackets".into());
    };
    let mut tokens = attribute.stream().into_iter().peekable();
    if ident(&mut tokens).as_deref() != Some("serde") {
        return Ok(Vec::new());
    }
    let Some(TokenTree::Group(items)) = tokens.next() else {
        return Err("an attribute of serde's without items".into());
    };
    let mut tokens = items.stream().into_iter().peekable();
    let mut items = Vec::new();
    while let Some(item) = ident(&mut tokens) {
        let mut value = None;
        if punct(&mut tokens, '=') {
            let literal = tokens.next().map(|literal| literal.to_string()).unwrap_or_default();
            let text = literal.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            value = Some(text.ok_or("a value that is no plain string")?.to_owned());
        }
        items.push((item, value));
        punct(&mut tokens, ',');
    }
    Ok(items)
}

fn ident(tokens: &mut Tokens) -> Option<String> {
    let Some(TokenTree::Ident(ident)) = tokens.peek() else {
        return None;
    };
    let ident = ident.to_string();
    tokens.next();
    Some(ident)
}

fn punct(tokens: &mut Tokens, character: char) -> bool {
    let found =
        matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == character);
    if found {
        tokens.next();
    }
    found
}
