//! Writes objects to stdout, with a second thread where there are many.

use std::sync::mpsc::sync_channel;
use std::thread::{self, Builder};

use meshc_compiler::istio::Object;
use meshc_compiler::yaml::{Format, Part, Stream};

use crate::terminal::print;

/// How many objects one thread writes at a time: about as many bytes as the sink gets at once.
const TOGETHER: usize = 32;

/// With fewer objects, starting a thread takes longer than it saves.
const MANY: usize = 512;

/// Writes objects, one after another.
pub(super) fn stream(objects: &[Object<'_>], format: Format) -> anyhow::Result<()> {
    let alone = objects.len() < MANY || thread::available_parallelism().map_or(1, usize::from) < 2;
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

/// Writes every other chunk here, and those between them in another thread, which is never more than two ahead.
fn with_another<W: std::io::Write>(stream: &mut Stream<W>, objects: &[Object<'_>], format: Format) {
    thread::scope(|scope| {
        let (done, parts) = sync_channel(1);
        let work = move || {
            for chunk in objects.chunks(TOGETHER).skip(1).step_by(2) {
                if done.send(Part::of(format, |part| write(part, chunk))).is_err() {
                    return;
                }
            }
        };
        // One that cannot be started is no failure, only slower.
        let Ok(_) = Builder::new().spawn_scoped(scope, work) else { return write(stream, objects) };
        for (index, chunk) in objects.chunks(TOGETHER).enumerate() {
            match index % 2 {
                0 => write(stream, chunk),
                _ => match parts.recv() {
                    Ok(part) => stream.append(&part),
                    Err(_) => unreachable!("the other thread writes a part for each of these chunks"),
                },
            }
        }
    });
}
