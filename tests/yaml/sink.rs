//! How the writer treats what it writes to.

use meshc_compiler::yaml::{Format, Stream};
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
    for room in [0, 100_000] {
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
    let last = sink.0.pop();
    assert!(last.is_some_and(|length| length <= 65_536) && sink.0.len() > 5, "{:?}", sink.0);
    assert!(sink.0.iter().all(|length| (65_536..65_700).contains(length)), "{:?}", sink.0);
}
