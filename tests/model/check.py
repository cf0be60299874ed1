"""check.py: explore the protocol with all its rules, then without each of them."""

import sys

from protocol import RULES, explore


def main():
    passed = failed = 0
    worlds, path = explore()
    print(f"with all rules: {worlds} worlds, {'no fault' if not path else 'FAULT'}")
    for line in path or ():
        print(f"    {line}")
    passed, failed = (passed + 1, failed) if not path else (passed, failed + 1)
    for rule, text in RULES.items():
        worlds, path = explore([rule])
        if path:
            passed += 1
            print(f"\nwithout `{rule}` ({text}):")
            for line in path:
                print(f"    {line}")
        else:
            failed += 1
            print(f"\nwithout `{rule}`: no fault in {worlds} worlds: is the rule needed?")
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
