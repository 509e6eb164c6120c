"""Tiny companies with their right answers, one per subject."""

from math import ceil, floor

from tests.allocator.verification.optimum import Row, coefficients, minus, with_rows
from tests.allocator.verification.tiny import (
    CELLS,
    EFFORT,
    MARGIN,
    NODES,
    PRODUCTS,
    Cell,
    Tiny,
    price,
    reps_below,
    rule_row,
)

ANCHOR = {cell: 60 + 7 * k + (0.25, 0.5, 0.75, 0.5)[k % 4] for k, cell in enumerate(CELLS)}
TOTAL = 1188


def blank(**changes: object) -> Tiny:
    return Tiny(**({"anchor": dict(ANCHOR), "x": dict(ANCHOR), "total": TOTAL} | changes))


def nothing_binds() -> Tiny:
    """Two slack rules; the answer is the anchor."""
    tiny = blank(
        rules=["r1,range,revenue,,east,bikes,100,600,,hard,CFO", "r2,link,revenue,,acme,,10,,margin,,CFO"]
    )
    tiny.rounded()
    tiny.rule_rows = lambda t: [
        rule_row("r1", "range", "east", "bikes", value=t.target("east", "bikes"), min=100, max=600),
        rule_row("r2", "link", "acme", "*", value=_weighted(t, "acme", MARGIN), min=10),
    ]
    return tiny


def _weighted(tiny: Tiny, node: str, weight: dict[str, float]) -> float:
    return sum(weight[leaf] * tiny.target(rep, leaf) for rep in reps_below(node) for leaf in weight)


def capacity_binds() -> Tiny:
    """e1 can carry 150 of its 202.5; all others take the rest in equal ratio."""
    tiny = blank(rules=["cap,capacity,revenue,,e1,*,,150,,hard,CFO"])
    return with_rows(
        tiny, [Row("cap", "capacity", "e1", "*", coefficients(tiny, "e1", "*"), upper=150, max=150)]
    )


def soft_tier() -> Tiny:
    """The east carries 500 at most, its reps should get 300 and 450: both miss by a third."""
    tiny = blank(
        rules=[
            "cap,capacity,revenue,,east,,,500,amount,hard,CFO",
            "s1,range,revenue,,e1,,300,,amount,1,CFO",
            "s2,range,revenue,,e2,,450,,amount,1,CFO",
        ]
    )
    reached = {"e1": 200, "e2": 300, "west": 688}
    ratio = {node: amount / tiny.amount(ANCHOR, node, "*") for node, amount in reached.items()}
    ratio |= {"w1": ratio["west"], "w2": ratio["west"]}
    tiny.x = {(rep, leaf): ANCHOR[rep, leaf] * ratio[rep] for rep, leaf in CELLS}
    tiny.rounded()
    v = ratio["west"] - 1
    # ratio - 1 = v + u + y of the rep's own goal, and the largest violation is free: 300 y1 + 450 y2 = 0
    own = {"s1": ratio["e1"] - 1 - v, "s2": ratio["e2"] - 1 - v}
    u = (300 * own["s1"] + 450 * own["s2"]) / 750
    y = {rule: pull - u for rule, pull in own.items()}
    tiny.prices = [
        price("tier1.largest", "capacity", "cap", "east", "*", "upper", "", -1 / 750),
        *(price("tier1.largest", "range", r, n, "*", "lower", "goal", 1 / 750) for r, n in GOALS),
        *(price("tier1.largest", "range", r, n, "*", "lower", "largest", 1 / 750) for r, n in GOALS),
        price("tier1.sum", "capacity", "cap", "east", "*", "upper", "", -2 / 750),
        *(price("tier1.sum", "range", r, n, "*", "lower", "goal", 2 / 750) for r, n in GOALS),
        price("tier1.sum", "range", "s1", "e1", "*", "lower", "largest", 2 / 750 - 1 / 300),
        price("tier1.sum", "range", "s2", "e2", "*", "lower", "largest", 2 / 750 - 1 / 450),
        price("balance", "total", "", "acme", "*", "both", "", v),
        price("balance", "capacity", "cap", "east", "*", "upper", "", u),
        *(price("balance", "range", r, n, "*", "lower", "share", y[r]) for r, n in GOALS),
    ]

    def rows(t: Tiny) -> list[dict[str, object]]:
        goal = {"s1": 300, "s2": 450}
        # u > 0 would be a ceiling that raises: the tier's prices, 750 u times, give it to the goals that push
        east = rule_row("cap", "capacity", "east", "*", value=500, max=500, status="binding", price=0)
        missed = [(r, n, t.target(n, "*")) for r, n in GOALS]
        words = {"status": "relaxed", "tier": "1"}
        return [east] + [
            rule_row(r, "range", n, "*", value=x, min=goal[r], price=y[r] + u, short_by=goal[r] - x, **words)
            for r, n, x in missed
        ]

    tiny.rule_rows = rows
    return tiny


