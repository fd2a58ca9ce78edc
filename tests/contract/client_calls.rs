//! Prints the calls that the client declares, one a line: `POST /repos/{owner}/{repo}/statuses/{sha}`.
//! `cut.mjs` cuts GitHub's descriptions down to these.

#![allow(clippy::print_stdout, reason = "this program is there to print them")]

fn main() {
    for call in hookstead::client::calls() {
        for path in call.paths() {
            println!("{} {path}", call.method);
        }
    }
}
