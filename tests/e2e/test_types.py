"""Every resource type from create to destroy, on each emulator, read back by boto3.

A case is a file types/NAME.py, named after the type's file; a second case of a type adds a
word (sqs_queue_fifo.py):

    TYPE      = "AWS::SQS::Queue"
    NEEDS     = {"other": {"type": …, "properties": …}}   what else the stack has
    CREATE    = {…}             properties, as many as there are; references as in a stack
    CHANGES   = [{…}, …]        one step each: the plan must name exactly these properties, less
                                those with a ~ before
    MORE      = {emulator: [{…}, …]}        more CHANGES, where only one emulator shows them
    REPLACE   = [{…}, …]        likewise, and the resource must be replaced
    DRIFT     = {property: function(aws)}   changes it behind cinfra's back
    EQUAL     = [{…}, …]        other words for what is there: no difference
    FOREIGN   = [function(aws)] changes of what is not ours: no difference
    DEFAULTS  = {property: …}   what read() finds once the stack does not say it
    REMOVALS  = [(…), …]        properties taken out of the stack together, in order; without it
                                all optional ones at once
    ATTRIBUTES = {computed property: where read() has it}
    NOT_SHOWN = {property: why} in no case of this type, because no emulator can show it
    DEPENDS   = [name, …]       of NEEDS, that which no reference leads to
    LACKS     = {emulator: {property: why}}   left out of the stack there; "A.B" is the member B
                                anywhere in A
    FIXED     = {emulator: {property: why}}   set there, and then never changed
    KEPT      = {emulator: {property: why}}   set and changed there, but never taken out again
    def read(aws):    what AWS has, by boto3, in CloudFormation's names; None: it is not there
    def setup(aws):   what must be there before, made by boto3
    def delete(aws):  delete it behind cinfra's back

`aws` is a support.type_case.Aws.
"""

import json
import re
import subprocess

import pytest

from support.cinfra import CHANGES, DONE, DRIFT, Cinfra
from support.inventory import inventory
from support.type_case import Aws, cases, rows, types
from support.validate import mutates, name_of

CASES = cases()
LIMIT = 60  # seconds that a run of the program may take


