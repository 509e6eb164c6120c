"""What the command says."""

TEXTS = {
    "cli.faults": {
        "en": "The plan cannot be used yet: {count} fault(s). Nothing was written.",
        "zh": "计划暂不可用：共 {count} 处错误。未写入任何文件。",
    },
    "cli.more_faults": {
        "en": "  ... and {count} more (--json lists all)",
        "zh": "  ……另有 {count} 处（--json 列出全部）",
    },
    "cli.failed": {"en": "Failed", "zh": "运行失败"},
    "cli.stopped": {"en": "Stopped before the answer was proved", "zh": "在得到可证明的结果之前已停止"},
    "cli.check_ok": {
        "en": "Plan {plan}: no faults. {measures} measure(s), {nodes} nodes, {reps} reps, "
        "{products} products, {rules} rules, {pins} pins, {history_rows} rows of history.",
        "zh": "计划 {plan}：没有错误。{measures} 个指标，{nodes} 个节点，{reps} 名销售，{products} 个产品，"
        "{rules} 条规则，{pins} 个锁定值，{history_rows} 行历史数据。",
    },
    "cli.init_done": {"en": "An empty plan was written to {path}:", "zh": "已在 {path} 写入空白计划："},
    "result.standing": {
        "en": "This folder still holds the targets of an earlier run (plan {plan}, inputs {inputs});"
        " they are not targets of the run that this diagnosis is of.",
        "zh": "该文件夹中仍保留此前一次运行的目标（计划 {plan}，输入 {inputs}）；"
        "它们不是本诊断所对应运行的目标。",
    },
    "result.later_run": {
        "en": "The last run into {folder} ended without targets (diagnosis.json: plan {plan}, "
        "inputs {inputs}). The targets there are those of an earlier run (plan {standing_plan}, "
        "inputs {standing_inputs}).",
        "zh": "写入 {folder} 的最近一次运行没有得出目标（diagnosis.json：计划 {plan}，输入 {inputs}）。"
        "其中的目标来自此前一次运行（计划 {standing_plan}，输入 {standing_inputs}）。",
    },
    "phase.solve": {"en": "solving", "zh": "求解"},
    "phase.round": {"en": "rounding to whole units", "zh": "取整"},
    "verify.overrides": {
        "en": "Checked against the plan WITH these changes of the run laid over it: {changes}",
        "zh": "核对所用的方案已叠加本次运行的改动：{changes}",
    },
    "verify.part": {
        "en": "Only a part was proved: {measure} below {node}. All else stands as the result before has it,"
        " which is proved by a verification of its own.",
        "zh": "只证明了一部分：{node} 以下的 {measure}。其余数字沿用此前的结果，须另行核对。",
    },
    "verify.ok": {"en": "ok    ", "zh": "通过  "},
    "verify.failed": {"en": "FAILED", "zh": "不通过"},
    "verify.all_ok": {"en": "All {count} checks hold.", "zh": "全部 {count} 项检查通过。"},
    "verify.not_ok": {"en": "Not all of {count} checks hold.", "zh": "{count} 项检查中有不通过的。"},
}
