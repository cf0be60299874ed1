import sys

from fault.check import main

if __name__ == "__main__":
    sys.exit(main())
