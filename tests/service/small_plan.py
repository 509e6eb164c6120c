"""A company so small that a run takes a tenth of a second: a dozen reps, two products, three months."""

from collections.abc import Mapping

SETTINGS = """\
plan: small
start: 2020-01
months: 3
currency: USD
measures:
  revenue: {kind: outcome, unit: USD, round_to: 100, total: 900000}
baseline: {history: 1.0}
seasonality: history
fairness: {gap: 0.9, effect: 1.0}
"""
TEAMS = {"t1": "east", "t2": "east", "t3": "west"}
REPS = {f"r{k:02d}": f"t{1 + k % 3}" for k in range(12)}
PRODUCTS = ("bikes", "gloves")
ROWS = (1 + 2 + 3 + 12) * (1 + len(PRODUCTS)) * (1 + 3)
"""Rows of a release of all products: nodes, products and their sum, months and their sum."""
ROWS_OF_TOTALS = ROWS // (1 + len(PRODUCTS))


def small_files() -> dict[str, bytes]:
    """Return the files of the plan."""
    return {
        "plan.yaml": SETTINGS.encode(),
        "org.csv": _org().encode(),
        "products.csv": b"product_id,parent_id,name\n"
        + "".join(f"{one},,{one.title()}\n" for one in PRODUCTS).encode(),
        "history.csv": _history().encode(),
    }


def as_texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return files as POST /v1/plans takes them."""
    return {name: content.decode() for name, content in files.items()}


def _org() -> str:
    rows = [("co", "", "company", "", ""), ("east", "co", "region", "", ""), ("west", "co", "region", "", "")]
    rows += [(team, region, "team", "", "") for team, region in TEAMS.items()]
    rows += [(rep, team, "rep", f"9{rep[1:]}", "rep") for rep, team in REPS.items()]
    lines = [
        f"{node},{parent},{level},{node},{employee},{role}\n" for node, parent, level, employee, role in rows
    ]
    return "node_id,parent_id,level,name,employee_id,role\n" + "".join(lines)


def _history() -> str:
    lines = ["period,node_id,product_id,measure,amount\n"]
    for month in range(12):
        for rank, rep in enumerate(REPS):
            for place, product in enumerate(PRODUCTS):
                amount = 1000 * (10 + rank) * (2 - place) + 700 * ((month + rank) % 4)
                lines.append(f"2019-{month + 1:02d},{rep},{product},revenue,{amount}\n")
    return "".join(lines)
