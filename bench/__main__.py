"""`python -m bench NAME`: run one benchmark. NAME is the module bench/bench_NAME.py; no NAME lists them."""

import importlib
import sys
from pathlib import Path


def names() -> dict[str, str]:
    """Benchmark name → first line of its docstring."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        first = path.read_text(encoding="utf-8").partition("\n")[0].strip('"')
        found[path.stem.removeprefix("bench_")] = first
    return found


def main(words: list[str]) -> int:
    known = names()
    if not words or words[0] not in known:
        print("usage: ./test --bench NAME [options]\n")
        for name, what in known.items():
            print(f"  {name:<14} {what}")
        return 0 if not words else 2
    module = importlib.import_module(f"bench.bench_{words[0]}")
    return int(module.main(words[1:]) or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
