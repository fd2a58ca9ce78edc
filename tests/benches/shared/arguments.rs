/// What a benchmark was told to do: numbers, in their order, and words.
pub(crate) struct Arguments {
    pub(crate) numbers: std::vec::IntoIter<u32>,
    pub(crate) words: Vec<String>,
}

impl Arguments {
    pub(crate) fn of_process() -> Self {
        // Cargo passes `--bench`.
        let arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
        let (mut numbers, mut words) = (Vec::new(), Vec::new());
        for argument in arguments {
            match argument.parse() {
                Ok(number) => numbers.push(number),
                Err(_) => words.push(argument),
            }
        }
        Self { numbers: numbers.into_iter(), words }
    }
}
