"""Weights of the signs by which names without capitals are told, fitted to labelled comments.

    python -m bench.fit_name_weights labelled.jsonl ...

Each line is `{text, spans: [{start, end, type}]}`. The comments are taken in lower case, and once more without diacritics:
there are never enough comments that were written so. Rows of syllables that are labelled as a name are set against the
others by logistic regression (a ridge of 2; comments written without capitals count three times; signs met fewer than eight
times are left out), weights in halves. Prints the tables of `transforms/person_names/weights.py`. How many are found at
which threshold: score the comments as they are.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from transforms.identifiers import Span
from transforms.name_lexicon import fold
from transforms.person_names.weighing import signs_of_rows

RIDGE, RAREST, UNCASED_COUNTS = 2.0, 8, 3.0
Row = tuple[list[str], bool, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    lines = [line for file in parser.parse_args().files for line in file.read_text("utf-8").splitlines()]
    comments = [json.loads(line) for line in lines]
    for name, written in (("WEIGHTS", str.lower), ("FOLDED_WEIGHTS", fold)):
        weights = fit([row for comment in comments for row in read_rows(comment, written)])
        print(f'{name} = _read("""\n{tabulate(weights)}\n""")')


def read_rows(comment: dict[str, Any], written: Callable[[str], str]) -> Iterator[Row]:
    """The signs of each row of syllables that could be a name, whether it is labelled as one, and how much it counts."""
    text = written(comment["text"])
    if len(text) != len(comment["text"]) or (written is str.lower and fold(text) == text):
        return
    spans = [Span(span["start"], span["end"], span["type"]) for span in comment["spans"]]
    names = {(span.start, span.end) for span in spans if span.type == "PERSON_NAME"}
    counts = UNCASED_COUNTS if text == comment["text"] else 1.0
    for start, end, signs in signs_of_rows(text, [span for span in spans if span.type != "PERSON_NAME"]):
        yield signs, (start, end) in names, counts


def fit(rows: list[Row]) -> dict[str, float]:
    """The weight of each sign that is met often enough."""
    met = Counter(sign for signs, _, _ in rows for sign in signs)
    column = {sign: i for i, sign in enumerate(sorted(sign for sign, times in met.items() if times >= RAREST))}
    cells = [(i, column[sign]) for i, (signs, _, _) in enumerate(rows) for sign in signs if sign in column]
    signs_of_rows = csr_matrix((np.ones(len(cells)), tuple(zip(*cells, strict=True))), (len(rows), len(column)))
    is_name = np.array([name for _, name, _ in rows], float)
    counts = np.array([count for _, _, count in rows])

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        score = signs_of_rows @ weights
        unlikelihood = (counts * (np.logaddexp(0, score) - is_name * score)).sum() + RIDGE / 2 * (weights @ weights)
        slope = signs_of_rows.T @ (counts * (1 / (1 + np.exp(-score)) - is_name)) + RIDGE * weights
        return unlikelihood, slope

    weights = minimize(loss, np.zeros(len(column)), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    return {sign: round(float(weights[i]) * 2) / 2 for sign, i in column.items()}


def tabulate(weights: dict[str, float]) -> str:
    """One line for each weight that is not nought: `    +2: sign; sign`, and of words `    +2 last: word; word`."""
    lines: dict[tuple[str, float], list[str]] = {}
    for sign, weight in weights.items():
        kind, _, word = sign.rpartition(": ")
        lines.setdefault((kind, -weight), []).append(word)
    wrap = textwrap.TextWrapper(122, initial_indent="    ", subsequent_indent="        ").fill
    return "\n".join(
        wrap(f"{-weight:+g} {kind}".strip() + f": {'; '.join(sorted(words))}")
        for (kind, weight), words in sorted(lines.items())
        if weight
    )


if __name__ == "__main__":
    main()
