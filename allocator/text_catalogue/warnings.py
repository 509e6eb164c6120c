"""Input that is improbable: what it is, what it does to the numbers (`.effect`), what to do (`.hint`)."""

TEXTS = {
    "warning.sentence": {
        "en": "{place} [{code}] {message}. {effect} -> {hint}",
        "zh": "{place} [{code}] {message}。{effect} -> {hint}",
    },
    "warning.more_of_the_same": {
        "en": "{count} more of the same kind are not listed",
        "zh": "另有 {count} 条同类警告未列出",
    },
    "warning.head": {
        "en": "{count} warning(s): nothing is wrong in form, but look at this before you use the numbers",
        "zh": "{count} 条警告：格式无误，但使用这些数字之前请先核对",
    },
    "warning.accepted_head": {
        "en": "Accepted, with reasons ({count}):",
        "zh": "已接受并注明理由（{count} 条）：",
    },
    "warning.accepted": {
        "en": "[{code}] {message} (accepted: {reason})",
        "zh": "[{code}] {message}（已接受：{reason}）",
    },
    "warning.none": {"en": "No warnings.", "zh": "没有警告。"},
    "warning.more": {
        "en": "... and {count} more of `{code}` (warnings.json)",
        "zh": "……另有 {count} 条 `{code}`（见 warnings.json）",
    },
    "warning.incomplete-base-year.company": {
        "en": "{measure} has no sales in {count} of the {of} months that last year consists of: {months}",
        "zh": "{measure} 的上年基期 {of} 个月中有 {count} 个月没有数据：{months}",
    },
    "warning.incomplete-base-year.node": {
        "en": "{node} has no {measure} in {count} of the {of} months of last year in which the company "
        "sold: {months}",
        "zh": "{node} 的 {measure} 在上年基期 {of} 个月中有 {count} 个月没有数据，而公司当月有销售：{months}",
    },
    "warning.incomplete-base-year.product": {
        "en": "the total of {product} ({measure}) grows from a year in which it was first sold after {count} "
        "of {of} months: {months}",
        "zh": "{product}（{measure}）的目标按增长率计算，但上年 {of} 个月中前 {count} 个月尚未开售：{months}",
    },
    "warning.incomplete-base-year.effect": {
        "en": "Last year is too low, so growth rates look higher than they are and growth rules allow "
        "too little.",
        "zh": "上年数偏低，增长率显得偏高，按增长率设定的规则给出的空间偏小。",
    },
    "warning.incomplete-base-year.hint": {
        "en": "add the rows of these months to history.csv; where they are right as they are, accept the "
        "warning",
        "zh": "请在 history.csv 补齐这些月份；若确属如此，请接受此警告并注明理由",
    },
    "warning.month-far-from-neighbours": {
        "en": "{measure} of {month} is {amount}, {factor} times the months around it ({usual}; robust z {z})",
        "zh": "{month} 的 {measure} 为 {amount}，是前后月份水平（{usual}）的 {factor} 倍（稳健 z 值 {z}）",
    },
    "warning.month-far-from-neighbours.effect": {
        "en": "Last year, season and anchors of everybody with rows in this month follow it.",
        "zh": "当月有数据的所有人员，其上年数、季节系数和综合值都会随之偏移。",
    },
    "warning.month-far-from-neighbours.hint": {
        "en": "compare the month with its source: rows twice, rows missing, another unit",
        "zh": "请与数据源核对该月：是否重复、缺行或单位不同",
    },
    "warning.row-far-from-neighbours": {
        "en": "{node} sold {amount} of {product} ({measure}) in {month}, {factor} times its usual "
        "{usual} (robust z {z})",
        "zh": "{node} 在 {month} 的 {product}（{measure}）为 {amount}，"
        "是其通常水平 {usual} 的 {factor} 倍（稳健 z 值 {z}）",
    },
    "warning.row-far-from-neighbours.effect": {
        "en": "Last year and the anchor of this rep, and every total that grows from last year, rise "
        "with it.",
        "zh": "该人员的上年数与综合值，以及一切按上年增长的目标，都会随之抬高。",
    },
    "warning.row-far-from-neighbours.hint": {
        "en": "correct the amount, or accept the warning if it was one large order",
        "zh": "请更正金额；若确为一笔大单，请接受此警告",
    },
    "warning.unit-switch.months": {
        "en": "{measure} of {count} month(s) from {first} to {last} is about {factor} of the other "
        "months for most reps",
        "zh": "{first} 至 {last} 共 {count} 个月的 {measure}，多数人员约为其他月份的 {factor} 倍",
    },
    "warning.unit-switch.node": {
        "en": "the reps below {node} sell about {factor} of what all others sell ({measure})",
        "zh": "{node} 下属人员的 {measure} 约为其他人员的 {factor} 倍",
    },
    "warning.unit-switch.row": {
        "en": "{amount} of {node} ({measure}) is about {factor} of what the other rows of the table lead "
        "to expect",
        "zh": "{node} 的 {amount}（{measure}）约为按本表其他行推算值的 {factor} 倍",
    },
    "warning.unit-switch.effect": {
        "en": "Amounts in two units are added up: shares, season and anchors are those of the larger "
        "unit alone.",
        "zh": "两种单位的金额被相加：占比、季节系数和综合值只反映数值较大的那种单位。",
    },
    "warning.unit-switch.hint": {
        "en": "bring all rows to the unit of the measure",
        "zh": "请将所有行换算为该指标的统一单位",
    },
    "warning.growth-improbable.company": {
        "en": "the total of {measure}, {total}, is {growth} against last year's {last}",
        "zh": "{measure} 总目标 {total}，较上年 {last} 为 {growth}",
    },
    "warning.growth-improbable.product": {
        "en": "the total of {product} ({measure}), {total}, is {growth} against last year's {last}",
        "zh": "{product}（{measure}）的目标 {total}，较上年 {last} 为 {growth}",
    },
    "warning.growth-improbable.effect": {
        "en": "Every target below is scaled by it.",
        "zh": "其下所有目标都会按此比例缩放。",
    },
    "warning.growth-improbable.hint": {
        "en": "check the total and whether last year is complete; growth beyond -50 % or +100 % is rare",
        "zh": "请核对总目标以及上年数据是否完整；低于 -50% 或高于 +100% 的增长很少见",
    },
    "warning.total-in-another-unit.company": {
        "en": "the total of {measure}, {total}, is about {factor} of last year's {last}",
        "zh": "{measure} 总目标 {total} 约为上年 {last} 的 {factor} 倍",
    },
    "warning.total-in-another-unit.product": {
        "en": "the total of {product} ({measure}), {total}, is about {factor} of last year's {last}",
        "zh": "{product}（{measure}）的目标 {total} 约为上年 {last} 的 {factor} 倍",
    },
    "warning.total-in-another-unit.table": {
        "en": "the amounts of {measure} in {table} are about {factor} of the history",
        "zh": "{table} 中 {measure} 的金额约为历史数据的 {factor} 倍",
    },
    "warning.total-in-another-unit.rule": {
        "en": "the bound {total} ({measure}) is about {factor} of last year at the nodes of the rule",
        "zh": "上下限 {total}（{measure}）约为规则所涉节点上年数的 {factor} 倍",
    },
    "warning.total-in-another-unit.effect": {
        "en": "The plan mixes two units, such as thousands and units, or 万 and 元.",
        "zh": "计划中混用了两种单位，例如“千元”与“元”、“万元”与“元”。",
    },
    "warning.total-in-another-unit.hint": {
        "en": "write it in the unit of the measure, as the rows of history.csv are",
        "zh": "请与 history.csv 一致，使用该指标的单位填写",
    },
    "warning.percent-as-whole-number": {
        "en": "{value} is {percent}; ratios are written as shares of 1",
        "zh": "{value} 表示 {percent}；比例应以小数填写",
    },
    "warning.percent-as-whole-number.ramp": {
        "en": "ramp {value} of {node} means {value} months of rising productivity",
        "zh": "{node} 的 ramp 填 {value}，表示生产率爬坡 {value} 个月",
    },
    "warning.percent-as-whole-number.effect": {
        "en": "A limit this wide limits nothing; a factor this large multiplies what it stands for.",
        "zh": "如此宽的限制等于没有限制；如此大的系数会成倍放大结果。",
    },
    "warning.percent-as-whole-number.hint": {
        "en": "write {meant} if {value} % is meant",
        "zh": "若要表示 {value}%，请填写 {meant}",
    },
    "warning.rule-cannot-bind.bounds": {
        "en": "no target that the totals allow can reach a bound of rule {rule} ({measure})",
        "zh": "在总目标允许的范围内，任何目标都达不到规则 {rule}（{measure}）的上下限",
    },
    "warning.rule-cannot-bind.nobody": {
        "en": "rule {rule} ({measure}) applies to none of the nodes it names: they have no history or "
        "commitment",
        "zh": "规则 {rule}（{measure}）对所指节点均不适用：这些节点没有历史数据或承诺",
    },
    "warning.rule-cannot-bind.effect": {
        "en": "The rule does nothing, though the list of rules shows it as kept.",
        "zh": "该规则不起任何作用，却会在规则清单中显示为已遵守。",
    },
    "warning.rule-cannot-bind.hint": {
        "en": "check its bounds and what it names, or delete it",
        "zh": "请核对上下限及所指对象，或删除该规则",
    },
    "warning.band-contradicts-growth.growth_max": {
        "en": "rule {rule} lets each {level} grow by at most {bound}, the totals ask for {growth} "
        "({measure})",
        "zh": "规则 {rule} 允许每个 {level} 最多增长 {bound}，而总目标要求 {growth}（{measure}）",
    },
    "warning.band-contradicts-growth.growth_min": {
        "en": "rule {rule} makes each {level} grow by at least {bound}, the totals ask for {growth} "
        "({measure})",
        "zh": "规则 {rule} 要求每个 {level} 至少增长 {bound}，而总目标只要求 {growth}（{measure}）",
    },
    "warning.band-contradicts-growth.amount_max": {
        "en": "the ceilings of all {level}, of which rule {rule} is one, add up to {bound}, the total is "
        "{growth} ({measure})",
        "zh": "各 {level} 的上限（含规则 {rule}）合计 {bound}，而总目标为 {growth}（{measure}）",
    },
    "warning.band-contradicts-growth.amount_min": {
        "en": "the floors of all {level}, of which rule {rule} is one, add up to {bound}, the total is "
        "{growth} ({measure})",
        "zh": "各 {level} 的下限（含规则 {rule}）合计 {bound}，而总目标为 {growth}（{measure}）",
    },
    "warning.band-contradicts-growth.effect": {
        "en": "As a hard rule it makes the plan impossible unless nodes without history take the rest; as a "
        "soft one it gives way nearly everywhere.",
        "zh": "作为硬规则会使计划无解（除非由没有历史的节点承担其余部分）；作为软规则则几乎处处放宽。",
    },
    "warning.band-contradicts-growth.hint": {
        "en": "widen the band or change the total",
        "zh": "请放宽区间或调整总目标",
    },
    "warning.rep-without-history": {
        "en": "{node} has no {measure} in history.csv, and org.csv says neither that the seat is open "
        "nor that its holder is new",
        "zh": "{node} 在 history.csv 中没有 {measure}，而 org.csv 既未标为空缺，也没有近期的 start",
    },
    "warning.rep-without-history.effect": {
        "en": "The anchor is that of the peers.",
        "zh": "其综合值取自同组人员。",
    },
    "warning.rep-without-history.hint": {
        "en": "add the history (is it under another node_id?), or give `start` or the role `open`",
        "zh": "请补齐历史（是否记在另一个 node_id 下？），或填写 start，或将 role 填为“空缺”",
    },
    "warning.rep-without-actuals": {
        "en": "{node} has {measure} on file, but none in the months of last year",
        "zh": "{node} 有 {measure} 的历史数据，但上年基期内没有",
    },
    "warning.rep-without-actuals.effect": {
        "en": "The anchor rests on older sales or on the peers; growth rules do not apply.",
        "zh": "其综合值依据更早的销售或同组人员；增长规则对其不适用。",
    },
    "warning.rep-without-actuals.hint": {
        "en": "give `end` if the rep has left, or add the missing rows",
        "zh": "若已离职请填写 end，否则请补齐数据",
    },
    "warning.rep-with-negative-sales": {
        "en": "{node} has {amount} of {measure} in the months of last year: returns are larger than sales",
        "zh": "{node} 上年基期的 {measure} 合计为 {amount}：退货大于销售",
    },
    "warning.rep-with-negative-sales.effect": {
        "en": "The rep's own history counts as nothing, and growth rules do not apply.",
        "zh": "其自身历史视同没有，增长规则对其不适用。",
    },
    "warning.rep-with-negative-sales.hint": {
        "en": "check the returns and whose sales they belong to",
        "zh": "请核对退货及其对应的销售归属",
    },
    "warning.margin-out-of-range.high": {
        "en": "the margin of {product} is {margin}, more than all of its sales",
        "zh": "{product} 的毛利率为 {margin}，超过销售额本身",
    },
    "warning.margin-out-of-range.negative": {
        "en": "the margin of {product} is {margin}: it is sold below cost",
        "zh": "{product} 的毛利率为 {margin}：低于成本销售",
    },
    "warning.margin-out-of-range.effect": {
        "en": "Links on margin add up sales times this number.",
        "zh": "以毛利率为基础的联动规则会用该数乘以销售额再求和。",
    },
    "warning.margin-out-of-range.hint": {
        "en": "write margins as shares of sales (34 % is 0.34), or accept the warning if they are "
        "amounts per unit",
        "zh": "毛利率请以小数填写（34% 为 0.34）；若为单位金额，请接受此警告",
    },
    "warning.implied-margin.link": {
        "en": "rule {rule} implies a margin of {share}; products have {least} to {most}",
        "zh": "规则 {rule} 隐含的毛利率为 {share}，而各产品为 {least} 至 {most}",
    },
    "warning.implied-margin.totals": {
        "en": "the totals of {profit} and {sales} imply a margin of {share}; products have {least} to {most}",
        "zh": "{profit} 与 {sales} 的总目标隐含毛利率 {share}，而各产品为 {least} 至 {most}",
    },
    "warning.implied-margin.effect": {
        "en": "No mix of products has this margin: both numbers cannot come true together.",
        "zh": "任何产品组合都达不到该毛利率：两个数字不可能同时成立。",
    },
    "warning.implied-margin.hint": {
        "en": "correct the bound, the total, or the margins in products.csv",
        "zh": "请更正上下限、总目标或 products.csv 中的毛利率",
    },
    "warning.employee-id-of-several": {
        "en": "employee_id {id} stands for {names} ({nodes})",
        "zh": "employee_id {id} 对应多个姓名：{names}（{nodes}）",
    },
    "warning.employee-id-of-several.effect": {
        "en": "Whoever reads targets by employee_id pays one person for the targets of another; a "
        "release is refused.",
        "zh": "按 employee_id 取数的系统会把他人的目标计到同一人名下；发布会被拒绝。",
    },
    "warning.employee-id-of-several.hint": {
        "en": "give each person an id of his own",
        "zh": "请为每个人填写各自的编号",
    },
    "warning.employee-id-rounded": {
        "en": "{what} {id} looks like a number that a spreadsheet has rounded or written as a decimal",
        "zh": "{what} {id} 像是被电子表格四舍五入或写成小数的数字",
    },
    "warning.employee-id-rounded.effect": {
        "en": "The id matches nobody in other systems, or several people; a release is refused where it "
        "is an employee_id.",
        "zh": "该编号在其他系统中匹配不到任何人，或匹配到多人；若为 employee_id，发布会被拒绝。",
    },
    "warning.employee-id-rounded.hint": {
        "en": "export the column as text, with every digit",
        "zh": "请将该列以文本格式导出，保留全部位数",
    },
    "warning.several-seats": {
        "en": "{names} (employee_id {id}) holds {count} seats at once: {nodes}",
        "zh": "{names}（employee_id {id}）同时占有 {count} 个席位：{nodes}",
    },
    "warning.several-seats.effect": {
        "en": "The person gets a target on each seat, and is compared with peers seat by seat.",
        "zh": "此人在每个席位上各有一个目标，并逐席位与同组比较。",
    },
    "warning.several-seats.hint": {
        "en": "accept the warning if that is meant; else give `end` to the seat that was left",
        "zh": "若本意如此请接受此警告；否则请为已离开的席位填写 end",
    },
    "warning.level-skipped": {
        "en": "{node} ({level}) hangs under a {found}, where nearly every {level} hangs under a {usual}",
        "zh": "{node}（{level}）直接隶属于 {found}，而几乎所有 {level} 都隶属于 {usual}",
    },
    "warning.level-skipped.effect": {
        "en": "Rules and over-assignment of the level {usual} do not reach it.",
        "zh": "针对 {usual} 层级的规则和超额分配对其不起作用。",
    },
    "warning.level-skipped.hint": {
        "en": "put a {usual} between, or accept the warning if that is how the company is built",
        "zh": "请补上所属的 {usual}；若组织架构确是如此，请接受此警告",
    },
    "warning.name-twice": {
        "en": "{names} stands {count} times: {nodes}",
        "zh": "{names} 出现 {count} 次：{nodes}",
    },
    "warning.name-twice.effect": {
        "en": "Reports cannot tell them apart; if it is one person, history and target may be split or "
        "doubled.",
        "zh": "报告中无法区分；若为同一人，其历史与目标可能被拆分或重复。",
    },
    "warning.name-twice.hint": {
        "en": "tell the names apart, or give each an employee_id",
        "zh": "请区分姓名，或分别填写 employee_id",
    },
    "warning.currency-differs.measure": {
        "en": "the unit of {what} is {unit}, the currency of the plan is {currency}",
        "zh": "{what} 的单位是 {unit}，而计划币种为 {currency}",
    },
    "warning.currency-differs.column": {
        "en": "column {what} of products.csv is named after {unit}, the currency of the plan is {currency}",
        "zh": "products.csv 的列 {what} 以 {unit} 命名，而计划币种为 {currency}",
    },
    "warning.currency-differs.effect": {
        "en": "Nothing is converted: amounts of two currencies stand side by side, or are multiplied.",
        "zh": "系统不做换算：两种币种的金额会并列显示或直接相乘。",
    },
    "warning.currency-differs.hint": {
        "en": "convert the amounts, or correct the unit or the currency",
        "zh": "请换算金额，或更正单位与币种",
    },
    "warning.hidden-sheet": {
        "en": "the sheet {title} is hidden in the workbook",
        "zh": "工作表 {title} 在工作簿中被隐藏",
    },
    "warning.hidden-sheet.effect": {
        "en": "It is not read: nobody who opens the workbook sees it.",
        "zh": "未读取：打开工作簿的人看不到它。",
    },
    "warning.hidden-sheet.hint": {
        "en": "show the sheet if it belongs to the plan, or delete it",
        "zh": "若属于本计划请取消隐藏，否则请删除",
    },
    "warning.hidden-rows": {
        "en": "{count} row(s) of the sheet {title} are hidden or filtered out, the first is row {row}",
        "zh": "工作表 {title} 有 {count} 行被隐藏或筛掉，首行为第 {row} 行",
    },
    "warning.hidden-rows.effect": {
        "en": "They are read and count like all others.",
        "zh": "这些行照常读取并计入。",
    },
    "warning.hidden-rows.hint": {
        "en": "clear the filter and look at them; delete the rows that do not belong to the plan",
        "zh": "请清除筛选并核对；不属于本计划的行请删除",
    },
    "warning.rule-binds-everywhere": {
        "en": "rule {rule} binds or gives way at {bound} of the {count} nodes to which it applies "
        "({measure})",
        "zh": "规则 {rule} 在适用的 {count} 个节点中有 {bound} 个触及上下限或被放宽（{measure}）",
    },
    "warning.rule-binds-everywhere.effect": {
        "en": "The rule alone decides these targets; history, potential and commitments do not show in them.",
        "zh": "这些目标完全由该规则决定，历史、潜力与承诺都体现不出来。",
    },
    "warning.rule-binds-everywhere.hint": {
        "en": "check its bounds against the total; accept the warning if the rule is meant to decide",
        "zh": "请对照总目标核对上下限；若本意如此请接受此警告",
    },
    "warning.chance-below-limits.company": {
        "en": "the company makes its total of {measure} with a chance of {value}, below {limit}",
        "zh": "公司达成 {measure} 总目标的概率为 {value}，低于 {limit}",
    },
    "warning.chance-below-limits.share": {
        "en": "{value} of the reps are expected at goal in {measure}, below {limit}",
        "zh": "{measure} 的预期达标占比为 {value}，低于 {limit}",
    },
    "warning.chance-below-limits.effect": {
        "en": "The targets add up; by the sales on file fewer will be reached than the limit asks for.",
        "zh": "目标在数字上成立，但按已有销售数据，能达成的少于该界限的要求。",
    },
    "warning.chance-below-limits.hint": {
        "en": "lower the total, say what will bring the growth, or state other limits under `attainment`",
        "zh": "请下调总目标、说明增长来源，或在 attainment 中设定其他界限",
    },
    "fault.accepted.unknown": {
        "en": "there is no warning with the code `{code}`",
        "zh": "没有代码为 `{code}` 的警告",
    },
    "fault.accepted.codes": {"en": "the codes are: {names}", "zh": "可用代码：{names}"},
    "fault.accepted.no_reason": {
        "en": "`{code}` is accepted without a reason",
        "zh": "接受 `{code}` 时没有注明理由",
    },
    "fault.accepted.no_reason.hint": {
        "en": "write why the warning may stand, in one sentence",
        "zh": "请用一句话写明为何可以接受",
    },
    "fault.plan_total.incomplete": {
        "en": "the total grows from an incomplete year: {measure} has no sales in {months}",
        "zh": "总目标按增长率计算，但基期不完整：{measure} 在 {months} 没有数据",
    },
    "fault.plan_total.incomplete.hint": {
        "en": "add the months to history.csv, or state the total as an amount, or accept it in plan.yaml: "
        "`accepted_warnings: {{incomplete-base-year: <reason>}}`",
        "zh": "请在 history.csv 补齐月份，或直接填写总目标金额，或在 plan.yaml 接受："
        "`accepted_warnings: {{incomplete-base-year: <理由>}}`",
    },
}
