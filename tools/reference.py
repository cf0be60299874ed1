"""reference.py: the pages under docs/reference, from `cinfra types --json`."""

import json

NOTE = "<!-- Made by tools/reference.py from the program's own rows; do not edit. -->\n"

FLAGS = {
    "required": "required",
    "replace": "a change replaces",
    "write_only": "AWS never returns it",
    "sensitive": "secret",
    "set": "order does not count",
    "no_reset": "no way back to the default",
}


def code(text):
    return f"`{text}`"


def constraints(row):
    """What a value must be, in a few words."""
    words = [FLAGS[f] for f in row["flags"] if f in FLAGS]
    unit = f" {row['unit']}" if row.get("unit") else ""
    if "min" in row:
        words.append(f"{row['min']:.15g} to {row['max']:.15g}{unit}")
    if "min_length" in row:
        words.append(f"length {row['min_length']} to {row['max_length']}")
    if row.get("values"):
        words.append(" \\| ".join(code(v) for v in row["values"]))
    if row.get("default") not in (None, ""):
        words.append(f"default {code(compact(row['default']))}")
    if row.get("stands_for"):
        words.append(f"stands for {row['stands_for']}")
    return ", ".join(words)


def compact(value):
    return value if isinstance(value, str) else json.dumps(value, separators=(", ", ": "))


def kind(row):
    item = row.get("item")
    return f"{row['type']} of {item}" if item else row["type"]


def table(rows, name, depth=0):
    """One line a property, those of a map below it."""
    for row in rows:
        indent = "&nbsp;&nbsp;" * depth
        yield (f"| {indent}{code(row[name])} | {kind(row)} | {constraints(row)} "
               f"| {row.get('doc', '')} |")
        if row.get("properties"):
            yield from table(row["properties"], name, depth + 1)


HEAD = ["| name | type | | |", "|---|---|---|---|"]


def type_page(t):
    settable = [p for p in t["properties"] if "computed" not in p["flags"]]
    computed = [p for p in t["properties"] if "computed" in p["flags"]]
    lines = [NOTE, f"# {t['name']}", "", t["doc"], ""]
    if t["holds_data"]:
        lines += ["It holds data: a plan that deletes it says so, and apply asks twice.", ""]
    lines += ["In a section's entry the names are in snake_case; under `resources` they are as here.", ""]
    lines += ["## Properties", "", *HEAD, *table(settable, "name"), ""]
    if computed:
        lines += ["## Attributes", "", *HEAD, *table(computed, "name"), ""]
    if t["left_out"]:
        lines += ["## Left out", "", "| property | why |", "|---|---|"]
        lines += [f"| {code(p)} | {why} |" for p, why in sorted(t["left_out"].items())] + [""]
    if t["differs"]:
        lines += ["## Other than in CloudFormation", "", "| property | what | why |", "|---|---|---|"]
        lines += [f"| {code(d['path'])} | {d['what']} | {d['why']} |" for d in t["differs"]] + [""]
    return "\n".join(lines)


def section_page(s):
    lines = [NOTE, f"# {s['section']}", "", s["doc"], ""]
    if s.get("example"):
        lines += ["```yaml", s["example"].rstrip("\n"), "```", ""]
    if s["words"]:
        lines += ["## Words", "", *HEAD, *table(s["words"], "word"), ""]
    if s.get("type"):
        lines += [f"Every other property of [{s['type']}]({file_of(s['type'])}) is taken in snake_case.", ""]
    if s.get("verbs"):
        lines += ["## Verbs for `allow`", "", "| verb | actions |", "|---|---|"]
        lines += [f"| {code(v['name'])} | {', '.join(code(a) for a in v['actions'])} |" for v in s["verbs"]] + [""]
    return "\n".join(lines)


def file_of(name):
    return name.removeprefix("AWS::").replace("::", "-").lower() + ".md"


def index_page(dump):
    lines = [NOTE, "# Reference", "", "## Sections of a stack", ""]
    lines += [f"- [{s['section']}]({s['section']}.md)" for s in dump["sections"]]
    lines += ["", "## Resource types", ""]
    lines += [f"- [{t['name']}]({file_of(t['name'])}): {t['doc']}" for t in dump["types"]]
    lines += ["", "## Functions in `${…}`", "", "| | |", "|---|---|"]
    lines += [f"| {code(f['usage'])} | {f['doc']} |" for f in dump["functions"]] + [""]
    return "\n".join(lines)


def pages(dump):
    """Yield (path, text)."""
    yield "docs/reference/README.md", index_page(dump)
    for s in dump["sections"]:
        yield f"docs/reference/{s['section']}.md", section_page(s)
    for t in dump["types"]:
        yield f"docs/reference/{file_of(t['name'])}", type_page(t)
