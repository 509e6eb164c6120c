"""The annual target matrix 年度销售目标分解矩阵."""

TEXTS = {
    "matrix.title": {"en": "Annual target matrix", "zh": "年度销售目标分解矩阵"},
    "matrix.summary": {"en": "Summary", "zh": "汇总"},
    "matrix.rules": {"en": "Rules", "zh": "规则"},
    "matrix.node": {"en": "Region / team / person", "zh": "区域 / 团队 / 人员"},
    "matrix.id": {"en": "Id", "zh": "编号"},
    "matrix.level": {"en": "Level", "zh": "层级"},
    "matrix.owner": {"en": "Owner", "zh": "责任人"},
    "matrix.target": {"en": "Target", "zh": "目标"},
    "matrix.total": {"en": "Total", "zh": "合计"},
    "matrix.last_year": {"en": "Last year", "zh": "上年实际"},
    "matrix.growth": {"en": "Growth", "zh": "增长率"},
    "matrix.share": {"en": "Share", "zh": "占比"},
    "matrix.anchor": {"en": "Anchor", "zh": "综合值"},
    "matrix.ratio": {"en": "Target / anchor", "zh": "目标 / 综合值"},
    "matrix.commitment": {"en": "Commitment", "zh": "承诺"},
    "matrix.potential": {"en": "Potential", "zh": "潜力"},
    "matrix.pinned": {"en": "Pinned", "zh": "锁定"},
    "matrix.children": {"en": "Sum of children", "zh": "下级合计"},
    "matrix.over": {"en": "Over-assigned h", "zh": "超额分配率 h"},
    "matrix.check_products": {"en": "Check: products – target", "zh": "校验：产品合计 – 目标"},
    "matrix.check_months": {"en": "Check: quarters – target", "zh": "校验：季度合计 – 目标"},
    "matrix.check_children": {
        "en": "Check: children ÷ (1 + h) – target",
        "zh": "校验：下级合计 ÷（1 + h）– 目标",
    },
    "matrix.measure": {"en": "Measure", "zh": "指标"},
    "matrix.street": {"en": "Sum of persons", "zh": "人员合计"},
    "matrix.by_node": {"en": "By region", "zh": "按区域"},
    "matrix.by_product": {"en": "By product line", "zh": "按产品线"},
    "matrix.checks": {"en": "Checks", "zh": "校验"},
    "matrix.all_ok": {"en": "OK", "zh": "通过"},
    "matrix.not_ok": {"en": "DIFFERENCE", "zh": "有差异"},
    "matrix.binding": {"en": "Binding", "zh": "起作用"},
    "matrix.relaxed": {"en": "Relaxed", "zh": "已放宽"},
    "matrix.slack": {"en": "Not binding", "zh": "未起作用"},
    "matrix.how": {
        "en": "Every number is a whole multiple of the rounding unit. The check columns at the "
        "right of each sheet compare, by live formulas, children, products and quarters with "
        "the target; ✓ means no difference. Where a level is over-assigned by h, its numbers "
        "add up to (1 + h) times the number above; both are rounded on their own, so up to "
        "two units may remain.",
        "zh": "所有数字均为取整单位的整数倍。各表右侧的校验列用公式将下级、产品和季度合计与目标比较"
        "，✓ 表示无差异。某层级超额分配率为 h 时，该层合计为上级的（1 + h）倍；两者分别取整，"
        "差额不超过两个单位。",
    },
    "matrix.no_months": {
        "en": "The monthly block is left out because the tree is large; see targets_monthly.csv.",
        "zh": "组织较大，月份列未列出，见 targets_monthly.csv。",
    },
    "matrix.input_hash": {"en": "Input hash", "zh": "输入校验码"},
    "matrix.currency": {"en": "Currency", "zh": "币种"},
    "matrix.period": {"en": "Period", "zh": "期间"},
    "matrix.status": {"en": "Status", "zh": "状态"},
    "matrix.rule": {"en": "Rule", "zh": "规则"},
    "matrix.sentence": {"en": "What it says and what came out", "zh": "内容与结果"},
    "matrix.price": {"en": "Price", "zh": "影子价格"},
    "matrix.missed": {"en": "Missed by", "zh": "差额"},
    "stretch.base": {"en": "Target", "zh": "目标"},
    "stretch.stretch": {"en": "Stretch", "zh": "冲刺"},
    "stretch.challenge": {"en": "Challenge", "zh": "挑战"},
    "matrix.beyond": {"en": "Children – target", "zh": "下级合计 – 目标"},
    "matrix.check_lines": {"en": "Check: lines – their products", "zh": "校验：产品线 – 所属产品"},
    "matrix.no": {"en": "No.", "zh": "序号"},
    "matrix.parent_no": {"en": "Parent no.", "zh": "上级序号"},
    "matrix.counts": {"en": "Counts above as", "zh": "计入上级系数"},
    "matrix.allowed": {"en": "Allowed by rounding", "zh": "取整允许差"},
    "matrix.bottom_share": {"en": "Person counts in company as", "zh": "人员计入公司系数"},
    "matrix.open_seat": {"en": "open seat", "zh": "空缺"},
    "matrix.top_down": {"en": "Top-down value", "zh": "自上而下值"},
    "matrix.gap": {"en": "Target – commitment", "zh": "目标 – 承诺"},
    "matrix.plan": {"en": "Plan", "zh": "计划"},
    "matrix.facts": {
        "en": "{measure} · unit {unit} · {first} – {last} · rounded to {round_to}",
        "zh": "{measure} · 单位 {unit} · {first} – {last} · 取整到 {round_to}",
    },
    "matrix.legend": {
        "en": "Yellow = pinned by a person · ✓ = no difference · press + above the columns to see "
        "months and paths, 1-2-3 at the left to fold the tree",
        "zh": "黄色 = 锁定 · ✓ = 无差异 · 点击列上方的 + 展开月份和所属路径，点击左侧 1-2-3 折叠组织",
    },
    "matrix.month": {"en": "{year}-{month:0>2}", "zh": "{year}年{month}月"},
    "matrix.no_reps": {
        "en": "The deepest levels are left out because the tree is large; see targets.csv.",
        "zh": "组织较大，最下级未列出，见 targets.csv。",
    },
    "matrix.no_products": {
        "en": "Single products are left out because there are many; see targets.csv.",
        "zh": "产品较多，明细产品未列出，见 targets.csv。",
    },
    "matrix.street_gap": {"en": "Check: ÷ (1 + h) – company", "zh": "校验：÷（1 + h）– 公司目标"},
    "matrix.lowest": {"en": "Sum of the lowest level shown", "zh": "所列最下级合计"},
    "matrix.company_totals": {"en": "Company", "zh": "公司"},
    "matrix.how_title": {"en": "How to read", "zh": "说明"},
    "matrix.how_columns": {
        "en": "Growth is against last year, share is of the company. Stretch levels are the target "
        "times the factor under the heading. Quarters count from the first month of the "
        "plan; months unfold with + above each quarter. Yellow cells were fixed by a person.",
        "zh": "增长率与上年实际比较，占比为占公司比重。冲刺、挑战 = 目标 × 标题下的系数。季度自计划"
        "首月起算，点击季度上方的 + 展开月份。黄色单元格为锁定值。",
    },
    "matrix.how_sources": {
        "en": "Top-down value: the company target split by history alone. Commitment and "
        "potential: as stated by the people, added up where a manager stated nothing. "
        "Anchor: the blend of history, potential and commitment that meets the totals; the "
        "target stays as near to it as the rules allow.",
        "zh": "自上而下值：公司目标仅按历史占比分解。承诺、潜力：按填报值，主管未填报时为下级合计。"
        "综合值：历史、潜力与承诺的综合，并与总额一致；目标在规则允许范围内尽量接近综合值。",
    },
    "matrix.how_rules": {
        "en": "Relaxed: a soft rule that could not be kept in full. Binding: a rule at its bound, "
        "which moves targets away from the anchor; the price says how strongly (points of "
        "stretch per unit). Not binding: kept with room to spare.",
        "zh": "已放宽：软规则未能完全满足。起作用：规则处于界限，使目标偏离综合值，影子价格表示影"
        "响强度（每单位的拉伸点数）。未起作用：满足且有余量。",
    },
    "matrix.result_hash": {"en": "Result hash", "zh": "结果校验码"},
    "matrix.engine": {"en": "Engine", "zh": "求解引擎"},
    "matrix.overrides": {"en": "Overrides", "zh": "覆盖项"},
    "matrix.origin": {"en": "Where it comes from", "zh": "数据来源"},
    "matrix.kind": {"en": "Kind", "zh": "类型"},
    "matrix.product": {"en": "Product", "zh": "产品"},
    "matrix.value": {"en": "Value", "zh": "结果"},
    "matrix.min": {"en": "At least", "zh": "下限"},
    "matrix.max": {"en": "At most", "zh": "上限"},
    "matrix.tier": {"en": "Tier", "zh": "层次"},
    "matrix.hard": {"en": "hard", "zh": "硬性"},
    "matrix.more_rules": {
        "en": "The first {shown} of {count} rows; all are in rules.csv.",
        "zh": "仅列前 {shown} 行，共 {count} 行，全部见 rules.csv。",
    },
    "band.identity": {"en": "Organisation", "zh": "组织"},
    "band.target": {"en": "Target", "zh": "目标"},
    "band.stretch": {"en": "Stretch levels", "zh": "目标 / 冲刺 / 挑战"},
    "band.products": {"en": "By product line", "zh": "产品线"},
    "band.periods": {"en": "By quarter and month", "zh": "季度与月份"},
    "band.sources": {"en": "Where it comes from", "zh": "目标来源"},
    "band.checks": {"en": "Totals as checks", "zh": "合计校验"},
    "kind.range": {"en": "range", "zh": "区间"},
    "kind.growth": {"en": "growth", "zh": "增长"},
    "kind.capacity": {"en": "capacity", "zh": "产能"},
    "kind.mix": {"en": "mix", "zh": "占比"},
    "kind.fairness": {"en": "fairness", "zh": "公平"},
    "kind.commitment": {"en": "commitment", "zh": "承诺"},
    "kind.link": {"en": "link", "zh": "联动"},
    "kind.pin": {"en": "pin", "zh": "锁定"},
    "level.company": {"en": "company", "zh": "公司"},
    "level.division": {"en": "division", "zh": "事业部"},
    "level.department": {"en": "department", "zh": "部门"},
    "level.region": {"en": "region", "zh": "区域"},
    "level.area": {"en": "area", "zh": "片区"},
    "level.district": {"en": "district", "zh": "大区"},
    "level.team": {"en": "team", "zh": "团队"},
    "level.group": {"en": "group", "zh": "小组"},
    "level.rep": {"en": "rep", "zh": "人员"},
    "level.person": {"en": "person", "zh": "人员"},
    "matrix.stopped": {
        "en": "Stopped before all soft rules were settled: the hard rules hold, soft rules may "
        "still be improved.",
        "zh": "在软规则全部确定之前已停止：硬规则均满足，软规则尚可改进。",
    },
}