class Story:
    """One case on one emulator.  Problems are collected, so that a run shows all of them."""

    def __init__(self, case, emulator, recording, cinfra):
        self.case, self.emulator, self.recording, self.cinfra = case, emulator, recording, cinfra
        self.aws = Aws(emulator)
        self.rows = rows(case.type)
        self.properties = case.on(emulator, case.create)
        self.problems = []

    # --- the stack ---

    def write(self, properties):
        it = {"type": self.case.type, "properties": properties,
              "depends_on": [f"resources.{name}" for name in self.case.depends]}
        resources = {**self.case.needs, "it": it}
        self.properties = properties
        self.cinfra.write(json.dumps({"stack": "t", "resources": resources}, indent=1))

    def stepped(self, step):
        """The properties after a step: None takes one out."""
        after = {**self.properties, **{name.lstrip("~"): value for name, value in step.items()}}
        return {name: value for name, value in after.items() if value is not None}

    # --- what is expected ---

    def expect(self, what, have, want):
        if have != want:
            self.problems.append(f"{what}\n    want {want!r}\n    have {have!r}")

    def expect_plan(self, what, action, names, code=CHANGES):
        """The plan names these properties of the resource, nothing else, and changes nothing."""
        before = len(self.recording.exchanges)
        result = self.cinfra.plan("--json", expect=None, timeout=LIMIT)
        calls = map(name_of, self.recording.exchanges[before:])
        self.expect(f"{what}: calls of the plan that change something", list(filter(mutates, calls)), [])
        if result.code not in (DONE, CHANGES, DRIFT):
            self.problems.append(f"{what}: {result}")
            return
        self.expect(f"{what}: exit code", result.code, code)
        found = {change["address"]: change for change in result.json()["changes"]}
        if not names and not found:
            return
        if set(found) != {"resources.it"}:
            self.problems.append(f"{what}: the plan changes {sorted(found)}\n{json.dumps(found, indent=1)}")
            return
        change = found["resources.it"]
        self.expect(f"{what}: action", change["action"], action)
        named = {re.match(r"\w+", one["path"])[0] for one in change["differences"]}
        if named != set(names):
            self.problems.append(f"{what}: the plan names {sorted(named)}, not {sorted(names)}: "
                                 f"before {change['before']} after {change['after']}")

    def expect_empty(self, what):
        self.expect_plan(what, None, (), DONE)

    def apply(self, what):
        result = self.cinfra.apply("--allow-data-loss", expect=None, timeout=LIMIT)
        if result.code != DONE:
            self.problems.append(f"{what}: apply ended with {result}")
        self.aws.look(self.cinfra)

    def expect_live(self, what):
        """boto3 finds what the stack says, and AWS's defaults for the rest."""
        live = self.case.read(self.aws)
        if live is None:
            self.problems.append(f"{what}: it is not there")
            return
        for name in self.known:
            want = self.aws.resolved(self.properties.get(name, self.case.defaults.get(name)))
            if want != live.get(name):
                self.problems.append(f"{what}: {name} in AWS\n    want {want!r}\n    have {live.get(name)!r}")
        for name, key in self.case.attributes.items():
            self.expect(f"{what}: attribute {name}", self.aws.at(name), live.get(key))

    @property
    def known(self):
        """Properties that this case sets at some time."""
        steps = [self.case.create, *self.case.changes, *self.case.more.get(self.emulator.name, []), *self.case.replace]
        return sorted({name for step in steps for name in step} - set(self.case.lacking(self.emulator))
                      - {name for name, row in self.rows.items() if "write_only" in row["flags"]})

    def end(self):
        if self.problems:
            pytest.fail("\n".join(problem[:2000] for problem in self.problems[:20]), pytrace=False)

    # --- chapters ---

    def create(self):
        self.write(self.properties)
        self.apply("create")
        if "it" not in self.aws.resources:
            self.end()
        self.expect_live("create")
        self.expect_empty("after create")

    def steps(self, steps):
        """Those that this emulator can show, less what it lacks."""
        fixed, kept = self.case.fixed_on(self.emulator), self.case.kept.get(self.emulator.name, {})
        shown = ({name: value for name, value in self.case.on(self.emulator, step).items()
                  if name not in fixed and (value is not None or name not in kept)} for step in steps)
        return [step for step in shown if step]

    def change(self, what, step):
        step = {name: value for name, value in step.items() if self.properties.get(name) != value}
        if not step:
            return
        what = f"{what} {', '.join(f'{name}={value!r}' for name, value in step.items())}"
        self.write(self.stepped(step))
        self.expect_plan(what, "update", [name for name in step if name[0] != "~"])
        self.apply(what)
        self.expect_live(what)

    def changes(self):
        for step in self.steps(self.case.changes + self.case.more.get(self.emulator.name, [])):
            self.change("change", step)
        self.expect_empty("after the changes")

    def other_words(self):
        before = self.properties
        for step in self.steps(self.case.equal):
            self.write(self.stepped(step))
            self.expect_empty(f"equal {step}")
        self.write(before)
        for function in self.case.foreign:
            function(self.aws)
            self.expect_empty(f"foreign {function.__name__}")

    def removals(self):
        removals = self.case.removals
        if removals is None:
            removals = [[name for name, row in self.rows.items()
                         if not {"required", "replace", "computed"} & set(row["flags"])]]
        for names in removals:
            for step in self.steps([{name: None for name in names if not self.is_default(name)}]):
                self.change("remove", step)
        self.expect_empty("after the removals")

    def is_default(self, name):
        return self.properties.get(name) in (None, self.case.defaults.get(name))

    def bring_back(self):
        """Everything again, in one update."""
        [step] = self.steps([self.case.create])
        self.write({**self.properties, **step})
        self.apply("bring back")
        self.expect_live("bring back")
        self.expect_empty("after bringing back")

    def drift(self):
        changed = []
        for [(name, function)] in (step.items() for step in self.steps([{n: f} for n, f in self.case.drift.items()])):
            function(self.aws)
            changed.append(name)
            self.expect_plan(f"drift of {name}", "update", changed, DRIFT)
        if changed:
            self.apply("put back")
            self.expect_live("put back")
            self.expect_empty("after putting back")
        if self.case.delete:
            self.case.delete(self.aws)
            self.expect("deleted outside", self.case.read(self.aws), None)
            self.apply("make again")
            self.expect_live("make again")
            self.expect_empty("after making again")

    def replacements(self):
        for step in self.steps(self.case.replace):
            what = f"replace {step}"
            before, old = self.counts(), self.aws.as_if_at(self.aws.resources)
            self.write(self.stepped(step))
            self.expect_plan(what, "replace", step)
            self.apply(what)
            self.expect_live(what)
            if old.id != self.aws.id:
                self.expect(f"{what}: the old one", self.case.read(old), None)
            self.expect(f"{what}: how many there are", self.counts(), before)
        self.expect_empty("after the replacements")

    def counts(self):
        return {what: len(names) for what, names in inventory(self.emulator, self.aws.client).items()}

    def destroy(self, left):
        result = self.cinfra.destroy(expect=None, timeout=LIMIT)
        if result.code != DONE:
            self.problems.append(f"destroy ended with {result}")
        self.expect("destroyed", self.case.read(self.aws), None)
        self.expect("left over", inventory(self.emulator, self.aws.client), left)
        self.expect("state", list(self.aws.look(self.cinfra).resources), [])


