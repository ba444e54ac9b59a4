//! How many edits lead from one word to another, as long as they are few.

/// The most edits that are ever asked about.
const MOST: usize = 3;

/// So many places beside each other can be reached by few edits.
const BAND: usize = 2 * MOST + 1;

/// So many rows are looked back at: letters that change places may have others between them.
const ROWS: usize = MOST + 2;

/// More than is asked about.
const FAR: usize = MOST + 1;

/// Returns how many letters have to be put in, taken out, replaced or exchanged with a neighbour, if that is at most `most`.
///
/// It is the distance of Damerau and Levenshtein. Of its table only the cells near the diagonal are looked at, and it ends with
/// the first row in which all of them are too many.
pub(super) fn within<T: Copy + Eq>(word: &[T], other: &[T], most: usize) -> Option<usize> {
    debug_assert!(most <= MOST, "nobody asks about {most} edits");
    if word.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut table = Table { cells: [[FAR; BAND]; ROWS] };
    (0..=most.min(other.len())).for_each(|column| table.set(0, column, column));
    for row in 1..=word.len() {
        table.cells[row % ROWS] = [FAR; BAND];
        let mut least = FAR;
        for column in row.saturating_sub(most)..=(row + most).min(other.len()) {
            let edits = if column == 0 { row } else { edits(&table, word, other, row, column) };
            table.set(row, column, edits);
            least = least.min(edits);
        }
        if least > most {
            return None;
        }
    }
    Some(table.at(word.len(), other.len())).filter(|edits| *edits <= most)
}

/// Returns what leads to a cell with the fewest edits.
fn edits<T: Copy + Eq>(table: &Table, word: &[T], other: &[T], row: usize, column: usize) -> usize {
    let (letter, theirs) = (word[row - 1], other[column - 1]);
    let before = table.at(row - 1, column - 1);
    if letter == theirs {
        return before;
    }
    let edits = 1 + before.min(table.at(row - 1, column)).min(table.at(row, column - 1));
    // Where each of the two letters stood last in the other word: not far, or it takes too many edits.
    let last = |word: &[T], end: usize, letter: T| {
        (end.saturating_sub(MOST).max(1)..end).rev().find(|place| word[place - 1] == letter)
    };
    let (Some(above), Some(left)) = (last(word, row, theirs), last(other, column, letter)) else {
        return edits;
    };
    let between = (row - above - 1) + (column - left - 1);
    edits.min(table.at(above - 1, left - 1) + 1 + between)
}

/// The last rows of a table, each as far as it is near the diagonal.
struct Table {
    cells: [[usize; BAND]; ROWS],
}

impl Table {
    fn at(&self, row: usize, column: usize) -> usize {
        self.cells[row % ROWS].get((column + MOST).wrapping_sub(row)).copied().unwrap_or(FAR)
    }

    fn set(&mut self, row: usize, column: usize, edits: usize) {
        self.cells[row % ROWS][column + MOST - row] = edits.min(FAR);
    }
}
