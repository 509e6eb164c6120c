"""What every table and column of a plan means, in the user's words."""

from collections.abc import Mapping

from allocator.plan.template.wording import Wording as W

TABLE_MEANINGS: Mapping[str, W] = {
    "org": W(
        "The sales organisation as a tree, one row per node. Nodes without nodes below them are the reps.",
        "销售组织树：每行一个节点。没有下级的节点就是销售人员。",
    ),
    "products": W(
        "Products and product lines as a tree. Further columns with numbers may be added; rules of the kind "
        "link can use them.",
        "产品与产品线（树）。可以增加其他数值列，供 link 类规则使用。",
    ),
    "history": W(
        "What was sold, by month, rep and product. One to three years are used.",
        "历史销售：按月份、人员、产品。使用最近 1-3 年。",
    ),
    "commitments": W(
        "What people committed to for this plan (no actual), and earlier commitments with their actuals, "
        "from which the bias of each person is learned.",
        "承诺：本期承诺（actual 留空）；以及往期承诺及其实际值，用来识别每个人的承诺偏差。",
    ),
    "potential": W("What the market could give.", "市场潜力。"),
    "rules": W("The business rules that the targets have to keep.", "目标必须遵守的业务规则。"),
    "pins": W("Numbers fixed by a person.", "人工锁定的数值。"),
    "calendar": W(
        "Working days of each month of the plan. Without rows all months count the same.",
        "计划各月的工作日数。没有数据行时各月相同。",
    ),
    "seasonality": W(
        "Weights of the months, used if plan.yaml says `seasonality: table`.",
        "各月权重，仅当 plan.yaml 中 `seasonality: table` 时使用。",
    ),
    "carried": W(
        "What mix and fairness rules count besides the targets of this plan. A re-plan writes it; leave it "
        "empty in a plan of a whole year.",
        "产品结构与公平性规则在本计划目标之外一并计入的金额。由年中调整写入；全年计划请留空。",
    ),
}

_NODE = W("a node of org.csv", "org.csv 中的节点")
_REP = W("the rep who sold: a node of org.csv without nodes below it", "销售人员：org.csv 中没有下级的节点")
_PRODUCT_OR_ALL = W(
    "a product or product line; `*` or empty = all products together",
    "产品或产品线；`*` 或留空表示全部产品合计",
)
_MEASURE = W("a measure of plan.yaml", "plan.yaml 中的指标")
_MONTH = W("the month, YYYY-MM", "月份，YYYY-MM")
_OWNER = W("who answers for it", "责任人")

