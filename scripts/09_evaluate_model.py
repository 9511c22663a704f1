"""Let a model answer the tests of four tiers and score what its graphs are and what they do.

Tiers: 1 single chains, 2 flow control and values, 3 state, timers, components, 4 functions and systems. A test is passed
from 70 of 100; a graph that does the right thing another way passes.

Reads    evaluation/*.json (of the project, else of the program), an adapter or model, its system prompt
Writes   results/evaluations/evaluation_v<N>_<time>.jsonl, a line a test as it is answered; then .json and a page .html of
         the same name; with --compare also comparison_<time>.json
Usage    python scripts/09_evaluate_model.py [--model DIR | --base] [--quick] [--tier N] [--compare DIR]
         The same evaluation started again goes on where it was interrupted; answers that 12 --evaluation asked for are
         scored without loading the model. --base is the zero line of the figures.
Exit     0 all tests answered, 1 failed, 3 stopped on request, 64 bad usage
"""

import argparse
from pathlib import Path

from pipeline.door import build_parser, run_door, track
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from model.answering import chosen_model
    from model.evaluate import EvaluationRun, asked_of
    from model.evaluation_report import compare, print_comparison, write_comparison
    from model.exam import settings_for
    from pipeline.stop import consume_stop

    paths = args.project
    asked = asked_of(paths, args.tier, args.quick, args.seed)
    choices = [chosen_model(args), *_compared(args)]
    results = []
    for choice in choices:
        settings = settings_for(choice, paths, not args.unconstrained, args.budget, args.candidates)
        run = EvaluationRun(choice, asked, settings, paths, keeps_finished=bool(results))
        _ask(run, args)
        if run.open_tests:
            consume_stop(paths)
            print(f"Stopped: {len(run.lines)} of {len(asked.tests)} tests are answered and kept; the same command goes on from there.")
            return ExitCode.STOPPED
        results.append(_report(run, args))
    if args.compare:
        comparison = compare(results[1], results[0])
        print_comparison(comparison)
        print(f"written to {paths.relative(write_comparison(comparison, paths))}")
    return ExitCode.OK


def _compared(args: argparse.Namespace) -> list:
    """The other model; the word `base` names the bare base model."""
    from model.adapters import choose_model

    if args.compare is None:
        return []
    return [choose_model(args.project, is_base=True) if str(args.compare) == "base" else choose_model(args.project, args.compare)]


def _ask(run, args: argparse.Namespace) -> None:
    from model.answering import load_chosen, make_decoder
    from model.evaluate import ask_as_step, free_memory
    from pipeline.stop import is_stop_requested
    from pipeline_logger import get_logger

    if not run.open_tests:
        return
    logger = get_logger(step_prefix="7")
    with logger.step("7.1", f"Load {run.choice.label}"):
        decoder = make_decoder(load_chosen(run.choice, args.project), args)

    def should_stop() -> bool:
        logger.write_heartbeat()
        return is_stop_requested(args.project)

    ask_as_step(run, decoder, should_stop, track)
    del decoder
    free_memory()


def _report(run, args: argparse.Namespace) -> dict:
    from model.evaluate import score_run
    from model.evaluation_report import print_result, result_of, write_page
    from pipeline.store import write_json
    from pipeline_logger import get_logger

    logger, total, tests = get_logger(step_prefix="7"), len(run.asked.tests), []
    with logger.step("7.3", f"Score {total} answers"):
        for test in track(score_run(run), "Scoring", total):
            tests.append(test)
            logger.progress(len(tests), total)
    result = result_of(run, tests)
    with logger.step("7.4", "Draw the page"):
        if not args.no_pages:
            write_page(run, result)
    with logger.step("7.5", "Save the results"):
        write_json(run.result_file, result)
    print_result(result)
    print(f"written to {args.project.relative(run.result_file)}")
    return result


def parser() -> argparse.ArgumentParser:
    from model.answering import add_model_options

    options = build_parser(__doc__)
    options.add_argument("--quick", action="store_true", help="six tests only: does it work at all?")
    options.add_argument("--tier", type=int, choices=(1, 2, 3, 4), metavar="N", help="the tests of one tier, 1 to 4")
    options.add_argument("--compare", type=Path, metavar="DIR", help="another adapter or model on the same tests, or the word base")
    options.add_argument("--seed", type=int, metavar="S", help="draws the quick tests (default: training.seed)")
    options.add_argument("--no-pages", action="store_true", help="write no pictures of the graphs")
    add_model_options(options)
    return options


if __name__ == "__main__":
    run_door(main, parser())
