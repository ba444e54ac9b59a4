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