GOALS = (("s1", "e1"), ("s2", "e2"))


def over_assigned() -> Tiny:
    """Reps carry 10 % more than their region; two layers are rounded on their own."""
    anchor = {cell: 1.1 * amount for cell, amount in ANCHOR.items()}
    tiny = blank(anchor=anchor, x=dict(anchor), over={"rep": 0.1})
    # regions x products, rounded by hand: the sums before the 10 % are 141.75, 155.75, 170.25 and so on
    regions = {("east", "city"): 142, ("east", "road"): 156, ("east", "helmets"): 170}
    regions |= {("west", "city"): 226, ("west", "road"): 240, ("west", "helmets"): 254}
    return _two_layers(tiny, regions)


def _two_layers(tiny: Tiny, regions: dict[Cell, int]) -> Tiny:
    low = {cell: floor(tiny.x[cell] + 1e-7) for cell in CELLS}
    # round the reps' layer by cumulative rounding along the reps, product by product
    units = {}
    for leaf in ("city", "road", "helmets"):
        running = 0.0
        for rep in ("e1", "e2", "w1", "w2"):
            before = floor(running + 0.5)
            running += tiny.x[rep, leaf]
            units[rep, leaf] = min(
                max(floor(running + 0.5) - before, low[rep, leaf]), ceil(tiny.x[rep, leaf])
            )
    tiny.units = units
    leaves = {"*": ("city", "road", "helmets"), "bikes": ("city", "road")}
    for product in PRODUCTS:
        below = leaves.get(product, (product,))
        for node in NODES:
            if node in ("east", "west"):
                amount = sum(regions[node, leaf] for leaf in below)
            elif node == "acme":
                amount = sum(regions[region, leaf] for region in ("east", "west") for leaf in below)
            else:
                amount = sum(units[node, leaf] for leaf in below)
            tiny.node_units[node, product] = amount
    return tiny


def pinned_and_gone() -> Tiny:
    """A pin on a cell without an anchor, a rep who left, a cell bounded by its own rule."""
    anchor = (
        dict(ANCHOR) | {("w2", leaf): 0.0 for leaf in ("city", "road", "helmets")} | {("e1", "city"): 0.0}
    )
    free = [cell for cell in CELLS if anchor[cell] > 0]
    total = 900
    scale = total / sum(anchor[cell] for cell in free)
    anchor = {cell: amount * scale for cell, amount in anchor.items()}
    tiny = blank(
        anchor=anchor,
        total=total,
        end={"w2": "2019-06-30"},
        pins=["e1,city,revenue,30,contract,Ann"],
        rules=["most,range,revenue,,w1,road,,50.5,,hard,CFO"],
        bounds={("e1", "city"): (30.0, 30.0), ("w1", "road"): (0.0, 50.0)}
        | {("w2", leaf): (0.0, 0.0) for leaf in ("city", "road", "helmets")},
    )
    rest = [cell for cell in free if cell != ("w1", "road")]
    v = (total - 30 - 50) / sum(anchor[cell] for cell in rest) - 1
    tiny.x = dict.fromkeys(CELLS, 0.0) | {cell: anchor[cell] * (1 + v) for cell in rest}
    tiny.x |= {("e1", "city"): 30.0, ("w1", "road"): 50.0}
    tiny.rounded()
    weight = 0.01 * sum(anchor[cell] for cell in free) / len(free)
    pull = {"pin": 30 / weight - v, "most": 50 / anchor["w1", "road"] - 1 - v}
    tiny.prices = [price("balance", "total", "", "acme", "*", "both", "", v)]
    tiny.rule_rows = lambda _: [
        rule_row("most", "range", "w1", "road", value=50, max=50.5, status="binding", price=pull["most"]),
        rule_row(
            "pin",
            "pin",
            "e1",
            "city",
            value=30,
            min=30,
            max=30,
            status="binding",
            price=pull["pin"],
            owner="Ann",
        ),
    ]
    return tiny


