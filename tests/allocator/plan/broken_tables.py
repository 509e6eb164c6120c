"""Plans whose trees, facts, pins or months are wrong."""

from tests.allocator.plan.edits import HISTORY_END, Edit, add, broken, swap, whole

NOTHING_ELSE: dict[str, Edit] = {
    table: whole(None) for table in ("history", "commitments", "potential", "rules", "pins")
}
NAMES = [f"{2019 + (6 + k) // 12}-{(6 + k) % 12 + 1:02d}" for k in range(12)]
CARRIED = "rule_id,node_id,done,done_whole,base\n"
SEASON = "period,weight\n" + "".join(f"{month},1\n" for month in NAMES)


def alone(text: str) -> str:
    """Ask nothing of levels and history."""
    return text.replace("{region: 0.0, rep: 0.02}", "{}").replace("{growth: 0.15}", "1000")


TREES = (
    broken("duplicate node", {"org": add("e11,e2,rep,Twice,,,,,,,")}, "org.csv:21 node_id duplicate-id"),
    broken("node without id", {"org": add(",e2,rep,Nobody,,,,,,,")}, "org.csv:21 node_id missing-value"),
    broken("reserved node id", {"org": add("*,e2,rep,Star,,,,,,,")}, "org.csv:21 node_id reserved-id"),
    broken("no level", {"org": add("e99,e2,,X,,,,,,,")}, "org.csv:21 level missing-value"),
    broken("unknown parent", {"org": add("e99,e9,rep,X,,,,,,,")}, "org.csv:21 parent_id unknown-parent"),
    broken("two roots", {"org": add("umbrella,,company,X,,,,,,,")}, "org.csv:21 parent_id two-roots"),
    broken(
        "no root",
        {"org": swap("acme,,company", "acme,acme,company")},
        "org.csv:0 parent_id no-root",
        "org.csv:2 parent_id cycle",
    ),
    broken(
        "cycle in the org",
        {"org": add("x1,x2,team,X,,,,,,,", "x2,x1,team,Y,,,,,,,")},
        "org.csv:21 parent_id cycle",
    ),
    broken(
        "root alone",
        {
            "org": whole("node_id,parent_id,level,name\nacme,,company,Acme\n"),
            "plan": alone,
            **NOTHING_ELSE,
        },
        "org.csv:2 node_id no-reps",
    ),
    broken(
        "everybody has left",
        {
            "org": whole("node_id,parent_id,level,name,end\nacme,,region,A,\ne11,acme,rep,B,2019-06-30\n"),
            "plan": lambda text: text.replace("{region: 0.0, rep: 0.02}", "{}").replace(
                "{growth: 0.15}", "1000"
            ),
            **NOTHING_ELSE,
        },
        "org.csv:0 end no-reps",
    ),
    broken(
        "reserved product id",
        {"products": add("*,bikes,All,0.1,0.1")},
        "products.csv:8 product_id reserved-id",
    ),
    broken(
        "duplicate product",
        {"products": add("road,bikes,R,0.1,0.1")},
        "products.csv:8 product_id duplicate-id",
    ),
    broken(
        "unknown parent product",
        {"products": add("x,bike,R,0.1,0.1")},
        "products.csv:8 parent_id unknown-parent",
    ),
    broken(
        "cycle in the products",
        {"products": add("x,y,X,0.1,0.1", "y,x,Y,0.1,0.1")},
        "products.csv:8 parent_id cycle",
    ),
)

FACTS = (
    broken(
        "history of an unknown rep",
        {"history": add("2019-06,e77,road,revenue,5,")},
        f"history.csv:{HISTORY_END} node_id unknown-node",
    ),
    broken(
        "history of an unknown product",
        {"history": add("2019-06,e11,raod,revenue,5,")},
        f"history.csv:{HISTORY_END} product_id unknown-product",
    ),
    broken(
        "history of an unknown measure",
        {"history": add("2019-06,e11,road,revenu,5,")},
        f"history.csv:{HISTORY_END} measure unknown-measure",
    ),
    broken(
        "history of a manager",
        {"history": add("2019-06,e1,road,revenue,5,")},
        f"history.csv:{HISTORY_END} node_id not-a-rep",
    ),
    broken(
        "history of a line",
        {"history": add("2019-06,e11,bikes,revenue,5,")},
        f"history.csv:{HISTORY_END} product_id not-a-leaf-product",
    ),
    broken(
        "history of all products",
        {"history": add("2019-06,e11,*,revenue,5,")},
        f"history.csv:{HISTORY_END} product_id not-a-leaf-product",
    ),
    broken(
        "history in the plan",
        {"history": add("2019-07,e11,road,revenue,5,")},
        f"history.csv:{HISTORY_END} period history-after-start",
    ),
    broken(
        "history twice",
        {"history": add("2019-06,e11,road,revenue,5,")},
        f"history.csv:{HISTORY_END} - duplicate-row",
    ),
    broken(
        "commitment twice",
        {"commitments": add("e11,,revenue,5,,fy2020,")},
        "commitments.csv:26 - duplicate-row",
    ),
    broken(
        "unknown confidence",
        {"commitments": add("w23,*,revenue,5,medium,,")},
        "commitments.csv:26 confidence unknown-confidence",
    ),
    broken(
        "negative commitment",
        {"commitments": add("w23,*,revenue,-5,,,")},
        "commitments.csv:26 amount negative-amount",
    ),
    broken(
        "past commitment without actual",
        {"commitments": add("w23,*,revenue,5,,fy2017,")},
        "commitments.csv:26 actual past-without-actual",
    ),
    broken(
        "actual in the plan",
        {"commitments": add("w23,*,revenue,5,,2019-09,6")},
        "commitments.csv:26 period actual-in-current-period",
    ),
    broken(
        "commitment after the plan",
        {"commitments": add("w23,*,revenue,5,,2020-07,")},
        "commitments.csv:26 period period-outside-plan",
    ),
    broken(
        "products above all products",
        {"commitments": add("w23,*,revenue,5,,,", "w23,road,revenue,6,,,")},
        "commitments.csv:26 amount commitments-do-not-add-up",
    ),
    broken(
        "negative potential",
        {"potential": add("w1,road,revenue,-1")},
        "potential.csv:13 amount negative-amount",
    ),
    broken("potential twice", {"potential": add("e11,,revenue,1")}, "potential.csv:13 - duplicate-row"),
)

