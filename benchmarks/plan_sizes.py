"""Plans of the sizes that are measured, written once each."""

from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.processes import run_module


@dataclass(frozen=True)
class PlanSize:
    """What a benchmark plan is made of."""

    reps: int
    products: int = 10
    measures: int = 1
    own_rules: int = 0
    own_cell_rules: int = 0
    total_factor: float = 1.0

    @property
    def cells(self) -> int:
        """Cells of all measures."""
        return self.reps * self.products * self.measures


def plan_of(size: PlanSize, scratch: Path) -> Path:
    """Return the folder of a plan of a size; a process of its own writes it where it is not there."""
    wanted = asdict(size)
    folder = scratch / "-".join(["plan", *(f"{value}" for value in wanted.values())])
    if not folder.exists():
        options = [f"--{name.replace('_', '-')}={value}" for name, value in wanted.items()]
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
