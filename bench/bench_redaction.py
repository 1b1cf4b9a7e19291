"""Redaction at scale: comments a second on one core, and as a ratio to splitting the same comments into words.

    python -m bench.bench_redaction --comments 20000

Comments are made up from the simulation's templates, all different, about half of them with personal data; they are redacted
one by one, as `hailong redact` does, and as a column, as the pipeline does. The floor is one pass of normalisation to NFC
and splitting into words: what any rule that reads words must do first. CPU time of this process, the best of three.
Prints a Markdown table; ratios are to the floor, and hold on another machine where the rates do not.
"""

from __future__ import annotations

import argparse
import random
import re
import time
import unicodedata
from collections.abc import Callable

import polars as pl

from sources.simulation_texts import COMMENTS, GIVEN_NAMES, MIDDLE_NAMES, SURNAMES
from transforms.redaction import redact, redact_series

PLACES = ["Mộc Châu", "Lý Nhân", "Đức Thọ", "Cẩm Xuyên", "Trần Đề", "Hoàng Mai"]
_WORD = re.compile(r"\w+")


def invent(n: int, seed: int = 1) -> list[str]:
    """`n` comments of one or two templates each, with a number that makes every one different."""
    random_ = random.Random(seed)
    templates = [template for pool in COMMENTS.values() for template in pool]
    comments = []
    for number in range(n):
        given = random_.choice(GIVEN_NAMES)
        name = f"{random_.choice(SURNAMES)} {random_.choice(MIDDLE_NAMES)} {given}"
        phone = f"09{random_.randrange(10**8):08d}"
        filled = " ".join(random_.choices(templates, k=random_.choice([1, 1, 2]))).format(
            name=name, given=given, phone=phone, tax="0100109106", email=f"ketoan{number}@example.vn"
        )
        comments.append(f"{filled} Hồ sơ ngày {number % 28 + 1}/5, KBNN {random_.choice(PLACES)}, lần {number}.")
    return comments


def measure(job: Callable[[], object]) -> float:
    """CPU seconds of the best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        job()
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=20_000)
    comments = invent(parser.parse_args().comments)
    column = pl.Series("comment", comments)
    jobs: dict[str, Callable[[], object]] = {
        "floor: normalise, split into words": lambda: [
            _WORD.findall(unicodedata.normalize("NFC", text)) for text in comments
        ],
        "redact, one by one": lambda: [redact(text) for text in comments],
        "redact_series": lambda: redact_series(column),
    }
    seconds = {name: measure(job) for name, job in jobs.items()}
    floor = next(iter(seconds.values()))
    masked = sum(bool(redact(text).masked) for text in comments)
    length = sum(map(len, comments)) / len(comments)
    print(
        f"{len(comments):,} comments, {length:.0f} characters each, {masked / len(comments):.0%} with personal data\n"
    )
    print("| what | comments/s | ratio to the floor |\n| --- | ---: | ---: |")
    for name, took in seconds.items():
        print(f"| {name} | {len(comments) / took:,.0f} | {took / floor:.1f} |")


if __name__ == "__main__":
    main()