PINS = (
    broken("pin between units", {"pins": swap("400000", "400500")}, "pins.csv:2 amount not-a-multiple"),
    broken("negative pin", {"pins": swap("400000", "-400000")}, "pins.csv:2 amount negative-amount"),
    broken("pin twice", {"pins": add("w11,helmets,revenue,500000,again,X")}, "pins.csv:3 - duplicate-row"),
    broken(
        "pin of an unknown node",
        {"pins": add("w99,helmets,revenue,500000,again,X")},
        "pins.csv:3 node_id unknown-node",
    ),
    broken(
        "pin of a leaver",
        {"pins": add("w22,helmets,revenue,500000,again,X")},
        "pins.csv:3 node_id pin-without-rep",
    ),
    broken(
        "pinned parent and children",
        {
            "pins": add(
                "acme,road,revenue,20000000,,", "east,road,revenue,9000000,,", "west,road,revenue,9000000,,"
            )
        },
        "pins.csv:5 amount pins-do-not-add-up",
    ),
    broken(
        "pinned children above a pinned parent",
        {"pins": add("e1,road,revenue,1000000,,", "e11,road,revenue,1100000,,")},
        "pins.csv:4 amount pins-do-not-add-up",
    ),
    broken(
        "pinned line and products",
        {
            "pins": add(
                "e11,bikes,revenue,3000000,,", "e11,road,revenue,2000000,,", "e11,mountain,revenue,2000000,,"
            )
        },
        "pins.csv:5 amount pins-do-not-add-up",
    ),
    broken(
        "pin against the total",
        {"pins": add("acme,*,revenue,41000000,,")},
        "pins.csv:3 amount pin-against-total",
    ),
    broken(
        "pin against a product range",
        {"pins": add("acme,accessories,revenue,10000000,,")},
        "pins.csv:3 amount pin-against-total",
    ),
    broken(
        "regions pinned off the total",
        {"pins": add("east,,revenue,20000000,,", "west,,revenue,21000000,,")},
        "pins.csv:4 amount pins-do-not-add-up",
    ),
)

MONTHS = (
    broken(
        "calendar lacks a month",
        {"calendar": swap("2020-06,21\n", "")},
        "calendar.csv:0 period missing-month",
    ),
    broken(
        "month of 32 days",
        {"calendar": swap("2020-02,20", "2020-02,30")},
        "calendar.csv:9 working_days out-of-range",
    ),
    broken(
        "negative days",
        {"calendar": swap("2020-02,20", "2020-02,-1")},
        "calendar.csv:9 working_days negative-amount",
    ),
    broken(
        "days empty",
        {"calendar": swap("2020-02,20", "2020-02,")},
        "calendar.csv:9 working_days missing-value",
    ),
    broken("month twice", {"calendar": add("2020-06,20")}, "calendar.csv:14 period duplicate-row"),
    broken(
        "season outside the plan",
        {"seasonality": whole(SEASON + "2020-07,1\n")},
        "seasonality.csv:14 period period-outside-plan",
    ),
    broken(
        "season lacks a month",
        {"seasonality": whole(SEASON.replace("2020-06,1\n", ""))},
        "seasonality.csv:0 period missing-month",
    ),
    broken(
        "season all zero",
        {"seasonality": whole(SEASON.replace(",1\n", ",0\n"))},
        "seasonality.csv:2 weight weights-all-zero",
    ),
    broken(
        "season negative",
        {"seasonality": whole(SEASON.replace("2020-06,1", "2020-06,-1"))},
        "seasonality.csv:13 weight negative-amount",
    ),
    broken(
        "done of a rule of amounts",
        {"carried": whole(CARRIED + "r-range,east,5,,\n")},
        "carried.csv:2 rule_id unknown-rule",
    ),
    broken(
        "done at nobody",
        {"carried": whole(CARRIED + "r-mix,e99,5,9,\n")},
        "carried.csv:2 node_id unknown-node",
    ),
    broken(
        "done twice",
        {"carried": whole(CARRIED + "r-mix,e1,5,9,\nr-mix,e1,6,9,\n")},
        "carried.csv:3  duplicate-row",
    ),
    broken(
        "base of nothing",
        {"carried": whole(CARRIED + "r-fair,e11,5,,0\n")},
        "carried.csv:2 base out-of-range",
    ),
)
