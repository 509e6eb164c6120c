"""Refusals of single fields over HTTP, and what stands in the sentences of problems."""

TEXTS = {
    # rows of tables
    "fault.table.known_columns": {"en": "known here: {names}", "zh": "此处可用的列：{names}"},
    "fault.table.key_part": {"en": "the key of the row needs it", "zh": "该列是行的主键，必须填写"},
    "fault.table.same_key": {"en": "the same key as {place}", "zh": "主键与 {place} 重复"},
    "fault.table.no_row": {"en": "the table has no row of this key", "zh": "表中没有该主键对应的行"},
    "fault.table.bad_cell": {
        "en": "a list or an object stands where one value is wanted",
        "zh": "此处应为单个值，不能是列表或对象",
    },
    "fault.table.bad_row": {"en": "the row is no object", "zh": "该行不是对象"},
    "fault.table.bad_row.hint": {
        "en": "write each row as an object of columns, each cell as text, number or null",
        "zh": "请将每行写成以列名为键的对象，单元格为文本、数字或 null",
    },
    "fault.table.rows_wanted": {"en": "a list of rows is wanted", "zh": "应为行的列表"},
    # files that are sent in
    "fault.import.plan_or_name": {
        "en": "either plan_id or name is wanted",
        "zh": "请填写 plan_id 或 name，二者只选其一",
    },
    "fault.import.no_table": {
        "en": "a new plan is not made of one table",
        "zh": "不能仅用一张表新建计划",
    },
    "fault.upload.no_file": {
        "en": "the form has no file of this name",
        "zh": "表单中没有该名称的文件",
    },
    # commitments and pins of subtrees
    "fault.line.no_measure": {"en": "`{name}` is no measure", "zh": "没有名为 `{name}` 的指标"},
    "fault.line.no_measure.hint": {"en": "the measures are {names}", "zh": "可用的指标：{names}"},
    "fault.line.no_product": {"en": "`{name}` is no product", "zh": "没有名为 `{name}` 的产品"},
    "fault.line.no_product.hint": {
        "en": "name a product of products.csv, or `*` for all",
        "zh": "请填写 products.csv 中的产品，或用 `*` 表示全部产品",
    },
    "fault.line.twice": {"en": "`{name}` stands twice", "zh": "`{name}` 重复出现"},
    "fault.line.twice.hint": {
        "en": "keep one line per measure and product",
        "zh": "每个指标和产品请只保留一行",
    },
    "fault.line.no_node_below": {
        "en": "`{name}` is no node below",
        "zh": "`{name}` 不是下级节点",
    },
    "fault.line.no_node_below.hint": {
        "en": "name a node below {node}",
        "zh": "请填写 {node} 下的节点",
    },
    "fault.line.pinned_twice": {"en": "`{name}` is pinned twice", "zh": "`{name}` 被重复锁定"},
    "fault.line.pinned_twice.hint": {
        "en": "keep one pin per place",
        "zh": "每个位置请只保留一个锁定值",
    },
    "fault.frame.moved": {
        "en": "{measure} {product}: {present} -> {needed}",
        "zh": "{measure} {product}：现为 {present}，需要 {needed}",
    },
    # scenarios and experiments
    "fault.scenario.plan_impossible.hint": {
        "en": "mend the plan first, or set amounts instead of scaling them",
        "zh": "请先修正计划，或改为直接设定数值",
    },
    "fault.typed.examples": {"en": "for example {names}", "zh": "例如 {names}"},
    "fault.typed.twice": {"en": "this cell was typed before", "zh": "该单元格已填写过"},
    "fault.typed.twice.hint": {"en": "name every cell once", "zh": "每个单元格请只填写一次"},
    "fault.experiment.baseline": {
        "en": "run {number} of this experiment has no result to be judged against",
        "zh": "该实验的第 {number} 个运行没有可作基准的结果",
    },
    # comparisons
    "fault.runs.no_result": {
        "en": "the run has no result: {status}",
        "zh": "该运行没有结果：{status}",
    },
    "fault.runs.other_plan": {
        "en": "the run belongs to another plan than the first",
        "zh": "该运行与第一个运行不属于同一计划",
    },
    "fault.runs.twice": {"en": "a run is named twice", "zh": "有运行被重复指定"},
    # releases
    "fault.release.no_run": {
        "en": "this plan has no run {run}",
        "zh": "该计划没有运行 {run}",
    },
    "fault.release.not_succeeded": {
        "en": "the run did not succeed; its status is {status}",
        "zh": "该运行未成功，状态为 {status}",
    },
    "fault.release.not_succeeded_since": {
        "en": "the run did not succeed; its status is {status}: {reason}",
        "zh": "该运行未成功，状态为 {status}：{reason}",
    },
    "fault.release.too_early": {
        "en": "the release before holds from {day}; this one may not begin earlier",
        "zh": "上一次发布自 {day} 起生效，本次发布不能早于该日",
    },
    "fault.release.employee_id_rounded": {
        "en": "employee_id {id} of {node} looks like a number that a spreadsheet has rounded; correct it in "
        "org.csv, or accept the warning employee-id-rounded in plan.yaml",
        "zh": "{node} 的 employee_id {id} 像是被电子表格舍入的数字；请在 org.csv 更正，"
        "或在 plan.yaml 接受警告 employee-id-rounded",
    },
    "fault.release.employee_id_of_several": {
        "en": "employee_id {id} stands for {names}; give each an id of his own in org.csv, or accept the "
        "warning employee-id-of-several in plan.yaml",
        "zh": "employee_id {id} 对应多个姓名：{names}；请在 org.csv 分别填写编号，"
        "或在 plan.yaml 接受警告 employee-id-of-several",
    },
    "fault.release.no_reason": {
        "en": "{key}: {old} -> {new} has no reason",
        "zh": "{key}：{old} -> {new} 未说明原因",
    },
    "fault.release.none_before": {"en": "none", "zh": "无"},
    "fault.release.removed": {"en": "removed", "zh": "已删除"},
    "fault.release.more_without_reason": {
        "en": "{count} more rows changed without a reason",
        "zh": "另有 {count} 行变动未说明原因",
    },
    "fault.release.unknown_name": {
        "en": "no row of this release or the one before has {field} {name}",
        "zh": "本次与上一次发布中均没有 {field} 为 {name} 的行",
    },
    "fault.release.no_judgement": {
        "en": "the run left no {file} behind, so its gate cannot be asked",
        "zh": "该运行未生成 {file}，无法进行检验",
    },
    "fault.release.gate": {"en": "gate: {sentence}", "zh": "检验未通过：{sentence}"},
    "fault.release.unreadable_judgement": {
        "en": "the judgement of the run cannot be read: {error}",
        "zh": "无法读取该运行的评估结果：{error}",
    },
    "fault.release.no_such_day": {"en": "there is no such day", "zh": "该日期不存在"},
    # webhooks
    "fault.webhook.not_for_hr": {
        "en": "`{kind}` is not told to the role hr",
        "zh": "角色 hr 不能订阅 `{kind}`",
    },
    "fault.webhook.https": {"en": "only https is spoken", "zh": "仅支持 https"},
    "fault.webhook.no_address": {
        "en": "the host {host} has no address",
        "zh": "主机 {host} 没有可用地址",
    },
    "fault.webhook.not_public": {
        "en": "the host {host} is not on the public internet",
        "zh": "主机 {host} 不在公网上",
    },
    "fault.webhook.no_url": {"en": "it is no plain URL", "zh": "不是规范的 URL"},
    "fault.webhook.no_host": {
        "en": "it is no http or https URL with a host",
        "zh": "不是带主机名的 http 或 https URL",
    },
    "fault.webhook.credentials": {
        "en": "it may hold no credentials and no fragment",
        "zh": "不能包含用户名、密码或 # 片段",
    },
    # who may do a thing
    "fault.roles.publish": {
        "en": "admin, finance, of the whole company",
        "zh": "范围为全公司的 admin、finance",
    },
    "fault.roles.acknowledge": {
        "en": "admin, hr, of the whole company",
        "zh": "范围为全公司的 admin、hr",
    },
    "fault.roles.stop": {
        "en": "admin, finance, the account that asked for it",
        "zh": "admin、finance，或发起该运行的账户",
    },
    # JSON that is not accepted
    "fault.json.encoding": {"en": "not UTF-8", "zh": "不是 UTF-8 编码"},
    "fault.json.depth": {"en": "more than {most} levels", "zh": "嵌套超过 {most} 层"},
    "fault.json.constant": {"en": "{word} is no number", "zh": "{word} 不是数字"},
    "fault.json.large": {"en": "a number is too large", "zh": "有数字过大"},
    "fault.json.bits": {
        "en": "a whole number has more than 64 bits",
        "zh": "有整数超过 64 位",
    },
    "fault.json.twice": {"en": "a key stands twice in one object", "zh": "同一对象中有键重复"},
    "fault.json.nul": {"en": "a text holds the character NUL", "zh": "有文本包含 NUL 字符"},
    "fault.json.surrogate": {
        "en": "a text holds half a surrogate pair",
        "zh": "有文本包含不完整的代理对字符",
    },
    "fault.json.syntax": {
        "en": "{problem} at character {place}",
        "zh": "{problem}（位置 {place}）",
    },
    # files that are not accepted
    "fault.upload.rows": {"en": "{count} rows", "zh": "{count} 行"},
    "fault.upload.columns": {"en": "{count} columns", "zh": "{count} 列"},
    "fault.upload.cells": {"en": "{count} cells", "zh": "{count} 个单元格"},
    "fault.upload.bytes": {"en": "{count} bytes", "zh": "{count} 字节"},
    "fault.upload.entries": {"en": "{count} entries", "zh": "{count} 个条目"},
    "fault.upload.too_large_for_xlsx": {
        "en": "csv, json, parquet (too large for xlsx)",
        "zh": "csv、json、parquet（内容过大，无法用 xlsx）",
    },
    "fault.upload.entry": {"en": "{name} ({reason})", "zh": "{name}（{reason}）"},
    "fault.upload.same_name": {"en": "two entries of one name", "zh": "有两个条目同名"},
    "fault.upload.document_type": {
        "en": "a document type with entities",
        "zh": "带实体的文档类型声明",
    },
    "fault.upload.path": {"en": "no plain relative path", "zh": "不是规范的相对路径"},
    "fault.upload.outside": {"en": "a path out of the folder", "zh": "路径超出文件夹"},
    "fault.upload.link": {"en": "a link", "zh": "链接"},
    "fault.upload.encrypted": {"en": "encrypted", "zh": "已加密"},
    "fault.upload.packing": {"en": "packed in an unusual way", "zh": "压缩方式特殊"},
}
