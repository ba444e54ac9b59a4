//! Services as they are declared, one after the other, until all of their names are known.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::sync::Arc;

use super::{Service, Services};

/// Services that are being declared.
pub(in super::super) struct Gathering<'k, 'a> {
    list: Vec<&'a Service<'a>>,
    /// The first of each name, once the services of the other side are not the same ones.
    by_name: HashMap<&'a str, usize>,
    several: HashMap<&'a str, Vec<usize>>,
    /// The services of the other side, as long as there are the same ones here in the same order: then their names are known.
    alike: Option<&'k Services<'a>>,
    domain: &'a str,
}

impl<'k, 'a> Gathering<'k, 'a> {
    /// Returns no services yet, of a cluster with this domain, and room for so many. Another side may have the same ones.
    pub fn of(domain: &'a str, room: usize, alike: Option<&'k Services<'a>>) -> Gathering<'k, 'a> {
        let by_name = HashMap::with_capacity(if alike.is_some() { 0 } else { room });
        Gathering { list: Vec::with_capacity(room), by_name, several: HashMap::new(), alike, domain }
    }

    /// Returns the service that was added last.
    pub fn last(&self) -> Option<&'a Service<'a>> {
        self.list.last().copied()
    }

    /// Adds a service, unless there is one of that name and namespace already: that one is the error.
    pub fn add(&mut self, service: &'a Service<'a>) -> Result<(), &'a Service<'a>> {
        let other = self.alike.and_then(|others| others.list.get(self.list.len()));
        let is_same =
            |other: &&Service<'a>| (other.name, other.namespace) == (service.name, service.namespace);
        // No two of the other side are the same.
        if !other.is_some_and(is_same) {
            self.name_all();
            self.name(service)?;
        }
        self.list.push(service);
        Ok(())
    }

    /// Returns all that were added.
    pub fn done(mut self) -> Services<'a> {
        let alike = self.alike.filter(|others| others.list.len() == self.list.len());
        if alike.is_none() {
            self.name_all();
        }
        let Gathering { list, by_name, several, alike: _, domain } = self;
        let (by_name, several) = match alike {
            Some(others) => (Arc::clone(&others.by_name), Arc::clone(&others.several)),
            None => (Arc::new(by_name), Arc::new(several)),
        };
        Services { list, by_name, several, domain }
    }

    /// Finds out the names of those that were added while the other side had the same ones.
    fn name_all(&mut self) {
        if self.alike.take().is_none() {
            return;
        }
        let all = mem::take(&mut self.list);
        self.by_name.reserve(all.capacity());
        for service in all {
            // Each of them can be added: on the other side it could be, too.
            let _ = self.name(service);
            self.list.push(service);
        }
    }

    /// Finds out the name of the next service.
    fn name(&mut self, service: &'a Service<'a>) -> Result<(), &'a Service<'a>> {
        let index = self.list.len();
        match self.by_name.entry(service.name) {
            Entry::Vacant(entry) => _ = entry.insert(index),
            Entry::Occupied(first) => {
                let all = self.several.entry(service.name).or_insert_with(|| vec![*first.get()]);
                let mut there = all.iter().map(|&other| self.list[other]);
                if let Some(other) = there.find(|other| other.namespace == service.namespace) {
                    return Err(other);
                }
                all.push(index);
            }
        }
        Ok(())
    }
}
