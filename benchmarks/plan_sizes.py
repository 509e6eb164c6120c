"""Plans of the sizes that are measured, written once each."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import run_module


@dataclass(frozen=True)
class PlanSize:
    """What a benchmark plan is made of."""

    reps: int
    products: int = 10
    measures: int = 1
    more_rules: int = 0

    @property
    def cells(self) -> int:
        """Cells of all measures."""
        return self.reps * self.products * self.measures


def plan_of(size: PlanSize, scratch: Path) -> Path:
    """Return the folder of a plan of a size; a process of its own writes it where it is not there."""
    folder = scratch / f"plan-{size.reps}-{size.products}-{size.measures}-{size.more_rules}"
    if not folder.exists():
        wanted = {
            "--reps": size.reps,
            "--products": size.products,
            "--measures": size.measures,
            "--more-rules": size.more_rules,
        }
        options = [text for key, value in wanted.items() for text in (key, str(value))]
        run_module("benchmarks.plans", folder, *options)
    return folder


def task_of(cells: int, scratch: Path) -> Path:
    """Return the file of the contest's task of a size; it is written where it is not there."""
    folder = scratch / f"task-{cells}"
    task = folder / "task.npz"
    if not task.exists():
        folder.mkdir(parents=True)
        run_module("benchmarks.task_of_plan", plan_of(PlanSize(cells // 10), scratch), task)
    return task
