"""What tells a type's rows from CloudFormation's published schema."""

import re
from typing import NamedTuple

import botocore.loaders

from support import cfn, texts

SCALARS = {"string", "integer", "number", "boolean"}
MOST = 2 ** 31 - 1


class Finding(NamedTuple):
    path: str  # "Targets/Arn"; items of lists and maps add nothing
    what: str  # missing, extra, or the aspect: type, required, replace, computed, values, range, length, pattern, order
    text: str  # for people


def published(type_name):
    """The schema that a type is compared with."""
    if type_name != "AWS::S3::BucketNotification":
        return cfn.schema(type_name)
    # cinfra's own: CloudFormation has it as a property of the bucket.
    bucket = cfn.schema("AWS::S3::Bucket")
    return {
        "definitions": bucket["definitions"],
        "properties": {"Bucket": {"type": "string"},
                       "NotificationConfiguration": bucket["properties"]["NotificationConfiguration"]},
        "required": ["Bucket", "NotificationConfiguration"],
        "createOnlyProperties": ["/properties/Bucket"],
    }


class Model:
    """What botocore says of a service: it backs our rows where CloudFormation's schema is silent."""

    def __init__(self, service):
        model = botocore.loaders.Loader().load_service_model(service, "service-2")
        self.members = {}  # name in small letters → its shapes
        for shape in model["shapes"].values():
            for name, member in shape.get("members", {}).items():
                target = model["shapes"][member["shape"]]
                self.members.setdefault(name.lower(), []).append(target)
                if target["type"] == "list":
                    self.members[name.lower()].append(model["shapes"][target["member"]["shape"]])

    def shapes(self, name):
        return self.members.get(name.lower(), [])

    def has_values(self, name, values):
        return any(set(values) == set(shape.get("enum", ())) for shape in self.shapes(name))

    def has_bound(self, name, at, bound):
        return any(shape.get(("min", "max")[at]) == bound for shape in self.shapes(name))

    def has_pattern(self, name):
        return next((shape["pattern"] for shape in self.shapes(name) if "pattern" in shape), None)


