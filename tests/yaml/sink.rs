//! How the writer treats what it writes to.

use meshc_compiler::yaml::{Format, Map, Part, Stream};
use std::io::{Error, ErrorKind, Result, Write};

/// Takes so many bytes, then fails at every call.
struct Full {
    room: usize,
    failures: usize,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.room < bytes.len() {
            self.failures += 1;
            return Err(Error::new(ErrorKind::StorageFull, "no room"));
        }
        self.room -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

struct Pieces(Vec<usize>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.push(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

fn fill(sink: &mut dyn Write) -> Result<()> {
    let mut stream = Stream::new(sink, Format::Yaml);
    for _ in 0..1000 {
        stream.document(|map| map.texts("hosts", ["reviews.default.svc.cluster.local"; 20]));
    }
    stream.finish()
}

#[test]
fn a_failure_is_told_once_at_the_end() {
    for room in [0, 200_000] {
        let mut sink = Full { room, failures: 0 };
        let told = fill(&mut sink).map_err(|error| error.kind());
        assert_eq!(told, Err(ErrorKind::StorageFull));
        assert_eq!(sink.failures, 1, "nothing is tried after the first failure");
    }
}

#[test]
fn the_last_piece_can_fail_too() {
    let mut stream = Stream::new(Full { room: 3, failures: 0 }, Format::Json);
    stream.document(|map| map.flag("small", true));
    assert_eq!(stream.finish().map_err(|error| error.kind()), Err(ErrorKind::StorageFull));
}

#[test]
fn the_sink_sees_large_pieces() {
    let mut sink = Pieces(Vec::new());
    fill(&mut sink).expect("this sink takes all");
    are_whole(sink);
}

#[test]
fn of_what_was_written_elsewhere_the_sink_sees_large_pieces_too() {
    let (mut sink, mut alone) = (Pieces(Vec::new()), Vec::new());
    let write = |map: &mut Map<'_>| map.texts("hosts", ["reviews.default.svc.cluster.local"; 20]);
    let mut stream = Stream::new(&mut sink, Format::Yaml);
    stream.document(write);
    for count in (1..40).cycle().take(90) {
        let mut part = Part::new(Format::Yaml);
        part.fill(|stream| (0..count).for_each(|_| stream.document(write)));
        stream.append(&part);
    }
    let documents = stream.documents();
    stream.finish().expect("this sink takes all");

    let mut stream = Stream::new(&mut alone, Format::Yaml);
    (0..documents).for_each(|_| stream.document(write));
    stream.finish().expect("memory takes all");
    assert_eq!(sink.0.iter().sum::<usize>(), alone.len());
    are_whole(sink);
}

/// Asserts that the system can take each piece as one.
fn are_whole(mut sink: Pieces) {
    let last = sink.0.pop();
    assert!(last.is_some_and(|length| length <= 131_072) && sink.0.len() > 4, "{:?}", sink.0);
    assert!(sink.0.iter().all(|length| *length == 131_072), "{:?}", sink.0);
}
