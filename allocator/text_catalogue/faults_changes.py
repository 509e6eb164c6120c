"""Faults in the changes of scenarios: what cannot be read, and what does not fit the plan."""

TEXTS = {
    # what a name can be of
    "fault.thing.node": {"en": "node", "zh": "节点"},
    "fault.thing.product": {"en": "product", "zh": "产品"},
    "fault.thing.product_without_parts": {"en": "product without parts", "zh": "末级产品"},
    "fault.thing.product_total": {"en": "product total", "zh": "产品总目标"},
    "fault.thing.measure": {"en": "measure", "zh": "指标"},
    "fault.thing.level": {"en": "level", "zh": "层级"},
    "fault.thing.rep": {"en": "rep", "zh": "销售人员"},
    "fault.thing.rule": {"en": "rule", "zh": "规则"},
    "fault.thing.fairness_rule": {"en": "fairness rule", "zh": "公平规则"},
    "fault.thing.column_of_rules.csv": {"en": "column of rules.csv", "zh": "列（rules.csv）"},
    "fault.thing.month_of_the_plan": {"en": "month of the plan", "zh": "月份"},
    # reading a change
    "fault.change.named": {"en": "{kind}: {message}", "zh": "{kind}：{message}"},
    "fault.change.field": {"en": "{kind}: `{field}`: {message}", "zh": "{kind}：`{field}`：{message}"},
    "fault.change.form": {
        "en": "a change is a list of `field: value` lines",
        "zh": "每项变更应由若干行 `字段: 值` 组成",
    },
    "fault.change.form.hint": {
        "en": "write for example {example}",
        "zh": "请按此示例填写：{example}",
    },
    "fault.change.unknown_kind": {
        "en": "there is no kind of change `{kind}`",
        "zh": "没有名为 `{kind}` 的变更类型",
    },
    "fault.change.no_kind": {"en": "the change has no kind", "zh": "该变更未填写 kind（变更类型）"},
    "fault.change.kinds": {"en": "the kinds are {names}", "zh": "可用的变更类型：{names}"},
    "fault.change.fields": {"en": "the fields of {kind} are {names}", "zh": "{kind} 的字段有 {names}"},
    "fault.change.unknown_field": {
        "en": "{kind} has no field `{field}`",
        "zh": "{kind} 没有字段 `{field}`",
    },
    "fault.change.needs_field": {"en": "{kind} needs `{field}`", "zh": "{kind} 缺少 `{field}`"},
    "fault.change.correct_field": {"en": "correct `{field}`", "zh": "请更正 `{field}`"},
    # fields that contradict each other
    "fault.change.region_twice": {"en": "nodes names a node twice", "zh": "nodes 中有节点重复"},
    "fault.change.takes_and_share": {
        "en": "takes_from and share go together",
        "zh": "takes_from 与 share 必须同时填写",
    },
    "fault.change.total_one_way": {
        "en": "give one of amount, growth, or a range (min, max)",
        "zh": "请在 amount、growth、区间（min、max）中只选一种填写",
    },
    "fault.change.total_range": {
        "en": "a range is for products of the company only; for nodes add a range rule",
        "zh": "区间只适用于全公司的单个产品；对节点请添加 range 规则",
    },
    "fault.change.total_growth": {
        "en": "growth is for the company and its products; for nodes add a growth rule",
        "zh": "growth 只适用于全公司及其产品；对节点请添加 growth 规则",
    },
    "fault.change.products_follow": {
        "en": "products_follow goes with the company's total only",
        "zh": "products_follow 只能与公司总目标一起使用",
    },
    "fault.change.rule_says_nothing": {
        "en": "name at least one column to set (level, node, product, min, max, basis, tier ...)",
        "zh": "请至少填写一个要修改的列（level、node、product、min、max、basis、tier 等）",
    },
    "fault.change.relax_one_way": {
        "en": "give either tier (make the rule soft) or widen (move its bounds outwards)",
        "zh": "请填写 tier（改为软规则）或 widen（放宽上下限），二者只选其一",
    },
    "fault.change.blend_one_way": {
        "en": "give either auto: true or weights (history, potential, commitment)",
        "zh": "请填写 auto: true，或填写权重（history、potential、commitment），二者只选其一",
    },
    "fault.change.season_one_way": {
        "en": "give either pattern (history, even) or weights by month",
        "zh": "请填写 pattern（history、even）或各月 weights，二者只选其一",
    },
    # shared by many changes
    "fault.change.nothing_to_scale": {
        "en": "nothing fixes this number yet, and no targets of the plan are at hand",
        "zh": "该数值尚未设定，且没有可参照的计划目标",
    },
    "fault.change.nothing_to_scale.hint": {"en": "set an amount instead", "zh": "请改为直接设定数值"},
    "fault.change.one_of": {"en": "use one of {names}", "zh": "可选：{names}"},
    "fault.change.none_at_all": {"en": "there is no {what} at all", "zh": "目前没有任何{what}"},
    "fault.change.taken": {"en": "{file} has `{name}` already", "zh": "{file} 中已有 `{name}`"},
    "fault.change.taken.hint": {"en": "choose another id", "zh": "请换一个编号"},
    "fault.change.no_month": {
        "en": "{month} is not a month of the plan",
        "zh": "{month} 不在计划月份之内",
    },
    "fault.change.no_month.hint": {
        "en": "name a month from {first} to {last}",
        "zh": "请填写 {first} 至 {last} 之间的月份",
    },
    "fault.change.touched": {
        "en": "change {number} ({kind}) touches `{thing}` too",
        "zh": "第 {number} 项变更（{kind}）也修改了 `{thing}`",
    },
    "fault.change.taken_away": {
        "en": "change {number} ({kind}) takes `{thing}` away",
        "zh": "第 {number} 项变更（{kind}）已删除 `{thing}`",
    },
    "fault.change.conflict.hint": {
        "en": "keep one of the two, or put one of them into a scenario that builds on the other",
        "zh": "请只保留其中一项，或将其中一项放入以另一项为基础的情景",
    },
    # regions
    "fault.change.nobody_below": {
        "en": "`{node}` has nobody below it",
        "zh": "`{node}` 没有下级",
    },
    "fault.change.apart": {
        "en": "the nodes differ in level or parent",
        "zh": "这些节点的层级或上级不同",
    },
    "fault.change.merge.hint": {
        "en": "merge nodes of one level that stand below the same node",
        "zh": "请合并同一上级下同一层级的节点",
    },
    "fault.change.split_not_below": {"en": "`{node}` is not below it", "zh": "`{node}` 不是其下级"},
    "fault.change.split_nowhere": {"en": "`{node}` goes nowhere", "zh": "`{node}` 未分配到任何部分"},
    "fault.change.split_twice": {"en": "`{node}` is named twice", "zh": "`{node}` 出现了两次"},
    "fault.change.split_same_id": {
        "en": "`{node}` is the id of two parts",
        "zh": "有两个部分的编号同为 `{node}`",
    },
    "fault.change.split.hint": {
        "en": "share {names} among the parts, each once",
        "zh": "请将 {names} 分配到各部分，每个只出现一次",
    },
    "fault.change.would_vanish": {
        "en": "{nodes} would vanish but is named in {places}",
        "zh": "{nodes} 将被删除，但仍被 {places} 引用",
    },
    "fault.change.would_vanish.hint": {
        "en": "drop or change these first, in a scenario that this one builds on, or keep the id",
        "zh": "请先在上级情景中删除或修改这些引用，或保留该编号",
    },
    # products
    "fault.change.cannot_take_over": {
        "en": "`{product}` is dropped too, or is a line: history belongs to single products",
        "zh": "`{product}` 也将被删除，或属于产品线；历史数据只能归入末级产品",
    },
    "fault.change.cannot_take_over.hint": {
        "en": "name a single product that stays",
        "zh": "请填写一个保留的末级产品",
    },
    # rules
    "fault.change.not_relaxed": {
        "en": "the rule stands in tier {tier} already, so this would not relax it",
        "zh": "该规则的优先级已是 {tier}，此变更不会使其放宽",
    },
    "fault.change.not_relaxed.hint": {
        "en": "name a tier above {tier}, or use set_rule",
        "zh": "请填写大于 {tier} 的优先级，或改用 set_rule",
    },
    "fault.change.no_fairness": {
        "en": "`{measure}` has no fairness rule whose band could be set",
        "zh": "`{measure}` 没有可调整区间的公平规则",
    },
    "fault.change.no_fairness.hint": {
        "en": "name the level of a new rule (level: rep)",
        "zh": "请填写新规则的层级（如 level: rep）",
    },
    # pins and commitments
    "fault.change.no_pin": {
        "en": "`{node}` x `{product}` has no pin of `{measure}`",
        "zh": "`{node}` x `{product}` 没有 `{measure}` 的锁定值",
    },
    "fault.change.pins_there": {
        "en": "the pins of this measure are {places}",
        "zh": "该指标的锁定值有 {places}",
    },
    "fault.change.no_pins": {"en": "this measure has no pins", "zh": "该指标没有锁定值"},
    "fault.change.no_commitment_below": {
        "en": "there is no commitment for this plan at `{node}` and below",
        "zh": "`{node}` 及其下级在本计划中没有承诺",
    },
    "fault.change.no_commitment_at": {
        "en": "there is no commitment for this plan at `{measure}`",
        "zh": "`{measure}` 在本计划中没有承诺",
    },
    "fault.change.no_commitment.hint": {
        "en": "add commitments with set_commitment, or name another node",
        "zh": "请用 set_commitment 添加承诺，或填写其他节点",
    },
    "fault.change.unknown_commitment": {
        "en": "`{node}` x `{product}` has no commitment of `{measure}` for this plan",
        "zh": "`{node}` x `{product}` 在本计划中没有 `{measure}` 的承诺",
    },
    "fault.change.unknown_commitment.hint": {
        "en": "name a node of commitments.csv whose row has no actual",
        "zh": "请填写 commitments.csv 中 actual 为空的节点",
    },
    "fault.change.nothing_to_scatter": {
        "en": "`{measure}` has no commitment for this plan",
        "zh": "`{measure}` 在本计划中没有承诺",
    },
    "fault.change.nothing_to_scatter.hint": {
        "en": "name a measure that has some",
        "zh": "请填写有承诺的指标",
    },
    # seasonality
    "fault.change.weights": {
        "en": "there are {weights} weights but {months} months in the plan",
        "zh": "填写了 {weights} 个权重，但计划共有 {months} 个月",
    },
    "fault.change.weights.hint": {
        "en": "write one weight per month, from the plan's first month on",
        "zh": "请从计划首月起，每月填写一个权重",
    },
    # people
    "fault.change.pin_of": {"en": "pin of {node}", "zh": "{node} 的锁定值"},
    "fault.change.rule_named": {"en": "rule {rule}", "zh": "规则 {rule}"},
    "fault.change.moves_named": {
        "en": "what moves in mid-year is named by {places}",
        "zh": "年中调动的对象被以下内容引用：{places}",
    },
    "fault.change.moves_named.hint": {
        "en": "drop or change these first, or move from the plan's start",
        "zh": "请先删除或修改这些内容，或改为从计划首月起调动",
    },
    "fault.change.level_of_new": {
        "en": "the reps below `{parent}` do not show of which level the new one is",
        "zh": "无法从 `{parent}` 下的销售人员判断新成员的层级",
    },
    "fault.change.level_of_new.hint": {"en": "name the level", "zh": "请填写 level（层级）"},
    "fault.change.level_of_seat": {
        "en": "the reps below `{parent}` do not show of which level a new seat is",
        "zh": "无法从 `{parent}` 下的销售人员判断新席位的层级",
    },
    "fault.change.level_of_seat.hint": {
        "en": "add the seats by name with `hire` and a level",
        "zh": "请用 `hire` 逐个添加席位并填写层级",
    },
    "fault.change.already_left": {
        "en": "nobody of `{node}` is there any more after {day}",
        "zh": "{day} 之后 `{node}` 已无人在岗",
    },
    "fault.change.already_left.hint": {"en": "see `end` in org.csv", "zh": "请查看 org.csv 的 `end` 列"},
    "fault.change.below_itself": {
        "en": "`{parent}` is `{node}` itself or stands below it",
        "zh": "`{parent}` 就是 `{node}` 本身或其下级",
    },
    "fault.change.below_itself.hint": {
        "en": "name a node outside of what moves",
        "zh": "请填写调动范围以外的节点",
    },
    "fault.change.there_already": {
        "en": "`{node}` stands below `{parent}` already",
        "zh": "`{node}` 的上级已经是 `{parent}`",
    },
    "fault.change.there_already.hint": {
        "en": "name another parent, or delete the change",
        "zh": "请填写其他上级，或删除该变更",
    },
    "fault.change.people_in_seats": {
        "en": "`{node}` has {seats} seats and only {open} of them are open",
        "zh": "`{node}` 有 {seats} 个席位，其中仅 {open} 个空缺",
    },
    "fault.change.people_in_seats.hint": {
        "en": "say by name who leaves (kind: leave)",
        "zh": "请逐个指明离职人员（kind: leave）",
    },
    "fault.change.no_team": {
        "en": "`{node}` is a rep with history of his own; nobody can stand below him",
        "zh": "`{node}` 是有历史业绩的销售人员，不能设置下级",
    },
    "fault.change.no_team.hint": {"en": "name a team or a region", "zh": "请填写团队或区域"},
}
