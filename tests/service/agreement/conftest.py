"""A small company in place of the demo's, so that every test can have a run of its own."""

import pytest

from service.db.database import Database
from service.db.models import PlanRecord
from service.plans.service import create_plan
from service.plans.store import read_files
from tests.service.conftest import SYSTEM, Moment

TEAMS = {"E01": 4, "E02": 3, "S01": 3}
PRODUCTS = ("chroma", "spectro", "cells")
SETTINGS = """plan: fy2026
name: A small company 小公司
start: 2026-01
months: 12
currency: CNY
measures:
  revenue: {kind: outcome, unit: CNY, round_to: 1000, total: 110000000}
  visits: {kind: activity, unit: count, round_to: 1, total: {growth: 0.1}}
over_assignment: {team: 0.02, rep: 0.03}
"""


def company() -> dict[str, bytes]:
    """Two regions, three teams, ten reps, three products, two measures."""
    reps = [f"{team}{k:02d}" for team, size in TEAMS.items() for k in range(1, size + 1)]
    org = ["node_id,parent_id,level,name", "lanhai,,company,Lanhai", "east,lanhai,region,East"]
    org += ["south,lanhai,region,South", "E01,east,team,Shanghai", "E02,east,team,Nanjing"]
    org += ["S01,south,team,Guangzhou", *(f"{rep},{rep[:3]},rep,{rep}" for rep in reps)]
    products = ["product_id,parent_id,name", "analytical,,Instruments"]
    products += ["chroma,analytical,C", "spectro,analytical,S", "cells,,Cells"]
    history = ["period,node_id,product_id,measure,amount"]
    for k, rep in enumerate(reps):
        for p, product in enumerate(PRODUCTS):
            for month in range(1, 13):
                amount = 1000 * (150 + (37 * k + 101 * p + 13 * month * (k + p)) % 200)
                history.append(f"2025-{month:02d},{rep},{product},revenue,{amount}")
                history.append(f"2025-{month:02d},{rep},{product},visits,{3 + (k + p + month) % 5}")
    past = [f"{rep},*,revenue,{9_000_000 + k},,2024,{9_100_000 + 7 * k}" for k, rep in enumerate(reps)]
    current = ["E0101,*,revenue,9500000,mid,,", "S0101,*,revenue,9000000,,,"]
    rules = ["rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner"]
    rules += ["growth,growth,revenue,region,,,0.0,0.6,last_year,hard,finance"]
    rules += ["floor,range,revenue,rep,,chroma,3000000,,amount,1,sales"]
    return {
        "plan.yaml": SETTINGS.encode(),
        "org.csv": "\n".join(org).encode(),
        "products.csv": "\n".join(products).encode(),
        "history.csv": "\n".join(history).encode(),
        "commitments.csv": "\n".join(
            ["node_id,product_id,measure,amount,confidence,period,actual", *past, *current]
        ).encode(),
        "rules.csv": "\n".join(rules).encode(),
    }


@pytest.fixture
def demo_plan(database: Database, moment: Moment) -> PlanRecord:
    """Return the small company as a plan with one revision."""
    files = company()
    with database.writes.begin() as session:
        return create_plan(session, SYSTEM, "small", files, read_files(files), "first", moment())
