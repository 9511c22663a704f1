"""Health of what the model learned from and of what it knows: the rows, and the nodes of its exam answers."""

from typing import Any

from report.evidence import Evidence
from report.findings import Dimension, Finding, Findings, Level, not_measured, rounded
from report.mastery import MASTERED_RECALL, Mastery, mastered
from report.records import RowCounts

FEW_ROWS = 200
FEW_VALIDATION_ROWS = 20
ONE_SIDED_FRAC = 0.85
TOO_LONG_WARNING_FRAC, TOO_LONG_CRITICAL_FRAC = 0.01, 0.10
DROPPED_FRAC = 0.5


def dataset_quality(seen: Evidence) -> Findings:
    rows = seen.records.rows
    if rows is None:
        yield not_measured(Dimension.DATASET, "there is no data set", "run: bash run_pipeline.sh --data-only")
        return
    alerts = [*_amount(rows), *_balance(rows), *_left_out(rows), *_too_long(seen)]
    evidence = {"train": rows.train, "validation": rows.validation, **rows.by_source}
    yield from alerts or [Finding(Dimension.DATASET, Level.INFO, "dataset_ok",
                                  f"{rows.train} training and {rows.validation} validation rows.", "", evidence)]


def _amount(rows: RowCounts) -> Findings:
    evidence = {"train": rows.train, "validation": rows.validation}
    if rows.train == 0:
        yield Finding(Dimension.DATASET, Level.CRITICAL, "no_rows", "the training file is empty.",
                      "add exports or lessons, or raise synthetic.synthetic_count.", evidence)
    elif rows.train < FEW_ROWS:
        yield Finding(Dimension.DATASET, Level.SUGGESTION, "few_rows", f"only {rows.train} training rows.",
                      "raise synthetic.synthetic_count.", evidence)
    if rows.validation < FEW_VALIDATION_ROWS:
        yield Finding(Dimension.DATASET, Level.WARNING, "few_validation_rows",
                      f"only {rows.validation} validation rows: the validation loss says little.",
                      "add rows; a twentieth of them goes to validation.", evidence)


def _balance(rows: RowCounts) -> Findings:
    source, count = max(rows.by_source.items(), key=lambda item: item[1], default=("", 0))
    share = count / rows.train if rows.train else 0.0
    if len(rows.by_source) > 1 and share > ONE_SIDED_FRAC:
        yield Finding(Dimension.DATASET, Level.SUGGESTION, "one_sided", f"{share:.0%} of the training rows are of one source ({source}).",
                      "add exports and lessons, so that what real graphs look like keeps its weight.", dict(rows.by_source))


def _left_out(rows: RowCounts) -> Findings:
    dropped = sum(rows.dropped.values())
    whole = dropped + rows.train + rows.validation
    if dropped > DROPPED_FRAC * whole:
        yield Finding(Dimension.DATASET, Level.SUGGESTION, "many_duplicates", f"the merge left out {dropped} of {whole} rows.",
                      "vary the sources: more of the same rows are dropped again.", dict(rows.dropped))


def _too_long(seen: Evidence) -> Findings:
    counts = seen.run.part("rows") if seen.run else {}
    dropped = counts.get("dropped_too_long", 0)
    whole = dropped + counts.get("train", 0) + counts.get("validation", 0)
    frac = dropped / whole if whole else 0.0
    if frac > TOO_LONG_WARNING_FRAC:
        level = Level.CRITICAL if frac > TOO_LONG_CRITICAL_FRAC else Level.WARNING
        yield Finding(Dimension.DATASET, level, "rows_too_long",
                      f"{dropped} of {whole} rows ({frac:.1%}) were longer than model.max_seq_length and were not learned.",
                      "raise model.max_seq_length.", {"dropped_too_long": dropped, "rows": whole, "frac": rounded(frac)})


FELL_BY = 0.2
FELL_MIN_EXPECTED = 5
PLATEAU_VERSIONS = 3
SHOWN_NODES = 8


def mastery_velocity(seen: Evidence) -> Findings:
    known = seen.known.get(seen.version) if seen.version is not None else None
    if not known:
        yield not_measured(Dimension.MASTERY, "no exam of this version was taken",
                           "run: python scripts/12_run_exam.py --lesson lessons --model models/blueprint-lora-vN/final")
        return
    before = max((v for v in seen.known if v < seen.version), default=None)
    yield _velocity(known, seen.known.get(before), before)
    yield from _fallen(known, seen.known.get(before, {}), before)
    yield from _never_right(known)
    yield from _plateau(seen)


def _velocity(known: Mastery, known_before: Mastery | None, before: int | None) -> Finding:
    now = mastered(known)
    evidence: dict[str, Any] = {"mastered": len(now), "asked_for": len(known), "recall_needed": MASTERED_RECALL}
    text = f"{len(now)} of {len(known)} node types mastered"
    if known_before is None:
        return Finding(Dimension.MASTERY, Level.INFO, "mastered", f"{text}; the next version will show the velocity.", "", evidence)
    won, lost = sorted(now - mastered(known_before)), sorted(mastered(known_before) - now)
    evidence |= {"won": len(won), "lost": len(lost), "compared_with": before}
    return Finding(Dimension.MASTERY, Level.INFO, "mastered",
                   f"{text}, {len(won)} more and {len(lost)} fewer than {_named(before)}{': won ' + _some(won) if won else ''}.", "", evidence)


def _fallen(known: Mastery, known_before: Mastery, before: int | None) -> Findings:
    both = [(node, known_before[node].recall, tally.recall) for node, tally in known.items()
            if tally.expected >= FELL_MIN_EXPECTED and node in known_before and known_before[node].expected >= FELL_MIN_EXPECTED]
    fallen = {node: [round(old, 2), round(new, 2)] for node, old, new in both if old - new >= FELL_BY}
    if fallen:
        yield Finding(Dimension.MASTERY, Level.WARNING, "nodes_forgotten",
                      f"found less often than by {_named(before)}: {_some(list(fallen))}.",
                      "set training.start_from to best and keep the old rows; 22 writes lessons aimed at these nodes.", fallen)


def _never_right(known: Mastery) -> Findings:
    never = {node: tally.expected for node, tally in known.items() if tally.found == 0 and tally.expected >= FELL_MIN_EXPECTED}
    if never:
        yield Finding(Dimension.MASTERY, Level.SUGGESTION, "nodes_never_right",
                      f"asked for {sum(never.values())} times and never given: {_some(list(never))}.",
                      "run: python scripts/22_write_correction_lessons.py", never)


def _plateau(seen: Evidence) -> Findings:
    counts = [len(mastered(seen.known[v])) for v in sorted(seen.known) if v > 0][-PLATEAU_VERSIONS - 1:]
    if len(counts) > PLATEAU_VERSIONS and max(counts[1:]) <= counts[0]:
        yield Finding(Dimension.MASTERY, Level.SUGGESTION, "plateau", f"no more nodes mastered in {PLATEAU_VERSIONS} versions ({counts}).",
                      "change what is learned from, not how long: new lessons, exports of another kind.", {"mastered_by_version": counts})


def _named(version: int | None) -> str:
    return f"version {version}" if version else "the base model"


def _some(nodes: list[str]) -> str:
    more = f" and {len(nodes) - SHOWN_NODES} more" if len(nodes) > SHOWN_NODES else ""
    return ", ".join(nodes[:SHOWN_NODES]) + more
