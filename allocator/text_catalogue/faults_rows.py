"""Faults in the rows of a plan: what does not fit the other tables or cannot hold."""

TEXTS = {
    # shared by many tables
    "fault.did_you_mean": {"en": "did you mean {names}? {otherwise}", "zh": "是否指 {names}？{otherwise}"},
    "fault.more_of_the_same": {
        "en": "{count} more cells of this column have the same fault",
        "zh": "该列另有 {count} 个单元格存在同样的错误",
    },
    "fault.empty_cell": {
        "en": "{column} is empty (empty means not given, it does not mean 0)",
        "zh": "{column} 为空（空表示未填写，不表示 0）",
    },
    "fault.negative": {"en": "{what} cannot be negative", "zh": "{what}不能为负数"},
    "fault.negative.hint": {"en": "write an amount from 0 upwards", "zh": "请填写不小于 0 的数值"},
    "fault.unknown": {"en": "there is no {what} `{name}`", "zh": "没有名为 `{name}` 的{what}"},
    "fault.what.node": {"en": "node", "zh": "节点"},
    "fault.what.product": {"en": "product", "zh": "产品"},
    "fault.what.level": {"en": "level", "zh": "层级"},
    "fault.what.measure": {"en": "measure", "zh": "指标"},
    "fault.add_or_correct": {
        "en": "add it to {file} or correct the id",
        "zh": "请将其加入 {file}，或更正该编号",
    },
    "fault.known_measures": {
        "en": "the measures of plan.yaml are {names}",
        "zh": "plan.yaml 中的指标为 {names}",
    },
    "fault.twice": {"en": "{key} stands already in row {row}", "zh": "{key} 已出现在第 {row} 行"},
    "fault.twice.hint": {
        "en": "delete one of the two rows, or add their amounts in one row",
        "zh": "请删除其中一行，或将两行数值合并为一行",
    },
    "fault.keep_one": {"en": "keep one of the two", "zh": "请只保留其中一行"},
    "fault.name_the_measure": {"en": "name the measure", "zh": "请填写指标名称"},
    "fault.a_target": {"en": "a target", "zh": "目标"},
    "fault.from_to": {"en": "{least} to {most}", "zh": "{least} 至 {most}"},
    "fault.no_multiple": {
        "en": "{amount} is not a multiple of round_to ({round_to})",
        "zh": "{amount} 不是 round_to（{round_to}）的整数倍",
    },
    "fault.no_multiple.hint": {"en": "write {below} or {above}", "zh": "请填写 {below} 或 {above}"},
    # pins.csv
    "fault.pins.node.hint": {
        "en": "name the node whose number is fixed",
        "zh": "请填写数值被锁定的节点",
    },
    "fault.pins.amount.hint": {
        "en": "write the number that is fixed, or delete the row",
        "zh": "请填写锁定的数值，或删除该行",
    },
    "fault.pins.away": {
        "en": "`{node}` is not at work in any month of the plan and gets no target",
        "zh": "`{node}` 在计划期内没有任何在岗月份，不承担目标",
    },
    "fault.pins.away.hint": {
        "en": "delete the pin, or correct start and end in org.csv",
        "zh": "请删除该锁定值，或更正 org.csv 中的 start 与 end",
    },
    "fault.pins.against_total": {
        "en": "plan.yaml fixes this total at {allowed}",
        "zh": "plan.yaml 已将该总目标定为 {allowed}",
    },
    "fault.pins.against_total.hint": {
        "en": "delete the pin, or change the total in plan.yaml",
        "zh": "请删除该锁定值，或修改 plan.yaml 中的总目标",
    },
    "fault.pins.of": {"en": " of `{product}`", "zh": "的 `{product}`"},
    "fault.pins.after_hedge": {"en": " (after over-assignment)", "zh": "（扣除加码后）"},
    "fault.pins.sum_of_nodes": {
        "en": "`{node}`{product} is fixed at {whole}, "
        "but the nodes below it are fixed at {total} together{ledger}",
        "zh": "`{node}`{product}已锁定为 {whole}，但其下级节点合计锁定为 {total}{ledger}",
    },
    "fault.pins.sum_of_products": {
        "en": "`{node}`{product} is fixed at {whole}, but its products are fixed at {total} together{ledger}",
        "zh": "`{node}`{product}已锁定为 {whole}，但其各产品合计锁定为 {total}{ledger}",
    },
    "fault.pins.sum.hint": {
        "en": "change or delete one of these pins",
        "zh": "请修改或删除其中一个锁定值",
    },
}
