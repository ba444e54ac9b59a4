//! A folder named after a code shows what that code says.
//!
//! An error keeps everything from stdout and exits 1; a warning lets the objects through.

use meshc_dialect::diagnostic::Level;

use crate::case::{Case, Run};
use crate::expected::{self, Mode};

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    let Some(code) = meshc_compiler::codes().into_iter().find(|code| code.name == case.name) else {
        return Err(format!("no code is called `{}`: rename the folder or remove it", case.name));
    };
    case.check_files(|path| matches!(path, "args" | "stderr"))?;
    let Run { exit, stdout, stderr } = case.build(&case.args());
    let (word, code_of_exit) = match code.level {
        Level::Error => ("error", 1),
        Level::Warning => ("warning", 0),
    };
    if exit != code_of_exit {
        return Err(format!("exit code {exit}, not {code_of_exit}\n{stderr}"));
    }
    if stdout.is_empty() != (code.level == Level::Error) {
        return Err(format!("stdout is not what an {word} leaves of it:\n{stdout}"));
    }
    if !stderr.contains(&format!("{word}[{}]: ", code.name)) {
        return Err(format!("there is no {word}[{}] in what came out:\n{stderr}", code.name));
    }
    expected::check(mode, &case.dir.join("stderr"), &stderr)
}
