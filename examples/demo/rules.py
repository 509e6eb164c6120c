"""The business rules and pins of the demo company: every kind, hard and soft."""

import pandas as pd

FINANCE, SALES, PRODUCT, PEOPLE = "财务部 Finance", "销售部 Sales", "产品部 Product", "人力资源部 HR"
RULE_COLUMNS = ["rule_id", "kind", "measure", "level", "node_id", "product_id"]
RULE_COLUMNS += ["min", "max", "basis", "tier", "owner", "note"]
# rule_id | kind | level | node_id | product_id | min | max | basis | tier | owner | note
REVENUE_RULES = f"""\
region-growth      | growth     | region  |      |              | 0.04      | 0.16     | last_year | hard | {FINANCE} | every region grows, none beyond its means
east-floor         | range      |         | east |              | 512000000 |          | amount    | hard | {FINANCE} | agreed with the board 华东保底
rep-capacity       | capacity   | rep     |      |              |           | 16500000 | amount    | hard | {SALES}   | more than anyone has ever closed
engineer-hours     | capacity   | team    |      |              |           | 27000    | effort    | hard | {PEOPLE}  | hours of a team's application engineers
life-science-share | mix        | region  |      | life-science | 0.2       |          | share     | hard | {PRODUCT} | strategic line 战略产品线
rep-fairness       | fairness   | rep     |      |              |           | 0.3      | anchor    | hard | {PEOPLE}  | no one is asked for much more than his peers
region-commitment  | commitment | region  |      |              | 0.9       | 1.15     | ratio     | hard | {SALES}   | 上下结合: near what the heads of the regions committed to
profit             | link       | company |      |              | 560000000 |          | margin    | hard | {FINANCE} | gross profit 毛利
team-growth        | growth     | team    |      |              | 0.03      | 0.25     | last_year | 1    | {SALES}   |
west-push          | range      |         | west |              | 215000000 |          | amount    | 2    | {SALES}   | 开拓西部 open up the West
portable-share     | mix        | team    |      | portable     | 0.008     |          | share     | 2    | {PRODUCT} | every team launches the new product 新品推广
commitment-band    | commitment | rep     |      |              | 0.75      | 1.6      | ratio     | 3    | {SALES}   |
team-potential     | fairness   | team    |      |              |           | 0.25     | potential | 3    | {PEOPLE}  | targets follow the market, too
"""  # noqa: E501 - a table reads best as a table
NEW_CUSTOMER_RULES = f"""\
customers-most      | range      | rep  |  |  |      | 40  | amount    | hard | {SALES}   | what one person can take care of
customers-growth    | growth     | team |  |  | 0.02 | 0.4 | last_year | 1    | {SALES}   |
customers-potential | fairness   | team |  |  |      | 0.3 | potential | 2    | {PEOPLE}  |
customers-committed | commitment | rep  |  |  | 0.8  | 1.5 | ratio     | 3    | {SALES}   |
"""  # noqa: E501 - a table reads best as a table
# node_id, product_id, measure, amount, reason, owner
PINS = (
    ("E0101", "*", "revenue", "16000000", "框架合同已签 frame contract signed", "Chen Haiyan"),
    ("S02", "portable", "revenue", "1200000", "pilot customers have ordered", "Huang Li"),
    ("N0105", "imaging", "revenue", "1000000", "tender won 中标", "Zhao Guoqiang"),
    ("W0304", "*", "new_customers", "20", "agreed in the review", "Peter Schneider"),
)


def build_rules() -> pd.DataFrame:
    """Return rules.csv."""
    rows = _rows("revenue", REVENUE_RULES) + _rows("new_customers", NEW_CUSTOMER_RULES)
    return pd.DataFrame(rows, columns=RULE_COLUMNS)


def _rows(measure: str, table: str) -> list[list[str]]:
    """Read a table of rules and put the measure behind the kind."""
    cells = [[cell.strip() for cell in line.split("|")] for line in table.splitlines()]
    return [[*row[:2], measure, *row[2:]] for row in cells]


def build_pins() -> pd.DataFrame:
    """Return pins.csv."""
    return pd.DataFrame(list(PINS), columns=["node_id", "product_id", "measure", "amount", "reason", "owner"])