def range_line() -> Tiny:
    tiny = blank(rules=["r,range,revenue,,east,bikes,330.5,,,hard,CFO"])
    row = Row("r", "range", "east", "bikes", coefficients(tiny, "east", "bikes"), lower=331, min=330.5)
    return with_rows(tiny, [row])


def growth_level() -> Tiny:
    """No region may grow by more than 8 %; the east would."""
    tiny = blank(rules=["g,growth,revenue,region,,*,,0.08,last_year,hard,CFO"])
    tiny.history = {cell: 1.2 * ANCHOR[cell] if cell[0][0] == "w" else 0.8 * ANCHOR[cell] for cell in CELLS}
    rows = []
    for node in ("east", "west"):
        history = sum(tiny.history[rep, leaf] for rep, leaf in CELLS if rep in reps_below(node))
        rows.append(
            Row(
                "g",
                "growth",
                node,
                "*",
                coefficients(tiny, node, "*"),
                upper=floor(1.08 * history),
                max=0.08,
                extra={"value": lambda t, _, n=node, h=history: t.target(n, "*") / h - 1},
            )
        )
    return with_rows(tiny, rows)


def effort_binds() -> Tiny:
    tiny = blank(rules=["h,capacity,revenue,,west,,,1400,effort,hard,CFO"])
    coef = coefficients(tiny, "west", "*", EFFORT)
    row = Row("h", "capacity", "west", "*", coef, upper=1400, max=1400, extra={"basis": "effort"})
    return with_rows(tiny, [row])


def mix_binds() -> Tiny:
    tiny = blank(rules=["m,mix,revenue,region,,helmets,0.38,0.5,,hard,CFO"])
    rows = []
    for node in ("east", "west"):
        own, whole = coefficients(tiny, node, "helmets"), coefficients(tiny, node, "*")
        extra = {"value": lambda t, _, n=node: t.target(n, "helmets") / t.target(n, "*")}
        words = {"min": 0.38, "max": 0.5, "extra": extra}
        rows.append(Row("m", "mix", node, "helmets", minus(own, 0.38, whole), lower=0.0, **words))
        rows.append(Row("m", "mix", node, "helmets", minus(own, 0.5, whole), upper=0.0, **words))
    return with_rows(tiny, rows)


