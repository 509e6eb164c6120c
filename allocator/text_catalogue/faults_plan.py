"""Faults in the form of a plan's tables: files, sheets, headers, cells that cannot be read."""

TEXTS = {
    # the plan as a whole
    "fault.plan.missing": {"en": "there is no such plan", "zh": "找不到该计划"},
    "fault.plan.neither": {
        "en": "this is neither a folder nor an .xlsx workbook",
        "zh": "该路径既不是文件夹，也不是 .xlsx 工作簿",
    },
    "fault.plan.hint": {
        "en": "name a plan folder or an .xlsx workbook; `allocator init DIR` writes an empty plan",
        "zh": "请指定计划文件夹或 .xlsx 工作簿；`allocator init DIR` 可生成空白计划",
    },
    # files
    "fault.file.missing": {"en": "the plan has no {file}", "zh": "计划中缺少 {file}"},
    "fault.file.missing.hint": {
        "en": "add it with the columns {names}",
        "zh": "请添加该表，须包含列：{names}",
    },
    "fault.file.empty": {
        "en": "the file is empty; not even a header row is there",
        "zh": "文件为空，连表头也没有",
    },
    "fault.file.empty.hint": {
        "en": "write the header row `{names}` (optional tables may be left out)",
        "zh": "请填写表头 `{names}`（可选的表可以不提供）",
    },
    "fault.file.nul": {
        "en": "the file holds NUL bytes, so it is damaged or not a text file",
        "zh": "文件含有 NUL 字节，可能已损坏，或不是文本文件",
    },
    "fault.file.nul.hint": {
        "en": "save the table again as CSV UTF-8",
        "zh": "请将该表重新保存为 CSV UTF-8",
    },
    "fault.file.delimiter": {
        "en": "the fields are separated by {name}, not by commas",
        "zh": "各列以{name}分隔，而不是半角逗号",
    },
    "fault.file.delimiter.hint": {
        "en": "save the table as CSV UTF-8 (comma separated)",
        "zh": "请将该表保存为 CSV UTF-8（逗号分隔）",
    },
    "fault.delimiter.semicolons": {"en": "semicolons", "zh": "分号"},
    "fault.delimiter.tabs": {"en": "tabs", "zh": "制表符"},
    "fault.delimiter.bars": {"en": "bars", "zh": "竖线"},
    "fault.delimiter.wide_commas": {"en": "full-width commas", "zh": "全角逗号"},
    "fault.file.twice": {
        "en": "the table is there twice, as {one} and as {other}",
        "zh": "同一张表有两个文件：{one} 和 {other}",
    },
    "fault.file.twice.hint": {"en": "keep one of the two files", "zh": "请只保留其中一个文件"},
    "fault.file.misspelled": {
        "en": "`{name}` is not read: no table has this name",
        "zh": "未读取 `{name}`：没有这个名称的表",
    },
    "fault.file.misspelled.hint": {
        "en": "rename it to {meant} if it is that table, or move it elsewhere",
        "zh": "如果它就是该表，请改名为 {meant}；否则请移到别处",
    },
    # the encoding of text files
    "fault.encoding.no_text": {
        "en": "this is not a text file but {what}",
        "zh": "这不是文本文件，而是{what}",
    },
    "fault.encoding.no_text.hint": {
        "en": "save the table as CSV UTF-8",
        "zh": "请将该表保存为 CSV UTF-8",
    },
    "fault.encoding.xlsx": {
        "en": "an Excel workbook (.xlsx) under another name",
        "zh": "改了扩展名的 Excel 工作簿（.xlsx）",
    },
    "fault.encoding.xls": {
        "en": "an old Excel workbook (.xls) under another name",
        "zh": "改了扩展名的旧版 Excel 工作簿（.xls）",
    },
    "fault.encoding.pdf": {"en": "a PDF document", "zh": "一份 PDF 文档"},
    "fault.encoding.mark": {
        "en": "the file is marked as {encoding} but holds bytes that are not",
        "zh": "文件标明为 {encoding} 编码，却含有不符合该编码的字节",
    },
    "fault.encoding.mark.hint": {
        "en": "save the file again as CSV UTF-8",
        "zh": "请将文件重新保存为 CSV UTF-8",
    },
    "fault.encoding.other": {
        "en": "the file is not {tried}; read as {guess} it says `{example}`",
        "zh": "文件不是 {tried} 编码；按 {guess} 读取时内容为 `{example}`",
    },
    "fault.sheet.hidden": {
        "en": "the sheet {title} is hidden: it is not used unseen",
        "zh": "工作表 {title} 已隐藏：不会在看不见的情况下使用",
    },
    "fault.sheet.hidden.hint": {
        "en": "show the sheet if it belongs to the plan, or delete it",
        "zh": "若属于本计划请取消隐藏，否则请删除",
    },
    "fault.encoding.garbled": {
        "en": "read as {declared} the file says `{garbled}`, read as {guess} it says `{example}`",
        "zh": "按 {declared} 读取时内容为 `{garbled}`，按 {guess} 读取时为 `{example}`",
    },
    "fault.encoding.unknown": {
        "en": "the file is not {tried}; it looks like no text encoding that is known here",
        "zh": "文件不是 {tried} 编码，也无法识别为其他文本编码",
    },
    "fault.encoding.tried": {"en": "UTF-8 or {declared}", "zh": "UTF-8 或 {declared}"},
    "fault.encoding.save.hint": {
        "en": "save the file as `CSV UTF-8`",
        "zh": "请将文件保存为 `CSV UTF-8`",
    },
    "fault.encoding.declare.hint": {
        "en": "save the file as `CSV UTF-8`; or, if `{example}` is right, write `encoding: {encoding}` into "
        "plan.yaml",
        "zh": "请将文件保存为 `CSV UTF-8`；若 `{example}` 正确，也可在 plan.yaml 写 `encoding: {encoding}`",
    },
    # Parquet
    "fault.parquet.unreadable": {
        "en": "the file cannot be read as Parquet: {reason}",
        "zh": "无法按 Parquet 格式读取该文件：{reason}",
    },
    "fault.parquet.unreadable.hint": {
        "en": "write the table again, or give {file} instead",
        "zh": "请重新导出该表，或改为提供 {file}",
    },
    "fault.parquet.type": {
        "en": "the column is of the type {type}, which is no text, number or date",
        "zh": "该列的类型为 {type}，不是文本、数字或日期",
    },
    "fault.parquet.type_utf8": {
        "en": "the column is of the type {type}, which is no text, number or date in UTF-8",
        "zh": "该列的类型为 {type}，不是 UTF-8 编码的文本、数字或日期",
    },
    "fault.parquet.type.hint": {
        "en": "write the column as text, number or date",
        "zh": "请将该列存为文本、数字或日期",
    },
    # workbooks
    "fault.workbook.unreadable": {
        "en": "the file is not a workbook that can be read",
        "zh": "该文件不是可以读取的工作簿",
    },
    "fault.workbook.unreadable.hint": {
        "en": "open it in a spreadsheet program and save it as .xlsx (without a password)",
        "zh": "请用电子表格软件打开，另存为 .xlsx（不要设置密码）",
    },
    "fault.sheet.missing": {
        "en": "the workbook has no sheet `{name}`",
        "zh": "工作簿中没有工作表 `{name}`",
    },
    "fault.sheet.missing.hint": {
        "en": "name the sheet `{name}`, or send a workbook of one sheet",
        "zh": "请将工作表命名为 `{name}`，或提交只有一张工作表的工作簿",
    },
    "fault.sheet.plan.hint": {
        "en": "add a sheet `plan` with the columns key and value, as `allocator init plan.xlsx` writes it",
        "zh": "请添加含 key 和 value 两列的工作表 `plan`，格式参照 `allocator init plan.xlsx` 生成的文件",
    },
    "fault.sheet.twice": {
        "en": "there are two sheets for `{name}`: `{one}` and `{other}`",
        "zh": "`{name}` 有两张工作表：`{one}` 和 `{other}`",
    },
    "fault.sheet.twice.hint": {
        "en": "delete or rename one of them",
        "zh": "请删除其中一张，或将其改名",
    },
    "fault.sheet.misspelled": {
        "en": "the sheet `{title}` is not read: no table has this name",
        "zh": "未读取工作表 `{title}`：没有这个名称的表",
    },
    "fault.sheet.misspelled.hint": {
        "en": "rename it to `{near}` if it is that table, or give it quite another name",
        "zh": "如果它就是该表，请改名为 `{near}`；否则请换一个不易混淆的名称",
    },
    "fault.sheet.empty": {
        "en": "the sheet is empty; not even a header row is there",
        "zh": "工作表为空，连表头也没有",
    },
    "fault.sheet.empty.hint": {
        "en": "write the header row {names} (optional sheets may be deleted)",
        "zh": "请填写表头 {names}（可选的工作表可以删除）",
    },
    "fault.sheet.formula": {
        "en": "the formula was never calculated, so the cell has no value",
        "zh": "公式从未计算，单元格没有值",
    },
    "fault.sheet.formula.hint": {
        "en": "open the workbook in a spreadsheet program and save it, or write the value itself",
        "zh": "请用电子表格软件打开工作簿并保存，或直接填写值",
    },
    # headers
    "fault.header.unnamed": {
        "en": "field {place} holds text but its column has no name in the header",
        "zh": "第 {place} 列有内容，但表头中没有列名",
    },
    "fault.header.unnamed.hint": {
        "en": "name the column in the header row or clear its cells",
        "zh": "请在表头中补上列名，或清空该列",
    },
    "fault.header.twice": {
        "en": "the header names the column `{name}` twice",
        "zh": "表头中列 `{name}` 出现了两次",
    },
    "fault.header.twice.hint": {"en": "keep one of the two columns", "zh": "请只保留其中一列"},
    "fault.header.unknown": {"en": "the table has no column `{name}`", "zh": "该表没有列 `{name}`"},
    "fault.header.unknown.hint": {
        "en": "the columns of this table are {names}",
        "zh": "该表的列为：{names}",
    },
    "fault.header.missing": {
        "en": "the column `{name}` is missing from the header",
        "zh": "表头中缺少列 `{name}`",
    },
    "fault.header.missing.hint": {"en": "the header needs {names}", "zh": "表头须包含：{names}"},
    # rows
    "fault.row.quote": {
        "en": "a quotation mark in this row is never closed, or closes inside a field",
        "zh": "该行的双引号没有成对，或在内容中间提前结束",
    },
    "fault.row.quote.hint": {
        "en": 'enclose the whole field in quotation marks and double the marks within it: "5"" pipe"',
        "zh": '请用双引号括住整个单元格的内容，其中的双引号写两次，例如 "5"" pipe"',
    },
    "fault.row.ragged": {
        "en": "the row has {count} fields but the header has {width}",
        "zh": "该行有 {count} 列，而表头有 {width} 列",
    },
    "fault.row.long.hint": {
        "en": "write amounts without thousands commas and put texts with a comma into quotation marks",
        "zh": "请去掉数值中的千位逗号，并将含逗号的文本放入双引号",
    },
    "fault.row.short.hint": {
        "en": "write every field, also the empty ones (`,,`)",
        "zh": "请写全每一列，空单元格也要保留逗号（`,,`）",
    },
    # cells
    "fault.cell.control": {
        "en": "the id holds a line break or another control character",
        "zh": "编号中含有换行符或其他控制字符",
    },
    "fault.cell.control.hint": {"en": "write the id on one line", "zh": "请将编号写在一行内"},
    "fault.cell.long_id": {
        "en": "the id has more than {most} characters",
        "zh": "编号超过 {most} 个字符",
    },
    "fault.cell.long_id.hint": {
        "en": "give it a shorter id and put the text into the name",
        "zh": "请使用较短的编号，并将说明文字写入名称",
    },
    "fault.choice.kind": {"en": "there is no kind `{value}`", "zh": "`{value}` 不是有效的规则类型"},
    "fault.choice.confidence": {
        "en": "there is no confidence `{value}`",
        "zh": "`{value}` 不是有效的把握程度",
    },
    "fault.choice.hint": {"en": "use one of {names}", "zh": "请从以下选项中选择：{names}"},
    "fault.cell.no_amount": {"en": "`{value}` is not an amount", "zh": "`{value}` 不是数值"},
    "fault.cell.no_amount.hint": {
        "en": "write a plain decimal, or leave the cell empty if nothing is given",
        "zh": "请填写普通数字；没有数据时请留空",
    },
    "fault.cell.no_number": {"en": "`{value}` is not a plain number", "zh": "`{value}` 不是普通数字"},
    "fault.cell.no_number.hint": {
        "en": "write a plain decimal such as 1234.5, or leave the cell empty if nothing is given",
        "zh": "请填写普通数字，例如 1234.5；没有数据时请留空",
    },
    "fault.cell.large": {"en": "`{value}` is larger than {most}", "zh": "`{value}` 大于 {most}"},
    "fault.cell.large.hint": {
        "en": "use a larger unit for this measure (thousands, say)",
        "zh": "请为该指标改用更大的单位（例如以千计）",
    },
    "fault.cell.no_month": {
        "en": "`{value}` is not a month (YYYY-MM)",
        "zh": "`{value}` 不是有效的月份（YYYY-MM）",
    },
    "fault.cell.no_month.hint": {
        "en": "write months as YYYY-MM, for example 2019-07",
        "zh": "月份请写作 YYYY-MM，例如 2019-07",
    },
    "fault.cell.no_date": {
        "en": "`{value}` is not a date (YYYY-MM-DD)",
        "zh": "`{value}` 不是有效的日期（YYYY-MM-DD）",
    },
    "fault.cell.no_date.hint": {
        "en": "write dates as YYYY-MM-DD, for example 2019-07-01",
        "zh": "日期请写作 YYYY-MM-DD，例如 2019-07-01",
    },
    "fault.cell.write.hint": {"en": "write {text}", "zh": "请填写 {text}"},
    "fault.cell.excel": {
        "en": "the cell holds the spreadsheet error {value}",
        "zh": "单元格的内容是公式错误 {value}",
    },
    "fault.cell.excel.hint": {
        "en": "repair the formula, or write the value itself",
        "zh": "请修正公式，或直接填写值",
    },
    # ramps
    "fault.ramp.single": {
        "en": "`{text}` is no ramp: a single number is a share up to 1 or whole months up to {most}",
        "zh": "`{text}` 不是有效的爬坡设置：单个数字须为不超过 1 的比例，或不超过 {most} 的整月数",
    },
    "fault.ramp.share": {
        "en": "`{text}` is no ramp: `{part}` is not between 0 and 1 (or 0% and 100%)",
        "zh": "`{text}` 不是有效的爬坡设置：`{part}` 不在 0 至 1（或 0% 至 100%）之间",
    },
    "fault.ramp.no_number": {
        "en": "`{text}` is no ramp: `{part}` is not a number",
        "zh": "`{text}` 不是有效的爬坡设置：`{part}` 不是数字",
    },
    "fault.ramp.negative": {
        "en": "`{text}` is no ramp: `{part}` is not a number from 0 upwards",
        "zh": "`{text}` 不是有效的爬坡设置：`{part}` 不是大于或等于 0 的数字",
    },
    # `allocator init`
    "fault.init.file_exists": {
        "en": "there is a file of this name already",
        "zh": "已有同名文件",
    },
    "fault.init.file_exists.hint": {"en": "choose a new name", "zh": "请换一个名称"},
    "fault.init.no_folder": {"en": "this is a file, not a folder", "zh": "这是文件，不是文件夹"},
    "fault.init.no_folder.hint": {
        "en": "name a folder or a .xlsx file",
        "zh": "请指定文件夹或 .xlsx 文件",
    },
    "fault.init.not_empty": {
        "en": "the folder is not empty, so nothing is written into it",
        "zh": "文件夹不是空的，因此没有写入任何内容",
    },
    "fault.init.not_empty.hint": {"en": "name a new folder", "zh": "请指定一个新文件夹"},
}
