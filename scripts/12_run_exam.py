"""Let a model answer lessons, grade every answer as a graph, and say how good it is.

Reads    lessons (files, folders, or the word holdout), an adapter or model, datasets/system_prompt.txt
Writes   results/exams/exam_<lesson>_<time>.jsonl, a line a prompt as it is answered, and a page .html beside it;
         results/exams/summary_<time>.json; with --evaluation also results/evaluations/evaluation_v<N>_<time>.jsonl
Usage    python scripts/12_run_exam.py --lesson lessons holdout [--model DIR | --base] [--limit N] [--candidates N] [--unconstrained]
         [--evaluation]
         The same exam started again goes on where it was interrupted.
Exit     0 all prompts asked, 1 a lesson was refused, nothing to ask, or the constraint failed in an answer, 3 stopped on request, 64 bad usage
"""

import argparse

from pipeline.door import build_parser, report_finding, run_door, track
from pipeline.exit_codes import ExitCode


def main(args: argparse.Namespace) -> ExitCode:
    from error_handler import UserError
    from model.answering import chosen_model, load_chosen, make_decoder
    from model.base_model import has_gpu
    from model.evaluate import EvaluationRun, ask_as_step, asked_of
    from model.exam import ExamFile, exam_lessons, run_exam, settings_for
    from model.exam_report import exam_table, print_summary, write_pages, write_summary
    from model.model_card import write_exam_figures
    from pipeline.best_model import is_usual
    from pipeline.stop import consume_stop, is_stop_requested
    from pipeline_logger import get_logger

    paths, logger, refused = args.project, get_logger(step_prefix="6"), []

    def refuse(error: UserError) -> None:
        refused.append(error)
        for one in getattr(error, "errors", [error]):
            report_finding(one.problem, one.fix)

    with logger.step("6.1", "Read lessons"):
        lessons = exam_lessons(args.lesson, paths, args.limit or (None if has_gpu() else args.limit_without_gpu), refuse)
    if not lessons:
        raise UserError(f"no lesson to ask in {' '.join(args.lesson)}.", "give lesson files, folders of lessons, or holdout.")
    choice = chosen_model(args)
    with logger.step("6.2", f"Load {choice.label}"):
        loaded = load_chosen(choice, paths)
        decoder = make_decoder(loaded, args)
    settings = settings_for(choice, paths, not args.unconstrained, args.budget, args.candidates)
    files = [ExamFile(lesson, settings, paths) for lesson in lessons]
    total = sum(len(file.open_prompts) for file in files)

    def should_stop() -> bool:
        logger.write_heartbeat()
        return is_stop_requested(paths)

    with logger.step("6.3", f"Ask {total} prompts"):
        for done, (file, line) in enumerate(track(run_exam(decoder, files, args.budget, should_stop), "Exam", total), 1):
            logger.progress(done, total)
            if line["status"] == "error":
                refuse(UserError(f"{file.path}: {line['prompt_id']}: {line['error']}", "report this line of the file; the answer counts as wrong."))
    is_stopped = consume_stop(paths)
    with logger.step("6.6", "Summarise"):
        summary = write_summary(files, decoder.statistics, paths)
        if not args.no_pages:
            write_pages(files)
    if choice.version and is_usual({"constrained": settings.is_constrained, "candidates": settings.candidates}) and not is_stopped:
        write_exam_figures(choice.folder.parent, exam_table(summary))
    print_summary(summary)
    if args.evaluation and not is_stopped:
        ask_as_step(EvaluationRun(choice, asked_of(paths), settings, paths), decoder, should_stop, track)
        is_stopped = consume_stop(paths)
    if is_stopped:
        return ExitCode.STOPPED
    return ExitCode.FAILED if refused else ExitCode.OK


def parser() -> argparse.ArgumentParser:
    from model.answering import add_model_options

    options = build_parser(__doc__)
    options.add_argument("--lesson", nargs="+", required=True, metavar="LESSON", help="lesson files, folders, or holdout")
    options.add_argument("--limit", type=int, metavar="N", help="ask N prompts of each lesson, evenly spread; hold-outs whole")
    options.add_argument("--limit-without-gpu", type=int, metavar="N", help="the same, on a machine without a GPU only")
    options.add_argument("--evaluation", action="store_true", help="ask the tests of 09 too, while the model is loaded; 09 scores them")
    options.add_argument("--no-pages", action="store_true", help="write no pictures of the graphs")
    add_model_options(options)
    return options


if __name__ == "__main__":
    run_door(main, parser())
