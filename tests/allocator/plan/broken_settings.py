"""Plans whose plan.yaml is wrong."""

from tests.allocator.plan.edits import add, broken, swap, whole

SETTINGS = (
    broken("plan.yaml is missing", {"plan": whole(None)}, "plan.yaml:0 - missing-file"),
    broken("plan.yaml is empty", {"plan": whole("\n \n")}, "plan.yaml:0 - empty-file"),
    broken("plan.yaml is a list", {"plan": whole("- a\n- b\n")}, "plan.yaml:0 - yaml-syntax"),
    broken("tab in yaml", {"plan": swap("currency: USD", "\tcurrency: USD")}, "plan.yaml:5 - yaml-syntax"),
    broken(
        "open brace in yaml",
        {"plan": swap("{region: 0.0, rep: 0.02}", "{region: 0.0, rep: 0.02")},
        "plan.yaml:13 - yaml-syntax",
    ),
    broken("key given twice", {"plan": add("months: 6")}, "plan.yaml:16 months duplicate-key"),
    broken(
        "measure given twice",
        {"plan": swap("product_totals:", "  revenue: {unit: USD, total: 5}\nproduct_totals:")},
        "plan.yaml:9 measures.revenue duplicate-key",
    ),
    broken("misspelled key", {"plan": swap("currency:", "currancy:")}, "plan.yaml:5 currancy unknown-key"),
    broken(
        "misspelled key of a measure",
        {"plan": swap("kind: outcome, ", "knd: outcome, ")},
        "plan.yaml:7 measures.revenue.knd unknown-key",
    ),
    broken(
        "payout of an unknown measure",
        {"plan": add("payout: {revenu: {rate: 0.02}}")},
        "plan.yaml:16 payout.revenu unknown-measure",
    ),
    broken(
        "payout without a rate",
        {"plan": add("payout: {revenue: {curve: {1: 1}}}")},
        "plan.yaml:16 payout.revenue.rate missing-key",
    ),
    broken(
        "payout curve with a word for an attainment",
        {"plan": add("payout: {revenue: {rate: 0.02, curve: {full: 1}}}")},
        "plan.yaml:16 payout.revenue.curve.full not-a-number",
    ),
    broken(
        "payout curve with an attainment given twice",
        {"plan": add("payout: {revenue: {rate: 0.02, curve: {1: 1, 1.0: 2}}}")},
        "plan.yaml:16 payout.revenue.curve.1.0 duplicate-key",
    ),
    broken(
        "negative pay",
        {"plan": add("payout: {revenue: {rate: 0.02, curve: {1: -1}}}")},
        "plan.yaml:16 payout.revenue.curve.1 out-of-range",
    ),
    broken("no plan id", {"plan": swap("plan: fy2020\n", "")}, "plan.yaml:0 plan missing-key"),
    broken("empty plan id", {"plan": swap("plan: fy2020", "plan:")}, "plan.yaml:1 plan missing-key"),
    broken("no measures", {"plan": whole("plan: a\nstart: 2019-07\n")}, "plan.yaml:0 measures missing-key"),
    broken(
        "measures empty",
        {"plan": whole("plan: a\nstart: 2019-07\nmeasures: {}\n"), "pins": whole(None), "rules": whole(None)},
        "plan.yaml:3 measures missing-value",
    ),
    broken("start is a day", {"plan": swap("2019-07", "2019-07-01")}, "plan.yaml:3 start bad-month"),
    broken("start in month 13", {"plan": swap("2019-07", "2019-13")}, "plan.yaml:3 start bad-month"),
    broken("months above 12", {"plan": swap("months: 12", "months: 13")}, "plan.yaml:4 months out-of-range"),
    broken(
        "months broken", {"plan": swap("months: 12", "months: 2.5")}, "plan.yaml:4 months not-a-whole-number"
    ),
    broken(
        "total is true",
        {"plan": swap("total: 42000000", "total: true")},
        "plan.yaml:7 measures.revenue.total not-a-number",
    ),
    broken(
        "total is a quoted number",
        {"plan": swap("total: 42000000", "total: '42000000'")},
        "plan.yaml:7 measures.revenue.total number-as-text",
    ),
    broken(
        "total with separators",
        {"plan": swap("total: 42000000", 'total: "42,000,000"')},
        "plan.yaml:7 measures.revenue.total not-a-number",
    ),
    broken(
        "total is nan",
        {"plan": swap("total: 42000000", "total: .nan")},
        "plan.yaml:7 measures.revenue.total not-finite",
    ),
    broken(
        "total is infinite",
        {"plan": swap("total: 42000000", "total: -.inf")},
        "plan.yaml:7 measures.revenue.total not-finite",
    ),
    broken(
        "total is beyond all measure",
        {"plan": swap("total: 42000000", "total: 1e999")},
        "plan.yaml:7 measures.revenue.total too-large",
    ),
    broken(
        "total is negative",
        {"plan": swap("total: 42000000", "total: -42000000")},
        "plan.yaml:7 measures.revenue.total negative-amount",
    ),
    broken(
        "total says nothing",
        {"plan": swap("total: 42000000", "total: {}")},
        "plan.yaml:7 measures.revenue.total missing-key",
    ),
    broken(
        "total is missing",
        {"plan": swap(", total: 42000000", "")},
        "plan.yaml:7 measures.revenue.total missing-key",
    ),
    broken(
        "total is a list",
        {"plan": swap("total: 42000000", "total: [1, 2]")},
        "plan.yaml:7 measures.revenue.total wrong-shape",
    ),
    broken(
        "total between units",
        {"plan": swap("total: 42000000", "total: 42000500")},
        "plan.yaml:7 measures.revenue.total not-a-multiple",
    ),
    broken(
        "growth of minus 100 percent",
        {"plan": swap("growth: 0.15", "growth: -1")},
        "plan.yaml:8 measures.new_customers.total.growth out-of-range",
    ),
    broken(
        "growth and range",
        {"plan": swap("{min: 7000000, max: 9500000}", "{min: 7000000, growth: 0.1}")},
        "plan.yaml:10 product_totals.revenue.accessories mixed-total",
    ),
    broken(
        "product range upside down",
        {"plan": swap("{min: 7000000, max: 9500000}", "{min: 9500000, max: 7000000}")},
        "plan.yaml:10 product_totals.revenue.accessories min-above-max",
    ),
    broken(
        "round_to of zero",
        {"plan": swap("round_to: 1000", "round_to: 0")},
        "plan.yaml:7 measures.revenue.round_to out-of-range",
    ),
    broken(
        "unknown kind of measure",
        {"plan": swap("kind: outcome", "kind: result")},
        "plan.yaml:7 measures.revenue.kind unknown-choice",
    ),
    broken(
        "unknown baseline",
        {"plan": swap("{history: 0.6, potential: 0.2, commitment: 0.2}", "automatic")},
        "plan.yaml:11 baseline unknown-choice",
    ),
    broken(
        "baseline without weights",
        {"plan": swap("{history: 0.6, potential: 0.2, commitment: 0.2}", "{history: 0}")},
        "plan.yaml:11 baseline weights-all-zero",
    ),
    broken(
        "commitment cap above 1",
        {"plan": swap("commitment_cap: 0.5", "commitment_cap: 50")},
        "plan.yaml:12 commitment_cap out-of-range",
    ),
    broken(
        "over-assignment as a factor",
        {"plan": swap("rep: 0.02", "rep: 1.02")},
        "plan.yaml:13 over_assignment.rep out-of-range",
    ),
    broken(
        "over-assignment of an unknown level",
        {"plan": swap("rep: 0.02", "reps: 0.02")},
        "plan.yaml:13 over_assignment.reps unknown-level",
    ),
    broken(
        "over-assignment of the root",
        {"plan": swap("rep: 0.02", "company: 0.02")},
        "plan.yaml:13 over_assignment.company root-level",
    ),
    broken(
        "unknown seasonality",
        {"plan": swap("seasonality: history", "seasonality: flat")},
        "plan.yaml:14 seasonality unknown-choice",
    ),
    broken(
        "seasonality table without the table",
        {"plan": swap("seasonality: history", "seasonality: table")},
        "plan.yaml:14 seasonality missing-file",
    ),
    broken(
        "stretch level of zero",
        {"plan": swap("stretch: 1.1", "stretch: 0")},
        "plan.yaml:15 stretch_levels.stretch out-of-range",
    ),
    broken(
        "misspelt limit of fairness",
        {"plan": add("fairness: {max_ginni: 0.1}")},
        "plan.yaml:16 fairness.max_ginni unknown-key",
    ),
    broken(
        "limit of fairness that is no share",
        {"plan": add("fairness: {alpha: 5}")},
        "plan.yaml:16 fairness.alpha out-of-range",
    ),
    broken(
        "limit of attainment in words",
        {"plan": add("attainment: {low: few}")},
        "plan.yaml:16 attainment.low not-a-number",
    ),
    broken(
        "share at goal upside down",
        {"plan": add("attainment: {at_goal_max: 0.5}")},
        "plan.yaml:16 attainment.at_goal_max min-above-max",
    ),
    broken("unknown encoding", {"plan": add("encoding: klingon")}, "plan.yaml:16 encoding unknown-encoding"),
    broken(
        "alias in yaml",
        {"plan": whole("plan: &a x\nname: *a\nstart: 2019-07\n")},
        "plan.yaml:2 - yaml-syntax",
    ),
    broken(
        "control character in yaml",
        {"plan": swap("currency: USD", "currency: U\x07SD")},
        "plan.yaml:5 - bad-character",
    ),
    broken(
        "product total of an unknown product",
        {"plan": swap("{accessories:", "{accesories:")},
        "plan.yaml:10 product_totals.revenue.accesories unknown-product",
    ),
    broken(
        "product total of an unknown measure",
        {"plan": swap("  revenue: {accessories", "  turnover: {accessories")},
        "plan.yaml:10 product_totals.turnover unknown-measure",
    ),
    broken(
        "product totals all fixed with another sum",
        {
            "plan": swap(
                "{accessories: {min: 7000000, max: 9500000}}", "{accessories: 7000000, bikes: 34000000}"
            )
        },
        "plan.yaml:10 product_totals.revenue totals-do-not-add-up",
    ),
    broken(
        "product totals above the total",
        {"plan": swap("{accessories: {min: 7000000, max: 9500000}}", "{road: 43000000}")},
        "plan.yaml:10 product_totals.revenue totals-do-not-add-up",
    ),
    broken(
        "product ranges that cannot reach the total",
        {"plan": swap("max: 9500000}", "max: 9500000}, bikes: {max: 30000000}")},
        "plan.yaml:10 product_totals.revenue totals-do-not-add-up",
    ),
    broken(
        "line and its products fixed apart",
        {
            "plan": swap(
                "{accessories: {min: 7000000, max: 9500000}}",
                "{accessories: 8000000, helmets: 5000000, gloves: 2000000}",
            )
        },
        "plan.yaml:10 product_totals.revenue.accessories totals-do-not-add-up",
    ),
    broken(
        "product range between units",
        {"plan": swap("min: 7000000", "min: 7000001")},
        "plan.yaml:10 product_totals.revenue.accessories.min not-a-multiple",
    ),
    broken(
        "product growth without history",
        {
            "plan": swap("{accessories: {min: 7000000, max: 9500000}}", "{new: {growth: 0.1}}"),
            "products": add("new,bikes,New,0.1,0.1"),
        },
        "plan.yaml:10 product_totals.revenue.new.growth no-history",
    ),
    broken(
        "growth total without history",
        {"history": whole("period,node_id,product_id,measure,amount\n2019-06,e11,road,revenue,5\n")},
        "plan.yaml:8 measures.new_customers.total.growth no-history",
    ),
)
