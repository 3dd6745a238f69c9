"""`python -m tests.intake.write_corpus`: the mails of the corpus, and the page of its results.

python -m tests.intake.write_corpus          writes tests/intake/corpus/ and the page
python -m tests.intake.write_corpus --page   writes docs/intake-corpus.md only
"""

import json
import sys

from . import corpus_clients, corpus_machines
from .corpus_cases import CASES
from .reading_corpus import CORPUS, PAGE, page


def main(arguments):
    if "--page" not in arguments:
        corpus_clients.add()
        corpus_machines.add()
        for old in CORPUS.glob("*.*"):
            old.unlink()
        for name, (content, expected) in CASES.items():
            (CORPUS / f"{name}.eml").write_bytes(content)
            written = json.dumps(expected, ensure_ascii=False, indent=1)
            (CORPUS / f"{name}.json").write_text(f"{written}\n", "utf-8")
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