class Audit:
    """One type's rows beside its schema."""

    def __init__(self, dumped, root):
        self.dumped, self.root, self.found = dumped, root, []
        self.name = dumped["name"]
        self.model = Model(self.name.split("::")[1].lower())
        self.computed = self.paths("readOnlyProperties")
        self.replace = self.paths("createOnlyProperties")
        self.conditional = self.paths("conditionalCreateOnlyProperties")
        self.tags = root.get("tagging", {}).get("tagProperty", "/properties/Tags").rpartition("/")[2]

    def paths(self, key):
        return {path.replace("/*", "") for path in cfn.paths(self.root, key)}

    def findings(self):
        self.objects(self.dumped["properties"], self.root, "", frozenset())
        return self.found

    def add(self, path, what, text):
        self.found.append(Finding(path, what, text))

    # --- the members of a map ---

    def objects(self, rows, node, path, inherited):
        members = self.members(node)
        mine = {row["name"]: row for row in rows}
        for name in members.keys() - mine.keys():
            self.add(path + name, "missing", "CloudFormation has it")
        for name in mine.keys() - members.keys():
            self.add(path + name, "extra", "CloudFormation does not have it")
        for name in sorted(mine.keys() & members.keys()):
            self.row(mine[name], members[name], path + name, name in node.get("required", ()), inherited)

    def members(self, node):
        """Also those that stand in the branches of oneOf and its like only."""
        found = {}
        for key in ("allOf", "anyOf", "oneOf"):
            for branch in node.get(key, ()):
                found.update(self.members(cfn.resolve(self.root, branch)))
        found.update(node.get("properties", {}))
        own = node.get("properties", {})
        return {name: one for name, one in found.items() if one or name in own}

    def row(self, row, node, path, required, inherited):
        flags = set(row["flags"])
        node = cfn.resolve(self.root, node)
        computed = path in self.computed or "computed" in inherited
        replace = path in self.replace or "replace" in inherited
        self.same(path, "computed", "computed" in flags or "computed" in inherited, computed)
        if computed:
            return
        self.same(path, "required", "required" in flags, required)
        if path not in self.conditional:
            self.same(path, "replace", "replace" in flags or "replace" in inherited, replace)
        inherited = inherited | ({"replace"} if "replace" in flags or replace else set())
        if path == self.tags and "tags" in flags:
            return
        self.value(row, node, path, inherited)

    def same(self, path, what, mine, theirs):
        if mine != theirs:
            self.add(path, what, f"{'only ours' if mine else 'only theirs'}")

    # --- values ---

    def value(self, row, node, path, inherited):
        if "type" not in node and row["type"] == "list":
            branches = [cfn.resolve(self.root, one) for one in node.get("oneOf", ())]
            node = next((one for one in branches if one.get("type") == "array"), node)
        kinds = node.get("type", [])
        kinds = {kinds} if isinstance(kinds, str) else set(kinds)
        kind = row["type"]
        if kind == "list" and "array" in kinds:
            self.list(row, node, path, inherited)
        elif kind in ("json", "map", "object") and "object" in kinds and self.is_open(node):
            return  # ours may know more of it
        elif kind == "object" and self.members(node):
            self.objects(row.get("properties", ()), node, path + "/", inherited)
        elif kind == "map" and self.free(node):
            self.item(row, cfn.resolve(self.root, self.free(node)), path, inherited)
        elif kind in SCALARS and kind in kinds | ({"string"} if node.get("enum") and not kinds else set()):
            self.scalar(row, node, path, True)
        else:
            self.add(path, "type", f"{kind}, theirs is {' or '.join(sorted(kinds)) or 'open'}")

    def is_open(self, node):
        more = isinstance(node.get("additionalProperties"), dict)
        return not (self.members(node) or node.get("patternProperties") or more)

    def free(self, node):
        """The values of a map with free keys."""
        if self.members(node):
            return None
        patterns = list(node.get("patternProperties", {}).values())
        if patterns:
            return patterns[0]
        more = node.get("additionalProperties")
        return more if isinstance(more, dict) else {"type": "string"} if node.get("type") == "object" else None

    def item(self, row, node, path, inherited):
        """Rows of lists and maps say their items' rules themselves."""
        item = {**row, "type": row["item"], "flags": []}
        if item["type"] in SCALARS and item["type"] == node.get("type"):
            self.scalar(item, node, path, False)
        else:
            self.value(item, node, path, inherited)

    def list(self, row, node, path, inherited):
        self.item(row, cfn.resolve(self.root, node.get("items", {"type": "string"})), path, inherited)
        self.limits(row, node, path, ("min_length", "max_length"), ("minItems", "maxItems"), "length")
        free = {"set", "keyed"} & set(row["flags"])
        # Most schemas do not say; true is only its default.
        if node.get("insertionOrder") and not node.get("uniqueItems") and free:
            self.add(path, "order", "a set, theirs is ordered")
        if node.get("insertionOrder") is False and not free:
            self.add(path, "order", "ordered, theirs is not")

    def scalar(self, row, node, path, length):
        theirs = [str(value) for value in node["enum"]] if "enum" in node else None
        mine = row.get("values")
        if theirs is not None and sorted(theirs) != sorted(mine or ()):
            more = sorted(set(mine or ()) - set(theirs)), sorted(set(theirs) - set(mine or ()))
            self.add(path, "values", f"only ours {more[0]}, only theirs {more[1]}")
        elif theirs is None and mine and not self.model.has_values(row["name"], mine):
            self.add(path, "values", f"only ours {mine}")
        if row["type"] in ("integer", "number") and not mine:
            self.limits(row, node, path, ("min", "max"), ("minimum", "maximum"), "range")
        if row["type"] == "string" and theirs is None and not mine:
            self.text(row, node, path, length)

    def limits(self, row, node, path, mine, theirs, what):
        """Bounds as the schema has them, or as the service's own model has."""
        have = bounds(row.get(mine[0]), row.get(mine[1]), what)
        want = bounds(node.get(theirs[0]), node.get(theirs[1]), what)
        if any(a != b and not self.model.has_bound(row["name"], at, a) for at, (a, b) in enumerate(zip(have, want))):
            self.add(path, what, f"{have}, theirs {want}")

    # --- texts ---

    def text(self, row, node, path, length):
        if length:
            self.limits(row, node, path, ("min_length", "max_length"), ("minLength", "maxLength"), "length")
        mine = row.get("pattern")
        theirs = node.get("pattern") or mine and self.model.has_pattern(row["name"])
        if not mine and not theirs:
            return
        theirs = in_python(theirs or "")
        tried = texts.samples([one for one in (theirs, mine and texts.ere_in_python(mine)) if one],
                              texts.rng_for(f"{self.name} {path}"))
        tried = [text for text in tried if all(within(text, row, node))] if length else tried
        for text in tried:
            taken = not mine or texts.takes(mine, text)
            # One without ^ and $ is a search by the letter, and about the whole by its sense.
            if taken and not re.search(theirs, text, re.ASCII):
                return self.add(path, "pattern", f"takes {text[:80]!r}, theirs is {theirs}")
            if not taken and text and re.fullmatch(theirs or ".*", text, re.ASCII):
                return self.add(path, "pattern", f"refuses {text[:80]!r}, theirs is {theirs}")


def bounds(least, most, what):
    """What says nothing is None: a length of 0 or more, any 32-bit number."""
    if what == "length" and not least:
        least = None
    return [least, None if most is not None and most >= MOST else most]


def within(text, row, node):
    """Lengths are compared by themselves."""
    yield len(text) >= max(row.get("min_length", 0), node.get("minLength", 0))
    yield len(text) <= min(row.get("max_length", MOST), node.get("maxLength", MOST))


def in_python(pattern):
    """Their patterns are Java's and JavaScript's."""
    pattern = pattern.replace(r"\p{L}", "A-Za-z").replace(r"\p{Z}", " ").replace(r"\p{N}", "0-9")
    return re.sub(r"(?<!\\)\(\?<(?![=!])", "(?P<", pattern)


def compare(dumped, root):
    return Audit(dumped, root).findings()