COLUMN_MEANINGS: Mapping[str, Mapping[str, W]] = {
    "org": {
        "node_id": W("id of the node", "节点编号"),
        "parent_id": W("id of the node above; empty for the one at the top", "上级节点编号；最高层节点留空"),
        "level": W(
            "name of the level: company, region, team, rep ...", "层级名称：company、region、team、rep 等"
        ),
        "name": W("name for people", "名称"),
        "employee_id": W("number of the employee", "员工工号"),
        "role": W(
            "role; `open`, `vacant` or `空缺` marks an open seat",
            "岗位；`open`、`vacant` 或 `空缺` 表示空缺岗位",
        ),
        "email": W("address", "邮箱"),
        "start": W("first day at work, YYYY-MM-DD", "入职日期，YYYY-MM-DD"),
        "end": W("last day at work, YYYY-MM-DD", "离职日期，YYYY-MM-DD"),
        "ramp": W(
            "share of full productivity in the first months: 0/0.25/0.5, or 3 (months rising evenly), or one "
            "share up to 1 for the whole plan",
            "新人爬坡：前几个月的产能比例 0/0.25/0.5；或 3（三个月均匀上升）；或全年一个不超过 1 的比例",
        ),
        "peer_group": W(
            "nodes of one level with the same text are peers; empty: all nodes of the level",
            "同层级且文字相同的节点互为同组；留空则同层级全部为一组",
        ),
    },
    "products": {
        "product_id": W("id of the product or line", "产品或产品线编号"),
        "parent_id": W("id of the line above; may be empty", "上级产品线编号，可留空"),
        "name": W("name for people", "名称"),
        "margin": W("margin per unit of the measure, e.g. 0.3", "毛利率，例如 0.3"),
        "effort": W("effort per unit of the measure, e.g. hours", "每单位指标所需投入，例如工时"),
    },
    "history": {
        "period": _MONTH,
        "node_id": _REP,
        "product_id": W("a product without products below it", "没有下级的产品"),
        "measure": _MEASURE,
        "amount": W("what was sold; negative for returns", "实际数；退货为负"),
        "segment": W("customer segment", "客户类型"),
    },
    "commitments": {
        "node_id": _NODE,
        "product_id": _PRODUCT_OR_ALL,
        "measure": _MEASURE,
        "amount": W("what was committed to", "承诺数"),
        "confidence": W("low, mid or high", "把握程度：low、mid 或 high"),
        "period": W(
            "empty or the plan's id for this plan; the name of the period for earlier ones",
            "本期留空或填计划编号；往期填期间名称",
        ),
        "actual": W("what was reached, for earlier periods only", "实际完成数，仅往期填写"),
    },
    "potential": {
        "node_id": _NODE,
        "product_id": _PRODUCT_OR_ALL,
        "measure": _MEASURE,
        "amount": W("the potential in the measure's unit", "潜力，与指标同单位"),
    },
    "rules": {
        "rule_id": W("id of the rule", "规则编号"),
        "kind": W(
            "range, growth, capacity, mix, fairness, commitment or link",
            "规则类型：range、growth、capacity、mix、fairness、commitment 或 link",
        ),
        "measure": _MEASURE,
        "level": W("each node of this level (below node_id if that is given too)", "适用于该层级的每个节点"),
        "node_id": W("this node alone", "仅适用于该节点"),
        "product_id": _PRODUCT_OR_ALL,
        "min": W("lower side; empty = none", "下限；留空表示没有"),
        "max": W("upper side; empty = none", "上限；留空表示没有"),
        "basis": W(
            "what min and max refer to; empty = the first basis of the kind", "上下限的口径；留空取默认口径"
        ),
        "tier": W(
            "hard (or empty) = must hold; 1, 2, 3 ... = as far as possible, in this order",
            "hard 或留空表示必须满足；1、2、3……表示按此顺序尽量满足",
        ),
        "owner": _OWNER,
        "note": W("remark", "备注"),
    },
    "pins": {
        "node_id": _NODE,
        "product_id": _PRODUCT_OR_ALL,
        "measure": _MEASURE,
        "amount": W("the number; a whole multiple of round_to", "锁定值；须为取整单位的整数倍"),
        "reason": W("why", "原因"),
        "owner": _OWNER,
    },
    "calendar": {"period": _MONTH, "working_days": W("number of working days", "工作日数")},
    "seasonality": {
        "period": W("a month of the plan, YYYY-MM", "计划内的月份，YYYY-MM"),
        "weight": W("its weight; only the proportions count", "权重，只看比例"),
        "measure": W("a measure of plan.yaml; empty = all", "plan.yaml 中的指标；留空表示全部"),
        "product_id": W("a product or line; empty = all", "产品或产品线；留空表示全部"),
    },
    "carried": {
        "rule_id": W("a mix or fairness rule of rules.csv", "rules.csv 中的 mix 或 fairness 规则"),
        "node_id": W("a node that the rule applies to", "该规则适用的节点"),
        "done": W("what the node has of the rule's product already", "该节点在规则所指产品上已完成的金额"),
        "done_whole": W(
            "what the node has of all products already (mix)", "该节点全部产品已完成的金额（mix）"
        ),
        "base": W(
            "what the peers are compared by instead of the basis (fairness)",
            "同组比较所用的基数，代替 basis（fairness）",
        ),
    },
}

KIND_MEANINGS: Mapping[str, tuple[str, W]] = {
    "range": ("amount", W("the target lies between min and max", "目标介于 min 与 max 之间")),
    "growth": (
        "last_year, average",
        W(
            "target / history - 1 lies between min and max (0.1 = 10 %)",
            "目标相对历史的增长率介于 min 与 max 之间",
        ),
    ),
    "capacity": (
        "amount, effort",
        W(
            "the target is at most max; with effort: the sum of effort x target is",
            "目标不超过 max；口径为 effort 时，投入 x 目标之和不超过 max",
        ),
    ),
    "mix": (
        "share",
        W(
            "the share of the product in the node's target lies between min and max",
            "该产品占节点目标的比重介于 min 与 max 之间",
        ),
    ),
    "fairness": (
        "anchor, history, potential, capacity",
        W(
            "target / basis stays within max (0.2 = 20 %) of the ratio of the whole peer group",
            "目标 / 口径 与同组整体比值的偏差不超过 max（0.2 = 20%）",
        ),
    ),
    "commitment": (
        "ratio",
        W("target / commitment lies between min and max", "目标 / 承诺 介于 min 与 max 之间"),
    ),
    "link": (
        "margin, or any further column of products.csv with numbers",
        W(
            "the sum of column x target over the products lies between min and max "
            "(profit = margin x revenue)",
            "各产品“列值 x 目标”之和介于 min 与 max 之间（利润 = 毛利率 x 销售额）",
        ),
    ),
}
