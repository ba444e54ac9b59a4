"""Reads YAML documents with PyYAML, a reader of YAML 1.1, and prints them as a JSON array."""
import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    documents = list(yaml.load_all(file.read(), Loader=yaml.SafeLoader))
json.dump(documents, sys.stdout)
