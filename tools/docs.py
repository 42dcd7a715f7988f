"""Keeps README.md and docs/ true: makes the generated pages, runs what the others show and puts its output in.

python tools/docs.py            lists what is out of date (exit status 1)
python tools/docs.py --write    brings it up to date
python tools/docs.py PAGE...    only these of the pages written by hand

How blocks are run stands in docs_blocks.py, what is generated in docs_reference.py. The pages are run in two processes.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from docs_blocks import IMAGES, ROOT, Page, Sample, renewed, sample_record
from docs_reference import GENERATED, with_columns

DOCS = ROOT / "docs"
# Written by other tools: by tools/accuracy.py from texts that are not in the project, and by `make bench`.
MEASURED = frozenset({"accuracy.md", "speed.md"})
WORKERS = 2


def pages() -> list[Path]:
    """The pages written by hand, whose blocks are run."""
    made = {DOCS / name for name in (*GENERATED, *MEASURED)}
    return [ROOT / "README.md", *(path for path in sorted(DOCS.rglob("*.md")) if path not in made)]


def page(path: Path, sample: Sample) -> Page:
    """A page written by hand, as it should be."""
    new = renewed(path, sample)
    if path == DOCS / "record.md":
        new.text = with_columns(new.text, sample.path)
    return new


@contextlib.contextmanager
def all_pages(paths: Iterable[Path], sample: Sample) -> Iterator[dict[Path, Future[Page]]]:
    """Every page as it should be, once its future is done; what is not waited for is not run."""
    # Not "fork": the threads of DuckDB do not survive it.
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        # The longest first, so that no process is left with one at the end.
        longest = sorted(paths, key=lambda path: -path.read_text("utf-8").count("$ communique code "))
        yield {path: pool.submit(page, path, sample) for path in longest}
        pool.shutdown(wait=False, cancel_futures=True)


def _write(path: Path, new: str, write: bool) -> bool:
    """Shows what is out of date in a file, and with `write` mends it. Whether anything was."""
    old = path.read_text("utf-8") if path.exists() else ""
    if new == old:
        return False
    name = path.relative_to(ROOT).as_posix()
    sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), name, name))
    if write:
        path.write_text(new, "utf-8")
    return True


def _generated(made: dict[str, Callable[[], str]], write: bool) -> int:
    return sum(_write(DOCS / name, make(), write) for name, make in made.items())


def _by_hand(paths: Iterable[Path], write: bool) -> int:
    outdated = 0
    with sample_record() as sample, all_pages(paths, sample) as futures:
        for path, future in futures.items():
            try:
                new = future.result()
            except Exception as error:  # one page that fails must not keep the others from being mended
                print(f"{path.relative_to(ROOT)}: {error}", file=sys.stderr)
                outdated += 1
                continue
            outdated += _write(path, new.text, write)
            for image, raw in new.pictures.items():
                outdated += 1
                print(f"docs/img/{image} looks different")
                if write:
                    (IMAGES / image).write_bytes(raw)
    return outdated


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="bring the pages up to date")
    parser.add_argument("pages", nargs="*", type=Path, help="only these of the pages written by hand")
    call = parser.parse_args()
    outdated = 0 if call.pages else _generated(GENERATED, call.write)
    outdated += _by_hand([path.resolve() for path in call.pages] or pages(), call.write)
    if outdated and not call.write:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
