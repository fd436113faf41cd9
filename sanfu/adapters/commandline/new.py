"""`sanfu new room DOMAIN/NAME --label …`: writes a room that passes every check, to be changed into the real one."""

import argparse
from pathlib import Path
from string import Template

from sanfu.adapters.commandline.main import OK, BadInput
from sanfu.records.manifest import DOMAINS, HOUSE, KIND_LENGTH, all_rooms

SKELETON = Path(__file__).resolve().parents[1] / "skeleton"
ROOT = HOUSE.parent
# where each piece of the skeleton goes
FILES = {
    "init": "sanfu/$domain/$name/__init__.py",
    "room": "sanfu/$domain/$name/room.py",
    "states": "sanfu/$domain/$name/states.py",
    "models": "sanfu/$domain/$name/models.py",
    "migrations": "sanfu/$domain/$name/migrations/__init__.py",
    "migration": "sanfu/$domain/$name/migrations/0001_initial.py",
    "actions": "sanfu/$domain/$name/actions.py",
    "queries": "sanfu/$domain/$name/queries.py",
    "pages": "sanfu/web/officer/$name.py",
    "roles": "content/people/roles/$name.yaml",
    "demo": "sanfu/adapters/demo_$name.py",
    "test": "tests/rooms/test_$name.py",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["room"], help="a room")
    parser.add_argument("place", help=f"DOMAIN/NAME; domains: {', '.join(DOMAINS)}; NAME as its tables begin")
    parser.add_argument("--label", required=True, help="what people call it, in Chinese")
    parser.add_argument("--kind", default="", help="code of its cases; NAME without its last s when not said")
    parser.add_argument(
        "--number", default="", help="first letters of its numbers; two of the kind when not said"
    )
    parser.add_argument(
        "--into", type=Path, default=ROOT, help="checkout to write into; this one when not said"
    )


def run(args: argparse.Namespace) -> int:
    domain, _, name = args.place.partition("/")
    kind = args.kind or name.removesuffix("s")
    number = args.number or kind[:2].upper()
    _check(domain, name, kind, number)
    words = {
        **{"domain": domain, "name": name, "room": f"{domain}.{name}", "label": args.label},
        **{"kind": kind, "KIND": kind.upper(), "Name": kind.title().replace("_", ""), "number": number},
    }
    made = {args.into / Template(place).substitute(words): piece for piece, place in FILES.items()}
    there = [str(path) for path in made if path.exists()]
    if there:
        raise BadInput(f"these files exist already, nothing was written: {', '.join(there)}")
    for path, piece in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        source = SKELETON / f"{piece}.txt"
        text = source.read_text("utf-8") if source.exists() else ""
        path.write_text(_sorted(Template(text).substitute(words)), "utf-8")
        print(path.relative_to(args.into))
    print(
        f"\nnext: name {args.label} in GLOSSARY.md and CHANGELOG.md; sanfu manage matrix; "
        f"the tests of CONTRIBUTING.md, “Before it lands”; ./run on an empty database"
    )
    return OK


def _sorted(text: str) -> str:
    """The text with its imports of the house in order, whatever domain and name are."""
    lines = text.splitlines(keepends=True)
    places = [place for place, line in enumerate(lines) if line.startswith("from sanfu.")]
    for place, line in zip(places, sorted(lines[place] for place in places), strict=True):
        lines[place] = line
    return "".join(lines)


def _check(domain: str, name: str, kind: str, number: str) -> None:
    """Refuse what another room has already.

    Raises:
        BadInput: an unknown domain, a name that is no word, a kind or letters that are taken.
    """
    if domain not in DOMAINS:
        raise BadInput(f"no domain {domain!r}; one of {', '.join(DOMAINS)}")
    if not name.isidentifier() or name != name.lower() or not kind.isidentifier() or len(kind) > KIND_LENGTH:
        raise BadInput(
            f"{name!r}, {kind!r}: lower-case words; a kind has at most {KIND_LENGTH} letters (--kind)"
        )
    for room in all_rooms():
        if room.name == name:
            raise BadInput(f"there is a room {room.code} already")
        for one in room.kinds:
            if one.code == kind or one.number == number:
                raise BadInput(
                    f"{room.code} has kind {one.code} with numbers {one.number}…; say --kind or --number"
                )
