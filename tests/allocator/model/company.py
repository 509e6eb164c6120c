"""A company of four reps, one of them gone, and three products, two of them a line."""

from pathlib import Path

ORG = """\
node_id,parent_id,level,name,end
c,,company,,
g,c,region,,
h,c,region,,
g1,g,rep,,
g2,g,rep,,
h1,h,rep,,
h2,h,rep,,2023-06-30
"""
PRODUCTS = """\
product_id,parent_id,name,margin,effort
l,,,,
p,l,,0.5,2
q,l,,0.2,0
s,,,-0.1,1
"""
PARENT = {
    "g1": "g",
    "g2": "g",
    "h1": "h",
    "h2": "h",
    "g": "c",
    "h": "c",
    "p": "l",
    "q": "l",
    "l": "*",
    "s": "*",
}
REPS, LEAVES = ("g1", "g2", "h1", "h2"), ("p", "q", "s")
NODES, ITEMS = (*REPS, "g", "h", "c"), (*LEAVES, "l", "*")
MARGIN, EFFORT = {"p": 0.5, "q": 0.2, "s": -0.1}, {"p": 2, "q": 0, "s": 1}
AT_WORK = ("g1", "g2", "h1")
RULE = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner"
PLAN = "plan: t\nstart: 2024-01\nmeasures:\n  m: {{unit: USD, round_to: 1, total: {total}}}\n"
Cell = tuple[str, str]


def write(folder: Path, sells: set[Cell], rules: list[str], pins: list[str] = [], total: int = 1000) -> Path:  # noqa: B006
    folder.mkdir(parents=True)
    history = [f"2023-{month:02d},{rep},{leaf},m,10" for rep, leaf in sorted(sells) for month in range(1, 13)]
    texts = {
        "plan.yaml": PLAN.format(total=total),
        "org.csv": ORG,
        "products.csv": PRODUCTS,
        "history.csv": "\n".join(["period,node_id,product_id,measure,amount", *history]),
        "rules.csv": "\n".join([RULE, *(f"r{k},{rule},CFO" for k, rule in enumerate(rules))]),
        "pins.csv": "\n".join(["node_id,product_id,measure,amount,reason,owner", *pins]),
    }
    for name, text in texts.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")
    return folder
