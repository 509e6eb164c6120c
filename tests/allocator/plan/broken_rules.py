"""Plans whose rules are wrong."""

from tests.allocator.plan.edits import add, broken, swap, whole

RULES = (
    broken(
        "unknown kind", {"rules": add("r9,rnge,revenue,rep,,,1,2,,hard,X,")}, "rules.csv:10 kind unknown-kind"
    ),
    broken(
        "rule twice",
        {"rules": add("r-range,range,revenue,rep,,,0,2000000,,hard,X,")},
        "rules.csv:10 rule_id duplicate-id",
    ),
    broken(
        "rule without id",
        {"rules": add(",range,revenue,rep,,,0,2000000,,hard,X,")},
        "rules.csv:10 rule_id missing-value",
    ),
    broken(
        "rule without target",
        {"rules": add("r9,range,revenue,,,,0,2000000,,hard,X,")},
        "rules.csv:10 - no-target",
    ),
    broken(
        "rule without measure",
        {"rules": add("r9,range,,rep,,,0,2000000,,hard,X,")},
        "rules.csv:10 measure missing-value",
    ),
    broken(
        "rule of an unknown level",
        {"rules": add("r9,range,revenue,squad,,,0,2000000,,hard,X,")},
        "rules.csv:10 level unknown-level",
    ),
    broken(
        "rule of an unknown node",
        {"rules": add("r9,range,revenue,,nord,,0,2000000,,hard,X,")},
        "rules.csv:10 node_id unknown-node",
    ),
    broken(
        "level not below the node",
        {"rules": add("r9,range,revenue,region,e1,,0,2000000,,hard,X,")},
        "rules.csv:10 level level-not-below-node",
    ),
    broken(
        "unknown basis",
        {"rules": add("r9,growth,revenue,rep,,,0,2,lastyear,hard,X,")},
        "rules.csv:10 basis unknown-basis",
    ),
    broken(
        "link to no column",
        {"rules": add("r9,link,revenue,,acme,,0,,profit,hard,X,")},
        "rules.csv:10 basis unknown-basis",
    ),
    broken(
        "link with an empty product",
        {"products": swap("0.25,0.001", ",0.001")},
        "rules.csv:9 basis empty-product-column",
    ),
    broken(
        "effort without efforts",
        {"products": swap("0.25,0.001", "0.25,")},
        "rules.csv:5 basis empty-product-column",
    ),
    broken(
        "tier zero", {"rules": add("r9,range,revenue,rep,,,0,2000000,,0,X,")}, "rules.csv:10 tier bad-tier"
    ),
    broken(
        "tier in words",
        {"rules": add("r9,range,revenue,rep,,,0,2000000,,soft,X,")},
        "rules.csv:10 tier bad-tier",
    ),
    broken(
        "rule without bounds", {"rules": add("r9,range,revenue,rep,,,,,,hard,X,")}, "rules.csv:10 - no-bounds"
    ),
    broken(
        "min above max",
        {"rules": add("r9,range,revenue,rep,,,3000000,2000000,,hard,X,")},
        "rules.csv:10 min min-above-max",
    ),
    broken(
        "mix without product",
        {"rules": add("r9,mix,revenue,rep,,,0.1,,,hard,X,")},
        "rules.csv:10 product_id mix-without-product",
    ),
    broken(
        "mix above 1",
        {"rules": add("r9,mix,revenue,rep,,road,,30,,hard,X,")},
        "rules.csv:10 max out-of-range",
    ),
    broken(
        "growth below -1",
        {"rules": add("r9,growth,revenue,rep,,road,-10,,,hard,X,")},
        "rules.csv:10 min out-of-range",
    ),
    broken(
        "negative range",
        {"rules": add("r9,range,revenue,rep,,road,-10,,,hard,X,")},
        "rules.csv:10 min negative-amount",
    ),
    broken(
        "fairness without max",
        {"rules": add("r9,fairness,revenue,rep,,,-0.1,,,3,X,")},
        "rules.csv:10 max missing-value",
    ),
    broken(
        "fairness with a positive min",
        {"rules": add("r9,fairness,revenue,rep,,,0.1,0.2,,3,X,")},
        "rules.csv:10 min out-of-range",
    ),
    broken(
        "capacity without max",
        {"rules": add("r9,capacity,revenue,rep,,,,,,hard,X,")},
        "rules.csv:10 max missing-value",
    ),
    broken(
        "capacity with min",
        {"rules": add("r9,capacity,revenue,rep,,,1,20000000,,hard,X,")},
        "rules.csv:10 min senseless-min",
    ),
    broken(
        "no whole unit",
        {"rules": add("r9,range,revenue,rep,,,1000100,1000900,,2,X,")},
        "rules.csv:10 min no-whole-unit",
    ),
    broken(
        "commitment rule without commitments",
        {"rules": add("r9,commitment,revenue,,w23,,0.5,,,hard,X,")},
        "rules.csv:10 kind no-commitment",
    ),
    broken(
        "fairness to an absent potential",
        {"rules": add("r9,fairness,new_customers,rep,,,,0.2,potential,3,X,")},
        "rules.csv:10 kind no-potential",
    ),
    broken(
        "fairness to absent capacities",
        {"rules": add("r9,fairness,new_customers,rep,,,,0.2,capacity,3,X,")},
        "rules.csv:10 kind no-capacity",
    ),
    broken(
        "growth rule without history",
        {"history": whole(None), "plan": swap("{growth: 0.15}", "1000")},
        "rules.csv:3 kind no-history",
    ),
)
