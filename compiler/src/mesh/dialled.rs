//! Blocks of addresses that applications dial, as hosts list them: `203.0.113.10`, `203.0.113.0/24`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses. One address is a block as well.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Block {
    family: Family,
    first: u128,
    last: u128,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Family {
    V4,
    V6,
}

impl Block {
    /// Reads a block.
    #[must_use]
    pub fn parse(text: &str) -> Option<Block> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let (family, address, most) = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => (Family::V4, u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (Family::V6, u128::from(address), 128),
        };
        let others = 1_u128
            .checked_shl(most - length.unwrap_or(most).min(most))
            .map_or(u128::MAX, |addresses| addresses - 1);
        let first = address & !others;
        Some(Block { family, first, last: first | others })
    }

    /// Tells whether each address of another block is in this one.
    #[must_use]
    pub fn holds(&self, other: &Block) -> bool {
        self.family == other.family && self.first <= other.first && other.last <= self.last
    }

    /// Returns the first of its addresses that none of some other blocks holds.
    #[must_use]
    pub fn beside(&self, others: impl Iterator<Item = Block>) -> Option<IpAddr> {
        let mut inside: Vec<Block> = others.filter(|other| self.holds(other)).collect();
        inside.sort_unstable();
        let mut free = self.first;
        for Block { family: _, first, last } in inside {
            if first > free {
                break;
            }
            free = free.max(last.checked_add(1)?);
        }
        (free <= self.last).then(|| match self.family {
            Family::V4 => IpAddr::V4(Ipv4Addr::from(u32::try_from(free).unwrap_or(u32::MAX))),
            Family::V6 => IpAddr::V6(Ipv6Addr::from(free)),
        })
    }

    /// Returns what is listed with the narrowest of some blocks that all hold one address: Istio has a listener for a single
    /// address, and of blocks Envoy takes the longest prefix.
    #[must_use]
    pub fn narrowest<T>(listed: impl Iterator<Item = (Block, T)>) -> Vec<T> {
        let mut best: Option<Block> = None;
        let mut found = Vec::new();
        for (block, what) in listed {
            match best {
                Some(best) if best == block => {}
                Some(best) if block.holds(&best) => continue,
                Some(_) | None => found.clear(),
            }
            best = Some(block);
            found.push(what);
        }
        found
    }

    /// Returns the blocks that no other one of them holds, each once, with what is listed with it first.
    #[must_use]
    pub fn outermost<T>(mut listed: Vec<(Block, T)>) -> Vec<(Block, T)> {
        // Of those that begin alike, the narrowest come first.
        listed.sort_by_key(|(block, _)| *block);
        let mut kept: Vec<(Block, T)> = Vec::new();
        for (block, what) in listed {
            while kept.last().is_some_and(|(last, _)| *last != block && block.holds(last)) {
                kept.pop();
            }
            if !kept.last().is_some_and(|(last, _)| last.holds(&block)) {
                kept.push((block, what));
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::Block;

    fn beside(block: &str, others: &[&str]) -> Option<String> {
        let others = others.iter().filter_map(|other| Block::parse(other));
        Some(Block::parse(block)?.beside(others)?.to_string())
    }

    #[test]
    fn a_block_holds_what_it_begins() {
        let holds = |one: &str, other: &str| {
            Block::parse(one).zip(Block::parse(other)).is_some_and(|(one, other)| one.holds(&other))
        };
        assert!(holds("203.0.113.0/24", "203.0.113.10"));
        assert!(holds("203.0.113.7/24", "203.0.113.0/25"));
        assert!(holds("0.0.0.0/0", "203.0.113.0/24"));
        assert!(holds("::/0", "2001:db8::1"));
        assert!(!holds("203.0.113.10", "203.0.113.0/24"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert_eq!(Block::parse("shop"), None);
    }

    fn listed<'t>(blocks: &[&'t str]) -> Vec<(Block, &'t str)> {
        blocks.iter().filter_map(|block| Some((Block::parse(block)?, *block))).collect()
    }

    #[test]
    fn the_narrowest_block_has_an_address_in_whatever_order() {
        let narrowest = |blocks: &[&'static str]| Block::narrowest(listed(blocks).into_iter());
        assert_eq!(narrowest(&["203.0.113.0/24", "203.0.113.10", "203.0.113.0/28"]), ["203.0.113.10"]);
        assert_eq!(narrowest(&["203.0.113.10", "203.0.113.0/28", "203.0.113.0/24"]), ["203.0.113.10"]);
        let twice = ["203.0.113.0/28", "203.0.113.0/24", "203.0.113.7/28"];
        assert_eq!(narrowest(&twice), ["203.0.113.0/28", "203.0.113.7/28"]);
        assert_eq!(narrowest(&[]), [""; 0]);
    }

    #[test]
    fn the_outermost_blocks_are_found_in_whatever_order() {
        let outermost = |blocks: &[&'static str]| -> Vec<&str> {
            Block::outermost(listed(blocks)).into_iter().map(|(_, text)| text).collect()
        };
        let wide = ["203.0.113.0/25", "203.0.113.128/25"];
        assert_eq!(outermost(&["203.0.113.128/25", "203.0.113.0/25", "203.0.113.0", "203.0.113.200"]), wide);
        assert_eq!(outermost(&["203.0.113.0", "203.0.113.200", "203.0.113.0/25", "203.0.113.128/25"]), wide);
        assert_eq!(
            outermost(&["203.0.113.0/25", "203.0.113.7/25", "2001:db8::1"]),
            ["203.0.113.0/25", "2001:db8::1"]
        );
        assert_eq!(outermost(&["0.0.0.0/0", "203.0.113.0/25", "::/0"]), ["0.0.0.0/0", "::/0"]);
    }

    #[test]
    fn an_address_beside_others_is_found() {
        assert_eq!(beside("203.0.113.0/24", &[]).as_deref(), Some("203.0.113.0"));
        assert_eq!(
            beside("203.0.113.0/24", &["203.0.113.0/28", "10.0.0.1"]).as_deref(),
            Some("203.0.113.16")
        );
        assert_eq!(beside("203.0.113.0/31", &["203.0.113.0", "203.0.113.1"]), None);
        assert_eq!(beside("255.255.255.254/31", &["255.255.255.254"]).as_deref(), Some("255.255.255.255"));
        assert_eq!(beside("2001:db8::/64", &["2001:db8::/65"]).as_deref(), Some("2001:db8:0:0:8000::"));
    }
}
