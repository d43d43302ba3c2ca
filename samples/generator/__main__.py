"""python -m samples.generator --out DIR --seed N --count K: draws documents and their truth into a
folder.
"""

import argparse
import sys
from pathlib import Path

from samples.generator import DAMAGES, FAMILIES, KINDS, SETS, generate
from samples.generator.bad import write_bad_files
from samples.generator.committed import rewrite
from samples.generator.damage import NothingToDamageError
from samples.generator.document import UnknownChoiceError
from samples.generator.series import write


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m samples.generator", description=__doc__)
    parser.add_argument("--out", type=Path, help="folder to write to; made if missing")
    parser.add_argument(
        "--seed", type=int, default=1, help="the first document's seed; the others count up"
    )
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--set", dest="set_name", choices=SETS, default="development")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND")
    parser.add_argument(
        "--families", nargs="+", choices=list(FAMILIES), default=[], metavar="FAMILY"
    )
    parser.add_argument("--damage", nargs="+", choices=DAMAGES, default=[], metavar="DAMAGE")
    parser.add_argument("--committed", action="store_true", help="rewrite samples/timetables")
    parser.add_argument("--bad", type=Path, metavar="DIR", help="write the hostile files instead")
    choice = parser.parse_args(argv)
    if choice.committed or choice.bad:
        for path in rewrite() if choice.committed else write_bad_files(choice.bad):
            print(path)
        return 0
    if choice.out is None:
        parser.error("--out: say which folder to write to")
    if choice.damage:
        choice.kinds = [kind for kind in choice.kinds if kind != "not_timetable"]
    try:
        drawn = generate(
            seed=choice.seed,
            count=choice.count,
            set_name=choice.set_name,
            kinds=choice.kinds,
            families=choice.families,
            damages=choice.damage,
        )
        for path in write(drawn, choice.out):
            print(path)
    except (UnknownChoiceError, NothingToDamageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
