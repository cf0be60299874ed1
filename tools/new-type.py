#!/usr/bin/python3
"""new-type.py AWS::Foo::Bar [-o FILE]: write a resource type's first draft.

The property rows come from CloudFormation's published schema; the call rows are
guesses from the IAM actions that it names.  A person finishes both: see
docs/adding-a-type.md.  `-o -` prints the file.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import cfn

CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": "[:space:]"}
SCALARS = {"string": "STRING", "integer": "INT", "number": "DOUBLE", "boolean": "BOOL"}
# First words of operations, per verb of a row.
VERBS = (
    ("CREATE", "create", ("Create", "Put", "Register", "Add")),
    ("READ", "read", ("Describe", "Get", "List")),
    ("UPDATE", "update", ("Update", "Set", "Put", "Modify", "Tag", "Untag")),
    ("REMOVE", "delete", ("Delete", "Remove", "Deregister")),
)


def snake(name):
    """`KMSKeyId` → `kms_key_id`."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def c_string(text):
    return json.dumps(text, ensure_ascii=False)


def first_sentence(text):
    """A description's first sentence without markup, for the row's doc."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text or "")
    text = re.sub(r"<[^>]+>|[`*]+", "", text)
    text = " ".join(text.split())
    match = re.match(r"(.{10,}?\.)(\s|$)", text)
    return match[1] if match else text


def to_ere(pattern):
    """A pattern in POSIX's spelling; None where it has none."""
    pattern = re.sub(r"^\^|(?<!\\)\$$", "", pattern).replace("(?:", "(")
    result, bracket = "", None
    for token in re.findall(r"\\.|.", pattern, re.S):
        if bracket is not None:
            if token == "]" and bracket not in ("[", "[^"):
                # In a POSIX bracket nothing is escaped, and a dash stands last.
                result, bracket = result + bracket + ("-]" if dash else "]"), None
            elif token in (r"\-", r"\_") or token == "-" and bracket in ("[", "[^"):
                dash, bracket = dash or "-" in token, bracket + ("_" if "_" in token else "")
            elif token.startswith("\\"):
                bracket += CLASSES.get(token[1], None if token[1].isalnum() else token[1]) or "\0"
            else:
                bracket += token
        elif token == "[":
            bracket, dash = "[", False
        elif token.startswith("\\") and token[1] in CLASSES:
            result += f"[{CLASSES[token[1]]}]"
        elif token.startswith("\\") and token[1] in "/-_:@ ":
            result += token[1]
        else:
            result += token
    if re.search(r"\0|\(\?|\\[a-zA-Z0-9]|[*+?}]\?|\]\[", result) or not result.isascii():
        return None
    known = subprocess.run(["grep", "-E", "-e", result], stdin=subprocess.DEVNULL, capture_output=True)
    return result if known.returncode == 1 else None