@pytest.mark.parametrize("name", CASES)
def test_type(name, emulator, recording, cinfra):
    case = CASES[name]
    story = Story(case, emulator, recording, cinfra)
    case.setup(story.aws)
    left = inventory(emulator, story.aws.client)
    story.create()
    story.changes()
    story.other_words()
    story.removals()
    story.bring_back()
    story.drift()
    story.replacements()
    story.destroy(left)
    story.end()


@pytest.mark.parametrize("type_name", types())
def test_every_property_is_in_a_case(type_name):
    """… of CREATE, CHANGES or REPLACE, or else NOT_SHOWN says why not."""
    own = [case for case in CASES.values() if case.type == type_name]
    assert own, "no file of types/ is about this type"
    settable = {name for name, row in rows(type_name).items() if "computed" not in row["flags"]}
    shown = {name.lstrip("~") for case in own for step in case.all_steps() for name in step}
    hidden = {name for case in own for name in case.not_shown}
    assert shown | hidden == settable
    assert not shown & hidden
    assert {name for case in own for name in case.attributes} == set(rows(type_name)) - settable


EXCEPTIONS = [(name, kind, word, path) for name, case in CASES.items() for word in ("lacks", "fixed", "kept")
              for kind, paths in getattr(case, word).items() for path in paths]


class Trial(Story):
    """What a case says that an emulator cannot do, tried all the same."""

    def holds(self, properties):
        """Applied, read back and planned again, the properties are there."""
        self.write(properties)
        try:
            applied = self.cinfra.apply("--allow-data-loss", expect=None, timeout=10).code == DONE
        except subprocess.TimeoutExpired:
            applied = False
        if not applied:
            return False
        self.aws.look(self.cinfra)
        live = self.case.read(self.aws)
        if live is None or self.cinfra.plan(expect=None, timeout=LIMIT).code != DONE:
            return False
        want = self.aws.resolved({**self.case.defaults, **properties})
        return all(live.get(name) == want.get(name) for name in self.known)

    def carries(self, path):
        name = path.partition(".")[0]
        return self.holds({**self.properties, name: self.first(name)})

    def changes(self, name):
        """Set, then something else, or nothing."""
        before, after = {**self.properties, name: self.first(name)}, self.stepped({name: self.second(name)})
        self.holds(before)
        return self.holds(after)

    def first(self, name):
        return next(step[name] for step in self.case.all_steps() if name in step)

    def second(self, name):
        values = [step[name] for step in self.case.changes if name in step and step[name] != self.first(name)]
        return values[0] if values else None


@pytest.mark.parametrize("name,emulator,word,path", EXCEPTIONS, indirect=["emulator"])
def test_an_exception_is_needed(name, emulator, word, path, tmp_path):
    """What a case leaves out on an emulator really does not work there."""
    trial = Trial(CASES[name], emulator, None, Cinfra(tmp_path / "stack", emulator.endpoint))
    trial.case.setup(trial.aws)
    if word == "lacks":
        assert not trial.carries(path), f"{emulator.name} carries {path}"
    elif word == "fixed":
        assert not trial.changes(path), f"{emulator.name} changes {path}"
    else:
        trial.holds({**trial.properties, path: trial.first(path)})
        assert not trial.holds(trial.stepped({path: None})), f"{emulator.name} lets {path} go"
