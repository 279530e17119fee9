# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of JSON Schema that doc/report.schema.json uses; unknown keywords are an error.

Stricter than the schema: a member that is not among the properties is a fault, so that the schema
describes all members.
"""
import json
import re

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
         "null": type(None)}
KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "properties", "required",
         "items", "enum", "const", "pattern", "minimum"}


def is_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


class Schema:
    def __init__(self, text):
        self.root = json.loads(text)

    def faults(self, value, name):
        """What is wrong with a document, which is to be as $defs has it under that name."""
        return list(self.check(value, self.root["$defs"][name], name))

    def check(self, value, schema, where):
        if unknown := schema.keys() - KNOWN:
            raise ValueError(f"{where}: the schema has {unknown}")
        if "$ref" in schema:
            name = schema["$ref"].removeprefix("#/$defs/")
            yield from self.check(value, self.root["$defs"][name], where)
        if "const" in schema and value != schema["const"]:
            yield f"{where}: {value!r} is not {schema['const']!r}"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r} is not one of {schema['enum']}"
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        if types and not any(is_type(value, name) for name in types):
            yield f"{where}: {value!r} is not of type {types}"
        elif isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
            yield f"{where}: {value!r} does not match {schema['pattern']}"
        elif isinstance(value, int) and value < schema.get("minimum", value):
            yield f"{where}: {value} is less than {schema['minimum']}"
        elif isinstance(value, dict):
            yield from self.check_object(value, schema, where)
        elif isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                yield from self.check(item, schema["items"], f"{where}[{number}]")

    def check_object(self, value, schema, where):
        properties = schema.get("properties", {})
        for key in schema.get("required", []):
            if key not in value:
                yield f"{where}.{key}: is missing"
        for key, member in value.items():
            if key in properties:
                yield from self.check(member, properties[key], f"{where}.{key}")
            elif properties:
                yield f"{where}.{key}: is not in the schema"
