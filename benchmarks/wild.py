"""How the checker agrees with a folder of published formulas, labelled by hand.

    python benchmarks/wild.py FOLDER

Each formula stands under ``<!-- id | kind | expected | note -->`` with ``expected`` true, false or
other; ``contestable`` in the note marks a label that is a judgement call.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dpo_math.judge import Finding  # noqa: E402 (after the path is known)
from dpo_math.pages import read_page  # noqa: E402
from dpo_math.pages.check import check_page  # noqa: E402

LABEL = re.compile(r"<!-- (?P<id>\d\d-\d\d) \| \w+ \| (?P<expected>\w+) \| (?P<note>.*?) -->")
AGREES = {
    "true": {Finding.LINE, Finding.TRUE, Finding.DEFINITION, Finding.CHOICE},
    "false": {Finding.REFUTED},
    "other": {Finding.OTHER, Finding.NO_CLAIM},
}


def main(folder: Path) -> int:
    began, tally = time.process_time(), Counter[str]()
    for path in sorted(folder.glob("*-*.md")):
        page = read_page(path)
        labels = list(LABEL.finditer(page.text))
        for label, judged in zip(labels, check_page(page), strict=True):
            finding = judged.judgement.finding
            sort = "contestable" if "contestable" in label["note"] else "plain"
            agreed = finding in AGREES[label["expected"]]
            tally[f"{sort} {label['expected']}: {'agreed' if agreed else 'not agreed'}"] += 1
            tally["read"] += finding is not Finding.UNREADABLE
            tally["formulas"] += 1
            if not agreed:
                print(f"{label['id']} {sort}, expected {label['expected']}: {label['note']}")
                print(f"    {judged.judgement.sentence}")
    print(*(f"{name}: {count}" for name, count in sorted(tally.items())), sep="\n")
    print(f"{time.process_time() - began:.1f} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
