"""Which steps of a run need doing, which are skipped and why."""

from collections.abc import Sequence

from pipeline.freshness import why_run
from pipeline.hashes import FileHashes
from pipeline.state import RunRecord, StepRecord
from pipeline.steps import Step, StepContext


class Decider:
    """Decides step by step, from what the run has done so far and from what changed since the last success."""

    def __init__(self, steps: Sequence[Step], run: RunRecord, hashes: FileHashes, force: bool, finished: frozenset[str]):
        self.steps = {step.name: step for step in steps}
        self.run, self.hashes, self.force, self.finished = run, hashes, force, finished

    def decide(self, step: Step, context: StepContext) -> StepRecord | str:
        """Why the step must run, or the record of a step that is blocked or skipped."""
        if blocker := self._blocker(step):
            return StepRecord(step.name, "blocked", reason=f"step '{blocker}' failed")
        obstacle = step.impossible(context)
        reason = None if obstacle else self._reason(step, context)
        if reason:
            return reason
        before = context.state.steps.get(step.name)
        return StepRecord(step.name, "skipped", reason=obstacle or _why_not(step, context), findings=before.findings if before else [])

    def _reason(self, step: Step, context: StepContext) -> str | None:
        if step.accompanies:
            return f"with step '{step.accompanies}'" if self._runs(step.accompanies, context) else None
        if step.runs_always:
            return "always"
        if self.force and step.name not in self.finished:
            return "forced"
        return why_run(step, context, self.hashes)

    def _runs(self, name: str, context: StepContext) -> bool:
        """Whether a step has run in this run or will when its turn comes."""
        done = next((record for record in self.run.steps if record.name == name), None)
        if done:
            return done.status == "done"
        return name in self.steps and self._reason(self.steps[name], context) is not None

    def _blocker(self, step: Step) -> str | None:
        failed = {record.name for record in self.run.steps if record.status in {"failed", "blocked"}}
        return next((name for name in step.needs if name in failed), None)


def _why_not(step: Step, context: StepContext) -> str:
    return f"only with step '{step.accompanies}'" if step.accompanies else step.unchanged(context)
