"""How long does the constraint take to say which tokens may come, with vocabularies of any size?

Walks along the lessons' answers token by token (longest match) and asks for the whole mask at every token, as decoding does
where the model's first choice is refused. The first time with nothing known; then as in the middle of an exam, of each mask the
fastest of some rounds. Processor time, without the garbage collector, which looks through all of torch where it happens to come.

Reads    lessons; a folder with a tokenizer of transformers, or a `tokenizer.model` as Llama 3 ships it (base64 and rank a line)
Writes   nothing; a table on stdout
Usage    python benchmarks/constraint_mask.py [TOKENIZER] [--answers 60] [--rounds 3]
"""

from __future__ import annotations

import argparse
import base64
import gc
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenizer", nargs="?", type=Path, help="default: that of the embedded base model")
    parser.add_argument("--answers", type=int, default=60, help="spread over all lessons (default 60)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds after the first (default 3)")
    args = parser.parse_args()
    import numpy as np

    constraint = constraint_for(args.tokenizer)
    answers = lesson_answers(args.answers)
    print(f"{len(constraint.vocabulary):,} tokens, {len(answers)} answers")
    print(f"{'':8}{'masks':>8}{'mean ms':>10}{'median':>10}{'99 %':>10}{'longest':>10}{'step mean us':>14}")
    gc.collect()
    gc.disable()
    first, *later = (np.array([times for answer in answers for times in along(constraint, answer)]) for _ in range(1 + args.rounds))
    for name, times in (("first", first), ("again", np.min(later, axis=0))) if later else (("first", first),):
        masks_ms, steps_us = times.T
        figures = masks_ms.mean(), *np.percentile(masks_ms, (50, 99, 100))
        print(f"{name:8}{len(masks_ms):>8}" + "".join(f"{figure:>10.3f}" for figure in figures) + f"{steps_us.mean():>14.1f}")
    return 0


def constraint_for(tokenizer: Path | None):
    from model.base_model import load_tokenizer
    from model.constraint import LanguageConstraint
    from model.embedded_base import ensure_embedded_base
    from model.token_trie import Vocabulary
    from utils.blueprint_patterns import load_catalogue

    if tokenizer is not None and tokenizer.is_file():
        spelled = [base64.b64decode(line.split()[0]) for line in tokenizer.read_text(encoding="ascii").splitlines()]
        return LanguageConstraint(None, load_catalogue(), Vocabulary([*spelled, None]), end_id=len(spelled))
    return LanguageConstraint(load_tokenizer(tokenizer or ensure_embedded_base()), load_catalogue())


def lesson_answers(count: int) -> list[bytes]:
    from corpus.lessons import lesson_files, load_lesson

    prompts = [prompt for file in lesson_files(ROOT / "lessons") for prompt in load_lesson(file).prompts]
    return [prompt.expected_dsl.encode() for prompt in prompts[::max(1, len(prompts) // count)][:count]]


def along(constraint, answer: bytes):
    """(milliseconds of the mask, microseconds of the step) at every token of an answer."""
    matcher, at = constraint.start(), 0
    while at < len(answer):
        start = time.process_time()
        allowed = matcher.allowed()
        mask_ms = (time.process_time() - start) * 1e3
        node, end, token = constraint.vocabulary.root, at, None
        while end < len(answer) and (node := node.children.get(answer[end])) is not None:
            end += 1
            if node.tokens:
                token, length = node.tokens[0], end - at
        assert allowed[token]
        start = time.process_time()
        matcher = matcher.advance(token)
        yield mask_ms, (time.process_time() - start) * 1e6
        at += length


if __name__ == "__main__":
    sys.exit(main())
