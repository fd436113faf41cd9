#!/usr/bin/env python
"""Where Django people look first: the same as `sanfu manage …`."""

import sys

from sanfu.adapters.commandline.main import main

if __name__ == "__main__":
    sys.exit(main(["manage", *sys.argv[1:]]))
