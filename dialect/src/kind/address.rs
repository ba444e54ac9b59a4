//! Addresses: where a host lives, and what is dialled.

use std::net::IpAddr;

use super::Reading;
use super::host::is_host;
use super::name::{clip, is_dns_label};
use crate::line::Data;

crate::codes! {
    /// Not an address.
    NOT_AN_ADDRESS = error "not-an-address" "An address is not one.\n\n`address` takes an IP address or a DNS name without scheme and port, in quotes where it begins with a digit: `address \"203.0.113.10\"`. `dial` takes IP addresses and ranges: `dial \"203.0.113.0/24\"`.";
}

pub(super) fn address<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    if reading.text.parse::<IpAddr>().is_ok() || (is_host(reading.text) && reading.text.contains('.')) {
        return Data::Text(reading.text);
    }
    refuse(
        reading,
        "write an IP address or a DNS name, without scheme and port: \"203.0.113.10\", db.example.com",
    )
}

pub(super) fn range<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let (address, bits) = match reading.text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (reading.text, None),
    };
    let fits = address.parse::<IpAddr>().is_ok_and(|address| {
        let most = if address.is_ipv4() { 32 } else { 128 };
        bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
    });
    if fits {
        return Data::Text(reading.text);
    }
    refuse(reading, "write an IP address or a range: \"203.0.113.10\", \"203.0.113.0/24\"")
}

pub(super) fn locality<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let parts: Vec<&str> = reading.text.split('/').collect();
    let last = parts.len() - 1;
    let part = |(index, part): (usize, &&str)| {
        (*part == "*" && index == last) || (is_dns_label(&part.to_ascii_lowercase().replace('_', "-")))
    };
    if parts.len() <= 3 && parts.iter().enumerate().all(part) {
        return Data::Text(reading.text);
    }
    refuse(reading, "write a region, with a zone where it matters: us-east, \"us-east/a\", \"us-east/*\"")
}

fn refuse<'a>(reading: Reading<'a, '_>, form: &str) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    out.report(&NOT_AN_ADDRESS, span).says(format!("`{}` cannot stand here", clip(text))).help(form);
    Data::Broken
}
