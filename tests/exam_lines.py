"""Lines of an exam made by hand: an expected graph, what the model is said to have answered, and the real grading."""

from typing import Any

from report.scoring import score_answer

BRANCH = """\
BLUEPRINT: BP_New
PARENT: Actor
VAR bIsOpen: Bool
VAR bIsLocked: Bool
GRAPH: EventGraph
NODE n1: Event_BeginPlay
NODE n2: VariableGet [Variable="bIsOpen"]
NODE n3: Branch
NODE n4: Delay [Duration=2.0]
NODE n5: DestroyActor
EXEC n1.Then -> n3.Execute
EXEC n3.True -> n4.Execute
EXEC n3.False -> n5.Execute
DATA n2.bIsOpen -> n3.Condition
"""


def exam_line(prompt_id: str, expected: str, actual: str, **changes: Any) -> dict[str, Any]:
    """As 12 writes it, of version 1 and lesson_01."""
    score = score_answer(expected, (), actual)
    mistakes = [{"kind": one.kind, "what": one.what, "graph": one.graph, "expected": one.expected, "actual": one.actual} for one in score.mistakes]
    return {"version": 1, "lesson_id": "lesson_01", "hold_out": False, "prompt_id": prompt_id, "category": "", "instruction": f"Do {prompt_id}.",
            "expected": expected, "actual_dsl": actual, "status": "ok", "graph_equal": score.is_equal, "valid": score.is_valid,
            "score": score.total, "findings": [], "mistakes": mistakes} | changes


def without(document: str, *parts: str) -> str:
    """A document less the lines that hold one of the parts."""
    return "".join(line for line in document.splitlines(keepends=True) if not any(part in line for part in parts))
