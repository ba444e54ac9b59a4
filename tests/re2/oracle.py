"""Asks google-re2, which wraps the C++ library, about patterns.

Reads {"patterns": [...], "subjects": [hex, ...]} and prints, for each pattern, null, "large", or the answers of a full
match as a string of 0 and 1: first with code points, then with bytes (Latin-1).
"""
import json
import sys

import re2


def answers(pattern, encoding, subjects):
    options = re2.Options()
    options.log_errors = False
    options.encoding = encoding
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        return "large" if "too large" in str(error) else None
    # Istio sets this limit for Envoy.
    if compiled.programsize > 32768:
        return "large"
    return "".join("01"[compiled.fullmatch(subject) is not None] for subject in subjects)


with open(sys.argv[1], encoding="utf-8") as file:
    question = json.load(file)
subjects = [bytes.fromhex(subject) for subject in question["subjects"]]
encodings = [re2.Options.Encoding.UTF8, re2.Options.Encoding.LATIN1]
json.dump(
    [[answers(pattern.encode(), encoding, subjects) for encoding in encodings] for pattern in question["patterns"]],
    sys.stdout,
)
