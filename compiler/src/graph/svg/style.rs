//! Colours and strokes. A colour is never alone: what came and went has a sign, what is opaque another stroke.

use super::super::edge::Stroke;
use super::super::{Kind, Mark};

/// The style of pictures; every name in it begins with `mg`.
pub const STYLE: &str = concat!(
    ".mg{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;max-width:none}",
    ".mg-ground{fill:#f6f8fa}",
    ".mg-box{fill:#fff;stroke:#d0d7de}",
    ".mg-outside .mg-box,.mg-callers .mg-box{stroke:#8c959f;stroke-dasharray:4 3}",
    ".mg-kind{font-size:10px;font-weight:600;letter-spacing:.4px}",
    ".mg-name{font-size:14px;font-weight:650;fill:#1f2328}",
    ".mg-detail{font-size:11px;fill:#59636e}",
    ".mg-when,.mg-to,.mg-share{font-size:11px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}",
    ".mg-when{fill:#1f2328}.mg-to{fill:#59636e}.mg-share{fill:#1f2328}",
    ".mg-was{font-size:10px;fill:#59636e;text-decoration:line-through}",
    ".mg-rule{stroke:#d0d7de}",
    ".mg-tag rect{fill:#ddf4ff;stroke:#54aeff}.mg-tag text{font-size:10px;fill:#0550ae}",
    ".mg-tag-clear rect{fill:#fff8c5;stroke:#d4a72c}.mg-tag-clear text{fill:#7d4e00}",
    ".mg-bar{fill:#eaeef2}.mg-part{fill:#54aeff}",
    ".mg-gateway .mg-stripe{fill:#0969da}.mg-gateway .mg-kind{fill:#0969da}",
    ".mg-host .mg-stripe{fill:#8250df}.mg-host .mg-kind{fill:#8250df}",
    ".mg-service .mg-stripe{fill:#1b7c83}.mg-service .mg-kind{fill:#1b7c83}",
    ".mg-exit .mg-stripe{fill:#bf3989}.mg-exit .mg-kind{fill:#bf3989}",
    ".mg-outside .mg-stripe,.mg-callers .mg-stripe{fill:#8c959f}.mg-outside .mg-kind,.mg-callers .mg-kind{fill:#59636e}",
    ".mg-line{fill:none;stroke:#8c959f;stroke-width:1.5}.mg-head{fill:#8c959f}",
    ".mg-opaque .mg-line{stroke-width:4;stroke-dasharray:1.5 2.5}",
    ".mg-copies .mg-line{stroke-dasharray:2 5;stroke-linecap:round}",
    ".mg-added .mg-line{stroke:#1a7f37;stroke-width:2.5}.mg-added .mg-head{fill:#1a7f37}",
    ".mg-opaque.mg-added .mg-line,.mg-opaque.mg-changed .mg-line{stroke-width:4.5}",
    ".mg-removed .mg-line{stroke:#cf222e;stroke-width:2;stroke-dasharray:7 5}.mg-removed .mg-head{fill:#cf222e}",
    ".mg-changed .mg-line{stroke:#9a6700;stroke-width:2.5}.mg-changed .mg-head{fill:#9a6700}",
    ".mg-node.mg-added .mg-box{stroke:#1a7f37;stroke-width:2;stroke-dasharray:none}",
    ".mg-node.mg-removed .mg-box{stroke:#cf222e;stroke-width:2;stroke-dasharray:6 4}",
    ".mg-node.mg-changed .mg-box{stroke:#9a6700;stroke-width:2;stroke-dasharray:none}",
    ".mg-node.mg-removed .mg-name,.mg-row.mg-removed .mg-when,.mg-row.mg-removed .mg-to{text-decoration:line-through}",
    ".mg-row .mg-tint{fill:none}",
    ".mg-row.mg-added .mg-tint{fill:#dafbe1}.mg-row.mg-removed .mg-tint{fill:#ffebe9}.mg-row.mg-changed .mg-tint{fill:#fff8c5}",
    ".mg-sign circle,.mg-sign rect{fill:#fff;stroke-width:1.5}.mg-sign text{font-size:12px;font-weight:700}",
    ".mg-sign.mg-added circle,.mg-sign.mg-added rect{stroke:#1a7f37}.mg-sign.mg-added text,.mg-row.mg-added .mg-mark{fill:#1a7f37}",
    ".mg-sign.mg-removed circle,.mg-sign.mg-removed rect{stroke:#cf222e}.mg-sign.mg-removed text,.mg-row.mg-removed .mg-mark{fill:#cf222e}",
    ".mg-sign.mg-changed circle,.mg-sign.mg-changed rect{stroke:#9a6700}.mg-sign.mg-changed text,.mg-row.mg-changed .mg-mark{fill:#9a6700}",
    ".mg-mark{font-size:12px;font-weight:700}",
    ".mg-badge text{font-size:10px}",
    ".mg-legend text,.mg-note{font-size:11px;fill:#59636e}",
    "@media (prefers-color-scheme:dark){",
    ".mg-ground{fill:#0d1117}.mg-box{fill:#161b22;stroke:#3d444d}.mg-rule{stroke:#3d444d}",
    ".mg-outside .mg-box,.mg-callers .mg-box{stroke:#656c76}",
    ".mg-name,.mg-when,.mg-share{fill:#e6edf3}.mg-detail,.mg-to,.mg-was,.mg-note,.mg-legend text{fill:#9198a1}",
    ".mg-tag rect{fill:#12263f;stroke:#316dca}.mg-tag text{fill:#79c0ff}",
    ".mg-tag-clear rect{fill:#2b2111;stroke:#9e6a03}.mg-tag-clear text{fill:#e3b341}",
    ".mg-bar{fill:#2a313c}.mg-part{fill:#316dca}",
    ".mg-gateway .mg-stripe{fill:#4493f8}.mg-gateway .mg-kind{fill:#4493f8}",
    ".mg-host .mg-stripe{fill:#ab7df8}.mg-host .mg-kind{fill:#ab7df8}",
    ".mg-service .mg-stripe{fill:#39c5cf}.mg-service .mg-kind{fill:#39c5cf}",
    ".mg-exit .mg-stripe{fill:#f778ba}.mg-exit .mg-kind{fill:#f778ba}",
    ".mg-outside .mg-stripe,.mg-callers .mg-stripe{fill:#656c76}.mg-outside .mg-kind,.mg-callers .mg-kind{fill:#9198a1}",
    ".mg-line{stroke:#656c76}.mg-head{fill:#656c76}",
    ".mg-added .mg-line{stroke:#3fb950}.mg-added .mg-head{fill:#3fb950}",
    ".mg-removed .mg-line{stroke:#f85149}.mg-removed .mg-head{fill:#f85149}",
    ".mg-changed .mg-line{stroke:#d29922}.mg-changed .mg-head{fill:#d29922}",
    ".mg-node.mg-added .mg-box{stroke:#3fb950}.mg-node.mg-removed .mg-box{stroke:#f85149}.mg-node.mg-changed .mg-box{stroke:#d29922}",
    ".mg-row.mg-added .mg-tint{fill:#12261e}.mg-row.mg-removed .mg-tint{fill:#301b1f}.mg-row.mg-changed .mg-tint{fill:#2b2111}",
    ".mg-sign circle,.mg-sign rect{fill:#161b22}",
    ".mg-sign.mg-added circle,.mg-sign.mg-added rect{stroke:#3fb950}.mg-sign.mg-added text,.mg-row.mg-added .mg-mark{fill:#3fb950}",
    ".mg-sign.mg-removed circle,.mg-sign.mg-removed rect{stroke:#f85149}.mg-sign.mg-removed text,.mg-row.mg-removed .mg-mark{fill:#f85149}",
    ".mg-sign.mg-changed circle,.mg-sign.mg-changed rect{stroke:#d29922}.mg-sign.mg-changed text,.mg-row.mg-changed .mg-mark{fill:#d29922}",
    "}",
);

/// Returns the class of a line.
pub(super) fn stroke(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Clear => "mg-clear",
        Stroke::Opaque => "mg-opaque",
        Stroke::Copies => "mg-copies",
    }
}

/// Returns the class of what became of something.
pub(super) fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "mg-same",
        Mark::Added => "mg-added",
        Mark::Removed => "mg-removed",
        Mark::Changed => "mg-changed",
    }
}

/// Returns the class of a node.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Callers => "mg-callers",
        Kind::Gateway => "mg-gateway",
        Kind::Ingress => "mg-host",
        Kind::Service | Kind::Several => "mg-service",
        Kind::Exit => "mg-exit",
        Kind::Outside => "mg-outside",
    }
}
