//! One automaton for all regular expressions of a string, built as far as it is walked.

use regex_automata::hybrid::dfa::{Builder, Cache, Config, DFA};
use regex_automata::nfa::thompson::{Compiler, WhichCaptures};
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::Hir;

pub(super) use regex_automata::hybrid::LazyStateID as State;

/// Bytes that an automaton may take at most. The work on its states is counted as well, and is usually spent first.
const CAPACITY: usize = 32 << 20;

/// The patterns are too large for the budget.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooLarge;

/// Regular expressions that are matched together.
pub(super) struct Automaton {
    dfa: DFA,
    cache: Cache,
}

impl Automaton {
    /// Prepares patterns to be matched in full.
    pub(super) fn new(patterns: &[Hir]) -> Result<Automaton, TooLarge> {
        let nfa = Compiler::new()
            .configure(
                regex_automata::nfa::thompson::Config::new()
                    .utf8(false)
                    .which_captures(WhichCaptures::None)
                    .nfa_size_limit(Some(CAPACITY)),
            )
            .build_many_from_hir(patterns)
            .map_err(|_| TooLarge)?;
        let config = Config::new()
            .match_kind(MatchKind::All)
            .cache_capacity(CAPACITY)
            // Giving up is better than building the same states again and again.
            .minimum_cache_clear_count(Some(0));
        let dfa = Builder::new().configure(config).build_from_nfa(nfa).map_err(|_| TooLarge)?;
        let cache = dfa.create_cache();
        Ok(Automaton { dfa, cache })
    }

    /// Returns the state before the first byte.
    pub(super) fn start(&mut self) -> Result<State, TooLarge> {
        let config = start::Config::new().anchored(Anchored::Yes);
        self.dfa.start_state(&mut self.cache, &config).map_err(|_| TooLarge)
    }

    /// Returns the state after a byte.
    pub(super) fn step(&mut self, state: State, byte: u8) -> Result<State, TooLarge> {
        self.dfa.next_state(&mut self.cache, state, byte).map_err(|_| TooLarge)
    }

    /// Returns the patterns that match all that was read.
    pub(super) fn matched(&mut self, state: State) -> Result<Vec<usize>, TooLarge> {
        let end = self.dfa.next_eoi_state(&mut self.cache, state).map_err(|_| TooLarge)?;
        if !end.is_match() {
            return Ok(Vec::new());
        }
        let count = self.dfa.match_len(&self.cache, end);
        let mut found: Vec<usize> =
            (0..count).map(|index| self.dfa.match_pattern(&self.cache, end, index).as_usize()).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// Returns how many bytes the states take that have been built.
    pub(super) fn memory(&self) -> usize {
        self.cache.memory_usage()
    }

    /// Returns how many bytes every state takes, however many things may match in it.
    pub(super) fn fixed(&self) -> usize {
        const BOOKS: usize = 52;
        4 * self.dfa.byte_classes().alphabet_len().next_power_of_two() + BOOKS
    }

    /// Returns the class of a byte: bytes of one class lead to one state, wherever they are read.
    pub(super) fn class(&self, byte: u8) -> u8 {
        self.dfa.byte_classes().get(byte)
    }
}
