//! Writes objects to stdout, with a second thread where there are many.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{channel, sync_channel};

use meshc_compiler::istio::Object;
use meshc_compiler::processors::{Helper, are_several};
use meshc_compiler::yaml::{Format, Part, Stream};

use crate::terminal::print_pieces;

/// How many objects one thread writes at a time.
const TOGETHER: usize = 64;

/// So many parts may wait for this thread, and as many of its own; each is about forty kilobytes.
const AHEAD: usize = 2;

/// With fewer objects, waking another thread takes longer than it saves.
const MANY: usize = 512;

/// Writes objects, one after another.
pub(super) fn stream(objects: &[Object<'_>], format: Format) -> anyhow::Result<()> {
    let alone = objects.len() < MANY || !are_several();
    print_pieces(|stdout| {
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

/// Writes objects in chunks, each by the thread that has nothing else to do. This one also hands all of them to the system, so it
/// writes fewer.
fn with_another<W: std::io::Write>(stream: &mut Stream<W>, objects: &[Object<'_>], format: Format) {
    let Some(helper) = Helper::free() else { return write(stream, objects) };
    let (first, rest) = objects.split_at(TOGETHER);
    let next = AtomicUsize::new(0);
    let take = &|| {
        let index = next.fetch_add(1, Ordering::Relaxed);
        Some((index, rest.chunks(TOGETHER).nth(index)?))
    };
    let fill = |mut part: Part, chunk| {
        part.fill(|part| write(part, chunk));
        part
    };
    let (done, parts) = sync_channel(AHEAD);
    // Those that were handed on are filled again: their memory is there.
    let (back, written) = channel();
    let there = move || {
        while let Some((index, chunk)) = take() {
            let part = fill(written.try_recv().unwrap_or_else(|_| Part::new(format)), chunk);
            if done.send((index, part)).is_err() {
                return;
            }
        }
    };
    let here = || {
        write(stream, first);
        // Parts come from there, and are filled here, in order: the next one is the first of either.
        let (mut theirs, mut own, mut spare) = (None, VecDeque::new(), Vec::new());
        for index in 0..rest.chunks(TOGETHER).len() {
            loop {
                theirs = theirs.or_else(|| parts.try_recv().ok());
                if let Some((_, part)) = own.pop_front_if(|(own, _)| *own == index) {
                    stream.append(&part);
                    spare.push(part);
                    break;
                }
                if let Some((_, part)) = theirs.take_if(|(there, _)| *there == index) {
                    stream.append(&part);
                    // Once the last part is filled, nobody takes it.
                    let _ = back.send(part);
                    break;
                }
                match if own.len() < AHEAD { take() } else { None } {
                    Some((taken, chunk)) => {
                        let part = spare.pop().unwrap_or_else(|| Part::new(format));
                        own.push_back((taken, fill(part, chunk)));
                    }
                    None => match parts.recv() {
                        Ok(part) => theirs = Some(part),
                        Err(_) => unreachable!("a part that is not filled here is filled there"),
                    },
                }
            }
        }
    };
    helper.both(here, there);
}
