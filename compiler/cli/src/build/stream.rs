//! Writes objects to stdout, with a second thread where there are many.

use std::sync::mpsc::{channel, sync_channel};

use meshc_compiler::istio::Object;
use meshc_compiler::processors::{Helper, are_several};
use meshc_compiler::yaml::{Format, Part, Stream};

use crate::terminal::print;

/// How many objects one thread writes at a time.
const TOGETHER: usize = 64;

/// This thread writes the first of so many chunks, as it also hands everything to the system.
const TURN: usize = 3;

/// So many parts may wait for this thread; each is a few ten kilobytes.
const AHEAD: usize = 4;

/// With fewer objects, waking another thread takes longer than it saves.
const MANY: usize = 512;

/// Writes objects, one after another.
pub(super) fn stream(objects: &[Object<'_>], format: Format) -> anyhow::Result<()> {
    let alone = objects.len() < MANY || !are_several();
    print(|stdout| {
        let mut stream = Stream::new(stdout, format);
        match alone {
            true => write(&mut stream, objects),
            false => with_another(&mut stream, objects, format),
        }
        stream.finish()
    })
}

fn write<W: std::io::Write>(stream: &mut Stream<W>, objects: &[Object<'_>]) {
    for object in objects {
        stream.document(|map| object.write(map));
    }
}

/// Writes some of the chunks here, and those between them in another thread.
fn with_another<W: std::io::Write>(stream: &mut Stream<W>, objects: &[Object<'_>], format: Format) {
    let Some(helper) = Helper::free() else { return write(stream, objects) };
    let (done, parts) = sync_channel(AHEAD);
    // Those that were written are filled again: their memory is there.
    let (back, written) = channel();
    let chunks = || objects.chunks(TOGETHER).enumerate();
    let between = move || {
        for (_, chunk) in chunks().filter(|(index, _)| index % TURN != 0) {
            let mut part = written.try_recv().unwrap_or_else(|_| Part::new(format));
            part.fill(|part| write(part, chunk));
            if done.send(part).is_err() {
                return;
            }
        }
    };
    let all = || {
        for (index, chunk) in chunks() {
            match index % TURN {
                0 => write(stream, chunk),
                _ => match parts.recv() {
                    Ok(part) => {
                        stream.append(&part);
                        // Once the last part is filled, nobody takes it.
                        let _ = back.send(part);
                    }
                    Err(_) => unreachable!("the other thread writes a part for each of these chunks"),
                },
            }
        }
    };
    helper.both(all, between);
}
