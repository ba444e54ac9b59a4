//! The literals of a dimension, as one tree.

use crate::mesh::Pattern;

/// Literals by their bytes. Node 0 is the empty string.
pub(super) struct Trie {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    children: Vec<(u8, u32)>,
    exact: Option<usize>,
    prefix: Option<usize>,
    /// The closest node, itself included, that a prefix ends in; none is [`Trie::NOWHERE`].
    below: u32,
}

impl Trie {
    pub(super) const NOWHERE: u32 = u32::MAX;

    /// Returns the tree of the patterns that are literals, by their indices.
    pub(super) fn new(patterns: &[Pattern<'_>]) -> Trie {
        let mut trie = Trie { nodes: vec![Node { below: Trie::NOWHERE, ..Node::default() }] };
        for (index, pattern) in patterns.iter().enumerate() {
            match pattern {
                Pattern::Exact(text) => {
                    let node = trie.add(text);
                    trie.nodes[node].exact = Some(index);
                }
                Pattern::Prefix(text) => {
                    let node = trie.add(text);
                    trie.nodes[node].prefix = Some(index);
                }
                Pattern::Regex(_) | Pattern::Present => {}
            }
        }
        trie.settle();
        trie
    }

    fn add(&mut self, text: &str) -> usize {
        let mut at = 0;
        for byte in text.bytes() {
            at = match self.nodes[at].children.iter().find(|(own, _)| *own == byte) {
                Some((_, next)) => *next as usize,
                None => {
                    let next = self.nodes.len();
                    self.nodes[at].children.push((byte, u32::try_from(next).unwrap_or(u32::MAX)));
                    self.nodes.push(Node { below: Trie::NOWHERE, ..Node::default() });
                    next
                }
            };
        }
        at
    }

    /// Finds the prefixes that nodes are below. A node comes after its parent.
    fn settle(&mut self) {
        for at in 0..self.nodes.len() {
            if self.nodes[at].prefix.is_some() {
                self.nodes[at].below = u32::try_from(at).unwrap_or(u32::MAX);
            }
            let below = self.nodes[at].below;
            for index in 0..self.nodes[at].children.len() {
                let (_, child) = self.nodes[at].children[index];
                self.nodes[child as usize].below = below;
            }
        }
    }

    pub(super) fn child(&self, at: u32, byte: u8) -> Option<u32> {
        self.children(at).iter().find(|(own, _)| *own == byte).map(|(_, next)| *next)
    }

    pub(super) fn children(&self, at: u32) -> &[(u8, u32)] {
        &self.nodes[at as usize].children
    }

    /// Returns the pattern that is this string.
    pub(super) fn exact(&self, at: u32) -> Option<usize> {
        self.nodes[at as usize].exact
    }

    /// Returns the closest node that a prefix ends in.
    pub(super) fn below(&self, at: u32) -> u32 {
        self.nodes[at as usize].below
    }

    /// Returns every prefix that strings from this node on begin with; the node is one that a prefix ends in.
    pub(super) fn prefixes(&self, below: u32, text: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        if below == Trie::NOWHERE {
            return found;
        }
        let (mut at, mut rest) = (0, text);
        loop {
            found.extend(self.nodes[at as usize].prefix);
            let (Some((first, others)), true) = (rest.split_first(), at != below) else { return found };
            let Some(next) = self.child(at, *first) else { return found };
            (at, rest) = (next, others);
        }
    }
}
