"""Faults of rules.csv, of what is carried into rules, and of the totals in plan.yaml."""

TEXTS = {
    # rules.csv
    "fault.rules.id.hint": {"en": "give every rule an id", "zh": "请为每条规则填写编号"},
    "fault.rules.twice.hint": {"en": "give each rule an id of its own", "zh": "请为每条规则使用不同的编号"},
    "fault.rules.kind.hint": {"en": "use one of {names}", "zh": "请填写以下之一：{names}"},
    "fault.rules.measure.hint": {
        "en": "name the measure that the rule is about",
        "zh": "请填写该规则针对的指标",
    },
    "fault.rules.no_target": {
        "en": "the rule names neither a level nor a node_id",
        "zh": "该规则既未填写 level，也未填写 node_id",
    },
    "fault.rules.no_target.hint": {
        "en": "name a level (each node of it) or a node_id (this one)",
        "zh": "请填写 level（该层级的每个节点）或 node_id（仅该节点）",
    },
    "fault.rules.level_not_below": {
        "en": "`{node}` has no node of level `{level}` at or below it",
        "zh": "`{node}` 及其下级中没有层级为 `{level}` 的节点",
    },
    "fault.rules.level_not_below.hint": {
        "en": "name a level below that node, or leave one of the two empty",
        "zh": "请填写该节点以下的层级，或将两者之一留空",
    },
    "fault.rules.tier": {"en": "`{tier}` is not a tier", "zh": "`{tier}` 不是有效的优先级"},
    "fault.rules.tier.hint": {
        "en": "write hard if the rule must hold, or 1, 2, 3 ... if it may give way (1 is kept longest)",
        "zh": "必须满足的规则请填写 hard；可放宽的请填写 1、2、3 等（1 最后放宽）",
    },
    "fault.rules.basis": {
        "en": "`{basis}` is no basis of a {kind} rule",
        "zh": "`{basis}` 不能作为 {kind} 规则的 basis",
    },
    "fault.rules.basis.hint": {
        "en": "a {kind} rule takes {names}",
        "zh": "{kind} 规则的 basis 可填写 {names}",
    },
    "fault.rules.link_basis.hint": {
        "en": "name a numeric column of products.csv: {names}",
        "zh": "请填写 products.csv 中的数字列：{names}",
    },
    "fault.rules.empty_column": {
        "en": "products.csv has no `{column}` for {products}",
        "zh": "products.csv 中以下产品的 `{column}` 为空：{products}",
    },
    "fault.rules.empty_column.hint": {
        "en": "fill the column for every product (0 where it does not count)",
        "zh": "请为每个产品填写该列（不计入的产品填 0）",
    },
    "fault.rules.no_history": {
        "en": "history.csv has no rows of `{measure}`, so this rule has nothing to refer to",
        "zh": "history.csv 中没有 `{measure}` 的数据，本规则缺少依据",
    },
    "fault.rules.no_history.hint": {
        "en": "add the history, or choose another basis or rule",
        "zh": "请添加历史数据，或改用其他 basis 或规则",
    },
    "fault.rules.no_potential": {
        "en": "potential.csv has no rows of `{measure}`, so this rule has nothing to refer to",
        "zh": "potential.csv 中没有 `{measure}` 的数据，本规则缺少依据",
    },
    "fault.rules.no_potential.hint": {
        "en": "add the potential, or choose another basis or rule",
        "zh": "请添加潜力数据，或改用其他 basis 或规则",
    },
    "fault.rules.no_capacity": {
        "en": "there is no capacity rule for `{measure}`, so this rule has nothing to refer to",
        "zh": "没有针对 `{measure}` 的 capacity 规则，本规则缺少依据",
    },
    "fault.rules.no_capacity.hint": {
        "en": "add the capacities, or choose another basis or rule",
        "zh": "请添加产能，或改用其他 basis 或规则",
    },
    "fault.rules.no_commitment": {
        "en": "no node that this rule names has a commitment for this plan",
        "zh": "该规则涉及的节点对本计划均没有承诺",
    },
    "fault.rules.no_commitment.hint": {
        "en": "add the commitments (period empty, no actual), or delete the rule",
        "zh": "请添加承诺（period 与 actual 留空），或删除该规则",
    },
    # min and max of rules.csv
    "fault.bounds.crossed": {
        "en": "min ({min}) is larger than max ({max})",
        "zh": "min（{min}）大于 max（{max}）",
    },
    "fault.bounds.crossed.hint": {
        "en": "exchange the two, or correct one of them",
        "zh": "请对调两者，或更正其中之一",
    },
    "fault.bounds.needs_max": {"en": "a {kind} rule needs max", "zh": "{kind} 规则须填写 max"},
    "fault.bounds.needs_max.hint": {
        "en": "write the most that is allowed (for fairness a share: 0.1 = within 10 % of the group)",
        "zh": "请填写允许的上限（fairness 填比例：0.1 表示与同组相差不超过 10%）",
    },
    "fault.bounds.none": {
        "en": "the rule has neither min nor max, so it says nothing",
        "zh": "该规则既无 min 也无 max，没有任何约束",
    },
    "fault.bounds.none.hint": {
        "en": "give min, max or both, or delete the rule",
        "zh": "请填写 min、max 或两者，或删除该规则",
    },
    "fault.bounds.capacity_min": {
        "en": "a capacity is the most a node can carry; it has no min",
        "zh": "产能是节点可承担的上限，不设 min",
    },
    "fault.bounds.capacity_min.hint": {
        "en": "leave min empty, or write a range rule",
        "zh": "请将 min 留空，或改用 range 规则",
    },
    "fault.bounds.negative": {
        "en": "{side} of this kind of rule cannot be negative",
        "zh": "此类规则的 {side} 不能为负数",
    },
    "fault.bounds.negative.hint": {
        "en": "write a number from 0 upwards; a decline is a growth rule",
        "zh": "请填写不小于 0 的数字；要表示下降，请使用 growth 规则",
    },
    "fault.bounds.growth": {
        "en": "a growth below -1 would make the target negative",
        "zh": "增长率低于 -1 会使目标为负数",
    },
    "fault.bounds.growth.hint": {"en": "write a decline of 10 % as -0.1", "zh": "下降 10% 请填写 -0.1"},
    "fault.bounds.share": {"en": "a share cannot be above 1", "zh": "占比不能大于 1"},
    "fault.bounds.share.hint": {"en": "write 30 % as 0.3", "zh": "30% 请填写 0.3"},
    "fault.bounds.distance": {
        "en": "the distance to the group's ratio cannot be negative",
        "zh": "与同组比率的偏差上限不能为负数",
    },
    "fault.bounds.distance.hint": {"en": "write 10 % as 0.1", "zh": "10% 请填写 0.1"},
    "fault.bounds.lower_side": {
        "en": "min of a fairness rule is its lower side, between -1 and 0",
        "zh": "fairness 规则的 min 表示向下的偏差，须在 -1 与 0 之间",
    },
    "fault.bounds.lower_side.hint": {
        "en": "write -0.1 for at most 10 % below the group, or leave it empty for the same distance as max",
        "zh": "最多低于同组 10% 请填写 -0.1；留空则与 max 的幅度相同",
    },
    "fault.bounds.mix_product": {
        "en": "a mix rule is about the share of one product or line, but none is named",
        "zh": "mix 规则约束某个产品或产品线的占比，但未填写产品",
    },
    "fault.bounds.mix_product.hint": {"en": "name the product or product line", "zh": "请填写产品或产品线"},
    "fault.bounds.no_room": {
        "en": "no multiple of {unit} lies between {low} and {high}",
        "zh": "{low} 与 {high} 之间没有 {unit} 的整数倍",
    },
    "fault.bounds.no_room.hint": {
        "en": "widen the range to a multiple of round_to",
        "zh": "请放宽区间，使其包含 round_to 的整数倍",
    },
    # carried.csv
    "fault.carried.rule.hint": {
        "en": "name the rule that counts what is done",
        "zh": "请填写需计入已完成部分的规则",
    },
    "fault.carried.node.hint": {"en": "name the node", "zh": "请填写节点"},
    "fault.carried.base": {"en": "a base has to be above 0", "zh": "base 必须大于 0"},
    "fault.carried.base.hint": {
        "en": "leave it empty for the base that the rule's basis gives",
        "zh": "若要采用规则 basis 给出的基数，请留空",
    },
    "fault.carried.no_ratio": {
        "en": "`{rule}` is no mix or fairness rule of rules.csv",
        "zh": "`{rule}` 不是 rules.csv 中的 mix 或 fairness 规则",
    },
    "fault.carried.no_ratio.hint": {"en": "name a mix or fairness rule", "zh": "请填写 mix 或 fairness 规则"},
    # totals and over_assignment of plan.yaml
    "fault.plan_total.root_level": {
        "en": "`{level}` is the level of the company itself, which has no parent",
        "zh": "`{level}` 是公司本身的层级，没有上级",
    },
    "fault.plan_total.root_level.hint": {
        "en": "name the levels whose sum may exceed their parent",
        "zh": "请填写合计可高于上级的层级",
    },
    "fault.plan_total.measures": {"en": "the measures are {names}", "zh": "现有指标为 {names}"},
    "fault.plan_total.star": {
        "en": "`*` is the company total: write measures.{measure}.total",
        "zh": "`*` 表示公司总目标：请填写 measures.{measure}.total",
    },
    "fault.plan_total.too_small": {
        "en": "the total is {units} times round_to ({round_to}); more than 2^50 units cannot be kept apart",
        "zh": "总目标是 round_to（{round_to}）的 {units} 倍；超过 2^50 个单位就无法精确区分",
    },
    "fault.plan_total.too_small.hint": {"en": "use a larger round_to", "zh": "请使用更大的 round_to"},
    "fault.plan_total.too_small_street": {
        "en": "over-assigned reps may carry {units} times round_to ({round_to}); more than 2^50 units"
        " cannot be kept apart",
        "zh": "计入超额分配后，人员合计可达 round_to（{round_to}）的 {units} 倍；"
        "超过 2^50 个单位就无法精确区分",
    },
    "fault.plan_total.too_small_street.hint": {
        "en": "use a larger round_to, or less over_assignment",
        "zh": "请使用更大的 round_to，或降低 over_assignment",
    },
    "fault.plan_total.no_multiple.hint": {
        "en": "write {below} or {above}, or change round_to",
        "zh": "请填写 {below} 或 {above}，或修改 round_to",
    },
    "fault.plan_total.no_history": {
        "en": "the history of the same months one year before is {amount}; "
        "growth needs something to grow from",
        "zh": "上年同期的历史数据为 {amount}，无法据此计算增长",
    },
    "fault.plan_total.no_history.hint": {
        "en": "give the total as an amount, or add last year's history",
        "zh": "请直接填写总目标的数值，或补充上年的历史数据",
    },
    "fault.the_company": {"en": "the company", "zh": "公司"},
    "fault.plan_total.add_up_to": {
        "en": "the products of {what} add up to {parts}, not to {whole}",
        "zh": "{what}：各产品合计为 {parts}，与总目标 {whole} 不符",
    },
    "fault.plan_total.need_at_least": {
        "en": "the products of {what} need at least {parts}, not {whole}",
        "zh": "{what}：各产品合计至少为 {parts}，超过总目标 {whole}",
    },
    "fault.plan_total.reach_at_most": {
        "en": "the products of {what} reach at most {parts}, not {whole}",
        "zh": "{what}：各产品合计最多为 {parts}，达不到总目标 {whole}",
    },
    "fault.plan_total.sum.hint": {
        "en": "change the total of {what} or of its products in `{measure}`, or leave one of them open",
        "zh": "请修改 `{measure}` 的总目标（{what}，或其各产品），或不指定其中一项",
    },
}
