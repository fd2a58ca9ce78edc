//! Writes the implementation.
//!
//! A field's value goes straight into a variable of the field's type, through a function that is
//! shared by all fields of that type, so that the frame of `visit_map` holds each value once. Keys
//! become numbers in one function of each struct, which is called through a pointer, so that
//! reading a key is compiled once and not for each struct. The code says `match` where `?` or `map`
//! would be shorter: in a debug build those are functions, compiled for each type anew.

use crate::input::{Field, Missing, Struct};

/// What the code is written in: complete paths, because it lands anywhere.
const TEMPLATE: &str = "
const _: () = {
    use ::hookstead_types::__private::{self, de, fmt, Option, Result};

    struct Fields@PARAMETER@(::core::marker::PhantomData<fn() -> @SELF@>);

    fn index(key: &str) -> usize {
        match key {
            @INDEX@
            _ => usize::MAX,
        }
    }

    #[automatically_derived]
    impl<'de @BOUND@> de::Deserialize<'de> for @SELF@ {
        fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Fields(::core::marker::PhantomData))
        }
    }

    impl<'de @BOUND@> de::Visitor<'de> for Fields@PARAMETER@ {
        type Value = @SELF@;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(\"struct @NAME@\")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            if let Result::Err(error) = __private::charge(::core::mem::size_of::<Self::Value>()) {
                return Result::Err(error);
            }
            @VARIABLES@
            while let Option::Some(key) = map.next_key_seed(__private::Key(index))? {
                let read = match key {
                    @READ@
                    _ => __private::skip(&mut map),
                };
                if let Result::Err(error) = read {
                    return Result::Err(error);
                }
            }
            Result::Ok(@NAME@ { @VALUES@ })
        }
    }
};
";

/// The implementation for this struct.
pub(crate) fn of(input: &Struct) -> String {
    let name = input.name.as_str();
    let (parameter, bound) = match &input.parameter {
        Some(parameter) => {
            (format!("<{parameter}>"), format!(", {parameter}: de::Deserialize<'de>"))
        }
        None => Default::default(),
    };
    let each = |write: fn(usize, &Field) -> String| -> String {
        input.fields.iter().enumerate().map(|(number, field)| write(number, field)).collect()
    };
    TEMPLATE
        .replace("@INDEX@", &each(|number, field| format!("{:?} => {number},", field.key)))
        .replace("@VARIABLES@", &each(variable))
        .replace("@READ@", &each(read))
        .replace("@VALUES@", &each(value))
        .replace("@SELF@", &format!("{name}{parameter}"))
        .replace("@NAME@", name)
        .replace("@PARAMETER@", &parameter)
        .replace("@BOUND@", &bound)
}

/// The variable that holds the field while the object is read.
fn variable(number: usize, field: &Field) -> String {
    let r#type = &field.r#type;
    match &field.missing {
        Missing::None => format!("let mut field{number}: {type} = Option::None;"),
        Missing::Default(Some(function)) => {
            format!("let mut field{number}: {type} = {function}();")
        }
        Missing::Default(None) => {
            format!("let mut field{number}: {type} = ::core::default::Default::default();")
        }
        Missing::Error => format!("let mut field{number}: Option<{type}> = Option::None;"),
    }
}

/// The arm that reads the field.
fn read(number: usize, field: &Field) -> String {
    let Some(function) = &field.with else {
        let reader = match field.missing {
            Missing::None => "optional",
            Missing::Default(_) => "defaulted",
            Missing::Error => "required",
        };
        return format!("{number} => __private::{reader}(&mut map, &mut field{number}),");
    };
    let (value, misfit) = match field.missing {
        Missing::None | Missing::Default(_) => ("value", "__private::misfit(&map, error)"),
        Missing::Error => ("Option::Some(value)", "Result::Err(error)"),
    };
    format!(
        "{number} => {{
            struct With({type});

            impl<'de> de::Deserialize<'de> for With {{
                fn deserialize<D: de::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {{
                    match {function}(json) {{
                        Result::Ok(value) => Result::Ok(With(value)),
                        Result::Err(error) => Result::Err(error),
                    }}
                }}
            }}

            match map.next_value() {{
                Result::Ok(With(value)) => {{
                    field{number} = {value};
                    Result::Ok(())
                }}
                Result::Err(error) => {misfit},
            }}
        }}",
        r#type = field.r#type,
    )
}

/// The field in the finished struct.
fn value(number: usize, field: &Field) -> String {
    let Field { name, key, .. } = field;
    match field.missing {
        Missing::None | Missing::Default(_) => format!("{name}: field{number},"),
        Missing::Error => format!(
            "{name}: match field{number} {{
                Option::Some(value) => value,
                Option::None => return Result::Err(__private::missing({key:?})),
            }},"
        ),
    }
}
