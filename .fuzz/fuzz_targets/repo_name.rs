#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| hookstead_fuzz::run("repo_name", input));
