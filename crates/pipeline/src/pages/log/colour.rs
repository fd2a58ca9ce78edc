/// The colours that the style sheet knows. A terminal has millions; each becomes the one of these that is nearest to
/// it, so that all can be read, on white and on black.
pub(super) const NAMES: [&str; 20] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
    "orange",
    "pink",
    "purple",
    "teal",
];

/// What the names stand for: the first sixteen as xterm has them.
const VALUES: [(u8, u8, u8); 20] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
    (255, 135, 0),
    (255, 135, 175),
    (135, 95, 215),
    (0, 135, 135),
];

/// A colour: one of the fixed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(u8);

impl Colour {
    /// One of the sixteen that each terminal has; 8 and more are bright.
    pub(super) fn of_sixteen(number: u16) -> Option<Self> {
        u8::try_from(number).ok().filter(|number| *number < 16).map(Self)
    }

    /// One of the palette of 256: the sixteen, a cube of six steps for each of red, green and blue, and greys.
    pub(super) fn of_palette(number: u16) -> Option<Self> {
        let number = u8::try_from(number).ok()?;
        let step = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
        Some(match number {
            0..16 => Self(number),
            16..232 => {
                let at = number - 16;
                Self::nearest(step(at / 36), step(at / 6 % 6), step(at % 6))
            }
            232.. => {
                let grey = 8 + (number - 232) * 10;
                Self::nearest(grey, grey, grey)
            }
        })
    }

    /// The nearest of the fixed set.
    pub(super) fn nearest(red: u8, green: u8, blue: u8) -> Self {
        let distance = |value: &(u8, u8, u8)| {
            // Weighed as eyes do, nearly: by how red both are.
            let mean = (i32::from(red) + i32::from(value.0)) / 2;
            let square = |one: u8, other: u8| (i32::from(one) - i32::from(other)).pow(2);
            ((512 + mean) * square(red, value.0)) / 256
                + 4 * square(green, value.1)
                + ((767 - mean) * square(blue, value.2)) / 256
        };
        let numbered = (0..).zip(&VALUES);
        Self(numbered.min_by_key(|(_, value)| distance(value)).map_or(0, |(number, _)| number))
    }

    pub(super) fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_colour_is_one_of_the_set() {
        let name = |number| Colour::of_palette(number).map(Colour::name);
        assert_eq!(name(1), Some("red"));
        assert_eq!(name(15), Some("bright-white"));
        assert_eq!(name(16), Some("black"));
        assert_eq!(name(196), Some("bright-red"));
        assert_eq!(name(208), Some("orange"));
        assert_eq!(name(244), Some("bright-black"));
        assert_eq!(name(255), Some("white"));
        assert_eq!(name(256), None);
        assert_eq!(Colour::nearest(250, 5, 5).name(), "bright-red");
        assert_eq!(Colour::of_sixteen(16), None);
        for (number, (red, green, blue)) in VALUES.into_iter().enumerate() {
            assert_eq!(Colour::nearest(red, green, blue).name(), NAMES[number]);
        }
    }
}
