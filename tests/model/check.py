"""check.py: explore the models with all their rules, then without each of them."""

import sys

import protocol
import unnamed
from explore import explore


def check(name, rules, worlds, path, wanted):
    """Tell what was found; 1 if it is what was wanted."""
    if not rules:
        print(f"\n== {name}, with all rules: {worlds} worlds, {'FAULT' if path else 'no fault'}")
    elif path:
        print(f"\nwithout {rules}:")
    else:
        print(f"\nwithout {rules}: no fault in {worlds} worlds: is the rule needed?")
    for line in path or ():
        print(f"    {line}")
    return bool(path) == wanted


def main():
    results = []
    for module in (protocol, unnamed):
        name = module.__name__
        results.append(check(name, None, *explore(module.Model(), module.World()), wanted=False))
        for rule, text in module.RULES.items():
            found = explore(module.Model([rule]), module.World())
            results.append(check(name, f"`{rule}` ({text})", *found, wanted=True))
    print(f"\n{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
