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
    "fault.known_levels": {"en": "the levels of org.csv are {names}", "zh": "org.csv 中的层级为 {names}"},
    "fault.and_more": {"en": "{names} and {count} more", "zh": "{names} 等（另有 {count} 个）"},
    "fault.amount_or_delete": {"en": "write the amount or delete the row", "zh": "请填写数值，或删除该行"},
    "fault.name_the_month": {"en": "name the month", "zh": "请填写月份"},
    "fault.a_potential": {"en": "a potential", "zh": "潜力"},
    "fault.a_commitment": {"en": "a commitment", "zh": "承诺"},
    "fault.a_weight": {"en": "the weight of a month", "zh": "月份权重"},
    "fault.number_of_days": {"en": "the number of working days", "zh": "工作日数"},
    # org.csv and products.csv
    "fault.row_of.org": {"en": "node of the sales organisation", "zh": "组织树节点"},
    "fault.row_of.products": {"en": "product or product line", "zh": "产品或产品线"},
    "fault.tree.no_rows": {"en": "the table has a header but no rows", "zh": "该表只有表头，没有数据行"},
    "fault.tree.no_rows.hint": {"en": "add one row per {row}", "zh": "请为每个{row}添加一行"},
    "fault.tree.no_id": {"en": "the {column} is empty", "zh": "{column} 为空"},
    "fault.tree.no_id.hint": {"en": "give every {row} an id", "zh": "请为每个{row}填写编号"},
    "fault.tree.reserved": {
        "en": "the id `*` is reserved for all products together",
        "zh": "编号 `*` 专用于表示全部产品",
    },
    "fault.tree.reserved.hint": {"en": "choose another id", "zh": "请改用其他编号"},
    "fault.tree.twice": {
        "en": "the id `{id}` stands already in row {row}",
        "zh": "编号 `{id}` 已出现在第 {row} 行",
    },
    "fault.tree.twice.hint": {
        "en": "give each row an id of its own, or delete one of the rows",
        "zh": "请为每一行使用不同的编号，或删除其中一行",
    },
    "fault.tree.no_parent": {
        "en": "there is no row with the {column} `{id}`",
        "zh": "没有 {column} 为 `{id}` 的行",
    },
    "fault.tree.no_parent.hint": {
        "en": "add the parent as a row of {file} or correct the id",
        "zh": "请在 {file} 中添加该上级，或更正该编号",
    },
    "fault.tree.cycle": {
        "en": "the parents go round in a circle: {path}",
        "zh": "上下级关系形成循环：{path}",
    },
    "fault.tree.cycle.hint": {
        "en": "give one of them a parent outside the circle",
        "zh": "请为其中一个指定循环之外的上级",
    },
    "fault.org.level.hint": {
        "en": "name the level of the node (region, team, rep ...)",
        "zh": "请填写节点的层级（区域、团队、销售人员等）",
    },
    "fault.org.no_root": {
        "en": "no row has an empty parent_id, so the company itself is missing",
        "zh": "没有 parent_id 为空的行，即缺少公司本身",
    },
    "fault.org.no_root.hint": {
        "en": "leave parent_id empty for the one node at the top",
        "zh": "请将唯一的顶层节点的 parent_id 留空",
    },
    "fault.org.two_roots": {
        "en": "`{node}` is a second node without a parent (the first is `{first}`)",
        "zh": "`{node}` 是第二个没有上级的节点（第一个是 `{first}`）",
    },
    "fault.org.two_roots.hint": {
        "en": "give it a parent, `{first}` for example",
        "zh": "请为其填写上级，例如 `{first}`",
    },
    "fault.org.dates": {"en": "the last day at work is before the first", "zh": "离岗日期早于到岗日期"},
    "fault.org.dates.hint": {
        "en": "exchange start and end, or correct the year",
        "zh": "请对调 start 与 end，或更正年份",
    },
    "fault.org.ramp.hint": {
        "en": "write shares such as 0/0.25/0.5, whole months such as 3, or one share such as 0.5",
        "zh": "请填写逐月比例（如 0/0.25/0.5）、整月数（如 3）或单一比例（如 0.5）",
    },
    "fault.org.root_alone": {
        "en": "the root has no nodes below it, so there are no reps",
        "zh": "根节点没有下级节点，因此没有销售人员",
    },
    "fault.org.root_alone.hint": {
        "en": "add the regions, teams and reps below it",
        "zh": "请在其下添加区域、团队和销售人员",
    },
    "fault.org.all_away": {
        "en": "no rep is at work in any month of the plan",
        "zh": "计划期内没有任何销售人员在岗",
    },
    "fault.org.all_away.hint": {
        "en": "correct start and end of the reps, or `start` in plan.yaml",
        "zh": "请更正销售人员的 start 与 end，或 plan.yaml 中的 `start`",
    },
    # history.csv
    "fault.history.cell.hint": {
        "en": "every row of history needs its {column}",
        "zh": "请填写 {column}：历史数据的每一行都不可缺少",
    },
    "fault.history.amount.hint": {
        "en": "write the amount (0 if nothing was sold) or delete the row",
        "zh": "请填写数值（没有销售则填 0），或删除该行",
    },
    "fault.history.manager": {
        "en": "`{node}` has nodes below it, but history belongs to reps",
        "zh": "`{node}` 有下级节点，而历史数据须归属销售人员",
    },
    "fault.history.manager.hint": {
        "en": "give a manager who sells a leaf of his own below his node and name that leaf here",
        "zh": "若主管本人也做销售，请在其节点下单设一个末级节点，并在此填写该节点",
    },
    "fault.history.line": {
        "en": "`{product}` has products below it, but history belongs to single products",
        "zh": "`{product}` 包含下级产品，而历史数据须归属单个产品",
    },
    "fault.history.line.hint": {
        "en": "name the product itself; add one such as `other` below the line if it is not known",
        "zh": "请填写具体产品；如不清楚，可在该产品线下添加一个产品，例如 `other`",
    },
    "fault.history.late": {
        "en": "{month} is not before the first month of the plan ({start})",
        "zh": "{month} 不早于计划的第一个月（{start}）",
    },
    "fault.history.late.hint": {
        "en": "move results of the plan's own months to actuals.csv, or correct `start` in plan.yaml",
        "zh": "请将计划期内的实际值移至 actuals.csv，或更正 plan.yaml 中的 `start`",
    },
    # commitments.csv and potential.csv
    "fault.potential.node.hint": {"en": "name the node of this potential", "zh": "请填写该潜力所属的节点"},
    "fault.potential.measure.hint": {
        "en": "name the measure of this potential",
        "zh": "请填写该潜力对应的指标",
    },
    "fault.commitments.node.hint": {"en": "name who commits", "zh": "请填写作出承诺的节点"},
    "fault.commitments.measure.hint": {
        "en": "name the measure that is committed",
        "zh": "请填写所承诺的指标",
    },
    "fault.commitments.twice.hint": {
        "en": "keep one commitment per node, product, measure and period",
        "zh": "同一节点、产品、指标和期间请只保留一条承诺",
    },
    "fault.commitments.after": {
        "en": "{month} lies after the last month of the plan ({last})",
        "zh": "{month} 晚于计划的最后一个月（{last}）",
    },
    "fault.commitments.after.hint": {
        "en": "leave the period empty for a commitment for this plan",
        "zh": "对本计划的承诺，请将 period 留空",
    },
    "fault.commitments.no_actual": {
        "en": "a commitment of a past period has no actual",
        "zh": "以往期间的承诺没有实际值",
    },
    "fault.commitments.no_actual.hint": {
        "en": "write what was achieved; for this plan leave the period empty or `{plan}`",
        "zh": "请填写当时的实际值；若是对本计划的承诺，请将 period 留空或填写 `{plan}`",
    },
    "fault.commitments.early_actual": {
        "en": "the row has an actual, but its period is that of this plan",
        "zh": "该行填写了实际值，但其 period 属于本计划",
    },
    "fault.commitments.early_actual.hint": {
        "en": "name the past period the actual belongs to (fy2019, say), or clear actual",
        "zh": "请填写该实际值所属的以往期间（如 fy2019），或清空 actual",
    },
    "fault.commitments.parts": {
        "en": "`{node}` commits to {whole} in all but to {total} by product",
        "zh": "`{node}` 的总承诺为 {whole}，但分产品承诺合计为 {total}",
    },
    "fault.commitments.parts.hint": {
        "en": "raise this row or lower the rows of its products",
        "zh": "请调高该行的数值，或调低各产品行的数值",
    },
    # seasonality.csv and calendar.csv
    "fault.season.no_table": {
        "en": "seasonality is `table`, but the plan has no seasonality.csv",
        "zh": "seasonality 为 `table`，但计划中没有 seasonality.csv",
    },
    "fault.season.no_table.hint": {
        "en": "add seasonality.csv, or write `history` or `even`",
        "zh": "请添加 seasonality.csv，或改填 `history` 或 `even`",
    },
    "fault.season.weight.hint": {
        "en": "write the weight of the month (0 = nothing)",
        "zh": "请填写该月权重（0 表示当月不分配）",
    },
    "fault.season.twice.hint": {"en": "delete one of the rows", "zh": "请删除其中一行"},
    "fault.season.outside": {
        "en": "{month} is not a month of the plan ({first} to {last})",
        "zh": "{month} 不在计划期内（{first} 至 {last}）",
    },
    "fault.season.outside.hint": {
        "en": "list the months {first} to {last}",
        "zh": "请列出 {first} 至 {last} 的各个月份",
    },
    "fault.season.all_zero": {"en": "all weights are 0", "zh": "权重全部为 0"},
    "fault.season.all_zero_of": {"en": "all weights of {name} are 0", "zh": "{name} 的权重全部为 0"},
    "fault.season.all_zero.hint": {
        "en": "give at least one month a weight above 0",
        "zh": "请至少为一个月填写大于 0 的权重",
    },
    "fault.season.lacks": {"en": "the weights lack {months}", "zh": "缺少以下月份的权重：{months}"},
    "fault.season.lacks_of": {
        "en": "the weights of {name} lack {months}",
        "zh": "{name} 缺少以下月份的权重：{months}",
    },
    "fault.season.lacks.hint": {
        "en": "add a row for each month of the plan",
        "zh": "请为计划的每个月添加一行",
    },
    "fault.calendar.days.hint": {
        "en": "write the working days (0 if there are none)",
        "zh": "请填写工作日数（没有则填 0）",
    },
    "fault.calendar.twice.hint": {"en": "delete one of the two rows", "zh": "请删除其中一行"},
    "fault.calendar.too_many": {
        "en": "a month cannot have {days} working days",
        "zh": "一个月不可能有 {days} 个工作日",
    },
    "fault.calendar.too_many.hint": {
        "en": "write the working days of that month",
        "zh": "请填写该月的工作日数",
    },
    "fault.calendar.lacks": {"en": "the calendar lacks {months}", "zh": "日历缺少以下月份：{months}"},
    "fault.calendar.lacks.hint": {
        "en": "add a row for each month of the plan, or leave calendar.csv out",
        "zh": "请为计划的每个月添加一行，或不提供 calendar.csv",
    },
    "fault.calendar.no_days": {
        "en": "no month of the plan has a working day",
        "zh": "计划期内各月均没有工作日",
    },
    "fault.calendar.no_days.hint": {
        "en": "write the working days of the months",
        "zh": "请填写各月的工作日数",
    },
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
    "fault.pins.of": {"en": " of `{product}`", "zh": " 的 `{product}`"},
    "fault.pins.after_hedge": {"en": " (after over-assignment)", "zh": "（扣除超额分配后）"},
    "fault.pins.sum_of_nodes": {
        "en": "`{node}`{product} is fixed at {whole}, "
        "but the nodes below it are fixed at {total} together{ledger}",
        "zh": "`{node}`{product} 已锁定为 {whole}，但其下级节点合计锁定为 {total}{ledger}",
    },
    "fault.pins.sum_of_products": {
        "en": "`{node}`{product} is fixed at {whole}, but its products are fixed at {total} together{ledger}",
        "zh": "`{node}`{product} 已锁定为 {whole}，但其各产品合计锁定为 {total}{ledger}",
    },
    "fault.pins.sum.hint": {
        "en": "change or delete one of these pins",
        "zh": "请修改或删除其中一个锁定值",
    },
}