def fairness_binds() -> Tiny:
    """Reps of one peer group stay within 4 % of the group's ratio of target to history."""
    tiny = blank(rules=["f,fairness,revenue,rep,,,,0.04,history,hard,CFO"])
    tiny.peer_group = {"e1": "senior", "w1": "senior", "e2": "junior", "w2": "junior"}
    tiny.history = {
        cell: ANCHOR[cell] * {"e1": 1.3, "w1": 1.0, "e2": 0.9, "w2": 0.92}[cell[0]] for cell in CELLS
    }
    rows = []
    for group in (("e1", "w1"), ("e2", "w2")):
        basis = {rep: sum(tiny.history[cell] for cell in CELLS if cell[0] == rep) for rep in group}
        whole = {cell: 1.0 for cell in CELLS if cell[0] in group}
        for rep in group:
            share = basis[rep] / sum(basis.values())

            def value(
                t: Tiny, _: object, rep: str = rep, group: tuple[str, ...] = group, share: float = share
            ) -> float:
                return t.target(rep, "*") / (share * sum(t.target(peer, "*") for peer in group)) - 1

            words = {"max": 0.04, "extra": {"value": value, "basis": "history"}}
            own = coefficients(tiny, rep, "*")
            rows.append(Row("f", "fairness", rep, "*", minus(own, 0.96 * share, whole), lower=0.0, **words))
            rows.append(Row("f", "fairness", rep, "*", minus(own, 1.04 * share, whole), upper=0.0, **words))
    return with_rows(tiny, rows)


def commitment_binds() -> Tiny:
    tiny = blank(
        rules=["c,commitment,revenue,rep,,,0.9,1.1,,hard,CFO"],
        commitments=[
            "e1,*,revenue,240,,",
            "e2,city,revenue,110,,",
            "e2,helmets,revenue,150,2019-07,",
            "w1,*,revenue,1,fy18,9",
        ],
    )
    rows = []
    for rep, said in (("e1", 240), ("e2", 260)):
        extra = {"value": lambda t, _, r=rep, s=said: t.target(r, "*") / s}
        bounds = {"lower": ceil(0.9 * said), "upper": floor(1.1 * said + 1e-9), "min": 0.9, "max": 1.1}
        rows.append(Row("c", "commitment", rep, "*", coefficients(tiny, rep, "*"), extra=extra, **bounds))
    return with_rows(tiny, rows)


def link_binds() -> Tiny:
    tiny = blank(rules=["p,link,revenue,,acme,,300,,margin,hard,CFO"])
    coef = coefficients(tiny, "acme", "*", MARGIN)
    return with_rows(tiny, [Row("p", "link", "acme", "*", coef, lower=300, min=300)])


def pin_on_a_team() -> Tiny:
    tiny = blank(pins=["west,bikes,revenue,500,deal,Ann"], rules=["r,range,revenue,rep,,*,100,,,hard,CFO"])
    rows = [
        Row(
            "pin",
            "pin",
            "west",
            "bikes",
            coefficients(tiny, "west", "bikes"),
            500,
            500,
            500,
            500,
            {"owner": "Ann"},
        )
    ]
    rows += [
        Row("r", "range", rep, "*", coefficients(tiny, rep, "*"), lower=100, min=100)
        for rep in ("e1", "e2", "w1", "w2")
    ]
    return with_rows(tiny, rows)


def product_total_binds() -> Tiny:
    """A floor for helmets in the east pushes against the most the company wants of them."""
    tiny = blank(
        product_totals="helmets: {max: 435}, city: 368",
        rules=["r,range,revenue,,east,helmets,200,,,hard,CFO"],
    )
    rows = [
        Row("r", "range", "east", "helmets", coefficients(tiny, "east", "helmets"), lower=200, min=200),
        Row("", "product_total", "acme", "helmets", coefficients(tiny, "acme", "helmets"), upper=435),
        Row("", "product_total", "acme", "city", coefficients(tiny, "acme", "city"), lower=368, upper=368),
    ]
    return with_rows(tiny, rows)


BINDING = {
    "capacity": capacity_binds,
    "commitment": commitment_binds,
    "effort": effort_binds,
    "fairness": fairness_binds,
    "growth": growth_level,
    "link": link_binds,
    "mix": mix_binds,
    "pin": pin_on_a_team,
    "product totals": product_total_binds,
    "range": range_line,
}
COMPANIES = BINDING | {
    "nothing binds": nothing_binds,
    "soft tier": soft_tier,
    "over-assignment": over_assigned,
    "pins, leavers and zero anchors": pinned_and_gone,
}
