//! What the compiler says to the commonest mistakes; `README.md` tells how to change it.

#[cfg(test)]
mod tests {
    #[test]
    fn mistakes_are_told_in_the_words_of_the_user() {
        let cases = trybuild::TestCases::new();
        // A case that passes makes the whole run a build: two body readers in a function are found only then.
        cases.pass("pass/*.rs");
        cases.compile_fail("fail/*.rs");
    }
}
