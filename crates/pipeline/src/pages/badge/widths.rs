//! How wide a text is in Verdana at 11 pixels, in tenths of one. Where there is another font, it is stretched to that.

/// From the space to the tilde.
const ASCII: [u8; 95] = [
    39, 43, 50, 90, 70, 118, 80, 30, 50, 50, 70, 90, 40, 50, 40, 50, 70, 70, 70, 70, 70, 70, 70,
    70, 70, 70, 50, 50, 90, 90, 90, 60, 110, 75, 75, 77, 85, 70, 63, 85, 83, 46, 50, 76, 61, 93,
    82, 87, 66, 87, 76, 75, 68, 81, 75, 109, 75, 68, 75, 50, 50, 50, 90, 70, 70, 66, 69, 57, 69,
    66, 39, 69, 70, 30, 38, 65, 30, 107, 70, 67, 69, 69, 47, 57, 43, 70, 65, 90, 65, 65, 58, 70,
    50, 70, 90,
];

/// Most letters of other alphabets are no wider; those of the Far East are as wide as they are high.
const OTHERS: u32 = 75;
const WIDE: u32 = 110;

pub(super) fn width_of(text: &str) -> u32 {
    text.chars().map(width_of_char).sum()
}

fn width_of_char(c: char) -> u32 {
    let at = u32::from(c).checked_sub(u32::from(' ')).and_then(|at| usize::try_from(at).ok());
    match at.and_then(|at| ASCII.get(at)) {
        Some(width) => u32::from(*width),
        None if c == '·' => 40,
        None if u32::from(c) >= 0x1100 => WIDE,
        None => OTHERS,
    }
}
