//! What the compiler says to the commonest mistakes; `tests/ui/README.md` tells how to change it.

#[test]
fn mistakes_are_told_in_the_users_words() {
    let cases = trybuild::TestCases::new();
    // A case that passes makes the whole run a build: two body readers in a function are found only then.
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/*.rs");
}
