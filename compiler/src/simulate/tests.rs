//! The exact semantics of matching, one table for each.
