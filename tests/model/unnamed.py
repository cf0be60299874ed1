"""unnamed.py: what AWS would make twice, an HTTP API or a KMS key, as a model small enough to explore.

One stack wants one object of a type that has no name: AWS makes another one each time it is asked,
and shows it in its lists some time later. Runs follow each other (protocol.py shows that a second
one never acts beside the first); each may be killed between any two steps. A create may be carried
out and its reply be lost, be lost on its way, or arrive long after everybody gave it up. Somebody
else has an object that looks just like ours.
"""

from dataclasses import dataclass, replace

RULES = {
    "nonce": "an object is ours only if it bears the nonce of a create on record",
    "intent-first": "no create leaves before its intent is acknowledged",
    "settle-time": "that a list does not show an object counts only after the list's settle time",
    "unnamed-suspects": "a create that was looked for in vain, or repeated, is looked for by later runs too",
    "sent-twice": "a create that was found is looked for once more: it may have been sent twice",
    "known-ids": "what is on record already is not found again",
    "deposed": "what turns up beside the object on record is recorded as well, until it is deleted",
}
RUNS = 4  # at most; each may die
THEIRS = "theirs"


@dataclass(frozen=True)
class World:
    objects: frozenset = frozenset({(0, THEIRS)})  # (id, nonce) in AWS
    shown: frozenset = frozenset({0})  # ids that its lists have
    made: int = 0  # ids so far
    late: tuple = ()  # nonces of creates that may still arrive
    arrived_late: bool = False
    # The state:
    current: int | None = None
    deposed: frozenset = frozenset()
    # The operation object, beside the owner:
    intent: str | None = None
    result: int | None = None
    suspects: frozenset = frozenset()
    # The run at work, the `number`-th, and what it alone knows:
    number: int = 0
    at: str = "free"
    quiet: bool = True  # when it began, nothing was on its way and the lists were complete
    nonce: str | None = None
    again: bool = False  # its create was sent twice
    fault: str | None = None


def ours(w):
    return {number for number, nonce in w.objects if nonce != THEIRS}


class Model:
    def __init__(self, without=()):
        self.rules = set(RULES) - set(without)

    def has(self, rule):
        return rule in self.rules

    def lists_may_lag(self, w):
        """A look now may miss what is there; who waits for the settle time looks later."""
        return self.has("settle-time") and {number for number, _ in w.objects} != w.shown

    def find(self, w, nonce):
        """The objects that creates with this nonce have made, as far as the lists show."""
        known = {w.current, *w.deposed} if self.has("known-ids") else set()
        return [number for number, its in sorted(w.objects) if number in w.shown - known
                and (its == nonce or not self.has("nonce"))]

    # --- the steps of a run ---

    def free(self, w):
        """The next run takes the operation object, from nobody or from a dead run."""
        if w.number == RUNS:
            return None
        quiet = not w.late and {number for number, _ in w.objects} == w.shown
        return replace(w, at="settle", number=w.number + 1, quiet=quiet, again=False, nonce=None)

    def settle(self, w):
        """What became of the dead run's intent: its result, or what AWS shows."""
        if w.intent is None:
            return replace(w, at="suspects")
        if w.result is not None:
            w = replace(w, current=w.result)
        elif self.lists_may_lag(w):
            return None
        else:
            found = self.find(w, w.intent)
            if not found or self.has("sent-twice"):
                w = self.suspect(w, w.intent)
            w = replace(w, current=min(found, default=None))
        return replace(w, at="suspects", intent=None, result=None)

    def suspect(self, w, nonce):
        return replace(w, suspects=w.suspects | {nonce}) if self.has("unnamed-suspects") else w

    def suspects(self, w):
        """Creates of earlier runs that were looked for in vain, or sent twice."""
        if self.lists_may_lag(w):
            return None
        for nonce in sorted(w.suspects):
            w = self.take_all(w, nonce)
        # Nothing can arrive any more, and all is shown: nobody has to look for them again.
        return replace(w, at="plan", suspects=frozenset() if w.quiet else w.suspects)

    def take_all(self, w, nonce):
        """The first one may be the object that is wanted, the others are surplus."""
        for number in self.find(w, nonce):
            if w.current is None:
                w = replace(w, current=number)
            elif self.has("deposed"):
                w = replace(w, deposed=w.deposed | {number})
        return w

    def plan(self, w):
        if w.current is None:
            return replace(w, at="intend", nonce=f"run {w.number}")
        return replace(w, at="delete" if w.deposed else "release")

    def intend(self, w):
        return replace(w, at="send", intent=w.nonce if self.has("intent-first") else None, result=None)

    def send(self, w):
        return replace(w, at="wait")

    def look(self, w):
        """The reply was lost: was it carried out?"""
        if self.lists_may_lag(w):
            return None
        found = self.find(w, w.nonce)
        if found:
            return self.end_create(w, min(found))
        return replace(w, at="free") if w.again else replace(w, at="send", again=True)

    def end_create(self, w, number):
        """The result goes into the operation object, and what was sent twice among the suspects."""
        w = replace(w, at="release", current=number, result=number)
        return self.suspect(w, w.nonce) if w.again else w

    def delete(self, w):
        number = min(w.deposed)
        w = replace(w, objects=frozenset(one for one in w.objects if one[0] != number),
                    shown=w.shown - {number}, deposed=w.deposed - {number})
        if number == w.current or number == 0:
            w = replace(w, fault=f"a run deletes object {number}, which is "
                                 f"{'somebody else’s' if number == 0 else 'the one in use'}")
        return replace(w, at="plan")

    def release(self, w):
        w = replace(w, at="free", intent=None, result=None)
        if w.current == 0:
            return replace(w, fault="somebody else's object is taken for ours")
        lost = [number for number, nonce in w.objects
                if number in ours(w) - {w.current, *w.deposed} and nonce not in w.suspects]
        if lost and not w.late:
            return replace(w, fault=f"run {w.number} ended well, and nobody knows of object {lost[0]}")
        if w.quiet and not w.again and not w.late and ours(w) != {w.current}:
            return replace(w, fault=f"run {w.number} began when all was quiet, and left objects {sorted(ours(w))}")
        return w

    # --- what happens ---

    def create(self, w, nonce):
        w = replace(w, made=w.made + 1, objects=w.objects | {(w.made + 1, nonce)})
        if len(ours(w)) > 1 and not w.arrived_late:
            w = replace(w, fault=f"two objects, {sorted(ours(w))}, though no create arrived late")
        return w

    def happenings(self, w):
        if w.at == "wait":
            done = self.create(w, w.nonce)
            yield "the create is carried out", self.end_create(done, done.made)
            yield "the create is carried out, and its reply lost", replace(done, at="look")
            yield "the create is lost on its way", replace(w, at="look")
            if not w.late:
                yield "the create seems lost, and is on its way", replace(w, at="look", late=(*w.late, w.nonce))
        for nonce in w.late:
            arrived = self.create(replace(w, arrived_late=True, late=()), nonce)
            yield f"the create of {nonce} arrives late", arrived
        for number in sorted({number for number, _ in w.objects} - w.shown):
            yield f"the lists show object {number}", replace(w, shown=w.shown | {number})
        if w.at != "free":
            yield f"run {w.number} is killed", replace(w, at="free")
            if w.at == "wait" and not w.late:
                yield f"run {w.number} is killed, its create on its way", replace(w, at="free", late=(w.nonce,))

    def steps(self, w):
        after = getattr(self, w.at, lambda _: None)(w)
        if after is not None:
            yield f"run {after.number}: {w.at if w.at != 'free' else 'begins'}", after
        yield from self.happenings(w)
