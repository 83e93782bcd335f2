//! The check of a container's wiring: every mistake at once.

use std::any::TypeId;
use std::panic::Location;

use super::builder::{Node, Plan, identity};
use super::mistake::{Mistake, MistakeKind, Named};
use super::{Key, Lifetime, WiringErrors};
use crate::contract::Dependency;

impl Plan {
    pub(super) fn check(&self) -> Result<(), WiringErrors> {
        let mut mistakes = Vec::new();
        self.check_duplicates(&mut mistakes);
        self.check_missing(&mut mistakes);
        self.check_cycles(&mut mistakes);
        self.check_captives(&mut mistakes);
        self.check_hooks(&mut mistakes);
        if mistakes.is_empty() { Ok(()) } else { Err(WiringErrors::new(mistakes)) }
    }

    fn check_duplicates(&self, mistakes: &mut Vec<Mistake>) {
        for (first, second) in &self.duplicates {
            let what = format!("it is registered twice, first at {}", self.nodes[*first].place);
            let fix = "remove one of the two, or give them different keys; to replace it for tests or a part of the application use `Container::child`, or `overrides` of an engine";
            mistakes.push(Mistake::new(MistakeKind::Duplicate, second, what, fix));
        }
    }

    fn check_missing(&self, mistakes: &mut Vec<Mistake>) {
        for node in self.nodes.iter().filter(|node| !node.inherited) {
            let who = format!("the factory of {}", Named(node.type_name, node.key()));
            self.check_needed(&who, node.place, &node.dependencies, mistakes);
        }
        for need in &self.needs {
            self.check_needed(&need.name, need.place, &need.dependencies, mistakes);
        }
    }

    fn check_needed(
        &self,
        who: &str,
        place: &'static Location<'static>,
        dependencies: &[Dependency],
        mistakes: &mut Vec<Mistake>,
    ) {
        let absent = |dependency: &&Dependency| {
            dependency.is_required() && !self.index.contains_key(&identity(dependency))
        };
        for dependency in dependencies.iter().filter(absent) {
            let (what, fix) = self.describe_missing(who, dependency);
            let about = (dependency.type_name(), dependency.key());
            mistakes.push(Mistake::about(MistakeKind::Missing, about, place, what, fix));
        }
    }

    fn describe_missing(&self, who: &str, dependency: &Dependency) -> (String, String) {
        let mut what = format!("{who} needs it, but nobody provides it");
        let same_type: Vec<&Node> = self.of_type(dependency.type_id()).collect();
        let same_key: Vec<&Node> = match dependency.key() {
            Key::NONE => Vec::new(),
            key => self.nodes.iter().filter(|node| node.key() == key).collect(),
        };
        if !same_type.is_empty() {
            let keys = same_type.iter().map(|node| format!("{} ({})", node.key(), node.place));
            what.push_str(&format!("; this type is registered with {}", list(keys)));
        }
        if !same_key.is_empty() {
            let types = same_key.iter().map(|node| format!("{} ({})", node.type_name, node.place));
            what.push_str(&format!("; this key is registered for {}", list(types)));
        }
        let name = dependency.type_name();
        let register = match dependency.key().name() {
            Some(key) => {
                format!("register it under that key, such as `.provide_keyed({key:?}, ..)` for {name}")
            }
            None => format!("register it, such as `.provide(..)` or `.per_request(..)` for {name}"),
        };
        let fix = if same_type.is_empty() {
            register
        } else {
            format!("ask for it with a key that there is, or {register}")
        };
        (what, fix)
    }

    fn of_type(&self, type_id: TypeId) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.identity.type_id == type_id)
    }

    fn check_cycles(&self, mistakes: &mut Vec<Mistake>) {
        let mut visit = vec![Visit::Not; self.nodes.len()];
        for start in 0..self.nodes.len() {
            self.find_cycles(start, &mut visit, &mut Vec::new(), mistakes);
        }
    }

    /// Goes down from a node; what is met again on the way down closes a circle.
    fn find_cycles(
        &self,
        current: usize,
        visit: &mut [Visit],
        way: &mut Vec<usize>,
        mistakes: &mut Vec<Mistake>,
    ) {
        match visit[current] {
            Visit::Done => return,
            Visit::OnTheWay => {
                let from = way.iter().position(|&index| index == current).unwrap_or(0);
                let chain = way[from..].iter().chain([&current]).map(|&index| self.step(index));
                let what = format!("it needs itself: {}", chain.collect::<Vec<_>>().join(" -> "));
                let fix = "move what both need into a dependency of its own, or pass the value as an argument where it is used";
                mistakes.push(Mistake::new(MistakeKind::Cycle, &self.nodes[current], what, fix));
                return;
            }
            Visit::Not => {}
        }
        visit[current] = Visit::OnTheWay;
        way.push(current);
        for target in self.targets(&self.nodes[current].dependencies) {
            self.find_cycles(target, visit, way, mistakes);
        }
        way.pop();
        visit[current] = Visit::Done;
    }

    fn check_captives(&self, mistakes: &mut Vec<Mistake>) {
        for (index, node) in self.nodes.iter().enumerate() {
            if node.lifetime != Lifetime::Singleton || node.inherited {
                continue;
            }
            let mut way = vec![index];
            if self.find_request(index, &mut way) {
                let chain = way.iter().map(|&index| self.step(index)).collect::<Vec<_>>().join(" -> ");
                let reads = way.last().is_some_and(|&last| self.nodes[last].reads_request);
                let end = if reads { " -> the request" } else { "" };
                let what =
                    format!("a singleton is built before there is a request, but it needs one: {chain}{end}");
                let fix =
                    "make it `per_request`, or let those who use it ask for the per-request value themselves";
                mistakes.push(Mistake::new(MistakeKind::Captive, node, what, fix));
            }
        }
    }

    /// Finds a way from a node to something of a request, through values that are built each time.
    fn find_request(&self, current: usize, way: &mut Vec<usize>) -> bool {
        if self.nodes[current].reads_request {
            return true;
        }
        for target in self.targets(&self.nodes[current].dependencies) {
            if way.contains(&target) {
                continue;
            }
            way.push(target);
            let found = match self.nodes[target].lifetime {
                Lifetime::Request => true,
                Lifetime::Singleton => false,
                Lifetime::Transient => self.find_request(target, way),
            };
            if found {
                return true;
            }
            way.pop();
        }
        false
    }

    fn check_hooks(&self, mistakes: &mut Vec<Mistake>) {
        for node in self.nodes.iter().filter(|node| !node.inherited) {
            if node.lifetime != Lifetime::Request && node.maker.has_hooks() {
                let what = format!(
                    "it has a teardown or a `before_response`, but it is {}, so neither ever runs",
                    node.lifetime
                );
                let fix = "make it `per_request`, or remove the hook";
                mistakes.push(Mistake::new(MistakeKind::UnusedHook, node, what, fix));
            }
        }
    }

    /// Writes a node as a step of a chain.
    fn step(&self, index: usize) -> String {
        let node = &self.nodes[index];
        format!("{} [{}, {}]", Named(node.type_name, node.key()), node.lifetime, node.place)
    }
}

#[derive(Clone, Copy)]
enum Visit {
    Done,
    Not,
    OnTheWay,
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
