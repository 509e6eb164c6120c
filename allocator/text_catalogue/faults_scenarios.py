"""Faults in files of scenarios and sweeps, result folders, comparisons, limits and re-plans."""

TEXTS = {
    # shared
    "fault.scenarios.check_path": {"en": "check the path", "zh": "请检查路径"},
    "fault.scenarios.cannot_be_read": {
        "en": "the file cannot be read: {error}",
        "zh": "无法读取文件：{error}",
    },
    "fault.scenarios.not_a_number": {"en": "this is no number", "zh": "不是有效数字"},
    "fault.scenarios.no_share": {"en": "this is no share from 0 to 1", "zh": "比例应在 0 至 1 之间"},
    "fault.scenarios.no_share.hint": {"en": "name a share from 0 to 1", "zh": "请填写 0 至 1 之间的比例"},
    "fault.scenarios.no_whole_multiple": {
        "en": "this is no whole multiple of {unit}",
        "zh": "不是 {unit} 的整数倍",
    },
    "fault.scenarios.keep_one_key": {"en": "keep one of the two", "zh": "请只保留其中一个"},
    "fault.scenarios.write_changes": {
        "en": "write one line `- {{kind: ...}}` per change",
        "zh": "请为每项变更写一行 `- {{kind: ...}}`",
    },
    # folders that are written into
    "fault.folder.sweep": {
        "en": "there is something here that is not a sweep",
        "zh": "该文件夹中有不属于批量情景的内容",
    },
    "fault.folder.comparison": {
        "en": "there is something here that is not a comparison",
        "zh": "该文件夹中有不属于对比结果的内容",
    },
    "fault.folder.replan": {
        "en": "there is something here that is not a re-plan",
        "zh": "该文件夹中有不属于重新规划的内容",
    },
    "fault.folder.hint": {
        "en": "name another folder for --out, or empty this one",
        "zh": "请为 --out 指定其他文件夹，或清空此文件夹",
    },
    "fault.folder.changed": {
        "en": "this file is not as it was written here: it was changed since, or laid here by somebody",
        "zh": "该文件与写入时不一致：写入后被修改过，或由他人放入",
    },
    "fault.folder.changed.hint": {
        "en": "save it under another name or elsewhere, or name another folder for --out;"
        " with --force it is written over",
        "zh": "请将其另存为其他名称或移到别处，或为 --out 指定其他文件夹；加上 --force 则会覆盖该文件",
    },
    "fault.folder.in_use": {
        "en": "another sweep is writing into this folder",
        "zh": "另一个批量情景正在写入该文件夹",
    },
    "fault.folder.in_use.hint": {
        "en": "wait for it, or name another folder",
        "zh": "请等待其完成，或指定其他文件夹",
    },
    # files as such
    "fault.scenario_file.absent": {"en": "there is no such file", "zh": "文件不存在"},
    "fault.scenario_file.absent.hint": {"en": "check the spelling of the path", "zh": "请检查路径拼写"},
    "fault.scenario_file.too_large": {"en": "the file is larger than 20 MB", "zh": "文件超过 20 MB"},
    "fault.scenario_file.too_large.hint": {"en": "split it into several", "zh": "请拆分为多个文件"},
    "fault.scenario_file.encoding": {"en": "the file is not UTF-8", "zh": "文件不是 UTF-8 编码"},
    "fault.scenario_file.encoding.hint": {"en": "save the file as UTF-8", "zh": "请将文件另存为 UTF-8 编码"},
    "fault.scenario_file.json": {"en": "this is not JSON: {error}", "zh": "JSON 格式有误：{error}"},
    "fault.scenario_file.json.hint": {"en": "correct the line", "zh": "请更正该行"},
    "fault.scenario_file.alias": {
        "en": "`*name` refers to another part of the file, which a scenario does not need",
        "zh": "`*name` 引用了文件的其他部分，情景中不需要这种写法",
    },
    "fault.scenario_file.alias.hint": {"en": "write the value itself", "zh": "请直接填写该值"},
    "fault.scenario_file.yaml": {"en": "the line cannot be read: {problem}", "zh": "无法读取该行：{problem}"},
    "fault.scenario_file.yaml.hint": {
        "en": "write `key: value`, a space after the colon, spaces to indent, quotes and braces closed",
        "zh": "请写成 `key: value`：冒号后留空格，用空格缩进，引号和括号成对",
    },
    "fault.scenario_file.depth": {"en": "the keys are nested too deep", "zh": "键的嵌套层次过深"},
    "fault.scenario_file.depth.hint": {"en": "flatten the file", "zh": "请减少嵌套层次"},
    "fault.scenario_file.key_twice": {"en": "the key `{key}` is given twice", "zh": "键 `{key}` 重复"},
    "fault.scenario_file.no_key": {"en": "there is no key `{key}` here", "zh": "此处没有键 `{key}`"},
    "fault.scenario_file.keys_here": {"en": "the keys here are {names}", "zh": "此处可用的键：{names}"},
    # scenarios
    "fault.scenario.circle": {
        "en": "the parents go round in a circle: {circle}",
        "zh": "上级情景形成循环：{circle}",
    },
    "fault.scenario.circle.hint": {
        "en": "give one of them a parent outside the circle, or none",
        "zh": "请为其中一个指定循环以外的上级情景，或不指定上级",
    },
    "fault.scenario.unknown": {
        "en": "there is no scenario `{name}`",
        "zh": "没有名为 `{name}` 的情景",
    },
    "fault.scenario.known": {"en": "the scenarios are {names}", "zh": "现有情景：{names}"},
    "fault.scenario.no_others": {"en": "the scenarios are none", "zh": "目前没有其他情景"},
    "fault.scenario.too_deep": {
        "en": "more than {most} scenarios build on each other",
        "zh": "情景逐级引用超过 {most} 层",
    },
    "fault.scenario.too_deep.hint": {"en": "put some of them together", "zh": "请合并其中一些情景"},
    "fault.scenario.form": {
        "en": "a scenario has the keys name, parent, note, changes",
        "zh": "情景应包含键 name、parent、note、changes",
    },
    "fault.scenario.form.hint": {
        "en": "write `changes:` and under it one line `- {{kind: ...}}` per change",
        "zh": "请写 `changes:`，并在其下为每项变更写一行 `- {{kind: ...}}`",
    },
    "fault.scenario.reserved": {
        "en": "the name `{name}` belongs to the plan itself",
        "zh": "名称 `{name}` 保留给计划本身",
    },
    "fault.scenario.reserved.hint": {"en": "choose another", "zh": "请换一个名称"},
    "fault.scenario.changes": {"en": "`changes` needs a list", "zh": "`changes` 应为列表"},
    # sweeps
    "fault.sweep.form": {
        "en": "the file is not a list of `key: value` lines",
        "zh": "文件应由若干行 `key: value` 组成",
    },
    "fault.sweep.form.hint": {"en": "it may have the keys {names}", "zh": "可用的键：{names}"},
    "fault.sweep.scenarios": {"en": "`scenarios` needs a list", "zh": "`scenarios` 应为列表"},
    "fault.sweep.scenarios.hint": {
        "en": "write `- name: ...` lines",
        "zh": "请逐行填写 `- name: ...`",
    },
    "fault.sweep.same_name": {
        "en": "two scenarios are called `{name}`",
        "zh": "有两个情景同名：`{name}`",
    },
    "fault.sweep.same_name.hint": {"en": "rename one of them", "zh": "请为其中一个改名"},
    "fault.sweep.baseline.hint": {
        "en": "use {base} or one of {names}",
        "zh": "请填写 {base}，或 {names} 之一",
    },
    "fault.sweep.grid": {"en": "`grid` needs keys", "zh": "`grid` 应包含键"},
    "fault.sweep.grid.hint": {
        "en": "write `total: -10%..+15% step 1%`",
        "zh": "请填写如 `total: -10%..+15% step 1%`",
    },
    "fault.sweep.too_many_runs": {
        "en": "this would be {total} runs: {chains} scenario(s) times {what}; {limit} is the most",
        "zh": "将产生 {total} 次运行：{chains} 个情景 ×（{what}）；上限为 {limit} 次",
    },
    "fault.sweep.draws": {"en": "{count} draws", "zh": "{count} 次模拟"},
    "fault.sweep.too_many_runs.hint": {
        "en": "use wider steps, or --limit N",
        "zh": "请加大步长，或使用 --limit N",
    },
    "fault.sweep.axis.hint": {
        "en": "correct the values of the axis",
        "zh": "请更正该轴的取值",
    },
    "fault.sweep.monte_carlo.hint": {
        "en": "the keys are runs, seed, growth {{mean, sd}}, commitments {{measure, sd}}, attrition {{rate}}",
        "zh": "可用的键：runs、seed、growth {{mean, sd}}、commitments {{measure, sd}}、attrition {{rate}}",
    },
    "fault.sweep.certain": {
        "en": "nothing is uncertain, so every draw would be the same",
        "zh": "没有任何不确定因素，每次模拟的结果都相同",
    },
    "fault.sweep.certain.hint": {
        "en": "name growth, commitments or attrition",
        "zh": "请填写 growth、commitments 或 attrition",
    },
    # values of an axis
    "fault.axis.form": {
        "en": "write a list such as [0.05, 0.1] or a range such as -10%..+15% step 1%",
        "zh": "请填写列表（如 [0.05, 0.1]）或区间（如 -10%..+15% step 1%）",
    },
    "fault.axis.value_twice": {"en": "a value is given twice", "zh": "有取值重复"},
    "fault.axis.no_value": {
        "en": "`{value}` is no value of an axis: `none` means that nothing is changed",
        "zh": "`{value}` 不能作为轴的取值；`none` 表示不作变更",
    },
    "fault.axis.no_range": {
        "en": "`{value}` is no range: write it like -10%..+15% step 1%",
        "zh": "`{value}` 不是有效区间，请写成 -10%..+15% step 1% 的形式",
    },
    "fault.axis.empty": {
        "en": "`{value}` is empty: the second number must not be below the first, the step above 0",
        "zh": "`{value}` 为空区间：第二个数字不能小于第一个，步长应大于 0",
    },
    "fault.axis.too_many": {
        "en": "`{value}` has {count} values; {most} is the most",
        "zh": "`{value}` 共有 {count} 个取值，上限为 {most} 个",
    },
    "fault.axis.total": {
        "en": "a change of the total is a number above -100 %",
        "zh": "总目标的变动幅度应为大于 -100% 的数字",
    },
    "fault.axis.vary": {
        "en": "name a kind and the field that varies (vary): {names}",
        "zh": "请填写变更类型（kind）和变动字段（vary）：{names}",
    },
    "fault.axis.forms": {
        "en": "an axis is {names}, or has a kind, a field to vary, and values",
        "zh": "轴可以是 {names}，或由 kind、vary 和 values 组成",
    },
    "fault.axis.measure": {
        "en": "name the measure: {{measure: {measure}, values: ...}}",
        "zh": "请指明指标：{{measure: {measure}, values: ...}}",
    },
    "fault.axis.hint": {
        "en": "see docs/scenarios.md for the axes there are",
        "zh": "可用的轴见 docs/scenarios.md",
    },
    # acceptance rules
    "fault.acceptance.form": {
        "en": "`{rule}` is no acceptance rule",
        "zh": "`{rule}` 不是有效的验收规则",
    },
    "fault.acceptance.form.hint": {"en": "write for example {examples}", "zh": "示例：{examples}"},
    "fault.acceptance.kpi": {
        "en": "there is no key figure `{name}`",
        "zh": "没有名为 `{name}` 的关键指标",
    },
    "fault.acceptance.kpi.hint": {"en": "the key figures are {names}", "zh": "可用的关键指标：{names}"},
    # limits of totals
    "fault.limits.unknown": {
        "en": "there is no {what} `{name}` in this plan",
        "zh": "本计划中没有名为 `{name}` 的{what}",
    },
    "fault.limits.no_total": {
        "en": "a total of 0 has no proportions to keep, so there is no limit to look for",
        "zh": "总目标为 0 时没有可保持的比例，无法计算可行范围",
    },
    "fault.limits.no_total.hint": {"en": "give a total above 0", "zh": "请填写大于 0 的总目标"},
    # comparisons
    "fault.compare.number": {
        "en": "{count} result(s) are named; a comparison takes {fewest} to {most}",
        "zh": "指定了 {count} 个结果；对比需要 {fewest} 至 {most} 个",
    },
    "fault.compare.number.hint": {"en": "name others", "zh": "请调整要对比的结果"},
    "fault.compare.twice": {"en": "this result is named twice", "zh": "该结果被指定了两次"},
    "fault.compare.twice.hint": {"en": "name it once", "zh": "请只指定一次"},
    "fault.compare.names": {
        "en": "there are {names} names for {results} results",
        "zh": "{results} 个结果对应了 {names} 个名称",
    },
    "fault.compare.names.hint": {
        "en": "give one name per result, separated by commas, in the order of the results",
        "zh": "请按结果顺序为每个结果填写一个名称，以逗号分隔",
    },
    "fault.compare.name_empty": {"en": "a name is empty", "zh": "有名称为空"},
    "fault.compare.name_twice": {"en": "the name `{name}` comes twice", "zh": "名称 `{name}` 重复"},
    "fault.compare.name.hint": {
        "en": "give every result its own name",
        "zh": "请为每个结果使用不同的名称",
    },
    "fault.compare.no_common_measure": {
        "en": "this result has no measure in common with {other}",
        "zh": "该结果与 {other} 没有共同的指标",
    },
    "fault.compare.no_common_measure.hint": {
        "en": "compare results of one kind",
        "zh": "请对比同类结果",
    },
    "fault.compare.differs": {
        "en": "{key} is {its} here and {mine} in {other}",
        "zh": "{key} 在此为 {its}，在 {other} 中为 {mine}",
    },
    "fault.compare.differs.hint": {
        "en": "compare results with one currency, one unit per measure and the same months",
        "zh": "请对比币种、各指标单位和月份均相同的结果",
    },
    # result folders
    "fault.result.no_folder": {"en": "this is no folder", "zh": "不是文件夹"},
    "fault.result.hint": {
        "en": "write the result anew with `allocator run`",
        "zh": "请用 `allocator run` 重新生成结果",
    },
    "fault.result.no_round_to": {
        "en": "there is no round_to for the measure `{measure}` of targets.csv",
        "zh": "targets.csv 中的指标 `{measure}` 没有 round_to",
    },
    "fault.result.no_file": {"en": "the file is not there", "zh": "缺少该文件"},
    "fault.result.no_object": {"en": "the file holds no JSON object", "zh": "文件内容不是 JSON 对象"},
    "fault.result.no_names": {"en": "this is no list of names by id", "zh": "不是按编号列出的名称表"},
    "fault.result.no_unit": {"en": "this is no unit above 0", "zh": "应为大于 0 的单位"},
    "fault.result.cell_twice": {
        "en": "this node and product come twice",
        "zh": "该节点与产品的组合重复出现",
    },
    "fault.result.no_step": {"en": "there is no step of this name", "zh": "没有该名称的步骤"},
    "fault.result.not_in_targets": {
        "en": "targets.csv does not have this",
        "zh": "targets.csv 中没有对应的行",
    },
    "fault.result.steps": {
        "en": "the steps of {place} in `{measure}` do not add up to its target",
        "zh": "`{measure}` 中 {place} 的各步骤之和与其目标不符",
    },
    # re-plans
    "fault.replan.as_of": {
        "en": "this is no month of the plan before its last ({first} to {last})",
        "zh": "应为计划最后一个月之前的月份（计划期 {first} 至 {last}）",
    },
    "fault.replan.as_of.hint": {
        "en": "name the last month with actuals; at least one month must remain",
        "zh": "请填写最后一个有实际值的月份，且其后至少剩余一个月",
    },
    "fault.replan.unreadable.hint": {
        "en": "check the path; csv in UTF-8 with a header row",
        "zh": "请检查路径；文件应为带表头的 UTF-8 csv",
    },
    "fault.replan.no_column": {"en": "the column is not there", "zh": "缺少该列"},
    "fault.replan.no_column.hint": {"en": "the columns are {names}", "zh": "应有的列：{names}"},
    "fault.replan.no_period": {
        "en": "neither period nor date is there",
        "zh": "period 和 date 两列均缺失",
    },
    "fault.replan.no_period.hint": {
        "en": "add period (YYYY-MM) or date (YYYY-MM-DD)",
        "zh": "请添加 period（YYYY-MM）或 date（YYYY-MM-DD）列",
    },
    "fault.replan.outside": {"en": "this month is not in the plan", "zh": "该月份不在计划期内"},
    "fault.replan.no_seat": {
        "en": "{seat} has targets of `{measure}` to {last} and no row here: sold nothing, or not reported?",
        "zh": "{seat} 截至 {last} 有 `{measure}` 目标，但此处没有任何一行：是没有销售，还是尚未上报？",
    },
    "fault.replan.no_seat.hint": {
        "en": "add the missing rows, or a row of 0 such as `{row}`; --missing-actuals zero says so for all",
        "zh": "请补充缺少的行，或金额为 0 的行，如 `{row}`；--missing-actuals zero 对全部席位按无销售处理",
    },
    "fault.replan.no_actuals": {"en": "there are no actuals in {month}", "zh": "{month} 没有实际值"},
    "fault.replan.no_actuals.hint": {
        "en": "add them (rows of 0 where nothing was sold), or name an earlier --as-of",
        "zh": "请补充实际值（无销售的填 0），或将 --as-of 提前",
    },
    "fault.replan.to_itself": {
        "en": "this rep gives to himself",
        "zh": "转出与转入是同一名销售人员",
    },
    "fault.replan.beyond_book": {
        "en": "the moves of {month} take {share} times the book of {seat}: more than the whole",
        "zh": "{month} 生效的划转共取走 {seat} 业务的 {share} 倍，超过全部",
    },
    "fault.replan.beyond_book.hint": {
        "en": "shares of one book add up to 1 at most in one month; what moves later has a later month",
        "zh": "同一席位同月划出的份额合计不得超过 1；之后才划转的部分请填写更晚的生效月份",
    },
    "fault.replan.other_plan": {
        "en": "the published result does not hold every node, product and month of this plan once",
        "zh": "已发布的结果未完整对应本计划的每个节点、产品和月份",
    },
    "fault.replan.other_plan.hint": {
        "en": "name the result that was published for this plan",
        "zh": "请指定为本计划发布的结果",
    },
    "fault.replan.no_month": {
        "en": "this is no month (YYYY-MM) or day (YYYY-MM-DD)",
        "zh": "应为月份（YYYY-MM）或日期（YYYY-MM-DD）",
    },
    "fault.replan.name_one": {"en": "name a {what} of the plan", "zh": "请填写计划中已有的{what}"},
    "fault.replan.correct_row": {"en": "correct this row", "zh": "请更正该行"},
    "fault.replan.nothing_remains": {
        "en": "the actuals of `{measure}` reach the year's total already: {beyond} unit(s) beyond it",
        "zh": "`{measure}` 的实际值已达到全年总目标，超出 {beyond} 个单位",
    },
    "fault.replan.nothing_remains.hint": {
        "en": "raise the total of the plan before re-planning, or leave the published targets as they are",
        "zh": "请先提高计划的总目标再重新规划，或保留已发布的目标",
    },
}
