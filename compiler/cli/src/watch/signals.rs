//! Signals that end the watching, between two runs and never within one.

/// Calls a function on ctrl-c and its like, until it returns false.
#[cfg(unix)]
pub fn on_end(mut end: impl FnMut() -> bool + Send + 'static) -> anyhow::Result<()> {
    use anyhow::Context;
    use signal_hook::consts::TERM_SIGNALS;
    use signal_hook::iterator::Signals;
    let mut signals = Signals::new(TERM_SIGNALS).context("cannot listen for signals")?;
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if !end() {
                break;
            }
        }
    });
    Ok(())
}

/// Elsewhere the system ends the program.
#[cfg(not(unix))]
pub fn on_end(_: impl FnMut() -> bool + Send + 'static) -> anyhow::Result<()> {
    Ok(())
}
