"""What a benchmark run writes down: plain dataclasses, stored as JSON."""

from dataclasses import dataclass, field

FINISHED, STOPPED, SKIPPED, ABSENT, NO_ANSWER = "finished", "stopped", "skipped", "absent", "no answer"


@dataclass(frozen=True)
class AnswerCheck:
    """Dimensionless distances of an answer.

    Parameters
    ----------
    rms, largest
        Weighted root mean square and largest |difference to the reference| / weight.
    gap
        (objective - objective of the reference) / (objective of the reference).
    violation
        Largest violation: of a row relative to its size, of a bound relative to the cell's weight.
    """

    rms: float
    largest: float
    gap: float
    violation: float


@dataclass(frozen=True)
class PeerResult:
    """One contestant at one size.

    Parameters
    ----------
    outcome, note
        One of the words above, and why where it is not `finished`.
    seconds, cpu_seconds
        By phase: import, load, build, solve, extract. Of the run with the median total.
    megabytes
        Peak resident memory of the process (or of its largest child).
    repeats
        Number of runs the median is taken of.
    """

    route: str
    label: str
    formulation: str
    cells: int
    outcome: str
    note: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    megabytes: float = 0.0
    repeats: int = 0
    check: AnswerCheck | None = None
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Seconds to build, solve and extract."""
        return sum(self.seconds[phase] for phase in ("build", "solve", "extract"))


@dataclass(frozen=True)
class RunResult:
    """One run of the command from reading to written results.

    Parameters
    ----------
    name, cells
        The plan.
    outcome
        `finished` or `stopped`.
    seconds, cpu_seconds, megabytes
        Of the whole process, start of Python included.
    phases
        Seconds by phase as the certificate has them.
    """

    name: str
    cells: int
    outcome: str
    seconds: float
    cpu_seconds: float
    megabytes: float
    phases: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class GrowthSeries:
    """Whole runs in which one thing grows: values, seconds inside the run, peak memory, exponents."""

    varied: str
    fixed: str
    value: list[int]
    seconds: list[float]
    megabytes: list[float]
    time_exponent: float | None
    memory_exponent: float | None


@dataclass(frozen=True)
class WarmResult:
    """Re-solves after single changes, from the solved plan.

    Parameters
    ----------
    is_warm
        False if this version starts every solve afresh.
    cold_seconds
        Median of fresh solves of changed plans.
    median_seconds
        By kind of change; `all` = of all of them.
    slowest_seconds
        The 95th percentile of all.
    changes, infeasible
        How many changes were made, how many could not be met (and were recognised).
    largest_difference
        Largest |difference| / weight to the fresh answer among those compared.
    """

    cells: int
    engine: str
    is_warm: bool
    cold_seconds: float
    median_seconds: dict[str, float]
    slowest_seconds: float
    changes: int
    infeasible: int
    largest_difference: float


@dataclass(frozen=True)
class CommandResult:
    """One command on one plan, start of Python included.

    Parameters
    ----------
    command
        Its name and what is particular about it.
    cells, rules
        The plan; lines of rules.csv.
    outcome
        `finished`, `stopped` at the limit, or `no answer`: another exit code than the right one.
    """

    command: str
    cells: int
    rules: int
    outcome: str
    seconds: float
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True)
class Machine:
    """Where and with what it was measured."""

    date: str
    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    versions: dict[str, str]


@dataclass(frozen=True)
class PullResult:
    """One question to the service beside a ping of a bare uvicorn just before; milliseconds per answer."""

    name: str
    connections: int
    rate: float
    ping_rate: float
    of_ping: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]


@dataclass(frozen=True)
class ServiceResult:
    """The served product.

    Parameters
    ----------
    start_seconds
        Median from the start of the process to its first yes on /readyz.
    idle_megabytes
        Resident, some seconds later.
    first_what_if_seconds, what_if_seconds
        From question to answer of a changed total at 10,000 cells: the first, the median of later ones.
    """

    release_rows: int
    gzip_megabytes: float
    pulls: list[PullResult]
    start_seconds: float
    idle_megabytes: float
    first_what_if_seconds: float
    what_if_seconds: float


@dataclass(frozen=True)
class BenchmarkRecord:
    """All results of one `make bench`."""

    machine: Machine
    engine: str
    limit_seconds: float
    minutes: float
    peers: list[PeerResult]
    runs: list[RunResult]
    growth: list[GrowthSeries]
    warm: list[WarmResult]
    service: list[ServiceResult] = field(default_factory=list)
    commands: list[CommandResult] = field(default_factory=list)