class Draft:
    """Writes the rows of one type."""

    def __init__(self, type_name):
        self.name = type_name
        self.root = cfn.schema(type_name)
        self.tables = []  # text of the tables of nested objects, in the order of use
        self.names = {}  # $ref → name of its table; None while it is being written
        self.todo = []
        self.flags = {
            flag: cfn.paths(self.root, key) for flag, key in (
                ("P_REPLACE", "createOnlyProperties"), ("P_COMPUTED", "readOnlyProperties"),
                ("P_WRITE_ONLY", "writeOnlyProperties"))
        }
        tagging = self.root.get("tagging", {})
        self.tags = tagging.get("tagProperty", "/properties/Tags").rpartition("/")[2]

    def rows(self, node, path=""):
        required = set(node.get("required", []))
        ordered = sorted(node["properties"], key=lambda name: (f"{path}{name}" in self.flags["P_COMPUTED"]))
        return "\n".join(
            self.row(name, node["properties"][name], f"{path}{name}", name in required) for name in ordered
        ) + "\n\tPROP_END"

    def row(self, name, node, path, required):
        if path == self.tags and not path.count("/"):
            return f"\tPROP({c_string(name)}, MAP, P_TAGS, .group = G_TAGS, .doc = \"Tags.\"),"
        flags = ["P_REQUIRED"] if required else []
        flags += [flag for flag, paths in self.flags.items() if path in paths]
        kind, extra, full = self.kind(name, node, path)
        if kind == "LIST" and (full.get("uniqueItems") or full.get("insertionOrder") is False):
            flags.append("P_SET")
        parts = [c_string(name), kind, " | ".join(flags) or "0", *extra, *self.limits(full, kind, path)]
        text = f".doc = {c_string(first_sentence(full.get('description')) or 'TODO.')}"
        line = f"\tPROP({', '.join(parts)}, {text}),"
        return line if len(line) < 110 else f"\tPROP({', '.join(parts)},\n\t     {text}),"

    def kind(self, name, node, path):
        """(type of the row, its further fields, the resolved node)"""
        reference = node.get("$ref")
        full = cfn.resolve(self.root, node)
        kind = full.get("type")
        if kind == "array":
            item, extra, _ = self.kind(name, full.get("items", {}), path + "/*")
            if item in ("LIST", "MAP"):
                return "JSON", [], full
            return "LIST", ([f"OF({item})"] if item != "STRING" else []) + extra, full
        if isinstance(kind, str) and kind in SCALARS:
            return SCALARS[kind], [], full
        if kind == "object" and full.get("properties"):
            table = self.table(name, reference, full, path)
            return ("OBJECT", [f".sub = {table}"], full) if table else ("JSON", [], full)
        if kind == "object" and len(full.get("patternProperties", {})) == 1:
            item, extra, _ = self.kind(name, next(iter(full["patternProperties"].values())), path + "/*")
            if item not in ("LIST", "MAP"):
                return "MAP", ([f"OF({item})"] if item != "STRING" else []) + extra, full
        if kind is None and full.get("enum"):
            return "STRING", [], full
        self.todo.append(f"{path}: the schema leaves its shape open")
        return "JSON", [], full

    def table(self, name, reference, node, path):
        """The name of a nested object's table; None inside itself."""
        key = reference or path
        if key not in self.names:
            self.names[key] = None
            text = self.rows(node, path + "/")
            table = snake((reference or name).rpartition("/")[2])
            if table in ("default", "switch", "case", "for", "if", "static", "const", "props", "ops"):
                table += "_rows"
            while table in (used for used in self.names.values() if used):
                table += "_"
            self.names[key] = table
            self.tables.append(f"static const struct prop {table}[] = {{\n{text}\n}};")
        elif self.names[key] is None:
            self.todo.append(f"{path}: refers to itself")
        return self.names[key]

    def limits(self, node, kind, path):
        parts = []
        if "default" in node:
            parts.append(f".def = {c_string(json.dumps(node['default']))}")
        values = node.get("enum") or cfn.resolve(self.root, node.get("items", {})).get("enum")
        if values and kind in ("STRING", "LIST"):
            parts.append(f"VALUES({', '.join(c_string(str(value)) for value in values)})")
        if kind in ("INT", "DOUBLE") and ("minimum" in node or "maximum" in node):
            whole = 2147483647
            parts.append(f"RANGE({node.get('minimum', -whole)}, {node.get('maximum', whole)})")
        least, most = (("minItems", "maxItems") if kind == "LIST" else ("minLength", "maxLength"))
        if kind in ("STRING", "LIST") and (least in node or most in node):
            parts.append(f"LENGTH({node.get(least, 0)}, {node.get(most, 'INT64_MAX')})")
        if kind == "STRING" and node.get("pattern"):
            pattern = to_ere(node["pattern"])
            if pattern:
                parts.append(f".pattern = {c_string(pattern)}")
            else:
                self.todo.append(f"{path}: pattern {node['pattern']}")
        return parts

    def calls(self):
        service = self.service()
        for verb, handler, words in VERBS:
            permissions = self.root.get("handlers", {}).get(handler, {}).get("permissions", [])
            for permission in permissions:
                prefix, _, operation = permission.partition(":")
                if prefix == service and operation.startswith(words):
                    yield f'\tOP({verb}, "{operation}"),'

    def service(self):
        """The IAM prefix that the create handler names most."""
        permissions = self.root.get("handlers", {}).get("create", {}).get("permissions", [])
        own = [item.partition(":")[0] for item in permissions]
        return max(own, key=own.count) if own else self.name.split("::")[1].lower()

    def identifier(self, key):
        return "|".join(path.rpartition("/")[2] for path in self.root.get(key, []))

    def write(self):
        rows = self.rows(self.root)
        tables = "\n".join(self.tables + [f"static const struct prop props[] = {{\n{rows}\n}};"])
        todo = "".join(f" * TODO {text.replace('*/', '* /').replace('/*', '/ *')}\n" for text in self.todo)
        name_prop = next((path for path in sorted(self.flags["P_REPLACE"])
                          if path in (self.name.split("::")[2] + "Name", "Name")), None)
        return TEMPLATE.format(
            type=self.name, todo=todo, tables=tables, calls="\n".join(self.calls()),
            service=self.service(), symbol=file_stem(self.name),
            doc=c_string(first_sentence(self.root.get("description")) or "TODO."),
            id=self.identifier("primaryIdentifier"),
            name_prop=c_string(name_prop) if name_prop else "NULL",
        )


TEMPLATE = """\
/*
 * {type}
 *
 * TODO finish the call rows: what identifies the resource (.in), which groups a
 * call carries, what says that it is absent (.absent), waits and retries.
{todo} */
#include "providers/aws/run.h"

/* clang-format off */
{tables}

static const struct aws_op ops[] = {{
{calls}
	OP_END
}};
/* clang-format on */

static const char *const left_out[][2] = {{
	{{ NULL, NULL }},
}};

static const struct aws_type impl = {{
	.service = "{service}",
	.ops = ops,
}};

const struct type aws_type_{symbol} = {{
	.name = "{type}",
	.doc = {doc},
	.props = props,
	.id = "{id}",
	.name_prop = {name_prop},
	.left_out = left_out,
	.impl = &impl,
}};
"""


def file_stem(type_name):
    """`AWS::SQS::QueuePolicy` → `sqs_queue_policy`."""
    _, service, name = type_name.split("::")
    return f"{service.lower()}_{snake(name)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("type", help="AWS::Service::Resource")
    parser.add_argument("-o", "--output", help="the file to write; - for standard output")
    args = parser.parse_args()
    if args.type not in cfn.type_names():
        sys.exit(f"new-type: CloudFormation has no type {args.type!r}")
    text = Draft(args.type).write()
    if args.output == "-":
        print(text, end="")
        return
    path = Path(args.output) if args.output else ROOT / "providers/aws/types" / f"{file_stem(args.type)}.c"
    if path.exists():
        sys.exit(f"new-type: {path} is there already")
    path.write_text(text)
    print(f"wrote {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}; "
          "next: docs/adding-a-type.md")


if __name__ == "__main__":
    main()
