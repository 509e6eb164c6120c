"""The report for the board."""

TEXTS = {
    "report.over": {"en": "SALES TARGETS · REPORT FOR THE BOARD", "zh": "年度销售目标 · 董事会报告"},
    "report.facts": {
        "en": "Plan {plan} · {first} to {last} · {currency} · {nodes} nodes, {reps} reps, {products} "
        "products, {rules} rules",
        "zh": "计划 {plan} · {first} 至 {last} · {currency} · {nodes} 个节点，{reps} 名销售，{products} "
        "个产品，{rules} 条规则",
    },
    "report.summary": {"en": "Summary", "zh": "摘要"},
    "report.matrix": {"en": "Target matrix", "zh": "目标矩阵"},
    "report.waterfalls": {"en": "How the numbers came about", "zh": "目标构成"},
    "report.rules": {"en": "Rules that shaped the result", "zh": "影响结果的规则"},
    "report.fairness": {"en": "Fairness among peers", "zh": "同组公平性"},
    "report.fairness_tests": {"en": "Tests for bias", "zh": "偏差检验"},
    "report.probabilities": {"en": "How likely the targets are", "zh": "达成概率"},
    "report.likely_note": {
        "en": "Simulated: expected sales, their spread and how far regions move together; what was learned "
        "from the past and what was assumed stands below. The golden marks bound the range that is neither "
        "hardly reachable nor easy.",
        "zh": "模拟所用：预期销售、波动以及各区域的联动；何者由历史得出、何者为假设，见下文。"
        "金色刻度之间为既非难以达成也非过于容易的范围。",
    },
    "report.likely_company": {
        "en": "Company reaches its target if sales follow the past",
        "zh": "按历史趋势，公司达成目标的概率",
    },
    "report.likely_expected": {
        "en": "expected {amount}; the target against it: {stretch}",
        "zh": "预期 {amount}；目标较预期 {stretch}",
    },
    "report.likely_range": {"en": "Likely range", "zh": "可能范围"},
    "report.likely_range_more": {"en": "8 of 10 simulated years", "zh": "十次模拟中的八次"},
    "report.likely_goal": {"en": "Reps at goal, expected", "zh": "预期达标人员占比"},
    "report.likely_goal_more": {"en": "healthy: {low} to {high}", "zh": "健康范围：{low} 至 {high}"},
    "report.likely_hedge": {
        "en": "... if every rep is good for his quota on average",
        "zh": "若每人平均能完成自己的目标，公司达成目标的概率",
    },
    "report.likely_hedge_more": {
        "en": "quotas add up to {share} above the target; {confidence} needs {needed}",
        "zh": "人员目标合计高于公司目标 {share}；{confidence} 的把握需要 {needed}",
    },
    "report.likely_mean": {"en": "Mean probability", "zh": "平均概率"},
    "report.likely_hardly": {"en": "Below {low}", "zh": "低于 {low}"},
    "report.likely_easy": {"en": "Above {high}", "zh": "高于 {high}"},
    "report.likely_probability": {"en": "Probability", "zh": "概率"},
    "report.likely_amount": {"en": "Expected", "zh": "预期"},
    "report.likely_smart": {
        "en": "SMART check of {count} targets; letters failed: {failed}. attainment.json names each.",
        "zh": "对 {count} 个目标的 SMART 检查；未满足的字母：{failed}。逐项见 attainment.json。",
    },
    "report.backtest": {"en": "Back-test", "zh": "历史回测"},
    "report.proof": {"en": "Certificate", "zh": "结果凭证"},
    "report.reading": {"en": "How to read this report", "zh": "阅读说明"},
    "report.measure": {"en": "{measure}", "zh": "{measure}"},
    "report.unit": {"en": "in {unit}, rounded to {round_to}", "zh": "单位 {unit}，取整到 {round_to}"},
    "report.card_last_year": {"en": "last year {amount}", "zh": "上年实际 {amount}"},
    "report.card_growth": {"en": "Growth", "zh": "增长率"},
    "report.card_growth_more": {"en": "{amount} more than last year", "zh": "较上年变化 {amount}"},
    "report.card_street": {"en": "Sum of the reps' targets", "zh": "人员目标合计"},
    "report.card_street_more": {"en": "{share} above the company target", "zh": "高于公司目标 {share}"},
    "report.card_ratio": {"en": "Reps' target / anchor", "zh": "人员目标 / 综合值"},
    "report.card_ratio_more": {
        "en": "{share} of the reps within 5% of their anchor",
        "zh": "{share} 的人员与综合值相差不超过 5%",
    },
    "report.check_sums": {
        "en": "Products and months add up exactly to the target at each of {nodes} nodes.",
        "zh": "全部 {nodes} 个节点的产品合计、月份合计与目标完全一致。",
    },
    "report.check_sums_bad": {
        "en": "Products or months do not add up at {count} node(s).",
        "zh": "有 {count} 个节点的产品或月份合计与目标不一致。",
    },
    "report.check_falls": {
        "en": "The steps that explain a target add up to it exactly, for all {count} targets.",
        "zh": "全部 {count} 个目标的构成步骤合计均与目标完全一致。",
    },
    "report.check_falls_bad": {
        "en": "The steps of {count} target(s) do not add up.",
        "zh": "有 {count} 个目标的构成步骤合计不一致。",
    },
    "report.check_tree": {
        "en": "Regions, teams and persons add up exactly to the level above wherever nothing is "
        "over-assigned.",
        "zh": "未超额分配的层级，区域、团队与人员合计均与上级完全一致。",
    },
    "report.check_tree_bad": {
        "en": "{count} sum(s) over the organisation differ.",
        "zh": "有 {count} 处组织合计不一致。",
    },
    "report.check_hard": {"en": "All hard rules hold.", "zh": "全部硬规则均已满足。"},
    "report.check_hard_rounding": {
        "en": "All hard rules hold before rounding; whole units miss {count} row(s) (short_by in rules.csv).",
        "zh": "取整前全部硬规则均已满足；取整后有 {count} 处存在差额（见 rules.csv 的 short_by）。",
    },
    "report.check_soft": {
        "en": "{count} soft rule row(s) could not be kept in full; they are listed under the rules.",
        "zh": "有 {count} 处软规则未能完全满足，详见规则部分。",
    },
    "report.check_soft_ok": {"en": "All soft rules are kept too.", "zh": "全部软规则也已满足。"},
    "report.check_optimal": {
        "en": "Proved optimal: no other targets that keep the rules lie nearer to the anchors (largest "
        "error of the proof {residual}).",
        "zh": "已证明最优：在满足规则的前提下，没有更接近综合值的目标（证明的最大误差 {residual}）。",
    },
    "report.check_stopped": {
        "en": "Stopped before all soft rules were settled: tier(s) {tiers} may still be improved.",
        "zh": "在软规则全部确定之前已停止：第 {tiers} 层尚可改进。",
    },
    "report.by_node": {"en": "By {level}", "zh": "按{level}"},
    "report.by_line": {"en": "By product line", "zh": "按产品线"},
    "report.company": {"en": "Company", "zh": "公司"},
    "report.ledger": {"en": "Over-assignment by level", "zh": "各层级超额分配"},
    "report.ledger_note": {
        "en": "Each level is given more than the one above, so that one miss below does not become a "
        "miss above. The last column compounds the levels.",
        "zh": "每一层级的目标合计高于上级，使下级个别未达成不致影响上级。末列为逐级累计。",
    },
    "report.level": {"en": "Level", "zh": "层级"},
    "report.number": {"en": "Number", "zh": "数量"},
    "report.level_sum": {"en": "Sum of the level", "zh": "本层合计"},
    "report.planned": {"en": "Over the level above", "zh": "高于上级"},
    "report.compound": {"en": "Over the company", "zh": "高于公司"},
    "report.matrix_note": {
        "en": "Each field: the target, below it target / anchor and the growth over last year. The "
        "colour shows how far rules, pins and rounding moved the target from its anchor.",
        "zh": "每格：目标，下方为目标 / 综合值与较上年增长率。颜色表示规则、锁定值与取整使目标偏离综合值"
        "的程度。",
    },
    "report.key_below": {
        "en": "below the anchor (full colour: −{full})",
        "zh": "低于综合值（最深：−{full}）",
    },
    "report.key_above": {
        "en": "above the anchor (full colour: +{full})",
        "zh": "高于综合值（最深：+{full}）",
    },
    "report.shown_of": {
        "en": "Shown: {shown} of {count} {what}.",
        "zh": "列出 {count} 个{what}中的 {shown} 个。",
    },
    "report.lines": {"en": "product lines", "zh": "产品线"},
    "report.nodes": {"en": "nodes", "zh": "节点"},
    "report.all": {"en": "All products", "zh": "全部产品"},
    "report.falls_note": {
        "en": "From last year to the target, step by step; the steps add up exactly. Bars with a white "
        "cut begin below the drawing: only the differences are to scale.",
        "zh": "从上年实际到目标的逐步构成，各步合计与目标完全一致。带白色切口的柱形未从零画起，仅差额按比"
        "例。",
    },
    "report.fall_company": {"en": "The company", "zh": "公司"},
    "report.fall_first": {"en": "By {level}", "zh": "各{level}"},
    "report.fall_moved": {
        "en": "The five reps whom rules and pins moved most",
        "zh": "受规则与锁定值影响最大的五名人员",
    },
    "report.fall_moved_note": {
        "en": "Largest difference between target and anchor.",
        "zh": "目标与综合值差额最大者。",
    },
    "report.fall_title": {"en": "{node}: {target}", "zh": "{node}：{target}"},
    "report.rules_note": {
        "en": "{binding} row(s) bind, {relaxed} gave way, {slack} have room to spare. The price says how "
        "many points of stretch one unit of relaxation (money, an hour, a whole share) is worth; "
        "only prices of one unit compare. The owner can change the rule.",
        "zh": "{binding} 处起作用，{relaxed} 处已放宽，{slack} 处未起作用。影子价格表示每放宽一单位（金额、"
        "工时或整份占比）可减少的拉伸点数，单位相同者方可比较；责任人可调整规则。",
    },
    "report.rules_each": {"en": "Rule by rule", "zh": "逐条规则"},
    "report.rules_rows": {"en": "Where they bind or gave way", "zh": "起作用或放宽之处"},
    "report.rules_rows_note": {
        "en": "Relaxed rules first, then the strongest prices.",
        "zh": "先列已放宽的规则，再按影子价格由强到弱。",
    },
    "report.rule_missed": {"en": "Missed by", "zh": "差额"},
    "report.rule_most": {"en": "Strongest price", "zh": "最强影子价格"},
    "report.rules_none": {"en": "No rule binds.", "zh": "没有起作用的规则。"},
    "report.of_rows": {"en": "{count} of {all}", "zh": "{count} / {all}"},
    "report.more_rules": {
        "en": "The first {shown} of {count}; rules.csv lists all.",
        "zh": "仅列前 {shown} 项，共 {count} 项；全部见 rules.csv。",
    },
    "report.fairness_note": {
        "en": "Target / anchor of each rep, by peer group. Dots are reps (larger dots: several), the box "
        "holds the middle half, the dark line is the median, the golden line is 1 = exactly the "
        "anchor. Without rules every rep stands at 1; all distance comes from rules, pins and "
        "rounding.",
        "zh": "各同组人员的目标 / 综合值。圆点为人员（较大者为多人），方框为中间一半，深色竖线为中位数，"
        "金色竖线为 1（等于综合值）。没有规则时人人为 1，偏离全部来自规则、锁定值与取整。",
    },
    "report.group": {"en": "Peer group", "zh": "同组"},
    "report.spread": {"en": "Distribution ({low} to {high})", "zh": "分布（{low} 至 {high}）"},
    "report.reps": {"en": "Reps", "zh": "人数"},
    "report.lowest": {"en": "Lowest", "zh": "最低"},
    "report.highest": {"en": "Highest", "zh": "最高"},
    "report.median": {"en": "Median", "zh": "中位数"},
    "report.variation": {"en": "Spread (CV)", "zh": "离散系数"},
    "report.growth_median": {"en": "Median growth", "zh": "增长率中位数"},
    "report.without_anchor": {
        "en": "{count} rep(s) without an anchor are left out.",
        "zh": "{count} 名没有综合值的人员未计入。",
    },
    "report.backtest_note": {
        "en": "The method replayed on the plan's own past: {n} seller-periods in {periods} period(s), "
        "each foretold from earlier data alone. Lower is better for the split error (WAPE) and the "
        "inequality of attainment (Gini).",
        "zh": "用计划自身的历史回放本方法：{periods} 个期间共 {n} 个“销售×期间”，每期只用此前的数据。分配"
        "误差（WAPE）与完成率不均（基尼系数）越低越好。",
    },
    "report.backtest_missing": {
        "en": "No back-test could be made: {reason}.",
        "zh": "无法进行历史回测：{reason}。",
    },
    "report.split_by": {"en": "Split by", "zh": "分配方法"},
    "report.wape": {"en": "Split error (WAPE)", "zh": "分配误差（WAPE）"},
    "report.at_goal": {"en": "Share at goal", "zh": "达标占比"},
    "report.gini": {"en": "Gini of attainment", "zh": "完成率基尼系数"},
    "report.proof_note": {
        "en": "Whoever has the plan and the result folder can check both: `allocator verify` recomputes "
        "sums, rules, optimality and these hashes without a solver.",
        "zh": "持有计划与结果文件夹者均可复核：`allocator verify` 不用求解器即可重新计算合计、规则、最优"
        "性与下列校验码。",
    },
    "report.versions": {"en": "Versions", "zh": "软件版本"},
    "report.no_overrides": {"en": "none", "zh": "无"},
    "report.status_optimal": {"en": "optimal", "zh": "最优"},
    "report.status_stopped": {"en": "stopped", "zh": "已停止"},
    "report.read_anchor": {"en": "Anchor", "zh": "综合值"},
    "report.read_anchor_text": {
        "en": "What a target would be without any rule: a blend of history, market potential and the "
        "people's own commitments that meets the company and product totals.",
        "zh": "没有任何规则时的目标：历史、市场潜力与本人承诺的综合，并与公司及产品总目标一致。",
    },
    "report.read_target": {"en": "Target", "zh": "目标"},
    "report.read_target_text": {
        "en": "The number nearest to the anchor that keeps every rule, in whole rounding units.",
        "zh": "满足全部规则且最接近综合值的数字，为取整单位的整数倍。",
    },
    "report.read_ratio": {"en": "Target / anchor", "zh": "目标 / 综合值"},
    "report.read_ratio_text": {
        "en": "1.00 = the rules leave this number alone; 1.10 = it carries 10% more than its anchor.",
        "zh": "1.00 表示规则未改变该数字；1.10 表示比综合值多承担 10%。",
    },
    "report.read_binding": {"en": "Binding, relaxed", "zh": "起作用、已放宽"},
    "report.read_binding_text": {
        "en": "A binding rule is at its bound and moves targets; a relaxed one is soft and could not be "
        "kept in full. Hard rules are never relaxed.",
        "zh": "起作用的规则处于界限，使目标变动；已放宽的是未能完全满足的软规则。硬规则绝不放宽。",
    },
    "report.read_price": {"en": "Price", "zh": "影子价格"},
    "report.read_price_text": {
        "en": "How much the balance of the whole plan would gain if the bound moved by one unit.",
        "zh": "界限移动一个单位时，整个计划的均衡程度可改善多少。",
    },
    "report.read_over": {"en": "Over-assignment", "zh": "超额分配"},
    "report.read_over_text": {
        "en": "Where a level is over-assigned by h, its targets add up to (1 + h) times the number "
        "above, on purpose.",
        "zh": "某层级超额分配率为 h 时，该层合计有意为上级的（1 + h）倍。",
    },
    "report.read_files": {"en": "More", "zh": "更多"},
    "report.read_files_text": {
        "en": "Every number of this page is in the csv files and in matrix.xlsx of the same folder; "
        "`allocator explain` answers what moved one number and what an appeal would cost.",
        "zh": "本页所有数字均见同一文件夹的 csv 文件与 matrix.xlsx；`allocator explain` 可说明某个数字受"
        "何影响、申诉代价如何。",
    },
    "report.footer": {
        "en": "Written by the Target Allocator · result {digest}",
        "zh": "由目标分解系统生成 · 结果 {digest}",
    },
    "report.season_title": {
        "en": "Season of {measure}: month / mean month (line: 1)",
        "zh": "{measure} 季节指数：当月 / 月均（横线为 1）",
    },
}
