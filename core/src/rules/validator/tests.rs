use super::*;
use crate::Unchecked;

#[derive(Validate)]
struct Order {
    #[validate(length(min = 2, max = 40))]
    city: String,
    #[validate(range(min = 1, max = 100))]
    count: u32,
    #[validate(email(message = "please give a real e-mail"))]
    email: String,
    #[validate(nested)]
    items: Vec<Item>,
}

#[derive(Validate)]
struct Item {
    #[validate(range(exclusive_min = 0.5))]
    qty: f64,
}

struct Free;

impl Rules for Free {}

fn broken(value: &impl Rules) -> Vec<String> {
    match value.check() {
        Ok(()) => Vec::new(),
        Err(rules) => rules.iter().map(ToString::to_string).collect(),
    }
}

fn order() -> Order {
    Order { city: "Rome".into(), count: 1, email: "a@b.cc".into(), items: vec![Item { qty: 1.0 }] }
}

#[test]
fn a_value_that_obeys_its_rules_passes() {
    assert!(order().check().is_ok());
    assert!(Free.check().is_ok());
    assert!(Unchecked(7).check().is_ok());
}

#[test]
fn every_broken_rule_is_listed_with_its_path_and_a_text_to_act_on() {
    let items = vec![Item { qty: 1.0 }, Item { qty: 0.5 }];
    let wrong = Order { city: "R".into(), count: 101, email: "x".into(), items };
    assert_eq!(
        broken(&wrong),
        [
            "city: must have at least 2 and at most 40 characters",
            "count: must be from 1 to 100",
            "email: please give a real e-mail",
            "items[1].qty: must be greater than 0.5",
        ]
    );
}

#[test]
fn the_value_itself_is_kept_but_is_no_parameter() {
    let wrong = Order { count: 0, ..order() };
    let rules = wrong.check().unwrap_err();
    let rule = rules.iter().next().unwrap();
    assert_eq!(rule.code(), "range");
    assert_eq!(rule.params(), [("max".into(), 100.into()), ("min".into(), 1.into())]);
    assert_eq!(rule.value(), Some(&0.into()));
}

#[test]
fn a_list_of_values_with_rules_has_rules() {
    let list = vec![order(), Order { count: 0, ..order() }];
    assert_eq!(broken(&list), ["[1].count: must be from 1 to 100"]);
}

#[test]
fn lengths_of_lists_count_items_and_one_is_singular() {
    #[derive(Validate)]
    struct Tags {
        #[validate(length(min = 1))]
        tags: Vec<String>,
        #[validate(length(equal = 3), contains(pattern = "q"))]
        code: String,
    }
    let wrong = Tags { tags: Vec::new(), code: "x".into() };
    assert_eq!(
        broken(&wrong),
        [
            "code: must have exactly 3 characters",
            "code: must contain \"q\"",
            "tags: must have at least 1 item"
        ]
    );
}

#[test]
fn the_field_that_must_match_is_not_repeated() {
    #[derive(Validate)]
    struct Password {
        first: String,
        #[validate(must_match(other = "first"))]
        second: String,
    }
    let wrong = Password { first: "secret".into(), second: "other".into() };
    let rules = wrong.check().unwrap_err();
    assert!(rules.iter().next().unwrap().params().is_empty());
    assert_eq!(broken(&wrong), ["second: must be the same as the field it repeats"]);
}

#[test]
fn a_parameter_that_is_added_stands_behind_those_of_the_rule() {
    let wrong = Order { count: 0, ..order() };
    let rule = wrong.check().unwrap_err().into_iter().next().unwrap().with_param("step", 1);
    let names: Vec<_> = rule.params().iter().map(|(name, _)| name.as_ref()).collect();
    assert_eq!(names, ["max", "min", "step"]);
    assert_eq!((rule.message(), rule.value()), ("must be from 1 to 100", Some(&0.into())));
    let problem = rule.into_problem(crate::Place::Body, "count");
    assert_eq!((problem.message(), problem.params().len()), ("must be from 1 to 100", 3));
}

#[test]
fn a_problem_is_the_same_whether_its_words_were_read_or_written_by_hand() {
    let rule = Order { count: 0, ..order() }.check().unwrap_err().into_iter().next().unwrap();
    let problem = rule.into_problem(crate::Place::Body, "count");
    let by_hand = crate::Problem::rule(crate::Place::Body, "count", "range", "must be from 1 to 100")
        .with_param("max", 100)
        .with_param("min", 1);
    assert_eq!(problem.clone(), by_hand, "a copy whose words nobody has read");
    assert_eq!(problem, by_hand);
    assert_eq!(problem.clone(), by_hand);
    assert_ne!(problem, by_hand.with_param("step", 1));
}

#[test]
fn what_a_problem_is_made_of_is_not_in_its_debug_text() {
    #[derive(Validate)]
    struct Password {
        first: String,
        #[validate(must_match(other = "first"))]
        second: String,
    }
    let wrong = Password { first: "secret".into(), second: "typo".into() };
    let rule = wrong.check().unwrap_err().into_iter().next().unwrap();
    let text = format!("{:?}", rule.into_problem(crate::Place::Form, "second"));
    assert!(text.contains("must be the same as the field it repeats"), "{text}");
    assert!(!text.contains("secret") && !text.contains("typo"), "{text}");
}

#[test]
fn what_a_client_has_sent_goes_when_a_rule_becomes_a_problem() {
    #[derive(Validate)]
    struct List {
        #[validate(length(max = 2))]
        ids: Vec<u8>,
    }
    let errors = List { ids: vec![0; 1000] }.validate().unwrap_err().into_errors();
    let Some(ValidationErrorsKind::Field(errors)) = errors.into_values().next() else { panic!("no rule") };
    let mut found = Found::new(errors);
    assert_eq!(found.value().and_then(|value| value.as_array()).map(Vec::len), Some(1000));
    found.forget_values();
    assert_eq!(found.value(), Some(&Value::Array(Vec::new())));
    assert_eq!(found.words().message, "must have at most 2 items");
}
