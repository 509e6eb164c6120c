"""Faults in the settings of a plan (plan.yaml, the sheet `plan`) and in what is laid over it by `--set`."""

TEXTS = {
    # plan.yaml as a file
    "fault.settings.missing": {"en": "the folder has no plan.yaml", "zh": "文件夹中没有 plan.yaml"},
    "fault.settings.missing.hint": {
        "en": "start from the plan.yaml that `allocator init` writes; it needs plan, start and measures",
        "zh": "请在 `allocator init` 生成的 plan.yaml 上填写，其中 plan、start 和 measures 为必填",
    },
    "fault.settings.empty": {"en": "the file is empty", "zh": "文件为空"},
    "fault.settings.empty.hint": {
        "en": "it needs plan, start and measures; all keys: {names}",
        "zh": "plan、start 和 measures 为必填；全部可用的键：{names}",
    },
    "fault.yaml.no_keys": {
        "en": "the file is not a list of `key: value` lines",
        "zh": "文件内容不是由 `key: value` 行组成",
    },
    "fault.yaml.no_keys.hint": {
        "en": "start from the plan.yaml that `allocator init` writes",
        "zh": "请在 `allocator init` 生成的 plan.yaml 上填写",
    },
    "fault.yaml.alias": {
        "en": "`*name` refers to another part of the file, which a plan does not need",
        "zh": "`*name` 引用了文件的其他部分，计划中不允许这样写",
    },
    "fault.yaml.deep": {
        "en": "the keys are nested more than {most} levels deep",
        "zh": "键的嵌套超过 {most} 层",
    },
    "fault.yaml.value.hint": {"en": "write the value itself", "zh": "请直接填写值"},
    "fault.yaml.line": {"en": "the line cannot be read: {reason}", "zh": "无法读取该行：{reason}"},
    "fault.yaml.line.colons": {"en": "{complaint}", "zh": "冒号多余或缩进有误（{complaint}）"},
    "fault.yaml.line.no_colon": {"en": "{complaint}", "zh": "缺少冒号（{complaint}）"},
    "fault.yaml.line.indent": {"en": "{complaint}", "zh": "缩进不一致（{complaint}）"},
    "fault.yaml.line.tab": {"en": "{complaint}", "zh": "使用了制表符（{complaint}）"},
    "fault.yaml.line.bracket": {"en": "{complaint}", "zh": "括号没有成对（{complaint}）"},
    "fault.yaml.line.open": {"en": "{complaint}", "zh": "引号或括号没有成对（{complaint}）"},
    "fault.yaml.line.hint": {
        "en": "write `key: value`, a space after the colon, spaces to indent, quotes and braces closed",
        "zh": "请写成 `key: value`：冒号后留一个空格，用空格缩进，引号和括号须成对",
    },
    "fault.yaml.character": {
        "en": "the line holds a character that no text file should hold",
        "zh": "该行含有文本文件中不应出现的字符",
    },
    "fault.yaml.character.hint": {
        "en": "delete the line and type it again",
        "zh": "请删除该行并重新输入",
    },
    "fault.yaml.escape": {
        "en": "an escape such as \\U names no character",
        "zh": "\\U 之类的转义没有对应的字符",
    },
    "fault.yaml.escape.hint": {"en": "write the character itself", "zh": "请直接写出该字符"},
    "fault.yaml.surrogate": {
        "en": "the text holds half a character (a lone surrogate)",
        "zh": "文本中含有半个字符（单独的代理项）",
    },
    "fault.yaml.surrogate.hint": {"en": "type the character itself", "zh": "请直接输入该字符"},
    # keys
    "fault.key.unknown": {
        "en": "there is no key `{key}` in plan.yaml",
        "zh": "plan.yaml 中没有键 `{key}`",
    },
    "fault.key.unknown_under": {
        "en": "there is no key `{key}` under `{path}`",
        "zh": "`{path}` 下没有键 `{key}`",
    },
    "fault.key.unknown.hint": {"en": "the keys here are {names}", "zh": "此处可用的键：{names}"},
    "fault.key.missing": {"en": "the key `{path}` is missing", "zh": "缺少键 `{path}`"},
    "fault.key.missing.hint": {
        "en": "add `{key}` to the settings of the plan",
        "zh": "请在计划设置中添加 `{key}`",
    },
    "fault.key.missing_under.hint": {
        "en": "add `{key}` under `{path}`",
        "zh": "请在 `{path}` 下添加 `{key}`",
    },
    "fault.key.no_value": {"en": "the key `{path}` has no value", "zh": "键 `{path}` 没有值"},
    "fault.key.no_value.hint": {
        "en": "write the value of `{key}` behind it",
        "zh": "请在其后填写 `{key}` 的值",
    },
    "fault.key.no_key": {"en": "the row has a value but no key", "zh": "该行有值，却没有键"},
    "fault.key.no_key.hint": {"en": "write the key into the first column", "zh": "请在第一列填写键"},
    "fault.key.twice_in_rows": {
        "en": "the key `{key}` was given before in row {row}",
        "zh": "键 `{key}` 已出现在第 {row} 行",
    },
    "fault.key.twice_in_lines": {
        "en": "the key `{key}` was given before in line {row}",
        "zh": "键 `{key}` 已出现在第 {row} 行",
    },
    "fault.keep_one_entry": {"en": "keep one of the two", "zh": "请只保留其中一项"},
    # the form of values
    "fault.shape.text": {"en": "`{key}` needs one text", "zh": "`{key}` 应填一个文本"},
    "fault.shape.number": {"en": "`{key}` needs one number", "zh": "`{key}` 应填一个数字"},
    "fault.shape.keys": {"en": "`{key}` needs further keys", "zh": "`{key}` 下应填写下一级的键"},
    "fault.shape.number_or_keys": {
        "en": "`{key}` needs a number or keys such as {{growth: 0.1}}",
        "zh": "`{key}` 应填一个数字，或 {{growth: 0.1}} 这样的键",
    },
    "fault.shape.text_or_keys": {
        "en": "`{key}` needs one text or keys",
        "zh": "`{key}` 应填一个文本，或下一级的键",
    },
    "fault.shape.hint": {
        "en": "look at the plan.yaml that `allocator init` writes",
        "zh": "请参照 `allocator init` 生成的 plan.yaml",
    },
    "fault.value.empty": {"en": "`{key}` is empty", "zh": "`{key}` 为空"},
    "fault.value.empty.hint": {"en": "give `{key}` a value", "zh": "请为 `{key}` 填写值"},
    "fault.value.long": {
        "en": "`{key}` has more than 200 characters",
        "zh": "`{key}` 超过 200 个字符",
    },
    "fault.value.long.hint": {"en": "use a shorter id", "zh": "请使用较短的编号"},
    "fault.value.no_choice": {"en": "`{value}` is no {key}", "zh": "`{value}` 不是有效的 {key}"},
    "fault.value.no_choice.hint": {"en": "use {choices}", "zh": "请使用 {choices}"},
    "fault.value.invalid": {
        "en": "`{value}` cannot be used: {reason}",
        "zh": "`{value}` 无法使用：{reason}",
    },
    "fault.value.invalid.hint": {"en": "correct `{key}`", "zh": "请更正 `{key}`"},
    # numbers
    "fault.number.quoted": {
        "en": "`{text}` is a text in quotation marks",
        "zh": "`{text}` 是带引号的文本",
    },
    "fault.number.quoted.hint": {
        "en": "write the number without quotation marks",
        "zh": "请去掉数字两边的引号",
    },
    "fault.number.none": {"en": "`{text}` is not a number", "zh": "`{text}` 不是数字"},
    "fault.number.infinite": {
        "en": "`{text}` is not a finite number",
        "zh": "`{text}` 不是有限的数字",
    },
    "fault.number.infinite.hint": {"en": "write a plain decimal", "zh": "请填写普通数字"},
    "fault.number.large": {
        "en": "`{text}` is too large to be meant",
        "zh": "`{text}` 过大，疑为误填",
    },
    "fault.number.large.hint": {
        "en": "use a larger unit for this measure",
        "zh": "请为该指标改用更大的单位",
    },
    "fault.number.small": {
        "en": "`{text}` is too small to be meant",
        "zh": "`{text}` 过小，疑为误填",
    },
    "fault.number.small.hint": {"en": "write 0 or a larger number", "zh": "请填写 0 或更大的数字"},
    "fault.number.no_whole": {
        "en": "`{value}` is not a whole number",
        "zh": "`{value}` 不是整数",
    },
    "fault.number.no_whole.hint": {
        "en": "write `{key}` as a whole number",
        "zh": "请将 `{key}` 填写为整数",
    },
    "fault.number.out_of_range": {
        "en": "`{value}` is not {range}",
        "zh": "`{value}` 超出范围：应{range}",
    },
    "fault.number.out_of_range.hint": {
        "en": "write a number that is {range}",
        "zh": "请填写{range} 的数字",
    },
    "fault.range.greater_than": {"en": "above {limit}", "zh": "大于 {limit}"},
    "fault.range.greater_than_equal": {"en": "at least {limit}", "zh": "不小于 {limit}"},
    "fault.range.less_than": {"en": "below {limit}", "zh": "小于 {limit}"},
    "fault.range.less_than_equal": {"en": "at most {limit}", "zh": "不大于 {limit}"},
    # totals
    "fault.total.nothing": {"en": "`{key}` says nothing", "zh": "`{key}` 没有内容"},
    "fault.total.nothing.hint": {
        "en": "give an amount or {names}",
        "zh": "请填写数值，或使用 {names}",
    },
    "fault.total.mixed": {
        "en": "growth and a range are given for the same total",
        "zh": "同一总目标既填了增长率，又填了区间",
    },
    "fault.total.mixed.hint": {
        "en": "give either {{growth: g}} or {{min: a, max: b}}",
        "zh": "请在 {{growth: g}} 与 {{min: a, max: b}} 中任选其一",
    },
    "fault.total.crossed": {"en": "min is larger than max", "zh": "min 大于 max"},
    "fault.total.crossed.hint": {"en": "exchange the two", "zh": "请将两者对调"},
    "fault.total.growth": {
        "en": "a growth lies between -1 and 100 (0.15 means 15 %)",
        "zh": "增长率应在 -1 至 100 之间（0.15 表示 15%）",
    },
    "fault.total.growth.hint": {"en": "write 15 % as 0.15", "zh": "15% 请写作 0.15"},
    "fault.total.negative": {"en": "a total cannot be negative", "zh": "总目标不能为负数"},
    # what the keys mean
    "fault.the_measures": {"en": "the measures are {names}", "zh": "现有指标：{names}"},
    "fault.settings.encoding": {
        "en": "there is no text encoding `{name}`",
        "zh": "没有名为 `{name}` 的文本编码",
    },
    "fault.settings.encoding.hint": {
        "en": "use utf-8, gbk, gb18030, big5, cp1252 or another name that Python knows",
        "zh": "请使用 utf-8、gbk、gb18030、big5、cp1252，或 Python 支持的其他编码名称",
    },
    "fault.attainment.crossed": {
        "en": "at_goal_min ({low}) is larger than at_goal_max ({high})",
        "zh": "at_goal_min（{low}）大于 at_goal_max（{high}）",
    },
    "fault.attainment.crossed.hint": {
        "en": "give both, the smaller one as at_goal_min",
        "zh": "请同时填写两者，较小的作为 at_goal_min",
    },
    "fault.payout.twice": {
        "en": "the attainment {attained} is given twice",
        "zh": "完成率 {attained} 出现了两次",
    },
    "fault.payout.no_attainment": {
        "en": "`{attained}` is not an attainment",
        "zh": "`{attained}` 不是有效的完成率",
    },
    "fault.payout.no_attainment.hint": {
        "en": "write attainments as numbers from 0 upwards: {{0.7: 0, 1: 1, 1.3: 2}}",
        "zh": "完成率请用不小于 0 的数字填写，例如 {{0.7: 0, 1: 1, 1.3: 2}}",
    },
    "fault.baseline.unknown": {
        "en": "there is no baseline `{name}`",
        "zh": "没有名为 `{name}` 的基准",
    },
    "fault.baseline.unknown.hint": {
        "en": "write auto, published, or weights such as {{history: 0.6, potential: 0.2, commitment: 0.2}}",
        "zh": "请填写 auto、published，或填写权重，例如 {{history: 0.6, potential: 0.2, commitment: 0.2}}",
    },
    "fault.baseline.zero": {
        "en": "no source of the baseline has a weight",
        "zh": "基准的所有来源权重均为 0",
    },
    "fault.baseline.zero.hint": {
        "en": "give at least one of history, potential and commitment a weight above 0",
        "zh": "请至少将 history、potential、commitment 中一项的权重设为大于 0",
    },
    # --set
    "fault.set.form": {"en": "this is not PATH=VALUE", "zh": "格式应为 PATH=VALUE"},
    "fault.set.form.hint": {
        "en": "write for example measures.revenue.total=43000000",
        "zh": "请参照示例填写：measures.revenue.total=43000000",
    },
    "fault.set.twice": {
        "en": "the path was set before (number {number})",
        "zh": "该路径已在第 {number} 项中设置",
    },
    "fault.set.no_key": {"en": "plan.yaml has no `{path}`", "zh": "plan.yaml 中没有 `{path}`"},
    "fault.set.no_key.hint": {"en": "shorten the path", "zh": "请缩短路径"},
    "fault.set.no_column": {
        "en": "rules.csv has no column `{column}`",
        "zh": "rules.csv 中没有列 `{column}`",
    },
    "fault.set.no_column.hint": {
        "en": "write rules.<rule_id>.<column>; the columns are {names}",
        "zh": "请写成 rules.<rule_id>.<column>，可用的列：{names}",
    },
    "fault.set.no_rule": {"en": "there is no rule `{rule}`", "zh": "没有名为 `{rule}` 的规则"},
    "fault.set.no_rule.hint": {
        "en": "use a rule_id of rules.csv",
        "zh": "请使用 rules.csv 中的 rule_id",
    },
    "fault.set.pin_amount": {
        "en": "only the amount of a pin can be set",
        "zh": "锁定值只能修改 amount",
    },
    "fault.set.pin_amount.hint": {
        "en": "write pins.<measure>.<node>.<product>.amount",
        "zh": "请写成 pins.<measure>.<node>.<product>.amount",
    },
    "fault.set.no_pin": {"en": "there is no pin `{key}`", "zh": "没有锁定值 `{key}`"},
    "fault.set.no_pin.hint": {
        "en": "name measure, node and product of a row of pins.csv (`*` = all products)",
        "zh": "请指明 pins.csv 中某一行的指标、节点和产品（`*` 表示全部产品）",
    },
    "fault.set.one_value": {
        "en": "a cell of {file} takes one value",
        "zh": "{file} 的一个单元格只能填一个值",
    },
    "fault.set.one_value.hint": {"en": "write one number or text", "zh": "请填写一个数字或文本"},
}
