"""The score rewards the right graph and nothing else."""

import random
from statistics import fmean

import pytest
from corpus.lessons import lesson_files, load_lesson
from pipeline.paths import REPOSITORY
from report.scoring import score_answer, score_blueprint
from tricks import union
from typed_graphs import random_document, shuffled
from utils.dsl_parser import parse, render

LESSONS = [load_lesson(file) for file in lesson_files(REPOSITORY / "lessons")]
ALL_PROMPTS = [prompt for lesson in LESSONS for prompt in lesson.prompts]
PROMPTS = ALL_PROMPTS[::max(1, len(ALL_PROMPTS) // 80)]
TRICK_LIMIT = 10.0  # percent of the possible score that an answer without understanding may earn

EXPECTED = ('BLUEPRINT: A\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\nNODE n2: Delay [Duration=2.0]\nNODE n3: PrintString [InString="Hi"]\n'
            "EXEC n1.Then -> n2.Execute\nEXEC n2.Completed -> n3.Execute\n")


def mean_score(answer: str) -> float:
    return fmean(score_answer(prompt.expected_dsl, prompt.alternatives, answer).total for prompt in PROMPTS)


@pytest.mark.parametrize("seed", range(20))
def test_a_right_answer_with_other_ids_and_order_scores_100(seed):
    expected = random_document(random.Random(seed))
    score = score_answer(render(expected), (), render(shuffled(expected, random.Random(seed))))
    assert (score.total, score.is_equal, score.is_valid, score.mistakes) == (100.0, True, True, ())


def test_an_alternative_counts_as_much_as_the_expected_answer():
    other = EXPECTED.replace("Delay", "RetriggerableDelay")
    assert score_answer(EXPECTED, (other,), other).total == 100.0
    assert score_answer(EXPECTED, (), other).total == pytest.approx(100 * 2 / 3)


def test_the_worked_example_of_a_missing_node():
    """2 of 3 nodes, 1 of 2 wires, 1 of 2 values: F1 of 4/5, 2/3 and 2/3."""
    score = score_answer(EXPECTED, (), "\n".join(line for line in EXPECTED.splitlines() if "n3" not in line) + "\n")
    assert score.total == pytest.approx(100 * 4 / 5 * 2 / 3 * 2 / 3)
    assert [mistake.kind for mistake in score.mistakes] == ["missing node"]


def test_an_error_halves_what_is_left_and_no_invalid_answer_is_right():
    junk = score_answer(EXPECTED, (), EXPECTED + "and that is all\n")
    assert (junk.total, junk.is_equal, junk.is_valid) == (50.0, False, False)
    wrong = EXPECTED.replace("n2.Completed", "n2.Done")
    assert score_answer(EXPECTED, (), wrong).total == pytest.approx(100 * 0.5 * 0.5)


@pytest.mark.parametrize("text", ["", " \n", "Sure! Here is your Blueprint:", "[TIMEOUT]", "BLUEPRINT: A", "{}", "NODE", "\x00" * 50])
def test_an_answer_that_is_no_document_scores_nothing(text):
    assert score_answer(EXPECTED, (), text).total == 0.0


def test_saying_it_twice_scores_less_than_saying_it_once():
    document = parse(EXPECTED)
    twice = render(union([document, document])).replace("Event_BeginPlay", "Event_EndPlay", 1)
    assert score_answer(EXPECTED, (), twice).total < 50.0
    assert score_answer(EXPECTED, (), EXPECTED + EXPECTED).total < 100.0


# -- tricks

def test_one_constant_answer_scores_little_whatever_it_is():
    """The best of all answers that are right for one prompt, given to every prompt."""
    wanted = [[parse(text) for text in (prompt.expected_dsl, *prompt.alternatives)] for prompt in PROMPTS]
    answers = [documents[0] for documents in wanted][::3]
    best = max(fmean(score_blueprint(documents, answer, []).total for documents in wanted) for answer in answers)
    assert best < TRICK_LIMIT


def test_a_constant_answer_scores_little_in_every_single_lesson():
    for lesson in LESSONS[::max(1, len(LESSONS) // 6)]:
        wanted = [[parse(text) for text in (prompt.expected_dsl, *prompt.alternatives)] for prompt in lesson.prompts]
        best = max(fmean(score_blueprint(documents, answer[0], []).total for documents in wanted) for answer in wanted)
        assert best < TRICK_LIMIT, lesson.lesson_id


@pytest.mark.parametrize("count", [2, 5, 20, 1000])
def test_the_union_of_answers_scores_little(count):
    assert mean_score(render(union([parse(prompt.expected_dsl) for prompt in PROMPTS[:count]]))) < TRICK_LIMIT


def test_all_answers_one_after_the_other_score_little():
    assert mean_score("".join(prompt.expected_dsl for prompt in PROMPTS[:30])) < TRICK_LIMIT


def test_empty_text_and_boilerplate_score_little():
    assert mean_score("") == 0.0
    assert mean_score("BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\n") < TRICK_LIMIT
    assert mean_score("BLUEPRINT: BP_New\nPARENT: Actor\nGRAPH: EventGraph\nNODE n1: Event_BeginPlay\n") < TRICK_LIMIT


def test_reciting_the_prompt_scores_nothing():
    assert fmean(score_answer(prompt.expected_dsl, prompt.alternatives, prompt.instruction).total for prompt in PROMPTS) == 0.0


def test_reciting_the_system_prompt_scores_little():
    system_prompt = REPOSITORY / "datasets" / "system_prompt.txt"
    text = system_prompt.read_text(encoding="utf-8") if system_prompt.exists() else (REPOSITORY / "docs" / "node-forms.md").read_text(encoding="utf-8")
    assert mean_score(text) < TRICK_LIMIT
    documents = text[text.find("BLUEPRINT:"):] if "BLUEPRINT:" in text else "BLUEPRINT: " + text
    assert mean_score(documents) < TRICK_LIMIT


def test_the_lessons_of_the_repository_are_what_is_tested():
    assert len(ALL_PROMPTS) >= 100 and len(PROMPTS) >= 80
