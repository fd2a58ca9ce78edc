use super::colour::Colour;

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    text: Option<Colour>,
    ground: Option<Colour>,
    /// Bits of [`FLAGS`].
    flags: u8,
}

const BOLD: u8 = 1;
const DIM: u8 = 2;
const ITALIC: u8 = 4;
const UNDERLINE: u8 = 8;
const STRIKE: u8 = 16;
const INVERSE: u8 = 32;

/// Those that are classes of their own.
const FLAGS: [(u8, &str); 5] = [
    (BOLD, "a-bold"),
    (DIM, "a-dim"),
    (ITALIC, "a-italic"),
    (UNDERLINE, "a-underline"),
    (STRIKE, "a-strike"),
];

impl Style {
    /// Nothing was said.
    pub(super) const PLAIN: Self = Self { text: None, ground: None, flags: 0 };

    /// Applies the parameters of an `m` sequence: groups of numbers, whose parts stand behind colons.
    pub(super) fn apply<'p>(&mut self, groups: impl Iterator<Item = &'p [u16]>) {
        let mut groups = groups;
        while let Some(group) = groups.next() {
            let Some((code, parts)) = group.split_first() else { continue };
            match code {
                0 => *self = Self::PLAIN,
                1 => self.flags |= BOLD,
                2 => self.flags |= DIM,
                3 => self.flags |= ITALIC,
                // 4:0 is none; the others are kinds of lines.
                4 if parts == [0] => self.flags &= !UNDERLINE,
                4 => self.flags |= UNDERLINE,
                7 => self.flags |= INVERSE,
                9 => self.flags |= STRIKE,
                21 => self.flags |= UNDERLINE,
                22 => self.flags &= !(BOLD | DIM),
                23 => self.flags &= !ITALIC,
                24 => self.flags &= !UNDERLINE,
                27 => self.flags &= !INVERSE,
                29 => self.flags &= !STRIKE,
                30..=37 => self.text = Colour::of_sixteen(code - 30),
                38 => self.text = extended(parts, &mut groups).or(self.text),
                39 => self.text = None,
                40..=47 => self.ground = Colour::of_sixteen(code - 40),
                48 => self.ground = extended(parts, &mut groups).or(self.ground),
                49 => self.ground = None,
                // The colour of the line below: read over.
                58 => {
                    extended(parts, &mut groups);
                }
                90..=97 => self.text = Colour::of_sixteen(code - 90 + 8),
                100..=107 => self.ground = Colour::of_sixteen(code - 100 + 8),
                _ => {}
            }
        }
    }

    pub(super) fn is_plain(self) -> bool {
        self == Self::PLAIN
    }

    /// Writes the classes, with blanks between them.
    pub(super) fn write_classes(self, out: &mut String) {
        let start = out.len();
        let mut write = |prefix: &str, name: &str| {
            if out.len() > start {
                out.push(' ');
            }
            out.push_str(prefix);
            out.push_str(name);
        };
        for (flag, class) in FLAGS {
            if self.flags & flag != 0 {
                write("", class);
            }
        }
        if self.flags & INVERSE == 0 {
            self.text.inspect(|text| write("a-", text.name()));
            self.ground.inspect(|ground| write("a-on-", ground.name()));
        } else {
            // What the page has where nothing was said: text in the colour of its ground, and the other way round.
            write("a-", self.ground.map_or("base", Colour::name));
            write("a-on-", self.text.map_or("text", Colour::name));
        }
    }
}

/// A colour of the palette or of red, green and blue: behind colons, or as more groups.
fn extended<'p>(parts: &[u16], groups: &mut impl Iterator<Item = &'p [u16]>) -> Option<Colour> {
    let narrow = |part: u16| u8::try_from(part.min(255)).unwrap_or(u8::MAX);
    let rgb = |red, green, blue| Some(Colour::nearest(narrow(red), narrow(green), narrow(blue)));
    match *parts {
        [5, number, ..] => Colour::of_palette(number),
        // The colour space may stand before them, also as nothing.
        [2, _, red, green, blue, ..] | [2, red, green, blue] => rgb(red, green, blue),
        [_, ..] => None,
        [] => {
            let mut next = || groups.next().and_then(|group| group.first()).copied();
            match next()? {
                5 => Colour::of_palette(next()?),
                2 => rgb(next()?, next()?, next()?),
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(groups: &[&[u16]]) -> String {
        let mut style = Style::PLAIN;
        style.apply(groups.iter().copied());
        let mut out = String::new();
        style.write_classes(&mut out);
        out
    }

    #[test]
    fn attributes_and_colours_become_classes() {
        assert_eq!(classes(&[&[1], &[31]]), "a-bold a-red");
        assert_eq!(
            classes(&[&[2], &[3], &[4], &[9], &[94], &[43]]),
            "a-dim a-italic a-underline a-strike a-bright-blue a-on-yellow"
        );
        assert_eq!(classes(&[&[31], &[0]]), "");
        assert_eq!(classes(&[&[1], &[2], &[22], &[4], &[4, 0]]), "");
        assert_eq!(classes(&[&[38], &[5], &[208], &[1]]), "a-bold a-orange");
        assert_eq!(
            classes(&[&[38], &[2], &[0], &[0], &[0], &[48, 5, 196]]),
            "a-black a-on-bright-red"
        );
        assert_eq!(classes(&[&[38, 2, 0, 255, 0, 0]]), "a-bright-red");
        assert_eq!(classes(&[&[58], &[5], &[1], &[32]]), "a-green");
        assert_eq!(classes(&[&[38], &[5]]), "");
        assert_eq!(classes(&[&[38], &[9], &[65535]]), "");
    }

    #[test]
    fn inverse_swaps_text_and_ground() {
        assert_eq!(classes(&[&[7]]), "a-base a-on-text");
        assert_eq!(classes(&[&[7], &[31]]), "a-base a-on-red");
        assert_eq!(classes(&[&[7], &[31], &[47]]), "a-white a-on-red");
        assert_eq!(classes(&[&[7], &[27], &[31]]), "a-red");
    }
}
