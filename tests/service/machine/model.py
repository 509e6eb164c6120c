"""The reference: what the service must answer, in plain dictionaries; knows nothing of HTTP or SQL."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.service.small_plan import REPS, TEAMS

ENDED = ("succeeded", "stopped", "infeasible", "at_fault", "failed", "cancelled")
ATTEMPTS = 3
HIRED = "r99"
Key = tuple[str, str, str]
"""Node, product, period: there is one measure."""
Amounts = Mapping[Key, Decimal]
PATHS = {"co": "/co/", "east": "/co/east/", "west": "/co/west/"}
PATHS |= {team: f"{PATHS[region]}{team}/" for team, region in TEAMS.items()}
PATHS |= {rep: f"{PATHS[team]}{rep}/" for rep, team in {**REPS, HIRED: "t1"}.items()}


@dataclass
class Scenario:
    """A scenario as it stands."""

    scenario_id: str
    name: str
    parent: str | None
    changes: list[dict[str, Any]]
    version: int = 1


@dataclass
class Run:
    """A run, with what it was asked to do frozen."""

    run_id: str
    scenario_id: str | None
    chain: list[dict[str, Any]]
    variant: int
    retry_of: str | None = None
    status: str = "queued"
    wish: str = ""
    attempt: int = 0


@dataclass
class Release:
    """A release; `why` holds the reason of every row that differs from the release before."""

    release_id: str
    version: int
    run_id: str
    day: str
    amounts: Amounts
    before: Amounts
    why: Mapping[Key, str]
    head: Mapping[str, Any] = field(default_factory=dict)
    acks: list[str] = field(default_factory=list)


class Model:
    """A plan with everything that hangs on it.

    Parameters
    ----------
    variant
        Which of a few states the tables of the newest revision are in.
    audit, outbox
        (action or kind, subject) of everything that was written, in order.
    """

    def __init__(self, plan_id: str) -> None:
        self.plan_id, self.version, self.revision, self.variant = plan_id, 1, 1, 0
        self.variants = {1: 0}
        self.scenarios: dict[str, Scenario] = {}
        self.runs: dict[str, Run] = {}
        self.releases: list[Release] = []
        self.audit: list[tuple[str, str]] = [("plan.create", plan_id)]
        self.outbox: list[tuple[str, str]] = [("plan.created", plan_id)]

    # versions

    def condition(self, mode: str, version: int) -> tuple[dict[str, str], int]:
        """Return the header of a mode, and the status with which it is refused (0: it is not)."""
        if mode == "missing":
            return {}, 428
        if mode == "nonsense":
            return {"If-Match": f"{version}"}, 412
        if mode == "stale":
            return {"If-Match": f'"{version - 1}"'}, 412
        return {"If-Match": "*" if mode == "any" else f'"{version}"'}, 0

    # scenarios

    def name_status(self, name: str, but: str | None = None) -> int:
        taken = any(one.name == name and one.scenario_id != but for one in self.scenarios.values())
        return 409 if taken else 0

    def ancestors(self, scenario_id: str | None) -> list[Scenario]:
        """Return a scenario and its parents, the oldest first."""
        found: list[Scenario] = []
        while scenario_id is not None:
            found.append(self.scenarios[scenario_id])
            scenario_id = found[-1].parent
        return found[::-1]

    def parent_status(self, child: str, parent: str | None) -> int:
        return 422 if child in [one.scenario_id for one in self.ancestors(parent)] else 0

    def children(self, scenario_id: str) -> list[Scenario]:
        return [one for one in self.scenarios.values() if one.parent == scenario_id]

    def chain(self, scenario_id: str | None) -> list[dict[str, Any]]:
        return [{"name": one.name, "changes": one.changes} for one in self.ancestors(scenario_id)]

    def add_scenario(self, made: Mapping[str, Any]) -> None:
        one = Scenario(made["scenario_id"], made["name"], made["parent_id"], made["changes"])
        self.scenarios[one.scenario_id] = one
        self.audit.append(("scenario.create", one.scenario_id))

    def drop_scenario(self, scenario_id: str) -> None:
        """Take a scenario away; its runs stay, without it."""
        del self.scenarios[scenario_id]
        for run in self.runs.values():
            if run.scenario_id == scenario_id:
                run.scenario_id = None
        self.audit.append(("scenario.delete", scenario_id))

    # runs

    def add_run(self, run: Run) -> None:
        self.runs[run.run_id] = run
        self.audit.append(("run.ask", run.run_id))

    def end(self, run: Run, status: str) -> None:
        run.status = status
        self.outbox.append(("run.ended", run.run_id))

    def claim(self) -> Run | None:
        """Return the run that a worker gets now; those that nobody may work off any more end."""
        for run in self.runs.values():
            if run.status != "queued":
                continue
            if run.wish == "cancel":
                self.end(run, "cancelled")
            elif run.attempt >= ATTEMPTS:
                self.end(run, "failed")
            else:
                run.attempt += 1
                run.status = "running"
                return run
        return None

    def wish(self, run: Run, wanted: str) -> int:
        """Stop or cancel; return the status of the answer."""
        if run.wish == wanted or (wanted == "stop" and run.wish == "cancel" and run.status == "running"):
            return 200
        if run.status in ENDED:
            return 409
        run.wish = wanted
        self.audit.append((f"run.{wanted}", run.run_id))
        if run.status == "queued":
            self.end(run, "cancelled")
        return 200

    # revisions

    def revise(self, variant: int) -> None:
        self.version, self.revision, self.variant = self.version + 1, self.revision + 1, variant
        self.variants[self.revision] = variant
        self.audit.append(("plan.revise", self.plan_id))
        self.outbox.append(("plan.revised", self.plan_id))

    # releases

    @property
    def newest(self) -> Release | None:
        return self.releases[-1] if self.releases else None

    def refusals(
        self, run: Run | None, day: str, amounts: Amounts, reasons: Sequence[Mapping[str, str]]
    ) -> set[str]:
        """Return the pointers under which publishing is refused: those of the first step that has any."""
        if run is None or run.status != "succeeded":
            return {"/run_id"}
        last = self.newest
        if last is not None and day < last.day:
            return {"/effective_from"}
        pointers = {
            f"/reasons/{k}/node_id" for k, one in enumerate(reasons) if one.get("node_id", "co") not in PATHS
        }
        if last is not None and any(not why for why in reasons_of(amounts, last.amounts, reasons).values()):
            pointers.add("/reasons")
        return pointers

    def publish(
        self,
        made: Mapping[str, Any],
        run: Run,
        day: str,
        amounts: Amounts,
        reasons: Sequence[Mapping[str, str]],
    ) -> Release:
        last = self.newest
        before = last.amounts if last else {}
        why = reasons_of(amounts, before, reasons) if last else dict.fromkeys(amounts, "")
        version = len(self.releases) + 1
        release = Release(made["release_id"], version, run.run_id, day, amounts, before, why, made)
        self.releases.append(release)
        self.version += 1
        self.audit.append(("release.publish", release.release_id))
        self.outbox.append(("release.published", release.release_id))
        return release

    def acknowledge(self, release: Release, ack_id: str) -> None:
        release.acks.append(ack_id)
        self.audit.append(("release.acknowledge", release.release_id))
        self.outbox.append(("release.acknowledged", release.release_id))

    def until(self, release: Release) -> str | None:
        """Return the day from which the next release holds."""
        return self.releases[release.version].day if release.version < len(self.releases) else None

    def held(self, day: str) -> Release | None:
        """Return the release whose targets hold on a day."""
        return next((one for one in reversed(self.releases) if one.day <= day), None)

    def changes_since(self, since: Release) -> dict[Key, tuple[str, Decimal | None, Decimal | None, str]]:
        """Return (change, amount, previous amount, reason) of what differs from the newest release."""
        old, new = since.amounts, self.releases[-1].amounts
        found: dict[Key, tuple[str, Decimal | None, Decimal | None, str]] = {}
        for key in {*old, *new}:
            if old.get(key) == new.get(key):
                continue
            change = "create" if key not in old else "remove" if key not in new else "update"
            later = [one.why[key] for one in self.releases[since.version :] if key in one.why]
            found[key] = (change, new.get(key), old.get(key), later[-1])
        return found

    def outbox_counts(self) -> Counter[tuple[str, str]]:
        return Counter(self.outbox)


def reasons_of(amounts: Amounts, before: Amounts, reasons: Sequence[Mapping[str, str]]) -> dict[Key, str]:
    """Return the reason of every row that differs, empty where no rule gives one."""
    return {
        key: next((one["reason"] for one in reasons if _fits(one, key)), "")
        for key in {*amounts, *before}
        if amounts.get(key) != before.get(key)
    }


def _fits(rule: Mapping[str, str], key: Key) -> bool:
    return PATHS[key[0]].startswith(PATHS.get(rule.get("node_id", "co"), "\0"))
